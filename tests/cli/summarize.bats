#!/usr/bin/env bats
# summarize: means, also along a column, paired differences, reliabilities, rates, places among draws, sign flips and Holm's method, of
# small tables worked out by hand or by SciPy and statsmodels (see tests/unit/runs.c).

bats_require_minimum_version 1.5.0
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    PATH="$BIN:$PATH"
}

# usage: table LINE..., with | for a tab
table() {
    printf '%s\n' "$@" | tr '|' '\t'
}

@test "means with intervals, as SciPy has them" {
    table 'x' .31 -.12 .25 .4 .08 >t
    run summarize -v x t
    [ "$status" -eq 0 ]
    [ "$output" = "$(table 'quantity|runs|mean|sd|low|high|p_mean|further_low|further_high|above_0|undefined' \
        'x|5|0.1840|0.2062|-0.0721|0.4401|0.116774|-0.4432|0.8112|4|0')" ]
}

# numpy.tanh(z.mean() -+ t.ppf(.975, 4) * z.std(ddof=1) / numpy.sqrt(5)), z = numpy.arctanh(x);
# scipy.stats.ttest_1samp(z, 0).pvalue
@test "correlations by Fisher's z" {
    table 'r|p' '.31|.01' '-.12|.2' '.25|.04' '.4|1e-400' '.08|.05' 'nan|nan' '|' >t
    run summarize -v r:z -u seed --p-value p t
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "$(table 'quantity|seeds|mean|sd|low|high|p_mean|further_low|further_high|above_0|p_below_05|undefined')" ]
    [ "${lines[1]}" = "$(table 'r|5|0.1895|0.2147|-0.0746|0.4288|0.11641|-0.4311|0.6884|4|3|2')" ]
}

@test "a correlation of 1 or -1 is counted, and makes neither a mean nor an interval up" {
    table 'scope|r' 'always|1' 'always|1' 'ends|1' 'ends|-1' 'once|.1' 'once|1' 'negative|-1' 'all|1' 'all|-1' 'all|.5' >t
    run summarize -g scope -v r:z t
    [ "$(tail -n +2 <<<"$output")" = "$(table 'r|always|2|1.0000|nan|nan|nan|nan|nan|nan|2|0' \
        'r|ends|2|nan|nan|nan|nan|nan|nan|nan|1|0' 'r|once|2|nan|nan|nan|nan|nan|nan|nan|2|0' \
        'r|negative|1|-1.0000|nan|nan|nan|nan|nan|nan|0|0' 'r|all|3|nan|nan|nan|nan|nan|nan|nan|2|0')" ]
}

@test "what is above 0, and what four decimals show of a number near it" {
    table x 0 -.1 .1 nan >t
    [ "$(summarize -v x t | sed -n 2p | cut -f 2,10,11)" = "$(table '3|1|1')" ]
    for x in 5e-5:0.0001 -5e-5:-0.0001 4.9e-5:0.0000 -4.9e-5:0.0000; do
        table x ${x%:*} >t
        [ "$(summarize -v x t | sed -n 2p | cut -f 3)" = "${x#*:}" ]
    done
}

@test "groups come in the order in which they appear, one summary for each combination" {
    table 'a|b|x|y' '2|u|1|5' '1|u|2|6' '2|v|3|7' '2|u|5|9' >t
    run summarize -g a,b -v y,x t
    [ "$(cut -f 1-5 <<<"$output")" = "$(table 'quantity|a|b|runs|mean' 'y|2|u|2|7.0000' 'x|2|u|2|3.0000' \
        'y|1|u|1|6.0000' 'x|1|u|1|2.0000' 'y|2|v|1|7.0000' 'x|2|v|1|3.0000')" ]
}

@test "one run has no interval, none has no mean" {
    table 'g|x' 'one|3' 'none|nan' >t
    run summarize -g g -v x t
    [ "${lines[1]}" = "$(table 'x|one|1|3.0000|nan|nan|nan|nan|nan|nan|1|0')" ]
    [ "${lines[2]}" = "$(table 'x|none|0|nan|nan|nan|nan|nan|nan|nan|0|1')" ]
}

@test "an interval ends where the quantity does" {
    table 'auc|r' '.99|.99' '1|-.99' '.9|.9999' >t
    run summarize -v auc:0:1,r:z t
    [ "$(sed -n 2p <<<"$output" | cut -f 6,9)" = "$(table '1.0000|1.0000')" ]
    [ "$(sed -n 3p <<<"$output" | cut -f 5,6,8,9)" = "$(table '-1.0000|1.0000|-1.0000|1.0000')" ]
    # that of a difference is twice as wide
    table 'run|c|r' '1|a|.99' '1|b|-.99' '2|a|.5' '2|b|-.9' >t
    run summarize -g c -v r:z --pair c:a-b t
    [ "$(grep ^difference <<<"$output" | cut -f 4,6,7,9,10)" = "$(table '1.6900|-1.9948|2.0000|-2.0000|2.0000')" ]
}

