#!/usr/bin/env bats
# correlate: the statistics against SciPy and R (tests/data/statistics.txt), points, maps, and what
# is undefined.

bats_require_minimum_version 1.5.0
load helpers
load data

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    PATH="$BIN:$PATH"
}

# Makes the files a, b, c, d of one F64 tensor, so that x = a/(a+b) and y = c/(c+d).
# usage: make_four NAME SHAPE X... Y...   (a shape as 2,3)
make_four() {
    perl -e 'my ($name, $shape, @values) = @ARGV; my $n = @values / 2;
        my @x = @values[0 .. $n - 1]; my @y = @values[$n .. 2 * $n - 1]; my $bytes = 8 * $n;
        my $h = qq({"$name":{"dtype":"F64","shape":[$shape],"data_offsets":[0,$bytes]}});
        for (["a", @x], ["b", map { 1 - $_ } @x], ["c", @y], ["d", map { 1 - $_ } @y]) {
            my ($file, @numbers) = @$_;
            open my $f, ">", $file or die; binmode $f;
            print $f pack("Q<", length $h), $h, pack("d<*", @numbers) }' -- "$@"
}

X='.12 .35 .47 .21 .80 .66 .59 .33 .91 .05'
Y='.30 .28 .55 .25 .70 .52 .66 .41 .62 .18'

# The row of tests/data/statistics.txt for X and Y: the table has 9 digits, p has 6.
# usage: check_row TABLE SCOPE
check_row() {
    [ "$(field "$1" "$2" n)" = 10 ]
    [ "$(field "$1" "$2" undefined)" = 0 ]
    [ "$(field "$1" "$2" df)" = 8 ]
    near "$(field "$1" "$2" r)" 0.90215043855703203 5e-9
    near "$(field "$1" "$2" t)" 5.9145551465278743 5e-9
    near "$(field "$1" "$2" p)" 0.00035586436507319352 5e-6
    near "$(field "$1" "$2" ci_low)" 0.63086867731224738 5e-9
    near "$(field "$1" "$2" ci_high)" 0.97688743858318028 5e-9
    near "$(field "$1" "$2" spearman)" 0.85454545454545439 5e-9
}

TITLE=$'scope\tn\tundefined\tr\tt\tdf\tp\tci_low\tci_high\tspearman'

# --- the table ------------------------------------------------------------------------------------

@test "r, t, p, interval and Spearman of SciPy and R, in every scope" {
    # shellcheck disable=SC2086 # words
    make_four layer1.bias 10 $X $Y
    correlate a b c d >table
    [ "$(head -n 1 table)" = "$TITLE" ]
    [ "$(cut -f 1 table | xargs)" = 'scope biases weights layer1.bias' ]
    check_row table biases
    check_row table layer1.bias
    [ "$(grep ^weights table)" = $'weights\t0\t0\tnan\tnan\tnan\tnan\tnan\tnan\tnan' ]
    # shellcheck disable=SC2086
    make_four weight 5,2 $X $Y
    correlate a b c d >table
    [ "$(cut -f 1 table | xargs)" = 'scope biases weights weight' ]
    check_row table weights
    check_row table weight
}

@test "scopes: by the end of a name, and every tensor in order" {
    h='' i=0
    for name in x weight z.weight overweight bias.x a.bias c.bias unbias; do
        h+=",\"$name\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[$i,$((i + 8))]}"
        ((i += 8))
    done
    h="{${h#,}}"
    make_safetensors "$h" 'f<*' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 >a
    make_safetensors "$h" 'f<*' 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 >b
    correlate a b a b -o table
    [ "$(cut -f 1,2 table | xargs)" = 'scope n biases 4 weights 4 a.bias 2 bias.x 2 c.bias 2 overweight 2 unbias 2 weight 2 x 2 z.weight 2' ]
    near "$(field table biases r)" 1 1e-9
}

@test "a scope over several tensors: the parts of the example make the whole" {
    perl -e 'my @x = split " ", shift; my @y = split " ", shift;
        my $h = q({"1.bias":{"dtype":"F64","shape":[3],"data_offsets":[0,24]},"2.bias":{"dtype":"F64","shape":[7],"data_offsets":[24,80]}});
        for (["a", @x], ["b", map { 1 - $_ } @x], ["c", @y], ["d", map { 1 - $_ } @y]) {
            my ($file, @n) = @$_; open my $f, ">", $file;
            print $f pack("Q<", length $h), $h, pack("d<*", @n) }' "$X" "$Y"
    correlate a b c d >table
    check_row table biases
    [ "$(field table 1.bias n)" = 3 ]
    [ "$(field table 1.bias ci_low)" = nan ]
    [ "$(field table 2.bias n)" = 7 ]
    [ "$(field table 2.bias ci_low)" != nan ]
}

