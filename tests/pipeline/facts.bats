#!/usr/bin/env bats
# What the report states, from tables made by hand; the text that it fills has a hole for every fact of any run.
# The tables of make's runs are in report.bats.

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    write_tables
}

tsv() { tr ' ' '\t'; }

# A run of two activations, and all that is asked of its tables.
write_tables() {
    tsv >intervals.tsv <<'TABLE'
quantity scope part activation variant control seeds mean sd low high further_low further_high above_0 p_below_05
r biases all relu half same 30 .2 .1 .1 .3 -.1 .5 28 12
r layer1.weight centred relu half same 30 .1 .1 .05 .15 0 .2 30 30
r layer1.weight units relu half same 30 .3 .1 .2 .4 0 .6 30 30
r layer1.weight all relu half same 30 .25 .1 .2 .3 0 .6 30 30
r layer1.weight all relu half other 30 .24 .1 .19 .29 0 .6 30 30
difference layer1.weight all relu half same-other 30 .01 .1 .005 .015 -.1 .1 20 3
r weights all relu half same 30 .22 .1 .2 .24 0 .6 30 30
share layer1.weight inputs relu half same 30 .05 .1 .02 .08 0 .6 30 30
r biases all tanh half same 30 -.1 .1 -.2 -.05 -.3 .1 3 12
r weights all tanh half same 30 .1 .1 .05 .15 -.3 .1 3 12
TABLE
    tsv >variants.tsv <<'TABLE'
quantity scope part activation variant control seeds mean sd low high further_low further_high above_0 p_below_05
difference biases all relu whole-half same 30 -.1 .1 -.2 -.05 -.3 .1 2 nan
difference weights all relu whole-half same 30 0 .1 -.001 .001 -.3 .1 15 nan
TABLE
    tsv >planted.tsv <<'TABLE'
quantity scope part activation variant control seeds mean sd low high further_low further_high above_0 p_below_05
auc_x layer1.bias all relu planted same 24 .96 .1 .9 .99 .5 1 24 nan
auc_x layer1.bias all tanh planted same 30 .3 .1 .2 .4 .1 .5 30 nan
TABLE
    tsv >correlations.tsv <<'TABLE'
scope part n undefined r t df p p_valid share p_units p_null variance_x variance_y
biases all 100 2 .25 2.556 98 .0123 iid nan nan nan nan nan
weights all 78600 0 .2 57 78598 1.25e-600 no nan nan nan nan nan
layer1.weight units 98 0 .3 3 96 .003 iid .01 nan nan .43 .12
TABLE
    sed 's/nan\tnan\tnan$/0.25\t0.001\tnan\tnan/; s/\(\t[^\t]*\)\t0.25/\t0.25/' correlations.tsv >evidence.tsv
    tsv >rejections.tsv <<'TABLE'
test control scope part runs fired rate low high valid_low valid_high undefined
naive shuffled biases all 1000 262 .262 .22 .31 33 69 0
labels shuffled biases all 1000 58 .058 .045 .075 33 69 0
labels same biases all 100 3 .03 .01 .08 0 11 0
labels same layer1.weight centred 100 82 .82 .73 .88 0 11 0
TABLE
    tsv >pixels.tsv <<'TABLE'
row column r p q_bh q_by p_max hypothesis
0 0 .3 .01 .02 .06 .2 0
0 1 .3 .01 .02 .06 .2 0
0 2 -.1 .05 .051 .2 .05 2
0 3 nan nan nan nan nan 3
TABLE
    tsv >regions.tsv <<'TABLE'
region inputs undefined black dark off pixels negative mean_r mean_abs_r
all 4 1 2 1 .00024 3 1 .1 .2
edge 2 0 2 1 nan 2 1 .1 .1
inside 2 1 0 0 nan 1 0 .1 .3
TABLE
    tsv >phase1.tsv <<'TABLE'
samples loss error_rate running
100 .5 .1 nan
200 .5 .1 .5
300 .2 .1 .2
TABLE
    tsv >fork-1.tsv <<'TABLE'
samples loss error_rate running
900 .1 .1 .1
1000 .2 .1 .15
TABLE
    tsv >fork-7.tsv <<'TABLE'
samples loss error_rate running
950 .3 .1 .3
2000 .3 .1 .25
TABLE
}

