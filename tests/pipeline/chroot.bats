#!/usr/bin/env bats
# make chroot: what it refuses, and what it runs, with stand-ins for the programs that need root and the network.
# shellcheck disable=SC2016 # scripts of the stand-ins

setup() {
    mkdir "$BATS_TEST_TMPDIR/bin"
    stand_in debootstrap 'mkdir -p "$4"/{etc/apt/apt.conf.d,root}; echo "$@" >>"$LOG"'
    stand_in apt-get 'echo http://mirror.test/debian; echo http://other.test/debian'
    stand_in apt-config '[[ $1 == shell ]] || echo '\''Acquire::http::Proxy "http://proxy.test:3142";'\''
        [[ $1 == dump ]] || echo "proxy='\''http://proxy.test:3142'\''"'
    stand_in unshare 'shift 9; echo "${*#"$TREE"/}" >>"$LOG"; ls "$1/root/engram" >>"$LOG"
        [[ $* != *" deb" ]] || { mkdir -p "$1/root/engram/build"; touch "$1/root/engram/build/engram_1_all.deb"; }
        [[ "$*" != *" ${FAILING-nothing}"* ]]'
    export LOG=$BATS_TEST_TMPDIR/log
    PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

# usage: stand_in NAME SCRIPT
stand_in() {
    printf '#!/usr/bin/env bash\n%s\n' "$2" >"$BATS_TEST_TMPDIR/bin/$1"
    chmod +x "$BATS_TEST_TMPDIR/bin/$1"
}

# A tree of two files, tracked, and one that is not.
tree() {
    command -v git >/dev/null || skip "no git here"
    ((EUID == 0)) || skip "not root"
    export TREE="$BATS_TEST_TMPDIR/a tree"
    mkdir -p "$TREE/tests/chroot"
    cp "$TOP/tests/chroot/run" "$TREE/tests/chroot"
    touch "$TREE/Makefile" "$TREE/stray"
    (cd "$TREE" && git init -q . && git add Makefile tests)
}

@test "only root can, and says so" {
    cd /
    if ((EUID == 0)); then drop=(setpriv --reuid=65534 --clear-groups); else drop=(); fi
    run "${drop[@]}" bash -s trixie <"$TOP/tests/chroot/run"
    [ "$status" -eq 1 ]
    [ "$output" = "chroot: only root can make one" ]
}

@test "debootstrap must be there, and the suite have a name" {
    ((EUID == 0)) || skip "not root"
    ln -s "$(command -v dirname)" "$BATS_TEST_TMPDIR/dirname"
    PATH=$BATS_TEST_TMPDIR run "$BASH" "$TOP/tests/chroot/run" trixie
    [ "$status" -eq 1 ]
    [ "$output" = "chroot: install debootstrap" ]
    run "$TOP/tests/chroot/run" ../etc
    [ "$output" = "chroot: ../etc: is no name of a Debian" ]
}

@test "README's two commands, in a copy of what is tracked; the bare system is kept" {
    tree
    run "$TREE/tests/chroot/run" trixie SEEDS=1..2 -- "TESTS=a b"
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [ "${lines[-1]}" = "chroot: trixie: passed" ]
    # the package: installed, run and purged
    [ "$(sed -n 's/^ .*\(install \.[^ ]*\|engram-demo\|purge\).*/\1/p' "$LOG" | xargs)" = "install ./engram.deb engram-demo purge" ]
    [ "$(grep -v '^ ' "$LOG" | sed 's, $,,')" = "--variant=minbase --include=make,git,ca-certificates trixie $TREE/build/chroot/trixie.new http://mirror.test/debian
build/chroot/trixie.run build/chroot/trixie.packages make deps all SEEDS=1..2
Makefile
tests
build/chroot/trixie.run build/chroot/trixie.packages make deps test TESTS=a b
Makefile
tests
build/chroot/trixie.run build/chroot/trixie.packages make deps-safetensors safetensors
Makefile
tests
build/chroot/trixie.run build/chroot/trixie.packages make deps-deb deb
Makefile
tests
build/chroot/trixie.run build/chroot/trixie.packages bash -eu -c
engram.deb" ] || { cat "$LOG"; false; }
    [ ! -e "$TREE/build/chroot/trixie.run" ]
    run "$TREE/tests/chroot/run" trixie
    [ "$(grep -c minbase "$LOG")" -eq 1 ]
    # Debian 12 has no safetensors package
    : >"$LOG"
    run "$TREE/tests/chroot/run" bookworm
    [ "$status" -eq 0 ]
    [ "$(grep -c ' build/chroot/bookworm.packages make deps' "$LOG")" -eq 3 ]
    run grep -c safetensors "$LOG"
    [ "$output" = 0 ]
}

@test "it says which command failed, and leaves what there is" {
    tree
    export FAILING=test
    run "$TREE/tests/chroot/run" trixie
    [ "$status" -eq 1 ]
    [ "${lines[-1]}" = "chroot: trixie: failed: make deps test; what it left is in $TREE/build/chroot/trixie.run/root/engram" ]
    [ "$(<"$TREE/build/chroot/trixie.run/etc/apt/apt.conf.d/90proxies")" = 'Acquire::http::Proxy "http://proxy.test:3142";' ]
    FAILING=all
    run "$TREE/tests/chroot/run" trixie
    [[ ${lines[-1]} == "chroot: trixie: failed: make deps all; "* ]]
}

@test "make safetensors: without the package it says so; files of every kind are read by the one that judges" {
    cd "$TOP"
    run tests/chroot/package /none "$BIN" /none 1 none
    [ "$status" -eq 1 ]
    [ "$output" = "package: no safetensors package here, or no NumPy; make deps-safetensors installs them, in Debian 13 and later" ]
    tests/chroot/files "$BIN" "$BATS_TEST_TMPDIR/files"
    cd "$BATS_TEST_TMPDIR/files"
    # every kind that the library knows of stands in one of them
    kinds=$(grep -ahoE '"(format|kind)":"[a-z.]+"' -- * | sed 's/.*:"//; s/"//' | sort -u | xargs)
    [ "$kinds" = "difference effect engram.map engram.mask engram.params engram.samples network score tallies tally" ] || { echo "$kinds"; false; }
    head -c 100 network >short
    for file in network short mask; do
        perl -e 'print pack("V", -s $ARGV[0])' "$file"
        cat "$file"
    done >../asked
    run "$BIN/../tests/judge" <../asked
    [ "${#lines[@]}" -eq 3 ]
    [[ ${lines[0]} =~ ^ok\ 6c61796572312e62696173:F32:\[3\]:[0-9a-f]{8}\ 6c61796572312e776569676874:F32:\[3,20\]:[0-9a-f]{8}\ 6c[0-9a-f]*:F32:\[2\]:[0-9a-f]{8}\ 6c[0-9a-f]*:F32:\[2,3\]:[0-9a-f]{8}$ ]]
    [[ ${lines[1]} == "no /proc/self/fd/"*": header of "*" bytes, but only 92 follow" ]]
    crc=$(tail -c 80 mask | gzip -c | tail -c 8 | head -c 4 | od -An -tx4 | tr -d ' ')
    [ "${lines[2]}" = "ok 6c6974:U32:[4,5]:$crc" ]
}