@test "differences are within a run, whichever of the two comes first" {
    table 'seed|control|k|r' '1|same|a|.5' '1|other|a|.2' '2|other|a|.1' '2|same|a|.2' '3|same|a|.9' '3|same|b|.4' \
        '3|other|b|.6' '4|same|b|nan' '4|other|b|.1' '5|same|b|1' '5|other|b|.1' >t
    run summarize -g k,control -u seed -v r:z --pair control:same-other t
    [ "$(grep ^difference <<<"$output" | cut -f 1-5,12,13)" = "$(table 'difference|a|same-other|2|0.2000|2|0' \
        'difference|b|same-other|2|0.3500|1|1')" ]
    # names that hold a -
    run summarize -g k,control -u seed -v r:z --pair control:other:same t
    [ "$(grep '^difference.a' <<<"$output" | cut -f 3-5)" = "$(table 'other-same|2|-0.2000')" ]
}

# scipy.stats.ttest_1samp(x, 0).pvalue; where a double is too small, with a = 999/2 and w = 999/(999 + t^2):
# (a * log(w) + log1p(-w)/2 - log(a) - scipy.special.betaln(a, .5) + log1p((a + .5)/(a + 1) * w)) / log(10)
@test "p of the mean, however small, and of the mean difference" {
    table 'run|c|r' '1|a|.5' '1|b|.2' '2|a|.2' '2|b|.1' '3|b|.65' '3|a|.9' >t
    run summarize -g c -v r:z --pair c:a-b t
    [ "$(cut -f 1,2,8 <<<"$output")" = "$(table 'quantity|c|p_mean' 'r|a|0.189479' 'r|b|0.229102' 'difference|a-b|0.0690507')" ]
    { echo x; for _ in $(seq 500); do printf '.5\n.5001\n'; done; } >t
    run summarize -v x t
    [ "$(sed -n 2p <<<"$output" | cut -f 7)" = 2.3e-3998 ]
}

@test "runs that are alike have an interval, but no p" {
    for x in 0 .1 -3 1e-200; do
        table x $x $x $x >t
        run summarize -v x t
        [ "$(sed -n 2p <<<"$output" | cut -f 2,7)" = "$(table '3|nan')" ]
    done
}

@test "names of runs ascend: whole numbers by size, others byte by byte" {
    for names in '9 10' '2 10 100' 'a b' '10 9a' '10a 9' '9a 9b' 'B a'; do
        # shellcheck disable=SC2046,SC2086 # words
        table 'run|c|x' $(printf '%s|a|1 ' $names) >t
        summarize -g c -v x --pair c:a-b t >/dev/null
    done
    for names in '10 9' 'b a' '9a 10' '9 10a' '9b 9a' 'a B'; do
        # shellcheck disable=SC2046,SC2086
        table 'run|c|x' $(printf '%s|a|1 ' $names) >t
        run summarize -g c -v x --pair c:a-b t
        [ "$status" -eq 1 ]
        [ "$output" = "summarize: t: line 3: '${names#* }' in column 'run' comes after a higher one: sort the table by it" ]
    done
}

@test "a run that comes twice is an error" {
    table 'seed|control|r' '1|same|.5' '1|same|.5' >t
    run summarize -g control -u seed -v r --pair control:same-other -o out t
    [ "$status" -eq 1 ]
    [ "$output" = "summarize: t: line 3: '1' in column 'seed' has come before with the same columns of -g" ]
    [ ! -e out ]
}

# reliability_x, attainable, disattenuated: with r, y and h as numpy arrays x = 2*h/(1+h), a = numpy.sqrt(x*y), r/a; of
# each scipy.stats.ttest_1samp(v, 0) and its confidence_interval()
@test "a correlation over the one that noise leaves attainable, whichever of the three comes first" {
    table 'seed|control|k|r' '1|same|a|.3' '1|again|a|.9' '1|halves|a|.8' '2|halves|a|.6' '2|same|a|.2' '2|again|a|.8' \
        '3|again|a|.64' '3|halves|a|.5' '3|same|a|.4' '3|other|a|.1' >t
    run summarize -g k,control -u seed -v r:z --disattenuate control:same,again,halves --p-value r t
    [ "$(grep same,again,halves <<<"$output")" = "$(table \
        'reliability_x|a|same,again,halves|3|0.7685|0.1123|0.4896|1.0000|0.00703779|0.2108|1.0000|3|nan|0' \
        'attainable|a|same,again,halves|3|0.7741|0.1206|0.4744|1.0000|0.0079963|0.1748|1.0000|3|nan|0' \
        'disattenuated|a|same,again,halves|3|0.4020|0.1862|-0.0606|0.8646|0.0646808|-0.5233|1.3273|3|nan|0')" ]
    # names that hold a comma
    sed -i 's/same/s,a/' t
    run summarize -g k,control -u seed -v r:z --disattenuate control:s,a:again:halves t
    [ "$(grep ^disattenuated <<<"$output" | cut -f 3-5)" = "$(table 's,a,again,halves|3|0.4020')" ]
}

@test "without one of the three, or a reliability above 0, a run is undefined" {
    {
        table 'seed|control|r' '1|same|.3' '1|again|.9'
        for of in '2:nan:.9:.8' '3:.3:nan:.8' '4:.3:.9:nan' '5:.3:0:.8' '6:.3:.9:-.1' '7:.3:.9:-1' '8:-1:1:1' '9:.3:.9:0'; do
            IFS=: read -r seed r y h <<<"$of"
            table "$seed|same|$r" "$seed|again|$y" "$seed|halves|$h"
        done
    } >t
    run summarize -g control -u seed -v r:z --disattenuate control:same,again,halves t
    [ "$(grep same,again,halves <<<"$output" | cut -f 1-4,11,12)" = "$(table 'reliability_x|same,again,halves|1|1.0000|1|8' \
        'attainable|same,again,halves|1|1.0000|1|8' 'disattenuated|same,again,halves|1|-1.0000|0|8')" ]
    table 'seed|control|r' '1|same|.5' '1|same|.5' >t
    run summarize -g control -u seed -v r:z --disattenuate control:same,again,halves t
    [ "$status" -eq 1 ]
    [ "$output" = "summarize: t: line 3: '1' in column 'seed' has come before with the same columns of -g" ]
}

