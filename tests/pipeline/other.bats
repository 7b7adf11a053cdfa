#!/usr/bin/env bats
# make other: the experiment in other systems, tiny, from networks to the page. Skipped without PyTorch; `make deps-torch`
# installs it.

bats_require_minimum_version 1.5.0
load pipeline.bash

PYTHON=${PYTHON:-/usr/bin/python3}
unset PYTHONPATH
export OMP_NUM_THREADS=1
TINY=(--no-print-directory OTHER_SEEDS=1..2 OTHER_PHASE1=260 OTHER_FORKS=300 OTHER_HELD=60)
SYSTEMS=(post batches adam deep convolutional fashion)

setup_file() {
    ready || return 0
    export PROJECT
    copy_project "$BATS_FILE_TMPDIR/project"
    cd "$PROJECT" || return
    make -j2 "${TINY[@]}" other >"$BATS_FILE_TMPDIR/said" 2>&1 || { cat "$BATS_FILE_TMPDIR/said"; false; }
}

setup() {
    ready || skip "no PyTorch or Fashion-MNIST here: make deps-torch"
    cd "$PROJECT" || return
}

ready() {
    "$PYTHON" -c 'import torch' 2>/dev/null && [ -e /usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz ]
}

# What make other makes, the first file of each stage.
made() {
    sed -n 's,^  out/\([^ ]*\).*,\1,p' <<<"$1" | sort
}

# usage: cell TABLE NAME=VALUE... COLUMN: in the only row with these values
cell() {
    awk -F '\t' -v want="${*:2:$#-2}" -v column="${*: -1}" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = split(want, pair, " "); next }
        {
            for (i = 1; i <= n; i++) { split(pair[i], part, "="); if ($at[part[1]] != part[2]) next }
            rows++
            value = $at[column]
        }
        END { if (rows != 1) exit 1; print value }' "$1"
}

@test "every system and seed has its tables, and what they say together" {
    for system in "${SYSTEMS[@]}"; do
        for seed in 1 2; do
            [ "$(cell "out/other/networks/$system-$seed.tsv" system="$system" seed="$seed" control=other-init scope=biases n)" -gt 40 ]
            [ "$(tail -n +2 "out/other/networks/$system-$seed-learned.tsv" | wc -l)" -eq 6 ]
            [ "$(tail -n +2 "out/other/networks/$system-$seed-graft.tsv" | cut -f 3 | xargs)" = "same other-init same-other-init" ]
        done
        for control in same other-init same-other-init; do
            [ "$(cell out/other/intervals.tsv system="$system" scope=layer1.weight part=centred control="$control" seeds)" = 2 ]
            [ "$(cell out/other/graft-intervals.tsv system="$system" control="$control" quantity=s seeds)" = 2 ]
        done
    done
    # networks of the same initial weights and images, but for the optimizer
    [ "$(grep -c initial <(cut -f 2- out/other/networks/{post,adam}-1-learned.tsv))" = 2 ]
    [ "$(grep -h initial out/other/networks/{post,adam}-1-learned.tsv | cut -f 2- | sort -u | wc -l)" = 1 ]
    [ "$(grep -h phase1 out/other/networks/{post,adam}-1-learned.tsv | cut -f 2- | sort -u | wc -l)" = 2 ]
    [ "$(tail -n +2 out/other/apart.tsv | wc -l)" = 20 ]
    [ "$(cut -f 1 out/other/apart.tsv | sort -u | xargs)" = "biases:all graft layer1.weight:centred layer1.weight:units outcome" ]
}

@test "S beyond another network's, against the post's: as by hand" {
    for seed in 1 2; do
        for system in post deep; do
            cell "out/other/networks/$system-$seed-graft.tsv" control=same s
            cell "out/other/networks/$system-$seed-graft.tsv" control=other-init s
        done
    done | awk -v mean="$(cell out/other/apart.tsv outcome=graft system=deep mean)" '
        { s[NR] = $1 }
        END {
            by_hand = ((s[3] - s[4]) - (s[1] - s[2]) + (s[7] - s[8]) - (s[5] - s[6])) / 2
            off = mean - by_hand # of which the table has four decimals
            exit !(NR == 8 && mean != 0 && off < 6e-5 && -off < 6e-5)
        }'
}

@test "the page has the numbers of the tables, and nothing is left of a hole" {
    run grep -nE '(^|[^[:alpha:]])nan|@' out/other.md
    [ "$output" = '' ]
    number=$(printf '%+.3f' "$(cell out/other/intervals.tsv quantity=r system=deep scope=layer3.weight part=centred control=same mean)")
    grep -qF "| four hidden layers | 3 | $number [" out/other.md
    number=$(printf '%+.3f' "$(cell out/other/graft-intervals.tsv quantity=s system=adam control=other-init mean)")
    grep -q "^| graft | Adam | [^|]* | $number \[" out/other.md
    grep -qF '260 images of the four labels' out/other.md
    grep -qF '| convolutional | 784 → 16 of 5 × 5 → 32 of 5 × 5 → 2 | 14,274 | SGD | 0.005 | 1 | MNIST |' out/other.md
    [ -s out/other.html ]
    grep -qF '95% t-intervals over 2 seeds' out/other/charts/other.svg
}

