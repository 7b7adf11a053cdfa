#!/usr/bin/env bats
# pixmap: every option, default and error; the pixels exact, as PPM.

bats_require_minimum_version 1.5.0
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    PATH="$BIN:$PATH"
}

# usage: header DTYPE ROWS COLUMNS BYTES   of a file with one tensor, "m"
header() {
    echo "{\"m\":{\"dtype\":\"$1\",\"shape\":[$2,$3],\"data_offsets\":[0,$(($2 * $3 * $4))]}}"
}

# usage: matrix ROWS COLUMNS VALUE...   a file with one F64 tensor, "m"
matrix() {
    make_safetensors "$(header F64 "$1" "$2" 8)" 'd<*' "${@:3}"
}

# The pixels of a PPM: its size, then one word rrggbb per pixel.
pixels() {
    perl -e 'local $/; binmode STDIN; $_ = <STDIN>;
        s/^P6\n(\d+ \d+)\n255\n// or die "not a PPM"; print "$1:";
        print " $_" for unpack("(H6)*", $_); print "\n"'
}

# usage: draw OPTION... [FILE]   the pixels of what is drawn, one per value
draw() {
    pixmap -f ppm -s 1 "$@" | pixels
}

# usage: same FILE OPTIONS OPTIONS   both draw the same
same() {
    local first second
    # shellcheck disable=SC2086 # several words each
    first=$(draw $2 "$1")
    # shellcheck disable=SC2086
    second=$(draw $3 "$1")
    [ "$first" = "$second" ]
}

# usage: fails STATUS MESSAGE COMMAND...   nothing on standard output, the message on the other
fails() {
    run --separate-stderr "${@:3}"
    [ "$status" -eq "$1" ]
    [ -z "$output" ]
    # shellcheck disable=SC2154 # set by run
    [ "$stderr" = "$2" ]
}

fails_usage() {
    fails 2 "pixmap: $1"$'\n'"Try 'pixmap --help'." "${@:2}"
}

# --- pixels ---------------------------------------------------------------------------------------

@test "blue-orange is the default: ends, neutral, clamped and undefined values" {
    [ "$(matrix 2 4 -2 0 2 1 nan 0.5 inf -inf | draw)" = \
        "4 2: 0154a5 f5f4f0 973401 d09464 000000 e7c3a1 973401 0154a5" ]
}

@test "the other palettes" {
    matrix 1 4 0 1 2 nan >m
    [ "$(draw -p purple-green m)" = "4 1: f4f4f4 83ab7d 006327 000000" ]
    [ "$(draw -p blues m)" = "4 1: ecf5fa 3a92d0 212b66 ff8c00" ]
    [ "$(draw --palette gray m)" = "4 1: 000000 808080 ffffff ff8c00" ]
    [ "$(draw --palette blue-orange m)" = "4 1: f5f4f0 d09464 973401 000000" ]
}

# usage: palette_of OPTION... FILE   the default palette, by what it draws
palette_of() {
    local palette drawn
    drawn=$(draw -b "$@")
    for palette in blue-orange blues; do
        [ "$(draw -b -p $palette "$@")" != "$drawn" ] || echo $palette
    done
}

@test "without a negative value the default palette is the sequential one" {
    [ "$(matrix 1 4 0 1 2 nan | draw)" = "4 1: ecf5fa 3a92d0 212b66 ff8c00" ]
    local values
    for values in "0 1" "5 nan" "1e-300 inf" "0 -0.0" "0 0" "nan nan" "inf inf"; do
        # shellcheck disable=SC2086 # two words
        matrix 1 2 $values >m
        [ "$(palette_of m)" = blues ]
        [ "$(palette_of m -r :)" = blues ]
        [ "$(palette_of m -r :1)" = blues ]
        [ "$(palette_of m -r 0:)" = blues ]
        [ "$(palette_of m -r -0.0:2)" = blues ]
        [ "$(palette_of m -r -1:1)" = blue-orange ]
    done
    for values in "0 -1" "-5e-324 9" "nan -1" "-inf 1"; do
        # shellcheck disable=SC2086
        matrix 1 2 $values >m
        [ "$(palette_of m)" = blue-orange ]
        [ "$(palette_of m -r :1)" = blue-orange ]
        [ "$(palette_of m -r -1:)" = blue-orange ]
        [ "$(palette_of m -r 0:1)" = blues ]
    done
    tensors w 2,2 >m
    [ "$(palette_of m)" = blues ]
}

@test "rows run down, columns to the right" {
    [ "$(matrix 3 2 0 51 102 153 204 255 | draw -p gray)" = \
        "2 3: 000000 333333 666666 999999 cccccc ffffff" ]
}

@test "scale: each value is a square; 8 by default" {
    [ "$(matrix 1 2 0 1 | pixmap -f ppm -p gray -s 2 | pixels)" = \
        "4 2: 000000 000000 ffffff ffffff 000000 000000 ffffff ffffff" ]
    matrix 3 5 {1..15} >m
    [ "$(pixmap -f ppm m | sed -n 2p)" = "40 24" ]
    pixmap -f ppm m | cmp - <(pixmap -f ppm --scale 8 m)
    [ "$(matrix 1 1 0 | pixmap -f ppm -s 4096 | wc -c)" -eq $((17 + 3 * 4096 * 4096)) ]
}

@test "range: given, symmetric for diverging, smallest to largest for sequential palettes" {
    matrix 1 4 -1 0 2 3 >m
    [ "$(draw -p gray m)" = "4 1: 000000 404040 bfbfbf ffffff" ]
    same m "-p gray" "-p gray --range -1:3"
    same m "" "-r -3:3"
    [ "$(draw -p gray -r 0:2 m)" = "4 1: 000000 000000 ffffff ffffff" ]
    [ "$(draw -p gray -r -1e307:1e307 m)" = "4 1: 808080 808080 808080 808080" ]
}

@test "range: a side left out" {
    matrix 1 4 -1 0 2 3 >m
    same m "-p gray -r 0:" "-p gray -r 0:3"
    same m "-p gray -r :2" "-p gray -r -1:2"
    same m "-p gray -r :" "-p gray"
    same m "-r :2" "-r -2:2"
    same m "-r -2:" "-r -2:2"
    same m "-r :" ""
}

