#!/usr/bin/env bats
# The scripts between the programs and the tables: what they take, and that they compute nothing.

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    SCRIPTS=$TOP/pipeline
}

@test "gather: columns for activation, seed and variant; a table that is not there is an error" {
    printf 'control\tr\nsame\t.1\nother\t.2\n' | tee relu-1.tsv relu-2.tsv >relu-1-whole.tsv
    run "$SCRIPTS/gather" folder=. activations=relu seeds=1,2 variants=half
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = $'activation\tseed\tvariant\tcontrol\tr' ]
    [ "${#lines[@]}" -eq 5 ]
    [ "${lines[4]}" = $'relu\t2\thalf\tother\t.2' ]
    run "$SCRIPTS/gather" folder=. activations=relu seeds=1..1 variants="half whole"
    [ "${lines[3]}" = $'relu\t1\twhole\tsame\t.1' ]
    # seeds in their order, however they are listed
    cp relu-1.tsv relu-10.tsv
    run "$SCRIPTS/gather" folder=. activations=relu seeds=10,2,1 variants=half
    [ "$(cut -f 2 <<<"$output" | uniq | xargs)" = "seed 1 2 10" ]
    # blocks of seeds, without what is no whole one; but one at least
    run "$SCRIPTS/gather" folder=. activations=relu seeds=1,2 variants=half block=1
    [ "${lines[0]}" = $'activation\tseed\tvariant\tblock\tcontrol\tr' ]
    [ "${lines[4]}" = $'relu\t2\thalf\t2\tother\t.2' ]
    cp relu-1.tsv relu-3.tsv
    run "$SCRIPTS/gather" folder=. activations=relu seeds=1..3 variants=half block=2
    [ "$(cut -f 2,4 <<<"$output" | uniq | xargs)" = "seed block 1 1 2 1" ]
    run "$SCRIPTS/gather" folder=. activations=relu seeds=1..3 variants=half block=4
    [ "$(cut -f 2,4 <<<"$output" | uniq | xargs)" = "seed block 1 1 2 1 3 1" ]
    rm relu-3.tsv
    run "$SCRIPTS/gather" folder=. activations=relu seeds=1..3 variants=half
    [ "$status" -ne 0 ]
    [[ $output == *"gather: ./relu-3.tsv: is not there"* ]]
}

# The tables of these seeds, without what they have in common.
tables() {
    "$SCRIPTS/gather" folder=. activations=relu variants=half list=1 seeds="$1" | sed 's,^\./relu-,,; s/\.tsv$//'
}

@test "gather: of a range beyond 999, seeds share tables by tens, hundreds and thousands; ragged ends do not" {
    while read -r seeds expected; do
        [ "$(tables "$seeds" | xargs)" = "$expected" ] || { echo "$seeds: $(tables "$seeds" | xargs)"; false; }
    done <<'END'
998..1012 998 999 1000-1009 1010 1011 1012
1000..1008 1000 1001 1002 1003 1004 1005 1006 1007 1008
9989..10099 9989 9990-9999 10000-10099
99899..100999 99899 99900-99999 100000-100999
998999..1000999 998999 999000-999999 1000000-1000999
999999999998999..999999999999999 999999999998999 999999999999000-999999999999999
1000,1001,1002,1003,1004,1005,1006,1007,1008,1009 1000 1001 1002 1003 1004 1005 1006 1007 1008 1009
3,1,2 1 2 3
0..2 0 1 2
END
    for range in 1..10000:1900 1..100000:2800 1..1000000:3700; do
        [ "$(tables "${range%:*}" | wc -l)" -eq "${range#*:}" ]
    done
    [ "$("$SCRIPTS/gather" folder=x/y activations="a b" variants="half short" seeds=1009..1019 list=1 | xargs)" = "x/y/a-1009.tsv \
x/y/a-1009-short.tsv x/y/a-1010-1019.tsv x/y/a-1010-1019-short.tsv x/y/b-1009.tsv x/y/b-1009-short.tsv x/y/b-1010-1019.tsv x/y/b-1010-1019-short.tsv" ]
}

@test "gather: rows of shared tables are those of single ones, by every awk" {
    for ((seed = 1007; seed <= 1022; seed++)); do
        printf 'control\tr\nsame\t.%d\nother\t\n' "$seed" >"relu-$seed.tsv"
    done
    for ((seed = 1010; seed <= 1019; seed++)); do
        awk -v seed=$seed '{ print (NR > 1 ? seed : "seed") "\t" $0 }' relu-$seed.tsv
    done | awk 'NR == 1 || !/^seed/' >relu-1010-1019.tsv
    for block in '' 4 30; do
        for awk in mawk gawk original-awk; do
            mkdir -p bin
            ln -sf "$(command -v $awk)" bin/awk
            PATH=$PWD/bin:$PATH "$SCRIPTS/gather" folder=. activations=relu variants=half block=$block seeds=1007..1022 >range
            PATH=$PWD/bin:$PATH "$SCRIPTS/gather" folder=. activations=relu variants=half block=$block seeds="$(seq -s , 1007 1022)" >list
            cmp range list
        done
        [ "$(wc -l <range)" -eq 33 ]
    done
    "$SCRIPTS/gather" folder=. activations=relu variants=half block=5 seeds=1007..1022 >range
    [ "$(tail -n 1 range)" = $'relu\t1021\thalf\t3\tother\t' ]
    [ "$(sed -n 12p range)" = $'relu\t1012\thalf\t2\tsame\t.1012' ]
    # what belongs to a seed stands together
    for table in relu-10*.tsv; do
        sed 's/same/short/' "$table" >"${table%.tsv}-short.tsv"
    done
    "$SCRIPTS/gather" folder=. activations=relu variants="half short" seeds=1007..1022 >range
    "$SCRIPTS/gather" folder=. activations=relu variants="half short" seeds="$(seq -s , 1007 1022)" | cmp - range
    [ "$(cut -f 2-4 range | sed -n '14,18p' | xargs)" = "1010 half same 1010 half other 1010 short short 1010 short other 1011 half same" ]
    rm relu-1010-1019.tsv
    run "$SCRIPTS/gather" folder=. activations=relu variants=half seeds=1007..1022
    [ "$status" -ne 0 ]
    [[ $output == *"gather: ./relu-1010-1019.tsv: is not there"* ]]
}

@test "no script has a logarithm, an exponential, a root or a quantile: programs compute" {
    cd "$TOP"
    run grep -nE -d skip --exclude='*.md*' '(^|[^_[:alnum:]])(log|log2|log10|log1p|exp|expm1|sqrt|pow|quantile)[[:space:]]*\(' pipeline/* plots/*.awk
    [ "$output" = "" ] || { echo "$output"; false; }
}

@test "a setting that a script does not know, or needs and is not given, is an error" {
    for case in "gather folder=. activations=relu seeds=1 variant=half|gather: variant is not known; it takes folder activations seeds variants block= list=" \
        "gather . relu|gather: . is not known; it takes folder activations seeds variants block= list=" \
        "gather folder=. activations=relu variants=half|gather: seeds is missing" \
        "network output=x bin=y|network: images is missing" \
        "unpack program=x old=1|unpack: old is not known; it takes program images labels folder digests= shape= transpose="; do
        # shellcheck disable=SC2086 # several words
        seeds=1 run bash "$SCRIPTS/"${case%|*}
        [ "$status" -eq 2 ]
        [ "$output" = "${case#*|}" ] || { echo "$output"; false; }
    done
}
