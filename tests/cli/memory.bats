#!/usr/bin/env bats
# An allocation that fails: every one of every program in turn. The program says so and leaves
# nothing, or goes on without it and writes the same bytes. And memory that is not zeros.

bats_require_minimum_version 1.5.0
load helpers
load data

setup() {
    ! nm "$BIN/param-diff" | grep -q __asan_init || skip 'the sanitizer has an allocator of its own'
    # The list of what is loaded before a program holds no path with a space.
    export SHIM=in/fail-allocation.so
    cd "$BATS_TEST_TMPDIR" || exit
    PATH="$BIN:$PATH"
    mkdir in
    cp "$BIN/../tests/fail-allocation.so" in
    idx_labels 1 2 1 2 1 2 >in/labels
    idx_images 2 3 $(seq 1 36) >in/images
    gzip -k in/labels in/images
    mnist-filter -i in/images -l in/labels -o in/samples
    train-tally -c 1 -t in/a -c 2 -t in/b -H 3 -f 0 -o in/net in/samples
    train-tally -c 1 -t in/x -c 2 -H 3 -f 0 --permute-labels 1 --permuted in/draws --permutations 3 \
        -o in/y in/samples
    some_samples 9 2 3 3 >in/others
    fork-train in/net in/others -o in/c
    cp in/c in/other
    fork-train in/c in/samples -o in/d
    param-diff in/net in/c -o in/c
    param-diff in/net in/d -o in/d
    make_safetensors '{"lit":{"dtype":"U8","shape":[2,3],"data_offsets":[0,6]}}' 'C*' 0 1 1 0 1 1 >in/mask
}

