#!/usr/bin/env bats
# The manual pages: well formed, true to the options, and their examples run.

bats_require_minimum_version 1.5.0
load helpers
load data

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    PATH="$BIN:$PATH"
    command -v mandoc >/dev/null || skip 'no mandoc'
}

# The page as a reader sees it, without overstriking, in lines of any length.
page() {
    mandoc -Tascii -Owidth=1000 "$1" | perl -pe 's/.\x08//g'
}

# The options of a page: in OPTIONS, the lines that begin with one. "o output" or "- shuffle".
documented() {
    perl -ne '$on = $1 eq "OPTIONS" if /^\.Sh (.*)/;
        print $1 // "-", " $2\n" if $on && /^\.It Fl (?:(\w) , )?-([\w-]+)/' "$1" | sort
}

offered() {
    "$1" --help | perl -ne 'print $1 // "-", " $2\n" if /^  (?:-(\w), |    )--([\w-]+)/' | sort
}

@test "mandoc finds nothing to warn of" {
    for page in "$TOP"/tools/*.1; do
        run mandoc -Tlint -W warning "$page"
        [ "$status" -eq 0 ]
        [ -z "$output" ]
    done
}

@test "every program has a page, named and described" {
    for source in "$TOP"/tools/*.c; do
        name=$(basename "$source" .c)
        page "$TOP/tools/$name.1" >text
        for section in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
            grep -qx "$section" text
        done
        grep -A 1 -x NAME text | grep -q "^ *$name - "
    done
}

@test "a page has exactly the options of the help" {
    for page in "$TOP"/tools/*.1; do
        name=$(basename "$page" .1)
        documented "$page" >in-page
        [ -s in-page ]
        diff in-page <(offered "$name")
    done
}

@test "the defaults of the help are in the page" {
    for page in "$TOP"/tools/*.1; do
        name=$(basename "$page" .1)
        "$name" --help | perl -ne '$option = $1 if /^  .*--([\w-]+)/;
            print "$option $1\n" if /^ .* \[(\S+)\]$/' >defaults
        [ "$name" = ablate ] || grep -qx 'output -' defaults # whose outputs are those of -t
        while read -r option value; do
            perl -e 'my ($option, $value) = @ARGV; local $/; my $text = <STDIN>;
                my ($part) = $text =~ /^\.It Fl (?:\w , )?-\Q$option\E\b(.*?)(?=^\.It Fl|^\.El\n\.Pp|^\.Sh)/ms;
                my $said = join " ", split " ", $part =~ s/^\.\w+ //mgr;
                exit 0 if $said =~ /(?<![\w.])\Q$value\E(?![\w.]\w)/ && $said =~ /default/;
                print "--$option: no default $value in: $said\n"; exit 1' "$option" "$value" <"$page"
        done < <(grep -vE ' (all|limit)$' defaults)
    done
}

@test "cross references name pages that there are" {
    for page in "$TOP"/tools/*.1; do
        sed -n 's/^\.Xr \([^ ]*\) 1.*/\1/p' "$page" >names
        [ -s names ]
        while read -r name; do
            [ -e "$TOP/tools/$name.1" ]
        done <names
    done
}

# All files that the examples name.
make_files() {
    cp "$TOP"/pipeline/mnist/train-*-ubyte.gz .
    mnist() { mnist-filter -i train-images-idx3-ubyte.gz -l train-labels-idx1-ubyte.gz "$@"; }
    mnist -r :12000 -d 1,7,6,8 -o phase1.samples
    train-tally -c 1,7 -t tally-17.safetensors -c 6,8 -t tally-68.safetensors -o network.safetensors \
        phase1.samples
    for labels in 1,6,8 7,6,8 1,7,6 1,7,8; do
        mnist -r 12000: -d $labels | fork-train network.safetensors -o "fork-${labels//,/}.safetensors"
    done
    param-diff fork-168.safetensors fork-768.safetensors -o c.safetensors
    param-diff fork-176.safetensors fork-178.safetensors -o d.safetensors
    correlate tally-17.safetensors tally-68.safetensors c.safetensors d.safetensors \
        --map map.safetensors -o correlations.txt
    # graft.1 goes back to the initial network: what has learned nothing.
    train-tally -c 1,7 -c 6,8 -e 0 -o initial.safetensors phase1.samples
    # pixmap.1 compares two maps of these names.
    cp map.safetensors a.safetensors
    cp map.safetensors b.safetensors
    # summarize.1 takes tables of runs.
    printf 'activation\tcontrol\tseed\tr\nrelu\tsame\t1\t.2\nrelu\tother\t1\t.1\n' >runs.tsv
    printf 'seed\tscope\tp\n1\tbiases\t.5\n2\tbiases\t.04\n' >shuffled.tsv
    # Of other data sets, a few images of a few pixels.
    idx_labels 20 2 5 >emnist-letters-train-labels-idx1-ubyte.gz
    idx_images 2 1 1 2 3 4 5 6 >emnist-letters-train-images-idx3-ubyte.gz
    perl -e 'print pack("C4N*", 0, 0, 12, 2, 1, 8, 7, 1 .. 7)' >qmnist-train-labels-idx2-int.gz
}

@test "the examples run" {
    make_files
    ls -A >given
    for page in "$TOP"/tools/*.1; do
        # Examples are indented further than text; a blank line ends one.
        page "$page" | perl -ne '$on = /^EXAMPLES/ if /^\S/;
            print /^ {9}/ ? s/^ +//r : "\0" if $on' | perl -0ne 'chomp; print "$_\0" if /\S/' >examples
        [ -s examples ]
        while IFS= read -r -d '' example; do
            run bash -euo pipefail -c "$example"
            if [ "$status" -ne 0 ]; then
                printf '%s\n%s\n' "$example" "$output"
                return 1
            fi
        done <examples
        # Each is in the command's own page.
        grep -qz "$(basename "$page" .1)" examples
    done
    # They made what they say.
    for made in parity.safetensors slower.safetensors points.txt map.png hidden.png weights.png; do
        [ -s "$made" ]
    done
}

@test "every activation and measure is in the page" {
    for letter in a m; do
        for name in $(names_of $letter | tr -d ,); do
            grep -q "^\.It Cm $name\( Ta .*\)*$" "$TOP/tools/train-tally.1"
        done
    done
}
