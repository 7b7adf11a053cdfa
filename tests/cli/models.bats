#!/usr/bin/env bats
# Models in shards, the choice among their tensors, and what two of them have in common: what
# param-diff, correlate, pixmap, param-score and graft share.
# shellcheck disable=SC2094 # inputs that are read twice

bats_require_minimum_version 1.5.0
load helpers
load data

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    PATH="$BIN:$PATH"
}

# A file of F32 vectors. usage: vectors NAME=VALUE,VALUE... ...
vectors() {
    perl -e 'my ($header, @values) = ("");
        for (@ARGV) {
            my ($name, $list) = /(.*)=(.*)/; my @list = split /,/, $list;
            $header .= sprintf q(%s"%s":{"dtype":"F32","shape":[%d],"data_offsets":[%d,%d]}),
                $header && ",", $name, scalar @list, 4 * @values, 4 * (@values + @list);
            push @values, @list;
        }
        binmode STDOUT; print pack("Q<", length "{$header}"), "{$header}", pack "f<*", @values' -- "$@"
}

# An index of tensors and shards. usage: index TENSOR=SHARD...
index() {
    perl -e 'print q({"metadata":{"total_size":) . shift() . q(},"weight_map":{),
        join(",", map { /(.*)=(.*)/; qq("$1":"$2") } @ARGV), "}}\n"' -- "$@"
}

# The folder "m" of two shards, and "whole", the same as one file.
make_model() {
    mkdir m
    vectors a=1,2 c=3 >m/one.safetensors
    vectors b=4,5,6 d=7 >m/two.safetensors
    index 28 a=one.safetensors b=two.safetensors c=one.safetensors d=two.safetensors >m/model.safetensors.index.json
    vectors a=1,2 b=4,5,6 c=3 d=7 >whole
    vectors a=1,4 b=4,3,6 c=0 d=9 >other
}

# --- shards ---------------------------------------------------------------------------------------

@test "shards are read as one file is, by their folder and by their index" {
    make_model
    cp m/model.safetensors.index.json m/other-name # it begins as JSON
    vectors a=2,3 b=5,7,1 c=2 d=6 >third
    vectors a=7,3 b=1,7,3 c=3 d=2 >fourth
    for model in m m/ m/model.safetensors.index.json "$PWD/m" m/other-name; do
        param-diff "$model" other | cmp - <(param-diff whole other)
        param-diff other "$model" --summary | cmp - <(param-diff other whole --summary)
        correlate "$model" other third fourth 2>/dev/null | cmp - <(correlate whole other third fourth 2>/dev/null)
        param-score other "$model" | cmp - <(param-score other whole)
        graft --score third -k .5 --network out "$model" other
        graft --score third -k .5 --network expected whole other
        cmp out expected
        graft --score "$model" -k .5 --network out third other
        graft --score whole -k .5 --network expected third other
        cmp out expected
        pixmap -l "$model" | cmp - <(pixmap -l whole)
        pixmap -t b -f ppm "$model" | cmp - <(pixmap -t b -f ppm whole)
    done
    (cd m && param-diff model.safetensors.index.json ../other) | cmp - <(param-diff whole other)
    (cd m && param-diff . ../other) | cmp - <(param-diff whole other)
    # Shards may be links, as in a cache.
    mv m/one.safetensors blob
    ln -s ../blob m/one.safetensors
    param-diff m other | cmp - <(param-diff whole other)
}

@test "draws under a null hypothesis in shards" {
    make_model
    mkdir draws
    make_safetensors '{"a":{"dtype":"F32","shape":[1,2,2],"data_offsets":[0,16]},"c":{"dtype":"F32","shape":[1,2,1],"data_offsets":[16,24]}}' 'f<*' 1 2 3 4 5 6 >draws/1
    make_safetensors '{"b":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]},"d":{"dtype":"F32","shape":[1,2,1],"data_offsets":[24,32]}}' 'f<*' 1 2 3 3 5 1 7 8 >draws/2
    index 56 a=1 b=2 c=1 d=2 >draws/x.safetensors.index.json
    make_safetensors '{"a":{"dtype":"F32","shape":[1,2,2],"data_offsets":[0,16]},"b":{"dtype":"F32","shape":[1,2,3],"data_offsets":[16,40]},"c":{"dtype":"F32","shape":[1,2,1],"data_offsets":[40,48]},"d":{"dtype":"F32","shape":[1,2,1],"data_offsets":[48,56]}}' \
        'f<*' 1 2 3 4 1 2 3 3 5 1 5 6 7 8 >all
    correlate --null all --null-table expected m other whole other -o table
    correlate --null draws --null-table out m other whole other -o again
    cmp out expected
    cmp table again
    [ "$(wc -l <out)" -gt 4 ]
    # The same choice is made among them.
    correlate --exclude '[cd]' --null draws --null-table out m other whole other -o again 2>/dev/null
    [ "$(field again a r)" = "$(field table a r)" ]
}

