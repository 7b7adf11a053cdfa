#!/usr/bin/env bats
# Every chart of plots, with nothing to show: from the tables of a small run, emptied one way or another. What a
# chart's table is made of is noted when make makes it, so a new chart is among them.
# shellcheck disable=SC2016,SC2030,SC2031 # the programs are awk's; each test has its own output

load pipeline.bash

setup_file() {
    export PROJECT CALLS RUN
    copy_project "$BATS_FILE_TMPDIR/project"
    cd "$PROJECT" || return
    mkdir small
    first_images small 3000
    CALLS=$BATS_FILE_TMPDIR/calls
    mv pipeline/prepare pipeline/prepare.itself
    printf '%s\n' '#!/usr/bin/env bash' "echo \"\$(printf '%q ' \"\$@\")\" >>'$CALLS'" 'exec pipeline/prepare.itself "$@"' >pipeline/prepare
    chmod +x pipeline/prepare
    small -j2 all >/dev/null
    RUN=out/$SMALL_RUN
    small -j2 sweep SWEEP="HIDDEN=2:4" SWEEP_SEEDS=1..2 >/dev/null
    mv pipeline/prepare.itself pipeline/prepare
}

setup() {
    cd "$PROJECT" || return
}

# A table, emptied.
no_rows() { head -n 1 "$1"; }
all_nan() { awk -F '\t' -v OFS='\t' '{ for (i = 1; i <= NF; i++) if ($i ~ /^-?[0-9]+\.[0-9e.-]*$/ || $i ~ /e-/) $i = "nan"; print }' "$1"; }
one_value() { awk -F '\t' -v OFS='\t' '{ for (i = 1; i <= NF; i++) if ($i ~ /^-?[0-9]+\.[0-9e.-]*$/ || $i ~ /e-/) $i = "0.5"; print }' "$1"; }
one_seed() { awk -F '\t' -v OFS='\t' '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
    NR > 1 && ("seed" in at) && $at["seed"] != 1 { next }
    NR > 1 && ("seeds" in at) { $at["seeds"] = 1; for (name in at) if (name ~ /^(sd|low|high|further_.*)$/) $at[name] = "nan" }
    { print }' "$1"; }

# usage: draw OUTPUT SCRIPT WORD...: the table, and the picture of it.
draw() {
    pipeline/prepare "${@:2}" >"$1.tsv" && pipeline/chart "${2%.awk}.gp" "$1"
}

# usage: drawn KIND SAYING: all charts from their tables as KIND leaves them, other than they were but of one seed; SAYING is
# what each picture says, if anything.
drawn() {
    local kind=$1 saying=${2-} scripts=() failed=0 call script words i to was
    while IFS= read -r call; do
        eval "words=($call)"
        script=${words[0]} to=$BATS_TEST_TMPDIR/$(basename "$script" .awk)
        scripts+=("${script%.awk}.gp")
        mkdir "$to.tables"
        for i in "${!words[@]}"; do
            case ${words[i]} in
            out/*.tsv)
                "$kind" "${words[i]}" >"$to.tables/${words[i]##*/}"
                words[i]=$to.tables/${words[i]##*/}
                ;;
            seeds=*) [[ $kind != one_seed ]] || words[i]=seeds=1 ;;
            esac
        done
        was=$(find out -name "${to##*/}.svg")
        run draw "$to" "${words[@]}"
        if [[ $status -ne 0 || -n $output || ! -s $to.png ]] || ! grep -q "$saying" "$to.svg" ||
            { [[ $kind != one_seed ]] && cmp -s "$to.svg" "$was"; }; then
            echo "$script: $status: $output"
            failed=1
        fi
    done <"$CALLS"
    [ "$failed" -eq 0 ]
    [ "$(printf '%s\n' "${scripts[@]}" | sort)" = "$(printf '%s\n' plots/*.gp | grep -v style.gp)" ]
}

