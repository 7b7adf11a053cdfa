#!/usr/bin/env bats
# An allocation that fails: every one of every program in turn. The program says so and leaves
# nothing, or goes on without it and writes the same bytes. And memory that is not zeros.

bats_require_minimum_version 1.5.0
load helpers
load data
load faults

setup() {
    ! sanitized || skip 'the sanitizer has an allocator of its own'
    # The list of what is loaded before a program holds no path with a space.
    export SHIM=in/fail-allocation.so
    cd "$BATS_TEST_TMPDIR" || exit
    PATH="$BIN:$PATH"
    fault_inputs
    cp "$BIN/../tests/fail-allocation.so" in
}

@test "mnist-filter: allocations that fail" {
    command_lines mnist-filter each_fails
}

@test "train-tally: allocations that fail" {
    command_lines train-tally each_fails
}

@test "fork-train: allocations that fail" {
    command_lines fork-train each_fails
}

@test "ablate: allocations that fail" {
    command_lines ablate each_fails
}

@test "param-diff: allocations that fail" {
    command_lines param-diff each_fails
}

@test "correlate: allocations that fail" {
    command_lines correlate each_fails
}

@test "pixmap: allocations that fail" {
    command_lines pixmap each_fails
}

@test "summarize: allocations that fail" {
    command_lines summarize each_fails
}

@test "models in parts: allocations that fail" {
    mkdir in/one in/parts
    cp in/net in/one/model.safetensors
    make_safetensors '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}' 'f<' 1 >in/parts/1
    make_safetensors '{"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}' 'f<' 2 >in/parts/2
    printf '{"metadata":{"total_size":8},"weight_map":{"a":"1","b":"2"}}' >in/parts/x.safetensors.index.json
    each_fails param-diff in/one in/net -o out.1
    each_fails param-diff in/parts in/parts -o out.1
}

@test "param-score: allocations that fail" {
    command_lines param-score each_fails
}

@test "graft: allocations that fail" {
    command_lines graft each_fails
}

@test "--help and --version: allocations that fail" {
    for program in mnist-filter train-tally fork-train param-diff correlate pixmap summarize param-score graft ablate; do
        LD_PRELOAD=$SHIM FAIL_AT=1 FAIL_ON=1 "$program" --help | cmp - <("$program" --help)
        LD_PRELOAD=$SHIM FAIL_AT=1 FAIL_ON=1 "$program" --version | cmp - <("$program" --version)
    done
}

# The command writes files named out.* beside what it writes to standard output: the same, whatever the
# memory holds that it is given.
# usage: whatever_memory_holds COMMAND...
whatever_memory_holds() {
    "$@" >out.0
    expected=$(sha256sum out.*)
    rm out.*
    MALLOC_PERTURB_=90 "$@" >out.0
    [ "$(sha256sum out.*)" = "$expected" ]
    rm out.*
}

@test "memory holds anything when it is given" {
    whatever_memory_holds mnist-filter -i in/images.gz -l in/labels.gz --shuffle 1 -n 2 --transpose
    whatever_memory_holds mnist-filter -i in/images -l in/labels --skip 1 --reorder 1
    whatever_memory_holds mnist-filter --count -l in/labels
    whatever_memory_holds mnist-filter --lit -i in/images -l in/labels
    whatever_memory_holds train-tally -c 1 -t out.1 -c 2 -t out.2 -H 3,2 --log out.3 in/samples
    whatever_memory_holds train-tally -c 1 -c 2 -H 4 -f 0 --permute-labels 1 --permuted out.1 --permutations 3 in/samples
    whatever_memory_holds fork-train in/net in/samples --log out.1
    whatever_memory_holds param-diff in/net in/c
    whatever_memory_holds param-diff --summary in/net in/c
    whatever_memory_holds correlate in/a in/b in/c in/d --points out.1 --map out.2 --json out.3 -P 3 --split 1 \
        --null in/draws --null-table out.4
    whatever_memory_holds correlate in/a in/b in/c in/d --inputs in/mask --map out.1 --map-table out.2 -P 3 \
        --null in/draws
    whatever_memory_holds param-score --centre --permute all in/a in/b
    whatever_memory_holds graft --score in/a -k .4 --network out.1 in/net in/other in/samples
    whatever_memory_holds pixmap -b -t layer1.weight in/net
    printf '%s\t%s\t%s\n' seed control r 1 same .5 1 other .1 2 same .3 2 other .2 3 third .1 >in/runs
    whatever_memory_holds summarize -g control -u seed -v r:z --flips 9 --family control \
        --disattenuate control:same,other,third in/runs
    whatever_memory_holds summarize -g control --holm r in/runs
}
