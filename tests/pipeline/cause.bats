#!/usr/bin/env bats
# The tables of make cause, beside the same by single commands; which of them there are, by classes, order and activations.
# On a copy of the project, with a small experiment.
# shellcheck disable=SC2016 # code of others

bats_require_minimum_version 1.5.0
load pipeline.bash

setup_file() {
    export PROJECT SAID RUN=out/${SMALL_RUN/_phase1/_hidden-12_phase1}
    copy_project "$BATS_FILE_TMPDIR/project"
    mkdir "$PROJECT/small"
    first_images "$PROJECT/small" 3000
    SAID=$BATS_FILE_TMPDIR/said
    cause >"$SAID"
}

# The experiment has few units, and tallies all of phase 1 for digits to be known.
cause() {
    small -j2 HIDDEN=12 cause "$@"
}

setup() {
    cd "$PROJECT" || return
    PATH=$PWD/build/bin:$PATH
    work=$BATS_TEST_TMPDIR
}

# rows TABLE WORD...: those of this table of the run that have these in their columns, in this order, at the beginning.
rows() {
    local IFS=$'\t'
    grep -P "^${*:2}\t" "$RUN/$1.tsv"
}
# near A B: as numbers of 9 digits; programs print so many.
near() {
    awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; exit !(a ~ /[0-9]/ && b ~ /[0-9]/ && d < 1e-7 && d > -1e-7) }' || { echo "$1 is not $2"; false; }
}
# images PART LABELS: of seed 2.
images() {
    case $1 in
    first) set -- "$@" -r :2500 --shuffle 2 -n "$(awk '/^first/ { print $NF }' "out/$SMALL_SAMPLES/order-own")" ;;
    rest) set -- "$@" -r :2500 --shuffle 2 --skip "$(awk '/^rest/ { print $NF }' "out/$SMALL_SAMPLES/order-own")" ;;
    held) set -- "$@" -r 2500: ;;
    esac
    mnist-filter -i small/images -l small/labels -d "$2" "${@:3}"
}
# learned OPTION...: phase 1 of the relu network of seed 2, in $work: a, b, network.
learned() {
    images first 1,7,6,8 >"$work/first"
    train-tally -c 1,7 -t "$work/a" -c 6,8 -t "$work/b" -H 12 -a relu -s 2 -f 0.5 "$@" -o "$work/network" "$work/first"
}
# forked OPTION...: its forks, fork-LABEL.
forked() {
    images rest 1,7,6,8 | fork-train "$@" --without 1 -o "$work/fork-1" --without 7 -o "$work/fork-7" --without 6 -o "$work/fork-6" \
        --without 8 -o "$work/fork-8" "$work/network" -
}

