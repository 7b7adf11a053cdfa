#!/usr/bin/env bats
# param-diff: differences computed by hand, all dtypes, the table, and files that do not match.

bats_require_minimum_version 1.5.0
load helpers
load data

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    PATH="$BIN:$PATH"
    some_params 1 2 3 4 5 6 7 8 >a
    some_params 1.5 0 -3 4 5.25 6 7 -8 >b
}

# A file of one tensor, "x" [4]: its dtype, its bytes, a format of pack and values.
tensor() {
    make_safetensors "{\"x\":{\"dtype\":\"$1\",\"shape\":[4],\"data_offsets\":[0,$2]}}" "${@:3}"
}

# --- differences ----------------------------------------------------------------------------------

@test "the absolute difference, byte for byte" {
    param-diff a b -o out
    make_safetensors '{"__metadata__":{"format":"engram.params","kind":"difference","signed":"false"},"bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"weight":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]}}   ' \
        'f<*' 0.5 2 6 0 0.25 0 0 16 >expected
    cmp out expected
    param-diff a b | cmp - expected
    param-diff --output=- a b | cmp - expected
}

@test "--signed: A - B" {
    param-diff --signed a b >out
    [[ $(header_of out) == *'"signed":"true"'* ]]
    [ "$(numbers out bias)" = '-0.5 2' ]
    [ "$(numbers out weight)" = '6 0 -0.25 0 0 16' ]
    param-diff --signed b a >out
    [ "$(numbers out weight)" = '-6 0 0.25 0 0 -16' ]
}

@test "image_shape comes from the first file that has it" {
    with() { edit_header "s/^{/{\"__metadata__\":{\"image_shape\":\"$1\"},/"; }
    with 1,3 <a >a13
    with 3,1 <b >b31
    param-diff a13 b31 >out
    [[ $(header_of out) == *'"image_shape":"1,3"'* ]]
    param-diff a b31 >out
    [[ $(header_of out) == '{"__metadata__":{"format":"engram.params","image_shape":"3,1","kind":"difference","signed":"false"}'* ]]
}

@test "F16 and BF16: the difference in F32" {
    # 1.5, 0.25, -2 and the smallest number; 1, 3, -2 and 0.
    tensor F16 8 'v*' $((0x3e00)) $((0x3400)) $((0xc000)) 1 >half
    tensor BF16 8 'v*' $((0x3f80)) $((0x4040)) $((0xc000)) 0 >brain
    param-diff half brain >out
    [[ $(header_of out) == *'"x":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}'* ]]
    [ "$(numbers out x)" = '0.5 2.75 0 5.96046448e-08' ]
    param-diff --signed brain half >out
    [ "$(numbers out x)" = '-0.5 2.75 0 -5.96046448e-08' ]
    # The largest, an infinity, a subnormal with all its bits and a NaN of F16.
    tensor F16 8 'v*' $((0x7bff)) $((0xfc00)) $((0x83ff)) $((0x7e01)) >half
    tensor F16 8 'v*' 0 0 0 0 >zero
    param-diff --signed half zero >out
    [ "$(numbers out x | tr '[:upper:]' '[:lower:]')" = '65504 -inf -6.09755516e-05 nan' ]
}

@test "F64 in either file makes the difference F64" {
    tensor F64 32 'd<*' 0.1 1 1e300 -1e-300 >double
    tensor F32 16 'f<*' 0.1 0.5 0 0 >single
    for order in 'double single' 'single double'; do
        # shellcheck disable=SC2086 # two words
        param-diff $order >out
        [[ $(header_of out) == *'"x":{"dtype":"F64","shape":[4],"data_offsets":[0,32]}'* ]]
        [ "$(numbers out x)" = '1.49011611e-09 0.5 1e+300 1e-300' ]
    done
    tensor BF16 8 'v*' $((0x3f80)) 0 0 0 >brain
    param-diff double brain >out
    [ "$(numbers out x)" = '0.9 1 1e+300 1e-300' ]
}

@test "a NaN in either file makes one NaN, always of the same bits" {
    tensor F32 16 'V*' $((0xffc00001)) $((0x3f800000)) $((0x7f800001)) $((0xff800001)) >a
    tensor F32 16 'V*' $((0x3f800000)) $((0x7fc12345)) $((0x7f800001)) $((0x7f800000)) >b
    param-diff a b >out
    [ "$(tail -c 16 out | od -An -v -tx4 --endian=little | xargs)" = '7fc00000 7fc00000 7fc00000 7fc00000' ]
}

@test "infinities: equal ones differ by 0, NaN stays NaN" {
    tensor F32 16 'f<*' inf -inf inf nan >a
    tensor F32 16 'f<*' inf -inf -inf inf >b
    for options in '' --signed; do
        # shellcheck disable=SC2086 # none or one
        [ "$(numbers <(param-diff $options a b) x | tr '[:upper:]' '[:lower:]')" = '0 0 inf nan' ]
    done
    tensor F64 32 'd<*' inf -inf 1 nan >a
    tensor BF16 8 'v*' $((0x7f80)) $((0xff80)) $((0x7f80)) 0 >b
    [ "$(numbers <(param-diff a b) x | tr '[:upper:]' '[:lower:]')" = '0 0 inf nan' ]
    [ "$(numbers <(param-diff --signed a b) x | tr '[:upper:]' '[:lower:]')" = '0 0 -inf nan' ]
}

