#!/usr/bin/env bats
# What would change the bits is refused: by the compiler, or by the program when it starts.

bats_require_minimum_version 1.5.0
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    CC=${CC:-gcc}
    compile=("$CC" -std=c17 -D_GNU_SOURCE -I"$TOP/include")
    printf '%s\n' '#include "engram/detmath.h"' '#include <stdio.h>' 'int main(void) {' \
        'struct error error;' 'int bad = det_self_test(&error);' \
        'puts(bad ? error.text : "good"); return bad != 0; }' >self.c
}

# Compiles the library's mathematics with FLAGs; expects the compiler to refuse, and to say WHY.
# usage: refuses WHY FLAG...
refuses() {
    run -1 --separate-stderr "${compile[@]}" "${@:2}" -c "$TOP/lib/detmath.c" -o detmath.o
    # shellcheck disable=SC2154 # run sets it
    [[ $stderr == *"$1"* ]] || { printf '%s: %s\n' "${*:2}" "$stderr" >&2; return 1; }
}

# Compiles it with FLAGs and runs the check of the start.
# usage: self_test STATUS FLAG...
self_test() {
    "${compile[@]}" "${@:2}" self.c "$TOP/lib/detmath.c" "$TOP/lib/error.c" "$TOP/lib/escape.c" -lm -o self
    run "-$1" ./self
}

# Runs a program in a process that C statements have changed before main.
# usage: in_process_with HEADER STATEMENT
in_process_with() {
    printf '#include <%s>\n__attribute__((constructor)) static void change(void) { %s }\n' "$@" >change.c
    "$CC" -shared -fPIC change.c -o change.so -lm
    run --separate-stderr env LD_PRELOAD=./change.so "$BIN/param-diff" --help
}

@test "-ffast-math and its parts do not compile" {
    refuses 'do not compile it with -ffast-math' -O2 -ffast-math
    refuses 'do not compile it with -ffast-math' -Ofast
    refuses 'do not compile it with -ffast-math' -O2 -ffinite-math-only
    "${compile[@]}" -O2 -c "$TOP/lib/detmath.c" -o detmath.o
}

@test "wider arithmetic than float and double does not compile" {
    "$CC" -mfpmath=387 -E - </dev/null >/dev/null 2>&1 || skip 'needs an x86 with its 387'
    ! "$CC" --version | grep -q clang || skip 'clang has no 387 on x86-64'
    refuses 'arithmetic in their own width' -mfpmath=387
}

@test "a build that fuses multiplication and addition refuses to run" {
    self_test 0 -O2 -ffp-contract=off
    flags=(-O2 -ffp-contract=fast)
    if [[ $(uname -m) == x86_64 ]]; then
        grep -qw fma /proc/cpuinfo || skip 'this processor has no fused multiply-add'
        flags+=(-mfma)
    fi
    self_test 1 "${flags[@]}"
    [[ $output == 'this build fuses multiplication and addition; compile with -ffp-contract=off' ]]
}

@test "a build that reorders additions refuses to run" {
    command -v clang >/dev/null || skip 'gcc tells the compiler itself; clang is not here'
    compile[0]=clang
    self_test 1 -O2 -ffp-contract=off -funsafe-math-optimizations
    [[ $output == 'sums are not rounded to nearest, each: '*'or the build has parts of -ffast-math' ]]
}

@test "a process that flushes subnormal numbers is refused" {
    [[ $(uname -m) == x86_64 ]] || skip 'needs x86-64'
    ! sanitized || skip 'the sanitizer wants to be loaded first'
    for bits in 0x8000 0x0040; do # results, arguments
        in_process_with xmmintrin.h "_mm_setcsr(_mm_getcsr() | $bits);"
        [[ $status -eq 1 && -z $output ]]
        [[ $stderr == 'param-diff: this process flushes subnormal numbers to zero' ]]
    done
}

@test "a process with another rounding mode is refused" {
    ! sanitized || skip 'the sanitizer wants to be loaded first'
    for mode in FE_UPWARD FE_DOWNWARD FE_TOWARDZERO; do
        in_process_with fenv.h "fesetround($mode);"
        [[ $status -eq 1 && -z $output ]]
        [[ $stderr == 'param-diff: sums are not rounded to nearest, each: the process has another rounding mode'* ]]
    done
    in_process_with fenv.h 'fesetround(FE_TONEAREST);'
    [[ $status -eq 0 ]]
}

# Compiles the kernel of a library to one of whose headers a substitution has been applied.
# usage: with_header HEADER SUBSTITUTION
with_header() {
    rm -rf copy
    mkdir copy
    cp -r "$TOP/include" "$TOP/lib" copy
    sed -i "$2" "copy/include/engram/$1"
    run ! cmp -s "$TOP/include/engram/$1" "copy/include/engram/$1"
    run --separate-stderr "$CC" -std=c17 -D_GNU_SOURCE -Icopy/include -Wall -Wextra -Wswitch-enum \
        -Werror -O1 -c copy/lib/kernel.c -o copy.o
}

@test "an activation or a measure that the kernel lacks does not compile" {
    grep -q '^WARNINGS := .* -Werror=switch-enum ' "$TOP/pipeline/build.mk"
    with_header activation.h 's/^    ROW(TANH,/    \/* known *\/ &/'
    [ "$status" -eq 0 ]
    with_header activation.h 's/^    ROW(TANH,/    ROW(GELU, "gelu", 1) &/'
    [ "$status" -ne 0 ]
    [[ $stderr == *NET_GELU* ]]
    with_header measure.h 's/^    ROW(INPUT,/    ROW(OTHER, "other", .by_rate = 0) &/'
    [ "$status" -ne 0 ] && [[ $stderr == *NET_OTHER* ]]
}

@test "the library knows nothing of programs" {
    [ "$(grep -l 'engram/tool\.h\|tool_[a-z]*(' "$TOP"/lib/*.c)" = "$TOP/lib/tool.c" ]
}