@test "pairs and reliabilities: runs ascend in what belongs together, and memory does not grow with them" {
    table 'seed|g|r' '9|a|.5' '9|b|.1' '10|b|.5' '10|a|.7' '11|a|.1' '12|a|.3' '12|b|.3' >t
    run summarize -g g -u seed -v r --pair g:a-b t
    [ "$(tail -n 1 <<<"$output" | cut -f 1-4)" = "$(table 'difference|a-b|3|0.2000')" ]
    # sorted by what belongs together
    for options in '--pair g:a-b' '--disattenuate g:a,b,c'; do
        { head -n 1 t; tail -n +2 t | sort -k 2,2 -k 1,1n; } >u
        # shellcheck disable=SC2086 # words
        run summarize -g g -u seed -v r:z $options -o out u
        [ "$status" -eq 1 ]
        [ "$output" = "summarize: u: line 6: '9' in column 'seed' comes after a higher one: sort the table by it" ]
        [ ! -e out ]
        # no part but the first ever comes
        { echo 'seed|g|r'; seq 300000 | awk '{ print $1 "|a|." $1 % 7 }'; } | tr '|' '\t' >many
        # shellcheck disable=SC2086
        limited 16000 summarize -u seed -g g -v r:z $options many >/dev/null
    done
}

# usage: map SEEDS   four groups of two families, a mean in three of them
map() {
    printf 'seed\tact\tpix\tr\n'
    for ((seed = 1; seed <= $1; seed++)); do
        printf '%d\t%s\t%d\t.%d\n' $seed a 1 $((seed * 7 % 10)) $seed a 2 $((seed * 3 % 11))
        printf '%d\t%s\t%d\t-.%d\n' $seed b 1 $((seed % 3))
        printf '%d\t%s\t%d\t%s.%d\n' $seed b 2 "$([ $((seed % 2)) -eq 0 ] || echo -)" $((seed * 7 % 9))
    done
}

# The place of p_max in a table of two columns of -g.
p_max() {
    tail -n +2 | cut -f 2,3,10
}

@test "p among the largest |t| of a family, by sign flips of whole runs" {
    map 12 >t
    run summarize -g act,pix -u seed -v r --flips 999 t
    [ "${lines[0]}" = "$(table 'quantity|act|pix|seeds|mean|sd|low|high|p_mean|p_max|further_low|further_high|above_0|undefined')" ]
    # all runs have the same sign as in a table of one group
    p_max <<<"$output" >all
    for family in act pix act,pix pix,act; do
        summarize -g act,pix -u seed -v r --flips 999 --family $family t | p_max | sort >"in-$family"
    done
    for act in a b; do
        grep -e ^seed -e "$(printf '\t%s\t' $act)" t >part
        summarize -g act,pix -u seed -v r --flips 999 part | p_max
    done | sort | cmp - in-act
    for pix in 1 2; do
        grep -e ^seed -e "$(printf '\t%s\t[-.]' $pix)" t >part
        summarize -g act,pix -u seed -v r --flips 999 part | p_max
    done | sort | cmp - in-pix
    run -1 cmp -s in-act in-pix
    cmp in-act,pix in-pix,act
    # more groups, a larger largest
    sort all | paste - in-act in-act,pix | awk '$3 < $6 || $6 < $9 || $9 < 1 / 1000 { bad = 1 } $3 > $9 { more = 1 } END { exit bad || !more }'
    summarize -g act,pix -u seed -v r --flips 999 --seed 1 t | p_max | cmp - all
    summarize -g act,pix -u seed -v r --flips 999 -s 2 t | p_max >other
    run -1 cmp -s other all
}

@test "flips: the p of all eight signs of three runs" {
    table 'run|x' '1|.3' '2|.2' '3|.9' >t
    summarize -v x --flips 99999 t | sed -n 2p | cut -f 8 >p
    awk '{ exit !($1 > .243 && $1 < .257) }' p
    run summarize -v x --flips 1 t
    [[ $(sed -n 2p <<<"$output" | cut -f 8) =~ ^(1|0.5)$ ]]
}

@test "flips: the order of rows does not matter, as long as the runs of each group ascend" {
    map 12 >t
    summarize -g act,pix -u seed -v r --flips 99 t | sort >expected
    for keys in '1,1n -k 3,3nr -k 2,2r' '2,3r -k 1,1n'; do
        # shellcheck disable=SC2086 # words
        { head -n 1 t; tail -n +2 t | sort -k $keys; } >u
        summarize -g act,pix -u seed -v r --flips 99 u | sort | cmp - expected
    done
    { head -n 1 t; tail -n +2 t | tac; } >u
    run summarize -g act,pix -u seed -v r --flips 99 u
    [ "$status" -eq 1 ]
    [ "$output" = "summarize: u: line 6: '11' in column 'seed' comes after a higher one: sort the table by it" ] || { echo "$output"; false; }
}