@test "p beyond what a double holds, and one within" {
    # Two values each: r is (pairs that agree - pairs that do not) / n.
    two_valued() {
        perl -e 'my ($n, $agree) = @ARGV; my @x = map { $_ % 2 } 0 .. $n - 1;
            my @y = map { $_ < $agree ? $x[$_] : 1 - $x[$_] } 0 .. $n - 1; my $bytes = 4 * $n;
            my $h = qq({"weight":{"dtype":"F32","shape":[$n],"data_offsets":[0,$bytes]}});
            for (["a", @x], ["b", map { 1 - $_ } @x], ["c", @y], ["d", map { 1 - $_ } @y]) {
                my ($file, @numbers) = @$_; open my $f, ">", $file;
                print $f pack("Q<", length $h), $h, pack("f<*", @numbers) }' -- "$@"
    }
    two_valued 78400 52920
    correlate a b c d >table
    near "$(field table weights r)" 0.35 1e-9
    [ "$(field table weights p)" = 1.8e-2227 ]
    near "$(field table weights spearman)" 0.35 1e-9
    two_valued 78400 40376
    correlate a b c d >table
    near "$(field table weights r)" 0.03 1e-9
    [ "$(field table weights p)" = 4.39847e-17 ]
}

@test "constant x or y: no correlation" {
    make_four bias 4 .5 .5 .5 .5 .1 .2 .3 .4
    [ "$(correlate a b c d | tail -n 1)" = $'bias\t4\t0\tnan\tnan\t2\tnan\tnan\tnan\tnan' ]
    make_four bias 4 .1 .2 .3 .4 .7 .7 .7 .7
    [ "$(correlate a b c d | tail -n 1)" = $'bias\t4\t0\tnan\tnan\t2\tnan\tnan\tnan\tnan' ]
}

@test "two parameters, one, none, and a perfect correlation" {
    make_four bias 2 .25 .5 .25 .5
    [ "$(correlate a b c d | tail -n 1)" = $'bias\t2\t0\t1\tnan\t0\t1\tnan\tnan\t1' ]
    make_four bias 2 .25 .5 .5 .25
    [ "$(correlate a b c d | tail -n 1)" = $'bias\t2\t0\t-1\tnan\t0\t1\tnan\tnan\t-1' ]
    make_four bias 1 .25 .25
    [ "$(correlate a b c d | tail -n 1)" = $'bias\t1\t0\tnan\tnan\tnan\tnan\tnan\tnan\tnan' ]
    make_four bias 0
    [ "$(correlate a b c d | tail -n 1)" = $'bias\t0\t0\tnan\tnan\tnan\tnan\tnan\tnan\tnan' ]
    make_four bias 5 .25 .5 .75 0 1 .25 .5 .75 0 1
    [ "$(correlate a b c d | tail -n 1)" = $'bias\t5\t0\t1\tinf\t3\t0\t1\t1\t1' ]
    make_safetensors '{}' >none
    [ "$(correlate none none none none)" = "$TITLE"$'\nbiases\t0\t0\tnan\tnan\tnan\tnan\tnan\tnan\tnan\nweights\t0\t0\tnan\tnan\tnan\tnan\tnan\tnan\tnan' ]
}

@test "ties have their mean rank" {
    make_four bias 6 .1 .2 .2 .3 .4 .4 .2 .1 .4 .3 .3 .5
    # Ranks 1 2.5 2.5 4 5.5 5.5 and 2 1 5 3.5 3.5 6.
    near "$(field <(correlate a b c d) bias spearman)" 0.58215439817586889 5e-9
}

@test "ranks of 2^24 parameters, and no more" {
    for n in 16777216 16777217; do
        make_safetensors "{\"w\":{\"dtype\":\"BF16\",\"shape\":[$n],\"data_offsets\":[0,$((2 * n))]}}" 'v*' 1 2 3 >a
        truncate -s +$((2 * n - 6)) a
        correlate a a a a 2>messages >table
        [ "$(tail -n 1 table)" = $'w\t3\t'$((n - 3))$'\tnan\tnan\t1\tnan\tnan\tnan\tnan' ]
        if [ $n -eq 16777216 ]; then
            [ ! -s messages ]
        else
            [ "$(<messages)" = 'correlate: w: no spearman over more than 16777216 parameters' ]
        fi
    done
}

