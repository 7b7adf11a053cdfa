#!/usr/bin/env bats
# graft: what NumPy makes of the same sets, the two ends byte for byte, ties by the draw, and inputs
# that no graft is made of.

bats_require_minimum_version 1.5.0
load helpers
load data

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    PATH="$BIN:$PATH"
    cp "$TOP"/tests/data/graft/{base,donor,size,samples,a,b} .
}

# A file of one tensor, "x", in F32. usage: vector VALUE...
vector() {
    make_safetensors "$(printf '{"x":{"dtype":"F32","shape":[%d],"data_offsets":[0,%d]}}' $# $((4 * $#)))" 'f<*' "$@"
}

# Whether two files have the same fields, numbers up to 1e-5 of them or of 1e-5.
# usage: alike FILE EXPECTED
alike() {
    perl -e 'my ($x, $y) = map { open my $f, "<", $_ or die $!; [map { [split /[\t\n ]/] } <$f>] } @ARGV;
        die "lines: @$x, @$y\n" unless @$x && @$x == @$y;
        for my $l (0 .. $#$x) {
            my @x = @{$x->[$l]}; my @y = @{$y->[$l]};
            die "line $l: @x\nexpected: @y\n" unless @x == @y;
            for (0 .. $#x) {
                my ($p, $q) = ($x[$_], $y[$_]);
                next if lc $p eq lc $q;
                die "line $l: $p, expected $q\n" unless $p =~ /^[-.\d]/ && $q =~ /^[-.\d]/
                    && abs($p - $q) <= 1e-5 * (1e-5 > abs $q ? 1e-5 : abs $q);
            } }' -- "$@"
}

# --- the oracle -----------------------------------------------------------------------------------

@test "the table and the networks are NumPy's" {
    cut -f 1 "$TOP/tests/data/graft/table.tsv" | uniq >runs
    [ "$(wc -l <runs)" -eq 6 ]
    while IFS= read -r words; do
        # shellcheck disable=SC2086 # words
        graft --score size $words -k 0,.1,.25,.5,.9,1 base donor samples >table
        awk -F '\t' -v words="$words" '$1 == words' "$TOP/tests/data/graft/table.tsv" | cut -f 2- >expected
        alike <(tail -n +2 table) expected
        for k in 0 .1 .25 .5 .9 1; do
            # shellcheck disable=SC2086 # words
            graft --score size $words -k $k --network grafted base donor
            for tensor in layer{1,2}.{bias,weight}; do
                awk -F '\t' -v words="$words" -v k=$k -v tensor="$tensor" \
                    '$1 == words && $2 == k + 0 && $3 == tensor { print $4 }' "$TOP/tests/data/graft/tensors.tsv" >expected
                alike <(numbers grafted "$tensor") expected
            done
        done
    done <runs
}

@test "the columns" {
    [ "$(graft --score size -k 0,.5 base donor samples | cut -f 1-4)" = \
        $'side\tk\tlabel\tn\nhighest\t0\t1\t20\nhighest\t0\t7\t20\nhighest\t0.5\t1\t20\nhighest\t0.5\t7\t20' ]
    graft --score size --lowest base donor samples -o table
    [ "$(cut -f 1,2 table | uniq | xargs)" = \
        'side k lowest 0.01 lowest 0.02 lowest 0.05 lowest 0.1 lowest 0.2 lowest 0.5' ]
    # Labels ascend; what has no image has no line.
    [ "$(cut -f 3 table | sort | uniq -c | xargs)" = '6 1 6 7 1 label' ]
}

@test "--network, evaluated by fork-train, has the loss of the table" {
    for k in 0 .25 1; do
        graft --score size -k $k --network grafted -o table base donor samples
        graft --score size -k $k base donor samples | cmp - table
        graft --score size -k $k --network - base donor | cmp - grafted
        fork-train -e 0 grafted samples --window 1000 --log log -o out
        near "$(field log 49 loss)" \
            "$(awk 'NR > 1 { n += $4; loss += $4 * $5 } END { printf "%.9g", loss / n }' table)" 1e-6
        near "$(field log 49 error_rate)" \
            "$(awk 'NR > 1 { n += $4; wrong += $4 * $6 } END { printf "%.9g", wrong / n }' table)" 1e-3
    done
}

