#!/usr/bin/env bats
# mnist-filter: every option, the IDX format plain and gzip, and MNIST itself.

bats_require_minimum_version 1.5.0
load helpers
load data

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    PATH="$BIN:$PATH"
    idx_labels 3 1 4 1 5 >labels
    idx_images 1 2 10 11 20 21 30 31 40 41 50 51 >images
    gzip -nk labels images
}

# An IDX file of a type, 8 9 b c d e.
# usage: idx_file TYPE SIZE... : VALUE...
idx_file() {
    perl -e 'my ($type, @sizes) = shift; push @sizes, shift while $ARGV[0] ne ":"; shift;
        my $format = {8 => "C", 9 => "c", b => "s>", c => "l>", d => "f>", e => "d>"}->{$type};
        binmode STDOUT;
        print pack("C4N*", 0, 0, hex $type, scalar @sizes, @sizes), pack("($format)*", @ARGV)' -- "$@"
}

# What is chosen from the five samples above.
filter() {
    mnist-filter -i images -l labels "$@" >chosen
    samples_of chosen
}

# --- samples and options --------------------------------------------------------------------------

@test "the file, byte for byte" {
    mnist-filter -i images -l labels -o out
    make_safetensors '{"__metadata__":{"format":"engram.samples"},"labels":{"dtype":"U8","shape":[5],"data_offsets":[0,5]},"images":{"dtype":"U8","shape":[5,1,2],"data_offsets":[5,15]}}     ' \
        'C*' 3 1 4 1 5 10 11 20 21 30 31 40 41 50 51 >expected
    cmp out expected
}

@test "-d, --digits" {
    [ "$(filter -d 1)" = '1:20,21 1:40,41' ]
    [ "$(filter --digits 5,3)" = '3:10,11 5:50,51' ]
    [ "$(filter --digits=4,1)" = '1:20,21 4:30,31 1:40,41' ]
}

@test "a label that is named must have a sample, in the range" {
    fails 1 'mnist-filter: labels: no sample of label 9' mnist-filter -i images -l labels -d 1,9 -o out
    fails 1 'mnist-filter: labels: no sample of labels 9, 255' \
        mnist-filter -i images -l labels -d 255,1,9
    fails 1 'mnist-filter: labels: no sample of label 5 in the range 0:4' \
        mnist-filter -i images -l labels -d 5,3 -r :4
    fails 1 'mnist-filter: labels: no sample of label 3 in the range 1:5' \
        mnist-filter -i images -l labels -d 5,3 -r 1:
    fails 1 'mnist-filter: labels: no sample of labels 1, 3 in the range 2:2' \
        mnist-filter -i images -l labels -d 1,3 -r 2:2
    fails 1 'mnist-filter: labels: no sample of label 9' \
        mnist-filter -i images -l labels -d 9 --shuffle 7
    fails 1 'mnist-filter: <stdin>: no sample of label 9' \
        mnist-filter -l - -d 9 --idx-labels out <labels
    [ ! -e out ]
    # -n and --shuffle come later
    [ "$(filter -d 5 -n 0)" = '' ]
    [ "$(filter -d 3,5 --shuffle 1 -n 1 | wc -w)" -eq 1 ]
    # nothing is named
    [ "$(filter -r 2:2)" = '' ]
    # far more than fit on a line
    fails 1 "mnist-filter: labels: no sample of labels $(seq -s ', ' 6 99) and 156 more in the range 0:5" \
        mnist-filter -i images -l labels -d "$(seq -s , 6 255)" -r 0:5
    fails 1 "mnist-filter: labels: no sample of labels $(seq -s ', ' 100 173) and 82 more" \
        mnist-filter -i images -l labels -d "$(seq -s , 100 255)"
    fails 1 "mnist-filter: labels: no sample of labels 7, 8, 9, $(seq -s ', ' 100 172) and 83 more" \
        mnist-filter -i images -l labels -d "7,8,9,$(seq -s , 100 255)"
    fails 1 'mnist-filter: labels: no sample of labels 0, 255' mnist-filter -i images -l labels -d 0,255
}

@test "-r, --range: before -d, half open, either side left out" {
    [ "$(filter -r 1:3)" = '1:20,21 4:30,31' ]
    [ "$(filter --range :2)" = '3:10,11 1:20,21' ]
    [ "$(filter -r 3:)" = '1:40,41 5:50,51' ]
    [ "$(filter -r :)" = "$(filter)" ]
    [ "$(filter -r 2:2)" = '' ]
    [ "$(filter -r 5:)" = '' ]
    [ "$(filter -r 0:5)" = "$(filter)" ]
    [ "$(filter -r 2: -d 1)" = '1:40,41' ]
}

@test "-n, --max: after -r and -d" {
    [ "$(filter -n 0)" = '' ]
    [ "$(filter -n 1)" = '3:10,11' ]
    [ "$(filter --max 1 -d 1)" = '1:20,21' ]
    [ "$(filter -n 4294967295)" = "$(filter)" ]
}

@test "of an option given twice the last counts" {
    [ "$(filter -n 0 -n 1 -d 4 -d 1)" = '1:20,21' ]
}

@test "--shuffle: a permutation that its seed decides, before -n" {
    shuffled=$(filter --shuffle 7)
    [ "$shuffled" = "$(filter --shuffle 7)" ]
    [ "$(tr ' ' '\n' <<<"$shuffled" | sort)" = "$(filter | tr ' ' '\n' | sort)" ]
    [ "$(filter --shuffle 7 -n 2)" = "$(cut -d ' ' -f 1-2 <<<"$shuffled")" ]
    [ "$(filter --shuffle 7 -n 0)" = '' ]
    [ "$(filter --shuffle 7 -r 5:)" = '' ]
    # of many, a few: those that stand first when all are written
    mnist-filter -i "$MNIST_IMAGES" -l "$MNIST_LABELS" -r :2000 -d 1,7 --shuffle 7 >all
    samples_of all | tr ' ' '\n' >all.text
    for max in 1 64 65 200; do
        mnist-filter -i "$MNIST_IMAGES" -l "$MNIST_LABELS" -r :2000 -d 1,7 --shuffle 7 -n $max >few
        samples_of few | tr ' ' '\n' | cmp - <(head -n $max all.text)
    done
    orders=$(for seed in 0 1 2 3 4 5 6 7 18446744073709551615; do filter --shuffle $seed; done | sort -u)
    [ "$(wc -l <<<"$orders")" -gt 5 ]
}