# share PAIR [OPTION...]: what of $work/score goes over at k = .2 between the forks without the one and the other label: sum dot / sum
# norm, and the share of the change of each label's loss, both the mean of there and back.
share() {
    local a=${1%,*} b=${1#*,} way
    images held "$1" >"$work/held"
    for way in "$a $b" "$b $a"; do
        graft --score "$work/score" -s 2 -t layer1.weight -k 0,0.2 "${@:2}" "$work/fork-${way% *}" "$work/fork-${way#* }" "$work/held"
    done | awk '
        $1 == "side" { way++; next }
        $2 == 0 { loss[way, $3] = $5; next }
        { dot[way] += $7; norm[way] += $8; with[way, $3] = $5; label[$3] }
        END {
            for (l in label) {
                L += (with[1, l] - loss[1, l]) / (loss[2, l] - loss[1, l]) / 4
                L += (with[2, l] - loss[2, l]) / (loss[1, l] - loss[2, l]) / 4
            }
            printf "%.17g %.17g\n", (dot[1] / norm[1] + dot[2] / norm[2]) / 2, L
        }'
}

@test "grafts: by hand, of x, between the forks of class A and of class B" {
    learned
    forked
    param-score -o "$work/score" "$work/a" "$work/b"
    read -r own_high own_high_loss < <(share 1,7)
    read -r other_high other_high_loss < <(share 6,8)
    read -r own_low own_low_loss < <(share 1,7 --lowest)
    read -r other_low other_low_loss < <(share 6,8 --lowest)
    IFS=$'\t' read -r _ _ _ _ _ s s_loss table < <(rows graft relu 2 graft x 0.2)
    paste <(tr '\t' '\n' <<<"$table") <(printf '%s\n' "$own_high" "$other_high" "$own_low" "$other_low") >"$work/both"
    [ "$(wc -l <"$work/both")" -eq 4 ]
    while read -r a b; do near "$a" "$b"; done <"$work/both"
    near "$s" "$(awk "BEGIN { printf \"%.17g\", ($own_high - $other_high - ($own_low - $other_low)) / 2 }")"
    near "$s_loss" "$(awk "BEGIN { printf \"%.17g\", ($own_high_loss - $other_high_loss - ($own_low_loss - $other_low_loss)) / 2 }")"
}

@test "grafts: by hand, of every score" {
    learned -o "$work/network"
    forked
    own_high() { # SCORE
        local expected got
        read -r expected _ < <(share 1,7)
        IFS=$'\t' read -r _ _ _ _ _ _ _ got _ < <(rows graft relu 2 graft "$1" 0.2)
        near "$got" "$expected" || { echo "$1"; false; }
        echo "$1" >>"$work/scores"
    }
    score() { # SCORE FILE...
        param-score -o "$work/score" "${@:2}"
        own_high "$1"
    }
    # what is seen, not learned; the initial network; and one of other initial weights
    train-tally -c 1,7 -t "$work/image-a" -c 6,8 -t "$work/image-b" -H 12 -a relu -s 2 -f 0.5 -e 0 --measure input -o "$work/initial" "$work/first"
    train-tally -c 1,7 -t "$work/other-a" -c 6,8 -t "$work/other-b" -H 12 -a relu -s 1000002 -f 0.5 -o "$work/other" "$work/first"
    images rest 1,7,6,8 --reorder 2 | fork-train --without 1 -o "$work/again-1" --without 7 -o "$work/again-7" --without 6 -o "$work/again-6" \
        --without 8 -o "$work/again-8" "$work/network" -
    param-diff -o "$work/c" "$work/again-1" "$work/again-7"
    param-diff -o "$work/d" "$work/again-6" "$work/again-8"
    # the network goes on, not learning, from the second half
    train-tally --from "$work/network" -e 0 -f 0.5 --measure gradient -c 1,7 -t "$work/g-a" -c 6,8 -t "$work/g-b" -o "$work/other" "$work/first"
    score x "$work/a" "$work/b"
    score x-other-init "$work/other-a" "$work/other-b"
    score image "$work/image-a" "$work/image-b"
    score x-centred --centre "$work/a" "$work/b"
    score a-b -m difference "$work/a" "$work/b"
    score a-b-other-init -m difference "$work/other-a" "$work/other-b"
    score y-again "$work/c" "$work/d"
    score c-d-again -m difference "$work/c" "$work/d"
    score first-order -m product <(param-score -m difference "$work/g-a" "$work/g-b") <(param-diff --signed "$work/initial" "$work/network")
    score random --permute all -s 2 "$work/a" "$work/b"
    score random-units --permute units -s 2 "$work/a" "$work/b"
    score random-inputs --permute inputs -s 2 "$work/a" "$work/b"
    diff "$work/scores" <(awk -F '\t' 'NR > 1 && !seen[$4]++ { print $4 }' "$RUN/graft.tsv")
}

@test "unit effects: by hand" {
    learned
    forked
    images held 1,7,6,8 >"$work/held"
    ablate --mean "$work/first" -c 1,7 -t "$work/effect-a" -c 6,8 -t "$work/effect-b" "$work/network" "$work/held"
    r() { # CONTROL A B
        correlate "$work/effect-a" "$work/effect-b" "$2" "$3" 2>"$work/said" | awk -F '\t' -v OFS='\t' -v control="$1" '
            $1 == "scope" { for (i = 1; i <= NF; i++) at[$i] = i }
            $1 == "biases" && $2 == "all" { print "relu", 2, "units", control, $1, $2, $at["n"], $at["undefined"], $at["r"], $at["p"] }'
    }
    param-diff -o "$work/c" "$work/fork-1" "$work/fork-7"
    param-diff -o "$work/d" "$work/fork-6" "$work/fork-8"
    diff <(rows units relu 2) <(r x "$work/a" "$work/b"; r y "$work/c" "$work/d")
    [ "$(rows units relu 2 | wc -l)" -eq 2 ]
}

@test "calibration: by hand, at a leak" {
    learned --route=all --leak 0.75
    forked --route --leak 0.75
    param-diff -o "$work/c" "$work/fork-1" "$work/fork-7"
    param-diff -o "$work/d" "$work/fork-6" "$work/fork-8"
    correlate --split 6 "$work"/{a,b,c,d} 2>"$work/said" | awk -F '\t' -v OFS='\t' '
        $1 == "scope" { for (i = 1; i <= NF; i++) at[$i] = i }
        $1 == "layer1.bias" && $2 == "all" || $1 == "layer1.weight" && $2 == "units" { print $1, $2, $at["auc_x"], $at["auc_y"], $at["r"] }' >"$work/expected"
    [ "$(wc -l <"$work/expected")" -eq 2 ]
    diff "$work/expected" <(rows calibration relu 2 calibration 0.75 | cut -f 5-9)
    # units 0 to 5 are of class A: all of their parameters are reset, and then those of the others
    train-tally -c 1,7 -t "$work/all-a" -c 6,8 -t "$work/all-b" -H 12 -a relu -s 2 -f 0 --route=all --leak 0 -o "$work/other" "$work/first"
    train-tally -c 1,7 -c 6,8 -H 12 -a relu -s 2 -e 0 -o "$work/initial" "$work/first"
    images held 1,7,6,8 >"$work/held"
    param-score -m difference -o "$work/score" "$work/all-a" "$work/all-b"
    for end in '' --lowest; do
        # shellcheck disable=SC2086 # a word, or none
        graft --score "$work/score" -s 2 $end -k 0,0.5 -t layer1.bias -t layer1.weight "$work/network" "$work/initial" "$work/held"
    done | awk '
        $1 == "side" { next }
        { class = $3 == 1 || $3 == 7 ? "highest" : "lowest"; loss[$1, $2, class] += $4 * $5; n[$1, $2, class] += $4 }
        END {
            for (half = 0; half < 2; half++) {
                side = half ? "lowest" : "highest"; other = half ? "highest" : "lowest"
                a = loss[side, .5, side] - loss[side, 0, side]
                b = loss[side, .5, other] - loss[side, 0, other]
                selectivity += (a / n[side, 0, side] - b / n[side, 0, other]) / 2
                damage += (a + b) / (n[side, 0, side] + n[side, 0, other]) / 2
            }
            printf "%.17g\t%.17g\n", selectivity, damage
        }' >"$work/expected"
    IFS=$'\t' read -r selectivity damage <"$work/expected"
    IFS=$'\t' read -r _ _ _ _ _ _ _ _ _ got_selectivity got_damage dead < <(rows calibration relu 2 calibration 0.75 layer1.bias)
    near "$got_selectivity" "$selectivity"
    near "$got_damage" "$damage"
    # bias for bias, what neither class has changed
    [ "$dead" -eq "$(correlate --points - -o /dev/null "$work"/{a,b,a,b} | awk '$1 ~ /bias/ && $4 == "nan"' | wc -l)" ]
    # a leak of 1 is no routing
    learned
    forked
    param-diff -o "$work/c" "$work/fork-1" "$work/fork-7"
    param-diff -o "$work/d" "$work/fork-6" "$work/fork-8"
    [ "$(correlate "$work"/{a,b,c,d} | awk '$1 == "layer1.bias" && $2 == "all" { print $5 }')" = \
        "$(rows calibration relu 2 calibration 1 layer1.bias | cut -f 9)" ]
}

@test "digits: by hand, of every score" {
    # NAME SEED IMAGES-SEED OPTION...
    ten() {
        local digit tallies=()
        for digit in 0 1 2 3 4 5 6 7 8 9; do
            tallies+=(-c "$digit" -t "$work/$1-$digit")
        done
        mnist-filter -i small/images -l small/labels -r :2500 --shuffle "$3" -n 2400 |
            train-tally "${tallies[@]}" -H 12 -s "$2" -f 0.5 -o "$work/$1" "${@:4}" -
    }
    ten same 2 2
    ten image 2 2 -e 0 --measure input
    ten other-init 1000002 2
    ten other-seed 1000002 1000002
    mnist-filter -i small/images -l small/labels -r :2500 --shuffle 2 -n 2400 >"$work/first"
    tallies=()
    for digit in 0 1 2 3 4 5 6 7 8 9; do
        tallies+=(-c "$digit" -t "$work/gradient-$digit")
    done
    train-tally --from "$work/same" -e 0 -f 0.5 --measure gradient "${tallies[@]}" -o "$work/other" "$work/first"
    mnist-filter -i small/images -l small/labels -r 2500: >"$work/held"
    others() { # NAME: of digit 3
        printf '%s\n' "$work/$1"-{3,0,1,2,4,5,6,7,8,9}
    }
    reset() { # SCORE OPTION...
        local k
        for k in 0.01 0.2; do
            reset_top "$k" "$@"
        done
        echo "$1" >>"$work/scores"
    }
    reset_top() { # K SCORE OPTION...
        local IFS=$'\t' kept
        kept=$(graft --score "$work/score" -s 2 "${@:3}" -k "0,$1" "$work/same" "$work/image" "$work/held" | awk '
            $1 == "side" { next }
            { right[$2 > 0, $3 == 3] += $4 * (1 - $6) }
            END { own = right[1, 1] / right[0, 1]; others = right[1, 0] / right[0, 0]; printf "%.17g\t%.17g\t%.17g\n", own, others, others - own }')
        read -r own others selectivity <<<"$kept"
        read -r _ _ _ _ _ _ got_own got_others got_selectivity known left_out < <(rows digits softplus 2 digits "$2" 3 "$1")
        near "$own" "$got_own" || { echo "$2"; false; }
        near "$others" "$got_others"
        near "$selectivity" "$got_selectivity"
        [ "$known $left_out" = "1 0" ]
    }
    param-diff -o "$work/score" "$work/image" "$work/same"
    reset change -t layer1.weight
    for name in same other-init other-seed image; do
        mapfile -t files < <(others "$name")
        param-score -o "$work/score" "${files[@]}"
        reset "${name/same/share}" -t layer1.weight
        [ "$name" != same ] || reset share-all-layers --rank all
    done
    mapfile -t files < <(others same)
    param-score -o "$work/score" --permute all -s 2 "${files[@]}"
    reset permuted -t layer1.weight
    mapfile -t files < <(others gradient)
    param-score -m product -o "$work/score" <(param-score -m difference "${files[@]}") <(param-diff --signed "$work/image" "$work/same")
    reset first-order -t layer1.weight
    diff <(sort "$work/scores") <(awk -F '\t' 'NR > 1 && !seen[$4]++ { print $4 }' "$RUN/digits.tsv" | sort)
}

@test "digits: the mean is of those that are known; the others are counted" {
    awk -F '\t' '
        $5 != "all" && NR > 1 {
            n[$2, $4, $6] += $10; left[$2, $4, $6] += $11
            if ($10) { own[$2, $4, $6] += $7; others[$2, $4, $6] += $8; s[$2, $4, $6] += $9 }
            if (!$10 && ($7 != "nan" || $8 != "nan" || $9 != "nan")) exit 1
            seen += $11
            next
        }
        NR > 1 {
            if ($10 != n[$2, $4, $6] || $11 != left[$2, $4, $6] || $10 + $11 != 10) exit 1
            d = own[$2, $4, $6] / $10 - $7; if (d * d > 1e-18) exit 1
            d = others[$2, $4, $6] / $10 - $8; if (d * d > 1e-18) exit 1
            d = s[$2, $4, $6] / $10 - $9; if (d * d > 1e-18) exit 1
            rows++
        }
        END { exit !(rows == 2 * 8 * 9 && seen > 0) }' "$RUN/digits.tsv"
    # nothing is learned, and most are left out; one label that is given everywhere would be known
    rm -rf out/*_rate-0_*
    cause RATE=0 >/dev/null 2>&1
    awk -F '\t' '$5 == "all" && $10 + $11 == 10 && $11 >= 9 { rows++ } END { exit rows != 2 * 8 * 9 }' out/*_rate-0_*_seeds-*/digits.tsv
    awk -F '\t' '$4 == "share" && $1 == "left_out" { found++; if ($7 < 9) exit 1 } END { exit !found }' \
        <(awk -F '\t' -v OFS='\t' '{ print $1, $2, $3, $3, $4, $5, $6 }' out/*_rate-0_*_seeds-*/digits-intervals.tsv)
}

@test "the primary outcomes are four, with Holm's correction; at the terminal they stand with the instrument" {
    [ "$(awk -F '\t' '{ print $1, $2, $3 }' "$RUN/cause-primary.tsv")" = "quantity activation score
difference relu x-x-other-init
difference relu a-b-a-b-other-init
difference softplus x-x-other-init
difference softplus a-b-a-b-other-init" ]
    diff <(grep -P '^quantity|^difference\t[a-z]*\t(x-x-other-init|a-b-a-b-other-init)\t' "$RUN/graft-intervals.tsv" | summarize --holm p_mean) \
        "$RUN/cause-primary.tsv"
    # an area over log k, of each seed
    summarize --over k -u seed -g activation,score -v s "$RUN/graft.tsv" | diff - <(grep -v ^difference "$RUN/graft-intervals.tsv")
    summarize --over k -u seed -g activation,score -v s_loss "$RUN/graft.tsv" | diff - <(grep -v ^difference "$RUN/graft-loss-intervals.tsv")
    [ "$(grep -c '^difference' "$RUN/graft-loss-intervals.tsv")" -eq 12 ]
    sed '1,/^mean S/d; s/ [-+][.0-9]* \[.*\] / /; s/  */ /g; s/ \(positive\|negative\|undecided\|works\|broken\)$/ VERDICT/' "$SAID" |
        sed '1d' >"$work/said"
    [ "$(<"$work/said")" = "ReLU; 2 seeds:
x minus x of another network VERDICT
a − b minus that of another network VERDICT
y, forks reordered VERDICT

softplus; 2 seeds:
x minus x of another network VERDICT
a − b minus that of another network VERDICT
y, forks reordered VERDICT" ]
}

@test "grafts are of softplus and relu where they are compared, digits of the base run, calibration and digits of ten seeds" {
    networks() {
        small -n COUNT=1 cause OUT="$work/none" "$@" | sed -n 's,^stage .*/networks/\(.*\)\.tsv$,\1,p' | sort -u
    }
    networks CAUSE_SEEDS=101..112 ACTIVATIONS=tanh,softplus ACTIVATION=relu >"$work/found"
    for activation in relu softplus tanh; do
        for seed in {101..112}; do
            [ "$activation" = tanh ] || echo "$activation-$seed-graft"
            ((seed > 110)) || echo "$activation-$seed-calibration"
            [ "$activation" != relu ] || ((seed > 110)) || echo "$activation-$seed-digits"
            echo "$activation-$seed-units"
        done
    done | sort | diff - "$work/found"
    [ "$(networks CAUSE_SEEDS=7 ACTIVATIONS=tanh,sigmoid ACTIVATION=tanh | xargs)" = \
        "sigmoid-7-calibration sigmoid-7-units tanh-7-calibration tanh-7-digits tanh-7-graft tanh-7-units" ]
    # beyond 999, of several seeds
    [ "$(networks CAUSE_SEEDS=999..1010 ACTIVATIONS=relu ACTIVATION=relu | grep graft | xargs)" = "relu-1000-1009-graft relu-1010-graft relu-999-graft" ]
    run small -n CAUSE_SEEDS=1000..1009 OUT="$work/none" cause
    [ "$(grep -c '^pipeline/block script=cause output=.*/networks/softplus-1000-1009-digits.tsv .* table=digits$' <<<"$output")" -eq 1 ]
}

@test "in file order nothing is held out: tables are lines of names" {
    run cause ORDER=file SEEDS=1
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    cd out/*_order-file_seeds-1_*
    [ "$(cat graft.tsv units.tsv calibration.tsv digits.tsv | wc -l)" -eq 4 ]
    [ "$(head -n 1 digits.tsv)" = "$(head -n 1 "$PROJECT/$RUN/digits.tsv")" ]
    for table in cause-primary graft-intervals graft-loss-intervals graft-carried units-intervals calibration-intervals digits-intervals digits-k; do
        [ "$(wc -l <"$table.tsv")" -eq 1 ] || { echo "$table"; false; }
    done
}

@test "a class of one label is told apart by the fork without it and by that with all" {
    run cause CLASS_A=7
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    cd out/a-7_* 2>/dev/null || cd out/*_a-7_*_seeds-*
    [ "$(cut -f 4 graft.tsv | sort -u | wc -l)" -eq 13 ]
    [ "$(awk -F '\t' 'NR > 1 && $8 !~ /[0-9]/' graft.tsv | wc -l)" -eq 0 ]
    [ "$(awk -F '\t' 'NR > 1 && $4 == "y-again" && $5 == 0.5 && $8 > 0.1' graft.tsv | wc -l)" -eq 4 ]
}

@test "of several seeds as one table; what is said names the seed; nothing is left" {
    settings=(bin=build/bin images=small/images labels=small/labels order="out/$SMALL_SAMPLES/order-own" "class_a=1,7" "class_b=6,8"
        forks_a='1 7' forks_b='6 8' options='-H 12 -a relu -e 0.005 -f 0.5' hidden=12 from=0.5)
    export TMPDIR=$work/tmp
    mkdir "$TMPDIR" "$work/tables"
    pipeline/block script=cause output="$work/tables/block.tsv" seed=1-2 table=units "${settings[@]}"
    tail -n +2 "$work/tables/block.tsv" | diff - <(rows units relu | cut -f 2,4-)
    for table in graft calibration digits; do
        setsid perl -e '$SIG{INT} = $SIG{HUP} = "DEFAULT"; exec @ARGV' pipeline/cause output="$work/tables/one.tsv" seed=1 table=$table \
            "${settings[@]}" 2>/dev/null 3>&- &
        until compgen -G "$TMPDIR/*/score" >/dev/null; do kill -0 $!; sleep 0.02; done
        kill -TERM -- "-$!"
        status=0
        wait "$!" || status=$?
        [ "$status" -eq 143 ]
        [ "$(ls -A "$work/tables")" = block.tsv ]
        [ -z "$(ls -A "$TMPDIR")" ]
    done
    # a program fails
    mkdir "$work/bin"
    ln -s "$PWD/build/bin/"* "$work/bin"
    rm "$work/bin/graft"
    printf '#!/bin/bash\n[[ " $* " != *" --lowest "* ]] || { echo "graft: no luck" >&2; exit 1; }\nexec build/bin/graft "$@"\n' >"$work/bin/graft"
    chmod +x "$work/bin/graft"
    for table in graft calibration; do
        run pipeline/block script=cause output="$work/tables/other.tsv" seed=1-2 table=$table "${settings[@]}" bin="$work/bin"
        [ "$status" -eq 1 ]
        [ "$output" = "$work/tables/other.tsv: seed 1: graft: no luck" ]
        [ "$(ls -A "$work/tables")" = block.tsv ]
        [ -z "$(ls -A "$TMPDIR")" ]
    done
}

@test "a changed script makes these tables again, and no other network; a second make makes none" {
    run cause
    [ -z "$(stages "$output")" ]
    cause replicate nulls >/dev/null
    sleep 0.02
    echo '# a comment' >>pipeline/cause.awk
    run small -n HIDDEN=12 replicate nulls cause
    [ "$(grep -c '^source pipeline/cause output=' <<<"$output")" -eq 14 ]
    run ! grep -q '^source pipeline/network' <<<"$output"
}
