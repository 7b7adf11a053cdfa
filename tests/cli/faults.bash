# What of faults.bats and memory.bats is the same: command lines of every program, and how they run while
# something fails. Needs helpers.bash and data.bash.

# Small inputs of all kinds, in the folder "in".
fault_inputs() {
    mkdir in
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
    mkdir in/model
    make_safetensors '{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}' 'C*' 1 2 >in/model/1.safetensors
    make_safetensors '{"y":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}' 'C*' 3 4 >in/model/2.safetensors
    printf '{"weight_map": {"x": "1.safetensors", "y": "2.safetensors"}}' >in/model/model.safetensors.index.json
    make_safetensors '{"lit":{"dtype":"U8","shape":[2,3],"data_offsets":[0,6]}}' 'C*' 0 1 1 0 1 1 >in/mask
}

# Runs COMMAND... with each of these command lines. They write files named out.* beside what they write to standard
# output. "<FILE" before one is what it reads from standard input, a pipe.
# usage: command_lines PROGRAM COMMAND...
command_lines() {
    local program=$1
    shift
    case $program in
    mnist-filter)
        "$@" mnist-filter -i in/images -l in/labels -d 1 -o out.1
        "$@" mnist-filter -i in/images.gz -l in/labels.gz --shuffle 1 -o out.1
        "$@" '<in/images.gz' mnist-filter -i - -l in/labels.gz
        "$@" mnist-filter --count -l in/labels.gz -o out.1
        "$@" mnist-filter --lit -i in/images -l in/labels --shuffle 1 --transpose -o out.1
        "$@" mnist-filter -i in/images.gz -l in/labels --shape 3x2 --transpose --shuffle 1 -n 2 \
            --idx-images out.1 --idx-labels out.2
        "$@" mnist-filter -i in/images -l in/labels -d 1 -r 1:5 --shuffle 1 --count -o out.1
        "$@" mnist-filter -i in/images -l in/labels --skip 1 --reorder 1 --transpose -o out.1
        ;;
    train-tally)
        "$@" train-tally -c 1 -t out.1 -c 2 -t out.2 -H 3,2 --log out.3 -o out.4 in/samples
        "$@" train-tally -c 1 -t out.1 -c 2 -t out.2 -H 4 -f 0 -m input --permute-labels 1 --permuted out.3 \
            --permutations 3 -o out.4 in/samples
        "$@" '<in/samples' train-tally -c 1 -t out.1 -c 2 -H 3,2 -m path-integral --route
        "$@" '<in/net' train-tally --from - -c 1 -t out.1 -c 2 -m gradient -o out.2 in/samples
        ;;
    fork-train)
        "$@" fork-train in/net in/samples --log out.1 -o out.2
        "$@" '<in/net' fork-train - in/samples
        "$@" fork-train in/net in/samples -o out.1 --without 1 --log out.2 -o out.3
        ;;
    ablate)
        "$@" ablate -c 1 -t out.1 -c 2 -t out.2 in/net in/samples
        "$@" '<in/samples' ablate -c 1,2 -t - --mean in/others in/net
        ;;
    param-diff)
        "$@" param-diff in/net in/c -o out.1
        "$@" '<in/net' param-diff --signed - in/c
        "$@" param-diff --summary in/net in/c
        "$@" param-diff in/model in/model -o out.1
        # By threads.
        make_safetensors '{"x":{"dtype":"F64","shape":[294912],"data_offsets":[0,2359296]}}' >in/large
        truncate -s +2359296 in/large
        "$@" param-diff -j 2 in/large in/large -o out.1
        "$@" param-diff -j 2 --summary in/large in/large
        ;;
    correlate)
        "$@" correlate in/a in/b in/c in/d --points out.1 --map out.2 --json out.3 -o out.4 \
            -P 3 --split 1 --null in/draws --null-table out.5 --null-units
        "$@" '<in/draws' correlate in/a in/b in/c in/d --map out.1 --null -
        "$@" correlate --any in/net in/b in/c in/d --map out.1 --map-tensor layer2.weight \
            --map-shape 3x1 -P 3 --null in/draws -o out.2
        "$@" '<in/a' correlate - in/b in/c in/d
        "$@" correlate in/a in/b in/c in/d --inputs in/mask --points out.1 --map out.2 --map-table out.3 \
            --pixels out.4 -P 3 --null in/draws --null-table out.5 --null-units -o out.6
        ;;
    pixmap)
        "$@" pixmap -b -t layer1.weight in/net -o out.png
        "$@" '<in/net' pixmap -f ppm -t layer1.weight
        "$@" pixmap --index 2 -s 1 -o out.ppm in/samples
        "$@" '<in/samples' pixmap --index 2
        "$@" pixmap --list -o out.1 in/net
        "$@" '<in/samples' pixmap --list
        ;;
    summarize)
        printf '%s\t%s\t%s\t%s\n' seed control r p 1 same .5 .01 1 other .1 nan 2 same .3 .2 3 other 1 1 >in/runs
        "$@" summarize -g control -u seed -v r:z --p-value p --pair control:same-other in/runs -o out.1
        "$@" summarize -g control -u seed -v r:z --flips 9 --disattenuate control:same,other,third in/runs -o out.1
        printf '%s\t%s\t%s\t%s\n' seed control k r 1 same 1 .5 1 same 2 .1 1 other 1 .3 1 other 2 1 2 same 1 0 >in/curves
        "$@" summarize -g control -u seed -v r:z --over k --pair control:same-other in/curves -o out.1
        "$@" summarize -g control,seed --sorted seed -v r in/runs -o out.1
        "$@" summarize -g control --holm p in/runs -o out.1
        "$@" '<in/runs' summarize -g control --rates t=p --cluster seed
        "$@" summarize -g control --rank r --draws in/runs in/runs
        ;;
    param-score)
        "$@" param-score in/a in/b -o out.1
        "$@" '<in/a' param-score --centre --permute inputs - in/b in/a
        "$@" param-score -m difference --permute units in/a in/b
        ;;
    graft)
        "$@" graft --score in/a -k .2,.5 in/net in/other in/samples -o out.1
        "$@" '<in/net' graft --score in/a --rank all -k .2 --network out.1 - in/other in/samples -o out.2
        "$@" graft --score in/a -t layer1.bias -t layer2.weight -k .2 --network out.1 in/net in/other
        ;;
    esac
}