@test "differences too large for their dtype are infinite, which is said" {
    said='param-diff: big, small: differences too large for their dtype, and so infinite: '
    tensor F32 16 'f<*' 1.7014118346046923e38 -1.7014118346046923e38 inf 1 >big
    tensor F32 16 'f<*' -1.7014118346046923e38 1.7014118346046923e38 -3e38 nan >small
    for option in '' --signed; do
        # shellcheck disable=SC2086
        param-diff $option big small 2>messages >out
        [ "$(<messages)" = "${said}2" ]
    done
    [ "$(numbers out x | tr '[:upper:]' '[:lower:]')" = 'inf -inf inf nan' ]
    tensor F64 32 'd<*' -1.7014118346046923e38 1.7014118346046923e38 -3e38 nan >small
    param-diff big small 2>messages >out
    [ ! -s messages ]
    [ "$(numbers out x | tr '[:upper:]' '[:lower:]')" = '3.40282367e+38 3.40282367e+38 inf nan' ]
    tensor F64 32 'd<*' 1.7e308 1 1 1 >big
    tensor F64 32 'd<*' -1.7e308 1 1 1 >small
    param-diff big small 2>messages >out
    [ "$(<messages)" = "${said}1" ]
    param-diff --summary big small 2>messages >out
    [ ! -s messages ]
}

@test "tensors of mixed dtypes are laid out as the reference writer does" {
    make_safetensors '{"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[],"data_offsets":[4,8]},"c":{"dtype":"F64","shape":[1],"data_offsets":[8,16]}}' \
        'f<2d<' 1 2 3 >a
    param-diff --signed a <(make_safetensors '{"c":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"a":{"dtype":"F32","shape":[],"data_offsets":[8,12]}}' 'f<*' 30 10 20) >out
    [[ $(header_of out) == *',"c":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[],"data_offsets":[8,12]},"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}}' ]]
    [ "$(numbers out a) $(numbers out b) $(numbers out c)" = '-18 -9 -27' ]
}