@test "undefined parameters are counted and left out" {
    h='{"bias":{"dtype":"F32","shape":[9],"data_offsets":[0,36]}}'
    #                         defined | a+b=0 | c+d=0 | NaN | inf/inf | cancels
    make_safetensors "$h" 'f<*' 1 2 3   0   1   nan 1   inf 1  >a
    make_safetensors "$h" 'f<*' 1 1 1   0   1   1   1   1   -1 >b
    make_safetensors "$h" 'f<*' 5 1 2   1   0   1   nan 1   1  >c
    make_safetensors "$h" 'f<*' 1 1 1   1   0   1   1   1   1  >d
    correlate a b c d --points points >table
    [ "$(field table bias n) $(field table bias undefined)" = '3 6' ]
    [ "$(field table biases n) $(field table biases undefined)" = '3 6' ]
    [ "$(cut -f 4,5 points | tail -n +5 | xargs)" = 'nan 0.5 0.5 nan nan 0.5 0.5 nan nan 0.5 nan 0.5' ]
    # Nothing defined at all.
    correlate <(make_safetensors "$h" 'f<9') <(make_safetensors "$h" 'f<9') c d >table
    [ "$(tail -n 1 table)" = $'bias\t0\t9\tnan\tnan\tnan\tnan\tnan\tnan\tnan' ]
}

@test "names are escaped wherever they are printed" {
    make_four 'a\tb\n\"\\\u0001\u001b[1m\u007f.bias' 3 .1 .2 .3 .1 .3 .2
    correlate a b c d --points points >table
    [ "$(wc -l <table)" = 4 ]
    [ "$(tail -n 1 table | cut -f 1)" = 'a\tb\n\"\\\u0001\u001b[1m\u007f.bias' ]
    [ "$(tail -n 1 points | cut -f 1)" = 'a\tb\n\"\\\u0001\u001b[1m\u007f.bias' ]
    [ "$(field table biases n)" = 3 ]
    make_four 'x\u001b[2J' 1,1 .1 .2
    fails 1 'correlate: a: tensor "\u001b": is missing, so no map of it' \
        correlate a b c d --map map --map-tensor $'\e'
}

@test "all dtypes, mixed" {
    head='{"bias":{"dtype":"'
    tail='","shape":[4],"data_offsets":[0,'
    make_safetensors "${head}F64${tail}32]}}" 'd<*' 1 2 3 4 >a
    make_safetensors "${head}F32${tail}16]}}" 'f<*' 1 1 1 1 >b
    make_safetensors "${head}F16${tail}8]}}" 'v*' $((0x3c00)) $((0x4200)) $((0x4000)) $((0x4400)) >c
    make_safetensors "${head}BF16${tail}8]}}" 'v*' $((0x3f80)) $((0x3f80)) $((0x3f80)) $((0x3f80)) >d
    correlate a b c d --points points >table
    [ "$(tail -n +2 points | cut -f 4,5 | xargs)" = '0.5 0.5 0.666666667 0.75 0.75 0.666666667 0.8 0.8' ]
    # Pearson of these, from its definition.
    near "$(field table bias r)" 0.86613119143239637 5e-9
}

# --- points ---------------------------------------------------------------------------------------

@test "--points: a row for every parameter" {
    make_safetensors '{"w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"F32","shape":[1],"data_offsets":[16,20]},"s":{"dtype":"F32","shape":[],"data_offsets":[20,24]},"t":{"dtype":"F32","shape":[1,2,2],"data_offsets":[24,40]}}' \
        'f<*' 1 2 3 4 5 6 7 8 9 0 >a
    make_safetensors "$(header_of a)" 'f<*' 1 1 1 1 1 1 1 1 1 1 >b
    correlate --points points a b b a >table
    [ "$(<points)" = $'tensor\tunit\tinput\tx\ty
b\t0\t-\t0.833333333\t0.166666667
s\t0\t-\t0.857142857\t0.142857143
t\t0\t0\t0.875\t0.125
t\t0\t1\t0.888888889\t0.111111111
t\t0\t2\t0.9\t0.1
t\t0\t3\t0\t1
w\t0\t0\t0.5\t0.5
w\t0\t1\t0.666666667\t0.333333333
w\t1\t0\t0.75\t0.25
w\t1\t1\t0.8\t0.2' ]
    correlate --points - a b b a -o /dev/null | cmp - points
}

# --- the map --------------------------------------------------------------------------------------

# Two inputs: at the first the example, at the second a constant x.
map_example() {
    # shellcheck disable=SC2046,SC2086 # words
    make_four layer1.weight 10,2 $(for x in $X; do echo "$x" .5; done) \
        $(for y in $Y; do echo "$y" "$y"; done)
}

@test "--map: a correlation at every input" {
    map_example
    correlate a b c d --map map -o table
    [ "$(header_of map)" = '{"__metadata__":{"format":"engram.map","tensor":"layer1.weight"},"n":{"dtype":"F64","shape":[1,2],"data_offsets":[0,16]},"p":{"dtype":"F64","shape":[1,2],"data_offsets":[16,32]},"r":{"dtype":"F64","shape":[1,2],"data_offsets":[32,48]},"t":{"dtype":"F64","shape":[1,2],"data_offsets":[48,64]}}' ]
    [ "$(numbers map n)" = '10 10' ]
    for name in r t p; do
        numbers map $name >values
        read -r value other <values
        [ "$other" = nan ]
        case $name in
        r) near "$value" 0.90215043855703203 1e-8 ;;
        t) near "$value" 5.9145551465278743 1e-8 ;;
        p) near "$value" 0.00035586436507319352 1e-8 ;;
        esac
    done
    correlate a b c d --map - -o /dev/null | cmp - map
}

