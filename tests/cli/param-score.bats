#!/usr/bin/env bats
# param-score: what NumPy makes of the same files, what is left of a shuffle, and what is refused.

bats_require_minimum_version 1.5.0
load helpers
load data

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    PATH="$BIN:$PATH"
    cp "$TOP"/tests/data/graft/{base,a,b,c} .
}

# A file of one tensor, "x", in F64. usage: double SHAPE VALUE...
double() {
    make_safetensors "$(printf '{"x":{"dtype":"F64","shape":[%s],"data_offsets":[0,%d]}}' "$1" $((8 * ($# - 1))))" 'd<*' "${@:2}"
}

# Numbers with NaN in small letters. usage: lower FILE TENSOR
lower() {
    numbers "$@" | tr '[:upper:]' '[:lower:]'
}

@test "the scores are NumPy's" {
    [ "$(wc -l <"$TOP/tests/data/graft/scores.tsv")" -eq 48 ]
    while IFS=$'\t' read -r measure files centre tensor expected; do
        # shellcheck disable=SC2086 # words
        param-score -m "$measure" $centre $files -o score
        lower score "$tensor" >got
        perl -e 'my @x = split " ", <STDIN>; my @y = split " ", $ARGV[0];
            die "@x\n@y\n" unless @x == @y;
            for (0 .. $#x) { next if $x[$_] eq $y[$_]; die "$_: $x[$_], not $y[$_]\n"
                unless "$x[$_]$y[$_]" !~ /nan/ && abs($x[$_] - $y[$_]) <= 1e-5 * (abs $y[$_] > 1e-5 ? abs $y[$_] : 1e-5) }' \
            -- "$expected" <got
    done <"$TOP/tests/data/graft/scores.tsv"
}

@test "the header" {
    param-score a b >score
    [[ $(header_of score) == '{"__metadata__":{"format":"engram.params","kind":"score","score":"share"},"layer1.bias":{"dtype":"F64","shape":[5],"data_offsets":[0,40]},"layer1.weight":{"dtype":"F64","shape":[5,6],"data_offsets":[40,280]},'* ]]
    edit_header 's/"tally"/"tally","image_shape":"2,3"/' <b >shaped
    param-score -m product --centre --permute units a shaped >score
    [[ $(header_of score) == '{"__metadata__":{"centred":"true","format":"engram.params","image_shape":"2,3","kind":"score","permuted":"units","score":"product"},'* ]]
    param-score a b -o file
    param-score <(cat a) - <b | cmp - file
}

@test "the share is the x of correlate, whatever the size of the numbers" {
    double 8 1 2 1e308 1.5e308 0 3 inf 1e-320 >a
    double 8 3 0 1e308 1.2e308 0 nan 1 1e-320 >b
    correlate a b a b --points points -o table
    param-score a b >score
    [ "$(lower score x)" = '0.25 1 0.5 0.555555556 nan nan nan 0.5' ]
}

@test "any mixture of dtypes" {
    make_safetensors '{"x":{"dtype":"BF16","shape":[3],"data_offsets":[0,6]}}' 'v*' $((0x3f80)) $((0x4040)) 0 >brain
    make_safetensors '{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}' 'f<*' 3 3 2 >single
    double 3 0 6 6 >wide
    [ "$(numbers <(param-score brain single wide) x)" = '0.25 0.25 0' ]
    [ "$(numbers <(param-score -m difference brain single wide) x)" = '-0.5 -1.5 -4' ]
    [ "$(numbers <(param-score -m product brain single wide) x)" = '0 54 0' ]
}

