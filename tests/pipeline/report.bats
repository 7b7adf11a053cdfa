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
    grep -q '^### 7\. The loss reaches its minimum early' "$RUN/report.md"
}

@test "numbers are those of the tables" {
    # the mean bias r of the base run's activation
    mean=$(awk -F '\t' '$1 == "r" && $2 == "biases" && $4 == "relu" && $6 == "same" { printf "%+.3f", $8 }' "$RUN/intervals.tsv")
    grep -q "^| ReLU | biases | $mean \[" "$RUN/report.md"
    # label permutations
    p=$(awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i } $1 == "biases" { print $c["p_null"] }' "$RUN/evidence.tsv")
    grep -q "^| biases | .* | $p |$" "$RUN/report.md"
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

@test "every figure's command makes that figure" {
    rm "$RUN/charts/shares.png"
    # shellcheck disable=SC2016 # backquotes of Markdown
    commands=$(grep -o 'Made by `make [^`]*`' "$RUN/report.md" | sed 's/Made by `\(.*\)`/\1/')
    [ "$(wc -l <<<"$commands")" -gt 10 ]
    while read -r command; do
        bash -c "$command" >/dev/null
    done <<<"$commands"
    [ -s "$RUN/charts/shares.png" ]
}