@test "metadata are those of the first shard that has them" {
    mkdir m
    edit_header 's/^{/{"__metadata__":{"kind":"tally","image_shape":"1,2"},/' < <(vectors a=1,2) >m/1
    edit_header 's/^{/{"__metadata__":{"kind":"network","image_shape":"3,4","other":"x"},/' < <(vectors b=1,2) >m/2
    index 16 a=1 b=2 >m/x.index.json
    vectors a=1,2 b=3,3 >plain
    param-diff m/x.index.json plain >out
    [[ $(header_of out) == *'"image_shape":"1,2"'* ]]
    param-score m/x.index.json plain >out # no network
    graft --score plain -k 1 --network out m/x.index.json plain
    [[ $(header_of out) == '{"__metadata__":{"image_shape":"1,2","kind":"tally","other":"x"},'* ]]
}

@test "a folder: its index, or its only model" {
    make_model
    mkdir single
    cp whole single/model.safetensors
    echo '{}' >single/config.json
    param-diff single other | cmp - <(param-diff whole other)
    cp whole single/._model.safetensors # hidden
    touch single/.safetensors single/._model.safetensors.index.json
    param-diff single other | cmp - <(param-diff whole other)
    cp whole single/again.safetensors
    fails 1 'param-diff: single: Is a directory, with 2 files *.safetensors: name one' param-diff single other
    cp whole m/model.safetensors # beside an index
    param-diff m other | cmp - <(param-diff whole other)
    cp m/model.safetensors.index.json m/b.safetensors.index.json
    fails 1 'param-diff: m: Is a directory, with 2 files *.safetensors.index.json: name one' param-diff other m
    mkdir none
    fails 1 'pixmap: none: Is a directory, and none with a file *.safetensors.index.json or *.safetensors' pixmap none
    mkdir none/model.safetensors
    fails 1 'pixmap: none/model.safetensors: Is a directory' pixmap none
    fails 1 'pixmap: none/model.safetensors: Is a directory' pixmap none/
    # One named - does not stand for standard input.
    mkdir ./-
    cp other ./-/model.safetensors
    param-diff - other <whole | cmp - <(param-diff whole other)
    param-diff ./- whole | cmp - <(param-diff other whole)
    # A header of 123 bytes begins as JSON does.
    # shellcheck disable=SC2016 # perl's
    edit_header 's/ *$//; $_ .= " " x (123 - length)' < <(vectors x=1,2,3) >brace
    [ "$(head -c 1 brace)" = '{' ]
    param-diff brace brace >out
    [ "$(numbers out x)" = '0 0 0' ]
}

@test "more shards than files may be open at first" {
    [ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -ge 700 ] || skip 'no more files may be open'
    mkdir m
    places=() values=()
    for i in {100..399}; do
        vectors "t$i=$i" >"m/$i"
        places+=("t$i=$i") values+=("t$i=$i")
    done
    index 1200 "${places[@]}" >m/model.safetensors.index.json
    vectors "${values[@]}" >whole
    (ulimit -Sn 100 && param-diff m m) | cmp - <(param-diff whole whole)
    rm m/350
    fails 1 'param-diff: m/model.safetensors.index.json: tensor "t350": its file m/350: No such file or directory' \
        param-diff m m
}

# The index in m is refused. usage: refused MESSAGE   (behind the name of the index)
refused() {
    fails 1 "param-diff: m/i.index.json: $1" param-diff m/i.index.json whole -o out
    fails 1 "pixmap: m/i.index.json: $1" pixmap -l m/i.index.json -o out
    [ ! -e out ]
}