@test "any number of threads, more than a block, and 256 files" {
    perl -e 'srand 3; for my $file ("p", "q") { open my $f, ">", $file; binmode $f;
        my $h = q({"x":{"dtype":"F32","shape":[600,700],"data_offsets":[0,1680000]}});
        print $f pack("Q<", length $h), $h, pack "f<*", map { 1 + int rand 9 } 1 .. 420000 }'
    for options in '' '-m difference' --centre '--permute all' '--permute inputs'; do
        # shellcheck disable=SC2086 # words
        param-score -j 1 $options p q >expected
        for jobs in 2 5; do
            # shellcheck disable=SC2086
            param-score -j $jobs $options <(cat p) q | cmp - expected
        done
    done
    perl -e "$PERL_TENSOR"'my @p = tensor("p", "x"); my @q = tensor("q", "x"); my @s = tensor("expected", "x");
        open my $f, ">", "shares"; print $f join(" ", map { $p[$_] / ($p[$_] + $q[$_]) } 0 .. $#p), "\n"'
    param-score p q >score
    perl -e "$PERL_TENSOR"'my @s = tensor("score", "x"); my @e = split " ", <STDIN>;
        abs($s[$_] - $e[$_]) < 1e-12 || die "$_" for 0 .. $#e; die unless @s == 420000' <shares
    double 1 1 >one
    files=()
    for ((i = 0; i < 256; i++)); do files+=(one); done
    [ "$(numbers <(param-score "${files[@]}") x)" = 0.00390625 ]
    misused "extra operand 'one'" param-score "${files[@]}" one
}

@test "--centre: rows and columns of a plain sum leave nothing, gaps are left out" {
    double 2,3 11 12 13 21 22 23 >sum
    double 2,3 0 0 0 0 0 0 >zero
    [ "$(numbers <(param-score -m difference --centre sum zero) x)" = '0 0 0 0 0 0' ]
    # A unit without a number, and an input at which another has none.
    double 3,3 nan nan nan 1 2 nan 3 8 1 >gaps
    double 3,3 0 0 0 0 0 0 0 0 0 >zero
    [ "$(lower <(param-score -m difference --centre gaps zero) x)" = 'nan nan nan 1 -1 nan -1 1 nan' ]
    double 3,2 1 2 nan nan 3 8 >between
    double 3,2 0 0 0 0 0 0 >zero
    [ "$(lower <(param-score -m difference --centre between zero) x)" = '1 -1 nan nan -1 1' ]
    double 2,2 nan nan nan nan >none
    double 2,2 0 0 0 0 >zero
    [ "$(lower <(param-score -m difference --centre none zero) x)" = 'nan nan nan nan' ]
    # More dimensions: the first is the units'. Vectors stay. Numbers of any size.
    double 2,1,2 1e-300 0 0 1e-300 >deep
    double 2,1,2 0 0 0 0 >zero
    [ "$(numbers <(param-score -m difference --centre deep zero) x)" = '5e-301 -5e-301 -5e-301 5e-301' ]
    double 2 3 5 >vector
    double 2 0 0 >zero
    [ "$(numbers <(param-score -m difference --centre vector zero) x)" = '3 5' ]
}

