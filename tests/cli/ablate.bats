#!/usr/bin/env bats
# ablate: effects of units against NumPy (tests/data/ablate.tsv), files, inputs, and every way in which a command line
# or an input does not do.

bats_require_minimum_version 1.5.0
load helpers
load data

# N samples as some_samples makes them, with labels 1, 2, 3, 4, 1, 2 ...
# usage: labelled N ROWS COLS SEED
labelled() {
    some_samples "$@" | perl -e 'local $/; binmode STDIN; binmode STDOUT; my $all = <STDIN>;
        substr($all, 8 + unpack("Q<", $all) + $_, 1) = chr(1 + $_ % 4) for 0 .. $ARGV[0] - 1;
        print $all' "$1"
}

# The effects in a file of two hidden layers, one a line.
effects() {
    { numbers "$1" layer1.bias; numbers "$1" layer2.bias; } | tr ' ' '\n'
}

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    PATH="$BIN:$PATH"
    labelled 60 2 3 7 >samples
    labelled 45 2 3 8 >others
    train-tally -c 1,3 -c 2,4 -H 5,3 -e 0.2 -o network samples
}

# --- effects --------------------------------------------------------------------------------------

@test "effects are those of NumPy, for every activation and in every hidden layer" {
    for activation in $(names_of a | tr -d ,); do
        train-tally -c 1,3 -c 2,4 -H 5,3 -e 0.2 -a "$activation" -o network samples
        ablate --signed -c 1,3 -t a -c 4 -t b --mean others network samples
        grep "^$activation"$'\t' "$TOP/tests/data/ablate.tsv" | cut -f 5 >expected
        [ "$(wc -l <expected)" -eq 16 ]
        { effects a; effects b; } | paste - expected >both
        awk '{ d = $1 - $2; if (d < 0) d = -d; e = $2 < 0 ? -$2 : $2; if (!(d <= 1e-5 * e + 1e-7)) exit 1 }' both
        # Without --signed, their sizes.
        ablate -c 1,3 -t sizes -c 4 -t /dev/null --mean others network samples
        effects sizes | cmp - <(effects a | sed 's/^-//')
    done
}

@test "a unit that nothing above hears has no effect at all, nor has one that is always the same" {
    train-tally -c 1,3 -c 2,4 -H 5,3 -e 0.2 -a relu -o network samples
    ablate -c 1,2,3,4 -t a --mean others network samples
    [ "$(effects a | tail -n 2 | xargs)" = '0 0' ] # they are dead
    labelled 4 2 3 7 >few
    mnist-filter -i <(idx_images 2 3 1 2 3 4 5 6 1 2 3 4 5 6) -l <(idx_labels 1 2) -o alike
    ablate --signed -c 1 -t a network alike
    [ "$(effects a | xargs)" = '0 0 0 0 0 0 0 0' ]
}

@test "by hand: one unit that adds up to two outputs" {
    # x is 1 or .5, a = 2x, their mean 1.5; y = relu(a / 2), relu(a / 4 + 1 / 2)
    make_safetensors '{"__metadata__":{"kind":"network","activation":"relu","loss":"half-squared-error","learning_rate":"0","seed":"1","samples":"0","classes":"0;1","image_shape":"1,1"},"layer1.bias":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"layer1.weight":{"dtype":"F32","shape":[1,1],"data_offsets":[4,8]},"layer2.bias":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},"layer2.weight":{"dtype":"F32","shape":[2,1],"data_offsets":[16,24]}}' \
        'f<*' 0 2 0 .5 .5 .25 >one
    mnist-filter -i <(idx_images 1 1 255 127) -l <(idx_labels 0 1) -o two
    ablate --signed -c 0 -t a -c 1 -t b -c 0,1 -t both one two
    # ((.75 - 1)^2 + .875^2 - (1 - 1)^2 - 1^2) / 2; (.75^2 + (.875 - 1)^2 - .5^2 - (.75 - 1)^2) / 2; their mean
    [ "$(numbers a layer1.bias)" = -0.0859375 ]
    [ "$(numbers b layer1.bias)" = 0.1328125 ]
    [ "$(numbers both layer1.bias)" = 0.0234375 ]
    [ "$(numbers both layer1.weight) $(numbers both layer2.bias) $(numbers both layer2.weight)" = '0 0 0 0 0' ]
    # With the mean of others, 1.
    mnist-filter -i <(idx_images 1 1 127) -l <(idx_labels 9) -o nine
    ablate --signed -c 0 -t a --mean nine one two
    [ "$(numbers a layer1.bias)" = -0.09375 ]
}