@test "an index is judged strictly" {
    make_model
    put() { printf '%s' "$1" >m/i.index.json; }
    put ''
    refused "not an index of shards: line 1: '[' or '{' expected near end of file"
    put '{"weight_map": {"a": "one.safetensors", }}'
    refused "not an index of shards: line 1: string or '}' expected near '}'"
    put '{"weight_map": {"a": "one.safetensors", "a": "two.safetensors"}}'
    refused 'not an index of shards: line 1: duplicate object key near '"'\"a\"'"
    put '{"weight_map": {"a": "one.safetensors"}} more'
    refused "not an index of shards: line 1: end of file expected near 'more'"
    put '["weight_map"]'
    refused 'not an index of shards: no weight_map with tensors'
    for map in '' '"weight_map": {}' '"weight_map": []' '"weight_map": null' '"metadata": {}' '"weightmap": {"a": "one.safetensors"}'; do
        put "{$map}"
        refused 'not an index of shards: no weight_map with tensors'
    done
    put '{"weight_map": {"a": "one.safetensors"}, "\u001b[1m": 1}'
    refused 'not an index of shards: unknown member "\u001b[1m"'
    put '{"weight_map": {"a": "one.safetensors"}, "metadata": [1]}'
    refused 'not an index of shards: metadata is not an object'
    for value in 1 null '["one.safetensors"]' '{}' true; do
        put "{\"weight_map\": {\"b\": \"two.safetensors\", \"a\": $value}}"
        refused 'tensor "a": its file in weight_map is no string'
    done
    touch m/sub
    for name in '' . .. - ../whole "$PWD/whole" /dev/zero sub/one ./one.safetensors i.index.json; do
        put "{\"weight_map\": {\"a\": \"$name\", \"b\": \"two.safetensors\"}}"
        refused "tensor \"a\": \"$name\" is not the name of a file beside the index"
    done
    put '{"weight_map": {"a": "one\u0000.safetensors"}}'
    refused 'not an index of shards: line 1: \u0000 is not allowed without JSON_ALLOW_NUL'
    perl -e 'printf q({"weight_map":{"a":"%s"}}), "x" x 100000000' >m/i.index.json
    refused 'an index of 100000023 bytes, over 100000000'
}

@test "shards are judged by the index" {
    make_model
    put() { index "$@" >m/i.index.json; }
    rest=(b=two.safetensors c=one.safetensors d=two.safetensors)
    put 28 a=three.safetensors "${rest[@]}"
    refused 'tensor "a": its file m/three.safetensors: No such file or directory'
    mkfifo m/pipe
    put 28 a=pipe "${rest[@]}"
    refused 'tensor "a": its file m/pipe: not a regular file'
    put 28 a=two.safetensors "${rest[@]}"
    refused 'tensor "a": in one.safetensors, not in two.safetensors, where the index has it'
    put 28 "${rest[@]}"
    refused 'tensor "a": in one.safetensors, but not in the index'
    put 28 a=one.safetensors "${rest[@]}" e=two.safetensors
    refused 'tensor "e": not in two.safetensors, where the index has it'
    put 28 A=one.safetensors a=one.safetensors "${rest[@]}"
    refused 'tensor "A": not in one.safetensors, where the index has it'
    vectors a=1,2 e=1 >m/three.safetensors
    put 28 a=one.safetensors "${rest[@]}" e=three.safetensors
    refused 'tensor "a": both in one.safetensors and in three.safetensors'
    put 28 a=three.safetensors "${rest[@]}" e=three.safetensors
    refused 'tensor "a": both in one.safetensors and in three.safetensors'
    put 32 a=one.safetensors "${rest[@]}"
    refused 'total_size is 32, but the tensors take 28 bytes'
    put -28 a=one.safetensors "${rest[@]}"
    refused 'total_size is -28, but the tensors take 28 bytes'
    local sizes=(28.5 '"28"' null) # no integer, and not judged
    for size in "${sizes[@]}"; do
        put "$size" a=one.safetensors "${rest[@]}"
        param-diff m/i.index.json whole >out
    done
    # A shard that is damaged, or no safetensors file, names itself.
    put 28 a=one.safetensors "${rest[@]}"
    head -c -1 m/two.safetensors >short
    cp short m/two.safetensors
    fails 1 'param-diff: m/two.safetensors: 15 bytes of data, but the tensors take 16' param-diff m/i.index.json whole
    cp m/i.index.json m/two.safetensors
    fails 1 'param-diff: m/two.safetensors: not a safetensors file but JSON text: if it is the index of a model in parts, give the .safetensors files it names' \
        param-diff m/i.index.json whole
}

@test "an index through a pipe names no folder" {
    make_model
    said='not a safetensors file but JSON text: if it is the index of a model in parts, give the .safetensors files it names'
    fails 1 "param-diff: <stdin>: $said" param-diff - whole <m/model.safetensors.index.json
    fails 1 "param-diff: <stdin>: $said" param-diff - whole < <(cat m/model.safetensors.index.json)
}

