#!/usr/bin/env bats
# fork-train: going on from a network's file, and every way in which a file is not a network.

bats_require_minimum_version 1.5.0
load helpers
load data

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    PATH="$BIN:$PATH"
    some_samples 20 1 3 >samples
    some_samples 10 1 3 5 >further
    train-tally -c 1 -c 2 -H 2 samples -o network
}

# The network with its header edited is not accepted.
# usage: no_network SUBSTITUTION MESSAGE
no_network() {
    edit_header "$1" <network >other
    fails 1 "fork-train: other: $2" fork-train other further -o output
    [ ! -e output ]
}

# --- learning -------------------------------------------------------------------------------------

@test "training on no samples gives the same network, byte for byte" {
    some_samples 0 1 3 >none
    fork-train network none | cmp - network
    for activation in $(names_of a | tr -d ,); do
        train-tally -c 1 -c 2 -H 4,3 -a "$activation" samples -o network
        fork-train network none | cmp - network
    done
}

@test "MNIST: training on no samples gives the same network, byte for byte" {
    mnist-filter -i "$MNIST_IMAGES" -l "$MNIST_LABELS" -d 1,7,6,8 -n 500 | train-tally -c 1,7 -c 6,8 -o network
    mnist-filter -i "$MNIST_IMAGES" -l "$MNIST_LABELS" -n 0 | fork-train network | cmp - network
}

@test "training in two parts is training in one, up to rounding" {
    for activation in $(names_of a | tr -d ,); do
        some_samples 200 2 3 7 >both
        # The same samples in two files.
        perl -e 'my $images = substr do { local $/; <STDIN> }, -1200;
            for (["first", 0, 120], ["second", 120, 80]) { my ($name, $from, $n) = @$_;
                my $size = 7 * $n; open my $f, ">", $name;
                my $h = qq({"labels":{"dtype":"U8","shape":[$n],"data_offsets":[0,$n]},"images":{"dtype":"U8","shape":[$n,2,3],"data_offsets":[$n,$size]}});
                print $f pack("Q<", length $h), $h, pack("C*", map { 1 + $_ % 2 } 1 .. $n) ^ ("\3" x $n),
                    substr $images, 6 * $from, 6 * $n }' <both
        train-tally -c 1 -c 2 -H 3 -e 0.05 -a "$activation" both -o whole
        train-tally -c 1 -c 2 -H 3 -e 0.05 -a "$activation" first | fork-train - second -o parts
        [ "$(header_of whole)" = "$(header_of parts)" ]
        param-diff --summary whole parts >table
        perl -ne 'next if $. == 1; my @f = split /\t/; die "$f[0]: $f[5]" if $f[5] > 1e-6' table
        run ! cmp -s whole <(train-tally -c 1 -c 2 -H 3 -e 0.05 -a "$activation" first)
    done
}

@test "the metadata go on: samples are added, the rest is kept" {
    some_samples 20 1 3 | perl -e 'local $/; binmode STDIN; binmode STDOUT; $_ = <STDIN>;
        substr($_, 8 + unpack("Q<", $_), 1) = "\7"; print' >samples # the first is a 7
    train-tally -c 2 -c 1,7 -H 2 -a tanh -e 0.25 -s 9 samples -o network
    fork-train network further -o output
    [ "$(header_of output)" = "$(header_of network | sed 's/"samples":"20"/"samples":"30"/')" ]
    [[ $(header_of output) == *'"samples":"30"'* ]]
    fork-train output further | fork-train - samples -o again
    [[ $(header_of again) == *'"samples":"60"'* ]]
}

@test "-e, --learning-rate: for these samples and, in the metadata, from here on" {
    fork-train -e 0.5 network further -o output
    [ "$(header_of output)" = "$(header_of network | sed 's/"0.005"/"0.5"/; s/"20"/"30"/')" ]
    fork-train --learning-rate=0.5 network further | cmp - output
    run ! cmp -s <(tail -c 56 output) <(fork-train network further | tail -c 56)
    fork-train -e 0.005 network further | cmp - <(fork-train network further)
    fork-train -e 0 network further | tail -c 56 | cmp - <(tail -c 56 network)
}

