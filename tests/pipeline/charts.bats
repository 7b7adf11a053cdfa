#!/usr/bin/env bats
# Every chart of plots, with nothing to show: from the tables of a small run, emptied one way or another. What a
# chart's table is made of is noted when make makes it, so a new chart is among them.
# shellcheck disable=SC2016,SC2030,SC2031 # the programs are awk's; each test has its own output

load pipeline.bash

setup_file() {
    export PROJECT CALLS RUN
    copy_project "$BATS_FILE_TMPDIR/project"
    cd "$PROJECT" || return
    mkdir small
    first_images small 3000
    CALLS=$BATS_FILE_TMPDIR/calls
    mv pipeline/prepare pipeline/prepare.itself
    printf '%s\n' '#!/usr/bin/env bash' "echo \"\$(printf '%q ' \"\$@\")\" >>'$CALLS'" 'exec pipeline/prepare.itself "$@"' >pipeline/prepare
    chmod +x pipeline/prepare
    small -j2 all >/dev/null
    RUN=out/$SMALL_RUN
    small -j2 sweep SWEEP="HIDDEN=2:4" SWEEP_SEEDS=1..2 >/dev/null
    mv pipeline/prepare.itself pipeline/prepare
}

setup() {
    cd "$PROJECT" || return
}

# A table, emptied.
no_rows() { head -n 1 "$1"; }
all_nan() { awk -F '\t' -v OFS='\t' '{ for (i = 1; i <= NF; i++) if ($i ~ /^-?[0-9]+\.[0-9e.-]*$/ || $i ~ /e-/) $i = "nan"; print }' "$1"; }
one_value() { awk -F '\t' -v OFS='\t' '{ for (i = 1; i <= NF; i++) if ($i ~ /^-?[0-9]+\.[0-9e.-]*$/ || $i ~ /e-/) $i = "0.5"; print }' "$1"; }
one_seed() { awk -F '\t' -v OFS='\t' '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
    NR > 1 && ("seed" in at) && $at["seed"] != 1 { next }
    NR > 1 && ("seeds" in at) { $at["seeds"] = 1; for (name in at) if (name ~ /^(sd|low|high|further_.*)$/) $at[name] = "nan" }
    { print }' "$1"; }

# usage: draw OUTPUT SCRIPT WORD...: the table, and the picture of it.
draw() {
    pipeline/prepare "${@:2}" >"$1.tsv" && pipeline/chart "${2%.awk}.gp" "$1"
}

# usage: drawn KIND SAYING: all charts from their tables as KIND leaves them, other than they were but of one seed; SAYING is
# what each picture says, if anything.
drawn() {
    local kind=$1 saying=${2-} scripts=() failed=0 call script words i to was
    while IFS= read -r call; do
        eval "words=($call)"
        script=${words[0]} to=$BATS_TEST_TMPDIR/$(basename "$script" .awk)
        scripts+=("${script%.awk}.gp")
        mkdir "$to.tables"
        for i in "${!words[@]}"; do
            case ${words[i]} in
            out/*.tsv)
                "$kind" "${words[i]}" >"$to.tables/${words[i]##*/}"
                words[i]=$to.tables/${words[i]##*/}
                ;;
            seeds=*) [[ $kind != one_seed ]] || words[i]=seeds=1 ;;
            esac
        done
        was=$(find out -name "${to##*/}.svg")
        run draw "$to" "${words[@]}"
        if [[ $status -ne 0 || -n $output || ! -s $to.png ]] || ! grep -q "$saying" "$to.svg" ||
            { [[ $kind != one_seed ]] && cmp -s "$to.svg" "$was"; }; then
            echo "$script: $status: $output"
            failed=1
        fi
    done <"$CALLS"
    [ "$failed" -eq 0 ]
    [ "$(printf '%s\n' "${scripts[@]}" | sort)" = "$(printf '%s\n' plots/*.gp | grep -v style.gp)" ]
}