@test "--shuffle gives one order on every machine" {
    # shellcheck disable=SC2046 # words
    idx_labels $(seq 0 9) >labels
    # shellcheck disable=SC2046
    idx_images 1 1 $(seq 0 9) >images
    filter --shuffle 1 >order
    cat order
    [ "$(<order)" = '9:9 7:7 2:2 8:8 1:1 0:0 6:6 4:4 5:5 3:3' ]
    filter --reorder 1 >order
    cat order
    [ "$(<order)" = '6:6 7:7 8:8 2:2 1:1 4:4 3:3 9:9 5:5 0:0' ]
}

# Samples 0 .. 299, their numbers the two pixels, with labels 0 .. 5.
many_samples() {
    perl -e 'srand 1; print join " ", map { int 6 * rand } 1 .. 300' >values
    # shellcheck disable=SC2046 # words
    idx_labels $(<values) >labels
    perl -e 'print join " ", map { int($_ / 256), $_ % 256 } 0 .. 299' >values
    # shellcheck disable=SC2046
    idx_images 1 2 $(<values) >images
    # shellcheck disable=SC2046
    idx_file b 300 1 2 : $(<values) >wide
    gzip -fk labels images
}

# The same a sample a line.
lines() {
    filter "$@" | tr ' ' '\n' | sed '/^$/d'
}

# usage: gives_lines OPTION... <LINES: that these options give them, from files, packed, and pipes
gives_lines() {
    cat >expected
    lines "$@" | diff expected -
    lines -i images.gz -l labels.gz "$@" | diff expected -
    lines -i <(cat images) -l <(cat labels) "$@" | diff expected -
    lines -i wide "$@" | diff expected -
    mnist-filter -i images -l labels "$@" --transpose --idx-images i --idx-labels l
    mnist-filter -i i -l l --transpose >chosen
    samples_of chosen | tr ' ' '\n' | sed '/^$/d' | diff expected -
    # the table
    mnist-filter -l labels "$@" --count >count
    { printf 'label\tcount\n'; cut -d : -f 1 expected | grep . | sort -n | uniq -c | awk '{ print $2 "\t" $1 }'; } |
        diff - <(awk 'NR == 1 || $2 > 0' count)
}

@test "--skip: passes over the first, after -r, -d and --shuffle and before -n" {
    many_samples
    # shellcheck disable=SC2086 # words
    for order in '' '--shuffle 7'; do
        for some in '' '-d 1,3,4 -r 20:290'; do
            lines $order $some >all.text
            for skip in 0 1 64; do
                tail -n +$((skip + 1)) all.text | gives_lines $order $some --skip $skip
                tail -n +$((skip + 1)) all.text | head -n 17 | gives_lines $order $some --skip $skip -n 17
            done
            # all of them; and more, which is an error
            number=$(wc -l <all.text)
            : | gives_lines $order $some --skip "$number"
            : | gives_lines $order $some --skip "$number" -n 2
            for what in '-o out' --count '--reorder 2' '-n 0'; do
                fails 1 "mnist-filter: labels: --skip $((number + 1)) is beyond the $number samples chosen" \
                    mnist-filter -i images -l labels $order $some --skip $((number + 1)) $what
            done
        done
    done
    [ ! -e out ]
    # what is missing is said first
    fails 1 'mnist-filter: labels: no sample of label 9' \
        mnist-filter -i images -l labels -d 9 --skip 1
}

@test "--without: leaves labels out, after --skip and before -n, in one order" {
    many_samples
    # shellcheck disable=SC2086 # words
    for order in '' '--shuffle 7'; do
        for some in '' '-d 1,3,4 -r 20:290'; do
            lines $order $some >all.text
            for labels in 1 4,3; do
                for skip in 0 13; do
                    tail -n +$((skip + 1)) all.text | grep -v "^[$labels]:" >left
                    gives_lines $order $some --skip $skip --without $labels <left
                    head -n 20 left | gives_lines $order $some --skip $skip --without $labels -n 20
                done
            done
        done
        : | gives_lines $order -d 1,3 --without 3,1
    done
    [ "$(mnist-filter --count -l labels -d 1,3 -n 9 --without 1)" = $'label\tcount\n1\t0\n3\t9' ]
    [ "$(mnist-filter --count -l labels -n 9 --without 1,2,4,5,9)" = "$(mnist-filter --count -l labels -d 0,3 -n 9)" ]
    # of the option given twice the last counts
    lines --without 1 | gives_lines --without 2 --without 1
}

@test "a label to leave out must have a sample, of those not skipped" {
    # shellcheck disable=SC2086 # words
    for order in '' '--shuffle 7' '--reorder 7'; do
        fails 1 'mnist-filter: labels: no sample of label 9 to leave out' \
            mnist-filter -i images -l labels $order --without 9,1 -o out
        fails 1 'mnist-filter: labels: no sample of labels 4, 5 to leave out' \
            mnist-filter -i images -l labels $order -d 3,1 --without 5,4 --idx-labels out
        fails 1 'mnist-filter: labels: no sample of label 4 to leave out' \
            mnist-filter -i images -l labels $order -r 3: --without 4 -o out
        fails 1 'mnist-filter: labels: no sample of label 3 to leave out' \
            mnist-filter -i images -l labels $order --skip 5 --without 3 -o out
        mnist-filter -l labels $order --without 9 --count | cmp - <(mnist-filter -l labels --count)
    done
    fails 1 'mnist-filter: labels: no sample of label 3 to leave out' \
        mnist-filter -i images -l labels --skip 1 --without 3
    # -n comes later
    [ "$(filter --without 5 -n 1)" = 3:10,11 ]
    [ ! -e out ]
}

