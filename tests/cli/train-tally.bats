#!/usr/bin/env bats
# train-tally: learning and tallies against a plain reference in double precision, every option, and
# the exact facts that hold on MNIST.

bats_require_minimum_version 1.5.0
load helpers
load data

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    PATH="$BIN:$PATH"
    some_samples 6 1 3 >samples
}

# Trains with two small classes.
tally() {
    train-tally -c 1 -c 2 -H 2 "$@"
}

# Samples of 1 x 3 pixels with these labels.
# usage: sample_labels LABEL...
sample_labels() {
    # shellcheck disable=SC2046 # words
    make_safetensors "$(printf '{"labels":{"dtype":"U8","shape":[%d],"data_offsets":[0,%d]},"images":{"dtype":"U8","shape":[%d,1,3],"data_offsets":[%d,%d]}}' $# $# $# $# $(($# * 4)))" \
        'C*' "$@" $(for ((i = 0; i < 3 * $#; i++)); do echo $((i * 71 % 256)); done)
}

# The command succeeds, with nothing on standard output and these warnings of train-tally's.
# usage: warns WARNING... -- COMMAND...
warns() {
    local expected=''
    while [ "$1" != -- ]; do
        expected+="train-tally: $1"$'\n'
        shift
    done
    shift
    "$@" >warns.stdout 2>warns.stderr 3>&- || return 1
    if [ -s warns.stdout ] || [ "$(<warns.stderr)" != "${expected%$'\n'}" ]; then
        printf 'command: %s\nstderr: %s\nshould: %s\n' "$*" "$(<warns.stderr)" "$expected"
        return 1
    fi
    rm warns.stdout warns.stderr
}

# Trains as EXPERIMENT says, densely and in double precision, and compares the program's network,
# tallies and log with that.
# usage: check_training INITIAL SAMPLES ACTIVATION RATE FROM NETWORK TALLY1 TALLY2 LOG
check_training() {
    perl -e "$PERL_TENSOR"'use strict;
        my ($initial, $samples, $activation, $rate, $from, $network, @rest) = @ARGV;
        my $log = pop @rest;
        my $sigmoid = sub { 1 / (1 + exp -$_[0]) };
        my $tanh = sub { my $e = exp 2 * $_[0]; ($e - 1) / ($e + 1) };
        my ($f, $derivative) = @{{
            "softplus" => [sub { log 1 + exp $_[0] }, $sigmoid],
            "relu" => [sub { $_[0] > 0 ? $_[0] : 0 }, sub { $_[0] > 0 ? 1 : 0 }],
            "leaky-relu" => [sub { $_[0] > 0 ? $_[0] : $_[0] / 100 }, sub { $_[0] > 0 ? 1 : .01 }],
            "sigmoid" => [$sigmoid, sub { my $s = $sigmoid->($_[0]); $s * (1 - $s) }],
            "tanh" => [$tanh, sub { 1 - $tanh->($_[0]) ** 2 }]}->{$activation}};
        my @labels = tensor($samples, "labels");
        my @pixels = tensor($samples, "images");
        my $size = @pixels / @labels;
        my (@w, @b, @tw, @tb);
        for (my $l = 0; eval { $b[$l] = [tensor($initial, "layer" . ($l + 1) . ".bias")] }; $l++) {
            $w[$l] = [tensor($initial, "layer" . ($l + 1) . ".weight")];
        }
        pop @b while !$b[-1];
        my (@rows, $loss, $wrong);
        for my $k (0 .. $#labels) {
            my @a = ([map { ($_ + 1) / 256 } splice @pixels, 0, $size]);
            my @z;
            for my $l (0 .. $#b) {
                for my $o (0 .. $#{$b[$l]}) {
                    my $z = $b[$l][$o];
                    $z += $w[$l][$o * @{$a[$l]} + $_] * $a[$l][$_] for 0 .. $#{$a[$l]};
                    $z[$l][$o] = $z;
                    $a[$l + 1][$o] = $f->($z);
                }
            }
            my $class = $labels[$k] - 1;
            my @miss = map { $a[-1][$_] - ($_ == $class) } 0, 1;
            $loss += ($miss[0] ** 2 + $miss[1] ** 2) / 2;
            $wrong++ if $a[-1][1 - $class] > $a[-1][$class] ||
                $a[-1][1 - $class] == $a[-1][$class] && $class == 1;
            my @delta = map { $miss[$_] * $derivative->($z[-1][$_]) } 0, 1;
            for my $l (reverse 0 .. $#b) {
                my $in = @{$a[$l]};
                my @below = map { my $j = $_; my $sum = 0;
                    $sum += $w[$l][$_ * $in + $j] * $delta[$_] for 0 .. $#delta; $sum } 0 .. $in - 1;
                for my $o (0 .. $#delta) {
                    for my $j (0 .. $in - 1) {
                        my $d = $rate * $delta[$o] * $a[$l][$j];
                        $w[$l][$o * $in + $j] -= $d;
                        $tw[$class][$l][$o * $in + $j] += $k >= $from * @labels ? abs $d : 0;
                    }
                    $b[$l][$o] -= $rate * $delta[$o];
                    $tb[$class][$l][$o] += $k >= $from * @labels ? abs $rate * $delta[$o] : 0;
                }
                @delta = map { $below[$_] * $derivative->($z[$l - 1][$_]) } 0 .. $in - 1 if $l > 0;
            }
            if (($k + 1) % 100 == 0 || $k == $#labels) {
                my $n = $k % 100 + 1;
                push @rows, [$k + 1, $loss / $n, $wrong / $n];
                $loss = $wrong = 0;
            }
        }
        sub compare { my ($what, $ours, $theirs, $error) = @_;
            die "$what: " . @$ours . " numbers, not " . @$theirs if @$ours != @$theirs;
            my $scale = 0; for (@$ours) { $scale = abs if abs > $scale }
            for (0 .. $#$ours) {
                die "$what $_: $theirs->[$_], not $ours->[$_]"
                    if !(abs($ours->[$_] - $theirs->[$_]) <= $error * $scale);
            } }
        for my $l (0 .. $#b) {
            my $name = "layer" . ($l + 1);
            compare("$name.weight", $w[$l], [tensor($network, "$name.weight")], 1e-5);
            compare("$name.bias", $b[$l], [tensor($network, "$name.bias")], 1e-5);
            for my $c (0, 1) {
                compare("tally $name.weight", $tw[$c][$l], [tensor($rest[$c], "$name.weight")], 1e-4);
                compare("tally $name.bias", $tb[$c][$l], [tensor($rest[$c], "$name.bias")], 1e-4);
            }
        }
        open my $table, "<", $log or die; my ($title, @lines) = <$table>;
        die "title: $title" if $title ne "samples\tloss\terror_rate\trunning\n";
        die "rows" if @lines != @rows;
        for (0 .. $#rows) {
            my @row = split /\t/, $lines[$_];
            die "row: @row, not @{$rows[$_]}" if $row[0] != $rows[$_][0] ||
                !(abs($row[1] - $rows[$_][1]) <= 1e-5 * $rows[$_][1]) ||
                abs($row[2] - $rows[$_][2]) > 0.00005;
        }' -- "$@"
}

# --- learning -------------------------------------------------------------------------------------

@test "every activation learns, tallies and logs what a plain reference does" {
    some_samples 250 2 3 9 >samples
    some_samples 0 2 3 >none
    for activation in softplus relu leaky-relu sigmoid tanh; do
        train-tally -c 1 -c 2 -H 5 -a $activation -s 3 -o initial none
        train-tally -c 1 -t t1 -c 2 -t t2 -H 5 -a $activation -e 0.02 -s 3 -f 0.3 --log log \
            -o network samples
        check_training initial samples $activation 0.02 0.3 network t1 t2 log
    done
}

@test "several hidden layers learn, tally and log what a plain reference does" {
    some_samples 130 2 2 4 >samples
    some_samples 0 2 2 >none
    train-tally -c 1 -c 2 -H 4,3,2 -o initial none
    train-tally -c 1 -t t1 -c 2 -t t2 -H 4,3,2 -e 0.01 -f 0 --log log -o network samples
    check_training initial samples softplus 0.01 0 network t1 t2 log
    [ "$(cut -f 1 log | xargs)" = 'samples 100 130' ]
}

@test "--log: running is the mean loss of the last 10 rows" {
    some_samples 1130 2 3 >samples
    train-tally -c 1 -c 2 -H 2 --log log -o /dev/null samples
    [ "$(cut -f 4 log | head -n 10 | xargs)" = 'running nan nan nan nan nan nan nan nan nan' ]
    awk -F '\t' 'NR > 1 { loss[NR] = $2 } NR > 10 { sum = 0; for (k = 0; k < 10; k++) sum += loss[NR - k] / 10
        if ($4 / sum > 1 + 1e-6 || sum / $4 > 1 + 1e-6) { print; bad = 1 } } END { exit bad || NR != 13 }' log
}

@test "--window: rows of as many samples, one of all if there are fewer" {
    some_samples 130 2 3 >samples
    train-tally -c 1 -c 2 -H 2 --log log -o network samples
    train-tally -c 1 -c 2 -H 2 --log ones --window 1 samples | cmp - network
    [ "$(cut -f 1 ones | tail -n +2 | xargs)" = "$(seq -s ' ' 130)" ]
    while read -r window ends; do
        train-tally -c 1 -c 2 -H 2 --log - --window "$window" -o /dev/null samples >rows
        [ "$(cut -f 1 rows | tail -n +2 | xargs)" = "$ends" ]
        # each the means of its samples
        awk -F '\t' 'function near(a, b) { return a - b < 2e-6 * b + 1e-12 && b - a < 2e-6 * b + 1e-12 }
            FNR == 1 { next } NR == FNR { loss[$1] = $2; wrong[$1] = $3; next }
            { l = w = 0; for (k = last + 1; k <= $1; k++) { l += loss[k]; w += wrong[k] }; n = $1 - last; last = $1
              if (!near($2, l / n) || sprintf("%.4f", w / n) != $3) { print; bad = 1 } } END { exit bad || last != 130 }' ones rows
    done <<END
13 13 26 39 52 65 78 91 104 117 130
50 50 100 130
130 130
131 130
18446744073709551615 130
END
    train-tally -c 1 -c 2 -H 2 --log - --window 100 -o /dev/null samples | cmp - log
    misused '--window needs --log' train-tally -c 1 -c 2 --window 100 samples
    for number in x '' -1 1.5; do
        misused "--window: '$number' is not a whole number" \
            train-tally -c 1 -c 2 --window "$number" --log log samples
    done
    misused '--window: 0 is not between 1 and 18446744073709551615' \
        train-tally -c 1 -c 2 --window 0 --log log samples
}

@test "no samples: the initial network, empty tallies, a table without rows" {
    some_samples 0 2 3 >none
    train-tally -c 1 -t tally -c 2 -H 2 --log log -o initial none
    [ "$(<log)" = $'samples\tloss\terror_rate\trunning' ]
    [ "$(numbers tally layer1.weight)" = '0 0 0 0 0 0 0 0 0 0 0 0' ]
    fork-train initial none | cmp - initial
    # A learning rate of 0 teaches nothing either.
    some_samples 20 2 3 >samples
    train-tally -c 1 -c 2 -H 2 -e 0 -o still samples
    for name in layer1.weight layer1.bias layer2.weight layer2.bias; do
        [ "$(numbers still $name)" = "$(numbers initial $name)" ]
    done
}

@test "initial parameters: normal, of variance 2 / fan-in, biases too" {
    some_samples 0 20 20 >none
    train-tally -c 1 -c 2 -H 400,400 -o initial none
    perl -e "$PERL_TENSOR"'for (["layer1.weight", 400], ["layer2.weight", 400], ["layer1.bias", 400]) {
        my ($name, $fan) = @$_; my @x = tensor("initial", $name); my ($sum, $square, $far);
        for (@x) { $sum += $_; $square += $_ ** 2; $far++ if abs > 1.96 * sqrt(2 / $fan); }
        my $n = @x; my $deviation = sqrt(2 / $fan);
        die "$name: mean" if abs($sum / $n) > 4 * $deviation / sqrt($n);
        die "$name: variance" if abs($square / $n * $fan / 2 - 1) > 4 * sqrt(2 / $n);
        die "$name: tails: ", $far / $n if abs($far / $n - .05) > 4 * sqrt(.05 * .95 / $n); }'
}

# --- files ----------------------------------------------------------------------------------------

@test "headers of network and tallies" {
    sample_labels 1 2 7 1 2 7 >samples
    train-tally -c 1,7 -c 2 -t tally -H 2 -o network samples
    tensors='"layer1.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"layer1.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]},"layer2.bias":{"dtype":"F32","shape":[2],"data_offsets":[32,40]},"layer2.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[40,56]}}'
    [ "$(header_of network)" = '{"__metadata__":{"activation":"softplus","classes":"1,7;2","format":"engram.params","image_shape":"1,3","kind":"network","learning_rate":"0.005","loss":"half-squared-error","samples":"6","seed":"1"},'"$tensors" ]
    [ "$(header_of tally)" = '{"__metadata__":{"class":"1","classes":"1,7;2","format":"engram.params","image_shape":"1,3","kind":"tally"},'"$tensors" ]
}

@test "-H, --hidden: layers and their shapes" {
    train-tally -c 1 -c 2 -H 100,50 samples >network
    [[ $(header_of network) == *'"layer1.weight":{"dtype":"F32","shape":[100,3],'*'"layer2.weight":{"dtype":"F32","shape":[50,100],'*'"layer3.weight":{"dtype":"F32","shape":[2,50],'* ]]
    train-tally -c 1 -c 2 --hidden 1 samples >network
    [[ $(header_of network) == *'"layer1.weight":{"dtype":"F32","shape":[1,3],'* ]]
    train-tally -c 1 -c 2 -H 1,1,1,1,1,1,1,1,1,1,1,1,1,1,1 samples >network
    [[ $(header_of network) == *'"layer16.bias":{"dtype":"F32","shape":[2],'* ]]
}

@test "three classes" {
    sample_labels 1 2 9 2 1 2 >samples
    train-tally -c 2 -t t0 -c 1 -t t1 -c 9 -t t2 -H 3 samples -o network
    [[ $(header_of network) == *'"classes":"2;1;9"'*'"layer2.bias":{"dtype":"F32","shape":[3],'* ]]
    [[ $(header_of t2) == *'"class":"2"'* ]]
    [ "$(numbers t2 layer2.bias)" = '0 0 0' ]
    [ "$(numbers t0 layer2.bias)" != "$(numbers t1 layer2.bias)" ]
}

@test "the metadata tell activation, rate and seed; long options" {
    train-tally --class 1 --tally t1 --class 2 --hidden 3 --activation leaky-relu \
        --learning-rate 0.125 --seed 18446744073709551615 --tally-from 0.25 --log log1 \
        --output network1 samples
    [[ $(header_of network1) == *'"activation":"leaky-relu"'*'"learning_rate":"0.125"'*'"seed":"18446744073709551615"'* ]]
    train-tally -c 1 -t t2 -c 2 -H 3 -a leaky-relu -e 0.125 -s 18446744073709551615 -f 0.25 \
        --log log2 -o network2 samples
    cmp t1 t2
    cmp log1 log2
    cmp network1 network2
    tally -s 2 samples >other
    run ! cmp -s other <(tally -s 3 samples)
}

@test "the help shows the defaults in force" {
    some_samples 9 2 2 >samples
    train-tally -c 1 -t t1 -c 2 samples >network1
    # shellcheck disable=SC2046 # words
    train-tally $(train-tally --help | perl -ne '$option = $1 if /^ .*?(--\S+)/; print "$option $1 " if /^ .* \[(\S+)\]$/') \
        -c 1 -t t2 -c 2 --log log samples >network2
    cmp network1 network2
    cmp t1 t2
    [[ $(header_of network1) == *'"activation":"softplus"'*'"learning_rate":"0.005"'*'"seed":"1"'*'"shape":[100,4]'* ]]
}

# --- tallies --------------------------------------------------------------------------------------

@test "-f, --tally-from: from which sample on" {
    some_samples 10 1 3 >samples
    tally -f 1 samples -o network1 -t none
    [ "$(numbers none layer1.bias)" = '0 0' ]
    # Only the last sample, which is a 2.
    train-tally -c 1 -t one -c 2 -t two -H 2 -f 0.9 samples -o network2
    cmp network1 network2
    [ "$(numbers one layer1.bias)" = '0 0' ]
    [ "$(numbers two layer1.bias)" != '0 0' ]
    # 0.85 * 10 lies between two samples: the same.
    train-tally -c 1 -c 2 -t later -H 2 -f 0.85 samples >network2
    cmp later two
    # 7 of 100, though 0.07 * 100 is more than 7 in double precision.
    some_samples 100 1 3 >samples
    train-tally -c 1 -t one -c 2 -t two -H 2 -f 0.07 -m input samples -o network
    [ "$(numbers one layer1.bias) $(numbers two layer1.bias)" = '46 46 47 47' ]
}

@test "a tally of all samples is no smaller than one of the second half" {
    some_samples 200 3 3 >samples
    train-tally -c 1 -t all1 -c 2 -t all2 -f 0 samples >network
    train-tally -c 1 -t half1 -c 2 -t half2 samples | cmp - network
    perl -e "$PERL_TENSOR"'for my $c (1, 2) { for my $name (map { ("$_.bias", "$_.weight") } "layer1", "layer2") {
        my @all = tensor("all$c", $name); my @half = tensor("half$c", $name); my $more;
        for (0 .. $#all) { die "$name $_" if $all[$_] < $half[$_]; $more ||= $all[$_] > $half[$_] }
        die "all equal" unless $more } }'
}

@test "MNIST: the weights of a pixel that is always black have 2^-8 of the bias's tally" {
    mnist-filter -i "$MNIST_IMAGES" -l "$MNIST_LABELS" -d 1,7,6,8 -r :12000 -o samples
    train-tally -c 1,7 -t t1 -c 6,8 -t t2 samples -o network
    perl -e "$PERL_TENSOR"'my (@nonzero, $black);
        my @pixels = tensor("samples", "images");
        for (my $i = 0; $i < @pixels; $i++) { $nonzero[$i % 784] = 1 if $pixels[$i] }
        for my $tally ("t1", "t2") {
            my @w = tensor($tally, "layer1.weight"); my @b = tensor($tally, "layer1.bias");
            for my $pixel (grep { !$nonzero[$_] } 0 .. 783) {
                $black++;
                for (0 .. 99) { die "unit $_, pixel $pixel" if $w[784 * $_ + $pixel] != $b[$_] / 256 || !$b[$_] }
            } }
        die "$black" if $black < 100'
    [ "$(cut -f 1 <(train-tally -c 1,7 -c 6,8 --log - -o /dev/null samples) | tail -n 2 | xargs)" = '4900 4965' ]
}

# --- measures -------------------------------------------------------------------------------------

@test "-m, --measure: the metadata tell it, unless it is change" {
    tally samples -m squared-gradient -t t1 -o network1
    [[ $(header_of t1) == '{"__metadata__":{"class":"1","classes":"1;2","format":"engram.params","image_shape":"1,3","kind":"tally","measure":"squared-gradient"},'* ]]
    [[ $(header_of network1) != *measure* ]]
    tally samples --measure change -t t1 -o network2
    tally samples -t t2 -o /dev/null
    cmp t1 t2
    cmp network1 network2
}

@test "every measure against the change" {
    # A step of one image, the second: its tally and the network before and after are known.
    some_samples 0 2 3 >none
    some_samples 1 2 3 5 >one
    some_samples 2 2 3 5 >two
    fork-train <(train-tally -c 1 -c 2 -H 3 -e 0.25 none) one -o before
    for measure in change squared-change gradient squared-gradient path-integral input; do
        train-tally -c 1 -c 2 -t $measure -H 3 -e 0.25 -f 0.5 -m $measure -o after two
    done
    perl -e "$PERL_TENSOR"'for my $name (map { ("$_.bias", "$_.weight") } "layer1", "layer2") {
        my %t = map { $_ => [tensor($_, $name)] } qw(before after change squared-change gradient squared-gradient path-integral);
        my $largest = 0; for (@{$t{change}}) { $largest = $_ if $_ > $largest }
        for (0 .. $#{$t{change}}) {
            my $change = abs $t{after}[$_] - $t{before}[$_];
            my $near = sub { abs($_[0] - $_[1]) <= 1e-5 * $_[1] };
            die "$name $_" if abs($t{change}[$_] - $change) > 1e-6;
            $change = $t{change}[$_];
            die "$name $_: signed gradient" if abs($t{gradient}[$_] - ($t{before}[$_] - $t{after}[$_]) / .25) > 4e-6;
            die "$name $_: squared" if !$near->($t{"squared-change"}[$_], $change ** 2);
            die "$name $_: gradient" if !$near->($t{"squared-gradient"}[$_], ($change / .25) ** 2);
            die "$name $_: integral" if !$near->($t{"path-integral"}[$_], $change ** 2 / .25);
        }
        die $name if !$largest }
        my @x = map { ($_ + 1) / 256 } (tensor("two", "images"))[6 .. 11];
        die "input: bias" if grep { $_ != 1 } tensor("input", "layer1.bias"), tensor("input", "layer2.bias");
        my @w = tensor("input", "layer1.weight");
        for (0 .. $#w) { die "input $_: $w[$_]" if $w[$_] != $x[$_ % 6] }'
}

@test "-m input: sums of pixels, and no network" {
    mnist-filter -i "$MNIST_IMAGES" -l "$MNIST_LABELS" -d 1,6 -n 300 -o samples
    train-tally -c 1 -t t1 -c 6 -t t6 -m input -H 2 -o /dev/null samples
    train-tally -c 1 -c 6 -t other -m input -H 2 -s 9 -a tanh -e 0.001 -o /dev/null samples
    [ "$(numbers t6 layer1.weight)" = "$(numbers other layer1.weight)" ]
    perl -e "$PERL_TENSOR"'my @pixels = tensor("samples", "images"); my @labels = tensor("samples", "labels");
        my %sum; for my $n (150 .. 299) { $sum{$labels[$n]}[$_] += ($pixels[784 * $n + $_] + 1) / 256 for 0 .. 783 }
        for my $label (1, 6) { my @w = tensor("t$label", "layer1.weight");
            for (0 .. $#w) { die "$label $_" if $w[$_] != $sum{$label}[$_ % 784] } }'
}

@test "MNIST: a pixel that is always black has its bias's share, bit for bit, by every measure" {
    mnist-filter -i "$MNIST_IMAGES" -l "$MNIST_LABELS" -d 1,7,6,8 -n 600 -o samples
    for measure in $(names_of m | tr -d ,); do
        train-tally -c 1,7 -t t1 -c 6,8 -t t2 -m "$measure" -H 20 samples -o /dev/null
        perl -e "$PERL_TENSOR"'my @a = tensor("t1", "layer1.weight"); my @b = tensor("t2", "layer1.weight");
            my @c = tensor("t1", "layer1.bias"); my @d = tensor("t2", "layer1.bias");
            for my $i (0 .. 19) {
                my $j = 784 * $i; # the top left corner
                die "unit $i" if !$c[$i] || $a[$j] / ($a[$j] + $b[$j]) != $c[$i] / ($c[$i] + $d[$i]) }'
    done
}

# --- half of the steps ----------------------------------------------------------------------------

@test "--steps: the 1st, 3rd ... of the tallied steps, or the others, by every measure" {
    sample_labels 1 1 2 2 1 2 2 1 1 2 1 1 1 2 >samples
    train-tally -c 1 -c 2 -H 2 -f 0.3 --log log -o network samples
    for measure in $(names_of m | tr -d ,); do
        train-tally -c 1 -t all1 -c 2 -t all2 -m "$measure" -H 2 -f 0.3 -o /dev/null samples
        for steps in odd even; do
            train-tally -c 1 -t ${steps}1 -c 2 -t ${steps}2 -m "$measure" -H 2 -f 0.3 --steps $steps \
                --log log.$steps -o network.$steps samples
            cmp network network.$steps
            cmp log log.$steps
        done
        perl -e "$PERL_TENSOR"'for my $name (map { ("$_.bias", "$_.weight") } "layer1", "layer2") {
            for my $class (1, 2) {
                my ($all, $odd, $even) = map { [tensor("$_$class", $name)] } "all", "odd", "even";
                for (0 .. $#$all) { my $sum = $odd->[$_] + $even->[$_];
                    die "$name $_" if !$odd->[$_] || !$even->[$_] || abs($sum - $all->[$_]) > 1e-6 * (abs($odd->[$_]) + abs($even->[$_])) } } }'
    done
    # sample 5, counted from 0, is the first that is tallied
    for steps in odd even; do
        train-tally -c 1 -t t1 -c 2 -t t2 -m input -H 2 -f 0.3 --steps $steps -o network samples
        perl -e "$PERL_TENSOR"'my ($first, $file) = ($ARGV[0] eq "odd" ? 5 : 6, "samples"); my %sum;
            my @labels = tensor($file, "labels"); my @pixels = tensor($file, "images");
            for (my $n = $first; $n < 14; $n += 2) { $sum{$labels[$n]}[3]++;
                $sum{$labels[$n]}[$_] += ($pixels[3 * $n + $_] + 1) / 256 for 0 .. 2 }
            for my $label (1, 2) { my @w = tensor("t$label", "layer1.weight"); my @b = tensor("t$label", "layer1.bias");
                for (0 .. $#w) { die "$label $_" if $w[$_] != $sum{$label}[$_ % 3] }
                for (0 .. $#b) { die "bias of $label" if $b[$_] != $sum{$label}[3] } }' $steps
    done
    # the metadata of tallies alone tell it
    [[ $(header_of t1) == '{"__metadata__":{"class":"0","classes":"1;2","format":"engram.params","image_shape":"1,3","kind":"tally","measure":"input","steps":"even"},'* ]]
    [[ $(header_of network.odd) != *steps* && $(header_of all1) != *steps* ]]
}

@test "--steps with --permute-labels: all steps are permuted, then half of them count" {
    sample_labels 1 1 2 2 1 2 2 1 1 2 1 1 1 2 2 1 2 >samples
    for seed in 1 2; do
        train-tally -c 1 -t all1 -c 2 -t all2 -m input -H 2 -f 0 --permute-labels $seed -o /dev/null samples
        for steps in odd even; do
            train-tally -c 1 -t ${steps}1 -c 2 -t ${steps}2 -m input -H 2 -f 0 --permute-labels $seed \
                --steps $steps -o /dev/null samples
        done
        perl -e "$PERL_TENSOR"'for my $name ("layer1.bias", "layer1.weight") {
            my %sum; $sum{$_} = 0 for "odd", "even";
            for my $class (1, 2) {
                my ($all, $odd, $even) = map { [tensor("$_$class", $name)] } "all", "odd", "even";
                $sum{odd} += $odd->[0]; $sum{even} += $even->[0];
                for (0 .. $#$all) { die "$name $_" if $odd->[$_] + $even->[$_] != $all->[$_] } }
            die "counts" if $name eq "layer1.bias" && ($sum{odd} != 9 || $sum{even} != 8) }'
    done
    misused '--steps does not go with --permuted' \
        train-tally -c 1 -c 2 --steps odd --permute-labels 1 --permuted all samples
    misused "--steps: unknown steps 'Even' (even?); known: odd, even" train-tally -c 1 -c 2 --steps Even samples
    misused "--steps: unknown steps ''; known: odd, even" train-tally -c 1 -c 2 --steps '' samples
}

@test "--steps: a tally of no step that counts" {
    none='is 0 for every parameter: no image of it among the'
    sample_labels 1 2 1 2 1 2 >samples
    warns "the tally of 1 $none odd ones of the last 3 samples" -- \
        train-tally -c 1 -t t1 -c 2 -t t2 -H 2 --steps odd -o network samples
    warns "the tally of 2 $none even ones of the last 3 samples" -- \
        train-tally -c 1 -t t1 -c 2 -t t2 -H 2 --steps even -o network samples
    warns -- train-tally -c 1 -t t1 -c 2 -H 2 --steps even -o network samples
    # The classes drawn count: some permutations have two of class 2 at odd steps, others one.
    for seed in $(seq 9); do
        train-tally -c 1 -t t1 -c 2 -t t2 -m input -H 2 --steps odd --permute-labels "$seed" -o network samples 2>err
        [ "$(numbers t1 layer1.bias)" = '0 0' ] && empty=t1 said="train-tally: the tally of 1 $none odd ones of the last 3 samples"
        [ "$(numbers t1 layer1.bias)" = '1 1' ] && some=t1 said=
        [ "$(<err)" = "$said" ]
    done
    [ -n "$empty" ]
    [ -n "$some" ]
    # One step is of one class, and there is no second.
    few='--permute-labels changes nothing: the last 1 samples are all of one class'
    warns "the tally of 1 $none odd ones of the last 1 samples" "$few" -- \
        train-tally -c 1 -t t1 -c 2 -t t2 -H 2 -f 0.8 --steps odd --permute-labels 1 -o network samples
    warns "the tally of 1 $none even ones of the last 1 samples" "the tally of 2 $none even ones of the last 1 samples" -- \
        train-tally -c 1 -t t1 -c 2 -t t2 -H 2 -f 0.8 --steps even -o network samples
    # Two steps of two classes are permuted, though one counts.
    warns "the tally of 1 $none odd ones of the last 2 samples" -- \
        train-tally -c 1 -t t1 -c 2 -t t2 -H 2 -f 0.66 --steps odd --permute-labels 2 -o network samples
}

# --- permuted labels ------------------------------------------------------------------------------

@test "--permute-labels: other tallies of the same sum, and nothing else" {
    some_samples 200 3 3 >samples
    train-tally -c 1 -t true1 -c 2 -t true2 -H 5 --log log1 -o network1 samples
    train-tally -c 1 -t t1 -c 2 -t t2 -H 5 --permute-labels 3 --log log2 -o network2 samples
    cmp network1 network2
    cmp log1 log2
    run ! cmp -s true1 t1
    train-tally -c 1 -t again -c 2 -H 5 --permute-labels 3 -o /dev/null samples
    cmp t1 again
    train-tally -c 1 -t other -c 2 -H 5 --permute-labels 4 -o /dev/null samples
    run ! cmp -s t1 other
    perl -e "$PERL_TENSOR"'for my $name (map { ("$_.bias", "$_.weight") } "layer1", "layer2") {
        my @t = map { [tensor($_, $name)] } "true1", "true2", "t1", "t2";
        for (0 .. $#{$t[0]}) { my ($true, $sum) = ($t[0][$_] + $t[1][$_], $t[2][$_] + $t[3][$_]);
            die "$name $_" if abs($true - $sum) > 1e-5 * $true } }'
    # As many steps are a class's as before.
    train-tally -c 1 -t t1 -c 2 -t t2 -H 5 -m input -f 0.3 --permute-labels 3 -o /dev/null samples
    [ "$(numbers t1 layer2.bias) $(numbers t2 layer2.bias)" = '70 70 70 70' ]
    train-tally -c 1 -c 2 -H 5 --permute-labels 3 -o network2 samples
    cmp network1 network2
}

@test "--permuted: the first draw is that of --permute-labels, -t the true labels'" {
    some_samples 200 3 3 >samples
    train-tally -c 1 -t true1 -c 2 -t true2 -H 5,3 -m path-integral -o network samples
    train-tally -c 1 -t t1 -c 2 -t t2 -H 5,3 -m path-integral --permute-labels 3 -o /dev/null samples
    train-tally -c 1 -t true3 -c 2 -t true4 -H 5,3 -m path-integral --permute-labels 3 \
        --permuted all --permutations 20 samples | cmp - network
    cmp true1 true3
    cmp true2 true4
    header=$(header_of all)
    [[ $header == '{"__metadata__":{"classes":"1;2","draws":"20","format":"engram.params","image_shape":"3,3","kind":"tallies","measure":"path-integral"},'* ]]
    [[ $header == *'"layer1.bias":{"dtype":"F32","shape":[20,2,5],'*'"layer1.weight":{"dtype":"F32","shape":[20,2,5,9],'*'"layer3.weight":{"dtype":"F32","shape":[20,2,2,3],'* ]]
    perl -e "$PERL_TENSOR"'for my $name (map { ("$_.bias", "$_.weight") } "layer1", "layer2", "layer3") {
        my @all = tensor("all", $name); my @plain = (tensor("t1", $name), tensor("t2", $name));
        for (0 .. $#plain) { die "$name $_" if $all[$_] != $plain[$_] }
        die "$name: ", scalar @all if @all != 20 * @plain;
        for my $k (1 .. 19) { die "$name: draw $k is the first" if !grep { $all[$k * @plain + $_] != $plain[$_] } 0 .. $#plain } }'
    # Through a pipe; fewer draws are the first of many; the default is 999.
    train-tally -c 1 -c 2 -H 5,3 -m path-integral --permute-labels 3 --permuted - --permutations 20 \
        -o network2 samples | cmp - all
    cmp network network2
    train-tally -c 1 -c 2 -H 5,3 -m path-integral --permute-labels 3 --permuted two --permutations 2 \
        -o network2 samples
    [ "$(numbers two layer2.bias)" = "$(numbers all layer2.bias | cut -d ' ' -f -12)" ]
    train-tally -c 1 -c 2 -H 1 --permute-labels 3 --permuted many -o network2 samples
    [[ $(header_of many) == *'"draws":"999",'*'"kind":"tallies"}'*'"shape":[999,2,1,9]'* ]]
}

@test "--permute-labels FIRST..LAST: a draw is that of its seed alone, byte for byte" {
    some_samples 200 3 3 >samples
    train=(train-tally -c 1 -t t1 -c 2 -t t2 -H '5,3' -o network)
    "${train[@]}" samples
    cp t1 true1
    cp t2 true2
    "${train[@]}" --permute-labels 7..26 --permuted all samples
    cmp t1 true1
    cmp t2 true2
    [[ $(header_of all) == '{"__metadata__":{"classes":"1;2","draw_seeds":"7..26","draws":"20",'* ]]
    for seed in {7..26}; do
        "${train[@]}" --permute-labels "$seed" samples
        perl -e "$PERL_TENSOR"'my $k = shift; for my $name (map { ("$_.bias", "$_.weight") } "layer1", "layer2", "layer3") {
            my @all = tensor("all", $name); my @one = (tensor("t1", $name), tensor("t2", $name));
            die $name if @all != 20 * @one;
            for (0 .. $#one) { die "$name $_" if $all[$k * @one + $_] != $one[$_] } }' $((seed - 7))
    done
    # One seed is as many draws as seeds; of the last seeds there are, too.
    "${train[@]}" --permute-labels 7..7 --permuted one samples
    "${train[@]}" --permute-labels 7 --permuted same --permutations 1 samples
    [ "$(numbers one layer1.weight)" = "$(numbers same layer1.weight)" ]
    "${train[@]}" --permute-labels 18446744073709551614..18446744073709551615 --permuted two samples
    [[ $(header_of two) == *'"draw_seeds":"18446744073709551614..18446744073709551615","draws":"2"'* ]]
}

@test "--permuted of nothing tallied" {
    train-tally -c 1 -c 2 -H 1 -f 1 --permute-labels 3 --permuted all --permutations 2 -o network samples
    [ "$(numbers all layer1.bias)" = '0 0 0 0' ]
}

# --- routing --------------------------------------------------------------------------------------

@test "--route: a class teaches its own part of the hidden units" {
    some_samples 0 2 3 >none
    some_samples 2 2 3 >samples # a 1 and a 2, the 2 tallied
    train-tally -c 1 -c 2 -H 4,5 -o before none
    train-tally -c 1 -c 2 -H 4,5 --route -o after samples -f 1
    train-tally -c 1 -c 2 -H 4,5 -o plain samples -f 1
    run ! cmp -s after plain
    [ "$(header_of after)" = "$(header_of plain)" ]
    # All steps tallied: no routing.
    train-tally -c 1 -c 2 -H 4,5 --route -o after0 samples -f 0
    cmp after0 plain
    # The weights into a unit change by the change of its bias times the image it has learned from,
    # its class's.
    perl -e "$PERL_TENSOR"'my @x = map { ($_ + 1) / 256 } tensor("samples", "images");
        my ($b, $w) = map { my ($name) = $_; my @old = tensor("before", $name); my @new = tensor("after", $name);
            [map { $new[$_] - $old[$_] } 0 .. $#old] } "layer1.bias", "layer1.weight";
        for my $i (0 .. 3) { my $own = int $i / 2; my @far = (0, 0); die "unit $i" if !$b->[$i];
            for my $j (0 .. 5) { for my $k (0, 1) { my $d = abs $w->[6 * $i + $j] - $b->[$i] * $x[6 * $k + $j];
                $far[$k] = $d if $d > $far[$k] } }
            die "unit $i: @far" if $far[$own] > 3e-7 || $far[1 - $own] < 20 * $far[$own] }'
    train-tally -c 1 -c 2 -H 4,5 --route -f 0.5 --log log2 -o half samples
    run ! cmp -s half plain
    run ! cmp -s half after
    misused '--route: a hidden layer has fewer units, 2, than there are classes, 3' \
        train-tally --route -c 1 -c 2 -c 3 -H 5,2
}

@test "--route=all: the tallied steps are routed too" {
    some_samples 40 2 3 >samples
    for activation in $(names_of a | tr -d ,); do
        train-tally -c 1 -c 2 -H 12,13 -a "$activation" --route=all -o all samples
        train-tally -c 1 -c 2 -H 12,13 -a "$activation" --route -f 1 -o before samples
        cmp all before
        run ! cmp -s all <(train-tally -c 1 -c 2 -H 12,13 -a "$activation" --route samples)
    done
    # Units of the other class have no part in the tally.
    train-tally -c 1 -t t1 -c 2 -t t2 -H 4,5 --route=all -f 0 -o all samples
    for layer in 1 2; do
        perl -e "$PERL_TENSOR"'my ($layer) = @ARGV; my ($t1, $t2) = map { [tensor($_, "layer$layer.bias")] } "t1", "t2";
            for my $i (0 .. $#$t1) { my $first = $i < @$t1 / 2; # 2 of 4, 3 of 5
                die "layer $layer, unit $i" if ($t1->[$i] != 0) != $first || ($t2->[$i] == 0) != $first }' $layer
    done
    misused "--route: unknown part 'All' (all?); known: all" train-tally --route=All -c 1 -c 2
    misused "--route: unknown part ''; known: all" train-tally --route= -c 1 -c 2
    # A word of its own is an operand.
    fails 1 'train-tally: none: No such file or directory' train-tally --route none -c 1 -c 2 -o network
}

@test "--leak: what is left of the gradient at units of other classes" {
    some_samples 40 2 3 >samples
    for activation in $(names_of a | tr -d ,); do
        learn=(train-tally -c 1 -t t1 -c 2 -H '12,13' -a "$activation")
        "${learn[@]}" --log log -o plain samples
        mv t1 plain.t1
        "${learn[@]}" --route=all --leak 1 --log leaking.log -o leaking samples
        cmp plain leaking
        cmp plain.t1 t1
        cmp log leaking.log
        "${learn[@]}" --route --leak 0 samples | cmp - <("${learn[@]}" --route samples)
        "${learn[@]}" --route --leak .5 -o half samples
        run ! cmp -s half plain
        run ! cmp -s half <("${learn[@]}" --route samples)
    done
    # Of one hidden layer, a bias of a unit of the other class takes l of the step.
    some_samples 1 2 3 >one # a 1
    train-tally -c 1 -c 2 -H 4 -o before <(some_samples 0 2 3)
    for leak in 0 0.25 1; do fork-train --route --leak $leak -e .5 -o "after-$leak" before one; done
    perl -e "$PERL_TENSOR"'my @b = tensor("before", "layer1.bias");
        my %d = map { my @a = tensor("after-$_", "layer1.bias"); $_ => [map { $a[$_] - $b[$_] } 0 .. 3] } 0, .25, 1;
        for my $i (0 .. 3) { for my $leak (0, .25) { my $step = ($i < 2 ? 1 : $leak) * $d{1}[$i];
            die "$i $leak" if !$d{1}[$i] || abs($d{$leak}[$i] - $step) > 3e-7 } }'
    misused '--leak needs --route' train-tally -c 1 -c 2 --leak 0
    misused '--leak: 1.1 is not between 0 and 1' train-tally -c 1 -c 2 --route --leak 1.1
    misused '--leak: nan is not between 0 and 1' train-tally -c 1 -c 2 --route --leak nan
    misused "--leak: 'x' is not a number" train-tally -c 1 -c 2 --route --leak x
}

# --- going on from a network ----------------------------------------------------------------------

@test "--from: the same as fork-train, byte for byte" {
    some_samples 30 1 3 8 >further
    for learning in '' '-H 4,3 -a tanh -e 0.25 -s 9' '-H 100 -a relu'; do
        # shellcheck disable=SC2086 # words
        train-tally -c 1 -c 2 $learning -o network samples
        fork-train --log expected.tsv -o expected network further
        train-tally --from network --log log.tsv -o went-on further
        cmp expected went-on
        cmp expected.tsv log.tsv
        # With classes and tallies, from pipes, at another rate, in place.
        train-tally --from network -c 1 -t t1 -c 2 -t t2 further | cmp - expected
        [[ $(header_of t2) == '{"__metadata__":{"class":"1","classes":"1;2",'* ]]
        train-tally --from - further <network | cmp - expected
        # shellcheck disable=SC2002 # a pipe is what is tested
        cat further | train-tally --from <(cat network) | cmp - expected
        train-tally --from network -e .5 further | cmp - <(fork-train -e .5 network further)
        train-tally --from network <(some_samples 0 1 3) | cmp - network
        train-tally --from network -o network further
        cmp network expected
    done
    # Samples of one class alone are no error, as they are none to fork-train.
    sample_labels 2 2 2 >twos
    train-tally --from network -c 1 -c 2 -o went-on twos
    fork-train network twos | cmp - went-on
}

@test "--from: the tally goes on from there" {
    # A step, and one of a network that has taken it.
    some_samples 1 2 3 5 >one
    some_samples 2 2 3 5 >two
    perl -e 'binmode STDIN; binmode STDOUT; local $/; $_ = <STDIN>; my $n = 8 + unpack "Q<", $_;
        my $h = qq({"labels":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"images":{"dtype":"U8","shape":[1,2,3],"data_offsets":[1,7]}});
        print pack("Q<", length $h), $h, substr($_, $n + 1, 1), substr($_, -6)' <two >second
    train-tally -c 1 -c 2 -t t2 -H 3 -o both two
    train-tally -c 1 -c 2 -H 3 <(some_samples 0 2 3) | fork-train - one | train-tally --from - -f 0 -c 1 -c 2 -t u2 -o again second
    [ "$(header_of t2)" = "$(header_of u2)" ]
    perl -e "$PERL_TENSOR"'for my $name (map { ("$_.bias", "$_.weight") } "layer1", "layer2") {
        for (["t2", "u2"], ["both", "again"]) { my ($x, $y) = map { [tensor($_, $name)] } @$_;
            for (0 .. $#$x) { die "$name $_" if abs($x->[$_] - $y->[$_]) > 1e-6 * (1e-2 + abs $x->[$_]) } } }'
    # Permutations of its labels need no -c.
    some_samples 30 2 3 >further
    train-tally --from both --permute-labels 3 --permuted all --permutations 2 -o network further
    train-tally --from both -c 1 -t t1 -c 2 --permute-labels 3 -o network further
    [[ "$(numbers all layer1.bias)" == "$(numbers t1 layer1.bias)"* ]]
}

@test "--from with a rate of 0: every parameter stays, -0 too, and is measured" {
    some_samples 30 1 3 >further
    for activation in $(names_of a | tr -d ,); do
        train-tally -c 1 -c 2 -H 4,2 -a "$activation" -o network samples
        size=$((4 * (4 * 3 + 4 + 2 * 4 + 2 + 2 * 2 + 2)))
        { head -c -$size network; tail -c $size network | perl -pe 's/^..../\0\0\0\x80/s; s/....$/\0\0\0\x80/s if eof'; } >other
        train-tally --from other -e 0 -f 0 -m gradient -c 1 -t t1 -c 2 -t t2 -o same further
        cmp <(tail -c $size other) <(tail -c $size same)
        [ "$(header_of same)" = "$(header_of other | sed 's/"learning_rate":"0.005"/"learning_rate":"0"/; s/"samples":"6"/"samples":"36"/')" ]
    done
    [[ $(header_of t1) == *'"kind":"tally","measure":"gradient"'* ]]
    fails 1 "correlate: $(correlate t1 t2 t1 t2 2>&1 | sed 's/^correlate: //')" correlate t1 t2 t1 t2
    correlate t1 t2 t1 t2 2>&1 | grep -qE '^correlate: t[12]: tensor "layer[1-3]\.(bias|weight)": element [0-9]+ is -[0-9.e-]+; tallies and differences are not negative \(--any lets it pass\)$'
    correlate --any t1 t2 t1 t2 -o table
}

@test "--from: gradients against differences of the loss" {
    some_samples 24 1 3 9 >further
    for activation in softplus tanh; do
        train-tally -c 1 -c 2 -H 2 -a $activation -o network samples
        train-tally --from network -e 0 -f 0 -m gradient -c 1 -t t1 -c 2 -t t2 -o same further
        # The mean loss of a network moved against the gradient falls by about rate * |g|^2.
        perl -e "$PERL_TENSOR"'my @names = ("layer1.bias", "layer1.weight", "layer2.bias", "layer2.weight");
            local $/; open my $in, "<:raw", "network"; my $all = <$in>; my $n = 8 + unpack "Q<", $all; my $norm = 0; my @moved;
            for my $name (@names) { my @w = tensor("network", $name); my @g = tensor("t1", $name); my @h = tensor("t2", $name);
                for (0 .. $#w) { my $g = $g[$_] + $h[$_]; push @moved, $w[$_] - 1e-3 * $g; $norm += $g ** 2 } }
            open my $out, ">:raw", "moved"; print $out substr($all, 0, $n), pack "f<*", @moved; print $norm' >norm
        for which in network moved; do
            fork-train -e 0 --window 1000 --log - -o /dev/null $which further | awk 'END { print $2 * 24 }'
        done | xargs | awk -v norm="$(<norm)" '{ fall = ($1 - $2) / 1e-3; exit !(norm > .1 && fall > .9 * norm && fall < 1.1 * norm) }'
    done
}

@test "--from: what does not go with it" {
    train-tally -c 1 -c 2 -H 2 -o network samples
    for option in '-H 2' '-a softplus' '-s 1'; do
        # shellcheck disable=SC2086 # words
        misused "${option% *} does not go with --from" train-tally --from network $option samples
    done
    misused 'standard input can be read only once' train-tally --from -
    misused 'standard input can be read only once' train-tally --from - -
    misused 'option --from needs an argument' train-tally --from
    misused '-t: there is no -c before it' train-tally --from network -t t1 samples
    fails 1 'train-tally: network: its classes are 1;2, those of -c 2;1' train-tally --from network -c 2 -c 1 samples -o other
    fails 1 'train-tally: network: its classes are 1;2, those of -c 1' train-tally --from network -c 1 samples -o other
    fails 1 'train-tally: <stdin>: its classes are 1;2, those of -c 1,3;2' \
        sh -c 'train-tally --from - -c 3,1 -c 2 samples -o other <network'
    fails 1 'train-tally: network: --route: a hidden layer has fewer units, 1, than there are classes, 2' \
        sh -c 'train-tally -c 1 -c 2 -H 4,1 -o network samples && train-tally --from network --route=all samples -o other'
    fails 1 'train-tally: missing: No such file or directory' train-tally --from missing samples -o other
    fails 1 "train-tally: '': No such file or directory" train-tally --from '' samples -o other
    fails 1 'train-tally: samples: not a network: its metadata does not say kind=network' \
        train-tally --from samples samples -o other
    some_samples 4 3 1 >wide
    fails 1 'train-tally: wide: images of 3 x 1, but the network takes 1 x 3' train-tally --from network wide -o other
    sample_labels 1 3 >three
    fails 1 'train-tally: three: sample 1 has label 3, which is in no class' train-tally --from network three -o other
    [ ! -e other ]
    # Without it, two classes are required as ever.
    misused 'two classes are required: -c LABELS -c LABELS' train-tally -H 2 samples
}

# --- outputs --------------------------------------------------------------------------------------

@test "any one output may be standard output" {
    train-tally -c 1 -t t1 -c 2 -t t2 --log log -o network samples
    train-tally -c 1 -t - -c 2 -o /dev/null samples | cmp - t1
    train-tally -c 1 -c 2 -t - -o /dev/null samples | cmp - t2
    train-tally -c 1 -c 2 --log - -o /dev/null samples | cmp - log
    train-tally -c 1 -c 2 -o - samples | cmp - network
}

@test "outputs to one place" {
    misused "two outputs go to 'x'" train-tally -c 1 -t x -c 2 -t x samples
    misused "two outputs go to 'x'" train-tally -c 1 -t x -c 2 -o x samples
    misused "two outputs go to 'x'" train-tally -c 1 -c 2 --log x -o x samples
    misused "two outputs go to '-'" train-tally -c 1 -t - -c 2 samples
    misused "two outputs go to '-'" train-tally -c 1 -c 2 --permute-labels 1 --permuted - samples
    misused "two outputs go to 'x'" train-tally -c 1 -t x -c 2 --permute-labels 1 --permuted x samples
    [ ! -e x ]
}

@test "an output that cannot be written fails, and the others keep what they were" {
    full='/dev/full: cannot write: No space left on device'
    touch t1 t2 log network
    before=$(ls -A)
    fails 1 "train-tally: $full" tally samples -t t1 --log log -o /dev/full
    fails 1 "train-tally: $full" tally samples -t /dev/full --log log -o network
    fails 1 "train-tally: $full" tally samples -t t1 --log /dev/full -o network
    fails 1 'train-tally: <stdout>: cannot write: No space left on device' \
        sh -c 'exec train-tally -c 1 -t t1 -c 2 -H 2 --log log samples >/dev/full'
    fails 1 "train-tally: $full" tally samples -t t1 --permute-labels 1 --permuted /dev/full -o network
    fails 1 "train-tally: $full" tally samples --permute-labels 1 --permuted all -o /dev/full
    for option in -t --log -o; do
        fails 1 'train-tally: missing/x: cannot create: No such file or directory' \
            tally samples -t t1 --log log -o network "$option" missing/x || [ $option = -t ]
    done
    fails 1 'train-tally: missing/x: cannot create: No such file or directory' \
        tally samples -t missing/x --log log -o network
    fails 1 'train-tally: .: Is a directory' tally samples -t t1 --log . -o network
    [ "$(ls -A)" = "$before" ]
    [ ! -s t1 ] && [ ! -s log ] && [ ! -s network ]
}

@test "ended by a signal, it leaves nothing" {
    mkfifo fifo
    exec 9<>fifo
    some_samples 100 10 10 | head -c 5000 >&9
    terminated train-tally -c 1 -c 2 -t tally --log log fifo
    exec 9>&-
    [ ! -e tally ] && [ ! -e log ]
}

# --- the command line -----------------------------------------------------------------------------

@test "classes" {
    misused 'two classes are required: -c LABELS -c LABELS' train-tally samples
    misused 'two classes are required: -c LABELS -c LABELS' train-tally -c 1,2 samples
    misused '-c: label 1 is in two classes' train-tally -c 1 -c 2,1
    misused '-c: label 1 is given twice' train-tally -c 1,1 -c 2
    misused "-c: '1,256' is not a list of labels from 0 to 255" train-tally -c 1,256 -c 2
    misused "-c: '' is not a list of labels from 0 to 255" train-tally -c '' -c 2
    misused '-t: there is no -c before it' train-tally -t x -c 1 -c 2
    misused '-t: a class has two tallies' train-tally -c 1 -t x --tally y -c 2
    # A class for each label there is, and one more.
    all=()
    for label in {0..255}; do all+=(-c "$label"); done
    train-tally "${all[@]}" -H 1 <(some_samples 0 1 3) -o network
    [[ $(header_of network) == *'"layer2.bias":{"dtype":"F32","shape":[256],'* ]]
    train-tally "${all[@]}" -t last -H 1 <(some_samples 0 1 3) 2>messages | cmp - network
    [[ $(header_of last) == '{"__metadata__":{"class":"255",'* ]]
    misused "two outputs go to 'x'" train-tally "${all[@]}" -t x -o x samples
    misused '-c: label 5 is in two classes' train-tally "${all[@]}" -c 5
    misused '-c: label 0 is given twice' train-tally -c 0,0 -c 2
}

@test "numbers and names out of range" {
    misused '-H: 0 is not between 1 and 1048576' train-tally -c 1 -c 2 -H 0
    misused '-H: 1048577 is not between 1 and 1048576' train-tally -c 1 -c 2 -H 1048577
    misused "-H: '' is not a whole number" train-tally -c 1 -c 2 -H ''
    misused "-H: '' is not a whole number" train-tally -c 1 -c 2 -H 1,,2
    misused "-H: '1.5' is not a whole number" train-tally -c 1 -c 2 -H 3,1.5
    misused '-H: more than 15 hidden layers' train-tally -c 1 -c 2 -H 1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1
    known="known: $(names_of a)"
    misused "-a: unknown activation 'Tanh' (tanh?); $known" train-tally -c 1 -c 2 -a Tanh
    misused "-a: unknown activation 'sofplus' (softplus?); $known" train-tally -c 1 -c 2 -a sofplus
    misused "-a: unknown activation ''; $known" train-tally -c 1 -c 2 -a ''
    known="known: $(names_of m)"
    misused "-m: unknown measure 'Change' (change?); $known" train-tally -c 1 -c 2 -m Change
    misused "-m: unknown measure 'fisher'; $known" train-tally -c 1 -c 2 -m fisher
    misused '--permuted: the seed is missing: --permute-labels SEED' \
        train-tally -c 1 -c 2 --permuted x samples
    misused "--permute-labels: 'x' is not a whole number" train-tally -c 1 -c 2 --permute-labels x
    for range in x..2/x 1../ ..2/ 1..2..3/2..3 1...3/.3; do
        misused "--permute-labels: '${range#*/}' is not a whole number" \
            train-tally -c 1 -c 2 --permuted x --permute-labels "${range%/*}" samples
    done
    misused '--permute-labels: 9999999999999999999999999999999 is not between 0 and 18446744073709551615' \
        train-tally -c 1 -c 2 --permuted x --permute-labels 99999999999999999999999999999999999..5 samples
    misused '--permute-labels: 18446744073709551616 is not between 0 and 18446744073709551615' \
        train-tally -c 1 -c 2 --permute-labels 18446744073709551616 samples
    misused '--permute-labels: 6 is not between 7 and 268435462' \
        train-tally -c 1 -c 2 --permuted x --permute-labels 7..6 samples
    misused '--permute-labels: 268435463 is not between 7 and 268435462' \
        train-tally -c 1 -c 2 --permuted x --permute-labels 7..268435463 samples
    misused '--permute-labels: 18446744073709551616 is not between 18446744073709551615 and 18446744073709551615' \
        train-tally -c 1 -c 2 --permuted x --permute-labels 18446744073709551615..18446744073709551616 samples
    misused '--permute-labels FIRST..LAST needs --permuted' train-tally -c 1 -c 2 --permute-labels 1..2 samples
    misused '--permutations: --permute-labels FIRST..LAST says how many' \
        train-tally -c 1 -c 2 --permuted x --permute-labels 1..2 --permutations 2 samples
    [ ! -e x ]
    misused '--permutations: 0 is not between 1 and 268435456' \
        train-tally -c 1 -c 2 --permute-labels 1 --permuted x --permutations 0
    misused '--permutations: 268435457 is not between 1 and 268435456' \
        train-tally -c 1 -c 2 --permute-labels 1 --permuted x --permutations 268435457
    misused "-e: 'x' is not a number" train-tally -c 1 -c 2 -e x
    misused "-e: '' is not a number" train-tally -c 1 -c 2 -e ''
    misused "-e: '1x' is not a number" train-tally -c 1 -c 2 -e 1x
    misused '-e: -1 is not between 0 and 1000' train-tally -c 1 -c 2 -e -1
    misused '-e: 1001 is not between 0 and 1000' train-tally -c 1 -c 2 -e 1001
    misused '-e: nan is not between 0 and 1000' train-tally -c 1 -c 2 -e nan
    misused '-f: 1.01 is not between 0 and 1' train-tally -c 1 -c 2 -f 1.01
    misused '-f: -0.1 is not between 0 and 1' train-tally -c 1 -c 2 -f -0.1
    misused "-f: '50%' is not a number" train-tally -c 1 -c 2 -f 50%
    misused "-s: '-1' is not a whole number" train-tally -c 1 -c 2 -s -1
    misused '-s: 18446744073709551616 is not between 0 and 18446744073709551615' \
        train-tally -c 1 -c 2 -s 18446744073709551616
}

# --- runs that say nothing ------------------------------------------------------------------------

@test "a label that no sample has" {
    sample_labels 1 2 1 2 >samples
    before=$(ls -A)
    fails 1 'train-tally: samples: no sample has label 26, which -c names' \
        train-tally -c 1 -t t1 -c 2,26 -t t2 --log log -o network samples
    fails 1 'train-tally: samples: no sample has label 0, which -c names' \
        train-tally -c 0,1 -c 2 -c 255 -o network samples
    fails 1 'train-tally: <stdin>: no sample has label 255, which -c names' \
        sh -c 'train-tally -c 1 -c 2 -c 255 -o network <samples'
    [ "$(ls -A)" = "$before" ]
    # Of none, any label is missing.
    sample_labels >none
    train-tally -c 1 -c 2,26 -H 2 -o network none
}

@test "a tally of no image" {
    few='0 for every parameter'
    sample_labels 6 8 6 1 1 1 >samples
    warns "the tally of 6,8 is $few: no image of it among the last 3 samples" -- \
        train-tally -c 1 -t t1 -c 6,8 -t t68 -H 2 -o network samples
    # Not of a tally that is not asked for.
    warns -- train-tally -c 1 -t t1 -c 6,8 -H 2 -o network samples
    warns -- train-tally -c 1 -c 6,8 -H 2 -f 1 -o network samples
    warns "all tallies are $few: -f 1 leaves none of the 6 samples" -- \
        train-tally -c 1 -t t1 -c 6,8 -t t68 -H 2 -f 1 -o network samples
    warns "all tallies are $few: -f 0.95 leaves none of the 6 samples" -- \
        train-tally -c 1 -c 6,8 -H 2 -f 0.95 --permute-labels 1 --permuted all --permutations 2 -o network samples
    warns "the tally of 6,8 is $few: no image of it among the last 3 samples" \
        '--permute-labels changes nothing: the last 3 samples are all of one class' -- \
        train-tally -c 1 -c 6,8 -H 2 --permute-labels 1 --permuted all --permutations 2 -o network samples
    warns '--permute-labels changes nothing: the last 3 samples are all of one class' -- \
        train-tally -c 1 -t t1 -c 6,8 -H 2 --permute-labels 1 -o network samples
    sample_labels >none
    warns "all tallies are $few: there are no samples" -- \
        train-tally -c 1 -t t1 -c 6,8 -H 2 -o network none
    warns -- train-tally -c 1 -c 6,8 -H 2 -o network none
}

@test "steps that change nothing" {
    some_samples 40 3 3 >samples
    why='over the last 20 samples, whose tally says nothing: units are dead or saturated, or the rate is too low'
    for rate in 1e-30 1e-300; do
        warns "no parameter changed $why" -- tally samples -t t2 -e $rate -o network
        warns "no parameter changed ${why/, whose tally says nothing/}" -- \
            tally samples -t t2 -e $rate -m squared-gradient -o network
        warns "no parameter changed $why" -- tally samples -e $rate --permute-labels 1 --permuted all --permutations 2 -o network
        warns -- tally samples -t t2 -e $rate -m input -o network
        warns -- tally samples -e $rate -o network
    done
    warns 'all tallies are 0 for every parameter: the learning rate is 0' -- tally samples -t t2 -e 0 -o network
    # All gradients are 0 where units are dead.
    train-tally -c 1 -c 2 -H 2 -a relu -o alive samples
    size=$(($(size_of alive) - $(header_end alive)))
    { head -c -$size alive; perl -e 'print pack "f<*", (-1) x $ARGV[0]' $((size / 4)); } >dead
    of='is 0 for every parameter: units are dead or saturated'
    warns "the tally of 1 $of" "the tally of 2 $of" -- \
        train-tally --from dead -e 0 -m gradient -c 1 -t t1 -c 2 -t t2 -o same samples
    warns "the tally of 2 $of" -- train-tally --from dead -e 0 -m gradient -c 1 -c 2 -t t2 -o same samples
    warns -- train-tally --from alive -e 0 -m gradient -c 1 -t t1 -c 2 -t t2 -o same samples
    # Of a network that does not learn, these tell all the same.
    warns -- tally samples -t t2 -e 0 -m squared-gradient -o network
    warns -- tally samples -t t2 -e 0 -m input -o network
}

@test "MNIST: a rate so high that the units die, with a finite loss" {
    mnist-filter -i "$MNIST_IMAGES" -l "$MNIST_LABELS" -d 1,7,6,8 -r :12000 -o samples
    why='over the last 2482 samples, whose tally says nothing: units are dead or saturated, or the rate is too low'
    while read -r activation rate; do
        warns "no parameter changed $why" -- train-tally -c 1,7 -t t1 -c 6,8 -a "$activation" -e "$rate" -o network samples
    done <<'END'
softplus 5
softplus 50
relu 1
relu 50
sigmoid 50
tanh 1000
END
    # Other layers learn on.
    warns "no parameter of layer2 changed $why" -- train-tally -c 1,7 -t t1 -c 6,8 -a tanh -e 10 -o network samples
    for activation in $(names_of a | tr -d ,); do
        warns -- train-tally -c 1,7 -t t1 -c 6,8 -t t2 -a "$activation" -o network samples
    done
    # relu units that are dead have no gradient, whatever the rate is.
    warns "no parameter changed ${why/, whose tally says nothing/}" -- \
        train-tally -c 1,7 -t t1 -c 6,8 -a relu -e 1 -m squared-gradient -o network samples
    train-tally -c 1,7 -c 6,8 -a relu -e 1 -o dead samples
    fork-train dead samples -o still 2>messages
    [ "$(<messages)" = 'fork-train: no parameter changed over the last 2482 samples: units are dead or saturated, or the rate is too low' ]
}

@test "--route of no sample" {
    warns '--route does nothing: no sample comes before those that are tallied' -- \
        tally samples --route -f 0 -o network
    warns -- tally samples --route -o network
    warns -- tally samples --route=all -f 0 -o network
}

# --- bounded by the data --------------------------------------------------------------------------

@test "samples that claim more than arrives: no memory for what has not come" {
    # usage: claims LABELS N ROWS COLS   the header of N samples, with N labels of 1 and 2 if LABELS
    claims() {
        perl -e 'my ($labels, $n, $rows, $cols) = @ARGV; my $size = $n * (1 + $rows * $cols); binmode STDOUT;
            my $h = qq({"labels":{"dtype":"U8","shape":[$n],"data_offsets":[0,$n]},"images":{"dtype":"U8","shape":[$n,$rows,$cols],"data_offsets":[$n,$size]}});
            print pack("Q<", length $h), $h, $labels ? "\1\2" x ($n / 2) : ""' -- "$@"
    }
    before=$(ls -A)
    for shape in '1 2 2000 2000' '1 2 60000 60000' '0 1000000000000 28 28' '1 1000000 28 28' '1 2 1 4000000'; do
        # shellcheck disable=SC2086 # words
        claims $shape >"$BATS_TEST_TMPDIR.claim"
        code=0
        # shellcheck disable=SC2002 # a pipe is what is tested
        cat "$BATS_TEST_TMPDIR.claim" | limited 200000 train-tally -c 1 -t t1 -c 2 -t t2 --log log \
            --permute-labels 1 --permuted all -o network 2>"$BATS_TEST_TMPDIR.err" || code=$?
        [ "$code" -eq 1 ]
        [[ $(<"$BATS_TEST_TMPDIR.err") =~ ^'train-tally: <stdin>: the data ends after '[0-9]+' of '[0-9]+' bytes'$ ]]
    done
    # With the images first: of a pipe they are kept.
    code=0
    make_safetensors '{"images":{"dtype":"U8","shape":[2,30000,50000],"data_offsets":[0,3000000000]},"labels":{"dtype":"U8","shape":[2],"data_offsets":[3000000000,3000000002]}}' \
        'C*' {1..100} | limited 200000 train-tally -c 1 -c 2 -o network 2>"$BATS_TEST_TMPDIR.err" || code=$?
    [ "$code" -eq 1 ]
    [ "$(<"$BATS_TEST_TMPDIR.err")" = 'train-tally: <stdin>: the data ends after 100 of 3000000002 bytes' ]
    [ "$(ls -A)" = "$before" ]
    # Without a sample, a network of a size that nothing backs.
    claims 0 0 256 256 >none
    limited 200000 train-tally -c 1 -c 2 -H 100 -o network none
    for shape in '257 256' '65535 65535' '1 4294967295'; do
        # shellcheck disable=SC2086
        claims 0 0 $shape >none
        fails 1 "train-tally: none: no samples, of ${shape/ / x } pixels: without any, a network is made for up to 65536 pixels" \
            limited 200000 train-tally -c 1 -c 2 -H 1 -o other none
    done
    [ ! -e other ]
}

@test "what --permuted keeps takes memory as steps come" {
    [ -e /proc/self/status ] || skip 'nothing tells how much memory a process takes'
    ! sanitized || skip 'a sanitizer takes its own'
    # A million labels, two images.
    perl -e 'my $n = 1000000; my $size = $n * 785; binmode STDOUT;
        my $h = qq({"labels":{"dtype":"U8","shape":[$n],"data_offsets":[0,$n]},"images":{"dtype":"U8","shape":[$n,28,28],"data_offsets":[$n,$size]}});
        print pack("Q<", length $h), $h, "\1\2" x ($n / 2), "\1" x 262144' >claim
    # shellcheck disable=SC2016 # perl's
    most=$(perl -e 'use strict; my $pid = fork; if (!$pid) { open STDIN, "-|", "cat claim"; open STDOUT, ">", "/dev/null"; open STDERR, ">", "messages";
            exec qw(train-tally -c 1 -c 2 -f 0 --permute-labels 1 --permuted all -o network) }
        my $most = 0; while (!waitpid $pid, 1) { open my $f, "<", "/proc/$pid/status" or last;
            while (<$f>) { $most = $1 if /^VmHWM:\s+(\d+)/ && $1 > $most } select undef, undef, undef, 0.002 }
        print $most')
    grep -q '^train-tally: <stdin>: the data ends after ' messages
    [ "$most" -gt 3000 ] && [ "$most" -lt 100000 ]
}

@test "-H takes no memory that could be missing" {
    run --separate-stderr tally samples -H 3,2 -o network
    [[ $(header_of network) == *'"layer3.weight":{"dtype":"F32","shape":[2,2],'* ]]
    misused '-H: 9999999999999999999999999999999 is not between 1 and 1048576' \
        train-tally -c 1 -c 2 -H 99999999999999999999999999999999999999
}

# --- samples --------------------------------------------------------------------------------------

@test "learning that diverges is an error and leaves no files" {
    mnist-filter -i "$MNIST_IMAGES" -l "$MNIST_LABELS" -d 1,6 -n 100 -o samples
    before=$(ls -A)
    code=0
    train-tally -c 1 -t t1 -c 6 -a leaky-relu --log log -e 50 -o network samples 2>"$BATS_TEST_TMPDIR.err" || code=$?
    [ "$code" -eq 1 ]
    [[ $(<"$BATS_TEST_TMPDIR.err") =~ ^'train-tally: samples: training diverged: the loss of sample '[0-9]+' is not finite; try a lower learning rate'$ ]]
    [ "$(ls -A)" = "$before" ]
}

@test "--permuted to a terminal" {
    command -v script >/dev/null || skip 'no script'
    code=0
    script -qec 'train-tally -c 1 -c 2 --permute-labels 1 --permuted - -o network samples' /dev/null \
        </dev/null >terminal 3>&- || code=$?
    [ "$code" -eq 1 ]
    grep -q 'will not write binary data to a terminal' terminal
    [ ! -e network ]
}

@test "--permuted with too little memory" {
    mnist-filter -i "$MNIST_IMAGES" -l "$MNIST_LABELS" -d 1,6 -o samples
    fails 1 'train-tally: cannot keep 12660 steps to permute their labels: Cannot allocate memory' \
        limited 200000 train-tally -c 1 -c 6 -f 0 -H 5000 --permute-labels 1 --permuted all -o network samples
    [ ! -e all ] && [ ! -e network ]
}

@test "a label in no class" {
    fails 1 'train-tally: samples: sample 1 has label 2, which is in no class' \
        train-tally -c 1 -c 3 -o network samples
    [ ! -e network ]
}

@test "images before labels, as other writers order them, give the same network" {
    edit_header 's/.*/{"images":{"dtype":"U8","shape":[6,1,3],"data_offsets":[0,18]},"labels":{"dtype":"U8","shape":[6],"data_offsets":[18,24]}}/' \
        <samples | perl -e 'local $/; $_ = <STDIN>; $n = 8 + unpack("Q<", $_);
            print substr($_, 0, $n), substr($_, $n + 6), substr($_, $n, 6)' >images-first
    tally samples -o expected
    tally images-first | cmp - expected
    # shellcheck disable=SC2002 # a pipe is what is tested
    cat images-first | tally | cmp - expected
    tally <(cat images-first) | cmp - expected
}

@test "images before labels from a pipe, more than a block of them" {
    some_samples 3000 10 10 >large
    perl -e 'local $/; $_ = <STDIN>; $n = 8 + unpack("Q<", $_); $h = q({"images":{"dtype":"U8","shape":[3000,10,10],"data_offsets":[0,300000]},"labels":{"dtype":"U8","shape":[3000],"data_offsets":[300000,303000]}});
        print pack("Q<", length $h), $h, substr($_, $n + 3000), substr($_, $n, 3000)' <large >images-first
    tally large -o expected
    tally images-first | cmp - expected
    # shellcheck disable=SC2002
    cat images-first | tally - | cmp - expected
}

@test "samples cut at every byte" {
    cut_fails samples 0 "$(size_of samples)" train-tally -c 1 -c 2 -H 2 samples
    cut_fails - samples 0 "$(size_of samples)" train-tally -c 1 -c 2 -H 2
}

@test "samples that go on" {
    printf x >>samples
    fails 1 'train-tally: samples: 25 bytes of data, but the tensors take 24' \
        tally samples -o network
    fails 1 'train-tally: <stdin>: data goes on after the 24 bytes the tensors take' \
        sh -c 'cat samples | train-tally -c 1 -c 2 -o network'
    [ ! -e network ]
}

@test "files that are no samples" {
    edit_header 's/labels/lables/' <samples >other
    fails 1 'train-tally: other: not samples: tensor labels is missing' tally other
    edit_header 's/images/pictures/' <samples >other
    fails 1 'train-tally: other: not samples: tensor images is missing' tally other
    edit_header 's/"labels":{"dtype":"U8"/"labels":{"dtype":"I8"/' <samples >other
    fails 1 'train-tally: other: tensor "labels": is I8 [6], not U8 [n]' tally other
    edit_header 's/\[6\]/[6,1]/' <samples >other
    fails 1 'train-tally: other: tensor "labels": is U8 [6,1], not U8 [n]' tally other
    needed='U8 [6,rows,cols] for as many labels'
    edit_header 's/"images":{"dtype":"U8"/"images":{"dtype":"BOOL"/' <samples >other
    fails 1 "train-tally: other: tensor \"images\": is BOOL [6,1,3], not $needed" tally other
    edit_header 's/\[6,1,3\]/[6,3]/' <samples >other
    fails 1 "train-tally: other: tensor \"images\": is U8 [6,3], not $needed" tally other
    edit_header 's/\[6,1,3\]/[3,2,3]/' <samples >other
    fails 1 "train-tally: other: tensor \"images\": is U8 [3,2,3], not $needed" tally other
    tally samples -o network
    fails 1 'train-tally: network: not samples: tensor images is missing, its metadata says kind=network' \
        tally network
    rm network
    make_safetensors '{"labels":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"images":{"dtype":"U8","shape":[2,0,3],"data_offsets":[2,2]}}' 'C*' 1 2 >other
    fails 1 'train-tally: other: tensor "images": is U8 [2,0,3]: images of no pixel, or of 2^32 or more' \
        tally other -o network
    [ ! -e network ]
    echo 'no tensors here' >other
    fails 1 'train-tally: other: not a safetensors file but text' \
        tally other
}