@test "--window: with -e 0, one row that evaluates the network" {
    some_samples 250 1 3 9 >many
    fork-train -e 0 --window 1000000000 --log log -o same network many
    [ "$(wc -l <log)" = 2 ]
    [ "$(cut -f 1,4 log | tail -n 1)" = $'270\tnan' ]
    for name in layer1.bias layer1.weight layer2.bias layer2.weight; do
        [ "$(numbers network $name)" = "$(numbers same $name)" ]
    done
    # The mean loss and error rate of a forward pass in double precision.
    perl -e "$PERL_TENSOR"'my ($network, $samples, $log) = @ARGV;
        my ($w1, $b1, $w2, $b2) = map { [tensor($network, $_)] }
            "layer1.weight", "layer1.bias", "layer2.weight", "layer2.bias";
        my @labels = tensor($samples, "labels"); my @pixels = tensor($samples, "images");
        my $layer = sub { my ($w, $b, @in) = @_; map { my ($i, $z) = ($_, $b->[$_]);
            $z += $w->[$i * @in + $_] * $in[$_] for 0 .. $#in; log 1 + exp $z } 0 .. $#$b };
        my ($loss, $wrong) = (0, 0);
        for my $n (0 .. $#labels) {
            my @x = map { ($_ + 1) / 256 } @pixels[3 * $n .. 3 * $n + 2];
            my @y = $layer->($w2, $b2, $layer->($w1, $b1, @x));
            my $right = $labels[$n] - 1;
            $loss += ($y[$_] - ($_ == $right)) ** 2 / 2 for 0, 1;
            $wrong += $y[$right] <= $y[1 - $right] }
        open my $table, "<", $log; <$table>; my (undef, $l, $e) = split /\t/, <$table>;
        $loss /= @labels; $wrong /= @labels;
        die "$l is not $loss" if abs($l / $loss - 1) > 1e-5;
        die "$e is not $wrong" if sprintf("%.4f", $wrong) ne $e' network many log
    # Nothing but the table, and no warning.
    fork-train --log - -o /dev/null -e 0 network --window 1000000000 many >table 2>err
    cmp log table
    [ ! -s err ]
    # A row is of the network before its samples.
    fork-train --window 1 --log rows -o after network many
    some_samples 1 1 3 9 >one
    fork-train -e 0 --window 5 --log - -o /dev/null network one | tail -n 1 | cmp - <(sed -n 2p rows)
    fork-train network many --log - --window 250 -o /dev/null | cut -f 1 | xargs >counted
    [ "$(<counted)" = 'samples 270' ]
    misused '--window needs --log' fork-train --window 3 network many
    misused "--window: 'x' is not a whole number" fork-train --window x --log log network many
    misused '--window: 0 is not between 1 and 18446744073709551615' \
        fork-train --window 0 --log log network many
}

@test "--log: the samples count on" {
    some_samples 250 1 3 >many
    fork-train network many --log log -o output
    [ "$(cut -f 1 log | xargs)" = 'samples 120 220 270' ]
    [ "$(head -n 1 log)" = $'samples\tloss\terror_rate\trunning' ]
    grep -qE $'^120\t[0-9]\\.[0-9]{6}e[-+][0-9]{2}\t[01]\\.[0-9]{4}\tnan$' log
    fork-train network many -o - --log /dev/null | cmp - output
    fork-train network many -o /dev/null --log - | cmp - log
}

@test "-o, --output: the network itself may be replaced" {
    fork-train network further >expected
    fork-train network further --output network
    cmp network expected
}

@test "a network whose data lie in another order" {
    # All weights before all biases.
    perl -e 'local $/; my $all = <STDIN>; my $n = 8 + unpack "Q<", $all; my $h = substr $all, 8, $n - 8;
        my @part = map { substr $all, $n + $_->[0], $_->[1] } [8, 24], [40, 16], [0, 8], [32, 8];
        $h =~ s/\[0,8\]/[40,48]/; $h =~ s/\[8,32\]/[0,24]/; $h =~ s/\[32,40\]/[48,56]/;
        $h =~ s/\[40,56\]/[24,40]/;
        print pack("Q<", length $h), $h, @part' <network >other
    fork-train other further | cmp - <(fork-train network further)
    # shellcheck disable=SC2002 # a pipe is what is tested
    cat other | fork-train - further | cmp - <(fork-train network further)
}

@test "images before labels" {
    edit_header 's/.*/{"images":{"dtype":"U8","shape":[10,1,3],"data_offsets":[0,30]},"labels":{"dtype":"U8","shape":[10],"data_offsets":[30,40]}}/' \
        <further | perl -e 'local $/; $_ = <STDIN>; $n = 8 + unpack("Q<", $_);
            print substr($_, 0, $n), substr($_, $n + 10), substr($_, $n, 10)' >images-first
    fork-train network images-first | cmp - <(fork-train network further)
    # shellcheck disable=SC2002
    cat images-first | fork-train network | cmp - <(fork-train network further)
}

# --- several forks --------------------------------------------------------------------------------

# Images of digits. usage: digits LABELS RANGE
digits() {
    mnist-filter -i "$MNIST_IMAGES" -l "$MNIST_LABELS" -d "$1" -r "$2"
}

@test "--without: several forks in one pass, each as if alone on what is left, byte for byte" {
    digits 1,2,3,4,5 0:200 >phase1
    digits 1,2,3,4,5 200:1000 >all
    digits 2,3,4,5 200:1000 >left-a
    digits 1,3,4 200:1000 >left-b
    digits 2,5 200:1000 >left-c
    for learning in '-H 3 -a softplus' '-H 20,7 -a relu' '-H 100 -a tanh' '-H 5,4,3 -a sigmoid' '-H 33 -a leaky-relu'; do
        # shellcheck disable=SC2086 # words
        train-tally -c 1,3 -c 2,4 -c 5 $learning phase1 -o network
        fork-train --log all.tsv -o all.fork --without 1 -o a.fork --without 2,5 --log b.tsv -o b.fork \
            --without 4,3,1 -o - network all >c.fork
        fork-train --log expected network all | cmp - all.fork
        cmp expected all.tsv
        fork-train --log expected network left-b | cmp - b.fork
        cmp expected b.tsv
        fork-train network left-a | cmp - a.fork
        fork-train network left-c | cmp - c.fork
        run ! cmp -s a.fork b.fork
    done
    # from pipes, without the one on all samples, at another rate
    # shellcheck disable=SC2002 # a pipe is what is tested
    cat all | fork-train -e 0.1 --without 2,5 -o b.fork --without 1 -o a.fork <(cat network)
    fork-train -e 0.1 network left-a | cmp - a.fork
    fork-train -e 0.1 network left-b | cmp - b.fork
}

@test "--without: labels in no class, and samples, that are left out do not matter" {
    train-tally -c 1 -c 3 -H 2 <(some_samples 0 1 3) -o network
    fails 1 'fork-train: further: sample 1 has label 2, which is in no class' \
        fork-train -o all --without 2 -o left network further
    [ ! -e all ]
    [ ! -e left ]
    fork-train --without 2 -o left network further
    [[ $(header_of left) == *'"samples":"5"'* ]]
    # so many that not all samples can be counted
    edit_header 's/"samples":"0"/"samples":"18446744073709551610"/' <network >other
    fork-train --without 2 -o left other further
    [[ $(header_of left) == *'"samples":"18446744073709551615"'* ]]
}

@test "--without: a label that no sample has, no sample that is left, no sample at all" {
    fails 1 'fork-train: further: no sample has label 3, which --without names' \
        fork-train --without 1 -o a --without 2,3 -o b network further
    [ ! -e a ]
    [ ! -e b ]
    fork-train --without 1,2 -o none --without 2 -o left network further 2>messages
    [ "$(<messages)" = 'fork-train: without 1,2: no sample is left' ]
    cmp none network
    run ! cmp -s left network
    fork-train -o one network <(some_samples 1 1 3) 2>messages # which has no second half
    [ ! -s messages ]
    fork-train --without 1,2,9 -o none network <(some_samples 0 1 3) 2>messages
    [ ! -s messages ]
    cmp none network
}

@test "--without: messages name the fork" {
    train-tally -c 1 -c 2 -H 9 -a leaky-relu samples -o network
    before=$(ls -A)
    code=0
    fork-train -e 900 --without 1,2 -o a --without 1 -o b network samples 2>"$BATS_TEST_TMPDIR.err" || code=$?
    [ "$code" -eq 1 ]
    [[ $(<"$BATS_TEST_TMPDIR.err") =~ ^'fork-train: samples: without 1: training diverged: the loss of sample '[0-9]*[13579]' is not finite; try a lower learning rate'$ ]]
    [ "$(ls -A)" = "$before" ]
    why='units are dead or saturated, or the rate is too low'
    fork-train -e 1e-30 -o all --without 1 -o a network further 2>messages
    [ "$(<messages)" = "fork-train: no parameter changed over the last 5 samples: $why
fork-train: without 1: no parameter changed over the last 2 samples: $why" ]
    train-tally -c 1 -c 2 -H 2 -e 0 samples -o slow
    fork-train --without 1 -o a --without 2 -o b slow further 2>messages
    [ "$(<messages)" = "fork-train: no parameter changed: the network's learning rate is 0; -e gives another" ]
}

@test "--without: wrong usage, and outputs that cannot be written" {
    misused "--without: 'x' is not a list of labels from 0 to 255" fork-train --without x -o a network further
    misused "--without: label 1 is given twice" fork-train --without 1,1 -o a network further
    misused '--without 1,2: its -o is missing' fork-train --without 1 -o a --without 1,2 network further
    misused '--without 1: its -o is missing' fork-train --without 1 --without 2 -o a network further
    misused '--without 1: its -o is missing' fork-train -o a --without 1 --log b network further
    misused '--log: an -o is missing before --without' fork-train --log a --without 1 -o b network further
    misused "two outputs go to one file: 'a' and './a'" fork-train --without 1 -o a --without 2 -o ./a network further
    misused "two outputs go to '-'" fork-train -o - --without 2 -o - network further
    misused "two outputs go to 'a'" fork-train --without 1 --log a -o b --without 2 -o a network further
    declare -a many
    for fork in {1..64}; do many+=(--without 1 -o "fork-$fork"); done
    fork-train "${many[@]}" network further
    cmp fork-1 fork-64
    misused '--without: more than 64 forks' fork-train "${many[@]}" --without 1 -o a network further
    touch a
    fails 1 'fork-train: missing/b: cannot create: No such file or directory' \
        fork-train --without 1 -o a --without 2 -o missing/b network further
    fails 1 'fork-train: /dev/full: cannot write: No space left on device' \
        fork-train --without 1 -o a --without 2 -o /dev/full network further
    [ ! -s a ]
}

@test "--route, --leak: each class teaches its part of the hidden units, in all forks" {
    for learning in '-H 4,3 -a softplus' '-H 20,7 -a relu' '-H 33 -a tanh'; do
        # shellcheck disable=SC2086 # words
        train-tally -c 1 -c 2 $learning samples -o network
        for leak in 0 0.3 1; do
            fork-train --route --leak $leak -o all --without 1 -o left network further
            train-tally --from network --route=all --leak $leak further | cmp - all
            fork-train network further --route --leak $leak --without 1 -o - | cmp - left
        done
        cmp all <(fork-train network further)
        fork-train --route network further | cmp - <(fork-train --route --leak 0 network further)
        run ! cmp -s all <(fork-train --route network further)
        run ! cmp -s <(fork-train --route --leak .3 network further) <(fork-train --route network further)
    done
    train-tally -c 1 -c 2 -H 4,1 samples -o narrow
    fails 1 'fork-train: narrow: --route: a hidden layer has fewer units, 1, than there are classes, 2' \
        fork-train --route narrow further -o output
    fails 1 'fork-train: <stdin>: --route: a hidden layer has fewer units, 1, than there are classes, 2' \
        sh -c 'fork-train --route -o output - further <narrow'
    [ ! -e output ]
    misused '--leak needs --route' fork-train --leak 0 network further
    misused '--leak: -0.1 is not between 0 and 1' fork-train --route --leak -0.1 network further
    misused "option '--route=all' takes no argument" fork-train --route=all network further
}

# --- the command line -----------------------------------------------------------------------------

@test "wrong usage" {
    misused 'missing operand' fork-train
    misused 'missing operand' fork-train -e 1
    misused "extra operand 'x'" fork-train network further x
    misused 'standard input can be read only once' fork-train -
    misused 'standard input can be read only once' fork-train - -
    misused "-e: 'x' is not a number" fork-train network further -e x
    misused '-e: -1 is not between 0 and 1000' fork-train network further -e -1
    misused '-e: 1e9 is not between 0 and 1000' fork-train network further -e 1e9
    misused "two outputs go to 'x'" fork-train network further --log x -o x
    misused "two outputs go to '-'" fork-train network further --log -
}

# --- failing --------------------------------------------------------------------------------------

@test "samples that do not suit the network" {
    some_samples 4 3 1 >other
    fails 1 'fork-train: other: images of 3 x 1, but the network takes 1 x 3' \
        fork-train network other -o output
    train-tally -c 1 -c 7 -H 2 <(some_samples 0 1 3) -o network
    fails 1 'fork-train: further: sample 1 has label 2, which is in no class' \
        fork-train network further -o output
    fails 1 'fork-train: network: not samples: tensor images is missing, its metadata says kind=network' \
        fork-train network network -o output
    [ ! -e output ]
}

@test "learning that diverges" {
    train-tally -c 1 -c 2 -H 9 -a leaky-relu samples -o network
    touch log
    before=$(ls -A)
    code=0
    fork-train -e 900 --log log network samples -o output 2>"$BATS_TEST_TMPDIR.err" || code=$?
    [ "$code" -eq 1 ]
    [[ $(<"$BATS_TEST_TMPDIR.err") =~ ^'fork-train: samples: training diverged: the loss of sample '[0-9]+' is not finite; try a lower learning rate'$ ]]
    [ "$(ls -A)" = "$before" ]
    [ ! -s log ]
}

@test "training that changes nothing" {
    fork-train -e 1e-30 network further -o still 2>messages
    why='units are dead or saturated, or the rate is too low'
    [ "$(<messages)" = "fork-train: no parameter changed over the last 5 samples: $why" ]
    # Units that die of the first samples.
    train-tally -c 1 -c 2 -H 4 -a relu samples -o alive
    fork-train -e 900 alive further -o dead 2>messages
    run ! cmp -s alive dead
    [ "$(<messages)" = "fork-train: no parameter changed over the last 5 samples: $why" ]
    train-tally -c 1 -c 2 -H 2 -e 0 samples -o slow
    fork-train slow further -o still 2>messages
    [ "$(<messages)" = "fork-train: no parameter changed: the network's learning rate is 0; -e gives another" ]
    some_samples 0 1 3 >none
    some_samples 1 1 3 >single
    { fork-train slow none && fork-train -e 0.1 slow further && fork-train -e 1e-30 network none && fork-train -e 0 network further && fork-train network further &&
        fork-train network single; } \
        2>messages >/dev/null
    [ ! -s messages ]
}

@test "inputs that claim more than arrives: no memory for what has not come" {
    little() { limited 200000 fork-train "$@"; }
    before=$(ls -A)
    # A network of a gigabyte: its header, some numbers and then nothing.
    header=$(header_of network | sed 's/"image_shape":"1,3"/"image_shape":"784,1"/; s/\[2,3\]/[300000,784]/;
        s/\[2\],"data_offsets":\[0,8\]/[300000],"data_offsets":[0,1200000]/; s/\[8,32\]/[1200000,942000000]/;
        s/\[32,40\]/[942000000,942000008]/; s/\[2,2\]/[2,300000]/; s/\[40,56\]/[942000008,944400008]/')
    for bytes in 0 1000 1200000 5000000; do
        code=0
        { make_safetensors "$header" && head -c $bytes /dev/zero; } | little - further -o output 2>"$BATS_TEST_TMPDIR.err" || code=$?
        [ "$code" -eq 1 ]
        [ "$(<"$BATS_TEST_TMPDIR.err")" = "fork-train: <stdin>: the data ends after $bytes of 944400008 bytes" ]
    done
    # One that does arrive, and is too large.
    code=0
    { make_safetensors "$header" && head -c 944400008 /dev/zero; } 2>/dev/null | little - further -o output 2>"$BATS_TEST_TMPDIR.err" || code=$?
    [ "$code" -eq 1 ]
    [ "$(<"$BATS_TEST_TMPDIR.err")" = 'fork-train: <stdin>: Cannot allocate memory' ]
    # Samples.
    header=$(header_of further | sed 's/\[10\]/[1000000000]/; s/\[0,10\]/[0,1000000000]/; s/\[10,1,3\]/[1000000000,1,3]/;
        s/\[10,40\]/[1000000000,4000000000]/')
    code=0
    make_safetensors "$header" 'C*' 1 2 | little network - -o output 2>"$BATS_TEST_TMPDIR.err" || code=$?
    [ "$code" -eq 1 ]
    [ "$(<"$BATS_TEST_TMPDIR.err")" = 'fork-train: <stdin>: the data ends after 2 of 4000000000 bytes' ]
    [ "$(ls -A)" = "$before" ]
}

@test "inputs cut at every byte" {
    cut_fails network 0 "$(size_of network)" fork-train network further
    cut_fails further 0 "$(size_of further)" fork-train network further
    cut_fails - network 0 "$(header_end network)" fork-train - further
    cut_fails - further 0 "$(size_of further)" fork-train network
}

@test "a network that goes on" {
    printf x >>network
    fails 1 'fork-train: network: 57 bytes of data, but the tensors take 56' \
        fork-train network further -o output
    fails 1 'fork-train: <stdin>: data goes on after the 56 bytes the tensors take' \
        sh -c 'cat network | fork-train - further -o output'
    [ ! -e output ]
}

@test "metadata that are no network's" {
    no_network 's/"kind":"network"/"kind":"tally"/' 'not a network: its metadata says kind=tally'
    fails 1 'fork-train: further: not a network: its metadata does not say kind=network' \
        fork-train further network
    no_network 's/"kind":"network",//' 'not a network: its metadata does not say kind=network'
    no_network 's/"__metadata__".*?},//' 'not a network: its metadata does not say kind=network'
    for key in activation loss learning_rate samples seed classes image_shape; do
        no_network "s/\"$key\":\".*?\",?//; s/,}/}/" "not a network: its metadata has no $key"
    done
    whole='not a whole number from 0 to 18446744073709551615'
    rate='not a decimal number from 0 to 1000'
    labels='not labels from 0 to 255 as in 1,7;6,8'
    shape='not rows,cols of the 3 inputs of layer1.weight'
    known="known: $(names_of a)"
    while IFS=: read -r key value wrong; do
        no_network "s/\"$key\":\".*?\"/\"$key\":\"$value\"/" "not a network: its metadata says $key=$value: $wrong"
    done <<END
activation::unknown activation ''; $known
activation:Softplus:unknown activation 'Softplus' (softplus?); $known
activation:gelu:unknown activation 'gelu' (relu?); $known
loss::unknown loss; known: half-squared-error
loss:cross-entropy:unknown loss; known: half-squared-error
learning_rate::$rate
learning_rate:-1:$rate
learning_rate:nan:$rate
learning_rate:inf:$rate
learning_rate:1x:$rate
learning_rate:0x1p-3:$rate
learning_rate:1e-400:$rate
learning_rate:1e9:$rate
samples::$whole
samples:1.5:$whole
samples:-1:$whole
samples:18446744073709551616:$whole
seed::$whole
seed:x:$whole
seed:+1:$whole
seed:18446744073709551616:$whole
classes::$labels
classes:1:1 for the 2 outputs of layer2.weight
classes:1;2;3:3 for the 2 outputs of layer2.weight
classes:1,2;2:label 2 is in two classes
classes:1,1;2:label 1 is in a class twice
classes:1;256:$labels
classes:1;-2:$labels
classes:1;2x:$labels
classes:1,;2:$labels
classes:1;2;:$labels
classes:1; 2:$labels
image_shape::$shape
image_shape:3:$shape
image_shape:3,3:$shape
image_shape:0,0:$shape
image_shape:1,3,1:$shape
image_shape:1x3:$shape
image_shape:-1,-3:$shape
image_shape:1, 3:$shape
END
    # A long value is cut, and the reason is not.
    edit_header 's/"seed":"1"/"seed":"@{["7" x 5000]}"/' <network >other
    code=0
    fork-train other further -o output 2>messages || code=$?
    [ "$code" -eq 1 ]
    [ ! -e output ]
    [ "$(wc -c <messages)" -lt 250 ]
    grep -q ": $whole$" messages
    # So many samples that no more can be counted.
    edit_header 's/"samples":"20"/"samples":"18446744073709551606"/' <network >other
    fails 1 'fork-train: further: 10 samples after the 18446744073709551606 that the network has learned from are more than 2^64-1' \
        fork-train other further -o output
    edit_header 's/"samples":"20"/"samples":"18446744073709551605"/' <network >other
    fork-train other further -o output
    [[ $(header_of output) == *'"samples":"18446744073709551615"'* ]]
}

@test "tensors that are no network's" {
    no_network 's/layer1.weight/layer0.weight/' 'no network: tensor layer1.weight is missing'
    no_network 's/layer1.bias/bias/' 'no network: tensor layer1.bias is missing'
    no_network 's/layer2.weight/layer3.weight/' 'no network: tensor layer2.weight is missing'
    no_network 's/layer2.bias/layer3.bias/' 'no network: tensor layer2.bias is missing'
    no_network 's/layer2/layer3/g' 'tensor "layer3.bias": is no part of a network of 1 layers'
    no_network 's/}} *$/},"extra":{"dtype":"U8","shape":[0],"data_offsets":[56,56]}}/' \
        'tensor "extra": is no part of a network of 2 layers'
    needed='not F32 [out,in] of a network'
    no_network 's/\[2,3\]/[6]/' "tensor \"layer1.weight\": is F32 [6], $needed"
    no_network 's/\[2,3\]/[2,3,1]/' "tensor \"layer1.weight\": is F32 [2,3,1], $needed"
    no_network 's/\[2,2\]/[4,1]/' 'tensor "layer2.weight": is F32 [4,1], but layer1.weight has 2 outputs'
    no_network 's/\[2,2\]/[1,4]/' 'tensor "layer2.weight": is F32 [1,4], but layer1.weight has 2 outputs'
    no_network 's/"layer1.bias":{"dtype":"F32"/"layer1.bias":{"dtype":"I32"/' \
        'tensor "layer1.bias": is I32 [2], not F32 [2]'
    no_network 's/"shape":\[2\],"data_offsets":\[0,8\]/"shape":[1,2],"data_offsets":[0,8]/' \
        'tensor "layer1.bias": is F32 [1,2], not F32 [2]'
    # One output too many for the classes.
    train-tally -c 1 -c 2 -c 3 -H 2 <(some_samples 0 1 3) -o network
    no_network 's/1;2;3/1;2/' 'not a network: its metadata says classes=1;2: 2 for the 3 outputs of layer2.weight'
}

@test "a network of another dtype, or with values that are not finite" {
    make_safetensors "$(header_of network | sed 's/F32/F64/g; s/\[40,56\]/[80,112]/; s/\[32,40\]/[64,80]/; s/\[8,32\]/[16,64]/; s/\[0,8\]/[0,16]/')" 'd<*' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 >other
    fails 1 'fork-train: other: tensor "layer1.weight": is F64 [2,3], not F32 [out,in] of a network' \
        fork-train other further
    for value in nan inf -inf; do
        { head -c -4 network; perl -e 'print pack("f<", $ARGV[0])' -- $value; } >other
        fails 1 'fork-train: other: tensor "layer2.weight": holds a value that is not finite' \
            fork-train other further -o output
    done
    [ ! -e output ]
}

@test "outputs that cannot be written leave the others alone" {
    touch log
    fails 1 'fork-train: /dev/full: cannot write: No space left on device' \
        fork-train network further --log log -o /dev/full
    [ ! -s log ]
    fails 1 'fork-train: /dev/full: cannot write: No space left on device' \
        fork-train network further --log /dev/full -o output
    fails 1 'fork-train: missing/log: cannot create: No such file or directory' \
        fork-train network further --log missing/log -o output
    [ ! -e output ]
}

@test "ended by a signal, it leaves nothing" {
    mkfifo fifo
    exec 9<>fifo
    some_samples 100 1 3 | head -c 250 >&9
    terminated fork-train --log log network fifo
    exec 9>&-
    [ ! -e log ]
}
