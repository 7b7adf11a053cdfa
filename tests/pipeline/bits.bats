#!/usr/bin/env bats
# make bits notices a build that computes something else, and says which. On a copy of the project.

load pipeline.bash

setup() {
    export PROJECT
    copy_project "$BATS_TEST_TMPDIR/project"
    cd "$PROJECT" || return
    rm -rf build/bits
}

bits() {
    run make --no-print-directory bits "$@"
}

@test "a build that is as committed, and another when a constant of the kernel is another" {
    files=$(wc -l <tests/bits/digests.sha256)
    bits BITS=gcc-O1
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [[ $output == *"$files files the same"* ]]
    [ "${lines[-1]}" = "1 builds on 1 architectures: one digest for each of $files files" ]

    bits BITS=gcc-O1 # nothing to do, the same table
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == build* ]]

    sed -i 's/0x1.8p+23f;/0x1.8p+22f;/' lib/kernel.c
    bits BITS="gcc-O1 gcc-Os"
    [ "$status" -eq 2 ]
    grep -q "^gcc-O1 .*[0-9] of $files files differ: .*softplus/network" <<<"$output"
    [[ $output == *"0 builds on 0 architectures"*"; not so: gcc-O1 gcc-Os"* ]]
}

@test "one other image changes what depends on it" {
    bits BITS=gcc-O1
    # a pixel of the fourth image, a 1
    printf '\377' | dd of=build/bits/data/images bs=1 seek=$((16 + 3 * 784 + 400)) conv=notrunc status=none
    rm build/bits/gcc-O1/digests
    bits BITS=gcc-O1
    [ "$status" -eq 2 ]
    [[ $output == *"differ: leaky-relu/a "*softplus/network* ]]
    [[ $output != *count.tsv* && $output != *" shuffled"* ]]
}

@test "builds that do not compile, and compilers that are missing, fail by name" {
    echo '#error' >>lib/rng.c
    bits BITS=gcc-O1
    [ "$status" -eq 2 ]
    [[ $output == *"failed: it does not build, see build/bits/gcc-O1/log"* ]]
    mkdir "$BATS_TEST_TMPDIR/bin"
    for tool in /usr/bin/*; do
        [[ $tool == *clang* ]] || ln -sf "$tool" "$BATS_TEST_TMPDIR/bin"
    done
    PATH=$BATS_TEST_TMPDIR/bin
    bits BITS=clang-O1
    [ "$status" -eq 2 ]
    [[ $output == *"failed: there is no clang here; make deps-bits installs it"* ]]
}

@test "a build nobody knows is refused" {
    bits BITS="gcc-O1 gcc-O9"
    [ "$status" -eq 2 ]
    [[ $output == *"there is no build gcc-O9"* ]]
}