@test "--permute: what stays together" {
    make_safetensors '{"m":{"dtype":"F32","shape":[4,3],"data_offsets":[0,48]},"v":{"dtype":"F32","shape":[6],"data_offsets":[48,72]},"w":{"dtype":"F32","shape":[4,3],"data_offsets":[72,120]}}' \
        'f<*' 11 12 13 21 22 23 31 32 33 41 42 43 1 2 3 4 5 6 11 12 13 21 22 23 31 32 33 41 42 43 >file
    edit_header '1' <file | perl -e 'local $/; my $all = <STDIN>; print substr($all, 0, 8 + unpack "Q<", $all), "\0" x 120' >zero
    shuffled() { param-score -m difference "$@" file zero >score; }
    sorted() { tr ' ' '\n' | sort -n | xargs; }
    for what in all units inputs; do
        shuffled --permute $what
        [ "$(numbers score m | sorted)" = '11 12 13 21 22 23 31 32 33 41 42 43' ]
        [ "$(numbers score v | sorted)" = '1 2 3 4 5 6' ]
        # One generator draws for them all; the seed counts, and 1 is the default.
        numbers score m >shuffled
        [ $what = inputs ] || [ "$(numbers score w)" != "$(<shuffled)" ]
        shuffled --permute $what -s 1
        [ "$(numbers score m)" = "$(<shuffled)" ]
        different=0
        for seed in 2 3 4; do
            shuffled --permute $what -s $seed
            [ "$(numbers score m)" = "$(<shuffled)" ] || different=1
        done
        [ $different -eq 1 ]
    done
    shuffled --permute units -s 3
    [[ $(numbers score m | xargs -n 3 | sort | xargs) == '11 12 13 21 22 23 31 32 33 41 42 43' ]]
    [ "$(numbers score m)" != '11 12 13 21 22 23 31 32 33 41 42 43' ]
    [ "$(numbers score v)" != '1 2 3 4 5 6' ]
    shuffled --permute inputs -s 3
    [ "$(numbers score v)" = '1 2 3 4 5 6' ]
    for seed in 1 2 3 4; do
        shuffled --permute inputs -s $seed
        # shellcheck disable=SC2046 # words
        set -- $(numbers score m)
        [ "$4 $5 $6" = "$(($1 + 10)) $(($2 + 10)) $(($3 + 10))" ]
        [ "${10} ${11} ${12}" = "$(($1 + 30)) $(($2 + 30)) $(($3 + 30))" ]
    done
    # A scalar is a unit.
    make_safetensors '{"x":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}' 'f<' 5 >scalar
    make_safetensors '{"x":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}' 'f<' 2 >other
    for what in all units inputs; do
        [ "$(numbers <(param-score -m difference --permute $what scalar other) x)" = 3 ]
    done
    # Centred before: of a sum nothing is left.
    shuffled --centre --permute all
    [ "$(numbers score m)" = '0 0 0 0 0 0 0 0 0 0 0 0' ]
}

@test "what is refused" {
    misused 'missing operand' param-score a
    misused "-m: unknown measure 'shares' (share?); known: share, difference, product" param-score -m shares a b
    misused "--permute: unknown way to permute 'unit' (units?); known: all, units, inputs" param-score --permute unit a b
    misused 'standard input can be read only once' param-score a - -
    misused '-s: 18446744073709551616 is not between 0 and 18446744073709551615' \
        param-score -s 18446744073709551616 a b
    fails 1 'param-score: base: a network (kind=network); a share is of tallies or differences' param-score a base
    param-score -m difference a base >score
    double 2 1 1 >plus
    double 2 1 -1 >minus
    fails 1 'param-score: minus: tensor "x": element 1 is -1; a share is of numbers that are not negative' \
        param-score plus minus
    [ "$(numbers <(param-score -m product plus minus) x)" = '1 -1' ]
    # F32 comes in pieces of several blocks.
    perl -e 'print pack("Q<", 62), q({"x":{"dtype":"F32","shape":[20000],"data_offsets":[0,80000]}}), pack "f<*", map { $_ == 9999 ? -1 : 1 } 1 .. 20000' >long
    fails 1 'param-score: long: tensor "x": element 9998 is -1; a share is of numbers that are not negative' \
        param-score -j 1 long long
    fails 1 'param-score: plus: tensor "layer1.bias": is missing; a has it' param-score a b plus
    fails 1 'param-score: /: Is a directory, and none with a file *.safetensors.index.json or *.safetensors' param-score a / -o out
    fails 1 'param-score: /dev/full: cannot write: No space left on device' param-score a b -o /dev/full
    for options in '' --centre '--permute all'; do
        # shellcheck disable=SC2086 # words
        cut_fails b "$(header_end b)" "$(size_of b)" param-score $options a b
    done
    cut_fails - a "$(($(size_of a) - 9))" "$(size_of a)" param-score - b
    [ ! -e out ]
    # An output may be an input.
    param-score a b >expected
    param-score a b -o a
    cmp a expected
    # No tensors, and tensors without numbers.
    make_safetensors '{}' >none
    param-score none none >out
    make_safetensors '{"x":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]}}' >empty
    param-score --centre --permute units empty empty >out
    [[ $(header_of out) == *'"x":{"dtype":"F64","shape":[0,3],"data_offsets":[0,0]}}' ]]
}