@test "the mean is over all samples, whatever their labels; effects are over those of -c" {
    ablate -c 1,3 -t a -c 4 -t b network samples
    ablate -c 1,3 -t a-mean -c 4 -t b-mean --mean samples network samples
    cmp a a-mean
    cmp b b-mean
    # A class alone, and classes with a label in common.
    ablate -c 4 -t b-alone network samples
    cmp b b-alone
    ablate -c 3,4 -t c -c 3,1 -t a-again network samples
    cmp a a-again
    run ! cmp -s a c
    # Labels without a class do not matter where no -c names them.
    labelled 3 2 3 5 | perl -0777 -pe 's/\x01\x02\x03/\x01\x02\x07/' >seventh
    [[ "$(samples_of seventh)" == *' 7:'* ]]
    ablate -c 1 -t a --mean seventh network seventh
}

# --- files ----------------------------------------------------------------------------------------

@test "the file has the tensors of the network, and says what it is" {
    ablate -c 3,1 -t a network samples
    [ "$(header_of a)" = '{"__metadata__":{"classes":"1,3;2,4","format":"engram.params","image_shape":"2,3","kind":"effect","labels":"1,3","signed":"false"},"layer1.bias":{"dtype":"F32","shape":[5],"data_offsets":[0,20]},"layer1.weight":{"dtype":"F32","shape":[5,6],"data_offsets":[20,140]},"layer2.bias":{"dtype":"F32","shape":[3],"data_offsets":[140,152]},"layer2.weight":{"dtype":"F32","shape":[3,5],"data_offsets":[152,212]},"layer3.bias":{"dtype":"F32","shape":[2],"data_offsets":[212,220]},"layer3.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[220,244]}}' ]
    ablate --signed -c 1 -t a network samples
    [[ $(header_of a) == *'"labels":"1","signed":"true"'* ]]
    [ "$(numbers a layer3.bias)" = '0 0' ]
    [ "$(numbers a layer3.weight)" = '0 0 0 0 0 0' ]
}

@test "correlate takes it as it takes a tally" {
    train-tally -c 1,3 -t x -c 2,4 -t y -H 5,3 -e 0.2 -o network samples
    ablate -c 1,3 -t a -c 2,4 -t b network samples
    correlate --points points a b x y >table 2>messages
    [ "$(<messages)" = 'correlate: a, b: a + b is 0 for every parameter: nothing was tallied; r is undefined for weights, layer1.weight, layer2.weight, layer3.bias, layer3.weight' ]
    [ "$(field table biases n)" = 8 ]
    near "$(awk '$1 == "layer1.bias" { print $4; exit }' points)" "$(paste <(effects a) <(effects b) |
        awk '{ printf "%.17g", $1 / ($1 + $2); exit }')" 1e-6
}

@test "one of the inputs is standard input, any may be a pipe; files appear together" {
    ablate -c 1,3 -t a -c 4 -t b --mean others network samples
    ablate -c 1,3 -t - -c 4 -t c --mean others network samples | cmp - a
    ablate -c 1,3 -t c --mean others network <samples
    cmp a c
    ablate -c 1,3 -t - --mean - network samples <others | cmp - a
    ablate -c 1,3 -t - --mean others - samples <network | cmp - a
    ablate -c 1,3 -t - --mean <(cat others) <(cat network) <(cat samples) | cmp - a
    ablate -c 1,3 -t - network <(cat samples) | cmp - <(ablate -c 1,3 -t - network samples)
    rm a b
    fails 1 'ablate: missing/b: cannot create: No such file or directory' \
        ablate -c 1,3 -t a -c 4 -t missing/b network samples
    [ ! -e a ]
    fails 1 'ablate: /dev/full: cannot write: No space left on device' \
        ablate -c 1,3 -t a -c 4 -t /dev/full network samples
    [ ! -e a ]
    [ -z "$(compgen -G '.engram-*')" ]
}

@test "no binary data to a terminal" {
    command -v script >/dev/null || skip 'no script(1)'
    code=0
    script -qec 'ablate -c 1 -t - network samples' /dev/null </dev/null >terminal 3>&- || code=$?
    [ "$code" -eq 1 ]
    [ "$(tr -d '\r' <terminal)" = 'ablate: <stdout>: will not write binary data to a terminal; use -o FILE or a pipe' ]
}

