#!/usr/bin/env bats
# param-diff and correlate by several threads: the same bytes, the same messages, and no more memory
# than there is.

bats_require_minimum_version 1.5.0
load helpers
load data

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    PATH="$BIN:$PATH"
}

# Writes the files a, b, c, d: a tensor w of two dimensions, enough for several threads, a bias and an
# empty tensor. Numbers are bit patterns below 2, or, "wild", any.
# usage: four DTYPE COUNT [wild]
four() {
    perl -e 'use strict; my ($dtype, $count, $wild) = @ARGV;
        my %width = (F64 => 8, F32 => 4, F16 => 2, BF16 => 2); my $width = $width{$dtype};
        my $mask = {F64 => 0x3fff, F32 => 0x3f7f, F16 => 0x3bff, BF16 => 0x3f7f}->{$dtype};
        for my $file (qw(a b c d)) {
            srand ord $file;
            # The upper half word of a number is its last.
            my $bytes = join "", map { my $bits = int rand 65536;
                pack "v" . ($width / 2), (map { int rand 65536 } 2 .. $width / 2), $wild ? $bits : $bits & $mask }
                1 .. 9001;
            my $size = $count * $width; my $more = 9001 * $width;
            my $data = substr $bytes x (1 + $size / length $bytes), 0, $size;
            my $h = sprintf q({"e.weight":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]},) .
                q("w":{"dtype":"%s","shape":[%d,2],"data_offsets":[0,%d]},) .
                q("x.bias":{"dtype":"%s","shape":[9001],"data_offsets":[%d,%d]}}),
                $dtype, $count / 2, $size, $dtype, $size, $size + $more;
            open my $f, ">", $file; binmode $f;
            print $f pack("Q<", length $h), $h, $data, $bytes }' -- "$@"
}

# What the command writes, files out.* too, is the same with any number of threads.
# usage: same_for_all COMMAND...
same_for_all() {
    local jobs
    "$1" -j 1 "${@:2}" >out.0 2>out.messages
    sha256sum out.* >expected
    for jobs in 2 3 8 0; do
        rm out.*
        "$1" -j $jobs "${@:2}" >out.0 2>out.messages
        sha256sum out.* | diff expected -
    done
    rm out.*
}

@test "the same bytes from any number of threads" {
    for dtype in F64 F32 F16 BF16; do
        case $dtype in F64) count=600002 ;; F32) count=800002 ;; *) count=1700002 ;; esac
        for wild in '' wild; do
            four $dtype $count $wild
            same_for_all param-diff --summary a b
            same_for_all param-diff --signed a b
            same_for_all param-diff a b -o out.1
        done
    done
    for dtype in F64 BF16; do
        four $dtype 600002
        same_for_all correlate a b c d
        four $dtype 600002 wild
        same_for_all correlate --any a b c d --json out.1
    done
    four F64 300002
    same_for_all correlate a b c d --points out.1 --map out.2 --map-table out.3
}

@test "the same from pipes, and from tensors that come in another order" {
    four F64 600002
    param-diff -j 1 --summary a b >expected
    param-diff -j 1 a b >difference
    correlate -j 1 a b c d >table
    # shellcheck disable=SC2002 # a pipe is what is tested
    for jobs in 1 2 8; do
        cat a | param-diff -j $jobs --summary - b | cmp - expected
        param-diff -j $jobs --summary <(cat a) <(cat b) | cmp - expected
        param-diff -j $jobs <(cat a) b | cmp - difference
        correlate -j $jobs <(cat a) b <(cat c) <(cat d) | cmp - table
    done
    perl -e 'local $/; open my $f, "<", "a"; binmode $f; my $all = <$f>; my $size = unpack "Q<", $all;
        my $data = substr $all, 8 + $size; my $w = 600002 * 8; my $x = 9001 * 8;
        my $h = sprintf q({"w":{"dtype":"F64","shape":[300001,2],"data_offsets":[%d,%d]},"e.weight":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]},) .
            q("x.bias":{"dtype":"F64","shape":[9001],"data_offsets":[0,%d]}}), $x, $x + $w, $x;
        print pack("Q<", length $h), $h, substr($data, $w), substr($data, 0, $w)' >other
    cmp <(param-diff --signed a other) <(param-diff --signed a a)
    param-diff -j 3 --summary <(cat other) b | cmp - expected
}

# Starts the command, whose last operand is to be "pipe": file b, of which half has come.
# usage: stalled COMMAND...
stalled() {
    mkfifo pipe
    "$@" pipe >stalled.stdout 2>stalled.stderr 3>&- &
    exec 5>pipe
    head -c 2400000 b >&5
}

# Waits for the command, which ends with this status.
ended() {
    local code=0
    wait $! || code=$?
    [ $code -eq "$1" ]
}

threads_of() {
    set -- "/proc/$1/task/"*
    echo $#
}

