#!/usr/bin/env bats
# The report: its numbers are those of the tables, its page stands alone, and a real browser shows it whole.

load pipeline.bash

setup_file() {
    export PROJECT RUN
    copy_project "$BATS_FILE_TMPDIR/project"
    mkdir "$PROJECT/small"
    first_images "$PROJECT/small" 3000
    small report
    RUN=$PROJECT/out/$SMALL_RUN
}

setup() {
    cd "$PROJECT" || return
}

@test "a browser finds nothing wrong with the page" {
    command -v chromium >/dev/null || skip "no chromium here"
    run "$TOP/tests/pipeline/look_at_page" "$RUN/report.html" "$BATS_TEST_TMPDIR/browser"
    pictures=$(grep -c '^!\[' "$RUN/report.md")
    tables=$(grep -c '^| ---' "$RUN/report.md")
    [ "$pictures" -gt 10 ]
    [ "$(grep -c ": $pictures pictures, $tables tables, 0 problems\$" <<<"$output")" -eq 8 ] || { echo "$output"; false; }
}

@test "the Markdown says the same, and its pictures are there" {
    [ "$(grep -c '^## ' "$RUN/report.md")" -eq "$(grep -o '<h2 ' "$RUN/report.html" | wc -l)" ]
    grep -o '^!\[[^]]*\]([^)]*)' "$RUN/report.md" | sed 's/.*(\(.*\))/\1/' | while read -r picture; do
        [ -s "$RUN/$picture" ] || { echo "$picture"; false; }
    done
    grep -qx '### Claim 7: the loss' "$RUN/report.md"
}

@test "numbers are those of the tables" {
    # the mean bias r of the base run's activation
    mean=$(awk -F '\t' '$1 == "r" && $2 == "biases" && $4 == "relu" && $6 == "same" { printf "%+.3f", $8 }' "$RUN/intervals.tsv")
    grep -q "^| ReLU | biases | $mean \[" "$RUN/report.md"
    # label permutations
    p=$(awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i } $1 == "biases" { printf "%.2g", $c["p_null"] }' "$RUN/evidence.tsv")
    grep -q "^| biases | .* | $p |$" "$RUN/report.md"
    # regions of the map, and shares of the variance
    negative=$(awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i } $1 == "all" { print $c["negative"] " of " $c["pixels"] }' "$RUN/regions.tsv")
    grep -q "which all have the r of the biases: $negative\.$" "$RUN/report.md"
    # the map over networks
    above=$(awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
        $c["activation"] == "relu" && $c["mean"] != "nan" { n++; above += $c["mean"] > 0 } END { print n " | " above }' "$RUN/seeds-map.tsv")
    grep -q "^| ReLU | $above | " "$RUN/report.md"
    # p by Holm, what phase 1 has learned, and t-tests over networks
    holm=$(awk -F '\t' '$2 == "layer1.weight" && $3 == "centred" && $4 == "relu" { printf "%.2g", $NF }' "$RUN/primary.tsv")
    grep -q "^| ReLU | first-layer weights, doubly centred | .* | $holm | [a-z ]* |$" "$RUN/report.md"
    error=$(awk -F '\t' '$1 == "error_rate" && $2 == "relu" && $3 == "phase1" { printf "%.1f%%", 100 * $5 }' "$RUN/learned-intervals.tsv")
    grep -q "^| ReLU | after phase 1 | .* | $error \[" "$RUN/report.md"
    fired=$(awk -F '\t' '$2 == "common" && $3 == "biases" { print $6 " of " $5 }' "$RUN/size.tsv")
    grep -q "^| file order | one permutation for all | biases | .* | $fired | " "$RUN/report.md"
    share=$(awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i } $1 == "layer1.weight" && $2 == "units" { printf "%.1f%%", 100 * $c["variance_x"] }' \
        "$RUN/correlations.tsv")
    grep -q "between units, of x: $share;" "$RUN/report.md"
    # and a table that changes changes the report
    sed -i "s/$mean/+0.111/" "$RUN/report.md"
    cp "$RUN/intervals.tsv" "$BATS_TEST_TMPDIR"
    awk -F '\t' -v OFS='\t' '$1 == "r" && $2 == "biases" && $4 == "relu" && $6 == "same" { $8 = "0.4321" } { print }' \
        "$BATS_TEST_TMPDIR/intervals.tsv" >"$RUN/intervals.tsv"
    small -o "$RUN/intervals.tsv" "${RUN#"$PROJECT"/}/report.md" >/dev/null
    grep -q '^| ReLU | biases | +0.432 \[' "$RUN/report.md"
    cp "$BATS_TEST_TMPDIR/intervals.tsv" "$RUN/intervals.tsv"
    small report >/dev/null
}

# usage: made NAME=VALUE...: the report of the small run with these, whole; its path is report.
made() {
    local facts
    small "$@" report >"$BATS_TEST_TMPDIR/said" 2>&1 || { cat "$BATS_TEST_TMPDIR/said"; return 1; }
    facts=$(find "$PROJECT/out" -name facts.tsv -newer "$BATS_TEST_TMPDIR/before")
    report=${facts%/*}/report.md
    touch "$BATS_TEST_TMPDIR/before"
    [ "$(grep -nE '(^|[^[:alpha:]])nan|@' "$report")" = '' ]
}

@test "of one seed, in file order, of classes of one label and of others, under one activation" {
    touch "$BATS_TEST_TMPDIR/before"
    made SEEDS=1..1
    grep -q '^Table: Means over the first seed with' "$report"
    made ORDER=file
    grep -q '^| ReLU | first-layer weights, pooled | [-+.0-9]* \[[^|]* | [-+.0-9]* \[[^|]* | – | ' "$report"
    run grep -c '^| ReLU | after phase 1 |' "$report"
    [ "$output" = 0 ]
    made CLASS_B=6
    grep -q '^A class of one label cannot be grouped otherwise' "$report"
    grep -q '^| ReLU | fork with all labels | ' "$report"
    run grep -c 'groupings.png\|fork without 8' "$report"
    [ "$output" = 0 ]
    made CLASS_A=3,2 CLASS_B=5,9 ACTIVATION=relu
    grep -q '^| 3, 2 | 3, 5 | another | ' "$report"
    run grep -c softplus "$report"
    [ "$output" = 0 ]
}

@test "it says with which variables it is made" {
    # shellcheck disable=SC2016 # backquotes of Markdown
    command=$(grep -o '`make [^`]* report`' "$RUN/report.md" | tr -d '`')
    rm "$RUN/report.md"
    bash -c "$command" >/dev/null
    [ -s "$RUN/report.md" ]
}

@test "nothing is left of a hole, and nothing undefined is a number" {
    run grep -nE '(^|[^[:alpha:]])nan|@' "$RUN/report.md"
    [ "$output" = '' ]
}

@test "a template that asks for what is no fact makes no report" {
    cp pipeline/report.md.in "$BATS_TEST_TMPDIR"
    echo '@no.such.fact@' >>pipeline/report.md.in
    cp "$RUN/report.md" "$BATS_TEST_TMPDIR/before.md"
    run small report
    [ "$status" -ne 0 ]
    [[ $output == *"fill: pipeline/report.md.in: line "*": there is no fact 'no.such.fact'"* ]]
    cmp "$RUN/report.md" "$BATS_TEST_TMPDIR/before.md"
    cp "$BATS_TEST_TMPDIR/report.md.in" pipeline
}