# --- choice ---------------------------------------------------------------------------------------

# The tensors of a file that pixmap lists. usage: listed ARGUMENT...
listed() {
    pixmap -l "$@" | tail -n +2 | cut -f 1 | xargs
}

@test "--include, --exclude, --strip" {
    vectors module.h.0.w=1 module.h.0.b=2 module.h.1.w=3 head=4 _orig_mod.module.x=5 module.=6 >m
    [ "$(listed m)" = '_orig_mod.module.x head module. module.h.0.b module.h.0.w module.h.1.w' ]
    [ "$(listed --include '*.w' m)" = 'module.h.0.w module.h.1.w' ]
    [ "$(listed --include '*.b' --include head m)" = 'head module.h.0.b' ]
    [ "$(listed --exclude '*.w' --exclude 'h*' m)" = '_orig_mod.module.x module. module.h.0.b' ]
    [ "$(listed --exclude '*.1.w' --include '*.w' m)" = module.h.0.w ]
    [ "$(listed --include 'module.h.[!0].?' m)" = module.h.1.w ]
    # Once, the first that fits, and never the whole name.
    [ "$(listed --strip module. m)" = '_orig_mod.module.x h.0.b h.0.w h.1.w head module.' ]
    [ "$(listed --strip _orig_mod. --strip module. m)" = 'h.0.b h.0.w h.1.w head module. module.x' ]
    [ "$(listed --strip module.h.0. --strip module. m)" = '_orig_mod.module.x b h.1.w head module. w' ]
    # Matched without it.
    [ "$(listed --strip module. --include 'h.*' m)" = 'h.0.b h.0.w h.1.w' ]
    [ "$(listed --exclude '*.*' <m)" = head ]
    param-diff --include '*.b' <(cat m) - <m >out
    [ "$(header_of out)" = '{"__metadata__":{"format":"engram.params","kind":"difference","signed":"false"},"module.h.0.b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}' ]
}

@test "all programs choose, from files and from pipes" {
    vectors p.a=1,2 p.b=9,9,9 q=3,5 >one
    vectors a=3,5 b=1 q=1,1 >two
    vectors a=1,3 q=7,1 z=5 >three
    vectors p.a=7,2 q=1,4 >four
    choice=(--strip p. --include a --include q)
    [ "$(numbers <(param-diff --signed "${choice[@]}" one two) a)" = '-2 -3' ]
    param-diff "${choice[@]}" <(cat one) - <two | cmp - <(param-diff "${choice[@]}" one two)
    [ "$(numbers <(param-score "${choice[@]}" one two) a)" = '0.25 0.285714286' ]
    param-score "${choice[@]}" <(cat one) - <two | cmp - <(param-score "${choice[@]}" one two)
    correlate "${choice[@]}" one two three four >table 2>/dev/null
    [ "$(tail -n +2 table | cut -f 1 | xargs)" = 'biases weights a q' ]
    [ "$(field table q n)" = 2 ]
    correlate "${choice[@]}" <(cat one) <(cat two) - <(cat four) <three 2>/dev/null | cmp - table
    graft "${choice[@]}" --score two -k .5 --network out one three
    [ "$(numbers out a) $(numbers out b)" = '1 3 9 9 9' ]
    graft "${choice[@]}" --score - -k .5 --network - <(cat one) <(cat three) <two | cmp - out
    # What matches is judged as ever.
    fails 1 'param-diff: two: tensor "b": is 1 here, 3 in one' param-diff --strip p. one two
    fails 1 'param-diff: three: tensor "b": is missing; one has it' param-diff --strip p. one three
    fails 1 'correlate: two: tensor "b": is 1 here, 3 in one' correlate --strip p. one two three four
}

