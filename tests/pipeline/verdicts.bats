#!/usr/bin/env bats
# The rules by which the report judges: every outcome of each, and its borders, under every awk.
# shellcheck disable=SC2016 # the expressions are awk's

# usage: judge EXPRESSION VERDICT...: what the rules make of an expression of awk. A number comes as a field, as in a table.
judge() {
    judge_in '' "$@"
}
# usage: judge_in STATEMENTS EXPRESSION VERDICT
judge_in() {
    local awk
    for awk in mawk gawk original-awk; do
        command -v "$awk" >/dev/null || continue
        run "$awk" -f "$TOP/pipeline/table.awk" -f "$TOP/pipeline/verdicts.awk" -f <(printf 'BEGIN { %s print %s }\n' "$1" "$2")
        [[ $status -eq 0 && $output == "$3" ]] || { echo "$awk: $1 $2: $output, not $3"; return 1; }
    done
}

@test "a mean r: by its interval, with .02 as the smallest difference" {
    judge 'sign(.2, .1, .3)' positive
    judge 'sign(.02, .001, .04)' positive
    judge 'sign(-.2, -.3, -.1)' negative
    judge 'sign(-.02, -.04, -.001)' negative
    judge 'sign(.01, -.019, .019)' practical
    judge 'sign(.018, .017, .019)' practical # it excludes 0, and is too small
    judge 'sign(0, -.02, .01)' undecided
    judge 'sign(0, -.01, .02)' undecided
    judge 'sign(.019, .001, .04)' undecided
    judge 'sign(-.019, -.04, -.001)' undecided
    judge 'sign(.1, -.1, .3)' undecided
    judge 'sign(.1, 0, .3)' undecided
    judge 'sign(-.1, -.3, .1) " " sign(-.1, -.3, 0)' 'undecided undecided'
    judge 'sign(.01, .001, .01999)' practical
    judge 'sign(.9, "nan", "nan")' undecided
    judge 'sign("nan", "nan", "nan")' unmeasured
    judge 'sign("-0.0660", "-0.0980", "-0.0290")' negative
}

@test "one of several means: its sign is shown where p, corrected for their number, passes" {
    judge 'corrected("positive", .05) " " corrected("negative", .05) " " corrected("negative", "1.8e-2227")' 'positive negative negative'
    judge 'corrected("positive", .0501) " " corrected("negative", "0.2")' 'undecided undecided'
    judge 'corrected("positive", "nan") " " corrected("negative", "")' 'undecided undecided'
    judge 'corrected("practical", 1) " " corrected("undecided", .01) " " corrected("unmeasured", "nan")' 'practical undecided unmeasured'
}

@test "a claim that r is negative; a claim of two parts" {
    judge 'opposite("positive") " " opposite("negative") " " opposite("practical")' 'negative positive practical'
    judge 'both("practical", "practical")' practical
    judge 'both("positive", "negative") " " both("undecided", "positive") " " both("partly", "negative")' 'partly partly partly'
    judge 'both("negative", "partly")' partly
    judge 'both("negative", "undecided") " " both("undecided", "negative")' 'undecided undecided'
    judge 'both("negative", "unmeasured") " " both("unmeasured", "negative")' 'unmeasured unmeasured'
    judge 'both("negative", "practical")' negative
}

@test "a test: by the range of a valid one" {
    judge 'size(1000, 33, 33, 69, .05) " " size(1000, 69, 33, 69, .09)' 'keeps keeps'
    judge 'size(1000, 70, 33, 69, .09)' often
    judge 'size(1000, 32, 33, 69, .05)' rarely
    judge 'size("1000", "100", "33", "69", "0.12")' often
    judge 'size("80", "10", "9", "11", "0.10")' keeps
    judge 'size(2, 0, 0, 1, .658) " " size(100, 5, 0, 11, .112) " " size(1, 1, 0, 1, "nan")' 'undecided undecided undecided'
    judge 'size(2, 2, 0, 1, 1)' often # few runs may tell
    judge 'size(0, 0, 0, 0, "nan")' unmeasured
}

@test "an AUC: which way round; the goal" {
    judge 'halves(.6, .51, .7)' right
    judge 'halves(.4, .3, .49)' wrong
    judge 'halves(.5, .41, .59) " " halves(.6, .5, .7) " " halves(.4, .3, .5)' 'undecided undecided undecided'
    judge 'halves(.9, "nan", "nan")' undecided
    judge 'halves("nan", "nan", "nan")' unmeasured
    judge 'goal(.95) " " goal(.949) " " goal("nan")' 'reached missed unmeasured'
}

@test "what one network shows: clusters, the loss" {
    judge 'clusters(161, 88) " " clusters(161, 0) " " clusters(0, 0) " " clusters("nan", "nan")' 'positive partly negative unmeasured'
    judge 'early(.1, 249, 1000, .5) " " early(.1, 250, 1000, .5) " " early(.5, 10, 1000, .5)' 'positive negative negative'
    judge 'early("nan", "", 1000, .5) " " early(.1, 10, 1000, "nan") " " early(.1, 10, 0, .5)' 'unmeasured unmeasured unmeasured'
}

