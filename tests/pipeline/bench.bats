#!/usr/bin/env bats
# The benchmark, at a tiny size and without the libraries it compares with; and that it notices a peer
# that learns something else.
# shellcheck disable=SC2016 # the programs are awk's

load pipeline.bash

setup_file() {
    export PROJECT TABLE
    copy_project "$BATS_FILE_TMPDIR/project"
    cd "$PROJECT" || return
    TABLE=$(make --no-print-directory bench EIGEN='' OPENBLAS='' FANN='' BENCH=build/tiny PYTHON=/none \
        PARTS=steps ROUNDS=1 BENCH_IMAGES=60 2>&1) || { echo "$TABLE"; false; }
}

setup() {
    cd "$PROJECT" || return
}

# The steps again, with the programs in $1.
steps() {
    BIN=build/bin BENCH=$1 OUT=out/again PYTHON=/none ROUNDS=1 BENCH_IMAGES=60 tests/bench/steps
}

# A copy of the programs, in which plain C prints its row changed by an awk program.
changed() {
    cp -r build/tiny "$1"
    mv "$1/plain" "$1/true-plain"
    printf '#!/bin/sh\n%s "$@" | awk -F "\\t" -v OFS="\\t" '\''%s'\''\n' "$1/true-plain" "$2" >"$1/plain"
    chmod +x "$1/plain"
}

@test "a table of steps, with what is not installed left out by name" {
    for peer in engram 'C, -O3 -ffast-math' 'C, -O3' 'dense limit' 'sparse limit'; do
        grep -q "^$peer  *[0-9.]* ( *[0-9.]*) *x[0-9.]*  *[0-9.]* ( *[0-9.]*)" <<<"$TABLE" || { echo "$TABLE"; false; }
    done
    for peer in Eigen OpenBLAS FANN NumPy 'PyTorch by hand' PyTorch; do
        grep -qxF "bench: $peer: not installed, left out (make deps-bench)" <<<"$TABLE"
    done
    [ -s out/bench/steps.tsv ]
    [ -s out/bench/charts/steps.png ]
    machine=$(sed -n 's/^# //p; T; q' out/bench/steps.tsv)
    grep -qF "best of 1 rounds;  $machine" out/bench/charts/steps.svg
    grep -qF "$machine" out/bench/charts/memory.svg
}

@test "the other charts, of made-up tables" {
    {
        printf 'name\tvariant\tbest\n'
        for point in hidden:10 hidden:3000 depth:1 depth:8 black:0 black:1; do
            printf '%s\t%s %s\t%s\n' engram "${point%:*}" "${point#*:}" "${#point}.5" Eigen "${point%:*}" "${point#*:}" 20
        done
        printf 'dense limit\t%s\t%s\n' no 2 yes 3
        printf '%s\tbase\t%s\n' PyTorch 40 'engram, make base' .5 NumPy 20
        echo '# some_one'
    } >"$BATS_TEST_TMPDIR/made-up"
    for chart in hidden depth black experiment; do
        table=$BATS_TEST_TMPDIR/$chart
        CLOCK=cpu ROUNDS=4 awk -F '\t' -v chart="$chart" -f pipeline/table.awk -f tests/bench/chart.awk "$BATS_TEST_TMPDIR/made-up" >"$table.tsv"
        pipeline/chart "tests/bench/$chart.gp" "$table"
        grep -qF 'processor time, best of 4 rounds;  some_one' "$table.svg"
    done
    grep -qFx $'# name_2\tNumPy' "$BATS_TEST_TMPDIR/experiment.tsv"
    grep -qF $'\t20.00 s  (×40.0)\tNumPy' "$BATS_TEST_TMPDIR/experiment.tsv"
    [ "$(grep -c '^# peer' "$BATS_TEST_TMPDIR/hidden.tsv")" -eq 2 ]
}

@test "a peer with another loss, or other tallies, is caught" {
    run steps build/tiny
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    changed build/loss '{ $3 *= 1.02; print }'
    run steps build/loss
    [ "$status" -eq 1 ]
    [[ $output == *"bench: C, -O3 (no) has not learned what engram has: loss "* ]]
    changed build/tally '{ $5 *= 0.98; print }'
    run steps build/tally
    [ "$status" -eq 1 ]
    [[ $output != *"C, -O3 (no) has not"* ]]
    [[ $output == *"bench: C, -O3 (yes) has not learned what engram has: loss "* ]]
    changed build/nan '{ $4 = "nan"; print }'
    run steps build/nan
    [ "$status" -eq 1 ]
}

@test "a peer that fails ends the benchmark" {
    changed build/broken '{ exit 1 }'
    printf '#!/bin/sh\nexit 1\n' >build/broken/plain
    run steps build/broken
    [ "$status" -ne 0 ]
    [[ $output != *"A step of learning"* ]]
}

@test "the whole run, on one core and on all, beside another tree's" {
    mkdir small
    first_images small 3000
    # the other tree, of the makefile alone: it says what it was asked for
    mkdir other
    printf 'all:\n\t@echo "$(SEEDS) $(origin PARTS) $(origin BASELINE)" >>other.log; mkdir $(OUT)\n' >other/Makefile
    run make --no-print-directory bench EIGEN='' OPENBLAS='' FANN='' BENCH=build/tiny PYTHON=/none PARTS=whole ROUNDS=1 \
        BASELINE=other SEEDS=1..2 IMAGES=small/images LABELS=small/labels PHASE1=900 SHORT=300 ACTIVATIONS=relu CAUSE_SEEDS=1..2 SHUFFLES=1 DRAWS=9
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [ "$(sort -u other/other.log)" = '1..2 undefined undefined' ]
    [ "$(wc -l <other/other.log)" -eq 2 ]
    for row in 'make all  *one' 'make all  *all' 'make replicate  *one' 'make replicate  *all'; do
        grep -qE "^$row  *[0-9.]+  *[0-9.]+\$|^$row .* x[0-9.]+ x[0-9.]+ of " <<<"$output" || { echo "$row: $output"; false; }
    done
    grep -qE '^make all, baseline  *all .* of make all$' <<<"$output"
    grep -qxF 'bench: PyTorch: not installed, left out (make deps-bench)' <<<"$output"
    grep -qE '^Its 4 networks alone, in file order: ' <<<"$output"
    [ "$(cut -f 1,2 out/bench/whole.tsv | sed '/^#/d' | wc -l)" -eq 7 ]
    [ ! -e out/bench/whole ]
}