@test "more numbers than a block holds" {
    many() { perl -e 'my $k = shift; print pack("Q<", 64), q({"x":{"dtype":"F32","shape":[20001],"data_offsets":[0,80004]}}  ),
        pack("f<*", map { $k * $_ } 0 .. 20000)' -- "$1"; }
    many 3 >a
    many 1 >b
    param-diff a b >out
    [ "$(numbers out x)" = "$(seq 0 2 40000 | xargs)" ]
    param-diff <(cat a) <(cat b) | cmp - out
    param-diff --summary a b >table
    [ "$(field table x max_abs)" = 40000 ]
    [ "$(field table x mean_abs)" = 20000 ]
}

# Two files of 20001 random bit patterns, infinities and NaNs among them: "single" in F32, and "brain"
# in BF16; each difference is that of the doubles, rounded, and every NaN the same.
@test "any two numbers, in blocks, from files and from pipes that give few bytes at a time" {
    perl -e 'srand 5; my $n = 20001;
        sub any { my $b = int(rand 65536) << 16 | int rand 65536; rand() < .5 ? $b & 0x83ffffff | 0x3c000000 : $b }
        sub put { my ($file, $dtype, $bytes, $data) = @_; open my $f, ">", $file; binmode $f;
            my $h = qq({"x":{"dtype":"$dtype","shape":[$n],"data_offsets":[0,$bytes]}});
            print $f pack("Q<", length $h), $h, $data }
        my @a = map { any } 1 .. $n; my @b = map { any() & 0xffff0000 } 1 .. $n;
        @b[0 .. 99] = map { $_ & 0xffff0000 } @a[0 .. 99];
        put("single", "F32", 4 * $n, pack "V*", @a);
        put("brain", "BF16", 2 * $n, pack "v*", map { $_ >> 16 } @b);
        my @x = unpack "f<*", pack "V*", @a; my @y = unpack "f<*", pack "V*", @b;
        open my $f, ">", "expected"; binmode $f;
        for (0 .. $n - 1) { my $d = $x[$_] == $y[$_] ? 0 : $x[$_] - $y[$_]; print $f $d == $d ? pack("f<", $d) : pack("V", 0x7fc00000) }'
    param-diff --signed single brain >out
    tail -c 80004 out | cmp - expected
    trickle() { perl -e 'open my $f, "<", $ARGV[0]; $| = 1; my $size = 1;
        while (read $f, my $bytes, $size) { syswrite STDOUT, $bytes; $size = $size * 5 % 7919 }' "$1"; }
    param-diff --signed <(trickle single) <(trickle brain) | cmp - out
    param-diff single brain >out
    perl -e 'local $/; open my $f, "<", "expected"; print pack "V*", map { $_ & 0x7fffffff } unpack "V*", <$f>' |
        cmp - <(tail -c 80004 out)
}

@test "no tensors, and tensors without numbers" {
    make_safetensors '{}' >none
    [ "$(param-diff none none | tail -c +9 | tr -d ' ')" = '{"__metadata__":{"format":"engram.params","kind":"difference","signed":"false"}}' ]
    [ "$(param-diff --summary none none)" = $'tensor\tshape\tmax_abs\tmean_abs\tl2\trelative_l2\tcosine\tnan_a\tnan_b\tstatus\tdtype_a\tdtype_b\tcompared'$'\ntotal\t-\t0\tnan\t0\tnan\tnan\t0\t0\t0 of 0\t-\t-\t0' ]
    make_safetensors '{"x":{"dtype":"F32","shape":[3,0],"data_offsets":[0,0]}}' >empty
    param-diff empty empty >out
    [[ $(header_of out) == *'"x":{"dtype":"F32","shape":[3,0],"data_offsets":[0,0]}'* ]]
    [ "$(param-diff --summary empty empty | sed -n 2p | cut -f -9)" = $'x\t3x0\t0\tnan\t0\tnan\tnan\t0\t0' ]
    # No number of elements is looped over that no data backs.
    make_safetensors '{"x":{"dtype":"F32","shape":[2305843009213693952,0],"data_offsets":[0,0]}}' >empty
    [ "$(param-diff --summary empty empty | sed -n 2p | cut -f -9)" = $'x\t2305843009213693952x0\t0\tnan\t0\tnan\tnan\t0\t0' ]
    param-diff empty empty >out
    [[ $(header_of out) == *'"shape":[2305843009213693952,0]'* ]]
}

# --- the table ------------------------------------------------------------------------------------

@test "--summary" {
    make_safetensors '{"v":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},"s":{"dtype":"F64","shape":[],"data_offsets":[16,24]},"m":{"dtype":"F64","shape":[1,2,1],"data_offsets":[24,40]}}' \
        'd<*' 3 4 -2 1 0 >a
    make_safetensors '{"v":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},"s":{"dtype":"F64","shape":[],"data_offsets":[16,24]},"m":{"dtype":"F64","shape":[1,2,1],"data_offsets":[24,40]}}' \
        'd<*' 0 0 1 1 1 >b
    expected=$'tensor\tshape\tmax_abs\tmean_abs\tl2\trelative_l2\tcosine\tnan_a\tnan_b\tstatus\tdtype_a\tdtype_b\tcompared
m\t1x2x1\t1\t0.5\t1\t1\t0.707106781\t0\t0\tcompared\tF64\tF64\t2
s\tscalar\t3\t3\t3\t1.5\t-1\t0\t0\tcompared\tF64\tF64\t1
v\t2\t4\t3.5\t5\t1\tnan\t0\t0\tcompared\tF64\tF64\t2
total\t-\t4\t2.2\t5.91607978\t1.08012345\t-0.105409255\t0\t0\t3 of 3\t-\t-\t5'
    [ "$(param-diff --summary a b)" = "$expected" ]
    param-diff a b --summary -o table
    [ "$(<table)" = "$expected" ]
    [ "$(param-diff --summary a a | sed -n 4p | cut -f -9)" = $'v\t2\t0\t0\t0\t0\t1\t0\t0' ]
    [ "$(param-diff --summary b b | sed -n 4p | cut -f -9)" = $'v\t2\t0\t0\t0\tnan\tnan\t0\t0' ]
}

# The row of two files of four numbers of a dtype: "A A A A" against "B B B B".
# usage: row DTYPE BYTES FORMAT "A..." "B..."
row() {
    # shellcheck disable=SC2086 # words
    tensor "$1" "$2" "$3" $4 >a
    # shellcheck disable=SC2086
    tensor "$1" "$2" "$3" $5 >b
    param-diff --summary a b | sed -n 2p | cut -f 3-9 | tr '\t' ' '
}

@test "--summary: NaN are counted, and the rest is over the others" {
    [ "$(row F32 16 'f<*' '1 nan 3 4' '1 2 3 5')" = '1 0.333333333 1 0.196116135 0.994490316 1 0' ]
    [ "$(row F32 16 'f<*' '1 2 3 5' '1 nan 3 nan')" = '0 0 0 0 1 0 2' ]
    [ "$(row F64 32 'd<*' 'nan nan 3 4' '1 nan nan 2')" = '2 2 2 0.5 1 2 2' ]
    [ "$(row F64 32 'd<*' 'nan nan 1 2' '1 2 nan nan')" = 'nan nan nan nan nan 2 2' ]
    [ "$(row BF16 8 'v*' "$((0x7fc0)) $((0x4000)) $((0xffc1)) $((0x3f80))" "0 $((0x4000)) 0 0")" = '1 0.5 1 0.447213595 0.894427191 2 0' ]
    # One in the first of many blocks, or in the last.
    for place in 0 19999; do
        perl -e 'my ($place, $by) = @ARGV; my @x = map { 1 + $_ % 3 } 0 .. 19999; my @y = @x; $y[$place] = "nan";
            for (["a", @x], ["b", @y]) { my ($name, @v) = @$_; open my $f, ">", $name; binmode $f;
            print $f pack("Q<", 62), q({"x":{"dtype":"F32","shape":[20000],"data_offsets":[0,80000]}}), pack "f<*", @v }' $place
        [ "$(param-diff --summary a b | sed -n 2p | cut -f -9)" = $'x\t20000\t0\t0\t0\t0\t1\t0\t1' ]
        [ "$(param-diff --summary b a | sed -n 2p | cut -f -9)" = $'x\t20000\t0\t0\t0\t0\t1\t1\t0' ]
    done
}

@test "--summary: a file with infinities is equal to itself" {
    for format in 'F32 16 f<*' 'F64 32 d<*'; do
        # shellcheck disable=SC2086 # words
        { [ "$(row $format '1 inf -inf 4' '1 inf -inf 4')" = '0 0 0 0 1 0 0' ]
          [ "$(row $format '1 inf -inf 4' '1 inf -inf 6')" = '2 0.5 2 0 1 0 0' ]
          [ "$(row $format '1 inf -inf 4' '1 -inf inf 4')" = 'inf inf inf 2 -1 0 0' ]
          [ "$(row $format '1 inf 3 4' '1 2 3 5')" = 'inf inf inf 1 0.320256308 0 0' ]
          [ "$(row $format '1 2 3 5' '1 inf 3 4')" = 'inf inf inf inf 0.320256308 0 0' ]
          [ "$(row $format 'inf inf 3 4' 'inf 1 -inf 0')" = 'inf inf inf 1 0.5 0 0' ]
          [ "$(row $format '1 nan inf 4' '1 2 inf nan')" = '0 0 0 0 1 1 1' ]; }
    done
}

@test "--summary over the whole range of F64" {
    for x in 1e-323 1e-310 1e-200 1e-154 1e-100 1 1e100 1e154 1e200 5e307; do
        near "$(row F64 32 'd<*' "$x $x $x $x" "0 $x $x $x" | cut -d ' ' -f 1)" $x 1e-8
        near "$(row F64 32 'd<*' "$x $x $x $x" "0 $x $x 0" | cut -d ' ' -f 2)" "$(perl -e 'print $ARGV[0] / 2' -- $x)" 1e-8
        near "$(row F64 32 'd<*' "$x $x $x $x" "0 0 0 0" | cut -d ' ' -f 3)" "$(perl -e 'print $ARGV[0] * 2' -- $x)" 1e-8
        [ "$(row F64 32 'd<*' "0 $x 0 -$x" "0 $x 0 0" | cut -d ' ' -f 4-)" = '0.707106781 0.707106781 0 0' ]
        [ "$(row F64 32 'd<*' "$x $x $x $x" "-$x -$x -$x -$x" | cut -d ' ' -f 4-)" = '2 -1 0 0' ]
        [ "$(row F64 32 'd<*' "$x 0 $x 0" "0 1 0 1" | cut -d ' ' -f 5)" = 0 ]
        [ "$(row F64 32 'd<*' "$x 0 $x 0" "1 0 1 0" | cut -d ' ' -f 5)" = 1 ]
    done
    # The sum is beyond a double, and so is the difference, but not the mean, nor their quotient.
    [ "$(row F64 32 'd<*' '1e308 1e308 1e308 1e308' '0 0 0 0')" = '1e+308 1e+308 inf 1 nan 0 0' ]
    [ "$(row F64 32 'd<*' '1.5e308 0 0 0' '-1.5e308 0 0 0')" = 'inf 7.5e+307 inf 2 -1 0 0' ]
    # Small beside large, which are equal; large and small blocks.
    [ "$(row F64 32 'd<*' '1e300 1e-300 0 0' '1e300 0 0 0')" = '1e-300 2.5e-301 1e-300 0 1 0 0' ]
    [ "$(row F64 32 'd<*' '1 1e-170 0 0' '1 0 0 0')" = '1e-170 2.5e-171 1e-170 1e-170 1 0 0' ]
    perl -e 'my $k = shift; for my $file ("a", "b") { open my $f, ">", $file; binmode $f;
        print $f pack("Q<", 64), q({"x":{"dtype":"F64","shape":[16384],"data_offsets":[0,131072]}} ),
            pack "d<*", (3 * $k, (0) x 8191), ($file eq "a" ? 4e200 * $k : 0, (0) x 8191) }' 1e-200
    [ "$(param-diff --summary a b | sed -n 2p | cut -f -9)" = $'x\t16384\t4\t0.000244140625\t4\t1\t7.5e-201\t0\t0' ]
}

@test "--summary of values times a power of two" {
    perl -e 'srand 7; my @x = map { [rand() - 0.5, rand() ** 20] } 1 .. 20000; my $h = q({"x":{"dtype":"F64","shape":[20000],"data_offsets":[0,160000]}}  );
        for my $power (-970, -600, -300, 0, 300, 600, 1000) { for my $i (0, 1) {
            open my $f, ">", ("a", "b")[$i] . $power; binmode $f;
            print $f pack("Q<", length $h), $h, pack "d<*", map { $_->[$i] * 2 ** $power } @x } }'
    param-diff --summary a0 b0 >expected
    for power in -970 -600 -300 300 600 1000; do
        param-diff --summary a$power b$power >table
        cmp <(cut -f 6- table) <(cut -f 6- expected)
        for column in max_abs mean_abs l2; do
            near "$(field table x $column)" \
                "$(perl -e 'print $ARGV[0] * 2 ** $ARGV[1]' -- "$(field expected x $column)" $power)" 2e-8
        done
    done
}

@test "--summary escapes names" {
    make_safetensors '{"a\tb\n\"\\\u0001\u007f\u001b[1mé\u202e\u009b\u2066":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}' 'f<*' 1 >a
    [ "$(param-diff --summary a a | sed -n 2p | cut -f 1)" = 'a\tb\n\"\\\u0001\u007f\u001b[1mé\u202e\u009b\u2066' ]
    # Long names and shapes stand there whole.
    name=$(printf '%02000d' 0) shape=1$(printf ',1%.0s' {1..999})
    make_safetensors "{\"${name}a$name\":{\"dtype\":\"F32\",\"shape\":[$shape],\"data_offsets\":[0,4]},\"${name}b$name\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[4,8]}}" 'f<*' 1 2 >a
    [ "$(param-diff --summary a a | sed -n 2,3p | cut -f 1-3)" = "${name}a$name"$'\t'"${shape//,/x}"$'\t0\n'"${name}b$name"$'\tscalar\t0' ]
}

@test "two networks and two forks of MNIST" {
    mnist-filter -i "$MNIST_IMAGES" -l "$MNIST_LABELS" -d 1,7,6,8 -n 300 -o samples
    train-tally -c 1,7 -c 6,8 -o network samples
    fork-train -o fork network samples
    param-diff network fork -o difference
    [[ $(header_of difference) == '{"__metadata__":{"format":"engram.params","image_shape":"28,28","kind":"difference","signed":"false"},"layer1.bias":'* ]]
    # Each number is the difference of the two, rounded to F32.
    perl -e "$PERL_TENSOR"'for my $name ("layer1.weight", "layer1.bias", "layer2.weight", "layer2.bias") {
        my @a = tensor("network", $name); my @b = tensor("fork", $name); my @d = tensor("difference", $name);
        for (0 .. $#a) { die "$name $_" if unpack("f", pack "f", abs($a[$_] - $b[$_])) != $d[$_] } }'
    # A difference is a parameter file like any other.
    param-diff --summary difference difference | grep -q '^layer1.weight'$'\t''100x784'$'\t''0'
}

# --- pipes ----------------------------------------------------------------------------------------

@test "files and pipes give the same" {
    param-diff a b >expected
    param-diff <(cat a) <(cat b) | cmp - expected
    # shellcheck disable=SC2002 # a pipe is what is tested
    cat a | param-diff - b | cmp - expected
    param-diff a - <b | cmp - expected
    # From a pipe in another order: weights first.
    make_safetensors '{"weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"bias":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}}' \
        'f<*' 3 4 5 6 7 8 1 2 >other
    param-diff other b | cmp - expected
    param-diff <(cat other) <(cat b) | cmp - expected
    # shellcheck disable=SC2002
    cat other | param-diff - b | cmp - expected
}

# --- failing --------------------------------------------------------------------------------------

@test "wrong usage" {
    misused 'missing operand' param-diff
    misused 'missing operand' param-diff a
    misused "extra operand 'c'" param-diff a b c
    misused 'standard input can be read only once' param-diff - -
    misused '--signed does not go with --summary' param-diff --signed --summary a b
}

@test "tensors that do not match" {
    edit_header 's/bias/sbia/' <a >other
    fails 1 'param-diff: other: tensor "bias": is missing; a has it' param-diff a other -o out
    fails 1 'param-diff: a: tensor "sbia": is missing; other has it' param-diff other a -o out
    make_safetensors '{"bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}' 'f<*' 1 2 >part
    fails 1 'param-diff: part: tensor "weight": is missing; a has it' param-diff a part -o out
    fails 1 'param-diff: part: tensor "weight": is missing; a has it' param-diff part a -o out
    for shape in 3,2 6 2,3,1; do
        edit_header "s/\[2,3\]/[$shape]/" <a >other
        fails 1 "param-diff: other: tensor \"weight\": is ${shape//,/x} here, 2x3 in a" \
            param-diff a other -o out
    done
    make_safetensors '{"x":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}' 'f<*' 1 >first
    make_safetensors '{"x":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}' 'f<*' 1 >second
    make_safetensors '{"x":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,2,1],"data_offsets":[0,8]}}' 'f<*' 1 1 >third
    fails 1 'param-diff: second: tensor "x": is 1x1x1x1x1x1x1x1x... of 11 dimensions here, scalar in first' \
        param-diff first second -o out
    fails 1 'param-diff: <stdin>: tensor "x": is 1 at dimension 10 of 11 here, 2 in third' \
        param-diff third - -o out <second
    [ ! -e out ]
}

@test "a long or evil name swallows nothing of what is said, and is not obeyed" {
    folder=$(printf 'd%0200d' 0) path=.
    for ((i = 0; i < 15; i++)); do
        path+=/$folder
        mkdir "$path"
    done
    edit_header "s/\[2,3\]/[3,2]/" <a >"$path/other"
    fails 1 "param-diff: $path/other: tensor \"weight\": is 3x2 here, 2x3 in a" param-diff a "$path/other"
    cp a "$path/a"
    fails 1 "param-diff: $path/other: tensor \"weight\": is 3x2 here, 2x3 in $path/a" \
        param-diff "$path/a" "$path/other"
    fails 1 "param-diff: $path/missing: No such file or directory" param-diff a "$path/missing"
    run -1 --separate-stderr param-diff a "x$(printf '%0100000d' 0)y"
    # shellcheck disable=SC2154 # set by run
    [[ $stderr == 'param-diff: x0'*'0...0'*'0y: File name too long' ]]
    for name in $'\e[2J' $'\xc2\x9b31m' $'\xe2\x80\xaegnp.exe' $'\xe2\x81\xa6' $'\xe2\x80\x8f' $'\xd8\x9c' $'\x9b' $'\xff\xfe' $'\x7f'; do
        run -1 --separate-stderr param-diff a "$name"
        [[ $stderr == 'param-diff: ?'*': No such file or directory' ]]
        [ "$(LC_ALL=C tr -d '[:print:]\n' <<<"$stderr")" = '' ]
    done
    # Of two tensors with long names, it says which one is meant.
    long=$(printf '%0200d' 0)
    make_safetensors "{\"${long}1$long\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"${long}2$long\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[4,8]}}" 'f<*' 1 1 >a
    for digit in 1 2; do
        edit_header "s/${long}$digit/x/" <a >b
        run -1 --separate-stderr param-diff a b
        [[ $stderr == 'param-diff: b: tensor "0'*'0": is missing; a has it' ]]
        printf '%s\n' "$stderr"
    done >messages
    [ "$(sort -u messages | wc -l)" -eq 2 ]
}