RUN=(intervals=intervals.tsv variants=variants.tsv planted=planted.tsv correlations=correlations.tsv evidence=evidence.tsv
    rejections=rejections.tsv pixels=pixels.tsv regions=regions.tsv phase1=phase1.tsv 'forks=fork-1.tsv fork-7.tsv'
    charts=charts/ command=make activation=relu 'activations=relu tanh' seed=1 hidden=100 rate=0.005 images=12000 short=1200
    from=0.5 measure=change 'class_a=1 7' class_b=6 'forks_a=1 7' 'forks_b=6 none' dataset=mnist shuffles=10 draws=199 seeds=1..30)

# usage: facts [NAME=VALUE...]: of the run, with these changed.
facts() {
    "$TOP/pipeline/facts" "${RUN[@]}" "$@" >facts.tsv
}

# usage: says KEY VALUE TEXT
says() {
    grep -qxF "$1"$'\t'"$2"$'\t'"$3" facts.tsv || { grep -F "$1"$'\t' facts.tsv || echo "$1: no such fact"; return 1; }
}

# Every hole of the report is filled, and no fact is left over; `report` is the result.
fills() {
    "$TOP/pipeline/fill" "$TOP/pipeline/report.md.in" facts.tsv >report
    run grep -nE '(^|[^[:alpha:]])nan|@' report
    [ "$output" = '' ]
}

@test "numbers, their texts, and the verdicts on them" {
    facts
    says primary.relu:biases:all.r .2 '+0.200 [+0.100, +0.300]'
    says primary.relu:biases:all.further '' '-0.100 to +0.500'
    says primary.relu:biases:all.above 28 '28 of 30'
    says primary.tanh:biases:all.sign negative negative
    says primary.tanh:layer1.weight:units.sign unmeasured 'not measured'
    says primary.verdicts '' '3 positive, 1 negative, 2 not measured'
    says means.biases:all '' 'ReLU +0.200, tanh -0.100'
    says own.apart.sign practical 'no practical difference'
    says base.weights:all.p 1.25e-600 1.2e-600
    says base.biases:all.p .0123 0.012
    says parts.inputs .05 +0.050
    says planted.relu:layer1.bias:all.goal reached yes
    says planted.right some ReLU
    says planted.wrong some tanh
    says planted.open none none
    says rejections.naive:biases:all.size often 'rejects too often'
    says rejections.labels:biases:all.size keeps 'keeps its size'
    says rejections.labels:biases:all.rate .058 '5.8% [4.5%, 7.5%]'
    says true.biases:all.size keeps 'no more often than by chance'
    says true.layer1.weight:centred.size often 'more often than by chance'
    says true.layer1.weight:all.size unmeasured 'not measured'
    says map.hypotheses 2 2
    says map.masked 1 1
    says map.naive 3 3
    says map.bh 2 2
    says map.by 0 0
    says map.most 1 1
    says run.forks_b '6 none' 'without 6, with all labels'
    fills
}

@test "the claims" {
    facts
    says claim.1.verdict positive holds
    says claim.1.number '' 'mean r +0.200 [+0.100, +0.300], p < .05 in 12 of 30'
    says claim.2.verdict positive holds
    says claim.3.verdict positive 'holds, in one network'
    says clusters.share_x .43 43.0%
    says claim.4.verdict positive 'holds, in one network'
    says claim.5.verdict partly 'holds in part'
    says claim.5.number '' 'r of all minus that of the half, biases and weights: -0.100, +0.000'
    says only.biases:all positive holds
    says only.weights:all negative 'does not hold'
    says claim.6.verdict partly 'holds in part'
    says loss.first .5 0.5000
    says loss.least .1 '0.1000 to 0.2000'
    says loss.where 300 '300 to 900'
    says loss.images 1000 '1000 to 2000'
    says claim.7.verdict partly 'holds in part, in one network'
    fills
    grep -q 'main figure.*: it says nothing about what this network learned\.$' report
}

@test "one number of a table decides which sentence stands" {
    sed -i '/same-other/s/\.005\t\.015/.1\t.3/; /same-other/s/\.01/.2/' intervals.tsv
    sed -i 's/\t262\t/\t50\t/' rejections.tsv
    facts
    fills
    run grep -c 'only the difference, +0.200 \[+0.100, +0.300\], can be about what this network learned' report
    [ "$output" = 1 ]
    run grep -c 'so its p are too small' report
    [ "$output" = 0 ]
}