@test "every chart has its table beside it, and is drawn from that alone" {
    for script in plots/*.gp; do
        name=$(basename "$script" .gp)
        [[ $name != *style ]] || continue
        made=$(find out -path "*/charts/$name.png" -o -name sweep.png -path "*/$name.png")
        [ -n "$made" ] || { echo "$name"; false; }
        for file in "$made" "${made%.png}.svg" "${made%.png}.tsv"; do [ -s "$file" ]; done
        # the table by itself gives the same picture
        cp "${made%.png}.tsv" "$BATS_TEST_TMPDIR/$name.tsv"
        pipeline/chart "$script" "$BATS_TEST_TMPDIR/$name"
        cmp "$BATS_TEST_TMPDIR/$name.svg" "${made%.png}.svg"
    done
    run grep -nE 'awk|system|popen|`|["'"'"']<' plots/*.gp
    [ "$output" = "" ] || { echo "$output"; false; }
    # rows have as many fields as their block has columns
    run awk -F '\t' '/^#|^$/ { columns = 0; next } !columns { columns = NF } NF != columns { print FILENAME ": " FNR }' "$RUN"/charts/*.tsv
    [ "$output" = "" ] || { echo "$output"; false; }
}

@test "tables without a row: each says that there is nothing to show" {
    drawn no_rows "nothing to show: "
    # an axis of nothing has few numbers
    run grep -c '>[−-]\?0\.[1-46-9]' "$BATS_TEST_TMPDIR/controls.svg"
    [ "$output" = 0 ]
}

@test "tables of nan: likewise" {
    drawn all_nan "nothing to show: "
}

@test "one seed, and one value throughout" {
    drawn one_seed
    run grep -l "nothing to show" "$BATS_TEST_TMPDIR"/*.svg
    [ "$output" = "" ]
    rm -r "$BATS_TEST_TMPDIR"/*.tables
    drawn one_value
}

@test "a title holds what it is given, and paths may hold anything" {
    odd="$BATS_TEST_TMPDIR/it's a \"folder\" = & \$more"
    mkdir "$odd"
    cp "$RUN"/{points,correlations}.tsv "$odd"
    values=('dataset=a_b^{c} & d@e~\f' class_a=1 class_b=6 "forks_a=1 none" "forks_b=6 none" hidden=100 activation=relu
        seed=1 rate=0.005 first=900 from=0.5 measure=change)
    TMPDIR=$odd draw "$odd/biases" plots/biases.awk "${values[@]}" -- "$odd/points.tsv" "$odd/correlations.tsv"
    [ "$(cd "$odd" && echo *)" = "biases.png biases.svg biases.tsv correlations.tsv points.tsv" ]
    grep -qF 'a_b^{c} &amp; d@e~\f, phase 1' "$odd/biases.svg"
    grep -qxF $'# data\ta_b^{c} & d@e~\\f' "$odd/biases.tsv"
    grep -qF 'a, b: sums of |Δθ| over' "$odd/biases.svg"
    draw "$odd/biases" plots/biases.awk "${values[@]}" measure=squared-gradient -- "$odd/points.tsv" "$odd/correlations.tsv"
    grep -qF 'a, b: sums of (∂loss/∂θ)² over' "$odd/biases.svg"
    swept=$(find out -name sweep.tsv)
    draw "$odd/sweep" plots/sweep.awk "${values[@]}" name1=MEASURE "values1=change input" name2= values2= -- "${swept%/*}"/{runs,intervals}.tsv
    grep -qF 'a, b: sums of the measure over' "$odd/sweep.svg"
    # a name that is cut is cut between letters
    TMPDIR=$odd draw "$odd/biases" plots/biases.awk "${values[@]}" "dataset=$(printf 'é%.0s' {1..30})" -- "$odd"/{points,correlations}.tsv
    grep -q 'é…, phase 1' "$odd/biases.svg"
}

@test "no mean is drawn by its error bar, which may leave the range" {
    # lines joined; the key may show both as one
    run awk '{ line = line $0 } /\\$/ { sub(/\\$/, "", line); next } { print FILENAME ": " line; line = "" }' plots/*.gp tests/bench/*.gp
    # every clause with an error bar
    clauses=$(tr , '\n' <<<"$output" | grep 'errorbars')
    [ "$(wc -l <<<"$clauses")" -ge 6 ]
    run grep -v 'pointtype 0\|keyentry' <<<"$clauses"
    [ "$output" = "" ] || { echo "$output"; false; }
    # of a mean that is there with a bar from below 0 to above 1
    awk -F '\t' -v OFS='\t' '/^# means/ { here = 1 } here && NF > 8 && $5 != "mark" { $8 = "0.5"; $9 = "-0.3"; $10 = "1.3" } { print }' \
        "$RUN/charts/planted.tsv" >"$BATS_TEST_TMPDIR/planted.tsv"
    pipeline/chart plots/planted.gp "$BATS_TEST_TMPDIR/planted"
    [ "$(grep -c "<use xlink:href='#gpPt6'.*color='rgb(213,  94,   0)'" "$BATS_TEST_TMPDIR/planted.svg")" -ge 12 ]
}

@test "the map's chart says what the table of regions says" {
    said=$(awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
        $1 == "all" { printf "mean r = %.3f, r &lt; 0 at %.0f%% of %d inputs", $c["mean_r"], 100 * $c["negative"] / $c["pixels"], $c["pixels"] }' \
        "$RUN/regions.tsv" | tr - −)
    [[ $said == "mean r = "*" inputs" ]]
    grep -qF "$said" "$RUN/charts/map.svg" || { echo "$said"; grep 'mean r' "$RUN/charts/map.svg"; false; }
}

# Digests of the tables, texts and charts of the run.
made() {
    (cd "$RUN" && find . -type f \( -name '*.tsv' -o -name '*.md' -o -name '*.svg' \) -print0 | sort -z | xargs -0 sha256sum)
}

@test "every awk makes the same tables, reports and charts" {
    before=$(made)
    for awk in "gawk --posix" gawk mawk original-awk; do
        command -v "${awk% *}" >/dev/null || continue
        mkdir -p "$BATS_TEST_TMPDIR/$awk"
        printf '#!/bin/sh\nexec %s "$@"\n' "$awk" >"$BATS_TEST_TMPDIR/$awk/awk"
        chmod +x "$BATS_TEST_TMPDIR/$awk/awk"
        mv out "$BATS_TEST_TMPDIR/out"
        PATH="$BATS_TEST_TMPDIR/$awk:$PATH" small -j2 all >/dev/null
        diff <(echo "$before") <(made)
        PATH="$BATS_TEST_TMPDIR/$awk:$PATH" small controls nulls >"$BATS_TEST_TMPDIR/shown"
        [ ! -e "$BATS_TEST_TMPDIR/first" ] || cmp "$BATS_TEST_TMPDIR/shown" "$BATS_TEST_TMPDIR/first"
        mv "$BATS_TEST_TMPDIR/shown" "$BATS_TEST_TMPDIR/first"
        rm -r out
        mv "$BATS_TEST_TMPDIR/out" out
    done
}

# usage: whole NAME VARIABLE...: make all with these succeeds, and its report holds no number made of nothing.
whole() {
    run small -j2 all SEEDS=1..1 SHUFFLES=1 OUT="$1" "${@:2}"
    [ "$status" -eq 0 ] || { echo "$output"; return 1; }
    CHARTS=$(find "$1" -name charts)
    REPORT=${CHARTS%charts}report.md
    run grep -nE 'nan|[^a-z]inf|[^0-9]0 of 0[^0-9]|(^|[^\])\|  *\||%%' "$REPORT"
    [ "$output" = "" ] || { echo "$output"; return 1; }
    [ -s "${REPORT%.md}.html" ]
}

@test "make all with a learning rate of 0" {
    whole still RATE=0
    [ "$(grep -c 'nothing to show: ' "$CHARTS"/*.svg | grep -c ':0$')" = 1 ] # the loss
}

@test "make all without a tallied step; with units that die" {
    whole untold TALLY_FROM=1
    grep -q 'nothing to show: ' "$CHARTS/outcomes.svg"
    whole dead RATE=5 ACTIVATION=relu
    grep -q 'nothing to show: ' "$CHARTS/map.svg"
}

@test "make all with images of one row, of one pixel, and with ten images" {
    mkdir -p row pixel ten
    # the middle row of each, and its middle
    tail -c +17 small/images | od -An -v -tx1 -w784 | awk '{ for (i = 393; i <= 420; i++) printf "\\x%s", $i }' >hex
    { printf '\0\0\010\003'; big_endian 3000; big_endian 1; big_endian 28; printf '%b' "$(<hex)"; } >row/images
    { printf '\0\0\010\003'; big_endian 3000; big_endian 1; big_endian 1; tail -c +17 row/images | od -An -v -tx1 -w28 |
        awk '{ printf "\\x%s", $15 }' >hex; printf '%b' "$(<hex)"; } >pixel/images
    first_images ten 10
    { printf '\0\0\010\001'; big_endian 10; printf '\1\7\6\10\1\7\6\10\1\7'; } >ten/labels
    cp small/labels row
    cp small/labels pixel
    whole one-row IMAGES=row/images LABELS=row/labels
    grep -q 'r &lt; 0 at [0-9]*% of [0-9]* inputs' "$CHARTS/map.svg"
    whole one-pixel IMAGES=pixel/images LABELS=pixel/labels
    grep -q 'nothing to show: ' "$CHARTS/nulls.svg"
    whole few IMAGES=ten/images LABELS=ten/labels PHASE1=5 SHORT=4
    # of logs of one row, the points
    run grep -c 'nothing to show: ' "$CHARTS/loss.svg"
    [ "$output" = 0 ]
    [ "$(sed '1,/^# alone/d' "$CHARTS/loss.tsv" | wc -l)" -ge 4 ]
    [ "$(grep -c "<use xlink:href='#gpPt6'" "$CHARTS/loss.svg")" -ge 4 ]
}