@test "every chart has its table beside it, and is drawn from that alone" {
    for script in plots/*.gp; do
        name=$(basename "$script" .gp)
        [[ $name != *style ]] || continue
        made=$(find out -path "*/charts/$name.png" -o -name sweep.png -path "*/$name.png")
        [ -n "$made" ] || { echo "$name"; false; }
        for file in "$made" "${made%.png}.svg" "${made%.png}.tsv"; do [ -s "$file" ]; done
        # the table by itself gives the same picture
        cp "${made%.png}.tsv" "$BATS_TEST_TMPDIR/$name.tsv"
        pipeline/chart "$script" "$BATS_TEST_TMPDIR/$name"
        cmp "$BATS_TEST_TMPDIR/$name.svg" "${made%.png}.svg"
    done
    run grep -nE 'awk|system|popen|`|["'"'"']<' plots/*.gp
    [ "$output" = "" ] || { echo "$output"; false; }
    # rows have as many fields as their block has columns
    run awk -F '\t' '/^#|^$/ { columns = 0; next } !columns { columns = NF } NF != columns { print FILENAME ": " FNR }' "$RUN"/charts/*.tsv
    [ "$output" = "" ] || { echo "$output"; false; }
}

@test "tables without a row: each says that there is nothing to show" {
    drawn no_rows "nothing to show: "
    # an axis of nothing has few numbers
    run grep -c '>[−-]\?0\.[1-46-9]' "$BATS_TEST_TMPDIR/controls.svg"
    [ "$output" = 0 ]
}

@test "tables of nan: likewise" {
    drawn all_nan "nothing to show: "
}

@test "one seed, and one value throughout" {
    drawn one_seed
    run grep -l "nothing to show" "$BATS_TEST_TMPDIR"/*.svg
    [ "$output" = "" ]
    rm -r "$BATS_TEST_TMPDIR"/*.tables
    drawn one_value
}

@test "a title holds what it is given, and paths may hold anything" {
    odd="$BATS_TEST_TMPDIR/it's a \"folder\" = & \$more"
    mkdir "$odd"
    cp "$RUN"/{points,correlations}.tsv "$odd"
    values=('dataset=a_b^{c} & d@e~\f' class_a=1 class_b=6 "forks_a=1 none" "forks_b=6 none" hidden=100 activation=relu
        seed=1 rate=0.005 first=900 from=0.5 measure=change)
    TMPDIR=$odd draw "$odd/biases" plots/biases.awk "${values[@]}" -- "$odd/points.tsv" "$odd/correlations.tsv"
    [ "$(cd "$odd" && echo *)" = "biases.png biases.svg biases.tsv correlations.tsv points.tsv" ]
    grep -qF 'a_b^{c} &amp; d@e~\f, phase 1' "$odd/biases.svg"
    grep -qxF $'# data\ta_b^{c} & d@e~\\f' "$odd/biases.tsv"
    grep -qF 'a, b: sums of |Δθ| over' "$odd/biases.svg"
    draw "$odd/biases" plots/biases.awk "${values[@]}" measure=squared-gradient -- "$odd/points.tsv" "$odd/correlations.tsv"
    grep -qF 'a, b: sums of (∂loss/∂θ)² over' "$odd/biases.svg"
    swept=$(find out -name sweep.tsv)
    draw "$odd/sweep" plots/sweep.awk "${values[@]}" name1=MEASURE "values1=change input" name2= values2= -- "${swept%/*}"/{runs,intervals}.tsv
    grep -qF 'a, b: sums of the measure over' "$odd/sweep.svg"
    grep -qF 'phase 1: the first 900 images' "$odd/sweep.svg"
    draw "$odd/sweep" plots/sweep.awk "${values[@]}" order=own name1=RATE "values1=1 2" name2= values2= -- "${swept%/*}"/{runs,intervals}.tsv
    grep -qF "own, as many as in the first 900" "$odd/sweep.svg"
    # a name that is cut is cut between letters
    TMPDIR=$odd draw "$odd/biases" plots/biases.awk "${values[@]}" "dataset=$(printf 'é%.0s' {1..30})" -- "$odd"/{points,correlations}.tsv
    grep -q 'é…, phase 1' "$odd/biases.svg"
}

@test "no mean is drawn by its error bar, which may leave the range" {
    # lines joined; the key may show both as one
    run awk '{ line = line $0 } /\\$/ { sub(/\\$/, "", line); next } { print FILENAME ": " line; line = "" }' plots/*.gp tests/bench/*.gp
    # every clause with an error bar
    clauses=$(tr , '\n' <<<"$output" | grep 'errorbars')
    [ "$(wc -l <<<"$clauses")" -ge 6 ]
    run grep -v 'pointtype 0\|keyentry' <<<"$clauses"
    [ "$output" = "" ] || { echo "$output"; false; }
    # of a mean that is there with a bar from below 0 to above 1
    awk -F '\t' -v OFS='\t' '/^# means/ { here = 1 } here && NF > 8 && $5 != "mark" { $8 = "0.5"; $9 = "-0.3"; $10 = "1.3" } { print }' \
        "$RUN/charts/planted.tsv" >"$BATS_TEST_TMPDIR/planted.tsv"
    pipeline/chart plots/planted.gp "$BATS_TEST_TMPDIR/planted"
    [ "$(grep -c "<use xlink:href='#gpPt6'.*color='rgb(213,  94,   0)'" "$BATS_TEST_TMPDIR/planted.svg")" -ge 12 ]
}

# usage: told NAME TABLES [VALUE...]: NAME.tsv and its pictures, from tables in $BATS_TEST_TMPDIR, whose columns are
# separated by spaces there; ~ is a space.
told() {
    local name=$1 tables=() table
    for table in $2; do
        tr ' ~' '\t ' <"$BATS_TEST_TMPDIR/$table.txt" >"$BATS_TEST_TMPDIR/$table.tsv"
        tables+=("$BATS_TEST_TMPDIR/$table.tsv")
    done
    mkdir -p "$BATS_TEST_TMPDIR/charts"
    draw "$BATS_TEST_TMPDIR/charts/$name" "plots/$name.awk" dataset=mnist class_a="1 7" class_b="6 8" forks_a="1 7" forks_b="6 8" \
        hidden=100 activation=relu seed=1 rate=0.005 first=900 from=0.5 measure=change order=own activations="relu tanh" \
        "${@:3}" -- "${tables[@]}"
    TSV=$BATS_TEST_TMPDIR/charts/$name.tsv SVG=$BATS_TEST_TMPDIR/charts/$name.svg
}

# usage: block NAME COLUMN...: these columns of a block of $TSV, separated by spaces.
block() {
    awk -F '\t' -v name="# $1" -v wanted="${*:2}" '
        $0 == name { here = 1; next }
        here && $0 == "" { exit }
        here == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = split(wanted, want, " "); here = 2; next }
        here { for (i = 1; i <= n; i++) printf "%s%s", $at[want[i]], i < n ? " " : "\n" }' "$TSV"
}

# usage: points COLOUR [TYPE]: how many there are in $SVG, those of its key too.
points() {
    grep "<use xlink:href='#gpPt${2-[0-9]*}'" "$SVG" | grep -c "color='rgb($1)'"
}

@test "the map over the seeds marks an input whose p is at most .05, and shows one without r" {
    cat >"$BATS_TEST_TMPDIR/seeds-map.txt" <<'TABLE'
quantity activation row column seeds mean sd low high p_mean p_max undefined
r relu 0 0 9 0.2000 0.1 0.1 0.3 0.01 0.05 0
r relu 0 1 9 -0.3000 0.1 -0.4 -0.2 0.01 0.001 0
r relu 0 2 9 -0.1000 0.1 -0.2 0.1 0.04 0.051 0
r relu 1 0 9 0.0500 0.1 -0.1 0.1 0.3 nan 0
r relu 1 1 0 nan nan nan nan nan nan 9
r relu 1 2 9 0.0000 0.1 -0.1 0.1 0.3 0.9 0
r tanh 0 0 0 nan nan nan nan nan nan 9
r sigmoid 0 0 9 0.9000 0.1 0.1 0.3 0.01 0.001 0
TABLE
    told seeds-map seeds-map
    [ "$(block inputs place row column mean marked)" = "1 0 0 0.2000 1
1 0 1 -0.3000 1
1 0 2 -0.1000 0
1 1 0 0.0500 0
1 1 1 nan 0
1 1 2 0.0000 0
2 0 0 nan 0" ]
    for said in $'scale\t0.3' $'above_1\t3 (marked: 1)' $'below_1\t2 (marked: 1)' $'shown_2\t0' $'over\tmean over 9 seeds' $'undefined\t1'; do
        grep -qxF "# $said" "$TSV" || { echo "$said"; false; }
    done
    [ "$(points " 26,  26,  26" 6)" = 2 ]
    grep -q '>undefined</text>' "$SVG"
    # in the key, and two inputs
    [ "$(grep -c "polygon fill = 'rgb(154, 154, 154)'" "$SVG")" = 3 ]
    grep -q 'r is undefined for every seed' "$SVG"
    grep -qF 'dot: p ≤ 0.05' "$SVG"
    # without a test, nothing is said of one
    sed -i 's/ [0-9.]* \([0-9]\)$/ nan \1/' "$BATS_TEST_TMPDIR/seeds-map.txt"
    told seeds-map seeds-map
    grep -qxF $'# above_1\t3' "$TSV"
    run grep -F 'dot: ' "$SVG"
    [ "$output" = "" ]
}

@test "controls: both other networks, and what is left of r without either" {
    cat >"$BATS_TEST_TMPDIR/intervals.txt" <<'TABLE'
quantity scope part activation variant control seeds mean low high
r biases all relu half same 9 0.3 0.2 0.4
r biases all relu half lit 9 0.7 0.6 0.8
r biases all relu half whole 9 0.8 0.7 0.9
r biases all relu half other-init 9 0.1 0.0 0.2
r biases all relu half other-seed 9 0.05 -0.1 0.15
r layer1.weight all relu half image 9 0.25 0.2 0.3
share layer1.weight all relu half same 9 0.9 0.9 0.9
r biases all relu short same 9 0.9 0.9 0.9
difference biases all relu half same-other-init 9 0.2 0.1 0.3
difference biases all relu half same-other-seed 9 0.25 0.15 0.35
difference biases all relu half same-lit 9 -0.4 -0.5 -0.3
TABLE
    told controls intervals
    [ "$(block means group place mark control mean)" = "1 1 1 same 0.3
1 1 2 other-init 0.1
1 1 3 other-seed 0.05
5 1 4 image 0.25" ]
    [ "$(block differences group control text)" = "1 same-other-init 0.200 [0.100, 0.300]
1 same-other-seed 0.250 [0.150, 0.350]" ]
    for said in "this network" "another network, same images" "another network, other images" "the images alone" "same images" "other images"; do
        grep -qF ">$said</tspan>" "$SVG" || { echo "$said"; false; }
    done
    # of networks on the same images, there is no other
    sed -i /other-seed/d "$BATS_TEST_TMPDIR/intervals.txt"
    told controls intervals order=file
    run grep -o 'other images<\|own, as many as\|among the first 900 images' "$SVG"
    [ "$output" = "among the first 900 images" ]
    grep -qF '>same images</tspan>' "$SVG"
    # numbers of the axis do not run into each other
    sed -i 's/0.0 0.2$/-0.9 0.9/' "$BATS_TEST_TMPDIR/intervals.txt"
    told controls intervals
    grep -qF '>−0.5<' "$SVG"
    run grep -F '>−0.8<' "$SVG"
    [ "$output" = "" ]
}

@test "measures: each beside the change, and the attainable r" {
    cat >"$BATS_TEST_TMPDIR/few-intervals.txt" <<'TABLE'
quantity scope part activation control seeds mean low high
r biases all relu same 9 0.3 0.2 0.4
r biases all relu squared-gradient 9 0.2 0.1 0.3
r biases all relu halves 9 0.99 0.98 1
r biases all relu again 9 0.9 0.8 1
r layer1.weight inputs tanh image 9 0.25 0.2 0.3
attainable biases all relu same,again,halves 9 0.94 0.9 0.98
disattenuated biases all relu same,again,halves 9 0.32 0.3 0.34
attainable layer2.bias all relu same,again,halves 9 0.94 0.9 0.98
difference biases all relu squared-gradient-same 9 -0.1 -0.2 0.0
TABLE
    told measures few-intervals
    [ "$(block means group place mark control mean)" = "1 1 1 same 0.3
1 1 2 squared-gradient 0.2
4 2 3 image 0.25" ]
    [ "$(block attainable group place mean)" = "1 1 0.94" ]
    [ "$(block differences group text)" = "1 −0.100 [−0.200, 0.000]" ]
    for said in '|Δθ|' '(∂loss/∂θ)²' 'attainable r' 'the images alone'; do
        grep -qF ">$said</tspan>" "$SVG" || { echo "$said"; false; }
    done
    # its line; that of its name, in two panels
    [ "$(grep -c "path stroke='rgb(154, 154, 154)'" "$SVG")" = 3 ]
    sed -i '/^attainable/s/0.94/nan/' "$BATS_TEST_TMPDIR/few-intervals.txt"
    told measures few-intervals
    run grep "path stroke='rgb(154, 154, 154)'\\|>attainable r<" "$SVG"
    [ "$output" = "" ]
}

@test "groupings: x and y of the same one are set apart" {
    {
        echo "quantity scope part activation control seeds mean low high"
        for x in 3,9 3,4 3,5; do
            for y in 3,9 3,4 3,5; do
                for outcome in "biases all" "layer1.weight centred" "layer1.weight units" "layer1.weight all"; do
                    echo "r $outcome relu x=$x~y=$y 9 0.$([ "$x" = "$y" ] && echo 3 || echo 1) 0.05 0.35"
                done
            done
        done
        echo "r biases all tanh x=3,9~y=3,9 9 0.9 0.8 1"
        echo "share biases all relu x=3,9~y=3,9 9 0.9 0.8 1"
    } >"$BATS_TEST_TMPDIR/groupings-intervals.txt"
    told groupings groupings-intervals forks_a="3 9" forks_b="5 4"
    [ "$(block means panel | sort | uniq -c | xargs)" = "9 1 9 2 9 3" ]
    [ "$(block means panel row place matched mean | grep ^2)" = "2 1 1 1 0.3
2 1 2 0 0.1
2 1 3 0 0.1
2 2 1 0 0.1
2 2 2 1 0.3
2 2 3 0 0.1
2 3 1 0 0.1
2 3 2 0 0.1
2 3 3 1 0.3" ]
    for name in '3, 9 | 4, 5' '3, 4 | 5, 9' '3, 5 | 4, 9'; do
        grep -qF ">x of $name</tspan>" "$SVG"
        grep -qF ">y of $name</tspan>" "$SVG"
    done
    # a point for each, and one in the key
    [ "$(points "213,  94,   0" 6)" = 10 ]
    [ "$(points "  0, 114, 178" 5)" = 19 ]
}

@test "rejections: tests within a network, and over networks, each in its band" {
    cat >"$BATS_TEST_TMPDIR/rejections.txt" <<'TABLE'
test control scope part runs fired rate low high valid_low valid_high undefined
naive shuffled biases all 1000 250 0.2500 0.2 0.3 33 69 0
units shuffled biases all 1000 150 0.1500 0.1 0.2 33 69 0
labels shuffled biases all 1000 45 0.0450 0.03 0.06 33 69 0
labels same biases all 1000 999 0.9990 0.9 1 33 69 0
TABLE
    cat >"$BATS_TEST_TMPDIR/size.txt" <<'TABLE'
test variant scope part runs fired rate low high valid_low valid_high undefined
seeds drawn biases all 1002 50 0.0499 0.04 0.06 33 69 0
seeds common biases all 199 159 0.7990 0.74 0.85 3 19 0
seeds common layer1.weight all 199 0 nan nan nan 3 19 199
TABLE
    told rejections "rejections size"
    [ "$(block rates group mark runs text valid_low valid_high)" = "1 1 1000 25% 0.033 0.069
1 2 1000 15% 0.033 0.069
1 3 1000 4.5% 0.033 0.069
1 4 1002 5.0% 0.0329341 0.0688623
1 5 199 80% 0.0150754 0.0954774
5 5 199  0.0150754 0.0954774" ]
    for said in "permutation of labels (1,000)" "t-test over networks (1,002)" "t-test over networks, same images (199)"; do
        grep -qF ">$said</text>" "$SVG" || { echo "$said"; false; }
    done
    [ "$(points "168,  87, 138")" = 2 ]
    # a test that is not there is not in the key
    sed -i /common/d "$BATS_TEST_TMPDIR/size.txt"
    told rejections "rejections size"
    run grep -F 'same images (' "$SVG"
    [ "$output" = "" ]
}

@test "outcomes: those that are shown by Holm's correction have a star" {
    cat >"$BATS_TEST_TMPDIR/runs.txt" <<'TABLE'
activation seed variant control scope part r
relu 1 half same biases all 0.3
tanh 1 half same biases all 0.1
relu 1 half same layer1.weight units 0.2
relu 1 half same layer1.weight all 0.2
TABLE
    cat >"$BATS_TEST_TMPDIR/intervals.txt" <<'TABLE'
quantity scope part activation variant control seeds mean low high further_low further_high
r biases all relu half same 9 0.3 0.2 0.4 0.1 0.5
r biases all tanh half same 9 -0.1 -0.2 0 -0.3 0.1
r layer1.weight units relu half same 9 0.2 0.1 0.3 0 0.4
r layer1.weight all relu half same 9 0.4 0.1 0.3 0 0.4
TABLE
    cat >"$BATS_TEST_TMPDIR/primary.txt" <<'TABLE'
quantity scope part activation variant control seeds mean low high p_holm
r biases all relu half same 9 0.3 0.2 0.4 0.05
r biases all tanh half same 9 -0.1 -0.2 0 0.0501
r layer1.weight units relu half same 9 0.2 0.1 0.3 2e-400
r layer1.weight centred relu half same 0 nan nan nan nan
TABLE
    told outcomes "runs intervals primary" seeds=1
    [ "$(block means panel place p_holm text)" = "1 1 0.05 0.300*
1 2 0.0501 −0.100
3 1 2e-400 0.200*
4 1 nan 0.400" ]
    grep -qF '>0.300*<' "$SVG"
    grep -qF '*: p ≤ 0.05 by Holm, 3 tests' "$SVG"
    sed -i '2,$s/[^ ]*$/nan/' "$BATS_TEST_TMPDIR/primary.txt"
    told outcomes "runs intervals primary" seeds=1
    run grep -F '*' "$SVG"
    [ "$output" = "" ]
}

@test "variants: all of phase 1 and its last part are controls of the same networks, a short one has networks of its own" {
    cat >"$BATS_TEST_TMPDIR/runs.txt" <<'TABLE'
activation seed variant control scope part r
relu 1 half same biases all 0.31
relu 1 half whole biases all 0.32
relu 1 half other-seed biases all 0.91
relu 1 half whole biases units 0.92
tanh 1 half whole biases all 0.93
TABLE
    cat >"$BATS_TEST_TMPDIR/variants.txt" <<'TABLE'
activation seed variant control scope part r
relu 1 half same biases all 0.94
relu 1 half whole biases all 0.95
relu 1 short same biases all 0.33
TABLE
    cat >"$BATS_TEST_TMPDIR/intervals.txt" <<'TABLE'
quantity scope part activation variant control seeds mean low high
r biases all relu half same 9 0.31 0.2 0.4
r biases all relu half whole 9 0.32 0.2 0.4
difference biases all relu half whole-same 9 0.01 -0.02 0.04
difference biases all relu half same-lit 9 0.5 0.4 0.6
TABLE
    cat >"$BATS_TEST_TMPDIR/variants-intervals.txt" <<'TABLE'
quantity scope part activation variant control seeds mean low high
r biases all relu half same 9 0.96 0.2 0.4
r biases all relu short same 9 0.33 0.2 0.4
difference biases all relu short-half same 9 0.02 -0.03 0.07
TABLE
    told variants "runs intervals variants variants-intervals" seeds=1 short=300
    [ "$(block runs scope seed whole half short)" = "biases 1 0.32 0.31 0.33" ]
    [ "$(block means place mean)" = "2 0.31
1 0.32
3 0.33" ]
    grep -qxF $'# change_1_1\t−0.010 [−0.040, +0.020]' "$TSV"
    grep -qxF $'# change_1_2\t+0.020 [−0.030, +0.070]' "$TSV"
}

@test "grafts: the four outcomes in their order, and S by every score, by outputs and by loss" {
    cat >"$BATS_TEST_TMPDIR/cause-primary.txt" <<'TABLE'
quantity activation score seeds mean low high p_holm
difference softplus x-x-other-init 9 0.023 0.01 0.036 2e-6
difference softplus a-b-a-b-other-init 9 -0.1 -0.12 -0.08 0.004
difference relu x-x-other-init 9 0.062 0.05 0.074 0.1
difference sigmoid x-x-other-init 9 0.9 0.8 1 0.1
TABLE
    cat >"$BATS_TEST_TMPDIR/graft-intervals.txt" <<'TABLE'
quantity activation score seeds mean low high
s softplus x 9 0.04 0.03 0.05
s relu x 9 0.07 0.06 0.08
s relu y-again 9 0.17 0.16 0.18
s sigmoid x 9 0.9 0.8 1
difference relu x-image 9 0.9 0.8 1
TABLE
    sed 's/^s /s_loss /; s/0.17/0.12/' "$BATS_TEST_TMPDIR/graft-intervals.txt" >"$BATS_TEST_TMPDIR/graft-loss-intervals.txt"
    told grafts "graft-intervals graft-loss-intervals cause-primary"
    [ "$(block primary row place score text p)" = "1 1 x-x-other-init 0.023 [0.010, 0.036] 2×10⁻⁶
2 2 x-x-other-init 0.062 [0.050, 0.074] 0.1
3 1 a-b-a-b-other-init −0.100 [−0.120, −0.080] 0.004" ]
    [ "$(block means row place by mean)" = "1 1 1 0.04
1 2 1 0.07
7 2 1 0.17
1 1 2 0.04
1 2 2 0.07
7 2 2 0.12" ]
    for said in "ReLU:  x minus x of another network" "y, forks reordered" "p = 2×10⁻⁶" "p = 0.004" "−0.100 " "S by the loss (secondary)" "Holm, 3 tests"; do
        grep -qF "$said" "$SVG" || { echo "$said"; false; }
    done
    # two outcomes of softplus, its x twice, and the key
    [ "$(points "  0, 114, 178" 6)" = 5 ]
}

@test "carried: the largest scores in the own pair, and S, by how many are copied" {
    {
        echo quantity activation score k seeds mean low high
        for activation in softplus relu; do
            for quantity in own_high other_high s; do
                for score in x a-b y-again c-d-again; do
                    for k in 0.01 0.1 0.5; do
                        echo "$quantity $activation $score $k 9 -$k -0.6 $k"
                    done
                done
            done
        done
    } >"$BATS_TEST_TMPDIR/graft-carried.txt"
    told carried graft-carried
    [ "$(block means panel row mark score | sort | uniq -c | awk '{ $1 = $1; print }')" = "3 1 0 1 x
3 1 0 3 a-b
3 1 0 4 y-again
3 1 1 1 x
3 1 1 3 a-b
3 1 1 4 y-again
3 1 2 1 x
3 1 2 3 a-b
3 1 2 4 y-again
3 2 0 1 x
3 2 0 3 a-b
3 2 0 4 y-again
3 2 1 1 x
3 2 1 3 a-b
3 2 1 4 y-again
3 2 2 1 x
3 2 2 3 a-b
3 2 2 4 y-again" ]
    [ "$(block means row quantity | sort -u)" = "0 other_high
1 own_high
2 s" ]
    # four panels of three, and the name
    [ "$(points "  0, 114, 178" 6)" = 13 ]
    [ "$(points "  0, 158, 115" 8)" = 13 ]
    grep -qF "forks without 6 and without 8, top minus bottom" "$SVG"
}

@test "effects of units: every seed, against x and against y" {
    cat >"$BATS_TEST_TMPDIR/units.txt" <<'TABLE'
activation seed variant control scope part r
relu 1 units x biases all 0.3
relu 2 units x biases all 0.4
relu 1 units y biases all -0.1
relu 1 units y layer1.weight all 0.9
sigmoid 1 units y biases all 0.8
tanh 1 units x biases all nan
TABLE
    cat >"$BATS_TEST_TMPDIR/units-intervals.txt" <<'TABLE'
quantity activation control seeds mean low high
r relu x 2 0.35 0.3 0.4
r relu y 2 -0.1 -0.2 0.1
difference relu x-y 2 0.45 0.3 0.6
TABLE
    told effects "units units-intervals"
    [ "$(block runs place mark seed r)" = "1 1 1 0.3
1 1 2 0.4
1 2 1 -0.1
2 1 1 nan" ]
    [ "$(block means mark text)" = "1 0.350
2 −0.100" ]
    [ "$(block differences text)" = "0.450 [0.300, 0.600]" ]
    [ "$(block undefined place)" = 2 ]
    grep -q '>undefined</tspan>' "$SVG"
    grep -qF 'x − y: 0.450' "$SVG"
    grep -qF 'x − y: –' "$SVG"
}

@test "calibration: a cell that is not valid is hollow, on grey, and says why" {
    {
        echo quantity activation leak scope part seeds mean low high
        while read -r leak auc selectivity damage dead; do
            for number in auc_x:"$auc" auc_y:0.6 r:0.1 selectivity:"$selectivity" damage:"$damage" dead:"$dead"; do
                echo "${number%:*} relu $leak layer1.bias all 9 ${number#*:} 0.1 1.1"
                echo "${number%:*} relu $leak layer1.weight units 9 0.05 0.1 1.1"
                echo "${number%:*} relu $leak biases all 9 0.07 0.1 1.1"
            done
        done <<'CELLS'
0 1 0.5 1 0
0.5 0.9 0.5 0.5 0
0.9 0.8 0 0.5 0
1 nan 0.5 0.5 0.1
CELLS
    } >"$BATS_TEST_TMPDIR/calibration-intervals.txt"
    told calibration calibration-intervals
    [ "$(block cells place leak leak_place cell valid)" = "1 0 1 damaged 0
1 0.5 2 valid 1
1 0.9 3 unselective 0
1 1 4 dead 0" ]
    [ "$(block means leak panel mark mean valid | grep '^0')" = "0 1 1 1 0
0 2 1 0.05 0
0 1 2 0.6 0
0 2 2 0.05 0
0 3 3 0.1 0
0 3 4 0.05 0
0.5 1 1 0.9 1
0.5 2 1 0.05 1
0.5 1 2 0.6 1
0.5 2 2 0.05 1
0.5 3 3 0.1 1
0.5 3 4 0.05 1
0.9 1 1 0.8 0
0.9 2 1 0.05 0
0.9 1 2 0.6 0
0.9 2 2 0.05 0
0.9 3 3 0.1 0
0.9 3 4 0.05 0" ]
    # AUC of x: full one of either kind, and its name; hollow two of biases, three of weights
    [ "$(points "  0, 114, 178" 6)" = 3 ]
    [ "$(points "  0, 114, 178" 5)" = 5 ]
    for said in "costs too much" "not selective" "units are dead"; do
        [ "$(grep -cF ">$said</tspan>" "$SVG")" = 1 ]
    done
    run grep -F ">valid</tspan>" "$SVG"
    [ "$output" = "" ]
    # three cells on grey, in three panels
    [ "$(grep -c "fill = 'rgb(236, 236, 236)'" "$SVG")" = 9 ]
    [ "$(grep -c 'nothing to show' "$SVG")" -ge 1 ] # tanh
}

@test "selectivity: every score by k, and its mean; of all known digits together" {
    cat >"$BATS_TEST_TMPDIR/digits-k.txt" <<'TABLE'
quantity activation score digit k seeds mean low high
selectivity relu share all 0.001 9 0.1 0.05 0.15
selectivity relu share all 0.5 9 0.3 0.2 0.4
selectivity relu share 7 0.5 9 0.9 0.8 1
selectivity relu first-order all 0.5 9 -0.3 -0.4 -0.2
kept_digit relu share all 0.5 9 0.9 0.8 1
selectivity tanh share all 0.5 9 0.9 0.8 1
TABLE
    cat >"$BATS_TEST_TMPDIR/digits-intervals.txt" <<'TABLE'
quantity activation score digit seeds mean low high
selectivity relu share all 9 0.2 0.1 0.3
selectivity relu share 7 9 0.9 0.8 1
left_out relu share all 9 0.9 0.8 1
difference relu share-image all 9 0.9 0.8 1
TABLE
    told selectivity "digits-intervals digits-k"
    [ "$(block by_k k mark mean)" = "0.001 1 0.1
0.5 1 0.3
0.5 8 -0.3" ]
    [ "$(block areas mark text)" = "1 0.200 [0.100, 0.300]" ]
    # two by k, their mean, and the name
    [ "$(points "  0, 114, 178" 6)" = 4 ]
    grep -qF '>the images alone<' "$SVG"
}

@test "the map's chart says what the table of regions says" {
    said=$(awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
        $1 == "all" { printf "mean r = %.3f, r &lt; 0 at %.0f%% of %d inputs", $c["mean_r"], 100 * $c["negative"] / $c["pixels"], $c["pixels"] }' \
        "$RUN/regions.tsv" | tr - −)
    [[ $said == "mean r = "*" inputs" ]]
    grep -qF "$said" "$RUN/charts/map.svg" || { echo "$said"; grep 'mean r' "$RUN/charts/map.svg"; false; }
}

# Digests of the tables, texts and charts of the run.
made() {
    (cd "$RUN" && find . -type f \( -name '*.tsv' -o -name '*.md' -o -name '*.svg' \) -print0 | sort -z | xargs -0 sha256sum)
}

@test "every awk makes the same tables, reports and charts" {
    before=$(made)
    small controls nulls >"$BATS_TEST_TMPDIR/first"
    for awk in "gawk --posix" gawk mawk original-awk; do
        # the system's own has made them already
        [[ $awk != "$(basename "$(realpath "$(command -v awk)")")" ]] || continue
        command -v "${awk% *}" >/dev/null || continue
        mkdir -p "$BATS_TEST_TMPDIR/$awk"
        printf '#!/bin/sh\nexec %s "$@"\n' "$awk" >"$BATS_TEST_TMPDIR/$awk/awk"
        chmod +x "$BATS_TEST_TMPDIR/$awk/awk"
        mv out "$BATS_TEST_TMPDIR/out"
        PATH="$BATS_TEST_TMPDIR/$awk:$PATH" small -j2 all >/dev/null
        diff <(echo "$before") <(made)
        PATH="$BATS_TEST_TMPDIR/$awk:$PATH" small controls nulls >"$BATS_TEST_TMPDIR/shown"
        cmp "$BATS_TEST_TMPDIR/shown" "$BATS_TEST_TMPDIR/first"
        rm -r out
        mv "$BATS_TEST_TMPDIR/out" out
    done
}

# usage: whole NAME VARIABLE...: make all with these succeeds, and its report holds no number made of nothing.
whole() {
    run small -j2 all SEEDS=1..1 SHUFFLES=1 OUT="$1" "${@:2}"
    [ "$status" -eq 0 ] || { echo "$output"; return 1; }
    CHARTS=$(find "$1" -name charts)
    REPORT=${CHARTS%charts}report.md
    run grep -nE 'nan|[^a-z]inf|[^0-9]0 of 0[^0-9]|(^|[^\])\|  *\||%%' "$REPORT"
    [ "$output" = "" ] || { echo "$output"; return 1; }
    [ -s "${REPORT%.md}.html" ]
}

@test "make all with a learning rate of 0" {
    whole still RATE=0
    [ "$(grep -c 'nothing to show: ' "$CHARTS"/*.svg | grep -c ':0$')" = 2 ] # the loss; that a reset of nothing takes nothing
}

@test "make all without a tallied step; with units that die" {
    whole untold TALLY_FROM=1
    grep -q 'nothing to show: ' "$CHARTS/outcomes.svg"
    whole dead RATE=5 ACTIVATION=relu
    grep -q 'nothing to show: ' "$CHARTS/map.svg"
}

@test "make all with images in the order of the file, and with classes of one label" {
    whole file ORDER=file
    grep -q 'among the first 900 images' "$CHARTS/outcomes.svg"
    run grep -l 'own, as many as\|another network, other images<' "$CHARTS"/*.svg
    [ "$(xargs -n 1 basename -s .svg <<<"$output")" = selectivity ] # what it would show
    grep -q 'nothing to show: ' "$CHARTS/selectivity.svg"
    whole one-label CLASS_A=1 CLASS_B=6
    [ ! -e "$CHARTS/groupings.png" ]
    grep -q 'own, as many as' "$CHARTS/measures.svg"
    # the base run's images are those of the file; ten digits have all of phase 1
    [ "$(grep -L 'own, as many as' "$CHARTS"/*.svg | xargs -n 1 basename -s .svg | xargs)" = "biases clusters loss map nulls selectivity weights" ]
}

@test "make all with images of one row, of one pixel, and with ten images" {
    mkdir -p row pixel ten
    # the middle row of each, and its middle
    tail -c +17 small/images | od -An -v -tx1 -w784 | awk '{ for (i = 393; i <= 420; i++) printf "\\x%s", $i }' >hex
    { printf '\0\0\010\003'; big_endian 3000; big_endian 1; big_endian 28; printf '%b' "$(<hex)"; } >row/images
    { printf '\0\0\010\003'; big_endian 3000; big_endian 1; big_endian 1; tail -c +17 row/images | od -An -v -tx1 -w28 |
        awk '{ printf "\\x%s", $15 }' >hex; printf '%b' "$(<hex)"; } >pixel/images
    first_images ten 10
    { printf '\0\0\010\001'; big_endian 10; printf '\1\7\6\10\1\7\6\10\1\7'; } >ten/labels
    cp small/labels row
    cp small/labels pixel
    whole one-row IMAGES=row/images LABELS=row/labels
    grep -q 'r &lt; 0 at [0-9]*% of [0-9]* inputs' "$CHARTS/map.svg"
    whole one-pixel IMAGES=pixel/images LABELS=pixel/labels
    grep -q 'nothing to show: ' "$CHARTS/nulls.svg"
    whole few IMAGES=ten/images LABELS=ten/labels PHASE1=5 SHORT=4 ORDER=file
    # of logs of one row, the points
    run grep -c 'nothing to show: ' "$CHARTS/loss.svg"
    [ "$output" = 0 ]
    [ "$(sed '1,/^# alone/d' "$CHARTS/loss.tsv" | wc -l)" -ge 4 ]
    [ "$(grep -c "<use xlink:href='#gpPt6'" "$CHARTS/loss.svg")" -ge 4 ]
}