@test "flips: memory does not grow with the rows" {
    { echo 'seed|g|r'; seq 300000 | awk '{ print $1 "|" $1 % 2 "|." $1 % 7 }'; } | tr '|' '\t' >t
    limited 16000 summarize -u seed -g g -v r:z --flips 99 t >/dev/null
}

@test "sorted: groups are written when they are complete, and memory is that of a few" {
    { echo 'block|run|r|p'; seq 100000 | awk '{ print int($1 / 5) "|" $1 % 5 "|." $1 % 7 "|." $1 % 9 }'; } | tr '|' '\t' >t
    for options in '-v r:z --pair run:1-2 -u block' '--rates t=p'; do
        # shellcheck disable=SC2086 # words
        summarize -g block,run $options t >expected
        # shellcheck disable=SC2086
        limited 16000 summarize -g block,run $options --sorted block t | cmp - expected
    done
    head -n 1 t >none
    summarize -g block -v r --sorted block none | cmp - <(summarize -g block -v r none)
    { head -n 1 t; tail -n +2 t | head -n 20 | tac; } >u
    run summarize -g block -v r --sorted block u
    [ "$status" -eq 1 ]
    [ "${lines[-1]}" = "summarize: u: line 3: '3' in column 'block' comes after a higher one: sort the table by it" ]
}

@test "flips: runs that a group lacks are left out of it" {
    map 12 >t
    { head -n 1 t; for n in $(seq 12); do echo "$n|c|0|nan"; done | tr '|' '\t'; tail -n +2 t; } >u
    sed 's/^3\ta\t1\t.*/3\ta\t1\tnan/; s/^5\tb\t2\t.*/5\tb\t2\t/' u >undefined
    grep -v -e "$(printf '^3\ta\t1\t')" -e "$(printf '^5\tb\t2\t')" u >missing
    for table in undefined missing; do
        summarize -g act,pix -u seed -v r --flips 999 $table | cut -f 2-10 >$table.means
    done
    cmp undefined.means missing.means
    grep -q "$(printf '^c\t0\t0\tnan\tnan\tnan\tnan\tnan\tnan$')" undefined.means
    summarize -g act,pix -u seed -v r --flips 999 u | cut -f 2-10 >all.means
    run -1 cmp -s all.means missing.means
}

@test "flips: a group without a t takes no part; of values after the first, and of differences, there is no p" {
    map 12 >t
    { cat t; table '1|c|1|1' '2|c|1|.5' '3|c|1|.4' '1|d|1|.4' '1|e|1|0' '2|e|1|0' '1|f|1|1' '2|f|1|-1' '3|f|1|.5' '4|f|1|.4'; } >u
    summarize -g act,pix -u seed -v r:z,seed --pair pix:1-2 --flips 999 u >means
    [ "$(cut -f 1-3,10 means | grep -e '^r.[c-f]')" = "$(table 'r|c|1|nan' 'r|d|1|nan' 'r|e|1|nan' 'r|f|1|nan')" ]
    [ "$(cut -f 1,10 means | grep -v ^r | sort -u)" = "$(table 'difference|nan' 'quantity|p_max' 'seed|nan')" ]
    summarize -g act,pix -u seed -v r:z --flips 999 t | p_max | cmp - <(p_max <means | head -n 8 | grep -v '1-2\|nan')
}

@test "flips: a run that comes twice is an error" {
    table 'seed|g|r' '1|a|.5' '2|a|nan' '1|b|.1' '2|a|.5' >t
    run summarize -g g -u seed -v r --flips 9 -o out t
    [ "$status" -eq 1 ]
    [ "$output" = "summarize: t: line 5: '2' in column 'seed' has come before with the same columns of -g" ]
    [ ! -e out ]
    run summarize -g g -v r --flips 9 t
    [ "$status" -eq 1 ]
    [ "$output" = "summarize: t: there is no column 'run'" ]
}

# k = [.01, .02, .05, .1, .2, .5]; numpy.trapz(v, numpy.log(k)) / numpy.log(k[-1] / k[0]) of each run's v: .04712744,
# .01579733, .03174635; their mean, std(ddof=1), scipy.stats.ttest_1samp(v, 0)
@test "over: the mean along a column, over its logarithm, is the value of a run" {
    table 'seed|k|v' '1|.01|.031' '1|.02|.054' '1|.05|.071' '1|.1|.042' '1|.2|.017' '1|.5|.066' \
        '2|.01|.011' '2|.02|-.004' '2|.05|.041' '2|.1|.022' '2|.2|.007' '2|.5|.016' \
        '3|.01|.021' '3|.02|.064' '3|.05|-.031' '3|.1|.052' '3|.2|.047' '3|.5|.036' >t
    run summarize -u seed -v v --over k t
    [ "$status" -eq 0 ]
    [ "$output" = "$(table 'quantity|seeds|mean|sd|low|high|p_mean|further_low|further_high|above_0|undefined' \
        'v|3|0.0316|0.0157|-0.0074|0.0705|0.073238|-0.0463|0.1094|3|0')" ]
    # By hand: in equal steps of the logarithm, half the weight at the ends.
    table 'run|k|v' '1|1|3' '1|2|5' '1|4|1' >t
    run summarize -v v --over k t
    [ "$(cut -f 3 <<<"${lines[1]}")" = 3.5000 ]
}

