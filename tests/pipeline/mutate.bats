#!/usr/bin/env bats
# make mutate, on a project of one module, one program and a test of each.

bats_require_minimum_version 1.5.0

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    mkdir -p lib tools tests/unit tests/cli include/engram
    printf '%s\n' 'int sign(int x);' >include/engram/sign.h
    cat >lib/sign.c <<'EOF'
#include "engram/sign.h"
#if 1 + 1 == 2
/* x > 0 is 1, "x < 0" is
   - 1; x = 0; */
int sign(int x) { // x == 0
    int s = 0;
    if (x > 0 && x != 'a' - 1 - 'b')
        s = 1;
    return x < 0 ? -1 : s;
}
#endif
EOF
    cat >tests/unit/sign.c <<'EOF'
#include "engram/sign.h"
#include <stdio.h>
int main(void) {
    printf("%s 1 - signs\n", sign(5) == 1 && sign(-5) == -1 ? "ok" : "not ok");
}
EOF
    printf '%s\n' '#include "engram/sign.h"' 'int main(int argc, char **argv) {' '(void)argv;' '    return sign(argc - 2);' '}' >tools/tell.c
    # shellcheck disable=SC2016 # for the test
    printf '%s\n' '#!/usr/bin/env bats' '@''test "one" {' '    "$BIN/tell" 1' '}' >tests/cli/tell.bats
    cat >Makefile <<'EOF'
B := build$(if $(SANITIZE),/sanitize)
tools: $B/bin/tell
$B/lib/%.o: lib/%.c ; @mkdir -p $(@D); $(CC) -Iinclude -c $< -o $@
$B/tools/%.o: tools/%.c ; @mkdir -p $(@D); $(CC) -Iinclude -c $< -o $@
$B/bin/tell: $B/lib/sign.o $B/tools/tell.o ; @mkdir -p $(@D); $(CC) $^ -o $@
$B/tests/unit-%: $B/lib/sign.o tests/unit/%.c ; @mkdir -p $(@D); $(CC) -Iinclude $^ -o $@
$B/tests/fail-allocation.so $B/tests/fail-call: ; @mkdir -p $(@D); touch $@
EOF
}

mutate() {
    "$TOP/tests/mutate/run" "$@"
}

@test "every change there is, what each is killed by, and those that live" {
    run mutate 99 1 2 folder lib/sign.c
    [ "$status" -eq 0 ]
    [ "${lines[-1]}" = 'mutate: 9 of 13 mutants killed, chosen among 13' ]
    grep -v '^mutate:' <<<"$output" | diff - folder/trial
    # Not changed are comments, strings, characters, lines of the preprocessor, and the -1 of a failure.
    run awk '/^(killed|lived)/ { by = $0 } /^\+ / { print by ":" substr($0, 2) }' folder/trial
    diff - <(sort <<<"$output") <<'EOF'
killed by tests/cli/tell.bats:    if (x > 0 || x != 'a' - 1 - 'b')
killed by tests/cli/tell.bats:    if (x >= 0 && x != 'a' - 1 - 'b')
killed by tests/cli/tell.bats:    int s = 1;
killed by tests/cli/tell.bats:    return x < 1 ? -1 : s;
killed by tests/cli/tell.bats:    return x <= 0 ? -1 : s;
killed by tests/unit/sign.c:        ;
killed by tests/unit/sign.c:        s = 2;
killed by tests/unit/sign.c:    if (!(x > 0 && x != 'a' - 1 - 'b'))
killed by tests/unit/sign.c:    if (x > 0 && x == 'a' - 1 - 'b')
lived:    if (x > 0 && x != 'a' + 1 - 'b')
lived:    if (x > 0 && x != 'a' - 1 + 'b')
lived:    if (x > 0 && x != 'a' - 2 - 'b')
lived:    if (x > 1 && x != 'a' - 1 - 'b')
EOF
}

@test "COUNT and SEED say which" {
    mutate 5 1 2 folder lib/sign.c | grep '^[-+] ' | sort >first
    mutate 5 1 1 folder lib/sign.c | grep '^[-+] ' | sort >again
    mutate 5 2 1 folder lib/sign.c | grep '^[-+] ' | sort >other
    [ "$(wc -l <first)" -eq 10 ]
    cmp first again
    run ! cmp -s first other
}

@test "a program's own tests, and no others, are for a program" {
    run -0 mutate 9 1 1 folder tools/tell.c
    [[ $output == *'killed by tests/cli/tell.bats'* ]]
    [[ $output != *unit* ]]
}

@test "what does not build, and what cannot be asked" {
    run -2 mutate 1 1 1 folder
    [ "$output" = 'usage: run COUNT SEED JOBS FOLDER SOURCE...' ]
    run -1 mutate 0 1 1 folder lib/sign.c
    [ "$output" = 'mutate: 0: is no number, 1 or more' ]
    run -1 mutate 1 1 1 folder lib/none.c
    [ "$output" = 'mutate: lib/none.c: No such file or directory' ]
    echo '}' >>lib/sign.c
    run -1 mutate 1 1 1 folder lib/sign.c
    [ "${lines[0]}" = 'mutate: it does not build:' ]
}