# The command writes files named out.* beside what it writes to standard output. Its allocations 1,
# 2, 3 ... fail, once each and then together with all that follow, until it needs no more. With
# "<FILE", that is what it reads from standard input, a pipe.
# usage: each_fails [<FILE] COMMAND...
each_fails() {
    perl -MDigest::MD5=md5_hex -e 'use strict; my $input = $ARGV[0] =~ s/^<// ? shift : undef;
        sub contents { open my $f, "<", $_[0] or die "$_[0]: $!"; binmode $f; local $/; <$f> // "" }
        sub outputs { join "", map { "$_ " . md5_hex(contents($_)) . "\n" }
            grep { !-d && !/^std(out|err)$|^mark$/ } glob "{.engram-,}*" }
        sub run { my ($at, $on) = @_;
            unlink "mark", glob "out.*";
            my $pid = fork;
            if (!$pid) {
                if (defined $input) {
                    pipe my $read, my $write; binmode $write;
                    print $write contents($input); close $write;
                    open STDIN, "<&", $read or die $!;
                }
                open STDOUT, ">", "stdout"; open STDERR, ">", "stderr";
                @ENV{"FAIL_AT", "FAIL_MARK", "LD_PRELOAD"} = ($at, "mark", $ENV{SHIM});
                $ENV{FAIL_ON} = 1 if $on;
                exec @ARGV or die;
            }
            waitpid $pid, 0; return $? }
        die "@ARGV: " . contents("stderr") if run(0) != 0;
        my ($all, $printed, $said) = (outputs(), contents("stdout"), contents("stderr"));
        my %failed;
        for my $on (0, 1) {
            for (my $at = 1; ; $at++) {
                my ($status, $message) = (run($at, $on), contents("stderr"));
                last unless -e "mark";
                my $good = $status == 256 ? $message =~ /^(\Q$ARGV[0]\E: [^\n]+\n)+$/ && outputs() eq ""
                    : $status == 0 && $message eq $said && outputs() eq $all && contents("stdout") eq $printed;
                die "@ARGV: allocation $at" . ($on ? " and later" : "") . ": status $status\n$message"
                    . outputs() unless $good;
                $failed{$on} += $status == 256;
            }
            die "@ARGV: no allocation failed" unless $failed{$on};
        }
        unlink "mark", "stdout", "stderr", glob "out.*"' -- "$@" 3>&-
}

@test "mnist-filter: allocations that fail" {
    each_fails mnist-filter -i in/images -l in/labels -d 1 -o out.1
    each_fails mnist-filter -i in/images.gz -l in/labels.gz --shuffle 1 -o out.1
    each_fails '<in/images.gz' mnist-filter -i - -l in/labels.gz
    each_fails mnist-filter --count -l in/labels.gz -o out.1
    each_fails mnist-filter --lit -i in/images -l in/labels --shuffle 1 --transpose -o out.1
    each_fails mnist-filter -i in/images.gz -l in/labels --shape 3x2 --transpose --shuffle 1 -n 2 \
        --idx-images out.1 --idx-labels out.2
    each_fails mnist-filter -i in/images -l in/labels -d 1 -r 1:5 --shuffle 1 --count -o out.1
    each_fails mnist-filter -i in/images -l in/labels --skip 1 --reorder 1 --transpose -o out.1
}

@test "train-tally: allocations that fail" {
    each_fails train-tally -c 1 -t out.1 -c 2 -t out.2 -H 3,2 --log out.3 -o out.4 in/samples
    each_fails train-tally -c 1 -t out.1 -c 2 -t out.2 -H 4 -f 0 -m input --permute-labels 1 --permuted out.3 \
        --permutations 3 -o out.4 in/samples
    each_fails '<in/samples' train-tally -c 1 -t out.1 -c 2 -H 3,2 -m path-integral --route
    each_fails '<in/net' train-tally --from - -c 1 -t out.1 -c 2 -m gradient -o out.2 in/samples
}

@test "fork-train: allocations that fail" {
    each_fails fork-train in/net in/samples --log out.1 -o out.2
    each_fails '<in/net' fork-train - in/samples
    each_fails fork-train in/net in/samples -o out.1 --without 1 --log out.2 -o out.3
}

@test "ablate: allocations that fail" {
    each_fails ablate -c 1 -t out.1 -c 2 -t out.2 in/net in/samples
    each_fails '<in/samples' ablate -c 1,2 -t - --mean in/others in/net
}

@test "param-diff: allocations that fail" {
    each_fails param-diff in/net in/c -o out.1
    each_fails '<in/net' param-diff --signed - in/c
    each_fails param-diff --summary in/net in/c
    # By threads.
    make_safetensors '{"x":{"dtype":"F64","shape":[294912],"data_offsets":[0,2359296]}}' >in/large
    truncate -s +2359296 in/large
    each_fails param-diff -j 2 in/large in/large -o out.1
    each_fails param-diff -j 2 --summary in/large in/large
}

@test "correlate: allocations that fail" {
    each_fails correlate in/a in/b in/c in/d --points out.1 --map out.2 --json out.3 -o out.4 \
        -P 3 --split 1 --null in/draws --null-table out.5 --null-units
    each_fails '<in/draws' correlate in/a in/b in/c in/d --map out.1 --null -
    each_fails correlate --any in/net in/b in/c in/d --map out.1 --map-tensor layer2.weight \
        --map-shape 3x1 -P 3 --null in/draws -o out.2
    each_fails '<in/a' correlate - in/b in/c in/d
    each_fails correlate in/a in/b in/c in/d --inputs in/mask --points out.1 --map out.2 --map-table out.3 \
        --pixels out.4 -P 3 --null in/draws --null-table out.5 --null-units -o out.6
}

@test "pixmap: allocations that fail" {
    each_fails pixmap -b -t layer1.weight in/net -o out.png
    each_fails '<in/net' pixmap -f ppm -t layer1.weight
    each_fails pixmap --index 2 -s 1 -o out.ppm in/samples
    each_fails '<in/samples' pixmap --index 2
    each_fails pixmap --list -o out.1 in/net
    each_fails '<in/samples' pixmap --list
}

@test "summarize: allocations that fail" {
    printf '%s\t%s\t%s\t%s\n' seed control r p 1 same .5 .01 1 other .1 nan 2 same .3 .2 3 other 1 1 >in/runs
    each_fails summarize -g control -u seed -v r:z --p-value p --pair control:same-other in/runs -o out.1
    each_fails summarize -g control -u seed -v r:z --flips 9 --disattenuate control:same,other,third in/runs -o out.1
    printf '%s\t%s\t%s\t%s\n' seed control k r 1 same 1 .5 1 same 2 .1 1 other 1 .3 1 other 2 1 2 same 1 0 >in/curves
    each_fails summarize -g control -u seed -v r:z --over k --pair control:same-other in/curves -o out.1
    each_fails summarize -g control,seed --sorted seed -v r in/runs -o out.1
    each_fails summarize -g control --holm p in/runs -o out.1
    each_fails '<in/runs' summarize -g control --rates t=p --cluster seed
    each_fails summarize -g control --rank r --draws in/runs in/runs
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
    each_fails param-score in/a in/b -o out.1
    each_fails '<in/a' param-score --centre --permute inputs - in/b in/a
    each_fails param-score -m difference --permute units in/a in/b
}

@test "graft: allocations that fail" {
    each_fails graft --score in/a -k .2,.5 in/net in/other in/samples -o out.1
    each_fails '<in/net' graft --score in/a --rank all -k .2 --network out.1 - in/other in/samples -o out.2
    each_fails graft --score in/a -t layer1.bias -t layer2.weight -k .2 --network out.1 in/net in/other
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