@test "over: all else is as of a table of these means, also by Fisher's z" {
    perl -e 'print join("\t", qw(s score seed k v w)), "\n"; for my $seed (8 .. 11) { for my $score (qw(x y)) { for (1, 10, 100) {
        my $v = ($seed * 7 + $_ * 3 + ord $score) % 17 / 20; print join("\t", 0, $score, $seed, $_, $v, 2 - $v), "\n" } } }' >curves
    awk -F '\t' -v OFS='\t' 'NR == 1 { print "s", "score", "seed", "v", "w"; next }
        { v += $5 * ($4 == 10 ? 2 : 1) / 4 } $4 == 100 { printf "0\t%s\t%s\t%.17g\t%.17g\n", $2, $3, v, 2 - v; v = 0 }' curves >means
    for options in '-g score -v w,v --pair score:x-y' '-g s,score -v v:z --flips 99 --pair score:y-x'; do
        # shellcheck disable=SC2086 # several words
        summarize -u seed --over k $options curves >output
        # shellcheck disable=SC2086 # several words
        summarize -u seed $options means | cmp - output
    done
    summarize -u seed -g score --over k -v v curves >output
    [ "$(wc -l <output)" -eq 3 ]
    # Several tables, and columns in another order.
    head -13 curves | awk -F '\t' -v OFS='\t' '{ print $5, $4, $3, $2 }' >first
    { head -1 curves; tail -n +14 curves; } >second
    summarize -u seed -g score --over k -v v first second | cmp - output
    # A group's runs may stand together, but where differences are taken.
    { head -1 curves; grep -P '\tx\t' curves; grep -P '\ty\t' curves; } | summarize -u seed -g score --over k -v v | cmp - output
}

@test "over: one row, or one that is undefined, makes a run undefined" {
    table 'run|k|v|r' '1|1|1|1' '1|2|1|1' '1|7|1|1' '2|3|5|.5' '3|1|nan|.5' '3|2|1|.5' '4|1|1|.5' '4|2||.5' '5|1|1|.5' '5|2|3|.5' >t
    run summarize --over k -v v,r:z t
    [ "$(tail -n +2 <<<"$output" | cut -f 1-3,10-11)" = "$(table 'v|2|1.5000|2|3' 'r|4|nan|4|1')" ]
    [ "$(head -4 t | summarize --over k -v r:z | tail -n 1 | cut -f 1-3)" = "$(table 'r|1|1.0000')" ]
}

@test "over: memory does not follow the rows" {
    perl -e 'print "run\tg\tk\tv\n"; for my $run (1 .. 30000) { print "$run\ta\t$_\t.5\n$run\tb\t$_\t.25\n" for 1 .. 5 }' |
        limited 40000 summarize -g g --over k -v v --pair g:a-b -o out
    [ "$(grep ^difference out | cut -f 3-4)" = "$(table '30000|0.2500')" ]
}

@test "over: rows of a run stand together and ascend, and have a logarithm" {
    check() {
        run summarize --over k -g g -v v:0:1 "${@:2}" t
        [ "$status" -eq 1 ]
        [ "$output" = "summarize: t: line $1" ] || { echo "$output"; false; }
    }
    table 'run|g|k|v' '1|a|1|1' '1|a|.5|1' >t
    check "3: '.5' in column 'k' is not above that of the row before in its run"
    table 'run|g|k|v' '1|a|1|1' '1|b|1|1' '1|a|1|1' >t
    check "4: '1' in column 'k' is not above that of the row before in its run"
    table 'run|g|k|v' '1|a|1|1' '2|b|1|1' '1|a|2|1' >t
    check "4: '1' in column 'run' has come before with the same columns of -g"
    table 'run|g|k|v' '2|a|1|1' '1|a|1|1' >t
    check "3: '1' in column 'run' comes after a higher one: sort the table by it"
    for k in 0 -1 nan inf ''; do
        table 'run|g|k|v' "1|a|$k|1" >t
        check "2: '$k' in column 'k' has no logarithm"
    done
    table 'run|g|k|v' '1|a|x|1' >t
    check "2: 'x' in column 'k' is no number"
    table 'run|g|k|v' '1|a|1|1' '1|a|2|3' >t
    check "3: '3' in column 'v' is out of its range"
    # What is said of a run is said of its last row.
    table 'run|g|k|v' '1|a|1|1' '1|a|2|1' '2|a|1|1' '2|a|2|1' '1|b|1|1' '1|b|2|1' '3|b|1|1' >t
    check "7: '1' in column 'run' comes after a higher one: sort the table by it" --pair g:a-b
    table 'run|g|v' '1|a|1' >t
    run summarize --over k -v v t
    [ "$output" = "summarize: t: there is no column 'k'" ]
}

# statsmodels.stats.multitest.multipletests(p, method='holm')[1], of all and of each g
@test "p adjusted by Holm's method" {
    table 'g|p|x' 'a|.01|' 'b|.04|-' 'a|.03|3' 'b|.005|4' 'a|nan|' 'b|.2|6' 'a||' >t
    run summarize --holm p t
    [ "$output" = "$(table 'g|p|x|p_holm' 'a|.01||0.04' 'b|.04|-|0.09' 'a|.03|3|0.09' 'b|.005|4|0.025' 'a|nan||nan' \
        'b|.2|6|0.2' 'a|||nan')" ]
    run summarize --holm p -g g --as q - <t
    [ "$output" = "$(table 'g|p|x|q' 'a|.01||0.02' 'b|.04|-|0.08' 'a|.03|3|0.03' 'b|.005|4|0.015' 'a|nan||nan' 'b|.2|6|0.2' \
        'a|||nan')" ]
    table p .01 .9 >t
    table p .02 .8 >u
    run summarize --holm p t u
    [ "$output" = "$(table 'p|p_holm' '.01|0.04' '.9|1' '.02|0.06' '.8|1')" ]
}

