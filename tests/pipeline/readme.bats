#!/usr/bin/env bats
# Every block of shell in README runs as written, in a copy of the project after `make all`.

load pipeline.bash
load ../cli/data.bash

setup_file() {
    export PROJECT
    copy_project "$BATS_FILE_TMPDIR/project"
    make -C "$PROJECT" -j2 all SEEDS=1..2 CAUSE_SEEDS=1..2 SHUFFLES=1 DRAWS=19 >/dev/null
    make -C "$PROJECT" base >/dev/null
    # The n-th block of a language goes to block-LANGUAGE-n.
    awk -v dir="$BATS_FILE_TMPDIR" '
        /^```./ { language = substr($0, 4); name = dir "/block-" language "-" ++n[language]; next }
        /^```$/ { name = ""; next }
        name != "" { print > name }' "$TOP/README.md"
}

setup() {
    cd "$PROJECT" || return
}

@test "the runs with other variables" {
    CAUSE_SEEDS=1..2 run bash -eu -o pipefail "$BATS_FILE_TMPDIR/block-sh-1"
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [ -s out/activation-relu_seed-7_seeds-1..2_cause-1..2/facts.tsv ]
    [ -s out/a-3_b-5_seeds-1..2_cause-1..2/charts/biases.png ]
    [ -s out/hidden-100,50_rate-0.01_cause-1..2/charts/map.png ]
    [ -s out/measure-squared-change_cause-1..2/correlations.tsv ]
}

@test "the first run prints what README shows" {
    sed -n '/^\$ make -s base$/,/^```$/p' "$TOP/README.md" | sed '1d; $d' >"$BATS_TEST_TMPDIR/shown"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/shown")" -gt 5 ]
    make -s base | diff "$BATS_TEST_TMPDIR/shown" -
}

@test "replicates, nulls, controls, a sweep and the report" {
    CAUSE_SEEDS=1..2 run bash -eu -o pipefail "$BATS_FILE_TMPDIR/block-sh-2"
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [[ $output == *"planted: AUC of x"* ]]
    [[ $output == *"0.01--100"* ]]
    [ -s out/sweep/RATE-0.002+0.01_HIDDEN-20+100_seeds-1..2/sweep.png ]
    [ -s out/seeds-1..4_cause-1..2/report.html ]
}

@test "the experiment in one shell command prints the table of make all" {
    bash -eu -o pipefail "$BATS_FILE_TMPDIR/block-bash-1" >"$BATS_TEST_TMPDIR/table"
    cmp "$BATS_TEST_TMPDIR/table" out/base/correlations.tsv
}

@test "the programs by themselves" {
    run bash -eu -o pipefail "$BATS_FILE_TMPDIR/block-sh-3"
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [[ $output == *"layer1.weight"* ]]
    [ -s map.png ]
    [ ! -e "$BATS_FILE_TMPDIR/block-sh-4" ]
}

@test "grafts and effects of units" {
    run bash -eu -o pipefail "$BATS_FILE_TMPDIR/block-bash-2"
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [ "$(grep -c $'^highest\t' <<<"$output")" -eq 12 ]
    grep -q $'^layer1.bias\tall\t100\t' <<<"$output"
}

# A network and its files, with other names.
@test "checkpoints as people have them" {
    as() { edit_header "s/layer1/$1h.0/g; s/layer2/$1lm_head/g" <"out/base/$2.safetensors"; }
    mkdir checkpoint other c d
    as module. network >checkpoint/model-00001-of-00001.safetensors
    as '' fork-without-1 >other/model.safetensors
    printf '{"weight_map":{%s}}' "$(printf '"module.%s":"model-00001-of-00001.safetensors",' {h.0,lm_head}.{weight,bias} | sed 's/,$//')" \
        >checkpoint/model.safetensors.index.json
    as '' tally-a >a.safetensors
    as module. tally-b >b.safetensors
    as module. tally-a >c/model.safetensors
    as '' tally-b >d/model.safetensors
    run bash -eu -o pipefail "$BATS_FILE_TMPDIR/block-bash-3"
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    grep -q $'^total\t-\t' <<<"$output"
    grep -q $'^heads\tall\t200\t0\t1\t' <<<"$output"
    [ -s head.png ]
}

@test "reading a parameter file in Python without the safetensors package" {
    /usr/bin/python3 -c 'import numpy' 2>/dev/null || skip "no numpy here"
    run /usr/bin/python3 "$BATS_FILE_TMPDIR/block-python-2"
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [ "$output" = "(100, 784)" ]
}

@test "reading a parameter file in Python with the safetensors package" {
    /usr/bin/python3 -c 'import numpy, safetensors' 2>/dev/null || skip "no safetensors package here"
    run /usr/bin/python3 "$BATS_FILE_TMPDIR/block-python-1"
    [ "$output" = "(100, 784)" ]
}

# They are run where torch is: torch.bats.
@test "tallies out of PyTorch: the lines that the recorder itself shows" {
    cmp <(sed -n '/^    from engram_torch/,/^$/ s/^    //p' "$TOP/pipeline/torch/engram_torch.py") "$BATS_FILE_TMPDIR/block-python-3"
}

@test "every picture and every file it names is there" {
    grep -o '(plots/gallery/[^)]*)' "$TOP/README.md" | tr -d '()' | while read -r picture; do
        [ -s "$TOP/$picture" ] || { echo "$picture"; false; }
    done
    [ -s "$TOP/LICENSE" ]
}
