#!/usr/bin/env bats
# Every chart of plots, with nothing to show: from the tables of a small run, emptied one way or another. What a
# chart is called with is noted when make draws it, so a new chart is among them.
# shellcheck disable=SC2016,SC2030,SC2031 # the programs are awk's; each test has its own output

load pipeline.bash

setup_file() {
    export PROJECT CALLS RUN
    copy_project "$BATS_FILE_TMPDIR/project"
    cd "$PROJECT" || return
    mkdir small
    first_images small 3000
    CALLS=$BATS_FILE_TMPDIR/calls
    mv pipeline/chart pipeline/chart.itself
    printf '%s\n' '#!/usr/bin/env bash' "echo \"\$(printf '%q ' \"\$@\")\" >>'$CALLS'" 'exec pipeline/chart.itself "$@"' >pipeline/chart
    chmod +x pipeline/chart
    small -j2 all >/dev/null
    RUN=$(dirname "$(find out -name account.md)")
    small -j2 sweep SWEEP="HIDDEN=2:4" SWEEP_SEEDS=1..2 >/dev/null
    mv pipeline/chart.itself pipeline/chart
}

setup() {
    cd "$PROJECT" || return
}

# The tables of a chart, emptied. Those without a header are grids, made of the points or of the map.
emptied() {
    case $2 in
    */density.tsv | */clusters.tsv)
        "$1" "${2%/*}/points.tsv" >"$BATS_TEST_TMPDIR/points"
        "pipeline/$(basename "$2" .tsv)" "$BATS_TEST_TMPDIR/points"
        ;;
    */map.tsv) if [[ $1 == no_rows ]]; then echo nan; else "$1" "$2"; fi ;;
    *) "$1" "$2" ;;
    esac
}
no_rows() { head -n 1 "$1"; }
all_nan() { awk -F '\t' -v OFS='\t' '{ for (i = 1; i <= NF; i++) if ($i ~ /^-?[0-9]+\.[0-9e.-]*$/ || $i ~ /e-/) $i = "nan"; print }' "$1"; }
one_value() { awk -F '\t' -v OFS='\t' '{ for (i = 1; i <= NF; i++) if ($i ~ /^-?[0-9]+\.[0-9e.-]*$/ || $i ~ /e-/) $i = "0.5"; print }' "$1"; }
one_seed() { awk -F '\t' -v OFS='\t' '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
    NR > 1 && ("seed" in at) && $at["seed"] != 1 { next }
    NR > 1 && ("seeds" in at) { $at["seeds"] = 1; for (name in at) if (name ~ /^(sd|low|high|further_.*)$/) $at[name] = "nan" }
    { print }' "$1"; }

# usage: drawn KIND: all charts from their tables as KIND leaves them; SAYING, what each picture says, if anything.
drawn() {
    local kind=$1 saying=${2-} scripts=() failed=0 call word script words to i
    while IFS= read -r call; do
        eval "words=($call)"
        script=${words[0]} to=$BATS_TEST_TMPDIR/$(basename "$script" .gp)
        scripts+=("$script")
        mkdir "$to.tables"
        for i in "${!words[@]}"; do
            word=${words[i]}
            case $word in
            *=out/*.tsv)
                emptied "$kind" "${word#*=}" >"$to.tables/${word##*/}"
                words[i]=${word%%=*}=$to.tables/${word##*/}
                ;;
            seeds=*) [[ $kind != one_seed ]] || words[i]=seeds=1 ;;
            esac
        done
        run pipeline/chart "$script" "$to" "${words[@]:2}"
        if [[ $status -ne 0 || -n $output || ! -s $to.png ]] || ! grep -q "$saying" "$to.svg"; then
            echo "$script: $status: $output"
            failed=1
        fi
    done <"$CALLS"
    [ "$failed" -eq 0 ]
    [ "$(printf '%s\n' "${scripts[@]}" | sort)" = "$(printf '%s\n' plots/*.gp | grep -v /style.gp)" ]
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
    odd="$BATS_TEST_TMPDIR/it's a \"folder\" & \$more"
    mkdir "$odd"
    cp "$RUN"/{points,correlations}.tsv "$odd"
    TMPDIR=$odd pipeline/chart plots/biases.gp "$odd/biases" 'dataset=a_b^{c} & d@e~\f' class_a=1 class_b=6 "forks_a=1 none" \
        "forks_b=6 none" hidden=100 activation=relu seed=1 rate=0.005 first=900 from=0.5 "points=$odd/points.tsv" \
        "correlations=$odd/correlations.tsv"
    [ "$(cd "$odd" && echo *)" = "biases.png biases.svg correlations.tsv points.tsv" ]
    grep -qF 'a_b^{c} &amp; d@e~\f, phase 1' "$odd/biases.svg"
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
    eval "call=($(grep planted.gp "$CALLS"))"
    awk -F '\t' -v OFS='\t' 'NR > 1 { $8 = "0.5"; $10 = "-0.3"; $11 = "1.3" } { print }' "$RUN/planted-intervals.tsv" >"$BATS_TEST_TMPDIR/table"
    pipeline/chart plots/planted.gp "$BATS_TEST_TMPDIR/planted" "${call[@]:2}" "planted_intervals=$BATS_TEST_TMPDIR/table"
    [ "$(grep -c "<use xlink:href='#gpPt6'.*color='rgb(213,  94,   0)'" "$BATS_TEST_TMPDIR/planted.svg")" -ge 12 ]
}

@test "the map's chart says what the account says" {
    said=$(sed -n 's/^- other pixels: \([0-9]*\), [0-9]* negative (\([0-9]*\)%).*; mean r +*\(.*\)/mean r = \3, r \&lt; 0 at \2% of \1 pixels/p' "$RUN/account.md" | tr - −)
    [[ $said == "mean r = "*" pixels" ]]
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
    REPORT=$(find "$1" -name report.md)
    CHARTS=${REPORT%report.md}charts
    run grep -nE 'nan|[^a-z]inf|[^0-9]0 of 0[^0-9]|\|  *\||%%' "$REPORT"
    [ "$output" = "" ] || { echo "$output"; return 1; }
    [ -s "${REPORT%.md}.html" ]
}

@test "make all with a learning rate of 0" {
    whole still RATE=0
    [ "$(grep -c 'nothing to show: ' "$CHARTS"/*.svg | grep -vc ':0$')" -eq 12 ] # but the loss
    grep -q '^| ReLU | biases | undefined for every seed | – | – | not measured |$' "$REPORT"
    grep -q '^- \*\*Biases.\*\* ReLU: not measured; softplus: not measured.$' "$REPORT"
    grep -q '^- pixels black in every tallied image: unknown: no weight was updated$' "$REPORT"
    grep -q '^No pixel has an r: all 784 are masked.$' "$REPORT"
    grep -q '^\*\*Measured:\*\* undecided over the biases: ReLU not measured, softplus not measured; undecided over the weights' "$REPORT"
    grep -q '^\*\*Measured:\*\* not measured: the loss does not fall.$' "$REPORT"
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
    grep -q 'r &lt; 0 at [0-9]*% of [0-9]* pixels' "$CHARTS/map.svg"
    whole one-pixel IMAGES=pixel/images LABELS=pixel/labels
    grep -q 'nothing to show: ' "$CHARTS/nulls.svg"
    whole few IMAGES=ten/images LABELS=ten/labels PHASE1=5 SHORT=4
    grep -q '^\*\*Measured:\*\* not measured: the logs of phase 1 and a fork have no ten rows with a loss.$' "$REPORT"
}