# --- errors ---------------------------------------------------------------------------------------

@test "labels that the network or the samples lack" {
    fails 1 'ablate: network: label 5, which -c names, is in no class of the network' \
        ablate -c 1 -t a -c 5,6 -t b network samples
    fails 1 'ablate: <stdin>: label 5, which -c names, is in no class of the network' \
        ablate -c 5 -t a - samples <network
    for label in 0 255; do
        fails 1 "ablate: network: label $label, which -c names, is in no class of the network" \
            ablate -c 1,$label -t a network samples
    done
    labelled 2 2 3 7 >few
    fails 1 'ablate: few: no sample has label 3, which -c names' ablate -c 1,3 -t a network few
    labelled 0 2 3 7 >none
    fails 1 'ablate: none: no sample has label 1, which -c names' ablate -c 1 -t a network none
    fails 1 'ablate: none: no samples, so units have no mean' ablate -c 1 -t a --mean none network samples
    [ ! -e a ]
}

@test "inputs that do not suit each other, or are none" {
    labelled 9 3 2 7 >turned
    fails 1 'ablate: turned: images of 3 x 2, but the network takes 2 x 3' ablate -c 1 -t a network turned
    fails 1 'ablate: turned: images of 3 x 2, but the network takes 2 x 3' \
        ablate -c 1 -t a --mean turned network samples
    fails 1 'ablate: samples: not a network: its metadata does not say kind=network' \
        ablate -c 1 -t a samples samples
    fails 1 'ablate: network: not samples: tensor images is missing, its metadata says kind=network' \
        ablate -c 1 -t a network network
    for arguments in 'missing samples' 'network missing' '--mean missing network samples'; do
        # shellcheck disable=SC2086 # several words
        fails 1 'ablate: missing: No such file or directory' ablate -c 1 -t a $arguments
    done
    make_safetensors '{"__metadata__":{"kind":"network","activation":"relu","loss":"half-squared-error","learning_rate":"0","seed":"1","samples":"0","classes":"1;2","image_shape":"2,3"},"layer1.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"layer1.weight":{"dtype":"F32","shape":[2,6],"data_offsets":[8,56]}}' \
        'f<*' 0 0 1 1 1 1 1 1 1 1 1 1 1 1 >flat
    fails 1 'ablate: flat: the network has no hidden layer' ablate -c 1 -t a flat samples
    for ((size = 1; size < $(size_of samples); size += 7)); do
        head -c "$size" samples >part
        run ! ablate -c 1 -t a network part
        [[ $output == 'ablate: part: '* ]]
        run ! ablate -c 1 -t a network - <part
        run ! ablate -c 1 -t a --mean part network samples
        [ ! -e a ]
    done
}

@test "a loss that is not finite" {
    train-tally -c 1,3 -c 2,4 -H 2 -a relu -o network samples
    make_safetensors "$(header_of network)" 'f<*' 0 0 3e38{,}{,} 3e38{,}{,}{,} 0 0 1 1 1 1 >huge
    fails 1 'ablate: samples: the loss with a unit at its mean, or as it is, is not finite' \
        ablate -c 1 -t a huge samples
    [ ! -e a ]
}

@test "wrong usage" {
    misused 'a class is required: -c LABELS -t FILE' ablate network samples
    misused '-t: there is no -c before it' ablate -t a -c 1 network samples
    misused '-t: a class has two files' ablate -c 1 -t a -t b network samples
    misused "two outputs go to one file: 'x' and './x'" ablate -c 1 -t x -c 2 -t ./x network samples
    misused '-c: label 1 is given twice' ablate -c 1,1 -t a network samples
    misused '-c 1,3: its -t is missing' ablate -c 1,3 -c 4 -t a network samples
    misused 'standard input can be read only once' ablate -c 1 -t a -
    misused 'standard input can be read only once' ablate -c 1 -t a --mean - network
    misused 'standard input can be read only once' ablate -c 1 -t a --mean - - samples
    misused 'missing operand' ablate -c 1 -t a
    misused "extra operand 'x'" ablate -c 1 -t a network samples x
    many=()
    for class in {1..256}; do many+=(-c 1 -t "$class"); done
    misused '-c: more than 256 classes' ablate "${many[@]}" -c 1 -t a network samples
    ablate "${many[@]}" network samples
    cmp 1 256
}