@test "Holm's method on p below what a double holds" {
    table p "0e$(printf '9%.0s' {1..400})" -nan .5 >t
    [ "$(summarize --holm p t | cut -f 2 | xargs)" = 'p_holm 0 nan 0.5' ]
    table p 1.8e-2227 2E-400 .00000000000000000001e-380 0 1 +4.9e-324 0x1p-1074 123456789012345678901234567890e-1030 >t
    run summarize --holm p t
    [ "$output" = "$(table 'p|p_holm' '1.8e-2227|1.3e-2226' '2E-400|8.0e-400' '.00000000000000000001e-380|5.0e-400' '0|0' '1|1' \
        '+4.9e-324|1.5e-323' '0x1p-1074|1.5e-323' '123456789012345678901234567890e-1030|7.4e-1001')" ]
}

@test "of no rows there are names alone" {
    table 'g|run|r' >t
    run summarize -g g -v r:z --flips 9 --pair g:a-b --disattenuate g:a,b,c t
    [ "$status" -eq 0 ]
    [ "$output" = "$(table 'quantity|g|runs|mean|sd|low|high|p_mean|p_max|further_low|further_high|above_0|undefined')" ]
    run summarize --holm r -g g t
    [ "$status" -eq 0 ]
    [ "$output" = "$(table 'g|run|r|p_holm')" ]
}

# statsmodels.stats.proportion.proportion_confint(1, 4, method="wilson")
@test "rates, with Wilson's interval" {
    table 'p|q' '.05|.9' '.0500001|nan' '.7|nan' '1|.01' >t
    run summarize --rates naive=p,other=q t
    [ "$output" = "$(table 'test|runs|fired|rate|low|high|valid_low|valid_high|undefined' 'naive|4|1|0.2500|0.0456|0.6994|0|2|0' \
        'other|2|1|0.5000|0.0945|0.9055|0|1|2')" ]
    run summarize --rates naive=p --level 0.7 t
    [ "${lines[1]}" = "$(table 'naive|4|3|0.7500|0.3006|0.9544|0|4|0')" ]
    table p nan '' nan >t
    run summarize --rates none=p t
    [ "${lines[1]}" = "$(table 'none|0|0|nan|nan|nan|0|0|3')" ]
}

@test "runs that are alike widen the interval (Kish)" {
    # a design effect of 4.533: proportion_confint(10 / e, 20 / e, method="wilson")
    for c in 8:5 9:0 10:4 11:1; do
        for k in 1 2 3 4 5; do
            echo "${c%:*}|$((k <= ${c#*:} ? 0 : 1))"
        done
    done >rows
    { echo 'seed|p'; cat rows; } | tr '|' '\t' >t
    run summarize --rates t=p --cluster seed t
    [ "${lines[1]}" = "$(table 't|20|10|0.5000|0.1589|0.8411|0|4|0')" ]
    run summarize --rates t=p t
    [ "${lines[1]}" = "$(table 't|20|10|0.5000|0.2993|0.7007|0|4|0')" ]
    # clusters that do not stand together would be counted wrong
    { cat t; printf '9\t.5\n'; } >u
    run summarize --rates t=p --cluster seed u
    [ "$status" -eq 1 ]
    [ "$output" = "summarize: u: line 22: '9' in column 'seed' comes after a higher one: sort the table by it" ]
}

@test "the place among draws: p = (b + 1) / (K + 1), by size" {
    table 'draw|where|r' '1|a|.1' '2|a|-.3' '3|a|nan' '4|a|.2' '1|b|.9' >draws
    table 'where|r' 'a|.3' 'a|-.2' 'a|.05' 'a|nan' 'b|.91' 'c|.1' >t
    run summarize -g where --rank r --draws draws --as p_labels t
    [ "$output" = "$(table 'where|r|p_labels' 'a|.3|0.4' 'a|-.2|0.6' 'a|.05|0.8' 'a|nan|nan' 'b|.91|0.5' 'c|.1|nan')" ]
    table 'where|r' 'a|nan' 'a|nan' >draws
    [ "$(summarize -g where --rank r --draws draws t | sed -n 2p | cut -f 3)" = 0.333333 ]
    # what is wrong with the draws, or the row, is said of it
    check() {
        run summarize -g where --rank r --draws "$2" "$3"
        [ "$status" -eq 1 ]
        [ "${lines[-1]}" = "summarize: $1" ]
    }
    check 'missing: No such file or directory' missing t
    table r .1 >other
    check "other: there is no column 'where'" other t
    check "other: there is no column 'where'" draws other
    table where a >other
    check "other: there is no column 'r'" other t
    check "other: there is no column 'r'" draws other
    table 'where|r' 'a|x' >other
    check "other: line 2: 'x' in column 'r' is no number" other t
    check "other: line 2: 'x' in column 'r' is no number" draws other
    table 'where|r' a >other
    check 'other: line 2 has 1 fields, but there are 2 columns' other t
}