@test "range: one that would be empty is widened" {
    matrix 1 4 -1 0 2 3 >m
    same m "-b -p gray -r 4:" "-b -p gray -r 4:8"
    same m "-b -p gray -r :-4" "-b -p gray -r -8:-4"
    same m "-b -p blue-orange -r 4:" "-b -p blue-orange -r 4:8"
    same m "-b -r :-4" "-b -r -8:-4"
    same m "-b -p blue-orange -r 0:" "-b -p blue-orange -r 0:1"
    same m "-b -r :0" "-b -r -1:0"
}

@test "constant maps" {
    [ "$(matrix 1 2 5 5 | draw -p gray)" = "2 1: 808080 808080" ]
    [ "$(matrix 1 2 5 nan | draw -p blue-orange)" = "2 1: 973401 000000" ]
    [ "$(matrix 1 2 -5 -5 | draw)" = "2 1: 0154a5 0154a5" ]
    [ "$(matrix 1 2 0 -0.0 | draw -p blue-orange)" = "2 1: f5f4f0 f5f4f0" ]
    [ "$(matrix 1 2 0 0 | draw -p gray)" = "2 1: 808080 808080" ]
    matrix 1 2 -5 -5 >m
    same m "-b -p gray" "-b -p gray -r -10:0"
    matrix 1 1 0 >m
    same m "-b -p gray" "-b -p gray -r -1:1"
    same m "-b" "-b -p blues -r -1:1"
    same m "-b -p blues" "-b -p blues -r -1:1"
}

@test "maps without a finite value" {
    [ "$(matrix 2 1 nan nan | draw -p blue-orange)" = "1 2: 000000 000000" ]
    [ "$(matrix 2 1 nan nan | draw -p blues)" = "1 2: ff8c00 ff8c00" ]
    [ "$(matrix 1 3 inf nan -inf | draw)" = "3 1: 973401 000000 0154a5" ]
    [ "$(matrix 1 3 inf nan -inf | draw -p gray)" = "3 1: ffffff ff8c00 000000" ]
    matrix 1 1 nan >m
    same m "-b" "-b -p blues -r -1:1"
}

@test "values of any size" {
    [ "$(matrix 1 3 -1.7e308 0 1.7e308 | draw)" = "3 1: 0154a5 f5f4f0 973401" ]
    [ "$(matrix 1 3 -1.7e308 0 1.7e308 | draw -p gray)" = "3 1: 000000 808080 ffffff" ]
    [ "$(matrix 1 2 1.7e308 1.6e308 | draw -p gray)" = "2 1: ffffff ffffff" ]
    [ "$(matrix 1 3 -5e-324 0 5e-324 | draw)" = "3 1: 0154a5 f5f4f0 973401" ]
    [ "$(matrix 1 2 0 5e-324 | draw -p gray)" = "2 1: 000000 ffffff" ]
    [ "$(matrix 1 1 5e-324 | draw -p gray)" = "1 1: 808080" ]
}

# usage: row DTYPE FORMAT BYTES LO:HI VALUE...   the pixels of one row, in gray
row() {
    make_safetensors "$(header "$1" 1 $(($# - 4)) "$3")" "$2*" "${@:5}" | draw -p gray -r "$4"
}

@test "every dtype that can be drawn" {
    local ends="3 1: 000000 808080 ffffff" tops="3 1: 000000 010101 ffffff"
    [ "$(row F64 'd<' 8 -1:1 -1 0 1)" = "$ends" ]
    [ "$(row F32 'f<' 4 -1:1 -1 0 1)" = "$ends" ]
    [ "$(row F16 'S<' 2 -1:1 $((0xbc00)) 0 $((0x3c00)))" = "$ends" ]
    [ "$(row BF16 'S<' 2 -1:1 $((0xbf80)) 0 $((0x3f80)))" = "$ends" ]
    [ "$(row I64 'q<' 8 -1:1 -1 0 1)" = "$ends" ]
    [ "$(row I32 'l<' 4 -1:1 -1 0 1)" = "$ends" ]
    [ "$(row I16 's<' 2 -1:1 -1 0 1)" = "$ends" ]
    [ "$(row I8 'c' 1 -1:1 -1 0 1)" = "$ends" ]
    [ "$(row U64 'Q<' 8 0:4294967295 0 16843009 18446744073709551615)" = "$tops" ]
    [ "$(row U32 'L<' 4 0:4294967295 0 16843009 4294967295)" = "$tops" ]
    [ "$(row U16 'S<' 2 0:65535 0 257 65535)" = "$tops" ]
    [ "$(row U8 'C' 1 0:255 0 1 255)" = "$tops" ]
    [ "$(row BOOL 'C' 1 -1:1 0 1)" = "2 1: 808080 ffffff" ]
    [ "$(row F8_E4M3 'C' 1 -1:1 $((0xb8)) 0 $((0x38)))" = "$ends" ]
    [ "$(row F8_E5M2 'C' 1 -1:1 $((0xbc)) 0 $((0x3c)))" = "$ends" ]
    [ "$(row F8_E4M3FNUZ 'C' 1 -1:1 $((0xc0)) 0 $((0x40)))" = "$ends" ]
    [ "$(row F8_E5M2FNUZ 'C' 1 -1:1 $((0xc0)) 0 $((0x40)))" = "$ends" ]
    [ "$(row F8_E8M0 'C' 1 0:2 0 127 128)" = "$ends" ]
}

@test "more values than are read at a time" {
    # shellcheck disable=SC2046 # one word per value
    make_safetensors "$(header U16 100 200 2)" 'S<*' $(seq 0 19999) >m
    perl -e 'print "200 100:";
        printf " %1\$02x%1\$02x%1\$02x", int($_ / 257 + .5) for 0 .. 19999;
        print "\n"' >expected
    draw -p gray -r 0:65535 m | cmp expected -
    draw -p gray -r 0:65535 < <(cat m) | cmp expected -
}

# --- which tensor ---------------------------------------------------------------------------------

# usage: tensors NAME SHAPE...   a file of U8 tensors of 4 values, all 0, 1, 2, ... in this order
tensors() {
    perl -e 'my ($header, $data) = ("", "");
        for (my $i = 0; @ARGV; $i++) {
            my ($name, $shape) = splice @ARGV, 0, 2;
            $header .= sprintf q(%s"%s":{"dtype":"U8","shape":[%s],"data_offsets":[%d,%d]}),
                $header && ",", $name, $shape, 4 * $i, 4 * $i + 4;
            $data .= chr($i) x 4;
        }
        $header = "{$header}";
        binmode STDOUT;
        print pack("Q<", length $header), $header, $data' -- "$@"
}

# The number of the tensor drawn, from its first pixel.
which() {
    draw -p gray -r 0:255 "$@" | sed 's/.*: 0\(.\).*/\1/'
}

