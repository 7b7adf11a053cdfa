#!/usr/bin/env bats
# make fuzz: what does harm is found, kept and said; the fuzzers themselves run in .ci/run.

bats_require_minimum_version 1.5.0

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    unset TMPDIR
}

# A fuzzer that dies of input that begins with "h".
make_fuzzer() {
    printf '%s\n' '#include <stddef.h>' '#include <stdlib.h>' \
        'int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);' \
        'int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {' \
        'if (size > 0 && data[0] == 104) abort();' 'return 0; }' >fuzzer.c
    clang -g -fsanitize=fuzzer,address fuzzer.c -o fuzzer 2>/dev/null || skip 'clang has no libFuzzer here'
    mkdir -p tests folder/seeds/fuzzer
    cp "$TOP/tests/fuzz/run" "$TOP/tests/fuzz/dictionary" tests
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

@test "no time at all is refused: libFuzzer would run for ever" {
    make_fuzzer
    for seconds in 0 '' 1.5 x; do
        run -2 --separate-stderr timeout 20 tests/run ./fuzzer folder "$seconds"
        [ "$stderr" = "fuzz: FUZZ_S=$seconds is not a number of seconds, 1 or more" ]
    done
}

@test "a run in which nothing does harm says how many inputs there were" {
    make_fuzzer
    sed -i 's/abort/rand/' fuzzer.c
    clang -fsanitize=fuzzer fuzzer.c -o fuzzer
    run tests/run ./fuzzer folder 1
    [ "$status" -eq 0 ]
    [[ $output =~ ^'fuzz: fuzzer: '[1-9][0-9]*' inputs did no harm'$ ]]
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