@test "several tables, and columns in another order, are one" {
    table 'a|x' '1|1' '1|2' >t
    table 'x|a' '3|1' >u
    run summarize -g a -v x t u
    [ "$(sed -n 2p <<<"$output" | cut -f 1-4)" = "$(table 'x|1|3|2.0000')" ]
    run summarize -g a -v x - u <t
    [ "$(sed -n 2p <<<"$output" | cut -f 1-4)" = "$(table 'x|1|3|2.0000')" ]
    table 'a|x' '1|.1' >draws
    run summarize -g a --rank x --draws draws t u
    [ "$status" -eq 1 ]
    [[ $output == *"summarize: u: its columns are not those of the first table" ]]
}

@test "memory does not follow the rows" {
    # 300,000 rows of two groups in 20 MB of address space beyond what a start takes
    perl -e 'print "seed\tg\tc\tx\n"; for (1..150000) { print "$_\t0\ta\t.5\n$_\t0\tb\t.25\n" }' |
        limited 40000 summarize -g g,c -u seed -v x --pair c:a-b --p-value x -o out
    [ "$(grep ^difference out | cut -f 4-5)" = "$(table '150000|0.2500')" ]
}

@test "what is no table, no number or no probability is an error that says where" {
    check() {
        run summarize "${@:2}"
        [ "$status" -eq 1 ] && [ "$output" = "summarize: $1" ] || { echo "$output"; false; }
    }
    : >empty
    table 'a|b' 1 >short
    table 'a|b' '1|2|3' >long
    table 'a|b|a' '1|2|3' >twice
    table 'a' x >word
    table 'a' ' 1' >space
    table 'a' 2 >two
    check 'empty: not a table: it is empty' -v a empty
    check 'short: line 2 has 1 fields, but there are 2 columns' -v a short
    check 'long: line 2 has 3 fields, but there are 2 columns' -v a long
    check "twice: two columns are named 'a'" -v a twice
    check "word: line 2: 'x' in column 'a' is no number" -v a word
    check "space: line 2: ' 1' in column 'a' is no number" -v a space
    check "two: line 2: '2' in column 'a' is out of its range" -v a:z two
    check "two: line 2: '2' in column 'a' is no probability" --rates t=a two
    check "two: there is no column 'b'" -v b two
    check "two: there is no column 'b'" -g b -v a two
    check "two: there is no column 'b'" --rates t=a,u=b two
    check "two: there is no column 'b'" --p-value b -v a two
    check "two: there is no column 'b'" --rates t=a --cluster b two
    check "two: there is no column 'b'" -v a --over b -u a two
    check "two: there is no column 'run'" -v a --over b two
    check "two: there is no column 'run'" -g a -v a --pair a:b-c two
    check "two: there is no column 'run'" -g a -v a:z --disattenuate a:b,c,d two
    check "word: line 2: 'x' in column 'a' is no number" --rates t=a word
    table 'b|a' '1|x' >second
    check "second: line 2: 'x' in column 'a' is no number" -v b --p-value a second
    for x in 1x '1 ' 1e; do
        table 'a' "$x" >behind
        check "behind: line 2: '$x' in column 'a' is no number" -v a behind
    done
    table 'a' -1.5 >low
    check "low: line 2: '-1.5' in column 'a' is out of its range" -v a:z low
    check "low: line 2: '-1.5' in column 'a' is out of its range" -v a:-1: low
    check "low: line 2: '-1.5' in column 'a' is no probability" --rates t=a low
    check "two: line 2: '2' in column 'a' is no probability" --holm a two
    table 'a' -1e-400 >below
    check "below: line 2: '-1e-400' in column 'a' is no probability" --holm a below
    check "word: line 2: 'x' in column 'a' is no number" --holm a word
    check "two: there is no column 'b'" --holm b two
    check "two: there is no column 'b'" --holm a -g b two
    check "two: has a column 'a' already" --rank a --draws two --as a two
    check "two: has a column 'a' already" --holm a --as a two
    check "none: No such file or directory" -v a none
    for size in 1048577 2000000; do
        perl -e 'print "a\n", "1" x shift, "\n"' $size >wide
        check "wide: line 2 is longer than 1048576 bytes" -v a wide
    done
    printf 'a\n1\0\n' >nul
    check "nul: line 2 holds a NUL byte" -v a nul
}

@test "lines: as long as they may be, from DOS, without an end, across what is read at a time" {
    perl -e 'print "g\tx\n", "y" x 1048574, "\t1\n"' >t
    [ "$(summarize -g g -v x t | wc -c)" -gt 1048576 ]
    table 'g|x' 'a|1' 'a|3' >t
    summarize -g g -v x t >expected
    sed 's/$/\r/' t | summarize -g g -v x | cmp - expected
    head -c -1 t | summarize -g g -v x | cmp - expected
    printf 'x\r\n\r\n2\r\n' | summarize -v x | cut -f 2,3,11 >one
    [ "$(sed -n 2p one)" = "$(table '1|2.0000|1')" ]
    # Keys of every length, for the sanitizers to watch.
    { table 'g|x'; perl -e 'print "k" x $_, "\t$_\n" for 1 .. 200'; } >t
    summarize -g g -v x t | tail -n +2 | awk -F '\t' 'length($2) != $4 { exit 1 } END { exit NR != 200 }'
    { table 'g|p'; perl -e 'print "k" x $_, "\t.5\n" for 1 .. 200'; } >t
    [ "$(summarize --holm p t | wc -l)" -eq 201 ]
    # Pieces of 65536 bytes begin and end anywhere.
    perl -e 'print "g\tx\n"; for (1 .. 20000) { print "k" x ($_ % 23), "\t", $_ % 7, "\n" }' >t
    [ "$(summarize -v x t | sed -n 2p | cut -f 2,3)" = "$(table '20000|2.9999')" ]
}