@test "many images, in blocks: the loss of fork-train" {
    some_samples 300 2 3 5 >many
    train-tally -c 1 -c 2 -H 7,5 -a tanh -o one many
    train-tally -c 1 -c 2 -H 7,5 -a tanh -s 2 -o two many
    param-diff one two -o score
    graft --score score -k .4 --network grafted -o table one two many
    fork-train -e 0 grafted many --window 1000 --log log -o out
    near "$(field log 600 loss)" "$(awk 'NR > 1 { loss += $4 * $5 } END { printf "%.9g", loss / 300 }' table)" 1e-6
}

@test "at k = 0 the bytes of BASE, at k = 1 the numbers of DONOR and BASE's metadata" {
    train-tally -c 1 -c 7 -H 5 -o one samples
    train-tally -c 1 -c 7 -H 5 -s 2 -o two samples
    param-diff one two -o score
    graft --score score -k 0 --network grafted one two
    cmp grafted one
    graft --score score -k 1 --network grafted one two
    [ "$(header_of grafted)" = "$(header_of one)" ]
    cmp <(tail -c +$(($(header_end grafted) + 1)) grafted) <(tail -c +$(($(header_end two) + 1)) two)
    # Any files, any bytes: a NaN too, and -0.
    for dtype in 'F64 32 8' 'F16 8 2' 'BF16 8 2'; do
        # shellcheck disable=SC2086 # words
        set -- $dtype
        perl -e 'my ($dtype, $size) = @ARGV; for my $file (0, 1) {
            my $h = qq({"__metadata__":{"who":"file$file"},"x":{"dtype":"$dtype","shape":[4],"data_offsets":[0,$size]}});
            open my $f, ">", "any$file"; binmode $f;
            print $f pack("Q<", length $h), $h, join "", map { chr(255 - $file - $_ % 7) } 1 .. $size }' "$1" "$2"
        vector 1 3 2 nan >score
        graft --score score -k .5 --network grafted any0 any1
        [[ $(header_of grafted) == '{"__metadata__":{"who":"file0"},"x"'* ]]
        tail -c "$2" any0 >expected
        for i in 1 2; do
            tail -c "$2" any1 | dd bs="$3" skip=$i seek=$i count=1 conv=notrunc of=expected 2>dd.messages
        done
        tail -c "$2" grafted | cmp - expected
    done
    # Onto one of the inputs.
    graft --score score -k .5 --network any0 any0 any1
    cmp any0 grafted
}

# --- sets -----------------------------------------------------------------------------------------

# Which of 12 parameters are grafted, as 0 and 1. usage: chosen OPTION...
chosen() {
    graft --score score --network - "$@" zeros ones >out
    numbers out x | tr -d ' '
}

@test "floor(k n + 1/2) of them, of both sides, of infinities, not of NaN" {
    vector 0 0 0 0 0 0 0 0 0 0 0 0 >zeros
    vector 1 1 1 1 1 1 1 1 1 1 1 1 >ones
    vector nan 5 -1 inf 3 -inf 0 nan 2 1 4 6 >score
    [ "$(chosen -k .04)" = 000000000000 ]
    [ "$(chosen -k .0417)" = 000100000000 ]
    [ "$(chosen -k .25)" = 010100000001 ]
    [ "$(chosen -k .25 --lowest)" = 001001100000 ]
    [ "$(chosen -k .8)" = 011111101111 ]
    [ "$(chosen -k 1)" = 011111101111 ]
    [ "$(chosen -k 1 --lowest)" = 011111101111 ]
}

@test "a tensor that is read in parts" {
    # shellcheck disable=SC2046 # words
    vector $(seq 9000) >base
    # shellcheck disable=SC2046 # words
    vector $(seq 10001 19000) >donor
    graft --score base -k .3 --network out base donor
    [ "$(numbers out x)" = "$(seq 6300 | xargs -n 9000) $(seq 16301 19000 | xargs -n 9000)" ]
}

@test "--rank all: in order across tensors; -t: of these alone" {
    two() { make_safetensors '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[4],"data_offsets":[8,24]},"c":{"dtype":"F32","shape":[],"data_offsets":[24,28]}}' 'f<*' "$@"; }
    two 0 0 0 0 0 0 0 >zeros
    two 1 1 1 1 1 1 1 >ones
    two 1 2 3 4 5 6 7 >score
    all() {
        graft --score score --network - "$@" zeros ones >out
        echo "$(numbers out a) $(numbers out b) $(numbers out c)" | tr -d ' '
    }
    [ "$(all -k .5)" = 0100111 ]
    [ "$(all -k .5 --rank all)" = 0001111 ]
    [ "$(all -k .5 --rank all --lowest)" = 1111000 ]
    [ "$(all -k .5 -t a)" = 0100000 ]
    [ "$(all -k .5 -t b -t a -t b)" = 0100110 ]
    [ "$(all -k .5 --rank all -t a -t b)" = 0001110 ]
}

