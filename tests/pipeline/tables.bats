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