@test "what is no safetensors file at all is named" {
    printf 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 123\n' >lfs
    printf '<!DOCTYPE html>\n<html><body>401</body></html>\n' >html
    printf '{"metadata": {}, "weight_map": {"x": "model-00001-of-00002.safetensors"}}' >json
    gzip -nc a >packed
    param-diff --summary a b >table
    for file in 'lfs a Git LFS pointer: fetch' 'html a web page (HTML): the download' 'json JSON text: if it is the index' \
        'packed gzip data: unpack' 'table text with tabs: perhaps a table'; do
        for input in "${file%% *}" -; do
            [ "$input" != json ] || continue # it names shards
            run -1 --separate-stderr bash -c "cat ${file%% *} | param-diff a $input"
            [[ $stderr == "param-diff: ${input/-/<stdin>}: not a safetensors file but ${file#* }"* ]]
        done
    done
}

@test "memory follows the bytes of a header" {
    # A rank, objects, and the end of a header that are far away.
    perl -e 'sub put { my ($file, $size, $json) = @_; open my $f, ">", $file; binmode $f; print $f pack("Q<", $size || length $json), $json }
        put("rank", 0, q({"x":{"dtype":"F32","shape":[0) . ",0" x 4500000 . q(],"data_offsets":[0,0]}}));
        put("objects", 0, q({"x":[) . "{}," x 3000000 . "0]}");
        put("tensors", 0, "{" . join(",", map { qq("$_":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}) } 1 .. 150000) . "}");
        put("far", 100000000, "{");'
    limited 150000 param-diff rank rank >out
    limited 150000 param-diff tensors tensors -o out
    fails 1 'param-diff: objects: tensor "x": not an object of exactly dtype, shape and data_offsets' \
        limited 150000 param-diff objects a
    fails 1 'param-diff: <stdin>: header of 100000000 bytes ends after 1' \
        limited 150000 param-diff - a < <(cat far)
}

# usage: differ DTYPE-OF-THE-DIFFERENCE A-B |A-B|   of one and other
differ() {
    param-diff --signed one other >out
    [[ $(header_of out) == *"\"x\":{\"dtype\":\"$1\",\"shape\":[4],"* ]]
    [ "$(numbers out x)" = "$2" ]
    param-diff one other >out
    [ "$(numbers out x)" = "$3" ]
}

@test "integers and BOOL: the difference in F32 where that is exact, else in F64" {
    for type in 'I8 1 c F32' 'I16 2 s< F32' 'I32 4 l< F64' 'I64 8 q< F64'; do
        read -r dtype width format to <<<"$type"
        tensor "$dtype" $((4 * width)) "$format*" 1 -128 127 -1 >one
        tensor "$dtype" $((4 * width)) "$format*" 3 127 -128 -1 >other
        differ "$to" '-2 -255 255 0' '2 255 255 0'
    done
    for type in 'U8 1 C F32' 'U16 2 S< F32' 'U32 4 L< F64' 'U64 8 Q< F64' 'BOOL 1 C F32'; do
        read -r dtype width format to <<<"$type"
        tensor "$dtype" $((4 * width)) "$format*" 1 0 255 7 >one
        tensor "$dtype" $((4 * width)) "$format*" 0 255 0 7 >other
        differ "$to" '1 -255 255 0' '1 255 255 0'
    done
    # The ends, and dtypes in any mixture.
    tensor U16 8 'S<*' 65535 0 65535 1 >one
    tensor I16 8 's<*' -32768 32767 32767 -32768 >other
    differ F32 '98303 -32767 32768 32769' '98303 32767 32768 32769'
    tensor U32 16 'L<*' 4294967295 0 4294967295 1 >one
    tensor I32 16 'l<*' -2147483648 2147483647 2147483647 -1 >other
    differ F64 '6442450940 -2147483650 2147483650 2' '6442450940 2147483650 2147483650 2'
    tensor I8 4 'c*' -128 0 127 1 >one
    tensor BF16 8 'v*' $((0x3f80)) 0 $((0x4040)) $((0x7fc0)) >other
    param-diff one other >out
    [[ $(header_of out) == *'"dtype":"F32"'* ]]
    [ "$(numbers out x)" = '129 0 124 nan' ]
    tensor F64 32 'd<*' 0.5 0 0 0 >other
    differ F64 '-128.5 0 127 1' '128.5 0 127 1'
    [ "$(param-diff --summary one other | sed -n 2p | cut -f 2-4,8-)" = $'4\t128.5\t64.125\t0\t0\tdtype\tI8\tF64\t4' ]
}

@test "floats of 8 bits" {
    zero() { tensor "$1" 4 'C*' "${@:2}" >other; }
    # 1, the largest, the smallest, NaN: by the tables of their specifications.
    tensor F8_E4M3 4 'C*' $((0x38)) $((0xfe)) 1 255 >one
    zero F8_E4M3 0 0 128 0
    differ F32 '1 -448 0.001953125 nan' '1 448 0.001953125 nan'
    tensor F8_E5M2 4 'C*' $((0x3c)) $((0xfb)) 1 $((0xfc)) >one
    zero F8_E5M2 0 0 128 0
    differ F32 '1 -57344 1.52587891e-05 -Inf' '1 57344 1.52587891e-05 Inf'
    tensor F8_E4M3FNUZ 4 'C*' $((0x40)) $((0xff)) 1 128 >one
    zero F8_E4M3FNUZ 0 0 0 0
    differ F32 '1 -240 0.0009765625 nan' '1 240 0.0009765625 nan'
    tensor F8_E5M2FNUZ 4 'C*' $((0x40)) $((0xff)) 1 128 >one
    zero F8_E5M2FNUZ 0 0 0 0
    differ F32 '1 -57344 7.62939453e-06 nan' '1 57344 7.62939453e-06 nan'
    tensor F8_E8M0 4 'C*' 127 254 0 255 >one
    tensor F32 16 'f<*' 0 0 0 0 >other
    differ F32 '1 1.70141183e+38 5.87747175e-39 nan' '1 1.70141183e+38 5.87747175e-39 nan'
}

@test "integers of 64 bits with more digits than a double are rounded, which is said" {
    said='param-diff: one, other: numbers of I64 or U64 with more digits than a double, and so rounded: '
    # 2^53 + 1 is rounded to 2^53; not so 2^53 + 2, and nothing that lies on a double.
    tensor U64 32 'Q<*' 9007199254740993 9007199254740994 18446744073709551615 9223372036854775808 >one
    tensor I64 32 'q<*' 9007199254740992 9007199254740992 -9223372036854775808 -9223372036854775807 >other
    for option in --signed --summary -j1; do
        param-diff $option one other >out 2>messages
        [ "$(<messages)" = "${said}3" ]
    done
    param-diff one other >out 2>messages
    [ "$(numbers out x)" = '0 2 2.76701161e+19 1.84467441e+19' ]
    param-diff <(cat one) <(cat other) 2>messages | cmp - out
    [[ $(<messages) == 'param-diff: /dev/fd/'*' so rounded: 3' ]]
    tensor U64 32 'Q<*' 9007199254740992 9007199254740994 0 9223372036854775808 >one
    cp one other
    param-diff one other >out 2>messages
    [ ! -s messages ]
    # Counted over pieces and threads.
    many() { make_safetensors '{"x":{"dtype":"I64","shape":[300000],"data_offsets":[0,2400000]}}'; perl -e 'print pack("q<", -9007199254740993) x 300000'; }
    many >one
    for jobs in 1 3; do
        param-diff -j $jobs --summary one one 2>&1 >out | cmp - <(echo 'param-diff: one, one: numbers of I64 or U64 with more digits than a double, and so rounded: 600000')
    done
}

@test "tensors of dtypes that are no numbers are passed over, which is said once" {
    make_safetensors '{"b":{"dtype":"C64","shape":[1],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},"e":{"dtype":"F32","shape":[0],"data_offsets":[20,20]},"f":{"dtype":"F4","shape":[4,2],"data_offsets":[16,20]},"m":{"dtype":"F32","shape":[2],"data_offsets":[20,28]},"z":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[28,31]}}' \
        'f<2f<2C4f<2C3' 9 9 1 2 9 9 9 9 3 4 9 9 9 >one
    edit_header 's/C64/F64/; s/F6_E2M3/F6_E3M2/' <one >other
    param-diff one other >out 2>messages
    [ "$(<messages)" = 'param-diff: one, other: 3 tensors passed over, of dtypes that are no numbers: C64, F6_E3M2, F6_E2M3, F4' ]
    make_safetensors '{"__metadata__":{"format":"engram.params","kind":"difference","signed":"false"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"e":{"dtype":"F32","shape":[0],"data_offsets":[8,8]},"m":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}' \
        'f<*' 0 0 0 0 >expected
    cmp out expected
    param-diff <(cat one) <(cat other) 2>messages | cmp - expected
    [ "$(wc -l <messages)" -eq 1 ]
    param-diff --summary one other 2>messages | cut -f 1 | xargs | cmp - <(echo tensor a e m total)
    [ "$(wc -l <messages)" -eq 1 ]
    # Only the file that has them is named.
    make_safetensors '{"x":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[],"data_offsets":[8,12]}}' 'f<*' 1 2 3 >one
    edit_header 's/F32/C64/; s/1,2/1/' <one >other
    fails 1 'param-diff: other: tensor "x": is 1 here, 1x2 in one' param-diff one other
    edit_header 's/F32/C64/; s/0,8/0,16/; s/8,12/16,20/' <one >longer
    head -c 8 /dev/zero | cat longer - >other
    param-diff one other >out 2>messages
    [ "$(<messages)" = 'param-diff: other: 1 tensor passed over, of dtypes that are no numbers: C64' ]
    [[ $(header_of out) != *'"x"'* ]]
    # They are judged like all others.
    cut_fails other 0 "$(size_of other)" param-diff one other
    cut_fails - other 0 "$(size_of other)" param-diff one -
    # Nothing is left.
    tensor C64 32 'd<*' 1 2 3 4 >other
    fails 1 'param-diff: other, other: every tensor is of a dtype that is no number: C64' param-diff other other -o none
    fails 1 'param-diff: <stdin>, other: every tensor is of a dtype that is no number: C64' \
        param-diff --summary - other -o none < <(tensor C64 32 'd<*' 1 2 3 4)
    [ ! -e none ]
}

@test "what a pipe passes over is not kept in memory" {
    large() {
        make_safetensors '{"a":{"dtype":"C64","shape":[25000000],"data_offsets":[0,200000000]},"b":{"dtype":"F32","shape":[1],"data_offsets":[200000000,200000004]},"c":{"dtype":"C64","shape":[25000000],"data_offsets":[200000004,400000004]},"d":{"dtype":"F32","shape":[1],"data_offsets":[400000004,400000008]}}'
        head -c 400000008 /dev/zero
    }
    # shellcheck disable=SC2094 # a function
    limited 150000 param-diff --summary - <(large) < <(large) 2>messages >out
    [ "$(cut -f 1 out | xargs)" = 'tensor b d total' ]
    [[ $(<messages) == *': 2 tensors passed over, of dtypes that are no numbers: C64' ]]
}

@test "inputs cut at every byte" {
    cut_fails a 0 "$(size_of a)" param-diff a b
    cut_fails b 0 "$(size_of b)" param-diff a b
    cut_fails b 0 "$(size_of b)" param-diff --summary a b
    cut_fails - a 0 "$(size_of a)" param-diff - b
    cut_fails - b 0 "$(size_of b)" param-diff a -
}

@test "how a cut file is reported" {
    header=$(($(header_end a) - 8))
    head -c 7 a >other
    fails 1 'param-diff: other: not a safetensors file: 7 bytes, fewer than 8' param-diff a other
    head -c 18 a >other
    fails 1 "param-diff: other: header of $header bytes, but only 10 follow" param-diff a other
    fails 1 "param-diff: <stdin>: header of $header bytes ends after 10" \
        sh -c 'cat other | param-diff a -'
    head -c -1 a >other
    fails 1 'param-diff: other: 31 bytes of data, but the tensors take 32' param-diff a other
    fails 1 'param-diff: <stdin>: the data ends after 31 of 32 bytes' \
        sh -c 'cat other | param-diff a - -o out'
    [ ! -e out ]
}

@test "inputs that go on" {
    (cat a; printf x) >other
    fails 1 'param-diff: other: 33 bytes of data, but the tensors take 32' param-diff a other -o out
    fails 1 'param-diff: <stdin>: data goes on after the 32 bytes the tensors take' \
        sh -c 'cat other | param-diff b - -o out'
    [ ! -e out ]
}

@test "ended by a signal, it leaves nothing" {
    mkfifo fifo
    exec 9<>fifo
    head -c -1 a >&9
    terminated param-diff fifo b
    exec 9>&-
}