@test "ties: a draw of the seed, as large as asked for, each set in the next, the ends apart" {
    vector 0 0 0 0 0 0 0 0 0 0 0 0 >zeros
    vector 1 1 1 1 1 1 1 1 1 1 1 1 >ones
    vector 7 0 0 -0.0 0 0 0 0 0 0 0 -7 >score
    before=000000000000
    for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
        k=$(perl -e 'print $ARGV[0] / 12' -- $n)
        set=$(chosen -k "$k")
        ones=${set//0/}
        [ ${#ones} -eq $n ]
        [ "${set:0:1}" = 1 ]
        [ "${set:11:1}" = $((n == 12)) ]
        for ((i = 0; i < 12; i++)); do [ "${before:i:1}" = 0 ] || [ "${set:i:1}" = 1 ]; done
        before=$set
    done
    # The other end is the rest.
    [ "$(chosen -k .5 --lowest | tr 01 10)" = "$(chosen -k .5)" ]
    [ "$(chosen -k .5)" = "$(chosen -k .5 -s 1)" ]
    [ "$(chosen -k .5)" != "$(chosen -k .5 -s 2)" ]
    # -0 and 0 are equal: over seeds each is chosen as often as the others, 100 of 200 times.
    for ((seed = 0; seed < 200; seed++)); do chosen -k .5 -s $seed; done |
        perl -lne '@x = split //; $n[$_] += $x[$_] for 0 .. 11;
            END { die "@n\n" if $n[0] != 200 || $n[11]; $_ > 60 && $_ < 125 || die "@n\n" for @n[1 .. 10] }'
}

@test "ties: each tensor has its own draw" {
    header='{"x":{"dtype":"F32","shape":[40],"data_offsets":[0,160]},"y":{"dtype":"F32","shape":[40],"data_offsets":[160,320]}}'
    # shellcheck disable=SC2046 # words
    make_safetensors "$header" 'f<*' $(yes 0 | head -n 80) >base
    # shellcheck disable=SC2046 # words
    make_safetensors "$header" 'f<*' $(yes 1 | head -n 80) >donor
    graft --score base -k .5 --network out base donor
    [ "$(numbers out x)" != "$(numbers out y)" ]
}

@test "ties: the set of a k is the same whatever the other k" {
    some_samples 9 2 3 3 >few
    train-tally -c 1 -c 2 -H 40 -o one few
    train-tally -c 1 -c 2 -H 40 -s 2 -o two few
    # Many ties at several borders.
    edit_header '1' <one | perl -e 'local $/; my $all = <STDIN>; my $n = 8 + unpack "Q<", $all;
        print substr($all, 0, $n), pack "f<*", map { int 9 * abs $_ } unpack "f<*", substr $all, $n' |
        edit_header 's/"network"/"score"/' >score
    for side in '' --lowest; do
        # shellcheck disable=SC2086 # none or one
        graft --score score $side -k .05,.1,.3,.31,.6,.9 one two few >table
        for k in .05 .1 .3 .31 .6 .9; do
            # shellcheck disable=SC2086
            diff <(graft --score score $side -k $k one two few | tail -n +2) \
                <(awk -F '\t' -v k=$k '$2 == k + 0' table)
        done
    done
}

@test "every score is NaN: that is said" {
    vector 1 2 3 4 >base
    vector 5 6 7 8 >donor
    vector nan nan nan nan >score
    graft --score score -k 1 --network out base donor 2>messages
    [ "$(<messages)" = 'graft: score: no parameter is grafted: every score is NaN' ]
    [ "$(numbers out x)" = '1 2 3 4' ]
    graft --score - -k 1 --network out base donor <score 2>messages
    [ "$(<messages)" = 'graft: <stdin>: no parameter is grafted: every score is NaN' ]
    vector nan nan nan 1 >score
    graft --score score -k 1 --network out base donor 2>messages
    [ ! -s messages ]
    [ "$(numbers out x)" = '1 2 3 8' ]
    # Of no score, none is.
    make_safetensors '{}' >none
    graft --score none -k 1 --network out none none 2>messages
    [ ! -s messages ]
}

# --- pipes and outputs ----------------------------------------------------------------------------

@test "every input may be a pipe, and one standard input" {
    graft --score size -k .3 --network network -o table base donor samples
    graft --score <(cat size) -k .3 --network piped <(cat base) <(cat donor) <(cat samples) | cmp - table
    cmp piped network
    graft --score <(cat size) -k .3 --network - <(cat base) <(cat donor) | cmp - network
    graft --score size -k .3 base donor - <samples | cmp - table
    graft --score size -k .3 - donor samples <base | cmp - table
    graft --score - -k .3 base donor samples <size | cmp - table
    for words in '--score - - donor samples' '--score size - - samples' '--score size base - -' \
        '--score - base donor -'; do
        # shellcheck disable=SC2086 # words
        misused 'standard input can be read only once' graft $words -k .3
    done
}

@test "outputs that cannot be written, and cut inputs, leave nothing" {
    fails 1 'graft: /dev/full: cannot write: No space left on device' graft --score size base donor samples -o /dev/full
    fails 1 'graft: /dev/full: cannot write: No space left on device' \
        graft --score size -k .1 --network /dev/full -o table base donor samples
    [ ! -e table ]
    fails 1 'graft: missing/x: cannot create: No such file or directory' \
        graft --score size -k .1 --network missing/x -o table base donor samples
    [ ! -e table ]
    misused "two outputs go to 'x'" graft --score size -k .1 --network x -o x base donor samples
    misused "two outputs go to '-'" graft --score size -k .1 --network - base donor samples
    for file in size base donor samples; do
        cut_fails $file "$(header_end $file)" "$(size_of $file)" graft --score size base donor samples
    done
    cut_fails - base "$(($(size_of base) - 9))" "$(size_of base)" graft --score size - donor samples
}

# --- what is refused ------------------------------------------------------------------------------

@test "a pipe that goes on after its data" {
    fails 1 'graft: <stdin>: data goes on after the 188 bytes the tensors take' \
        graft --score - base donor samples < <(cat size && echo)
    fails 1 'graft: <stdin>: data goes on after the 188 bytes the tensors take' \
        graft --score size -k .5 --network out base - < <(cat donor && echo)
    [ ! -e out ]
}

@test "options" {
    misused '--score is missing' graft base donor samples
    misused 'missing operand' graft --score size base
    misused 'nothing to write: neither SAMPLES nor --network is given' graft --score size base donor
    misused '-o, where the table goes, needs SAMPLES' graft --score size -k .1 --network x -o y base donor
    misused '--network needs a single -k' graft --score size --network x base donor
    misused '--network needs a single -k' graft --score size -k .1,.2 --network x base donor
    misused "-k: '' is not a number" graft --score size -k '' base donor samples
    misused "-k: '' is not a number" graft --score size -k .1, base donor samples
    misused "-k: 'x' is not a number" graft --score size -k .1,x base donor samples
    misused '-k: 1.1 is not between 0 and 1' graft --score size -k 1.1 base donor samples
    misused '-k: -.1 is not between 0 and 1' graft --score size -k -.1 base donor samples
    misused '-k: nan is not between 0 and 1' graft --score size -k .1,nan base donor samples
    misused '-k: .1 does not come after the part before it: they ascend' graft --score size -k .2,.1 base donor samples
    misused '-k: .10 does not come after the part before it: they ascend' graft --score size -k .1,.10 base donor samples
    misused '-k: more than 254 parts' graft --score size -k "$(seq -s , 0 .001 .254)" base donor samples
    graft --score size -k "$(seq -s , 0 .001 .253)" base donor samples >table
    [ "$(wc -l <table)" -eq 509 ]
    misused "-k: '$(printf '0%.0s' {1..64})' is not a number" graft --score size -k "$(printf '0%.0s' {1..64})" base donor samples
    graft --score size -k "$(printf '0%.0s' {1..63}),.$(printf '5%.0s' {1..62})" base donor samples >table
    [ "$(cut -f 2 table | uniq | xargs)" = 'k 0 0.555555556' ]
    misused '-s: 18446744073709551616 is not between 0 and 18446744073709551615' \
        graft --score size -s 18446744073709551616 base donor samples
    many=()
    for tensor in {1..256}; do many+=(-t layer1.bias); done
    graft --score size "${many[@]}" -k 1 base donor samples | cmp - <(graft --score size -t layer1.bias -k 1 base donor samples)
    misused '-t: more than 256 tensors' graft --score size "${many[@]}" -t layer1.bias base donor samples
    misused "--rank: unknown rank 'tensors' (tensor?); known: tensor, all" graft --score size --rank tensors base donor samples
}

@test "tensors that are not there, or are others" {
    fails 1 "graft: base: unknown tensor 'layer1.weigth' (layer1.weight?); known: layer1.bias, layer1.weight, layer2.bias, layer2.weight" \
        graft --score size -t layer1.weigth base donor samples
    vector 1 2 3 4 >x4
    vector 1 2 3 >x3
    fails 1 'graft: x3: tensor "x": is 3 here, 4 in x4' graft --score x3 -k .5 --network out x4 x4
    fails 1 'graft: x3: tensor "x": is 3 here, 4 in x4' graft --score x4 -k .5 --network out x4 x3
    fails 1 'graft: x3: tensor "layer1.bias": is missing; base has it' graft --score x3 base donor samples
    make_safetensors '{"x":{"dtype":"F64","shape":[4],"data_offsets":[0,32]}}' 'd<*' 1 2 3 4 >wide
    fails 1 'graft: wide: tensor "x": is F64 here, F32 in x4; a graft copies bytes' \
        graft --score x4 -k .5 --network out x4 wide
    graft --score wide -k .5 --network out x4 x4
    make_safetensors '{"x":{"dtype":"C64","shape":[4],"data_offsets":[0,32]}}' 'q<*' 1 2 3 4 >complex
    rm out
    fails 1 'graft: complex: every tensor is of a dtype that is no number: C64' \
        graft --score complex -k .5 --network out x4 x4
    [ ! -e out ]
    make_safetensors '{"x":{"dtype":"I64","shape":[4],"data_offsets":[0,32]}}' 'q<*' 1 2 3 4 >whole
    graft --score whole -k .5 --network out x4 x4
    [ "$(numbers out x)" = '1 2 3 4' ]
}

@test "networks whose outputs cannot be compared" {
    edit_header 's/softplus/relu/' <donor >other
    fails 1 'graft: other: outputs cannot be compared: activation=relu here, softplus in base' \
        graft --score size base other samples
    edit_header 's/1;7/7;1/' <donor >other
    fails 1 'graft: other: outputs cannot be compared: classes=7;1 here, 1;7 in base' \
        graft --score size base other samples
    edit_header 's/"2,3"/"3,2"/' <donor >other
    fails 1 'graft: other: outputs cannot be compared: image_shape=3,2 here, 2,3 in base' \
        graft --score size base other samples
    # Without samples they need not be.
    graft --score size -k 0 --network out base other
    cmp <(tail -c 100 out) <(tail -c 100 base)
    # Another rate, seed and number of samples do not matter; the same classes in another order of labels.
    edit_header 's/0.005/1/; s/"seed":"1"/"seed":"5"/; s/"samples":"9"/"samples":"18446744073709551615"/' <donor >other
    graft --score size base other samples | cmp - <(graft --score size base donor samples)
    edit_header 's/"samples":"9"/"samples":"18446744073709551615"/' <base >other
    graft --score size other donor samples | cmp - <(graft --score size base donor samples)
    fails 1 'graft: a: not a network: its metadata says kind=tally' graft --score size base a samples
}

@test "samples that the network does not take, and numbers that are none" {
    some_samples 4 3 2 >turned
    fails 1 'graft: turned: images of 3 x 2, but the network takes 2 x 3' graft --score size base donor turned
    some_samples 4 2 3 >others
    fails 1 'graft: others: sample 1 has label 2, which is in no class' graft --score size base donor others
    fails 1 'graft: a: not samples: tensor images is missing, its metadata says kind=tally' graft --score size base donor a
    some_samples 0 2 3 >none
    [ "$(graft --score size base donor none)" = $'side\tk\tlabel\tn\tloss\terror_rate\tdot\tnorm' ]
    perl -e 'local $/; my $all = <STDIN>; substr($all, -4) = pack "f<", "nan"; print $all' <donor >bad
    fails 1 'graft: bad: tensor "layer2.weight": holds a value that is not finite' graft --score size base bad samples
    perl -e 'local $/; my $all = <STDIN>; substr($all, -160) = pack "f<*", (1e30) x 40; print $all' <donor >huge
    fails 1 'graft: samples: the loss on images of label 1 is not finite' graft --score size base huge samples
    fails 1 'graft: samples: the loss on images of label 1 is not finite' graft --score size huge base samples
    for place in 1 2 3 4; do
        arguments=(--score size base donor samples)
        arguments[place]=/
        message='Is a directory, and none with a file *.safetensors.index.json or *.safetensors'
        [ $place -lt 4 ] || message='Is a directory'
        fails 1 "graft: /: $message" graft "${arguments[@]}" -o out
    done
    [ ! -e out ]
}