@test "-j: as many threads, if a tensor is large enough" {
    four F64 600002
    for jobs in 1 2 3 8; do
        stalled param-diff --jobs $jobs --summary a
        [ "$(threads_of $!)" -eq $((jobs < 4 ? jobs : 4)) ] # 73 pieces
        tail -c +2400001 b >&5
        exec 5>&-
        wait $!
        rm pipe
    done
    stalled param-diff --summary a
    processors=$(nproc)
    [ "$(threads_of $!)" -eq $((processors < 4 ? processors : 4)) ]
    tail -c +2400001 b >&5
    exec 5>&-
    wait $!
    rm pipe
    stalled correlate -j 3 a a a
    [ "$(threads_of $!)" -eq 3 ]
    exec 5>&-
    ended 1
}

@test "a signal ends all threads, and no file is left" {
    four F64 600002
    stalled param-diff -j 3 -o out.1 a
    ls .engram-*
    kill -TERM $!
    ended 143
    exec 5>&-
    run ! ls .engram-* out.1
}

@test "a closed pipe ends all threads without a word" {
    four F64 600002
    # shellcheck disable=SC2016 # the inner shell's
    run -0 --separate-stderr bash -c 'set +o pipefail; param-diff -j 3 a b | head -c 100 >first; echo "${PIPESTATUS[0]}"'
    # shellcheck disable=SC2154 # set by run
    [ "$output/$stderr" = 141/ ]
    fails 1 'param-diff: /dev/full: cannot write: No space left on device' param-diff -j 3 a b -o /dev/full
}

# usage: set_number FILE ELEMENT VALUE, of w
set_number() {
    perl -e 'open my $f, "+<", $ARGV[0]; binmode $f; read $f, my $bytes, 8;
        seek $f, 8 + unpack("Q<", $bytes) + 8 * $ARGV[1], 0; print $f pack "d<", $ARGV[2]' -- "$@"
}

@test "what is wrong first is said, and nothing is written" {
    four F64 600002
    set_number b 500000 -5
    set_number d 420000 -4
    set_number a 410001 -2
    set_number d 400001 -3
    for jobs in 1 2 3 8; do
        fails 1 'correlate: d: tensor "w": element 400001 is -3; tallies and differences are not negative (--any lets it pass)' \
            correlate -j $jobs a b c d -o out.1
        # In one block, in the order of the files.
        set_number c 409599 -1
        set_number b 401408 -6
        fails 1 'correlate: b: tensor "w": element 401408 is -6; tallies and differences are not negative (--any lets it pass)' \
            correlate -j $jobs <(cat a) b c c -o out.1
        set_number c 409599 1
        set_number b 401408 1
        head -c $((3000000 + $(header_end a))) a >half
        fails 1 'param-diff: <stdin>: the data ends after 3000000 of 4872024 bytes' \
            bash -c "cat half | param-diff -j $jobs - b -o out.1"
    done
    run ! ls out.* .engram-*
}

@test "a number of threads that there is no memory for" {
    # Zeros that take no room on the disk: more than can be ranked, and pieces for 256 threads.
    make_safetensors '{"w":{"dtype":"F64","shape":[33554432],"data_offsets":[0,268435456]}}' >a
    truncate -s +268435456 a
    limited 60000 param-diff -j 256 --summary a a >table
    [ "$(sed -n 2p table | cut -f -9)" = $'w\t33554432\t0\t0\t0\tnan\tnan\t0\t0' ]
    limited 60000 correlate -j 256 a a a a >table 2>messages
    [ "$(field table w undefined)" = 33554432 ]
}

# The same numbers as BF16, four blocks a piece, and as F64, one: 40000, then zeros to be left out.
@test "points and the map of a tensor too large to be ranked" {
    perl -e 'for my $file (qw(a b c d)) {
        srand ord $file; my @bits = map { 0x3e00 + int rand 512 } 1 .. 40000;
        for (["BF16", 2, pack "v*", @bits], ["F64", 8, pack "d<*", unpack "f<*", pack "V*", map { $_ << 16 } @bits]) {
            my ($dtype, $width, $data) = @$_; my $size = 16777220 * $width;
            my $h = qq({"w":{"dtype":"$dtype","shape":[4194305,4],"data_offsets":[0,$size]}});
            open my $f, ">", "$file.$dtype"; binmode $f;
            print $f pack("Q<", length $h), $h, $data; truncate $f, 8 + $size + length $h } }'
    for dtype in BF16 F64; do
        correlate {a,b,c,d}.$dtype --map map.$dtype -o table.$dtype 2>messages
        [ "$(field table.$dtype w n)" = 40000 ]
        correlate {a,b,c,d}.$dtype --points - -o /dev/null | head -n 40001 >points.$dtype
        awk 'END { exit $NF == "nan" || NR != 40001 }' points.$dtype
    done
    cmp table.BF16 table.F64
    cmp map.BF16 map.F64
    cmp points.BF16 points.F64
}

@test "wrong numbers of threads" {
    for program in 'param-diff' 'correlate a b'; do
        # shellcheck disable=SC2086 # words
        { misused '-j: 257 is not between 0 and 256' $program -j 257 a b
          misused "-j: '-1' is not a whole number" $program --jobs=-1 a b
          misused "-j: '' is not a whole number" $program -j '' a b; }
    done
}
