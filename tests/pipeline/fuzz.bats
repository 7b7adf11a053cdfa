#!/usr/bin/env bats
# make fuzz: what does harm is found, kept and said; the fuzzers themselves run in .ci/run.

bats_require_minimum_version 1.5.0

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    unset TMPDIR
}

# A fuzzer of C, by default one that dies of input that begins with "h".
# usage: make_fuzzer [STATEMENT]
make_fuzzer() {
    printf '%s\n' '#include <stddef.h>' '#include <stdlib.h>' \
        'int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);' \
        'int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {' \
        "${1-if (size > 0 && data[0] == 'h') abort();}" 'return 0; }' >fuzzer.c
    clang -g -fsanitize=fuzzer,address fuzzer.c -o fuzzer 2>/dev/null || skip 'clang has no libFuzzer here'
    mkdir -p tests folder/seeds/fuzzer
    cp "$TOP"/tests/fuzz/{run,keep,common.bash,dictionary} tests
}

@test "what does harm is kept, and said with the command that shows it again" {
    make_fuzzer
    echo g >folder/seeds/fuzzer/g
    run --separate-stderr tests/run ./fuzzer folder 60
    [ "$status" -eq 1 ]
    kept=("$PWD"/folder/found/fuzzer-crash-*)
    [ "$(head -c 1 "${kept[0]}")" = h ]
    # shellcheck disable=SC2154 # set by run
    [[ $stderr == *"fuzz: fuzzer: ${kept[0]} does harm; see it again with"* ]]
    again=${stderr##*$'\n'}
    run $again
    [ "$status" -ne 0 ]
    [[ $output == *'deadly signal'* ]]
}

@test "inputs that once did harm are run before any other" {
    make_fuzzer
    mkdir -p tests/inputs/fuzzer
    echo harm >tests/inputs/fuzzer/first
    echo g >tests/inputs/fuzzer/second
    echo harm again >tests/inputs/fuzzer/third
    run --separate-stderr tests/run ./fuzzer folder 1
    [ "$status" -eq 1 ]
    [[ $stderr == *'fuzz: fuzzer: tests/inputs/fuzzer/first does harm'* ]]
    [ -z "$(compgen -G 'folder/corpus/fuzzer/*')" ]
}

@test "inputs that are kept are run before any that is made up" {
    make_fuzzer
    mkdir tests/corpus
    printf '%s\n' 'g' 'h\x00\n\\\xffarm' >tests/corpus/fuzzer
    run --separate-stderr tests/run ./fuzzer folder 60
    [ "$status" -eq 1 ]
    kept=("$PWD"/folder/found/fuzzer-crash-*)
    printf 'h\0\n\\\377arm' | cmp - "${kept[0]}"
    [[ $stderr == *"fuzz: fuzzer: ${kept[0]} does harm"* ]]
    [ -z "$(compgen -G 'folder/corpus/fuzzer/*')" ]
}

@test "what is kept: few and small inputs that reach what the seeds do not" {
    make_fuzzer "static volatile int seen; if (size > 0) switch (data[0]) {
        case 'a': seen = 1; break; case 'b': seen = 2; break; case 'c': seen = 3; }"
    echo a >folder/seeds/fuzzer/a
    mkdir -p folder/corpus/fuzzer
    printf aa >folder/corpus/fuzzer/1
    printf bb >folder/corpus/fuzzer/2
    printf b >folder/corpus/fuzzer/3
    printf 'c\0\n\\\377' >folder/corpus/fuzzer/4
    run tests/keep ./fuzzer folder
    [ "$output" = 'fuzz: fuzzer: 2 inputs, 16 bytes are kept' ]
    printf '%s\n' 'b' 'c\x00\n\\\xff' | cmp - tests/corpus/fuzzer
    # The others stay when more is found.
    sed -i "s/break; case 'c'/break; case 'B': seen = 4; break; case 'c'/" fuzzer.c
    clang -fsanitize=fuzzer fuzzer.c -o fuzzer
    rm folder/corpus/fuzzer/*
    printf B >folder/corpus/fuzzer/5
    tests/keep ./fuzzer folder
    printf '%s\n' 'B' 'b' 'c\x00\n\\\xff' | cmp - tests/corpus/fuzzer
}

@test "no time at all is refused: libFuzzer would run for ever" {
    make_fuzzer
    for seconds in 0 '' 1.5 x; do
        run -2 --separate-stderr timeout 20 tests/run ./fuzzer folder "$seconds"
        [ "$stderr" = "fuzz: FUZZ_S=$seconds is not a number of seconds, 1 or more" ]
    done
}

@test "a run in which nothing does harm says how many inputs there were" {
    make_fuzzer ''
    run tests/run ./fuzzer folder 1
    [ "$status" -eq 0 ]
    [[ $output =~ ^'fuzz: fuzzer: '[1-9][0-9]*' inputs did no harm'$ ]]
}

@test "make fuzz ends with how many inputs there were of all targets" {
    make_fuzzer ''
    mkdir -p build/fuzz/seeds tests/fuzz include
    cp -r "$TOP/Makefile" "$TOP/pipeline" .
    cp -r "$TOP/include/engram" include
    cp "$TOP"/tests/fuzz/{run,common.bash,dictionary} tests/fuzz
    for target in header index; do
        cp fuzzer "build/fuzz/$target"
        made=("${made[@]}" -o "build/fuzz/$target")
    done
    run make --no-print-directory fuzz FUZZ='index header index' FUZZ_S=1 "${made[@]}" -o build/fuzz/seeds/.done
    [ "$status" -eq 0 ]
    [[ $output =~ 'fuzz: header: '([0-9]+)' inputs did no harm' ]]
    sum=${BASH_REMATCH[1]}
    [[ $output =~ 'fuzz: index: '([0-9]+)' inputs did no harm' ]]
    sum=$((sum + BASH_REMATCH[1]))
    [ "${lines[2]}" = "fuzz: 2 targets, $sum inputs, none did harm" ]
    [ "${#lines[@]}" -eq 3 ]
    run make --no-print-directory fuzz FUZZ=index FUZZ_S=1 "${made[@]}" -o build/fuzz/seeds/.done
    [[ ${lines[1]} =~ ^'fuzz: 1 target, '[1-9][0-9]*' inputs, none did harm'$ ]]
}

@test "every fuzzer has seeds that the programs wrote" {
    "$TOP/tests/fuzz/seeds" "$BIN" seeds
    for fuzzer in "$TOP"/tests/fuzz/*.c "$TOP"/tools/*.c; do
        name=$(basename "$fuzzer" .c)
        case $name in fuzz | program) continue ;; esac
        [ -n "$(compgen -G "seeds/$name/*")" ] || { echo "no seeds for $name"; return 1; }
    done
    [ "$(head -n 1 seeds/header/network.described)" = '!layer1.bias F32 2' ]
    # They are given to the programs by name or through a pipe.
    grep -q '^@4$' seeds/correlate/run
    grep -q '^|4$' seeds/correlate/run-pipe
}

@test "a fuzzer that there is not" {
    run make -sC "$TOP" fuzz FUZZ='header bogus'
    [ "$status" -eq 2 ]
    [[ $output == *'FUZZ=header bogus: there is no fuzzer bogus, but all, header '* ]]
}