@test "tensor: the only one with two dimensions, wherever it is; else r" {
    [ "$(tensors a 4 w 2,2 z 2,2,1 | which)" = 1 ]
    [ "$(tensors a 2,2 r 4 | which)" = 0 ]
    [ "$(tensors a 2,2 q 2,2 r 2,2 z 2,2 | which)" = 2 ]
}

@test "tensor: by name" {
    tensors a 2,2 r 2,2 z 2,2 '' 1,4 >several
    [ "$(which -t a several)" = 0 ]
    [ "$(which --tensor z several)" = 2 ]
    [ "$(which -t z < <(cat several))" = 2 ]
    [ "$(which -t '' several)" = 3 ]
}

@test "tensor: several and none is r" {
    tensors b 2,2 a 2,2 c 4 'q\"\n' 1,4 >several
    fails 1 'pixmap: several: several tensors have two dimensions, choose with -t: "a", "b", "q\"\n"' \
        pixmap several
    tensors a 2,2 b 2,2 r 4 >several
    fails 1 'pixmap: several: several tensors have two dimensions, choose with -t: "a", "b"' \
        pixmap several
}

@test "tensor: a long list is cut" {
    # shellcheck disable=SC2046 # one word per tensor
    tensors $(for i in {100..199}; do echo "tensor$i 2,2"; done) >several
    run --separate-stderr pixmap several
    [ "$status" -eq 1 ]
    [[ "$stderr" =~ '-t: '(\"tensor[0-9]{3}\", ){20,30}'...'$ ]] # names are not cut
    [[ "$stderr" == *'-t: "tensor100", "tensor101", '*'...' ]]
    [ "${#stderr}" -lt 640 ]
}

@test "tensor: a list that just fits, and one that does not; names of 127 bytes are whole" {
    name() { printf "$1%.0s" $(seq "$2"); }
    for last in 96 97; do
        tensors "$(name a 97)" 2,2 "$(name b 96)" 2,2 "$(name c 96)" 2,2 "$(name d $last)" 2,2 >several
        list="\"$(name a 97)\", \"$(name b 96)\", \"$(name c 96)\""
        [ $last -eq 97 ] && list+=', ...' || list+=", \"$(name d 96)\""
        fails 1 "pixmap: several: several tensors have two dimensions, choose with -t: $list" pixmap several
    done
    tensors "$(name a 127)" 2,2 "$(name b 128)" 2,2 >several
    run -1 --separate-stderr pixmap several
    [[ "$stderr" == *"-t: \"$(name a 127)\", \"$(name b 56)..."*"...$(name b 57)\"" ]]
}

@test "tensor: none that can be drawn" {
    tensors a 4 b 1,4,1 >none
    fails 1 'pixmap: none: no tensor has two dimensions; --index N draws a matrix of one that has more' \
        pixmap none
    fails 1 'pixmap: none: tensor "b": 3 dimensions, not 2; --index N draws one of its 1 matrices' \
        pixmap -t b none
    fails 1 'pixmap: none: tensor "c": not in the file' pixmap -t c none
    make_safetensors '{}' >none
    fails 1 'pixmap: none: no tensor has two dimensions' pixmap none
    make_safetensors "$(header F64 0 5 8)" >none
    fails 1 'pixmap: none: tensor "m": no values in 0x5' pixmap none
    make_safetensors "$(header C64 1 1 8)" 'd<' 1 >none
    fails 1 'pixmap: none: tensor "m": cannot draw values of dtype C64' pixmap none
}

@test "a vector is a row, a scalar a value" {
    tensors a 4 b 1,4,1 >several
    [ "$(draw -p gray -r 0:1 -t a several)" = "4 1: 000000 000000 000000 000000" ]
    same several "-t a -i 0" "-t a"
    fails 1 'pixmap: several: tensor "a": no matrix 1, counted from 0: there is 1' pixmap -t a -i 1 several
    fails 1 'pixmap: several: tensor "a": no matrix 0,0: 1 dimension, not 2 and those of a matrix' pixmap -t a -i 0,0 several
    make_safetensors '{"v":{"dtype":"F64","shape":[3],"data_offsets":[0,24]},"z":{"dtype":"F64","shape":[],"data_offsets":[24,32]},"e":{"dtype":"F64","shape":[0],"data_offsets":[32,32]}}' 'd<*' 0 1 2 1 >m
    [ "$(draw -p gray -t v m)" = "3 1: 000000 808080 ffffff" ]
    [ "$(draw -p gray -t z -r 0:1 m)" = "1 1: ffffff" ]
    [ "$(draw -p gray -t z -r 0:1 -i 0 < <(cat m))" = "1 1: ffffff" ]
    fails 1 'pixmap: m: tensor "e": no values in 0' pixmap -t e m
}

# --- pictures that fit ----------------------------------------------------------------------------

# usage: fitted MESSAGE OPTION... FILE   the pixels, one word each, and exactly this message
fitted() {
    pixmap -f ppm "${@:2}" 2>messages >fitted.ppm
    [ "$(cat messages)" = "$1" ] || { cat messages >&2; return 1; }
    pixels <fitted.ppm
}

@test "--fit: the scale is lowered first, and nothing is said" {
    matrix 2 3 0 51 102 153 204 255 >m
    [ "$(fitted '' -p gray --fit 3 m)" = "3 2: 000000 333333 666666 999999 cccccc ffffff" ]
    [ "$(fitted '' -p gray --fit 5 m)" = "3 2: 000000 333333 666666 999999 cccccc ffffff" ]
    for fit in 24:24 23:21 25:24 31:24 6:6 4096:24 16384:24; do
        fitted '' --fit ${fit%:*} m >/dev/null
        [ "$(sed -n 2p fitted.ppm)" = "${fit#*:} $((${fit#*:} * 2 / 3))" ]
    done
    pixmap --fit 24 m | cmp - <(pixmap m)
    pixmap -b --fit 20 m | cmp - <(pixmap -b -s 6 m)
}

@test "--fit: then values are means of blocks, without what is undefined" {
    said() { echo "pixmap: m: tensor \"m\": $1 values are drawn as $2 means of $3 at scale $4"; }
    matrix 2 4 0 2 4 nan 6 8 nan nan >m
    [ "$(fitted "$(said '2 x 4' '2 x 2' '1 x 2' 1)" -p gray -r 0:8 --fit 3 m)" = "2 2: 202020 808080 dfdfdf ff8c00" ] # of 1, 4, 7 and none
    # Blocks at the lower and right edge are of fewer values; each direction has its own blocks.
    matrix 5 2 0 51 102 153 204 255 0 51 255 255 >m
    [ "$(fitted "$(said '5 x 2' '2 x 2' '3 x 1' 1)" -p gray -r 0:255 --fit 2 m)" = "2 2: 666666 999999 808080 999999" ]
    [ "$(fitted "$(said '5 x 2' '1 x 1' '5 x 2' 1)" -p gray -r 0:255 --fit 1 m)" = "1 1: 858585" ]
    # The range is that of the means, the palette too; infinities stay.
    matrix 1 4 -1 3 5 9 >m
    [ "$(fitted "$(said '1 x 4' '1 x 2' '1 x 2' 1)" --fit 2 m)" = "2 1: ecf5fa 212b66" ]
    matrix 1 4 inf 3 -inf inf >m
    [ "$(fitted "$(said '1 x 4' '1 x 2' '1 x 2' 1)" -p gray -r 0:9 --fit 2 m)" = "2 1: ffffff ff8c00" ]
    # A scale above 1 for what is left: 5 rows of 1 in 4 pixels are 3 blocks of 2, of which 1 pixel each.
    matrix 5 1 1 2 3 4 5 >m
    fitted "$(said '5 x 1' '3 x 1' '2 x 1' 1)" --fit 4 m
}

@test "--fit: by a mean computed otherwise, from files and pipes" {
    perl -e 'my ($rows, $columns, $s) = (173, 251, 1); my @v = map { $s = ($s * 1103515245 + 12345) % 2**31; $s >> 8 & 255 } 1 .. $rows * $columns;
        my $h = qq({"m":{"dtype":"U8","shape":[$rows,$columns],"data_offsets":[0,) . @v . "]}}";
        open my $f, ">", "m"; binmode $f; print $f pack("Q<", length $h), $h, pack "C*", @v;
        for my $fit (250, 100, 50, 7) {
            my ($down, $across) = map { int(($_ + $fit - 1) / $fit) } $rows, $columns; my (@sum, @n);
            for my $i (0 .. $#v) { my ($r, $c) = (int($i / $columns / $down), int($i % $columns / $across));
                $sum[$r][$c] += $v[$i]; $n[$r][$c]++ }
            my $h = sprintf q({"m":{"dtype":"F64","shape":[%d,%d],"data_offsets":[0,%d]}}), scalar @sum, scalar @{$sum[0]}, 8 * @sum * @{$sum[0]};
            open my $f, ">", "m$fit"; binmode $f; print $f pack("Q<", length $h), $h;
            for my $r (0 .. $#sum) { print $f pack "d<*", map { $sum[$r][$_] / $n[$r][$_] } 0 .. $#{$sum[$r]} } }'
    for fit in 250 100 50 7; do
        pixmap -f ppm --fit $fit m 2>messages | cmp - <(pixmap -f ppm -s 1 m$fit)
        [ "$(wc -l <messages)" = 1 ]
        pixmap -f ppm --fit $fit < <(cat m) 2>messages | cmp - <(pixmap -f ppm -s 1 m$fit)
    done
    head -c -1 m >short
    fails 1 'pixmap: <stdin>: the data ends after 43422 of 43423 bytes' pixmap --fit 9 < <(cat short)
}

@test "pictures that are too large are made to fit 4096 pixels, which is said" {
    matrix 1 17 {1..17} >m
    fitted 'pixmap: m: tensor "m": 1 x 17 values are drawn at scale 240, for 4096 makes more than 268435456 pixels' \
        -s 4096 m >/dev/null
    cmp fitted.ppm <(pixmap -f ppm -s 240 m)
    { make_safetensors "$(header U8 257 16384 1)"; head -c $((257 * 16384)) /dev/zero; } |
        pixmap -f ppm 2>messages | head -c 12 | xargs >size
    [ "$(cat messages)" = 'pixmap: <stdin>: tensor "m": 257 x 16384 values are drawn as 257 x 4096 means of 1 x 4 at scale 1' ]
    [ "$(cat size)" = "P6 4096 257" ]
    matrix 4 4 {1..16} >m
    fails 1 'pixmap: m: a picture of 22000 x 17788 pixels is not one of 1 to 268435456' \
        pixmap -b -p blue-orange -s 4096 m
}

@test "a pipe's claim of many values takes no memory" {
    fails 1 'pixmap: <stdin>: the data ends after 0 of 1073741824 bytes' \
        limited 200000 pixmap -s 1 \
        < <(make_safetensors "$(header F32 16384 16384 4)")
}

# --- a matrix of several --------------------------------------------------------------------------

# usage: labelled SHAPE VALUE...   a file like samples: two labels, then images of this shape
labelled() {
    local size=$(($# - 1))
    make_safetensors '{"__metadata__":{"format":"engram.samples"},"labels":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"images":{"dtype":"U8","shape":['"$1"'],"data_offsets":[2,'$((2 + size))']}}' \
        'C*' 7 7 "${@:2}"
}

@test "index: an image of samples, from a file and a pipe" {
    labelled 2,1,3 0 128 255 255 0 128 >m
    [ "$(draw -p gray --index 0 m)" = "3 1: 000000 808080 ffffff" ]
    [ "$(draw -p gray -i 1 m)" = "3 1: ffffff 000000 808080" ]
    [ "$(draw -p gray -i 1 < <(cat m))" = "3 1: ffffff 000000 808080" ]
    [ "$(draw -p gray -t images -i 1 m)" = "3 1: ffffff 000000 808080" ]
    fails 1 'pixmap: m: tensor "images": no matrix 2, counted from 0: there are 2' pixmap -i 2 m
    fails 1 'pixmap: <stdin>: tensor "images": no matrix 18446744073709551615, counted from 0: there are 2' \
        pixmap -i 18446744073709551615 < <(cat m)
    [ "$(draw -p gray -r 0:7 -t labels -i 0 m)" = "2 1: ffffff ffffff" ]
    fails 1 'pixmap: m: tensor "images": 3 dimensions, not 2; --index N draws one of its 2 matrices' \
        pixmap -t images m
}

@test "index: dimensions before the last two are counted through" {
    labelled 2,3,1,2 {1..12} >m
    local i
    for i in {0..5}; do
        [ "$(draw -p gray -r 0:255 -i "$i" m)" = \
            "$(printf '2 1: %02x%02x%02x %02x%02x%02x' $((2*i+1)) $((2*i+1)) $((2*i+1)) $((2*i+2)) $((2*i+2)) $((2*i+2)))" ]
    done
    fails 1 'pixmap: m: tensor "images": no matrix 6, counted from 0: there are 6' pixmap -i 6 m
    # Or each by itself.
    for i in 0,0 0,1 0,2 1,0 1,1 1,2; do
        same m "-r 0:255 -i $i" "-r 0:255 -i $((3 * ${i%,*} + ${i#*,}))"
        [ "$(draw -i "$i" < <(cat m))" = "$(draw -i "$i" m)" ]
    done
    fails 1 'pixmap: m: tensor "images": no matrix 0,3, counted from 0: dimension 2 of 4 is 3' pixmap -i 0,3 m
    fails 1 'pixmap: m: tensor "images": no matrix 2,0, counted from 0: dimension 1 of 4 is 2' pixmap -i 2,0 m
    fails 1 'pixmap: m: tensor "images": no matrix 18446744073709551615,0, counted from 0: dimension 1 of 4 is 2' \
        pixmap -i 18446744073709551615,0 m
    fails 1 'pixmap: m: tensor "images": no matrix 1,1,0: 4 dimensions, not 3 and those of a matrix' pixmap -i 1,1,0 m
    make_safetensors '{"five":{"dtype":"U8","shape":[1,1,1,1,1],"data_offsets":[0,1]}}' C 1 >five
    fails 1 'pixmap: five: tensor "five": no matrix 0,0: 5 dimensions, not 2 and those of a matrix' pixmap -i 0,0 five
    matrix 1 2 0 1 >m
    same m "-t m --index 0" ""
    fails 1 'pixmap: m: tensor "m": no matrix 1, counted from 0: there is 1' pixmap -t m -i 1 m
}

@test "index: the only tensor of more than two dimensions; of several, images" {
    [ "$(tensors a 2,2 c 1,2,2 z 4 | which -i 0)" = 1 ]
    [ "$(tensors a 1,2,2 images 1,2,2 z 4 | which -i 0)" = 1 ]
    tensors a 1,2,2 b 2,2 c 1,2,1,2 images 4 >several
    fails 1 'pixmap: several: several tensors have three dimensions or more, choose with -t: "a", "c"' \
        pixmap -i 0 several
    [ "$(which -t c -i 0 several)" = 2 ]
    matrix 1 2 0 1 >m
    fails 1 'pixmap: m: no tensor has three dimensions or more' pixmap -i 0 m
}

@test "index: no matrix at all, however large the claim" {
    fails 1 'pixmap: <stdin>: tensor "m": no values in 0x2x2' \
        pixmap -i 0 < <(make_safetensors '{"m":{"dtype":"F32","shape":[0,2,2],"data_offsets":[0,0]}}')
    fails 1 'pixmap: <stdin>: tensor "m": no values in 0x2x2' \
        pixmap -t m < <(make_safetensors '{"m":{"dtype":"F32","shape":[0,2,2],"data_offsets":[0,0]}}')
    fails 1 'pixmap: <stdin>: tensor "m": no values in 4x1099511627776x0' \
        pixmap -i 0 < <(make_safetensors '{"m":{"dtype":"F32","shape":[4,1099511627776,0],"data_offsets":[0,0]}}')
    fails 1 'pixmap: <stdin>: tensor "m": no values in 1099511627776x0' \
        pixmap < <(make_safetensors '{"m":{"dtype":"F32","shape":[1099511627776,0],"data_offsets":[0,0]}}')
}

@test "index: of a pipe, only the matrix is kept" {
    # 200 MB of images; of the last, one pixel is white.
    images() {
        make_safetensors '{"images":{"dtype":"U8","shape":[200,1000,1000],"data_offsets":[2,200000002]},"labels":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}'
        head -c $((2 + 200000000 - 1)) /dev/zero
        printf '\377'
    }
    for index in 0 199; do
        images | limited 100000 pixmap -f ppm -s 1 -p gray -i $index >image.ppm
        [ "$(head -c 12 image.ppm | tr '\n' ' ')" = "P6 1000 1000" ]
    done
    [ "$(tail -c 6 image.ppm | od -An -tx1)" = " 00 00 00 ff ff ff" ]
    # A matrix behind another tensor, too.
    { make_safetensors '{"a":{"dtype":"U8","shape":[200000000],"data_offsets":[0,200000000]},"b":{"dtype":"U8","shape":[1,2],"data_offsets":[200000000,200000002]}}'
      head -c 200000000 /dev/zero; printf '\0\377'; } |
        limited 100000 pixmap -f ppm -s 1 -p gray | pixels >image
    [ "$(cat image)" = "2 1: 000000 ffffff" ]
}

# --- the list -------------------------------------------------------------------------------------

# usage: table LINE...   with tabs for blanks
table() {
    printf '%s\n' "$@" | tr ' ' '\t'
}

@test "list: names, dtypes, shapes and how many matrices can be drawn" {
    make_safetensors '{"z":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[1,2,1,2],"data_offsets":[4,8]},"a":{"dtype":"C64","shape":[1,1],"data_offsets":[8,16]},"m":{"dtype":"BOOL","shape":[2,1],"data_offsets":[16,18]},"e":{"dtype":"F64","shape":[3,0,5],"data_offsets":[18,18]},"v":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[18,20]}}' \
        'C*' {1..20} >several
    table 'tensor dtype shape matrices' 'a C64 1x1 0' 'b U8 1x2x1x2 2' 'e F64 3x0x5 0' \
        'm BOOL 2x1 1' 'v F8_E4M3 2 1' 'z F32 scalar 1' >expected
    pixmap --list several | cmp - expected
    pixmap -l <several | cmp - expected
    pixmap -l < <(cat several) | cmp - expected
    pixmap -l -o list.tsv several
    cmp list.tsv expected
    make_safetensors '{}' >none
    pixmap -l none | cmp - <(table 'tensor dtype shape matrices')
}

@test "list: names are whole and escaped, to a terminal too" {
    # shellcheck disable=SC1003 # backslashes are meant
    local long name='a\tb\n\"\\'
    long=$(printf 'x%.0s' {1..5000})
    tensors "$long" 4 "$name" 2,2 "$long"2 4 >several
    pixmap -l several >list
    [ "$(cut -f 1 list | sed -n 2p)" = "$name" ]
    [ "$(cut -f 1 list | sed -n 3p)" = "$long" ]
    [ "$(cut -f 1 list | sed -n 4p)" = "${long}2" ]
    script -qec 'pixmap -l several' /dev/null </dev/null 3>&- | tr -d '\r' | cmp - list
}

@test "list: a damaged file has none" {
    tensors a 2,2 b 4 | head -c -1 >short
    fails 1 'pixmap: short: 7 bytes of data, but the tensors take 8' pixmap -l short
    fails 1 'pixmap: <stdin>: the data ends after 7 of 8 bytes' pixmap -l < <(cat short)
    fails 1 'pixmap: /dev/full: cannot write: No space left on device' \
        pixmap -l -o /dev/full <(tensors a 4)
}

# --- the colour bar -------------------------------------------------------------------------------

# usage: bar_text COLUMN OPTION... FILE   the bar from a column on: "#" for ink
bar_text() {
    pixmap -f ppm -b "${@:2}" | perl -e 'local $/; binmode STDIN; $_ = <STDIN>;
        s/^P6\n(\d+) \d+\n255\n// or die "not a PPM";
        for (unpack "(a" . 3 * $1 . ")*", $_) {
            my $row = join "", map { $_ eq "\x1e" x 3 ? "#" : "." } unpack "(a3)*", $_;
            print substr($row, $ARGV[0]), "\n"
        }' "$1"
}

@test "bar: the map is in it, and the palette from high to low" {
    matrix 1 1 nan >m
    pixmap -f ppm -s 30 -b -p gray m >bar.ppm
    # 6 pixels of margin, a frame around the map from 5 to 36, the bar from 42 to 49.
    run perl -e 'local $/; binmode STDIN; $_ = <STDIN>; s/^P6\n(\d+) (\d+)\n255\n//;
        my ($width, $height) = ($1, $2);
        print "$width x $height\n";
        for my $p ([4, 4], [5, 5], [6, 6], [35, 35], [36, 36], [41, 6], [42, 6], [49, 6], [50, 7],
                [42, 20], [42, 21], [42, 35], [42, 36], [50, 6], [52, 6], [53, 6], [52, 35],
                [37, 20], [20, 37], [45, 4], [45, 5], [45, 37], [51, 12], [52, 20], [53, 20], [49, 20]) {
            printf "%d,%d %s\n", @$p, unpack "H6", substr $_, 3 * ($p->[1] * $width + $p->[0]), 3
        }' <bar.ppm
    diff - <(echo "$output") <<'END'
72 x 42
4,4 ffffff
5,5 969696
6,6 ff8c00
35,35 ff8c00
36,36 969696
41,6 969696
42,6 ffffff
49,6 ffffff
50,7 969696
42,20 848484
42,21 7b7b7b
42,35 000000
42,36 969696
50,6 1e1e1e
52,6 1e1e1e
53,6 ffffff
52,35 1e1e1e
37,20 ffffff
20,37 ffffff
45,4 ffffff
45,5 969696
45,37 ffffff
51,12 ffffff
52,20 1e1e1e
53,20 ffffff
49,20 848484
END
}

@test "bar: ends and middle are labelled" {
    matrix 1 2 0 1 >m
    # The map is lower than the bar: 6 of margin, 2 of map, 6 between, 8 of bar.
    bar_text 22 -s 1 --bar -r -0:2.5e-7 m >bar
    diff bar - <<'END'
.......................................................
.......................................................
.......................................................
......###.....#####..............###..#####............
.....#...#....#.................#...#.....#............
.........#....####...###........#...#....#.............
###.....#.........#.#...#.#####.#...#....#.............
.......#..........#.#####.......#...#...#..............
......#....##.#...#.#...........#...#...#..............
.....#####.##..###...###.........###....#..............
.......................................................
.......................................................
.......................................................
.......................................................
.......#.......###..#####..............###..#####......
......##......#...#.#.................#...#.....#......
.......#..........#.####...###........#...#....#.......
###....#.........#......#.#...#.#####.#...#....#.......
.......#........#.......#.#####.......#...#...#........
.......#...##..#....#...#.#...........#...#...#........
......###..##.#####..###...###.........###....#........
.......................................................
.......................................................
.......................................................
.......................................................
.......................................................
......###..............................................
.....#...#.............................................
.....#...#.............................................
###..#...#.............................................
.....#...#.............................................
.....#...#.............................................
......###..............................................
.......................................................
.......................................................
.......................................................
END
}

@test "bar: as many digits as tell the labels apart" {
    matrix 1 1 0 >m
    # 6 of margin, 8 of map, 6 between, 8 of bar, 5 of tick, 38 for "1000.15", 6 of margin.
    [ "$(bar_text 0 -r 1000.1:1000.2 m | head -n 1 | wc -c)" -eq $((77 + 1)) ]
    # Three at least, 32 for "0.0617"; and 17 at most, where the middle is an end: 104 for "1.0000000000000002".
    [ "$(bar_text 0 -r 0:0.12345 m | head -n 1 | wc -c)" -eq $((71 + 1)) ]
    [ "$(bar_text 0 -r 1:1.0000000000000002 m | head -n 1 | wc -c)" -eq $((143 + 1)) ]
}

# Where pixels of a picture have a colour: the x of a row, or the y of columns, as ranges.
# usage: places row Y COLOUR <PICTURE, or: places columns FIRST LAST COLOUR <PICTURE
places() {
    perl -e 'my ($what, @at) = @ARGV; my $colour = pop @at; local $/; binmode STDIN; my $all = <STDIN>;
        $all =~ s/^P6\n(\d+) (\d+)\n255\n//; my ($width, $height) = ($1, $2); my @found;
        my $is = sub { my ($x, $y) = @_; $colour eq unpack "H6", substr $all, 3 * ($y * $width + $x), 3 };
        @found = $what eq "row" ? grep { $is->($_, $at[0]) } 0 .. $width - 1
            : grep { my $y = $_; grep { $is->($_, $y) } $at[0] .. $at[1] } 0 .. $height - 1;
        my @ranges; for (@found) { @ranges && $ranges[-1][1] == $_ - 1 ? $ranges[-1][1]++ : push @ranges, [$_, $_] }
        print join(" ", map { "$_->[0]-$_->[1]" } @ranges), "\n"' -- "$@"
}

@test "bar: a map that is lower stands in the middle" {
    matrix 1 2 0 1 >m
    pixmap -f ppm -b -s 1 m >bar.ppm
    [ "$(places row 17 969696 <bar.ppm)" = '5-5 8-8 13-13' ] # and the tick
    [ "$(places columns 6 7 969696 <bar.ppm)" = '16-16 18-18' ]
    [ "$(places columns 14 21 969696 <bar.ppm)" = '5-5 30-30' ]
}

@test "bar: dots of three pixels, and lines of two" {
    # shellcheck disable=SC2046 # one word per value
    matrix 10 10 $(seq 0 0.01 0.99) >m
    pixmap -f ppm -b -r -1:1 -s 35 m >bar.ppm
    # 18 of margin, 350 of map, 18 between, 24 of bar, 15 of tick; a text is 21 high.
    [ "$(places row 100 969696 <bar.ppm)" = '16-17 368-369 384-385 410-411' ]
    [ "$(places columns 100 100 969696 <bar.ppm)" = '16-17 368-369' ]
    [ "$(places columns 400 400 969696 <bar.ppm)" = '16-17 368-369' ]
    [ "$(places row 192 1e1e1e <bar.ppm | cut -d ' ' -f 1)" = 410-417 ]
    [ "$(places columns 410 417 1e1e1e <bar.ppm)" = '17-18 191-192 366-367' ]
    [ "$(places columns 418 424 1e1e1e <bar.ppm)" = '' ]
    [ "$(places columns 425 457 1e1e1e <bar.ppm)" = '8-28 182-202 357-377' ]
}

@test "bar: its labels grow with the map" {
    # shellcheck disable=SC2046 # one word per value
    matrix 10 10 $(seq 0 0.01 0.99) >m
    [ "$(pixmap -f ppm -b -r -1:1 -s 20 m | sed -n 2p)" = "242 212" ]
    [ "$(pixmap -f ppm -b -r -1:1 -s 21 m | sed -n 2p)" = "294 234" ]
    [ "$(pixmap -f ppm -b -r -1:1 -s 35 m | sed -n 2p)" = "476 386" ]
}

# --- formats, input and output --------------------------------------------------------------------

@test "the suffix of the output chooses the format, unless -f does" {
    matrix 1 2 0 1 >m
    pixmap -f png m >m.is_png
    pixmap -f ppm m >m.is_ppm
    mkdir d.ppm
    local name
    for name in a.png A.PNG a.b.Png .ppm..png; do
        pixmap -o "$name" m
        cmp "$name" m.is_png
    done
    for name in a.ppm A.PPM ./a.PpM a.png.ppm; do
        pixmap -o "$name" m
        cmp "$name" m.is_ppm
    done
    # No suffix: png.
    for name in a .ppm d.ppm/a ./.hidden; do
        pixmap -o "$name" m
        cmp "$name" m.is_png
    done
    pixmap -o /dev/stdout m | cmp - m.is_png
    pixmap -o >(cat >piped) m
    # -f has the last word, wherever it stands.
    for name in a.png a.tiff a; do
        pixmap -o "$name" -f ppm m
        cmp "$name" m.is_ppm
        pixmap -f png -o "$name" m
        cmp "$name" m.is_png
    done
}

@test "another suffix is a usage error that leaves no file" {
    matrix 1 2 0 1 >m
    local name
    for name in a.gif a.png.gz a.jpg d/a.bmp a.pngx a.pn a.; do
        fails_usage "-o: the suffix of '$name' is not png or ppm; -f chooses the format whatever the name" \
            pixmap -o "$name" m
    done
    [ -z "$(compgen -G 'a.*')" ] # nor under a temporary name:
    [ -z "$(compgen -G '.engram-*')" ]
}

# An RGB PNG as PPM, decoded by other means than the program's.
unpng() {
    perl -MCompress::Zlib -e 'local $/; binmode STDIN; binmode STDOUT; $_ = <STDIN>;
        my ($width, $height) = unpack "x16NN";
        my ($at, $packed) = (8, "");
        while ($at < length) {
            my ($size, $type) = unpack "x${at}Na4";
            $packed .= substr $_, $at + 8, $size if $type eq "IDAT";
            $at += 12 + $size
        }
        print "P6\n$width $height\n255\n";
        my @above = (0) x (3 * $width);
        for (unpack "(a" . (3 * $width + 1) . ")$height", uncompress $packed) {
            my ($filter, @row) = unpack "C*";
            for my $i (0 .. $#row) {
                my ($a, $b, $c) = $i < 3 ? (0, $above[$i], 0) : ($row[$i - 3], @above[$i, $i - 3]);
                my ($x, $y, $z) = (abs($b - $c), abs($a - $c), abs($a + $b - 2 * $c));
                my $paeth = $x <= $y && $x <= $z ? $a : $y <= $z ? $b : $c;
                $row[$i] = $row[$i] + (0, $a, $b, $a + $b >> 1, $paeth)[$filter] & 255
            }
            print pack "C*", @row;
            @above = @row
        }'
}

@test "png is the default and holds the same pixels as ppm" {
    matrix 3 4 {-5..5} nan >m
    for options in "" "-b" "-s 1 -p blues" "-b -s 50 -r 0:"; do
        # shellcheck disable=SC2086 # several words
        pixmap $options m >m.png
        # shellcheck disable=SC2086
        pixmap $options --format png m | cmp - m.png
        # shellcheck disable=SC2086
        pixmap $options -f ppm m >m.ppm
        [ "$(head -c 2 m.ppm)" = P6 ]
        unpng <m.png | cmp - m.ppm
    done
}

@test "standard input, a pipe and a file give the same bytes" {
    matrix 3 4 {-5..5} nan >m
    pixmap m >m.png
    pixmap <m | cmp - m.png
    pixmap - <m | cmp - m.png
    # shellcheck disable=SC2002 # a pipe is wanted
    cat m | pixmap | cmp - m.png
    pixmap <(cat m) | cmp - m.png
    pixmap -o out.png m
    cmp out.png m.png
    pixmap --output - m | cmp - m.png
    [ "$(ls -A)" = $'m\nm.png\nout.png' ]
}

@test "a failed run leaves an existing file alone, and no other" {
    echo precious >out.png
    matrix 1 2 0 1 | head -c 60 >short
    run ! pixmap -o out.png short
    run ! pixmap -o out.png < <(cat short)
    run ! pixmap -o out.png missing
    [ "$(cat out.png)" = precious ]
    [ "$(ls -A)" = $'out.png\nshort' ] # no temporary file either
}

@test "truncated at any byte, it fails; with a byte too many too" {
    matrix 2 2 1 2 3 4 >m
    for kept in $(seq 0 $(($(wc -c <m) - 1))); do
        head -c "$kept" m >short
        run --separate-stderr pixmap short
        [ "$status" -eq 1 ]
        [ -z "$output" ]
        [[ "$stderr" == "pixmap: short: "* ]]
        run --separate-stderr pixmap < <(cat short)
        [ "$status" -eq 1 ]
        [ -z "$output" ]
        [[ "$stderr" == "pixmap: <stdin>: "* ]]
    done
    { cat m; echo; } >long
    fails 1 'pixmap: long: 33 bytes of data, but the tensors take 32' pixmap long
    fails 1 'pixmap: <stdin>: data goes on after the 32 bytes the tensors take' \
        pixmap < <(cat long)
}

@test "the data of a pipe is checked to its end, behind the tensor too" {
    tensors a 2,2 b 4 | head -c -1 >short
    fails 1 'pixmap: <stdin>: the data ends after 7 of 8 bytes' pixmap < <(cat short)
}

@test "files that cannot be read or written" {
    matrix 1 2 0 1 >m
    fails 1 'pixmap: missing: No such file or directory' pixmap missing
    fails 1 'pixmap: .: Is a directory, and none with a file *.safetensors.index.json or *.safetensors' pixmap .
    fails 1 'pixmap: no/out.png: cannot create: No such file or directory' pixmap -o no/out.png m
    fails 1 'pixmap: .: Is a directory' pixmap -o . m
    for format in png ppm; do
        fails 1 'pixmap: /dev/full: cannot write: No space left on device' \
            pixmap -f "$format" -o /dev/full m
        run --separate-stderr bash -c "pixmap -f $format -s 500 m >/dev/full"
        [ "$status" -eq 1 ]
        [ "$stderr" = 'pixmap: <stdout>: cannot write: No space left on device' ]
    done
}

@test "a closed pipe ends it quietly" {
    matrix 1 2 0 1 >m
    for format in png ppm; do
        run --separate-stderr bash -c "
            pixmap -f $format -s 500 m | head -c 1 | wc -c
            exec 3> >(true); wait \$! # the reader is gone
            exec pixmap -f $format m >&3"
        [ "$status" -eq 141 ] # by SIGPIPE
        [ "$output" = 1 ]
        [ -z "$stderr" ]
    done
}

@test "a terminal gets no picture" {
    matrix 1 2 0 1 >m
    run script -qec "pixmap m" /dev/null
    [ "$status" -eq 1 ]
    [ "${output%$'\r'}" = \
        "pixmap: <stdout>: will not write binary data to a terminal; use -o FILE or a pipe" ]
}

# --- the command line -----------------------------------------------------------------------------

@test "usage errors" {
    matrix 1 2 0 1 >m
    fails_usage "-s: 0 is not between 1 and 4096" pixmap -s 0 m
    fails_usage "-s: 4097 is not between 1 and 4096" pixmap -s 4097 m
    fails_usage "-s: '1.5' is not a whole number" pixmap --scale=1.5 m
    fails_usage "--fit: 0 is not between 1 and 16384" pixmap --fit 0 m
    fails_usage "--fit: 16385 is not between 1 and 16384" pixmap --fit 16385 m
    local index
    for index in '' '1,' ',1' '1,,2' x '1,x' 01 1.5 18446744073709551616 "$(printf '1,%.0s' {1..32})1"; do
        fails_usage "-i: '$index' is not N or N,N,..., up to 32 whole numbers" pixmap -i "$index" m
    done
    fails 1 'pixmap: m: tensor "m": no matrix '"$(printf '0,%.0s' {1..31})0"': 2 dimensions, not 32 and those of a matrix' \
        pixmap -t m -i "$(printf '0,%.0s' {1..31})0" m
    fails_usage "-p: 'jet' is not blue-orange, purple-green, blues or gray" pixmap -p jet m
    fails_usage "-f: 'gif' is not png or ppm" pixmap -f gif m
    fails_usage "-f: 'p' is not png or ppm" pixmap -f p m
    local range
    for range in "" 1 a:b 1:2:3 nan:1 1:nan -inf:1 :inf 0:2e307 -2e307: "1: 2"; do
        fails_usage "-r: '$range' is not LO:HI, numbers from -1e+307 to 1e+307" pixmap -r "$range" m
    done
    for range in 1:1 2:1 0:-0; do
        fails_usage "-r: '$range' is empty: LO must be less than HI" pixmap -r "$range" m
    done
    # Small numbers, which are no zeros.
    same m "-b -r -1e-320:0" "-b -r -1e-320:-0.0"
    fails_usage "extra operand 'n'" pixmap m n
    fails_usage "unknown option '-x'" pixmap -x m
    fails_usage "option -t needs an argument" pixmap -t
}

@test "a wrong command line leaves no file" {
    run ! pixmap -o out.png -p jet
    run ! pixmap -o out.png a b
    [ -z "$(ls -A)" ]
}

@test "help shows every option with its default" {
    run --separate-stderr pixmap --help
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    diff <(echo "$output") - <<'END'
Usage: pixmap [OPTION]... [FILE]
Draw a matrix from a safetensors file as a picture, or list what is there.

  -t, --tensor TENSOR
        the tensor to draw [the only one with two dimensions; of several, "r"; with
        --index, the only one with more; of several, "images"]
  -i, --index N[,N...]
        of a tensor with more dimensions, such as images, the N-th matrix, from 0; or an
        index for each dimension but the last two
  -s, --scale N
        pixels per value, in width and height [8]
      --fit PIXELS
        make a map no wider and no higher: by a lower scale, then by means of blocks
        [4096, where there would be more than 268435456 pixels]
  -p, --palette NAME
        blue-orange, purple-green, blues or gray
        [blue-orange; where no value is negative, blues]
  -r, --range LO:HI
        values of the palette's ends, either may be left out [symmetric about 0 if the
        palette is diverging, else from the smallest value to the largest]
  -b, --bar
        draw a colour bar beside the map
  -f, --format FORMAT
        png or ppm [what the suffix of the output says; without one, png]
  -l, --list
        list the file's tensors instead, as a table
  -o, --output FILE
        where the picture or the table goes [-]
      --include GLOB
        take the tensors whose names match, and those of more --include
      --exclude GLOB
        leave out the tensors whose names match
      --strip PREFIX
        take this off the names that begin so, before they are matched
  -h, --help
        print this help
      --version
        print the version
END
    [ "$(pixmap -h)" = "$output" ]
    fails 1 'pixmap: <stdout>: cannot write: No space left on device' \
        bash -c 'pixmap --help >/dev/full'
}

@test "version" {
    [[ "$(pixmap --version)" =~ ^"pixmap (engram) "[0-9.]+$ ]]
}
