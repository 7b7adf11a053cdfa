#!/usr/bin/env bats
# summarize: means, paired differences, rates, and places among draws, of small tables worked out by hand or
# by SciPy and statsmodels (see tests/unit/runs.c).

bats_require_minimum_version 1.5.0

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
    [ "$output" = "$(table 'quantity|runs|mean|sd|low|high|further_low|further_high|above_0|undefined' \
        'x|5|0.1840|0.2062|-0.0721|0.4401|-0.4432|0.8112|4|0')" ]
}

# numpy.tanh(z.mean() -+ t.ppf(.975, 4) * z.std(ddof=1) / numpy.sqrt(5)), z = numpy.arctanh(x)
@test "correlations by Fisher's z" {
    table 'r|p' '.31|.01' '-.12|.2' '.25|.04' '.4|1e-400' '.08|.05' 'nan|nan' '|' >t
    run summarize -v r:z -u seed --p-value p t
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "$(table 'quantity|seeds|mean|sd|low|high|further_low|further_high|above_0|p_below_05|undefined')" ]
    [ "${lines[1]}" = "$(table 'r|5|0.1895|0.2147|-0.0746|0.4288|-0.4311|0.6884|4|3|2')" ]
}

@test "a correlation of 1 or -1 is counted, and makes neither a mean nor an interval up" {
    table 'scope|r' 'always|1' 'always|1' 'ends|1' 'ends|-1' 'once|.1' 'once|1' 'negative|-1' >t
    run summarize -g scope -v r:z t
    [ "$(tail -n +2 <<<"$output")" = "$(table 'r|always|2|1.0000|nan|nan|nan|nan|nan|2|0' \
        'r|ends|2|nan|nan|nan|nan|nan|nan|1|0' 'r|once|2|nan|nan|nan|nan|nan|nan|2|0' \
        'r|negative|1|-1.0000|nan|nan|nan|nan|nan|0|0')" ]
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
    [ "${lines[1]}" = "$(table 'x|one|1|3.0000|nan|nan|nan|nan|nan|1|0')" ]
    [ "${lines[2]}" = "$(table 'x|none|0|nan|nan|nan|nan|nan|nan|0|1')" ]
}

@test "an interval ends where the quantity does" {
    table 'auc|r' '.99|.99' '1|-.99' '.9|.9999' >t
    run summarize -v auc:0:1,r:z t
    [ "$(sed -n 2p <<<"$output" | cut -f 6,8)" = "$(table '1.0000|1.0000')" ]
    [ "$(sed -n 3p <<<"$output" | cut -f 5-8)" = "$(table '-1.0000|1.0000|-1.0000|1.0000')" ]
    # that of a difference is twice as wide
    table 'run|c|r' '1|a|.99' '1|b|-.99' '2|a|.5' '2|b|-.9' >t
    run summarize -g c -v r:z --pair c:a-b t
    [ "$(grep ^difference <<<"$output" | cut -f 4,6-9)" = "$(table '1.6900|-1.9948|2.0000|-2.0000|2.0000')" ]
}

@test "differences are within a run, whichever of the two comes first" {
    table 'seed|control|k|r' '1|same|a|.5' '1|other|a|.2' '2|other|a|.1' '2|same|a|.2' '3|same|a|.9' '3|same|b|.4' \
        '3|other|b|.6' '4|same|b|nan' '4|other|b|.1' '5|same|b|1' '5|other|b|.1' >t
    run summarize -g k,control -u seed -v r:z --pair control:same-other t
    [ "$(grep ^difference <<<"$output" | cut -f 1-5,11,12)" = "$(table 'difference|a|same-other|2|0.2000|2|0' \
        'difference|b|same-other|2|0.3500|1|1')" ]
    # names that hold a -
    run summarize -g k,control -u seed -v r:z --pair control:other:same t
    [ "$(grep '^difference.a' <<<"$output" | cut -f 3-5)" = "$(table 'other-same|2|-0.2000')" ]
}

@test "a run that comes twice is an error" {
    table 'seed|control|r' '1|same|.5' '1|same|.5' >t
    run summarize -g control -u seed -v r --pair control:same-other -o out t
    [ "$status" -eq 1 ]
    [ "$output" = "summarize: t: line 3: '1' in column 'seed' has come before with the same columns of -g" ]
    [ ! -e out ]
}

# statsmodels.stats.proportion.proportion_confint(1, 4, method="wilson")
@test "rates, with Wilson's interval" {
    table 'p|q' '.05|.9' '.0500001|nan' '.7|nan' '1|.01' >t
    run summarize --rates naive=p,other=q t
    [ "$output" = "$(table 'test|runs|fired|rate|low|high|valid_low|valid_high|undefined' 'naive|4|1|0.2500|0.0456|0.6994|0|2|0' \
        'other|2|1|0.5000|0.0945|0.9055|0|1|2')" ]
    run summarize --rates naive=p --level 0.7 t
    [ "${lines[1]}" = "$(table 'naive|4|3|0.7500|0.3006|0.9544|0|4|0')" ]
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
        (ulimit -v 40000; summarize -g g,c -u seed -v x --pair c:a-b --p-value x -o out)
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
    check "two: has a column 'a' already" --rank a --draws two --as a two
    check "none: No such file or directory" -v a none
    perl -e 'print "a\n", "1" x 2000000, "\n"' >wide
    check "wide: line 2 is longer than 1048576 bytes" -v a wide
    printf 'a\n1\0\n' >nul
    check "nul: line 2 holds a NUL byte" -v a nul
}

@test "wrong usage" {
    table 'a' 1 >t
    while IFS='|' read -r arguments message; do
        # shellcheck disable=SC2086 # several words
        run summarize $arguments t
        [ "$status" -eq 2 ] && [ "${lines[0]}" = "summarize: $message" ] || { echo "$arguments: $output"; false; }
    done <<'END'
|-v, --rates or --rank is required
-v a --rates t=a|-v, --rates and --rank do not go together
-v a,a|-v: 'a' is given twice
-v a,|-v: a column without a name
-v a:q|-v: 'q' after a is neither z nor LOW:HIGH
-v a:1:0|-v: '1:0' after a is neither z nor LOW:HIGH
--rates a|--rates: 'a' is not NAME=COLUMN
--rank a|--rank and --draws go together
--pair a:b-c --rates t=a|--pair needs -v
--p-value a --rates t=a|--p-value needs -v
--cluster a -v a|--cluster needs --rates
-v a --pair a|--pair: 'a' is not COLUMN:A-B, nor COLUMN:A:B
-v a --pair a:x-y-z|--pair: 'a:x-y-z' is not COLUMN:A-B, nor COLUMN:A:B
-v a --pair a:x-y|--pair: column 'a' is none of -g
--rates t=a --level 2|--level: 2 is not between 0 and 1
END
}