@test "--map leaves undefined parameters out" {
    h='{"weight":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]}}'
    make_safetensors "$h" 'f<*' 1 0 2 1 3 2 >a
    make_safetensors "$h" 'f<*' 1 0 1 1 1 1 >b
    correlate a b a b --map map >table
    [ "$(numbers map n)" = '3 2' ]
    [ "$(numbers map r)" = '1 1' ]
    [ "$(numbers map p)" = '0 1' ]
    [ "$(field table weight undefined)" = 1 ]
}

@test "--map-shape, and the shape of the image in the metadata" {
    # shellcheck disable=SC2046
    make_four weight 2,6 $(seq .01 .01 .24)
    shape() { header_of map | grep -oE '"n":.*"shape":\[[0-9,]+\],"data_offsets":\[0' | grep -oE '\[[0-9]+,[0-9]+\]'; }
    correlate a b c d --map map >table
    [ "$(shape)" = '[1,6]' ]
    correlate a b c d --map map --map-shape 2x3 >table
    [ "$(shape)" = '[2,3]' ]
    with() { edit_header "s/^{/{\"__metadata__\":{\"image_shape\":\"$1\"},/"; }
    with 3,2 <c >c32
    with 6,1 <d >d61
    correlate a b c32 d61 --map map >table
    [ "$(shape)" = '[3,2]' ]
    correlate a b c d61 --map map >table
    [ "$(shape)" = '[6,1]' ]
    correlate a b c32 d61 --map map --map-shape 1x6 >table
    [ "$(shape)" = '[1,6]' ]
    # A shape of another size, or none at all, is passed over.
    for wrong in 2,2 6 x 6x1 -1,-6 '6, 1'; do
        with "$wrong" <a >other
        correlate other b c d --map map >table
        [ "$(shape)" = '[1,6]' ]
    done
}

@test "--map-tensor: the first 2-D tensor, or another" {
    h='{"a":{"dtype":"F32","shape":[6],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[3,2],"data_offsets":[24,48]},"c":{"dtype":"F32","shape":[2,3],"data_offsets":[48,72]}}'
    make_safetensors "$h" 'f<*' $(seq 18) >a
    make_safetensors "$h" 'f<18' $(seq 18 -1 1) >b
    correlate a b a b --map map >table
    [[ $(header_of map) == '{"__metadata__":{"format":"engram.map","tensor":"b"},"n":{"dtype":"F64","shape":[1,2]'* ]]
    correlate a b a b --map map --map-tensor c >table
    [[ $(header_of map) == '{"__metadata__":{"format":"engram.map","tensor":"c"},"n":{"dtype":"F64","shape":[1,3]'* ]]
    [ "$(numbers map n)" = '2 2 2' ]
}

@test "what cannot be mapped" {
    make_four bias 4 .1 .2 .3 .4 .5 .6 .7 .8
    fails 1 'correlate: a: no 2-D tensor to map' correlate a b c d --map map -o table
    fails 1 'correlate: a: tensor "bias": is not [out,in] to map' \
        correlate a b c d --map map --map-tensor bias -o table
    fails 1 'correlate: a: tensor "weight": is missing, so no map of it' \
        correlate a b c d --map map --map-tensor weight -o table
    make_four w 2,2 .1 .2 .3 .4 .5 .6 .7 .8
    fails 1 'correlate: a: tensor "w": has 2 inputs, not 3x1' \
        correlate a b c d --map map --map-shape 3x1 -o table
    make_four w 0,2
    fails 1 'correlate: a: tensor "w": is not [out,in] to map' correlate a b c d --map map -o table
    [ ! -e map ] && [ ! -e table ]
}

