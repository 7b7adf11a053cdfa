#!/usr/bin/env bats
# What the report states, from tables made by hand; the text that it fills has a hole for every fact of any run.
# The tables of make's runs are in report.bats.
# shellcheck disable=SC1112,SC2030,SC2031 # quotes of the text; each test has its own output

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    write_tables
}

tsv() { tr ' ' '\t'; }

# A run of two activations, and all that is asked of its tables.
write_tables() {
    tsv >intervals.tsv <<'TABLE'
quantity scope part activation variant control seeds mean sd low high p_mean further_low further_high above_0 p_below_05
r biases all relu half same 30 .2 .1 .1 .3 .001 -.1 .5 28 12
r layer1.weight centred relu half same 30 .1 .1 .05 .15 .001 0 .2 30 30
r layer1.weight units relu half same 30 .3 .1 .2 .4 .001 0 .6 30 30
r layer1.weight all relu half same 30 .25 .1 .2 .3 .001 0 .6 30 30
r layer1.weight centred relu half other-init 30 .001 .1 -.01 .012 .5 0 .2 14 30
r layer1.weight all relu half other-init 30 .24 .1 .19 .29 .001 0 .6 30 30
r layer1.weight all relu half other-seed 30 .23 .1 .18 .28 .001 0 .6 30 30
r layer1.weight all relu half lit 30 .21 .1 .16 .26 .001 0 .6 30 30
r layer1.weight all relu half image 30 .22 .1 .17 .27 .001 0 .6 30 30
difference layer1.weight all relu half same-other-init 30 .01 .1 .005 .015 .001 -.1 .1 20 nan
difference layer1.weight all relu half same-other-seed 30 .03 .1 .025 .035 .001 -.1 .1 20 nan
difference layer1.weight all relu half same-lit 30 .04 .1 .035 .045 .001 -.1 .1 20 nan
difference biases all relu half whole-same 30 -.1 .1 -.2 -.05 .001 -.3 .1 2 nan
difference weights all relu half whole-same 30 0 .1 -.001 .001 .9 -.3 .1 15 nan
r weights all relu half same 30 .22 .1 .2 .24 .001 0 .6 30 30
share layer1.weight inputs relu half same 30 .05 .1 .02 .08 .001 0 .6 30 30
r biases all tanh half same 30 -.1 .1 -.2 -.05 .001 -.3 .1 3 12
r weights all tanh half same 30 .1 .1 .05 .15 .001 -.3 .1 3 12
TABLE
    tsv >primary.tsv <<'TABLE'
quantity scope part activation variant control seeds mean p_mean p_holm
r biases all relu half same 30 .2 .001 .0123
r layer1.weight centred relu half same 30 .1 .001 1.25e-600
r layer1.weight units relu half same 30 .3 .03 .0501
r biases all tanh half same 30 -.1 .001 .04
TABLE
    tsv >variants.tsv <<'TABLE'
quantity scope part activation variant control seeds mean sd low high p_mean further_low further_high above_0 p_below_05
difference biases all relu short-half same 30 -.04 .1 -.05 -.03 .001 -.3 .1 2 nan
TABLE
    tsv >few.tsv <<'TABLE'
quantity scope part activation control seeds mean sd low high p_mean further_low further_high above_0
r biases all relu same 20 .19 .1 .09 .29 .001 0 .5 18
r biases all relu again 20 .81 .1 .8 .82 .001 .7 .9 20
reliability_x biases all relu same,again,halves 20 .99 .1 .98 .995 .001 .9 1 20
attainable biases all relu same,again,halves 20 .9 .1 .89 .91 .001 .8 .98 20
attainable layer1.weight centred tanh same,again,halves 20 .6 .1 .59 .61 .001 .5 .7 20
disattenuated biases all relu same,again,halves 20 .21 .1 .1 .32 .001 0 .6 18
r biases all relu squared-gradient 20 .15 .1 .05 .25 .001 0 .5 18
difference biases all relu squared-gradient-same 20 -.04 .1 -.05 -.03 .001 -.1 .1 1
r layer1.weight all relu image 20 .22 .1 .17 .27 .001 0 .5 20
TABLE
    tr @ '\t' >groupings.tsv <<'TABLE'
quantity@scope@part@activation@control@seeds@mean@sd@low@high@p_mean@further_low@further_high@above_0
r@layer1.bias@all@relu@x=1,7 y=1,7@20@.18@.1@.09@.29@.001@0@.5@18
r@biases@all@relu@x=1,7 y=1,7@20@.19@.1@.09@.29@.001@0@.5@18
r@layer1.weight@centred@relu@x=1,7 y=1,7@20@.1@.1@.09@.11@.001@0@.5@20
r@biases@all@relu@x=1,7 y=1,6@20@0@.1@-.01@.01@.9@-.1@.1@10
r@layer1.weight@centred@relu@x=1,7 y=1,6@20@.08@.1@.07@.09@.001@0@.5@20
r@layer1.weight@centred@relu@x=1,6 y=1,7@20@.01@.1@-.05@.07@.9@-.1@.1@10
r@layer1.weight@centred@relu@x=1,6 y=1,6@0@nan@nan@nan@nan@nan@nan@nan@0
TABLE
    tsv >learned.tsv <<'TABLE'
quantity activation network seeds mean sd low high p_mean further_low further_high above_0
loss relu initial 20 .5 .1 .4 .6 .001 0 1 20
fall relu initial 20 0 0 0 0 nan 0 0 0
loss relu phase1 20 .1 .1 .09 .11 .001 0 1 20
error_rate relu phase1 20 .031 .1 .03 .032 .001 0 1 20
fall relu phase1 20 .96 .1 .95 .97 .001 .9 1 20
fall relu without-7 20 .7 .1 .6 .8 .001 .5 .9 20
TABLE
    tsv >map.tsv <<'TABLE'
quantity activation row column seeds mean sd low high p_mean p_max
r relu 0 0 30 .3 .1 .2 .4 .001 .001
r relu 0 1 30 .1 .1 0 .2 .05 .2
r relu 0 2 30 -.2 .1 -.3 -.1 .001 .05
r relu 0 3 0 nan nan nan nan nan nan
r tanh 0 0 30 -.3 .1 -.4 -.2 .001 .001
TABLE
    tsv >edge.tsv <<'TABLE'
quantity activation region seeds mean sd low high p_mean further_low further_high above_0
mean_abs_r relu edge 30 .1 .1 .09 .11 .001 0 .2 30
mean_abs_r relu inside 30 .3 .1 .29 .31 .001 .2 .4 30
difference relu edge-inside 30 -.2 .1 -.25 -.15 .001 -.4 .1 1
difference tanh edge-inside 30 .2 .1 .15 .25 .001 -.1 .4 29
TABLE
    tsv >planted.tsv <<'TABLE'
quantity scope part activation variant control seeds mean sd low high p_mean further_low further_high above_0 p_below_05
auc_x layer1.bias all relu planted same 24 .96 .1 .9 .99 .001 .5 1 24 nan
auc_x layer1.bias all tanh planted same 30 .3 .1 .2 .4 .001 .1 .5 30 nan
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
    tsv >size.tsv <<'TABLE'
test variant scope part runs fired rate low high valid_low valid_high undefined
seeds drawn biases all 1000 52 .052 .04 .067 33 69 0
seeds common biases all 199 159 .799 .74 .85 3 19 0
seeds common layer1.weight centred 199 155 .779 .72 .83 3 19 0
TABLE
    tsv >file.tsv <<'TABLE'
quantity scope part seeds mean sd low high p_mean further_low further_high above_0 undefined p_common
r biases all 20 .18 .1 .14 .22 1.2e-9 -.1 .4 18 0 .045
r weights all 20 .19 .1 .18 .2 1.2e-9 -.1 .4 18 0 nan
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
    cause_tables
}