@test "a browser finds nothing wrong with the page" {
    command -v chromium >/dev/null || skip "no chromium here"
    run "$TOP/tests/pipeline/look_at_page" out/other.html "$BATS_TEST_TMPDIR/browser"
    tables=$(grep -c '^| ---' out/other.md)
    [ "$(grep -c ": 1 pictures, $tables tables, 0 problems\$" <<<"$output")" -eq 8 ] || { echo "$output"; false; }
}

@test "the facts are the same under every awk" {
    command=$(sed -n 's/^into [^ ]* //p' out/other/.stage/facts.tsv.command)
    [[ $command == *" awk -F "* ]]
    for awk in mawk gawk original-awk; do
        command -v "$awk" >/dev/null || continue
        bash -c "${command/ awk -F / $awk -F }" >"$BATS_TEST_TMPDIR/facts"
        cmp "$BATS_TEST_TMPDIR/facts" out/other/facts.tsv
    done
}

@test "it reruns what changed, and no more" {
    run make "${TINY[@]}" other
    [ "$output" = "the page: out/other.html" ]
    run make -j2 "${TINY[@]}" other OTHER_SEEDS=2,1
    [[ $(made "$output") != *networks* ]]
    run make -j2 "${TINY[@]}" other OTHER_SEEDS=1..3
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [ "$(made "$output" | grep networks)" = "$(printf 'other/networks/%s-3.tsv\n' "${SYSTEMS[@]}" | sort)" ]
    rm out/other/networks/*-3*
    make -j2 "${TINY[@]}" other >/dev/null
    sed -i 's/Fewer parameters alone/Fewer/' pipeline/torch/other.md.in
    run make -j2 "${TINY[@]}" other
    [ "$(made "$output" | xargs)" = "other.html other.md" ]
}

@test "a chart of tables with nothing in them says so" {
    values=(dataset=mnist 'class_a=1 7' 'class_b=6 8' 'forks_a=1 7' 'forks_b=6 8' hidden=100 activation=softplus seed=1 rate=0.005
        first=9 from=0.5 measure=change order=own "systems=${SYSTEMS[*]}")
    cd "$PROJECT"
    mkdir "$BATS_TEST_TMPDIR"/{empty,nan}
    for table in intervals graft-intervals; do
        head -n 1 "out/other/$table.tsv" >"$BATS_TEST_TMPDIR/empty/$table.tsv"
        awk -F '\t' -v OFS='\t' '{ for (i = 1; i <= NF; i++) if ($i ~ /^-?[0-9]+\.[0-9e.-]*$/) $i = "nan"; print }' "out/other/$table.tsv" \
            >"$BATS_TEST_TMPDIR/nan/$table.tsv"
    done
    for kind in empty nan; do
        cd "$PROJECT"
        pipeline/prepare pipeline/torch/chart.awk "${values[@]}" -- pipeline/torch/words.tsv "$BATS_TEST_TMPDIR/$kind"/{,graft-}intervals.tsv \
            >"$BATS_TEST_TMPDIR/$kind/other.tsv"
        pipeline/chart pipeline/torch/chart.gp "$BATS_TEST_TMPDIR/$kind/other"
        [ "$(grep '^# shown' "$BATS_TEST_TMPDIR/$kind/other.tsv" | cut -f 2 | xargs)" = '0 0 0 0' ]
        grep -q 'nothing to show: r is undefined' "$BATS_TEST_TMPDIR/$kind/other.svg"
        grep -q 'nothing to show: S is undefined' "$BATS_TEST_TMPDIR/$kind/other.svg"
    done
}

@test "variables of the experiment are refused, and so is a Python without PyTorch" {
    run make "${TINY[@]}" other RATE=0.01 SEED=7
    [ "$status" -eq 2 ]
    [[ $output == "make: other has experiments of its own, and takes OTHER_SEEDS alone, not RATE=0.01 SEED=7"* ]]
    printf '#!/bin/sh\nexit 1\n' >"$BATS_TEST_TMPDIR/python"
    chmod +x "$BATS_TEST_TMPDIR/python"
    run make "${TINY[@]}" other OTHER_SEEDS=4 PYTHON="$BATS_TEST_TMPDIR/python"
    [ "$status" -eq 2 ]
    [[ $output == *"no PyTorch here; make deps-torch installs it"* ]]
    run make --no-print-directory other OTHER_SEEDS=none
    [ "$status" -eq 2 ]
    [[ $output == *"OTHER_SEEDS must be"* ]]
}

@test "all needs none of it" {
    run make --no-print-directory -n all PYTHON=/none
    [ "$status" -eq 0 ]
    [[ $output != *torch* ]]
}