@test "graft: what is not chosen stays as in BASE" {
    idx_labels 1 2 1 2 >labels
    idx_images 1 3 0 1 2 3 4 5 6 7 8 9 10 11 >images
    mnist-filter -i images -l labels -o samples
    train-tally -c 1 -c 2 -H 2 -s 1 -o base samples
    train-tally -c 1 -c 2 -H 2 -s 2 -o donor samples
    graft --score base -k .5 --network expected -t layer1.weight -t layer2.bias base donor samples -o table
    graft --score base -k .5 --network out --include layer1.weight --include layer2.bias base donor samples -o again
    cmp out expected
    cmp table again
    # So do tensors that are no numbers; and the score need not have them.
    make_safetensors '{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},"c":{"dtype":"F4","shape":[2,1],"data_offsets":[16,17]},"d":{"dtype":"I8","shape":[1],"data_offsets":[17,18]}}' \
        'f<4CC' 1 2 3 4 5 6 >base
    vectors b=8,9 >donor
    graft --include b --score donor -k .5 --network out base donor
    make_safetensors '{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},"d":{"dtype":"I8","shape":[1],"data_offsets":[16,17]},"c":{"dtype":"F4","shape":[2,1],"data_offsets":[17,18]}}' \
        'f<4CC' 1 2 3 9 6 5 >expected
    param-diff --exclude a --exclude c out expected --exit-code >/dev/null
    [ "$(header_of out)" = "$(header_of <(graft --include b --score donor -k .5 --network - <(cat base) donor))" ]
    graft --include b --score donor -k .5 --network - <(cat base) <(cat donor) | cmp - out
    [[ $(header_of out) == *'"a":{"dtype":"C64"'* ]]
    [ "$(numbers out b)" = '3 9' ]
    # What is left out stands before what is chosen, and is written behind it.
    make_safetensors '{"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}' \
        'Cf<2' 7 3 4 >early
    graft --include b --score donor -k .5 --network out early donor
    graft --include b --score donor -k .5 --network - <(cat early) donor | cmp - out
    [ "$(numbers out b)" = '3 9' ]
    graft --score base -k .5 --network out base base 2>messages
    cmp <(header_of out) <(header_of <(graft --include b --score donor -k .5 --network - base donor))
    [ "$(<messages)" = 'graft: base, base, base: 2 tensors passed over, of dtypes that are no numbers: C64, F4' ]
}