# Grafts, effects of units, calibration and ten classes.
cause_tables() {
    tsv >cause.tsv <<'TABLE'
quantity activation score seeds mean sd low high p_mean further_low further_high above_0 p_holm
difference relu x-x-other-init 30 .062 .1 .05 .074 .001 -.1 .2 28 .004
difference relu a-b-a-b-other-init 30 -.1 .1 -.12 -.08 .001 -.3 .1 2 .003
difference softplus x-x-other-init 30 .004 .1 -.01 .018 .4 -.1 .1 16 .4
difference softplus a-b-a-b-other-init 30 -.2 .1 -.22 -.18 .001 -.4 .1 2 1.25e-600
TABLE
    sed 's/\tp_holm$//; 2,$s/\t[^\t]*$//' cause.tsv >graft.tsv
    tsv >>graft.tsv <<'TABLE'
s relu x 30 .074 .1 .07 .078 .001 0 .2 30
s relu x-other-init 30 .012 .1 .01 .014 .001 0 .2 20
s relu y-again 30 .17 .1 .15 .19 .001 0 .3 30
s softplus x 30 .04 .1 .03 .05 .001 0 .2 30
s softplus y-again 30 .1 .1 .08 .12 .001 0 .3 30
difference relu x-image 30 .06 .1 .05 .07 .001 0 .2 30
TABLE
    sed 's/^s\t/s_loss\t/; s/\trelu\tx\t30\t.074\t.1\t.07\t.078/\trelu\tx\t30\t.033\t.1\t.03\t.036/' graft.tsv >graft-loss.tsv
    tsv >effects.tsv <<'TABLE'
quantity activation control seeds mean sd low high p_mean further_low further_high above_0
r relu x 30 .37 .1 .3 .44 .001 0 .5 30
r relu y 30 .01 .1 -.01 .015 .4 -.2 .2 16
r tanh x 30 .02 .1 -.1 .14 .4 -.2 .2 16
difference relu x-y 30 .36 .1 .3 .42 .001 0 .6 30
difference tanh x-y 30 -.2 .1 -.3 -.1 .001 -.5 .1 3
TABLE
    {
        echo quantity activation leak scope part seeds mean sd low high p_mean further_low further_high above_0
        for leak in 0:.9:.9:.9:1.2:0 0.5:1:.9:.3:.5:0 0.9:.7:.6:.2:.1:0 1:.5:.45:.001:.1:0; do
            IFS=: read -r l x y selectivity damage dead <<<"$leak"
            for number in auc_x:$x auc_y:$y r:.5 selectivity:"$selectivity" damage:"$damage" dead:"$dead"; do
                echo "${number%:*} relu $l layer1.bias all 10 ${number#*:} .1 $(awk "BEGIN { print ${number#*:} - .05, ${number#*:} + .05 }") .001 0 1 10"
            done
            echo "auc_x relu $l layer1.weight units 10 .6 .1 .55 .65 .001 0 1 10"
            echo "auc_x relu $l biases all 10 .123 .1 .1 .2 .001 0 1 10"
        done
    } | tsv >calibration.tsv
    tsv >digits.tsv <<'TABLE'
quantity activation score digit seeds mean sd low high p_mean further_low further_high above_0
selectivity relu share 0 10 .3 .1 .2 .4 .001 0 1 10
selectivity relu share 7 9 .1 .1 0 .2 .001 0 1 10
selectivity relu share all 10 .25 .1 .2 .3 .001 0 1 10
selectivity relu share-all-layers all 10 -.1 .1 -.2 -.05 .001 -1 0 0
selectivity relu image all 10 .24 .1 .2 .28 .001 0 1 10
selectivity tanh image all 10 .99 .1 .2 .28 .001 0 1 10
left_out relu share all 10 .25 .1 .1 .4 .001 0 1 3
difference relu share-image all 10 .01 .1 -.01 .03 .4 -.1 .1 6
difference relu share-other-init all 10 .15 .1 .1 .2 .001 0 1 10
TABLE
}

RUN=(intervals=intervals.tsv primary=primary.tsv variants=variants.tsv planted=planted.tsv few=few.tsv groupings=groupings.tsv
    learned=learned.tsv seeds_map=map.tsv seeds_regions=edge.tsv correlations=correlations.tsv evidence=evidence.tsv
    rejections=rejections.tsv size=size.tsv file_order=file.tsv regions=regions.tsv phase1=phase1.tsv 'forks=fork-1.tsv fork-7.tsv'
    cause=cause.tsv graft=graft.tsv graft_loss=graft-loss.tsv effects=effects.tsv calibration=calibration.tsv digits=digits.tsv
    charts=charts/ command=make activation=relu 'activations=relu tanh' seed=1 hidden=100 rate=0.005 images=12000 short=1200
    from=0.5 measure=change 'class_a=1 7' class_b=6 'forks_a=1 7' 'forks_b=6 none' dataset=mnist order=own shuffles=10 draws=199
    seeds=1..30 few_seeds=20 cause_seeds=101..130 cause_few=10)

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
    says primary.relu:biases:all.holm .0123 0.012
    says primary.relu:layer1.weight:centred.holm 1.25e-600 1.2e-600
    says primary.relu:layer1.weight:units.r .3 '+0.300 [+0.200, +0.400]'
    says primary.relu:layer1.weight:units.sign undecided 'too few runs to tell' # it is one of twelve
    says primary.verdicts '' '2 positive, 1 negative, 1 too few runs to tell, 2 not measured'
    says means.other '' 'ReLU +0.001, tanh undefined'
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
    says own.other .24 '+0.240 [+0.190, +0.290]'
    says controls.relu:layer1.weight:all.same .25 '+0.250 [+0.200, +0.300]'
    says controls.relu:layer1.weight:all.init '' '+0.240 [+0.190, +0.290]'
    says controls.relu:layer1.weight:all.seed '' '+0.230 [+0.180, +0.280]'
    says controls.relu:layer1.weight:all.image '' '+0.220 [+0.170, +0.270]'
    says controls.relu:layer1.weight:all.init_apart .01 '+0.010 [+0.005, +0.015]'
    says controls.relu:layer1.weight:all.init_apart.sign practical 'no practical difference'
    says controls.relu:layer1.weight:all.seed_apart .03 '+0.030 [+0.025, +0.035]'
    says controls.relu:layer1.weight:all.seed_apart.sign positive positive
    says controls.relu:biases:all.image '' –
    says lit.relu:layer1.weight:all.lit .21 '+0.210 [+0.160, +0.260]'
    says lit.relu:layer1.weight:all.apart .04 '+0.040 [+0.035, +0.045]'
    says run.forks_b '6 none' 'without 6, with all labels'
    says run.few 20 'the first 20 seeds'
    fills
}

@test "noise, measures, groupings, what is learned" {
    facts
    says noise.relu:biases:all.x '' '0.990 [0.980, 0.995]'
    says noise.relu:biases:all.y '' '0.810 [0.800, 0.820]'
    says noise.relu:biases:all.attainable .9 '0.900 [0.890, 0.910]'
    says noise.relu:biases:all.r .19 '+0.190 [+0.090, +0.290]'
    says noise.relu:biases:all.free .21 '+0.210 [+0.100, +0.320]'
    says noise.attainable .6 '0.600 to 0.900'
    says measures.relu:biases:all.same .19 '+0.190 [+0.090, +0.290]'
    says measures.relu:biases:all.squared .15 '+0.150 [+0.050, +0.250]'
    says measures.relu:biases:all.apart -.04 '-0.040 [-0.050, -0.030]'
    says measures.relu:biases:all.apart.sign negative negative
    says measures.relu:biases:all.image '' –
    says measures.relu:layer1.weight:all.image '' '+0.220 [+0.170, +0.270]'
    says groupings.2.x 1,7 '1, 7'
    says groupings.2.y 1,6 '1, 6'
    says groupings.1.like yes 'the same'
    says groupings.2.like no another
    says groupings.2.r.layer1.weight:centred .08 '+0.080 [+0.070, +0.090]'
    says groupings.4.r.layer1.weight:centred nan undefined
    says grouped.same.layer1.weight:centred all '1 of 1'
    says grouped.other.layer1.weight:centred some '1 of 2'
    says grouped.other.biases:all none '0 of 1'
    says grouped.other.layer1.weight:units none –
    says learned.relu:phase1.network phase1 'after phase 1'
    says learned.relu:phase1.loss .1 '0.100 [0.090, 0.110]'
    says learned.relu:phase1.error .031 '3.1% [3.0%, 3.2%]'
    says learned.relu:without-7.fall .7 '70.0% [60.0%, 80.0%]'
    says learned.relu:initial.fall 0 0.0%
    says learned.tanh:all.loss nan undefined
    run grep -c '^learned.relu:.*network' facts.tsv
    [ "$output" = 6 ] # before, after, with all labels, without 1, 7 and 6
    fills
    grep -q 'does not need .* different groupings .* positive in 1 of 2 pairs, and in 1 of 1 where they are of the same (ReLU)' report
    # no other pair is positive: it may need them
    sed -i 's/^\(r\tlayer1.weight\tcentred\trelu\tx=1,7 y=1,6\t20\t\).*/\10\t.1\t-.01\t.01\t.9\t-.1\t.1\t10/' groupings.tsv
    facts
    says grouped.other.layer1.weight:centred none '0 of 2'
    fills
    grep -q 'of the same grouping .* positive in 1 of 1 pairs, and where they are of different ones in 0 of 2 (ReLU)' report
    run grep -c 'does not need' report
    [ "$output" = 0 ]
    # nor one of the same: other groupings, or too few runs, do not show what it needs
    sed -i 's/^\(r\tlayer1.weight\tcentred\trelu\tx=1,7 y=1,7\t20\t\).*/\1.1\t.1\t-.1\t.3\t.9\t-.1\t.1\t10/' groupings.tsv
    for other in 0 .1; do
        sed -i "s/^\(r\tlayer1.weight\tcentred\trelu\tx=1,7 y=1,6\t20\t\).*/\1$other\t.1\t$other\t$other\t.9\t-.1\t.1\t10/" groupings.tsv
        facts
        fills
        run grep -c 'need the classes\|of the same grouping of the four' report
        [ "$output" = 0 ]
    done
}

@test "a t-test over networks, and networks in file order" {
    facts
    says experiments.drawn:biases:all.images own 'order and split of its own'
    says experiments.drawn:biases:all.permutation drawn 'a permutation for each'
    says experiments.drawn:biases:all.rate .052 '5.2% [4.0%, 6.7%]'
    says experiments.drawn:biases:all.fired 52 '52 of 1000'
    says experiments.drawn:biases:all.valid '' '33 to 69'
    says experiments.drawn:biases:all.size keeps 'keeps its size'
    says experiments.common:biases:all.images file 'file order'
    says experiments.common:biases:all.fired 159 '159 of 199'
    says experiments.common:biases:all.size often 'rejects too often'
    says experiments.drawn:layer1.weight:centred.size unmeasured 'not measured'
    says file.biases:all.r .18 '+0.180 [+0.140, +0.220]'
    says file.biases:all.p 1.2e-9 1.2e-9
    says file.biases:all.common .045 0.045
    fills
    grep -q 'that is why every network of the comparisons has images of its own' report
    sed -i 's/^seeds\tcommon\tlayer1.weight.*/seeds\tcommon\tlayer1.weight\tcentred\t199\t10\t.05\t.03\t.09\t3\t19\t0/' size.tsv
    facts
    fills
    run grep -c 'that is why every network' report
    [ "$output" = 0 ]
}

@test "the map over networks" {
    facts
    says map.relu.inputs 3 3
    says map.relu.above 2 2
    says map.relu.shown_above 1 1
    says map.relu.shown_below 1 1
    says map.relu.edge '' '0.100 [0.090, 0.110]'
    says map.relu.apart -.2 '-0.200 [-0.250, -0.150]'
    says map.relu.apart.sign negative negative
    says map.tanh.shown_below 1 1
    says claim.4.verdict positive holds
    says claim.4.number '' 'inputs with a mean r above 0: 2 of 3, edge minus inside -0.200'
    facts activation=tanh
    says regions.most negative ''
    says regions.weak negative ''
    says claim.4.verdict negative 'does not hold'
    fills
    # all of it by chance
    sed -i 's/\t[.01]*05$/\t.06/; s/\t.001$/\t.06/' map.tsv
    facts
    says regions.most undecided ''
    says claim.4.verdict partly 'holds in part'
    fills
    grep -q '^Whether most inputs have a positive r, and some a negative one, the networks do not tell\.$' report
}

@test "networks in file order: no other images, none held out; what an interval speaks of" {
    facts
    fills
    grep -q 'an interval speaks of other initial weights and of other images from the same pool' report
    run grep -c 'rejects this often' report
    [ "$output" = 0 ]
    grep -qx '   Every other network shuffles those among .*' report
    sed -i '/other-seed/d' intervals.tsv
    sed -i '2,$d' learned.tsv
    facts order=file
    says run.order file 'file order'
    says controls.relu:layer1.weight:all.seed '' –
    says controls.relu:layer1.weight:all.seed_apart.sign unmeasured 'not measured'
    says experiments.drawn:biases:all.images file 'file order'
    says loss.fall nan undefined
    says learned.some no ''
    fills
    grep -q 'an interval speaks of other initial weights, not of other images' report
    grep -qF 'rejects this often ([more of it](#which-tests-can-be-trusted)): biases 79.9% [74.0%, 85.0%]; doubly centred 77.9% [72.0%, 83.0%]; between units undefined.' report
    grep -qx '   So do the other networks\.' report
    run grep -E 'the same pool|fork without|part of the fall|images held out' report
    [ "$output" = '' ] || { echo "$output"; false; }
}

@test "a class of one label has no other grouping" {
    facts groupings=
    says groupings.some no ''
    fills
    run grep -cE '^\| (x of|1, )|groupings\.png|different groupings' report
    [ "$output" = 0 ]
    sed -i '2,$d' groupings.tsv
    facts
    says groupings.some no ''
    fills
}

@test "the claims" {
    facts
    says claim.1.verdict positive holds
    says claim.1.number '' 'mean r +0.200 [+0.100, +0.300], p < .05 in 12 of 30'
    says claim.2.verdict positive holds
    says claim.3.verdict positive 'holds, in one network'
    says clusters.share_x .43 43.0%
    says claim.4.verdict positive holds
    says claim.5.verdict partly 'holds in part'
    says claim.5.number '' 'r of all minus that of the half, biases and weights: -0.100, +0.000'
    says halves.biases:all -.1 '-0.100 [-0.200, -0.050]'
    says halves.biases:all.sign negative negative
    says halves.weights:all.sign practical 'no practical difference'
    says short.biases:all -.04 '-0.040 [-0.050, -0.030]'
    says short.biases:all.sign negative negative
    says only.biases:all positive holds
    says only.weights:all negative 'does not hold'
    says claim.6.verdict partly 'holds in part'
    says loss.first .5 0.5000
    says loss.least .1 '0.1000 to 0.2000'
    says loss.where 300 '300 to 900'
    says loss.images 1000 '1000 to 2000'
    says loss.fall .96 '96.0% [95.0%, 97.0%]'
    says claim.7.number '' 'least loss at image 300 to 900 of 1000 to 2000; fall by phase 1: 96.0%'
    says claim.7.verdict partly 'holds in part, in one network'
    fills
    grep -q 'main figure.*: it says nothing about what this network learned\.$' report
}

# usage: number TABLE ACTIVATION SCORE MEAN P: of a row of this table of grafts, its mean and last column.
number() {
    awk -F '\t' -v OFS='\t' -v act="$2" -v score="$3" -v mean="$4" -v p="$5" '
        $2 == act && $3 == score { $5 = mean; if (p != "") $NF = p } { print }' "$1" >new
    mv new "$1"
}
# usage: outcomes SOFTPLUS:P RELU:P: means of x and p after Holm, in both tables.
outcomes() {
    for table in graft cause; do
        number $table.tsv softplus x-x-other-init "${1%:*}" "${1#*:}"
        number $table.tsv relu x-x-other-init "${2%:*}" "${2#*:}"
    done
}
# usage: means WORDS: the report says so of x, and nothing else.
means() {
    facts 'activations=softplus relu tanh'
    fills
    run grep -F 'the weights that x assigns to a class hold' report
    [ "$output" = "For the post’s question this means: $1" ] || { echo "$output"; false; }
}

@test "cause: the outcomes as they were fixed, whatever their sign" {
    facts 'activations=softplus relu tanh'
    says cause.x:relu.apart .062 '+0.062 [+0.050, +0.074]'
    says cause.x:relu.own .074 '+0.074 [+0.070, +0.078]'
    says cause.x:relu.other .012 '+0.012 [+0.010, +0.014]'
    says cause.x:relu.holm .004 0.004
    says cause.x:relu.seeds 30 30
    says cause.x:relu.verdict positive positive
    says cause.x:softplus.verdict undecided undecided
    says cause.a-b:softplus.holm 1.25e-600 1.2e-600
    says cause.a-b:softplus.verdict negative negative
    says cause.x.pattern partly ''
    says cause.tests 4 4
    says cause.a-b.pattern negative ''
    says cause.broken none none
    says instrument.softplus.s .1 '+0.100 [+0.080, +0.120]'
    says instrument.softplus.verdict works works
    says claim.8.verdict partly 'holds in part'
    says claim.8.number '' 'S(x) minus S(x of another network): softplus +0.004, ReLU +0.062'
    says grafts.relu:x.s .074 '+0.074 [+0.070, +0.078]'
    says grafts.relu:x.loss .033 '+0.033 [+0.030, +0.036]'
    says grafts.relu:random.s nan undefined
    says contrasts.relu:x-image.s .06 '+0.060 [+0.050, +0.070]'
    fills
    run grep -x -- '- \(x\|a − b\), .*' report
    [ "$output" = '- x, softplus: +0.004 [-0.010, +0.018], undecided.
- x, ReLU: +0.062 [+0.050, +0.074], positive.
- a − b, softplus: -0.200 [-0.220, -0.180], negative.
- a − b, ReLU: -0.100 [-0.120, -0.080], negative.' ]
    grep -qF '| x | softplus | +0.040 [+0.030, +0.050] | undefined | +0.004 [-0.010, +0.018] | 30 | 0.4 | undecided |' report
    run grep -F 'the difference of the tallies instead' report
    [ "$output" = 'The weights that a − b, the difference of the tallies instead of the share, assigns to a class hold less of what is learned of it than those that another network’s a − b assigns to it (softplus, ReLU).' ]
    run grep -c 'instrument is broken' report
    [ "$output" = 0 ]
}

@test "cause: what every pattern of outcomes means" {
    means 'the weights that x assigns to a class hold more of what is learned of it than those that another network’s x assigns to it under ReLU; under softplus neither this nor its opposite is shown.'
    outcomes .01:.01 .06:.01
    means 'the weights that x assigns to a class hold more of what is learned of it than those that another network’s x assigns to it (softplus, ReLU).'
    says claim.8.verdict positive holds
    outcomes -.01:.01 -.06:.01
    means 'the weights that x assigns to a class hold less of what is learned of it than those that another network’s x assigns to it (softplus, ReLU).'
    says claim.8.verdict negative 'does not hold'
    outcomes .01:.2 -.06:.01
    means 'the weights that x assigns to a class hold less of what is learned of it than those that another network’s x assigns to it under ReLU; under softplus neither this nor its opposite is shown.'
    says claim.8.verdict undecided 'too few runs to tell'
    outcomes .01:.01 -.06:.01
    means 'the weights that x assigns to a class hold more of what is learned of it than those that another network’s x assigns to it under softplus, and less under ReLU.'
    says claim.8.verdict partly 'holds in part'
    outcomes .01:.06 -.06:.07
    means 'it is not shown that the weights that x assigns to a class hold more, or less, of what is learned of it than those that another network’s x assigns to it (softplus, ReLU).'
    says claim.8.verdict undecided 'too few runs to tell'
}

@test "cause: where y of reordered forks is not found, the instrument is broken, and outcomes say nothing" {
    number graft.tsv softplus y-again .0999 ''
    outcomes -.06:.01 .01:.01
    means 'the weights that x assigns to a class hold more of what is learned of it than those that another network’s x assigns to it (ReLU).'
    says cause.broken some softplus
    says instrument.softplus.verdict broken broken
    says claim.8.verdict partly 'holds in part'
    grep -qF 'The instrument is broken under softplus, ' report
    outcomes .06:.01 .01:.01
    facts 'activations=softplus relu tanh'
    says claim.8.verdict partly 'holds in part'
    number graft.tsv relu y-again -.2 ''
    facts 'activations=softplus relu tanh'
    says cause.broken all 'softplus, ReLU'
    says cause.x.pattern broken ''
    says claim.8.verdict broken 'the instrument is broken'
    fills
    grep -qF 'The instrument is broken: even y of reordered forks' report
    run grep -c 'assigns to a class hold' report
    [ "$output" = 0 ]
    # one activation alone; and another than these
    write_tables
    sed -i /softplus/d cause.tsv graft.tsv graft-loss.tsv
    facts
    says cause.x.differences '' 'ReLU +0.062'
    says cause.s.y '' 'ReLU +0.170'
    fills
    run grep -c softplus report
    [ "$output" = 0 ]
    means 'the weights that x assigns to a class hold more of what is learned of it than those that another network’s x assigns to it (ReLU).'
    says claim.8.verdict positive holds
    sed -i s/relu/sigmoid/ cause.tsv graft.tsv graft-loss.tsv
    facts activations=sigmoid
    says cause.measured no ''
    says claim.8.verdict unmeasured 'not measured'
    fills
    grep -qF 'Whether parameters with a large x hold what is learned was not measured' report
    grep -qF '| sigmoid | x | +0.074 [+0.070, +0.078] | +0.033 [+0.030, +0.036] |' report
}

@test "effects of units, calibration, ten classes" {
    facts
    says effects.relu.x .37 '+0.370 [+0.300, +0.440]'
    says effects.relu.y.sign practical 'no practical difference'
    says effects.more some ReLU
    says effects.less some tanh
    says cells.relu:0.cell damaged 'costs too much'
    says cells.relu:1.selectivity .001 '+0.001 [-0.049, +0.051]'
    says calibration.relu:0.5:layer1.bias:all.x 1 '1.000 [0.950, 1.050]'
    says calibration.relu:0.5:layer1.bias:all.cell valid valid
    says calibration.relu:0.5:layer1.weight:units.x .6 '0.600 [0.550, 0.650]'
    says calibration.relu:0.5:layer1.weight:units.place layer1.weight:units 'weights into the units'
    says calibrated.relu.valid 3 '3 of 4'
    says calibrated.relu.x.layer1.bias:all '' 0.9
    says calibrated.relu.y.layer1.bias:all '' 0.9
    says calibrated.relu.x.layer1.weight:units '' 1
    says calibrated.tanh.valid 0 '0 of 4'
    says calibrated.tanh.x.layer1.bias:all '' none
    says calibration.far '' 'ReLU 0.9, tanh none'
    says resets.share.area .25 '+0.250 [+0.200, +0.300]'
    says resets.share.side positive 'above 0'
    says resets.share-all-layers.side negative 'below 0'
    says resets.image.area .24 '+0.240 [+0.200, +0.280]'
    says resets.change.side unmeasured 'not measured'
    says less.image.side undecided undecided
    says digits.7.area .1 '+0.100 [+0.000, +0.200]'
    says digits.left_out .25 0.25
    says digits.seeds 10 10
    fills
    grep -qxF 'x says more than y of what a unit does for its class under: ReLU.' report
    grep -qxF 'y says more than x of what a unit does for its class under: tanh.' report
    grep -qF '| ReLU | 0 | biases | 0.900 [0.850, 0.950] | 0.900 [0.850, 0.950] | +0.500 [+0.450, +0.550] | costs too much |' report
    grep -qF '| ReLU | 0 | +0.900 [+0.850, +0.950] | +1.200 [+1.150, +1.250] | 0 | costs too much |' report
    grep -qxF 'In the first layer, the share of a digit finds weights that the digit needs more than the others do.' report
    grep -qxF 'It is not shown that its selectivity is larger, or smaller, than that of the images alone.' report
    grep -qxF 'Over the parameters of all layers, the other digits are hurt more.' report
    # a valid cell where x does not find the half ends it
    sed -i 's/^auc_x\trelu\t0.5\tlayer1.bias\tall\t10\t1\t.1\t0.95/auc_x\trelu\t0.5\tlayer1.bias\tall\t10\t1\t.1\t0.45/' calibration.tsv
    facts
    says calibrated.relu.x.layer1.bias:all '' none
    says calibrated.relu.y.layer1.bias:all '' 0.9
    # nothing of it
    sed -i '2,$d' effects.tsv calibration.tsv digits.tsv
    facts
    says effects.more none none
    fills
    grep -qxF 'It is not shown that x or y says more than the other of what a unit does for its class.' report
    [ "$(grep -cx 'This was not measured\.' report)" = 2 ]
}

@test "one number of a table decides which sentence stands" {
    sed -i '/same-other-init/s/\.005\t\.015/.1\t.3/; /same-other-init/s/\.01/.2/' intervals.tsv
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
    for table in intervals primary variants planted few groupings learned map edge rejections size file phase1 fork-1 fork-7 \
        cause graft graft-loss effects calibration digits; do sed -i '2,$d' $table.tsv; done
    sed -i '2,$s/\t[^\t]*\t[^\t]*\t[^\t]*\t[^\t]*\t[^\t]*\t[^\t]*\t[^\t]*$/\tnan\tnan\tnan\t0\t0\tnan\tnan/' regions.tsv
    sed -i 's/\t-*[0-9]*\.[0-9e-]*/\tnan/g' correlations.tsv evidence.tsv
    facts
    for claim in 1 2 3 4 5 6 7 8; do says claim.$claim.verdict unmeasured 'not measured'; done
    fills
    grep -qx -- '- Base run: r is undefined; biases left out: 2\.' report
    grep -qx -- '- Over the networks: r is undefined in all\.' report
    grep -qx -- '- No unit has x, so that it is not known which inputs are black in every tallied image\.' report
    says map.relu.inputs 0 0
    says noise.attainable nan undefined
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
    run "$TOP/pipeline/show" nulls evidence.tsv rejections.tsv size.tsv
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
    run "$TOP/pipeline/show" outcomes primary.tsv intervals.tsv
    [ "${lines[1]}" = 'ReLU; 30 seeds:' ]
    [ "${lines[2]}" = 'biases                              +0.200 [+0.100, +0.300] positive' ]
    [ "${lines[4]}" = 'first-layer weights, between units  +0.300 [+0.200, +0.400] too few runs to tell' ]
    run "$TOP/pipeline/show" controls primary.tsv intervals.tsv planted.tsv
    [[ $output == *$'ReLU, x of this network minus another, same images:\nfirst-layer weights, pooled         +0.010 [+0.005, +0.015] no practical difference\n'* ]]
    [[ $output == *$'ReLU, x of this network minus another, other images:\nfirst-layer weights, pooled         +0.030 [+0.025, +0.035] positive\n'* ]]
    [[ $output != *', x of '*lit* ]]
    [[ $output == *$'tanh, planted: AUC of x:\nbiases                              0.300 [0.200, 0.400]    the wrong way round'* ]]
    [[ $output != *'(∂loss/∂θ)²'* && $output != *groupings* ]]
    run "$TOP/pipeline/show" controls primary.tsv intervals.tsv planted.tsv few.tsv groupings.tsv
    [[ $output == *$'\n\nReLU, x of (∂loss/∂θ)²:\nbiases                              +0.150 [+0.050, +0.250] positive\n'* ]]
    [[ $output == *$'\n\nReLU, r that noise leaves attainable:\nbiases                              0.900 [0.890, 0.910]\n'* ]]
    [[ $output != *'groupings: biases of'* ]]
    [[ $output == *$'\n\nReLU, groupings: first-layer weights, doubly centred:\nx=1,7 y=1,7                         +0.100 [+0.090, +0.110] positive
x=1,7 y=1,6                         +0.080 [+0.070, +0.090] positive\n'* ]]
    run "$TOP/pipeline/show" nulls evidence.tsv rejections.tsv size.tsv
    [[ $output == *$'\nweights of all layers, pooled       +0.200 1.2e-600  not valid 0.25   0.001\n'* ]]
    [[ $output == *$'\nfirst-layer weights, between units  +0.300 0.003               -      -\n'* ]]
    [[ $output == *$'biases, labels shuffled: p of .05 or less in:\nt-test over parameters   262 of 1000, valid: 33 to 69: rejects too often'* ]]
    [[ $output == *$'\n\nbiases, t-test over networks: p of .05 or less in:
a permutation for each   52 of 1000, valid: 33 to 69: keeps its size
one permutation for all  159 of 199, valid: 3 to 19: rejects too often\n'* ]]
}

@test "make shows each heading once, in lines that fit a terminal" {
    tsv >>intervals.tsv <<'TABLE'
r biases all relu half image 30 nan nan nan nan nan nan nan 0 0
r biases all relu half other-init 30 .2 .1 .1 .3 .001 -.1 .5 28 12
r biases all sigmoid half same 1 .9 nan nan nan nan nan nan 1 1
TABLE
    facts
    for table in 'base correlations.tsv' 'outcomes primary.tsv intervals.tsv' 'controls primary.tsv intervals.tsv planted.tsv few.tsv groupings.tsv' \
        'nulls evidence.tsv rejections.tsv size.tsv' 'verdicts facts.tsv'; do
        # shellcheck disable=SC2086 # words
        run "$TOP/pipeline/show" $table
        [ "$status" -eq 0 ]
        [ "$(grep ':$' <<<"$output" | sort | uniq -d)" = '' ]
        [ "$(LC_ALL=C.UTF-8 awk 'length($0) > 83' <<<"$output")" = '' ] || { echo "$output"; false; }
    done
    run "$TOP/pipeline/show" controls primary.tsv intervals.tsv planted.tsv
    [[ $output == *$'ReLU, x of another network, same images:\nfirst-layer weights, doubly centred '*$'\nbiases '*$'\n\nReLU, x of another network, other images:\n'* ]]
    [[ $output == *$'ReLU, x of the images alone:\nfirst-layer weights, pooled         +0.220 [+0.170, +0.270] positive\n\n'* ]]
    run "$TOP/pipeline/show" outcomes primary.tsv intervals.tsv
    [[ $output == *$'\n\nsigmoid; 1 seed:\nbiases                              +0.900                  too few runs to tell' ]]
    sed -i '2,$s/half/100--0.01/' intervals.tsv
    run "$TOP/pipeline/show" sweep intervals.tsv HIDDEN RATE
    [ "${lines[0]}" = 'mean r over the networks [95% interval], and the verdict on it' ]
    [ "${lines[1]}" = 'hidden units = 100, learning rate = 0.01; 30 seeds:' ]
    sed -i '2,$s/100--0.01/100/' intervals.tsv
    run "$TOP/pipeline/show" sweep intervals.tsv HIDDEN
    [ "${lines[1]}" = 'hidden units = 100; 30 seeds:' ]
}