@test "the map over networks: most above 0, some below, not by chance alone" {
    judge 'mostly_positive(100, 51, 40, 49, 1)' positive
    judge 'mostly_positive(100, 50, 40, 50, 30) " " mostly_positive(100, 50, 0, 50, 1)' 'negative negative'
    judge 'mostly_positive(100, 100, 1, 0, 0)' negative # none below
    judge 'mostly_positive(100, 99, 40, 1, 0)' undecided
    judge 'mostly_positive(100, 40, 0, 60, 0) " " mostly_positive(100, 90, 0, 10, 0)' 'undecided undecided'
    judge 'mostly_positive(0, 0, 0, 0, 0) " " mostly_positive("", "", "", "", "")' 'unmeasured unmeasured'
    judge 'mostly_positive("717", "392", "334", "325", "273")' positive
}

# usage: contrast VERDICT ACTIVATION:VERDICT:HIGH...
contrast() {
    local code='' part
    for part in "${@:2}"; do
        IFS=: read -r activation verdict high <<<"$part"
        code+="add_to_contrast(c, \"$activation\", \"$verdict\", \"$high\"); "
    done
    judge_in 'split("", c); '"$code" 'contrast_holds(c)' "$1"
}

@test "only activations like ReLU" {
    contrast positive softplus:positive:.3 leaky-relu:positive:.3 sigmoid:negative:-.1 tanh:practical:.01
    contrast positive relu:positive:.3 tanh:undecided:.019
    contrast undecided relu:positive:.3 tanh:undecided:.02
    contrast undecided relu:undecided:.3 tanh:negative:-.1
    contrast unmeasured relu:unmeasured:nan tanh:negative:-.1
    contrast negative relu:positive:.3 tanh:positive:.3
    contrast negative relu:undecided:.3 tanh:positive:.3
    contrast negative relu:practical:.01 tanh:negative:-.1
    contrast unmeasured relu:positive:.3
    contrast unmeasured sigmoid:negative:-.1
}

@test "an outcome of cause: by its p and its sign alone; the instrument" {
    judge 'caused(".003", ".05") " " caused("-0.003", "1.8e-2227") " " caused(.003, "0.001")' 'positive negative positive'
    judge 'caused(.9, .0501) " " caused(-.9, "0.2") " " caused(.9, "nan")' 'undecided undecided undecided'
    judge 'caused("nan", "nan")' unmeasured
    judge 'instrument(".1") " " instrument("0.0999") " " instrument("-0.2") " " instrument("nan")' 'works broken broken unmeasured'
}

# usage: pattern CODE INSTRUMENT:VERDICT...
pattern() {
    local code='' part
    for part in "${@:2}"; do
        code+="add_to_pattern(c, \"${part%:*}\", \"${part#*:}\"); "
    done
    judge_in 'split("", c); '"$code" 'pattern_of(c)' "$1"
}

@test "outcomes under two activations: every pattern, of those whose instrument works" {
    pattern positive works:positive works:positive
    pattern partly works:positive works:undecided
    pattern partly works:undecided works:positive
    pattern mixed works:positive works:negative
    pattern negative works:negative works:negative
    pattern against works:negative works:undecided
    pattern undecided works:undecided works:undecided
    pattern positive works:positive broken:negative
    pattern negative broken:positive works:negative
    pattern undecided broken:positive works:undecided
    pattern broken broken:positive broken:negative
    pattern broken broken:positive unmeasured:unmeasured
    pattern positive works:positive unmeasured:unmeasured
    pattern unmeasured unmeasured:positive unmeasured:unmeasured
    pattern unmeasured works:unmeasured
}

@test "a mean, by its interval alone; a cell of the calibration" {
    judge 'side_of(.001, .0001, .002) " " side_of("-0.1", "-0.2", "-0.001")' 'positive negative'
    judge 'side_of(.1, 0, .2) " " side_of(-.1, -.2, 0) " " side_of(.1, "nan", "nan")' 'undecided undecided undecided'
    judge 'side_of("nan", "nan", "nan")' unmeasured
    judge 'cell_is(".001", "0.999", "0") " " cell_is(0, .5, 0) " " cell_is("-0.1", .5, 0)' 'valid unselective unselective'
    judge 'cell_is(.1, 1, 0) " " cell_is(-.1, 1.5, 0) " " cell_is(.1, .5, "0.1") " " cell_is(-1, 2, 1)' 'damaged damaged dead dead'
    judge 'cell_is(.1, .5, -0) " " cell_is(.1, -.5, 0)' 'valid valid'
    judge 'cell_is("nan", .5, 0) " " cell_is(.1, "nan", 0) " " cell_is(.1, .5, "nan")' 'unmeasured unmeasured unmeasured'
}