@test "--reorder: the same samples in another order, the same whatever is left out" {
    many_samples
    # shellcheck disable=SC2086 # words
    for order in '' '--shuffle 7'; do
        # ten samples, in the order of RNG_REORDER, seed 1
        lines $order -r 280: --skip 10 >ten
        for place in 6 7 8 2 1 4 3 9 5 0; do sed -n $((place + 1))p ten; done |
            gives_lines $order -r 280: --skip 10 --reorder 1
        lines $order -d 1,3,4 --skip 20 --reorder 5 >all.text
        run ! cmp -s all.text <(lines $order -d 1,3,4 --skip 20)
        cmp <(sort all.text) <(lines $order -d 1,3,4 --skip 20 | sort)
        run ! cmp -s all.text <(lines $order -d 1,3,4 --skip 20 --reorder 6)
        grep -v ^3: all.text | gives_lines $order -d 1,3,4 --skip 20 --reorder 5 --without 3
        lines $order -d 1,3,4 --skip 20 --without 3 -n 30 >chosen.text
        grep -Fxf chosen.text all.text | gives_lines $order -d 1,3,4 --skip 20 --without 3 -n 30 --reorder 5
        : | gives_lines $order -r 280: --skip 20 --reorder 5
    done
}

@test "--count: a table, without the images; -d, -r, -n and --shuffle hold" {
    [ "$(mnist-filter --count -l labels)" = $'label\tcount\n1\t2\n3\t1\n4\t1\n5\t1' ]
    [ "$(mnist-filter --count -l labels -d 1,5 -r :4)" = $'label\tcount\n1\t2\n5\t0' ]
    [ "$(mnist-filter --count -l labels -n 2)" = $'label\tcount\n1\t1\n3\t1' ]
    [ "$(mnist-filter --count -l labels -d 9,4,255)" = $'label\tcount\n4\t1\n9\t0\n255\t0' ]
    [ "$(mnist-filter --count -l labels --shuffle 1 -d 1 -n 1)" = $'label\tcount\n1\t1' ]
    [ "$(mnist-filter --count -l labels --shuffle 1 -n 5)" = "$(mnist-filter --count -l labels)" ]
    [ "$(mnist-filter --count -l labels -r 5:)" = $'label\tcount' ]
    [ "$(mnist-filter --count -i missing -l labels -n 0)" = $'label\tcount' ]
}

# What each pixel counts, from the samples that the same options write.
# usage: lit_of_samples OPTION...
lit_of_samples() {
    mnist-filter -i images -l labels "$@" >chosen
    perl -e "$PERL_TENSOR"'my @images = tensor("chosen", "images"); my @lit = (0) x 6;
        $images[$_] and $lit[$_ % 6]++ for 0 .. $#images; print "@lit\n"'
}

@test "--lit: in how many of the images chosen each pixel is not 0" {
    idx_images 1 3 0 7 0 0 9 255 0 0 0 1 1 0 0 1 0 >images
    mnist-filter --lit -i images -l labels -o out
    make_safetensors '{"__metadata__":{"format":"engram.mask"},"lit":{"dtype":"U32","shape":[1,3],"data_offsets":[0,12]}}     ' \
        'L<*' 1 4 1 >expected
    cmp out expected
    mnist-filter --lit -i - -l labels <images | cmp - expected
    mnist-filter --lit -i images -l <(cat labels) | cmp - expected
    mnist-filter --lit -i images -l labels --transpose >out
    [[ $(header_of out) == *'"shape":[3,1]'* ]] && [ "$(numbers out lit)" = '1 4 1' ]
}