# Runs the command with its allocations or calls 1, 2, 3 ... failing, once each and then together with all that
# follow, until it needs no more. Where FAIL_HOW is of no harm (EINTR, short), it gives the same bytes; else it may
# end with messages alone, as if it had not run. SHIM makes them fail: loaded before the program, or a program that runs it.
# FAIL_BEFORE is what stands under the names of its outputs: "none", "files", "links" to files, or several of them.
# usage: each_fails ['<FILE'] COMMAND...
each_fails() {
    perl -MDigest::MD5=md5_hex -e 'use strict; my $input = $ARGV[0] =~ s/^<// ? shift : undef;
        my %why = (EIO => "Input/output error", ENOSPC => "No space left on device");
        my $how = $ENV{FAIL_HOW} // "";
        my $harmless = $how =~ /^(EINTR|short)$/;
        my $line = "\Q$ARGV[0]\E: [^\n]+" . ($why{$how} ? ": $why{$how}" : "") . "\n";
        my @names; # of its outputs
        sub contents { open my $f, "<", $_[0] or die "$_[0]: $!"; binmode $f; local $/; <$f> // "" }
        sub fill { open my $f, ">", $_[0] or die "$_[0]: $!"; print $f $_[1]; close $f }
        sub outputs { join "", map { $_ . (-l) . " " . md5_hex(contents($_)) . "\n" }
            grep { !-d && !/^std(out|err)$|^mark$/ } glob "{.engram-,}*" }
        sub prepare { my ($before) = @_;
            unlink "mark", glob "{.engram-,out.,old.}*";
            for (@names) {
                fill($before eq "links" ? "old.$_" : $_, "old") if $before ne "none";
                symlink "old.$_", $_ if $before eq "links";
            } }
        sub run { my ($at, $on) = @_;
            my $pid = fork;
            if (!$pid) {
                if (defined $input) {
                    pipe my $read, my $write; binmode $write;
                    print $write contents($input); close $write;
                    open STDIN, "<&", $read or die $!;
                }
                open STDOUT, ">", "stdout"; open STDERR, ">", "stderr";
                @ENV{"FAIL_AT", "FAIL_MARK"} = ($at, "mark");
                $ENV{FAIL_ON} = 1 if $on;
                $ENV{SHIM} =~ /\.so$/ ? $ENV{LD_PRELOAD} = $ENV{SHIM} : unshift @ARGV, $ENV{SHIM};
                exec @ARGV or die;
            }
            waitpid $pid, 0; return $? }
        # Whether all is old or new, and what cannot be removed at worst a temporary file, where the system takes
        # nothing back: the next run removes it.
        sub taken_back { my ($status, $old, $new, $on) = @_;
            my $failed = contents("mark");
            return "" unless $failed =~ /^unlink/m || ($on && $failed =~ /^rename/m);
            my %known = map { $_ => 1 } split /^/, $status == 0 ? $new : $old . ($on ? $new : "");
            for (split /^/, outputs()) { return "" unless $known{$_} || /^\.engram-\d+ / }
            unlink "mark";
            return run(0) == 0 && outputs() eq $new }
        prepare("none");
        die "@ARGV: " . contents("stderr") if run(0) != 0;
        my ($printed, $said) = (contents("stdout"), contents("stderr"));
        @names = glob "out.*";
        my $all = 0;
        for my $before (split " ", $ENV{FAIL_BEFORE} // "none") {
            prepare($before);
            my $old = outputs();
            run(0);
            my $new = outputs();
            for my $on ($how eq "EINTR" ? 0 : $how eq "short" ? 1 : (0, 1)) {
                my $failed = 0;
                for (my $at = 1; ; $at++) {
                    prepare($before);
                    my ($status, $message) = (run($at, $on), contents("stderr"));
                    last if !-e "mark" || ($how eq "short" && $at > 1);
                    $all++;
                    $failed += $status == 256;
                    my $good = $status == 256 && !$harmless ? $message =~ /^($line)+$/ && outputs() eq $old
                        : $status == 0 && $message eq $said && outputs() eq $new && contents("stdout") eq $printed;
                    die "@ARGV: number $at" . ($on ? " and later" : "") . ", $before: " . contents("mark")
                        . "status $status\n$message" . outputs()
                        unless $good || ($status =~ /^(0|256)$/ && taken_back($status, $old, $new, $on));
                }
                die "@ARGV: nothing failed" unless $failed || $harmless;
            }
        }
        print "$all times: @ARGV\n";
        die "@ARGV: nothing failed" unless $all;
        unlink "mark", "stdout", "stderr", glob "{out.,old.}*"' -- "$@" 3>&-
}
