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
    [ "$(filter --digits=255,9)" = '' ]
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
    [ "$(filter --shuffle 7 -d 9)" = '' ]
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
    [ "$(<order)" = '1:1 4:4 5:5 3:3 6:6 2:2 9:9 0:0 8:8 7:7' ]
}

@test "--count: a table, without the images; -d, -r, -n and --shuffle hold" {
    [ "$(mnist-filter --count -l labels)" = $'label\tcount\n1\t2\n3\t1\n4\t1\n5\t1' ]
    [ "$(mnist-filter --count -l labels -d 1,5 -r :4)" = $'label\tcount\n1\t2' ]
    [ "$(mnist-filter --count -l labels -n 2)" = $'label\tcount\n1\t1\n3\t1' ]
    [ "$(mnist-filter --count -l labels -d 9)" = $'label\tcount' ]
    [ "$(mnist-filter --count -l labels --shuffle 1 -d 1 -n 1)" = $'label\tcount\n1\t1' ]
    [ "$(mnist-filter --count -i missing -l labels -n 0)" = $'label\tcount' ]
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
    for list in '' ',' '1,' ',1' '1,,2' 256 -1 +1 x 1x 0x1 ' 1' '1 2' 99999999999999999999; do
        misused "-d: '$list' is not a list of labels from 0 to 255" \
            mnist-filter -i images -l labels -d "$list"
    done
    misused '-d: label 1 is given twice' mnist-filter -i images -l labels -d 1,2,1
}

@test "wrong ranges" {
    for range in '' 5 a:3 -1: 1:2:3 1-2 ' 1:2' 1:x 000000000000000000000000000000000:1; do
        misused "-r: '$range' is not FIRST:LAST" mnist-filter -i images -l labels -r "$range"
    done
    misused '-r: 3:2 ends before it begins' mnist-filter -i images -l labels -r 3:2
    misused '-r: 4294967296 is not between 0 and 4294967295' \
        mnist-filter -i images -l labels -r :4294967296
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
        misused "--shuffle: '$number' is not a whole number" \
            mnist-filter -i images -l labels --shuffle "$number"
    done
    misused '-n: 4294967296 is not between 0 and 4294967295' \
        mnist-filter -i images -l labels -n 4294967296
    misused '--shuffle: 18446744073709551616 is not between 0 and 18446744073709551615' \
        mnist-filter -i images -l labels --shuffle 18446744073709551616
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
    printf 'PK\3\4 and so on, long enough for a header' >other
    fails 1 'mnist-filter: other: not an IDX file: it begins with 50 4b, not 00 00' \
        mnist-filter -i other -l labels
    fails 1 'mnist-filter: other: not an IDX file: it begins with 50 4b, not 00 00' \
        mnist-filter -i images -l other
    perl -pe 'substr($_, 1, 1) = "\1"' labels >other
    fails 1 'mnist-filter: other: not an IDX file: it begins with 00 01, not 00 00' \
        mnist-filter --count -l other
}

@test "IDX files of another type or rank" {
    perl -pe 'substr($_, 2, 1) = "\x0d" if $. == 1' labels >other
    fails 1 'mnist-filter: other: IDX type 0x0d is not supported, only 0x08, unsigned byte' \
        mnist-filter -i images -l other
    fails 1 'mnist-filter: images: IDX data of 3 dimensions where 1 are needed' \
        mnist-filter -i images -l images
    fails 1 'mnist-filter: labels: IDX data of 1 dimensions where 3 are needed' \
        mnist-filter -i labels -l labels -o out
    [ ! -e out ]
}

@test "images of no size, or of 4 GiB" {
    for size in '0 4' '4 0' '65536 65536' '4294967295 4294967295'; do
        read -r rows cols <<<"$size"
        perl -e 'print pack("C4N3", 0, 0, 8, 3, 5, @ARGV)' "$rows" "$cols" >other
        fails 1 'mnist-filter: other: IDX items of no size, or of 4 GiB or more' \
            mnist-filter -i other -l labels
    done
}

@test "a size that the data does not have costs no memory" {
    ! grep -q __asan_init "$BIN/mnist-filter" || skip 'a sanitizer needs the memory itself'
    perl -e 'print pack("C4N", 0, 0, 8, 1, 4294967295), "abc"' >other
    (ulimit -v 200000 && fails 1 'mnist-filter: other: the data ends after 3 of 4294967295 bytes' \
        mnist-filter --count -l other)
}

@test "cut at every byte" {
    cut_fails labels 0 "$(size_of labels)" mnist-filter -i images -l labels
    cut_fails images 0 "$(size_of images)" mnist-filter -i images -l labels
    cut_fails images 0 "$(size_of images)" mnist-filter -i images -l labels -n 0
    cut_fails images 0 "$(size_of images)" mnist-filter -i images -l labels --shuffle 1
    cut_fails - images 0 "$(size_of images)" mnist-filter -i - -l labels
}

@test "cut at every byte, compressed" {
    cut_fails labels.gz 0 "$(size_of labels.gz)" mnist-filter -i images -l labels.gz
    cut_fails images.gz 0 "$(size_of images.gz)" mnist-filter -i images.gz -l labels
    cut_fails images.gz 0 "$(size_of images.gz)" mnist-filter -i images.gz -l labels -d 9
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
}

@test "trailing bytes" {
    (cat labels; printf x) >other
    fails 1 'mnist-filter: other: data goes on after the 5 items of its header' \
        mnist-filter -i images -l other
    (cat images; printf x) | gzip >other
    fails 1 'mnist-filter: other: data goes on after the 5 items of its header' \
        mnist-filter -i other -l labels -n 1 -o out
    [ ! -e out ]
    (cat images.gz images.gz) >other
    fails 1 'mnist-filter: other: data goes on after the 5 items of its header' \
        mnist-filter -i other -l labels
}

@test "damaged gzip data" {
    perl -pe 'BEGIN { local $/; binmode STDIN } substr($_, -8, 1) ^= "\x55" if eof' <images.gz >other
    fails 1 'mnist-filter: other: damaged gzip data (incorrect data check)' \
        mnist-filter -i other -l labels
}

@test "images and labels of different number" {
    idx_labels 1 2 3 4 >other
    fails 1 'mnist-filter: images: 5 images, but 4 labels' mnist-filter -i images -l other -o out
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