# --- the command line -----------------------------------------------------------------------------

@test "wrong usage" {
    misused 'missing operand' correlate
    misused 'missing operand' correlate a b c
    misused "extra operand 'e'" correlate a b c d e
    misused 'standard input can be read only once' correlate - b - d
    for shape in '' 3 3x 3x0 0x3 3x3x3 3,3 3X3 ' 3x3' 3x-1 4294967295x1; do
        misused "--map-shape: '$shape' is not ROWSxCOLS" correlate --map m --map-shape "$shape" a b c d
    done
    misused '--map-tensor needs --map' correlate --map-tensor x a b c d
    misused '--map-shape needs --map' correlate --map-shape 1x1 a b c d
    misused "two outputs go to 'x'" correlate --map x --points x a b c d
    misused "two outputs go to 'x'" correlate --map x -o x a b c d
    misused "two outputs go to 'x'" correlate --points x --output x a b c d
    misused "two outputs go to '-'" correlate --points - a b c d
    misused "two outputs go to '-'" correlate --map - a b c d
}

# --- inputs and outputs ---------------------------------------------------------------------------

@test "files and pipes give the same" {
    map_example
    correlate a b c d --points points --map map >table
    correlate <(cat a) <(cat b) <(cat c) <(cat d) --points points2 --map map2 | cmp - table
    cmp points points2
    cmp map map2
    for file in a b c d; do
        # shellcheck disable=SC2046 # words
        correlate $(echo a b c d | sed "s/$file/-/") <$file | cmp - table
        # shellcheck disable=SC2002,SC2046
        cat $file | correlate $(echo a b c d | sed "s/$file/-/") -o - | cmp - table
    done
}

@test "inputs that do not match" {
    make_four bias 2 .1 .2 .3 .4
    cp a first
    make_four bias 1,2 .1 .2 .3 .4
    fails 1 'correlate: b: tensor "bias": has another shape than in first' correlate first b c d -o out
    fails 1 'correlate: d: tensor "bias": has another shape than in first' \
        correlate first first first d -o out
    make_four other 2 .1 .2 .3 .4
    fails 1 'correlate: c: tensor "bias": is missing; first has it' \
        correlate first first c first -o out
    edit_header 's/F64/I64/' <first >whole
    fails 1 'correlate: whole: tensor "bias": I64 cannot be computed with, only F64, F32, F16 and BF16' \
        correlate first first whole first -o out
    [ ! -e out ]
}

@test "inputs cut at every byte" {
    make_four weight 1,2 .1 .2 .3 .4
    for file in a b c d; do
        cut_fails $file 0 "$(size_of $file)" correlate a b c d --points points --map map
    done
    cut_fails - a 0 "$(size_of a)" correlate - b c d --points points --map map
    cut_fails - d 0 "$(size_of d)" correlate a b c - --points points --map map
}

@test "outputs that cannot be written leave the others alone" {
    map_example
    touch points map table
    full='correlate: /dev/full: cannot write: No space left on device'
    fails 1 "$full" correlate a b c d --points points --map map -o /dev/full
    fails 1 "$full" correlate a b c d --points points --map /dev/full -o table
    fails 1 "$full" correlate a b c d --points /dev/full --map map -o table
    fails 1 'correlate: <stdout>: cannot write: No space left on device' \
        sh -c 'exec correlate a b c d --points points --map map >/dev/full'
    none='correlate: none/x: cannot create: No such file or directory'
    fails 1 "$none" correlate a b c d --points none/x --map map -o table
    fails 1 "$none" correlate a b c d --points points --map none/x -o table
    fails 1 "$none" correlate a b c d --points points --map map -o none/x
    [ ! -s points ] && [ ! -s map ] && [ ! -s table ]
    [ "$(ls -A)" = $'a\nb\nc\nd\nmap\npoints\ntable' ]
}

@test "ended by a signal, it leaves nothing" {
    make_four weight 1,2 .1 .2 .3 .4
    mkfifo fifo
    exec 9<>fifo
    head -c -1 a >&9
    terminated correlate fifo b c d --points points --map map
    exec 9>&-
    [ ! -e points ] && [ ! -e map ]
}