@test "wrong usage" {
    table 'a' 1 >t
    while IFS='|' read -r arguments message; do
        # shellcheck disable=SC2086 # several words
        run summarize $arguments t
        [ "$status" -eq 2 ] && [ "${lines[0]}" = "summarize: $message" ] || { echo "$arguments: $output"; false; }
    done <<'END'
|-v, --rates, --rank or --holm is required
-v a --rates t=a|-v, --rates, --rank and --holm do not go together
-v a --holm a|-v, --rates, --rank and --holm do not go together
--rank a --draws t --holm a|-v, --rates, --rank and --holm do not go together
--holm a --draws t|--rank and --draws go together
-v a,a|-v: 'a' is given twice
-v a,|-v: a column without a name
-v a:q|-v: 'q' after a is neither z nor LOW:HIGH
-v a:1:0|-v: '1:0' after a is neither z nor LOW:HIGH
--rates a|--rates: 'a' is not NAME=COLUMN
--rank a|--rank and --draws go together
--pair a:b-c --rates t=a|--pair needs -v
--p-value a --rates t=a|--p-value needs -v
--cluster a -v a|--cluster needs --rates
--cluster a --holm a|--cluster needs --rates
--disattenuate a:b,c,d --holm a|--disattenuate needs -v
--flips 9 --rates t=a|--flips needs -v
--flips 0 -v a|--flips: 0 is not between 1 and 268435456
-v a --flips 9 --seed -1|-s: '-1' is not a whole number
-v a --family a|--family needs --flips
--sorted a --rank a --draws t|--sorted needs -v or --rates
-g a --sorted a --holm a|--sorted needs -v or --rates
-v a --sorted a|--sorted: column 'a' is none of -g
-v a -g a --sorted a --flips 9|--sorted and --flips do not go together
-v a --flips 9 --family a|--family: column 'a' is none of -g
-v a --as b|--as needs --rank or --holm
-v a:z -g b --disattenuate b|--disattenuate: 'b' is not COLUMN:R,Y,X, nor COLUMN:R:Y:X
-v a:z -g b --disattenuate b:c,d|--disattenuate: 'b:c,d' is not COLUMN:R,Y,X, nor COLUMN:R:Y:X
-v a:z -g b --disattenuate b:c:d|--disattenuate: 'b:c:d' is not COLUMN:R,Y,X, nor COLUMN:R:Y:X
-v a:z -g b --disattenuate b:c,d,e,f|--disattenuate: 'b:c,d,e,f' is not COLUMN:R,Y,X, nor COLUMN:R:Y:X
-v a:z -g b --disattenuate b:c,d,c|--disattenuate: 'c' is given twice
-v a:z --disattenuate b:c,d,e|--disattenuate: column 'b' is none of -g
-v a -g b --disattenuate b:c,d,e|--disattenuate: 'a' is not said to be a correlation: write a:z
-v a:0:2 -g b --disattenuate b:c,d,e|--disattenuate: 'a' is not said to be a correlation: write a:z
-v a -g b --pair b:c-c|--pair: 'c' is given twice
-v a --pair a|--pair: 'a' is not COLUMN:A-B, nor COLUMN:A:B
-v a --pair a:x-y-z|--pair: 'a:x-y-z' is not COLUMN:A-B, nor COLUMN:A:B
-v a --pair a:x-y|--pair: column 'a' is none of -g
-v a -g b --over b|--over: column 'b' is one of -g, or that of -u
-v a -u b --over b|--over: column 'b' is one of -g, or that of -u
-v a --over b --p-value a|--over and --p-value do not go together
-v a -g g --over b --sorted g|--over and --sorted do not go together
--rates t=a --over b|--over needs -v
--holm a --over b|--over needs -v
--rates t=a --level 2|--level: 2 is not between 0 and 1
-v a --flips 268435457|--flips: 268435457 is not between 1 and 268435456
-v a --flips 9 -s 9223372036854775808|-s: 9223372036854775808 is not between 0 and 9223372036854775807
-v a:1:1|-v: '1:1' after a is neither z nor LOW:HIGH
-v a:1:nan|-v: '1:nan' after a is neither z nor LOW:HIGH
-v a:-2:1 -g b --disattenuate b:c,d,e|--disattenuate: 'a' is not said to be a correlation: write a:z
-v a:-1:1 -g b --disattenuate b:c,d,c|--disattenuate: 'c' is given twice
END
    run summarize -v "$(seq -s , 65)" t
    [ "${lines[0]}" = 'summarize: -v: more than 64 columns' ]
    run summarize -v "$(seq -s , 64)" t
    [ "${lines[0]}" = "summarize: t: there is no column '1'" ]
    pairs=()
    for n in {1..64}; do pairs+=(--pair "g:$n-b"); done
    run summarize -g g -v a "${pairs[@]}" t
    [ "${lines[0]}" = "summarize: t: there is no column 'run'" ]
    run summarize -g g -v a "${pairs[@]}" --pair g:a-b t
    [ "${lines[0]}" = 'summarize: --pair: more than 64' ]
    run summarize -g g -v a "${pairs[@]}" --disattenuate g:a,b,c t
    [ "${lines[0]}" = 'summarize: --disattenuate: more than 64' ]
}