@test "few runs, and none" {
    sed -i 's/^\(r\tbiases\tall\trelu\thalf\tsame\)\t30\t\.2.*/\1\t1\t.2\tnan\tnan\tnan\tnan\tnan\t1\t1/' intervals.tsv
    facts
    says primary.relu:biases:all.r .2 +0.200
    says primary.relu:biases:all.further '' –
    says claim.1.verdict undecided 'too few runs to tell'
    fills
    for table in intervals variants planted rejections pixels phase1 fork-1 fork-7; do sed -i '2,$d' $table.tsv; done
    sed -i '2,$s/\t[^\t]*\t[^\t]*\t[^\t]*\t[^\t]*\t[^\t]*\t[^\t]*\t[^\t]*$/\tnan\tnan\tnan\t0\t0\tnan\tnan/' regions.tsv
    sed -i 's/\t-*[0-9]*\.[0-9e-]*/\tnan/g' correlations.tsv evidence.tsv
    facts
    for claim in 1 2 3 4 5 6 7; do says claim.$claim.verdict unmeasured 'not measured'; done
    fills
    grep -qx -- '- Base run: r is undefined; biases left out: 2\.' report
    grep -qx -- '- Over the networks: r is undefined in all\.' report
    grep -qx -- '- No unit has x, so that it is not known which inputs are black in every tallied image\.' report
    grep -qx 'No input of the base run has an r\.' report
    run grep -nE 'undefined (over|of)|(over|of|in|at|all) –|unknown|hypotheses: 0|units for independent' report
    [ "$output" = '' ] || { echo "$output"; false; }
}

@test "a test in few runs is not said to keep its size" {
    sed -i 's/^labels\tshuffled.*/labels\tshuffled\tbiases\tall\t2\t0\t0\t0\t.658\t0\t1\t0/' rejections.tsv
    sed -i 's/^labels\tsame\tbiases.*/labels\tsame\tbiases\tall\t1\t1\t1\t.2\t1\t0\t1\t0/' rejections.tsv
    facts
    says rejections.labels:biases:all.size undecided 'too few runs to tell'
    says true.biases:all.size undecided 'too few runs to tell'
    fills
    run grep -c 'Within a network, the true labels' report
    [ "$output" = 0 ]
    run "$TOP/pipeline/show" nulls evidence.tsv rejections.tsv
    [[ $output == *'permutation of labels    0 of 2, valid: 0 to 1: too few runs to tell'* ]]
}

@test "what the run is made of: units, what is tallied, forks of a class of one label" {
    facts hidden=1
    says run.hidden 1 '1 hidden unit'
    says run.measure change '|Δθ|'
    fills
    grep -qF '1 hidden unit, 2 outputs' report
    run grep -c 'What is tallied here' report
    [ "$output" = 0 ]
    facts 'hidden=100 + 50' measure=squared-gradient
    says run.hidden '100 + 50' '100 + 50 hidden units'
    fills
    grep -qxF 'What is tallied here is (∂loss/∂θ)², not the size of the update.' report
    grep -qF ' of phase 1 on: (∂loss/∂θ)² of every step' report
    for measure in squared-change path-integral input; do
        facts measure=$measure
        run grep -c "^run.measure.$measure.$measure\$" facts.tsv # it has a word of its own
        [ "$output" = 0 ]
    done
    # forks without a label, and with all of them
    run grep -ciE 'each without|without one of' report
    [ "$output" = 0 ]
}