@test "--lit: of the samples that the same options choose, whatever their order" {
    perl -e 'binmode STDOUT; print pack("C4N3", 0, 0, 8, 3, 300, 2, 3),
        map { pack "C", $_ * $_ % 7 < $_ % 3 ? 0 : $_ % 5 } 1 .. 1800' >images
    perl -e 'binmode STDOUT; print pack("C4N", 0, 0, 8, 1, 300), map { pack "C", $_ % 5 } 1 .. 300' >labels
    gzip -kf images
    local -A seen=()
    # shellcheck disable=SC2086 # words
    for options in '' '-d 1,3 -r 20:290' '-n 17' '--skip 100' '--without 2,4' '--shuffle 7 -n 30' \
        '--shuffle 7 --skip 200 --without 1 -n 40' '--transpose' '--shape 3x2 --transpose -n 31'; do
        mnist-filter --lit -i images -l labels $options >lit
        [ "$(numbers lit lit)" = "$(lit_of_samples $options)" ]
        seen[$(numbers lit lit)]=1
        mnist-filter --lit -i images -l labels $options --reorder 3 | cmp - lit
        mnist-filter --lit -i images.gz -l labels $options | cmp - lit
    done
    [ ${#seen[@]} -eq 9 ]
    # counts beyond a byte, and beyond two
    perl -e 'binmode STDOUT; print pack("C4N3", 0, 0, 8, 3, 70000, 1, 1), "\1" x 70000' >images
    perl -e 'binmode STDOUT; print pack("C4N", 0, 0, 8, 1, 70000), "\1" x 70000' >labels
    [ "$(mnist-filter --lit -i images -l labels | tail -c 4 | od -An -tx1)" = ' 70 11 01 00' ]
}

@test "--lit: fails as the samples do, and without them" {
    for options in '-d 9' '--skip 6' '--without 9' '-r 6:'; do
        # shellcheck disable=SC2086 # words
        fails 1 "$(mnist-filter -i images -l labels $options 2>&1)" \
            mnist-filter --lit -i images -l labels $options -o out
    done
    for options in '-r 5:' '-n 0' '-d 1 --without 1' '--shuffle 1 --skip 5'; do
        # shellcheck disable=SC2086 # words
        fails 1 'mnist-filter: labels: no sample is chosen, so no mask' \
            mnist-filter --lit -i images -l labels $options -o out
    done
    head -c -1 images >other
    fails 1 'mnist-filter: other: the data ends after 9 of 10 bytes' \
        mnist-filter --lit -i other -l labels -o out
    idx_labels 1 2 >other
    fails 1 'mnist-filter: images: 5 images, but 2 labels in other' \
        mnist-filter --lit -i images -l other -o out
    misused '-i IMAGES is required' mnist-filter --lit -l labels
    misused '--lit writes a mask, and no table' mnist-filter --lit --count -i images -l labels
    for file in --idx-images --idx-labels; do
        misused '--lit writes a mask, and no IDX files' \
            mnist-filter --lit -i images -l labels $file out
    done
    [ ! -e out ]
}

@test "long options: --images, --labels, --output" {
    mnist-filter --images images --labels labels --output out
    mnist-filter -i images -l labels | cmp - out
}

@test "images of any rows and columns" {
    for size in '1 1' '3 5' '64 64'; do
        read -r rows cols <<<"$size"
        idx_labels 7 8 9 >labels
        # shellcheck disable=SC2046
        idx_images "$rows" "$cols" $(perl -e 'print map { $_ * 7 % 256, " " } 1 .. 3 * $ARGV[0] * $ARGV[1]' "$rows" "$cols") >images
        mnist-filter -i images -l labels -d 7,9 >out
        [[ $(header_of out) == *"\"shape\":[2,$rows,$cols]"* ]]
        { tail -c +17 images | head -c $((rows * cols)); tail -c $((rows * cols)) images; } |
            cmp - <(tail -c $((2 * rows * cols)) out)
        mnist-filter -i images -l labels --shuffle 3 -d 8 | tail -c $((rows * cols)) |
            cmp - <(tail -c +$((17 + rows * cols)) images | head -c $((rows * cols)))
    done
}

@test "no samples in the source" {
    idx_labels >labels
    perl -e 'binmode STDOUT; print pack("C4N3", 0, 0, 8, 3, 0, 4, 4)' >images
    mnist-filter -i images -l labels -o out
    [[ $(header_of out) == *'"shape":[0,4,4]'* ]]
    mnist-filter -i images -l labels --shuffle 1 | cmp - out
    [ "$(mnist-filter --count -l labels)" = $'label\tcount' ]
}

# --- the command line -----------------------------------------------------------------------------

@test "-i and -l are required" {
    misused '-l LABELS is required' mnist-filter
    misused '-l LABELS is required' mnist-filter -i images
    misused '-l LABELS is required' mnist-filter --count -i images
    misused '-i IMAGES is required' mnist-filter -l labels
}

@test "standard input cannot be both" {
    misused 'standard input can be read only once' mnist-filter -i - -l -
}

@test "wrong labels" {
    for list in '' ',' '1,' ',1' '1,,2' 256 -1 +1 x 1x 0x1 ' 1' '1 2' 01 99999999999999999999; do
        misused "-d: '$list' is not a list of labels from 0 to 255" \
            mnist-filter -i images -l labels -d "$list"
        misused "--without: '$list' is not a list of labels from 0 to 255" \
            mnist-filter -i images -l labels --without "$list"
    done
    misused '-d: label 0 is given twice' mnist-filter -i images -l labels -d 0,0
    misused '-d: label 1 is given twice' mnist-filter -i images -l labels -d 1,2,1
    misused '--without: label 1 is given twice' mnist-filter -i images -l labels --without 1,2,1
}

@test "wrong ranges" {
    for range in '' 5 a:3 -1: 1:2:3 1-2 ' 1:2' 1:x 000000000000000000000000000000000:1; do
        misused "-r: '$range' is not FIRST:LAST" mnist-filter -i images -l labels -r "$range"
    done
    misused '-r: 3:2 ends before it begins' mnist-filter -i images -l labels -r 3:2
    for range in :4294967296 4294967296:; do
        misused '-r: 4294967296 is not between 0 and 4294967295' mnist-filter -i images -l labels -r $range
    done
    # As many digits as there may be, and one more.
    [ "$(filter -r "$(printf '0%.0s' {1..30})2:3")" = 4:30,31 ]
    range=$(printf '0%.0s' {1..31})2:3
    misused "-r: '$range' is not FIRST:LAST" mnist-filter -i images -l labels -r "$range"
}

@test "ranges beyond the source" {
    fails 1 'mnist-filter: labels: position 6 of the range is beyond the 5 samples' \
        mnist-filter -i images -l labels -r :6
    fails 1 'mnist-filter: labels: position 7 of the range is beyond the 5 samples' \
        mnist-filter -i images -l labels -r 7: -o out
    fails 1 'mnist-filter: <stdin>: position 6 of the range is beyond the 5 samples' \
        mnist-filter -i images -l - -r 0:6 <labels
    [ ! -e out ]
}

@test "wrong numbers" {
    for number in '' x -1 1.5 ' 1' 0x10; do
        misused "-n: '$number' is not a whole number" mnist-filter -i images -l labels -n "$number"
        for option in --shuffle --skip --reorder; do
            misused "$option: '$number' is not a whole number" \
                mnist-filter -i images -l labels $option "$number"
        done
    done
    misused '-n: 4294967296 is not between 0 and 4294967295' \
        mnist-filter -i images -l labels -n 4294967296
    misused '--skip: 4294967296 is not between 0 and 4294967295' \
        mnist-filter -i images -l labels --skip 4294967296
    for option in --shuffle --reorder; do
        misused "$option: 18446744073709551616 is not between 0 and 18446744073709551615" \
            mnist-filter -i images -l labels $option 18446744073709551616
    done
}

# --- the format -----------------------------------------------------------------------------------

@test "plain and gzip, files and pipes give the same" {
    mnist-filter -i images -l labels -d 1,3 >expected
    mnist-filter -i images.gz -l labels.gz -d 1,3 | cmp - expected
    mnist-filter -i images.gz -l labels -d 1,3 | cmp - expected
    mnist-filter -i <(cat images.gz) -l <(cat labels.gz) -d 1,3 | cmp - expected
    mnist-filter -i <(cat images) -l <(cat labels) -d 1,3 | cmp - expected
    mnist-filter -i - -l labels -d 1,3 <images | cmp - expected
    # shellcheck disable=SC2002 # a pipe is what is tested
    cat labels.gz | mnist-filter -i images -l - -d 1,3 | cmp - expected
    # Several gzip members are one file.
    { head -c 5 images | gzip; tail -c +6 images | gzip; } >members
    mnist-filter -i members -l labels -d 1,3 | cmp - expected
}

@test "not an IDX file" {
    printf '\1\2\3\4 and so on, long enough for a header' >other
    fails 1 'mnist-filter: other: not an IDX file: it begins with 01 02, not 00 00' \
        mnist-filter -i other -l labels
    fails 1 'mnist-filter: other: not an IDX file: it begins with 01 02, not 00 00' \
        mnist-filter -i images -l other
    perl -pe 'substr($_, 1, 1) = "\1"' labels >other
    fails 1 'mnist-filter: other: not an IDX file: it begins with 00 01, not 00 00' \
        mnist-filter --count -l other
}

@test "what is no IDX file is named" {
    # usage: is_named WORDS; the file is `other`, and packed it is the same
    is_named() {
        for file in other packed; do
            run -1 --separate-stderr mnist-filter -i $file -l labels
            # shellcheck disable=SC2154 # run sets it
            [[ $stderr == "mnist-filter: $file: not an IDX file but $1"* ]] || { echo "$stderr"; return 1; }
            run -1 --separate-stderr mnist-filter -i images -l - <$file
            [[ $stderr == "mnist-filter: <stdin>: not an IDX file but $1"* ]]
            gzip -c other >packed
        done
    }
    printf 'version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 1\n' >other
    is_named 'a Git LFS pointer'
    printf '<!DOCTYPE html>\n<html><head>' >other
    is_named 'a web page (HTML)'
    printf 'PK\3\4 and so on' >other
    is_named 'a zip archive'
    printf '\211PNG\r\n\32\n' >other
    is_named 'a PNG picture'
    printf '\223NUMPY\1\0' >other
    is_named 'a NumPy array (.npy)'
    mnist-filter -i images -l labels -o other
    is_named 'a safetensors file'
    : >other
    is_named 'empty'
}

@test "images and labels exchanged" {
    fails 1 'mnist-filter: images: 3-dimensional data, 5 x 1 x 2, where labels are needed; are images and labels exchanged?' \
        mnist-filter -i labels -l images
    fails 1 'mnist-filter: labels: 1-dimensional data, 5, where images are needed; are images and labels exchanged?' \
        mnist-filter -i labels -l labels -o out
    [ ! -e out ]
}

@test "numbers of every type" {
    mnist-filter -i images -l labels >expected
    for type in 8 9 b c d e; do
        idx_file $type 5 : 3 1 4 1 5 >other-labels
        idx_file $type 5 1 2 : 10 11 20 21 30 31 40 41 50 51 >other-images
        mnist-filter -i other-images -l other-labels | cmp - expected
        gzip -f other-images
        mnist-filter -i other-images.gz -l other-labels --shuffle 3 |
            cmp - <(mnist-filter -i images -l labels --shuffle 3)
    done
    # all that there are, in an image of more than is read at once
    large() {
        perl -e 'my ($type, $format) = @ARGV; binmode STDOUT;
            print pack("C4N3", 0, 0, hex $type, 3, 1, 400, 900),
                pack("($format)*", map { $_ * 7 % 256 } 1 .. 360000)' "$@"
    }
    idx_labels 255 >labels
    large 8 C >images
    mnist-filter -i images -l labels -o expected
    large b 's>' | mnist-filter -i - -l labels | cmp - expected
    large c 'l>' | mnist-filter -i - -l labels | cmp - expected
    large d 'f>' | mnist-filter -i - -l labels | cmp - expected
    large e 'd>' | mnist-filter -i - -l labels | cmp - expected
}

@test "numbers that are no label" {
    # usage: no_label TYPE VALUE [SHOWN]
    no_label() {
        idx_file "$1" 3 : 1 2 "$2" >other
        fails 1 "mnist-filter: other: item 2 has the label ${3-$2}, not a whole number from 0 to 255" \
            mnist-filter -i images -l other
        fails 1 "mnist-filter: other: item 2 has the label ${3-$2}, not a whole number from 0 to 255" \
            mnist-filter --count -l other -r :1
    }
    no_label 9 -1
    no_label 9 -128
    no_label b 256
    no_label b -32768
    no_label c 2147483647
    no_label c -1
    no_label d 256
    no_label d -1
    no_label d 2.5
    no_label d nan
    no_label d inf
    no_label d 16777216
    no_label e -inf
    no_label e 254.99999999999997
    no_label e 1e300 1e+300
    no_label e -1e-300
    idx_file d 2 : 0 0.1 >other
    fails 1 'mnist-filter: other: item 1 has the label 0.1, not a whole number from 0 to 255' \
        mnist-filter --count -l other
}

@test "numbers that are no pixel" {
    # usage: no_pixel TYPE VALUE [HINT]; it is in an image that is not even kept
    no_pixel() {
        idx_file "$1" 5 1 2 : 0 1 255 3 4 5 6 "$2" 8 9 >other
        fails 1 "mnist-filter: other: item 3 has the pixel $2, not a whole number from 0 to 255${3-}" \
            mnist-filter -i other -l labels -n 1 -o out
        [ ! -e out ]
    }
    no_pixel b -2
    no_pixel b 256
    no_pixel c 65536
    no_pixel d 0.5 '; grey levels from 0 to 1 must be times 255'
    no_pixel d 0.003921569 '; grey levels from 0 to 1 must be times 255'
    no_pixel e 0.00392156862745098 '; grey levels from 0 to 1 must be times 255'
    no_pixel d -0.42421296
    no_pixel d nan
    no_pixel e 255.5
}

@test "labels as QMNIST has them, and of further dimensions" {
    idx_file c 5 8 : 3 9 9 9 9 -1 300 70000 1 0 0 0 0 0 0 0 4 1 1 1 1 1 1 1 1 0 0 0 0 0 0 0 5 2 2 2 2 2 2 2 >other
    mnist-filter -i images -l other | cmp - <(mnist-filter -i images -l labels)
    for sizes in '5 1' '5 1 1' '5 1 1 1 1 1 1 1'; do
        # shellcheck disable=SC2086 # words
        idx_file 8 $sizes : 3 1 4 1 5 >other
        mnist-filter -i images -l other | cmp - <(mnist-filter -i images -l labels)
    done
    idx_file c 1 8 1 : 256 0 0 0 0 0 0 0 >other
    fails 1 'mnist-filter: other: item 0 has the label 256, not a whole number from 0 to 255' \
        mnist-filter --count -l other
    idx_file 8 1 10 : 0 0 0 1 0 0 0 0 0 0 >other
    fails 1 'mnist-filter: other: 10 numbers of type uint8 for each label, where one is needed, or the 8 of type int32 of QMNIST' \
        mnist-filter --count -l other
    idx_file 8 1 8 : 0 0 0 1 0 0 0 0 >other
    fails 1 'mnist-filter: other: 8 numbers of type uint8 for each label, where one is needed, or the 8 of type int32 of QMNIST' \
        mnist-filter --count -l other
    idx_file c 1 2 : 7 7 >other
    fails 1 'mnist-filter: other: 2 numbers of type int32 for each label, where one is needed, or the 8 of type int32 of QMNIST' \
        mnist-filter --count -l other
}

@test "images of other dimensions" {
    mnist-filter -i images -l labels >expected
    for sizes in '5 2' '5 1 2' '5 1 2 1' '5 1 1 2' '5 1 2 1 1'; do
        # shellcheck disable=SC2086
        idx_file 8 $sizes : 10 11 20 21 30 31 40 41 50 51 >other
        mnist-filter -i other -l labels | cmp - expected
    done
    # shellcheck disable=SC2046
    idx_file 8 5 3 2 2 : $(seq 60) >other
    fails 1 'mnist-filter: other: IDX data of 4 dimensions, 5 x 3 x 2 x 2, where images are needed: their number, rows and columns, one channel alone' \
        mnist-filter -i other -l labels
    # shellcheck disable=SC2046
    idx_file 8 5 2 2 3 : $(seq 60) >other
    fails 1 'mnist-filter: other: IDX data of 4 dimensions, 5 x 2 x 2 x 3, where images are needed: their number, rows and columns, one channel alone' \
        mnist-filter -i other -l labels --shape 3x4
    printf '\0\0\10\0aaaa' >other
    fails 1 'mnist-filter: other: IDX data of 0 dimensions, not 1 to 8' mnist-filter -i other -l labels
    printf '\0\0\10\11aaaa' >other
    fails 1 'mnist-filter: other: IDX data of 9 dimensions, not 1 to 8' mnist-filter -i other -l labels
}

@test "IDX files of a type that there is not" {
    for type in 00 07 0a 0f ff; do
        # shellcheck disable=SC2059
        printf "\\0\\0\\x$type\\1\\0\\0\\0\\0" >other
        fails 1 "mnist-filter: other: IDX type 0x$type is none of 0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e" \
            mnist-filter -i images -l other
    done
}

@test "--shape: rows and columns that the file does not tell" {
    idx_labels 7 8 >labels
    for sizes in '2 6' '2 6 1' '2 1 6' '2 3 2' '2 1 1 6'; do
        # shellcheck disable=SC2086
        idx_file 8 $sizes : 1 2 3 4 5 6 7 8 9 10 11 12 >images
        mnist-filter -i images -l labels --shape 2x3 -o out
        [[ $(header_of out) == *'"shape":[2,2,3]'* ]]
        [ "$(samples_of out)" = '7:1,2,3,4,5,6 8:7,8,9,10,11,12' ]
    done
    idx_file 8 2 6 : 1 2 3 4 5 6 7 8 9 10 11 12 >images
    mnist-filter -i images -l labels -o out
    [[ $(header_of out) == *'"shape":[2,1,6]'* ]]
    fails 1 'mnist-filter: images: images of 1 x 6 pixels, which do not make 2 x 4' \
        mnist-filter -i images -l labels --shape 2x4
    fails 1 'mnist-filter: images: images of 1 x 6 pixels, which do not make 4294967295 x 4294967295' \
        mnist-filter -i images -l labels --shape 4294967295x4294967295
    for shape in '' x 2 2x x3 2x3x1 -2x-3 2X3 '2 x 3' 2.0x3 2:3; do
        misused "--shape: '$shape' is not ROWSxCOLS" mnist-filter -i images -l labels --shape "$shape"
    done
    misused '--shape: 0 is not between 1 and 4294967295' mnist-filter -i images -l labels --shape 0x6
    misused '--shape: 4294967296 is not between 1 and 4294967295' \
        mnist-filter -i images -l labels --shape 1x4294967296
}

@test "--transpose: rows and columns exchanged, as EMNIST needs" {
    idx_labels 7 8 >labels
    idx_images 2 3 1 2 3 4 5 6 7 8 9 10 11 12 >images
    for options in '' '--shuffle 1'; do
        # shellcheck disable=SC2086
        mnist-filter -i images -l labels --transpose $options -d 7 -o out
        [[ $(header_of out) == *'"shape":[1,3,2]'* ]]
        [ "$(samples_of out)" = '7:1,4,2,5,3,6' ]
    done
    # after --shape, and of any type
    idx_file d 2 6 : 1 2 3 4 5 6 7 8 9 10 11 12 >images
    mnist-filter -i images -l labels --transpose --shape 2x3 --idx-images out
    cmp out <(idx_images 3 2 1 4 2 5 3 6 7 10 8 11 9 12)
    # twice is once too often
    mnist-filter -i out -l labels --transpose --idx-images again
    cmp again <(idx_images 2 3 1 2 3 4 5 6 7 8 9 10 11 12)
}

@test "--idx-images, --idx-labels: plain IDX files of bytes, together or not at all" {
    mnist-filter -i images.gz -l labels.gz --idx-images i --idx-labels l
    cmp i images
    cmp l labels
    idx_file e 5 2 : 10 11 20 21 30 31 40 41 50 51 >other
    mnist-filter -i other -l labels -d 1 -n 1 --idx-images i --idx-labels l
    cmp i <(idx_images 1 2 20 21)
    cmp l <(idx_labels 1)
    mnist-filter -i images -l labels --shuffle 7 --idx-images i --idx-labels l
    [ "$(mnist-filter -i i -l l | md5sum)" = "$(mnist-filter -i images -l labels --shuffle 7 | md5sum)" ]
    # either alone, the images not being read for the labels; and through a pipe
    mnist-filter -l labels.gz --shuffle 7 --idx-labels - | cmp - l
    mnist-filter -i missing -l labels.gz --idx-labels only
    cmp only labels
    mnist-filter -i images.gz -l labels --idx-images - | cmp - images
    # none
    mnist-filter -i images -l labels -r 5: --idx-images i --idx-labels l
    cmp i <(perl -e 'print pack("C4N3", 0, 0, 8, 3, 0, 1, 2)')
    cmp l <(idx_labels)
    # not at all
    head -c -1 images >other
    rm -f i l
    fails 1 'mnist-filter: other: the data ends after 9 of 10 bytes' \
        mnist-filter -i other -l labels --idx-images i --idx-labels l
    fails 1 'mnist-filter: none/l: cannot create: No such file or directory' \
        mnist-filter -i images -l labels --idx-images i --idx-labels none/l
    [ ! -e i ] && [ ! -e l ] && [ -z "$(compgen -G '.engram-*')" ]
}

@test "--idx-images and --idx-labels go with no other output" {
    misused '-o is for samples, which are not written beside IDX files' \
        mnist-filter -i images -l labels --idx-labels l -o out
    misused '--count writes a table, and no IDX files' mnist-filter --count -l labels --idx-labels l
    misused "two outputs go to 'x'" mnist-filter -i images -l labels --idx-labels x --idx-images x
    misused '-i IMAGES is required' mnist-filter -l labels --idx-images i --idx-labels l
    misused '-l LABELS is required' mnist-filter -i images --idx-images i
    [ ! -e out ] && [ ! -e i ] && [ ! -e l ]
}

@test "images of no size, or of 4 GiB" {
    for size in '0 4' '4 0' '65536 65536' '4294967295 4294967295'; do
        read -r rows cols <<<"$size"
        perl -e 'print pack("C4N3", 0, 0, 8, 3, 5, @ARGV)' "$rows" "$cols" >other
        fails 1 'mnist-filter: other: IDX items of no size, or of 4 GiB or more' \
            mnist-filter -i other -l labels
    done
    # in bytes, whatever the type
    perl -e 'print pack("C4N3", 0, 0, 14, 3, 5, 23171, 23171)' >other
    fails 1 'mnist-filter: other: IDX items of no size, or of 4 GiB or more' \
        mnist-filter -i other -l labels
    perl -e 'print pack("C4N2", 0, 0, 8, 2, 5, 0)' >other
    fails 1 'mnist-filter: other: IDX items of no size, or of 4 GiB or more' \
        mnist-filter --count -l other
}

@test "a size that the data does not have costs no memory" {
    perl -e 'print pack("C4N", 0, 0, 8, 1, 4294967295), "abc"' >other
    for options in --count '-i images' '-i images --shuffle 1' '-i images --reorder 1' '--idx-labels out'; do
        # shellcheck disable=SC2086
        limited 50000 fails 1 'mnist-filter: other: the data ends after 3 of 4294967295 bytes' \
            mnist-filter $options -l other
        # shellcheck disable=SC2086,SC2002
        cat other | limited 50000 fails 1 'mnist-filter: <stdin>: the data ends after 3 of 4294967295 bytes' \
            mnist-filter $options -l -
    done
    perl -e 'print pack("C4N3", 0, 0, 8, 3, 5, 65535, 65535), "abc"' >other
    for options in '' '--shuffle 1' --transpose '-n 0' '--shape 4294836225x1' --lit; do
        # shellcheck disable=SC2086
        limited 50000 fails 1 'mnist-filter: other: the data ends after 3 of 21474181125 bytes' \
            mnist-filter -i other -l labels $options
    done
    perl -e 'print pack("C4N3", 0, 0, 14, 3, 5, 23170, 23170), "abc"' >other
    limited 50000 fails 1 'mnist-filter: other: the data ends after 3 of 21473956000 bytes' \
        mnist-filter -i other -l labels --transpose
}

@test "labels that pack well cost a byte and a bit, those not chosen a bit" {
    { perl -e 'print pack("C4N", 0, 0, 8, 1, 100000000)'; head -c 99999999 /dev/zero; printf '\1'; } |
        gzip -1 >zeros.gz
    message='mnist-filter: images: 5 images, but 100000000 labels in zeros.gz'
    limited 180000 fails 1 "$message" mnist-filter -i images -l zeros.gz
    limited 40000 fails 1 "$message" mnist-filter -i images -l zeros.gz -d 1
    limited 40000 fails 1 "$message" mnist-filter -i images -l zeros.gz -n 5
    limited 40000 fails 1 "$message" mnist-filter -i images -l zeros.gz -r :12000 --shuffle 1
    [ "$(limited 20000 mnist-filter -l zeros.gz --count)" = $'label\tcount\n0\t99999999\n1\t1' ]
    limited 650000 mnist-filter -l zeros.gz --count --shuffle 1 -n 5 >counted
    [ "$(<counted)" = $'label\tcount\n0\t5' ]
}

@test "memory that there is not is an error" {
    { perl -e 'print pack("C4N3", 0, 0, 8, 3, 5, 2000, 2000)'; head -c 20000000 /dev/zero; } >other
    # shellcheck disable=SC2002 # a pipe is what is tested
    for options in '--shuffle 1' '--reorder 1'; do
        # shellcheck disable=SC2086
        cat other | limited 20000 fails 1 'mnist-filter: <stdin>: Cannot allocate memory' \
            mnist-filter -i - -l labels $options -o out
        # shellcheck disable=SC2086
        cat other | limited 20000 mnist-filter -i - -l labels $options -n 1 >out
        # where images can be read as they are written, one is kept
        # shellcheck disable=SC2086
        limited 20000 mnist-filter -i other -l labels $options --transpose >out
    done
    limited 20000 mnist-filter -i other -l labels >out
}

@test "cut at every byte" {
    cut_fails labels 0 "$(size_of labels)" mnist-filter -i images -l labels
    cut_fails images 0 "$(size_of images)" mnist-filter -i images -l labels
    cut_fails images 0 "$(size_of images)" mnist-filter -i images -l labels -n 0
    cut_fails images 0 "$(size_of images)" mnist-filter -i images -l labels --shuffle 1
    cut_fails - images 0 "$(size_of images)" mnist-filter -i - -l labels
    cut_fails - images 0 "$(size_of images)" mnist-filter -i - -l labels --reorder 1
}

@test "cut at every byte, compressed" {
    cut_fails labels.gz 0 "$(size_of labels.gz)" mnist-filter -i images -l labels.gz
    cut_fails images.gz 0 "$(size_of images.gz)" mnist-filter -i images.gz -l labels
    cut_fails images.gz 0 "$(size_of images.gz)" mnist-filter -i images.gz -l labels -n 0
    cut_fails - labels.gz 0 "$(size_of labels.gz)" mnist-filter -i images -l -
}

@test "how a cut file is reported" {
    head -c 3 labels >other
    fails 1 'mnist-filter: other: not an IDX file: it ends within the header' \
        mnist-filter --count -l other
    head -c 19 images >other
    fails 1 'mnist-filter: other: the data ends after 3 of 10 bytes' mnist-filter -i other -l labels
    head -c -1 images.gz >other
    fails 1 'mnist-filter: other: the gzip data is cut' mnist-filter -i other -l labels
    head -c 12 images.gz >other
    fails 1 'mnist-filter: other: the gzip data is cut' mnist-filter -i other -l labels
    idx_file d 5 : 1 2 3 4 5 | head -c 17 >other
    fails 1 'mnist-filter: other: the data ends after 9 of 20 bytes' mnist-filter --count -l other
    idx_file c 5 8 : 1 2 3 4 5 >other
    fails 1 'mnist-filter: other: the data ends after 20 of 160 bytes' mnist-filter --count -l other
    : | gzip >other
    fails 1 'mnist-filter: other: not an IDX file but empty: perhaps what should have written it failed' \
        mnist-filter --count -l other
}

@test "trailing bytes" {
    (cat labels; printf x) >other
    fails 1 'mnist-filter: other: data goes on after the 5 items of its header' \
        mnist-filter -i images -l other
    (cat images; printf x) | gzip >other
    fails 1 'mnist-filter: other: data goes on after the 5 items of its header' \
        mnist-filter -i other -l labels -n 1 -o out
    (cat images; printf x) >other
    for options in '' '--shuffle 1 -n 1' '--reorder 1'; do
        # shellcheck disable=SC2086
        fails 1 'mnist-filter: other: data goes on after the 5 items of its header' \
            mnist-filter -i other -l labels $options -o out
    done
    [ ! -e out ]
    (cat images.gz images.gz) >other
    fails 1 'mnist-filter: other: data goes on after the 5 items of its header' \
        mnist-filter -i other -l labels
}

@test "after gzip data: zeros, another member, and nothing else" {
    mnist-filter -i images -l labels >expected
    for zeros in 1 2 511 300000; do
        (cat images.gz; head -c $zeros /dev/zero) >other
        mnist-filter -i other -l labels | cmp - expected
        mnist-filter -i <(cat other) -l labels | cmp - expected
        (cat other; printf x) >after
        fails 1 'mnist-filter: after: other bytes than zeros follow the gzip data' \
            mnist-filter -i after -l labels -o out
        (cat other images.gz) >after
        fails 1 'mnist-filter: after: other bytes than zeros follow the gzip data' \
            mnist-filter -i after -l labels -o out
    done
    for more in x 'some more' $'\n'; do
        (cat labels.gz; printf %s "$more") >other
        fails 1 'mnist-filter: other: other bytes than zeros follow the gzip data' \
            mnist-filter -i images -l other -o out
        fails 1 'mnist-filter: <stdin>: other bytes than zeros follow the gzip data' \
            mnist-filter --count -l - <other
    done
    (cat labels.gz; printf '\x1f') >other
    fails 1 'mnist-filter: other: the gzip data is cut' mnist-filter --count -l other
    (cat labels.gz; printf '\x1fx') >other
    fails 1 'mnist-filter: other: damaged gzip data (incorrect header check)' \
        mnist-filter --count -l other
    # members of nothing, and one for each byte
    (: | gzip; cat labels.gz; : | gzip; : | gzip) >other
    mnist-filter -i images -l other | cmp - expected
    for ((i = 0; i < 13; i++)); do tail -c +$((i + 1)) labels | head -c 1 | gzip; done >other
    mnist-filter -i images -l other | cmp - expected
    (cat other; head -c 1000 /dev/zero) >after
    mnist-filter -i images -l after | cmp - expected
    # plain data has no such leave
    (cat labels; head -c 10 /dev/zero) >other
    fails 1 'mnist-filter: other: data goes on after the 5 items of its header' \
        mnist-filter -i images -l other
    [ ! -e out ]
}

@test "damaged gzip data" {
    perl -pe 'BEGIN { local $/; binmode STDIN } substr($_, -8, 1) ^= "\x55" if eof' <images.gz >other
    fails 1 'mnist-filter: other: damaged gzip data (incorrect data check)' \
        mnist-filter -i other -l labels
    perl -pe 'BEGIN { local $/; binmode STDIN } substr($_, -4, 1) ^= "\x55" if eof' <images.gz >other
    fails 1 'mnist-filter: other: damaged gzip data (incorrect length check)' \
        mnist-filter -i other -l labels -n 0
}

@test "images and labels of different number" {
    idx_labels 1 2 3 4 >other
    fails 1 'mnist-filter: images: 5 images, but 4 labels in other' \
        mnist-filter -i images -l other -o out
    [ ! -e out ]
}

@test "ended by a signal, it leaves nothing" {
    mkfifo fifo
    exec 9<>fifo
    head -c -1 images >&9
    terminated mnist-filter -i fifo -l labels
    exec 9>&-
}

# --- MNIST ----------------------------------------------------------------------------------------

@test "MNIST: the counts of the experiment" {
    [ "$(mnist-filter --count -l "$MNIST_LABELS" -d 1,7,6,8)" = \
        $'label\tcount\n1\t6742\n6\t5918\n7\t6265\n8\t5851' ]
    mnist-filter --count -l "$MNIST_LABELS" -d 1,7,6,8 -r :12000 >counts
    [ "$(awk 'NR > 1 { n += $2 } END { print n }' counts)" -eq 4965 ]
    mnist-filter -i "$MNIST_IMAGES" -l "$MNIST_LABELS" -d 1,7,6,8 -r :12000 >out
    [[ $(header_of out) == *'"images":{"dtype":"U8","shape":[4965,28,28]'* ]]
}

@test "MNIST: everything is what gunzip gives" {
    mnist-filter -i "$MNIST_IMAGES" -l "$MNIST_LABELS" --idx-images i --idx-labels l
    gunzip -c "$MNIST_IMAGES" | cmp - i
    gunzip -c "$MNIST_LABELS" | cmp - l
    mnist-filter -i "$MNIST_IMAGES" -l "$MNIST_LABELS" >out
    tail -c +$(($(header_end out) + 1)) out |
        cmp - <(gunzip -c "$MNIST_LABELS" | tail -c +9; gunzip -c "$MNIST_IMAGES" | tail -c +17)
}

@test "MNIST: --shuffle permutes images and labels together" {
    mnist-filter -i "$MNIST_IMAGES" -l "$MNIST_LABELS" -r :500 >plain
    mnist-filter -i "$MNIST_IMAGES" -l "$MNIST_LABELS" -r :500 --shuffle 5 >shuffled
    run ! cmp -s plain shuffled
    cmp <(samples_of plain | tr ' ' '\n' | sort) <(samples_of shuffled | tr ' ' '\n' | sort)
}