@test "what a choice is refused for" {
    vectors m.a=1 a=2 o.b=3 >one
    vectors a=1 b=2 >two
    fails 1 'pixmap: one: tensor "a": --strip makes this of both "a" and "m.a"' pixmap -l --strip m. one
    fails 1 'param-diff: one: tensor "a": --strip makes this of both "a" and "m.a"' param-diff --strip o. --strip m. two one
    fails 1 "param-diff: one, two: no tensor's name matches --include 'c*'" param-diff --include a --include 'c*' one two
    fails 1 "param-score: one, two: no tensor's name matches --exclude 'A'" param-score --exclude A one two
    fails 1 "param-diff: one, two: no tensor's name begins as --strip 'x.'" param-diff --strip o. --strip x. one two
    fails 1 'param-diff: one, two: no tensor is both included and not excluded' \
        param-diff --summary --include 'a*' --exclude a one two
    fails 1 "pixmap: <stdin>: no tensor's name matches --include ''''?'" pixmap -l --include "'''?" <one
    fails 1 'pixmap: one: tensor "a": not chosen' pixmap --exclude a -t a one
    # A pattern of use in one file is of use, and so is one that another says again.
    [ "$(listed --include a --include 'a*' --exclude m.a --exclude 'm.*' one)" = a ]
    param-diff --summary --exclude 'm.*' one two >table
    for program in 'param-diff a b' 'correlate a b c d' 'param-score a b' 'graft a b' 'pixmap a'; do
        # shellcheck disable=SC2046,SC2086 # words
        { misused '--include: nothing to match' ${program%% *} --include '' ${program#* }
          misused '--exclude: nothing to match' ${program%% *} --exclude= ${program#* }
          misused '--strip: nothing to take off' ${program%% *} --strip '' ${program#* }
          misused 'more than 256 of --include, --exclude and --strip' ${program%% *} $(printf -- '--strip %s ' {1..257}) ${program#* }; }
    done
    # shellcheck disable=SC2046 # words
    [ "$(param-diff --summary $(printf -- '--strip m%s ' {1..255}) --strip o. one two 2>&1)" = "param-diff: one, two: no tensor's name begins as --strip 'm1'" ]
}

# --- what two models have in common ---------------------------------------------------------------

# Two files that differ in all ways.
make_different() {
    make_safetensors '{"both":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"first":{"dtype":"F32","shape":[1,3],"data_offsets":[8,20]},"other":{"dtype":"F32","shape":[],"data_offsets":[20,24]},"shape":{"dtype":"F32","shape":[2,1],"data_offsets":[24,32]}}' \
        'f<*' 3 4 9 9 9 -2 8 8 >one
    make_safetensors '{"both":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"last":{"dtype":"C64","shape":[0],"data_offsets":[8,8]},"other":{"dtype":"F64","shape":[],"data_offsets":[8,16]},"shape":{"dtype":"F16","shape":[],"data_offsets":[16,18]}}' \
        'f<2d<v' 0 0 1 0 >two
}

@test "--summary compares what is common and lists the rest" {
    make_different
    expected=$'tensor\tshape\tmax_abs\tmean_abs\tl2\trelative_l2\tcosine\tnan_a\tnan_b\tstatus\tdtype_a\tdtype_b\tcompared
both\t2\t4\t3.5\t5\t1\tnan\t0\t0\tcompared\tF32\tF32\t2
first\t1x3\tnan\tnan\tnan\tnan\tnan\tnan\tnan\tonly A\tF32\t-\t0
last\t0\tnan\tnan\tnan\tnan\tnan\tnan\tnan\tonly B\t-\tC64\t0
other\tscalar\t3\t3\t3\t1.5\t-1\t0\t0\tdtype\tF32\tF64\t1
shape\t2x1,scalar\tnan\tnan\tnan\tnan\tnan\tnan\tnan\tshape\tF32\tF16\t0
total\t-\t4\t3.33333333\t5.83095189\t1.08278058\t-0.371390676\t0\t0\t2 of 5\t-\t-\t3'
    for jobs in 1 2; do
        [ "$(param-diff -j $jobs --summary one two)" = "$expected" ]
    done
    [ "$(param-diff --summary <(cat one) - < <(cat two))" = "$expected" ]
    [ "$(param-diff --summary two one | cut -f 1,10)" = $'tensor\tstatus\nboth\tcompared\nfirst\tonly B\nlast\tonly A\nother\tdtype\nshape\tshape\ntotal\t2 of 5' ]
    [ "$(param-diff --summary --include 'l*' --include both two one | cut -f 1,10 | tail -n +2)" = $'both\tcompared\nlast\tonly A\ntotal\t1 of 2' ]
    # What is not chosen stands behind.
    vectors a1=1 a2=1 a3=1 x=1 z=1 >chosen
    vectors a1=2 a2=2 a3=2 x=1 z=1,2 >from
    [ "$(param-diff --summary --exclude 'a*' chosen from | cut -f 1,2,10 | tail -n +2)" = $'x\t1\tcompared\nz\t1,2\tshape\ntotal\t-\t1 of 2' ]
    # Nothing in common is no error.
    vectors a=1 >one
    vectors b=1 >two
    [ "$(param-diff --summary one two | tail -n +2)" = $'a\t1\tnan\tnan\tnan\tnan\tnan\tnan\tnan\tonly A\tF32\t-\t0
b\t1\tnan\tnan\tnan\tnan\tnan\tnan\tnan\tonly B\t-\tF32\t0
total\t-\t0\tnan\t0\tnan\tnan\t0\t0\t0 of 2\t-\t-\t0' ]
    # Nor is what is in one file beside what is no number in both.
    make_safetensors '{"x":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}' 'd<' 0 >none
    make_safetensors '{"a":{"dtype":"I8","shape":[1],"data_offsets":[8,9]},"x":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}' 'd<C' 0 1 >some
    for pair in 'none some' 'some none'; do
        # shellcheck disable=SC2086 # words
        run -3 --separate-stderr param-diff --summary --exit-code $pair
        [ "$(cut -f 1,10 <<<"$output" | tail -n +2)" = $'a\tonly '"$([ "$pair" = 'some none' ] && echo A || echo B)"$'\ntotal\t0 of 1' ]
        # shellcheck disable=SC2154 # of run
        [ "$stderr" = "param-diff: ${pair/ /, }: 1 tensor passed over, of dtypes that are no numbers: C64" ]
    done
    # What is left out for another reason is not counted.
    make_safetensors '{"a":{"dtype":"F4","shape":[2],"data_offsets":[9,10]},"b":{"dtype":"F4","shape":[2],"data_offsets":[10,11]},"x":{"dtype":"C64","shape":[1],"data_offsets":[0,8]},"y":{"dtype":"I8","shape":[1],"data_offsets":[8,9]}}' \
        'd<C*' 0 1 0 0 >four
    make_safetensors '{"x":{"dtype":"C64","shape":[1],"data_offsets":[0,8]},"y":{"dtype":"I8","shape":[1],"data_offsets":[8,9]}}' 'd<C' 0 1 >pair
    for files in 'four pair' 'pair four'; do
        # shellcheck disable=SC2086 # words
        [ "$(param-diff --summary --exclude a $files 2>&1 >/dev/null)" = "param-diff: ${files/ /, }: 1 tensor passed over, of dtypes that are no numbers: C64" ]
    done
    fails 1 'param-diff: none, none: every tensor is of a dtype that is no number: C64' param-diff --summary none none
    # Inputs are read to their ends.
    cut_fails one 0 "$(size_of one)" param-diff --summary one two
    cut_fails - two 0 "$(size_of two)" param-diff --summary one -
}

# The exit status with --exit-code, of the table and of the file, from files and pipes.
# usage: exits STATUS A B
exits() {
    local status jobs
    for jobs in 1 3; do
        for mode in --summary --signed; do
            status=0
            param-diff -j $jobs $mode --exit-code "$2" "$3" >out || status=$?
            [ "$status" -eq "$1" ]
            param-diff $mode "$2" "$3" | cmp - out
            status=0
            param-diff $mode --exit-code <(cat "$2") - <"$3" -o out || status=$?
            [ "$status" -eq "$1" ]
        done
    done
}

@test "--exit-code: 3 where numbers differ" {
    vectors a=1,2 b=3 >one
    exits 0 one one
    for other in 'a=1,2 b=4' 'a=1,3 b=3' 'a=nan,2 b=3'; do
        # shellcheck disable=SC2086 # words
        vectors $other >two
        exits 3 one two
        exits 3 two one
    done
    x() { make_safetensors "{\"x\":{\"dtype\":\"$1\",\"shape\":[2],\"data_offsets\":[0,$2]}}" "${@:3}"; }
    # Equal numbers, whatever their bits.
    x F32 8 'V*' $((0x7fc00000)) $((0x80000000)) >one
    x F32 8 'V*' $((0xffc00001)) 0 >two
    exits 0 one two
    x F32 8 'V*' $((0x7fc00000)) $((0x3f800000)) >one
    x F32 8 'V*' $((0x3f800000)) $((0x7fc00000)) >two # a NaN each
    exits 3 one two
    x F32 8 'f<*' inf -inf >one
    x F64 16 'd<*' inf -inf >two
    exits 0 one two
    x F64 16 'd<*' inf inf >two
    exits 3 one two
    x F32 8 'f<*' 1 2 >one
    x I8 2 'c*' 1 2 >two
    exits 0 one two
    # Beyond a double's digits.
    x I64 16 'q<*' 9007199254740993 1 >one
    x I64 16 'q<*' 9007199254740992 1 >two
    exits 3 one two 2>/dev/null
    exits 0 one one 2>/dev/null
    x U64 16 'Q<*' 9007199254740993 1 >two
    exits 0 one two 2>/dev/null
    for other in 'U64 Q' 'F64 d'; do
        x "${other% *}" 16 "${other#* }<*" 9007199254740992 1 >two
        exits 3 one two 2>/dev/null
        exits 3 two one 2>/dev/null
    done
    x I64 16 'q<*' 9007199254740992 1 >one
    exits 0 one two
    x I64 16 'q<*' 1 -1 >one # the same bits
    x U64 16 'Q<*' 1 18446744073709551615 >two
    exits 3 one two 2>/dev/null
    exits 3 two one 2>/dev/null
    exits 0 one one
    # The first or the last of many blocks.
    for place in 0 99999; do
        perl -e 'my $place = shift; for my $f ("one", "two") { open my $o, ">", $f; binmode $o;
            my @x = (1) x 100000; $x[$place] = 2 if $f eq "two";
            my $h = q({"x":{"dtype":"F32","shape":[100000],"data_offsets":[0,400000]}});
            print $o pack("Q<", length $h), $h, pack "f<*", @x }' $place
        exits 3 one two
        exits 0 one one
    done
}

@test "--exit-code: 3 where the tensors differ; 1 and 2 stay" {
    vectors a=1 b=2 >one
    vectors a=1 >two
    make_safetensors '{"a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}' 'f<' 1 >three
    for pair in 'one two' 'two one' 'two three'; do
        # shellcheck disable=SC2086 # words
        run -3 param-diff --summary --exit-code $pair
        # shellcheck disable=SC2086
        run -0 param-diff --summary $pair
        # shellcheck disable=SC2086
        run -1 param-diff --exit-code $pair
    done
    run -0 param-diff --summary --exit-code --include a one two
    run -0 param-diff --exit-code --include a one two
    run -1 param-diff --exit-code one missing
    run -2 param-diff --exit-code one
    run -1 param-diff --exit-code --summary one two -o /dev/full
    vectors a=2 >three
    run -3 param-diff --exit-code two three -o out
    [ "$(numbers out a)" = 1 ]
}

# --- checkpoints as people have them --------------------------------------------------------------

# Two shards, in BF16, with positions as I64 and the output's weights tied to the embedding's, which
# one side writes and the other does not; and a prefix on one side.
@test "two checkpoints of other makers: one option each" {
    shard() { make_safetensors "$1" "${@:2}"; }
    mkdir base tuned
    b() { perl -e 'print join " ", map { unpack "V", pack "f<", $_ } @ARGV' -- "$@" | perl -ane 'print join " ", map { $_ >> 16 } @F'; }
    # shellcheck disable=SC2046 # words
    {
        shard '{"embed.weight":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]},"embed.position_ids":{"dtype":"I64","shape":[1,2],"data_offsets":[12,28]}}' 'v6q<2' $(b 1 2 3 4 5 6) 0 1 >base/model-00001-of-00002.safetensors
        shard '{"h.0.weight":{"dtype":"BF16","shape":[3,3],"data_offsets":[0,18]},"h.0.bias":{"dtype":"BF16","shape":[3],"data_offsets":[18,24]}}' 'v*' $(b 1 2 3 4 5 6 7 8 9 1 2 3) >base/model-00002-of-00002.safetensors
        shard '{"module.embed.weight":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]},"module.embed.position_ids":{"dtype":"I64","shape":[1,2],"data_offsets":[12,28]},"module.lm_head.weight":{"dtype":"BF16","shape":[2,3],"data_offsets":[28,40]}}' \
            'v6q<2v6' $(b 1 2 3 4 5 7) 0 1 $(b 1 2 3 4 5 7) >tuned/model-00001-of-00002.safetensors
        shard '{"module.h.0.weight":{"dtype":"BF16","shape":[3,3],"data_offsets":[0,18]},"module.h.0.bias":{"dtype":"BF16","shape":[3],"data_offsets":[18,24]}}' 'v*' $(b 2 2 3 5 5 6 7 9 9 1 2 4) >tuned/model-00002-of-00002.safetensors
    }
    index 52 embed.weight=model-00001-of-00002.safetensors embed.position_ids=model-00001-of-00002.safetensors \
        h.0.weight=model-00002-of-00002.safetensors h.0.bias=model-00002-of-00002.safetensors >base/model.safetensors.index.json
    index 64 module.embed.weight=model-00001-of-00002.safetensors module.embed.position_ids=model-00001-of-00002.safetensors \
        module.lm_head.weight=model-00001-of-00002.safetensors module.h.0.weight=model-00002-of-00002.safetensors \
        module.h.0.bias=model-00002-of-00002.safetensors >tuned/model.safetensors.index.json
    run -3 param-diff --exit-code --summary --strip module. base tuned
    [ "$(cut -f 1,2,3,10,13 <<<"$output")" = $'tensor\tshape\tmax_abs\tstatus\tcompared
embed.position_ids\t1x2\t0\tcompared\t2
embed.weight\t2x3\t1\tcompared\t6
h.0.bias\t3\t1\tcompared\t3
h.0.weight\t3x3\t1\tcompared\t9
lm_head.weight\t2x3\tnan\tonly B\t0
total\t-\t1\t4 of 5\t20' ]
    fails 1 'param-diff: base/model.safetensors.index.json: tensor "lm_head.weight": is missing; tuned/model.safetensors.index.json has it' \
        param-diff --strip module. base tuned
    param-diff --strip module. --exclude lm_head.weight base tuned >out
    [ "$(numbers out h.0.weight)" = '1 0 0 1 0 0 0 1 0' ]
    [ "$(numbers out embed.position_ids)" = '0 0' ]
    correlate base base base base >table
    [ "$(tail -n +2 table | cut -f 1 | uniq | xargs)" = 'biases weights embed.position_ids embed.weight h.0.bias h.0.weight' ]
    correlate --strip module. --exclude 'lm_*' base tuned tuned base >table
    [ "$(field table h.0.weight r)" = -1 ]
    [ "$(field table embed.position_ids n)" = 1 ]
    pixmap -l --strip module. tuned >list
    [ "$(cut -f 1 list | xargs)" = 'tensor embed.position_ids embed.weight h.0.bias h.0.weight lm_head.weight' ]
    pixmap --include '*.h.0.weight' -f ppm tuned >picture
    [ "$(head -c 8 picture | head -n 2 | xargs)" = 'P6 24 24' ]
    pixmap -t embed.position_ids -f ppm base >picture
}