@test "one activation, none like ReLU; a data set with a name that Markdown would take for marks" {
    sed -i 's/relu/sigmoid/' ./*.tsv
    facts activation=sigmoid activations=sigmoid 'dataset=a_very_*long*_name|with`marks'
    says claim.6.verdict negative 'does not hold'
    says run.dataset 'a_very_*long*_name|with`marks' 'a\_very\_\*long\*\_name\|with\`marks'
    fills
}

@test "the same facts under every awk" {
    facts
    mkdir bin
    for awk in mawk gawk original-awk; do
        command -v "$awk" >/dev/null || continue
        ln -sf "$(command -v "$awk")" bin/awk
        PATH=$PWD/bin:$PATH "$TOP/pipeline/facts" "${RUN[@]}" | cmp - facts.tsv
    done
}

@test "a name that is missing, or not known; a table without a column, or not there" {
    run "$TOP/pipeline/facts" "${RUN[@]:1}"
    [ "$status" -eq 2 ]
    [ "$output" = 'facts: intervals is missing' ]
    run "$TOP/pipeline/facts" "${RUN[@]}" colour=red
    [ "$status" -eq 2 ]
    [[ $output == 'facts: colour is not known; it takes intervals '* ]]
    sed -i '1s/variance_x/other/' correlations.tsv
    run facts
    [ "$status" -ne 0 ]
    [ "$output" = "./correlations.tsv: has no column 'variance_x'" ]
    rm regions.tsv
    run facts
    [ "$status" -ne 0 ]
}

@test "what make shows at the end, of these facts" {
    facts
    run "$TOP/pipeline/show" verdicts facts.tsv
    [ "${#lines[@]}" -eq "$((2 * $(grep -c "^claim" "$TOP/pipeline/words.tsv")))" ]
    [[ ${lines[0]} == '1. biases correlate positively '*' holds' ]]
    [ "${lines[1]}" = '   mean r +0.200 [+0.100, +0.300], p < .05 in 12 of 30' ]
    run "$TOP/pipeline/show" base correlations.tsv
    [ "${lines[1]}" = 'biases                              +0.250' ]
    run "$TOP/pipeline/show" outcomes intervals.tsv
    [ "${lines[1]}" = 'ReLU; 30 seeds:' ]
    [ "${lines[2]}" = 'biases                              +0.200 [+0.100, +0.300] positive' ]
    run "$TOP/pipeline/show" controls intervals.tsv planted.tsv
    [[ $output == *$'ReLU, x of this network minus another:\nfirst-layer weights, pooled         +0.010 [+0.005, +0.015] no practical difference'* ]]
    [[ $output == *$'tanh, planted: AUC of x:\nbiases                              0.300 [0.200, 0.400]    the wrong way round'* ]]
    run "$TOP/pipeline/show" nulls evidence.tsv rejections.tsv
    [[ $output == *$'\nweights of all layers, pooled       +0.200 1.2e-600  not valid 0.25   0.001\n'* ]]
    [[ $output == *$'\nfirst-layer weights, between units  +0.300 0.003               -      -\n'* ]]
    [[ $output == *$'biases, labels shuffled: p of .05 or less in:\nt-test over parameters   262 of 1000, valid: 33 to 69: rejects too often'* ]]
}

@test "make shows each heading once, in lines that fit a terminal" {
    tsv >>intervals.tsv <<'TABLE'
r layer1.weight all relu half image 30 .2 .1 .1 .3 -.1 .5 28 12
r biases all relu half image 30 nan nan nan nan nan nan 0 0
r biases all relu half other 30 .2 .1 .1 .3 -.1 .5 28 12
r biases all sigmoid half same 1 .9 nan nan nan nan nan 1 1
TABLE
    facts
    for table in 'base correlations.tsv' 'outcomes intervals.tsv' 'controls intervals.tsv planted.tsv' 'nulls evidence.tsv rejections.tsv' \
        'verdicts facts.tsv'; do
        # shellcheck disable=SC2086 # words
        run "$TOP/pipeline/show" $table
        [ "$status" -eq 0 ]
        [ "$(grep ':$' <<<"$output" | sort | uniq -d)" = '' ]
        [ "$(LC_ALL=C.UTF-8 awk 'length($0) > 83' <<<"$output")" = '' ] || { echo "$output"; false; }
    done
    run "$TOP/pipeline/show" controls intervals.tsv planted.tsv
    [[ $output == *$'ReLU, x of another network:\nfirst-layer weights, pooled '*$'\nbiases '*$'\n\nReLU, x of this network minus another:\n'* ]]
    [[ $output == *$'ReLU, x of the images alone:\nfirst-layer weights, pooled         +0.200 [+0.100, +0.300] positive\n\n'* ]]
    run "$TOP/pipeline/show" outcomes intervals.tsv
    [[ $output == *$'\n\nsigmoid; 1 seed:\nbiases                              +0.900                  too few runs to tell' ]]
    sed -i '2,$s/half/100--0.01/' intervals.tsv
    run "$TOP/pipeline/show" sweep intervals.tsv HIDDEN RATE
    [ "${lines[0]}" = 'mean r over the networks [95% interval], and the verdict on it' ]
    [ "${lines[1]}" = 'hidden units = 100, learning rate = 0.01; 30 seeds:' ]
    sed -i '2,$s/100--0.01/100/' intervals.tsv
    run "$TOP/pipeline/show" sweep intervals.tsv HIDDEN
    [ "${lines[1]}" = 'hidden units = 100; 30 seeds:' ]
}
