#!/usr/bin/env bats
# Runs do not damage each other, nor what the user had: two makes in one tree, odd paths, wrong variables,
# kills. On copies of the project, with a small experiment.
# shellcheck disable=SC2016,SC1003 # signs that a path may have, and code of others

load pipeline.bash

setup_file() {
    export PROJECT BEFORE
    copy_project "$BATS_FILE_TMPDIR/project"
    mkdir "$PROJECT/small"
    first_images "$PROJECT/small" 3000
    small -j2 replicate nulls
    BEFORE=$(results)
}

setup() {
    export TMPDIR=$BATS_TEST_TMPDIR/tmp
    mkdir "$TMPDIR"
    cd "$PROJECT" || return
    ONE=(bin=build/bin images=small/images labels=small/labels order="out/$SMALL_SAMPLES/order-own" "class_a=1,7" "class_b=6,8"
        forks_a='1 7' forks_b='6 8' seed=5 options='-H 100 -a relu -e 0.005 -f 0.5' controls=same)
}

# Another tree, of the sources alone; it becomes PROJECT.
fresh_project() {
    mkdir -p "$1"
    tar -cf - --exclude=./out --exclude=./build . | tar -xf - -C "$1"
    PROJECT=$1
    cd "$1" || return
}

# What stands here, with times.
listing() {
    find . -printf '%p %T@ %s\n' | sort
}

# refused LINE MAKE-ARGUMENT...: make says this line, and writes nothing.
refused() {
    local before
    before=$(listing)
    run make --no-print-directory "${@:2}"
    echo "$2: $output"
    [ "$status" -eq 2 ]
    [ "${lines[0]}" = "make: $1" ]
    [ "${#lines[@]}" -eq 2 ]
    [ "$(listing)" = "$before" ]
}

# A command in a group of processes of its own; what runs in the background ignores SIGINT otherwise, under nohup SIGHUP.
interruptible() {
    exec setsid perl -e '$SIG{INT} = $SIG{HUP} = "DEFAULT"; exec @ARGV' "$@"
}

# network FILE SETTING...: one network of the small experiment, by the script alone.
network() {
    pipeline/network output="$1" "${ONE[@]}" "${@:2}"
}

@test "one network started twice: both give the right table, and leave nothing" {
    mkdir "$BATS_TEST_TMPDIR/tables"
    table=$BATS_TEST_TMPDIR/tables/one.tsv
    network "$table" controls=shuffled shuffles=6 draws=19
    cp "$table" "$BATS_TEST_TMPDIR/right"
    for trial in 1 2 3; do
        network "$table" controls=shuffled shuffles=6 draws=19 &
        sleep "0.0$trial"
        network "$table" controls=shuffled shuffles=6 draws=19
        cmp "$table" "$BATS_TEST_TMPDIR/right"
        wait $!
        cmp "$table" "$BATS_TEST_TMPDIR/right"
    done
    [ "$(ls -A "$BATS_TEST_TMPDIR/tables")" = one.tsv ]
    [ -z "$(ls -A "$TMPDIR")" ]
}

@test "a network that is ended leaves nothing; what a killed one leaves, the next removes" {
    mkdir "$BATS_TEST_TMPDIR/tables"
    table=$BATS_TEST_TMPDIR/tables/one.tsv
    for trial in 1-INT 1-TERM 1-HUP 2-INT 2-TERM 2-HUP; do
        interruptible pipeline/network output="$table" "${ONE[@]}" controls=shuffled shuffles=99 draws=2000 2>/dev/null 3>&- &
        until compgen -G "$TMPDIR/*/*" >/dev/null; do kill -0 $!; sleep 0.02; done # a program runs
        sleep "0.0${trial%-*}"
        kill "-${trial#*-}" -- "-$!"
        status=0
        wait "$!" || status=$?
        [ "$status" -eq $((128 + $(kill -l "${trial#*-}"))) ] || { echo "$trial: $status"; false; }
        left=$(find "$TMPDIR" "$BATS_TEST_TMPDIR/tables" -mindepth 1)
        [ -z "$left" ] || { echo "$trial: $left"; false; }
    done
    # a program that takes its time, and ends as if it had not been told to
    mkdir "$BATS_TEST_TMPDIR/bin"
    ln -s "$PWD/build/bin/mnist-filter" "$BATS_TEST_TMPDIR/bin"
    cat >"$BATS_TEST_TMPDIR/bin/train-tally" <<'EOF'
#!/bin/bash
trap 'sleep 0.1; echo >"${0%/*}/ended"; exit 0' HUP INT TERM
echo >"$4"
while :; do sleep 0.01; done
EOF
    chmod +x "$BATS_TEST_TMPDIR/bin/train-tally"
    for signal in INT TERM HUP; do
        interruptible pipeline/network output="$table" "${ONE[@]}" bin="$BATS_TEST_TMPDIR/bin" 2>/dev/null 3>&- &
        until compgen -G "$TMPDIR/*/same-a" >/dev/null; do kill -0 $!; sleep 0.02; done # it has set its trap
        kill "-$signal" -- "-$!"
        status=0
        wait "$!" || status=$?
        [ "$status" -eq $((128 + $(kill -l "$signal"))) ] || { echo "$signal: $status"; false; }
        [ -z "$(ls -A "$TMPDIR")" ]
        rm "$BATS_TEST_TMPDIR/bin/ended"
    done
    # of a process that is gone, of one that lives, and of another machine
    sleep 0 &
    wait $!
    mkdir "$TMPDIR/engram.$HOSTNAME."{$!,$$} "$TMPDIR/engram.elsewhere.$!"
    network "$table"
    [ -e "$TMPDIR/engram.$HOSTNAME.$$" ]
    [ -e "$TMPDIR/engram.elsewhere.$!" ]
    [ "$(find "$TMPDIR" -mindepth 1 | wc -l)" -eq 2 ]
}

@test "what is said of a network names it, and once" {
    # that the images alone say nothing of biases is no news
    run network "$BATS_TEST_TMPDIR/one.tsv" controls="same image"
    [ "$status" -eq 0 ]
    [ "$output" = "" ]
    run network "$BATS_TEST_TMPDIR/one.tsv" controls="same lit" lit=nowhere
    [ "$status" -ne 0 ]
    [ "$output" = "$BATS_TEST_TMPDIR/one.tsv: correlate: nowhere: No such file or directory" ]
    run network "$BATS_TEST_TMPDIR/none.tsv" controls=shuffled shuffles=3 draws=9 options='-H 9 -e 0'
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -ge 3 ]
    [ "$(grep -c "^$BATS_TEST_TMPDIR/none.tsv: " <<<"$output")" -eq "${#lines[@]}" ]
    [ -z "$(sort <<<"$output" | uniq -d)" ]
    [ -z "$(ls -A "$TMPDIR")" ]
}

@test "a block of networks that is ended or fails leaves nothing; what is said of one names its seed" {
    mkdir "$BATS_TEST_TMPDIR/tables"
    table=$BATS_TEST_TMPDIR/tables/block.tsv
    block=("${ONE[@]}" output="$table" learned="$BATS_TEST_TMPDIR/tables/learned.tsv" seed=1003-1006)
    for signal in INT TERM HUP; do
        interruptible pipeline/block "${block[@]}" 2>/dev/null 3>&- &
        until compgen -G "$TMPDIR/*/1003.output" >/dev/null; do sleep 0.02; done # the second begins
        kill "-$signal" -- "-$!"
        status=0
        wait "$!" || status=$?
        [ "$status" -eq $((128 + $(kill -l "$signal"))) ] || { echo "$signal: $status"; false; }
        [ -z "$(find "$TMPDIR" "$BATS_TEST_TMPDIR/tables" -mindepth 1)" ]
    done
    # killed with no time to tidy up, and what it leaves is removed by the next
    interruptible pipeline/block "${block[@]}" 2>/dev/null 3>&- &
    until compgen -G "$TMPDIR/*/1003.output" >/dev/null; do sleep 0.02; done
    kill -KILL -- "-$!"
    wait "$!" || true
    [ -z "$(ls "$BATS_TEST_TMPDIR/tables")" ]
    # one of them fails
    mkdir "$BATS_TEST_TMPDIR/bin"
    ln -s "$PWD/build/bin/"* "$BATS_TEST_TMPDIR/bin"
    rm "$BATS_TEST_TMPDIR/bin/train-tally"
    printf '#!/bin/bash\n[[ " $* " != *" -s 1005 "* ]] || { echo "train-tally: no luck" >&2; exit 1; }\nexec build/bin/train-tally "$@"\n' \
        >"$BATS_TEST_TMPDIR/bin/train-tally"
    chmod +x "$BATS_TEST_TMPDIR/bin/train-tally"
    run pipeline/block "${block[@]}" bin="$BATS_TEST_TMPDIR/bin"
    [ "$status" -ne 0 ]
    [ "${lines[0]}" = "$table: seed 1005: train-tally: no luck" ] || { echo "$output"; false; }
    [ -z "$(find "$TMPDIR" "$BATS_TEST_TMPDIR/tables" -mindepth 1)" ]
    # and whole
    pipeline/block "${block[@]}"
    [ "$(cd "$BATS_TEST_TMPDIR/tables" && find . -type f | sort | xargs)" = "./block.tsv ./learned.tsv" ]
    [ -z "$(ls -A "$TMPDIR")" ]
    for seed in 1003 1004 1005 1006; do
        network "$BATS_TEST_TMPDIR/one.tsv" learned="$BATS_TEST_TMPDIR/learned.tsv" seed=$seed
        for name in one:block learned:learned; do
            awk -F '\t' -v OFS='\t' -v seed=$seed 'FNR == 1 { print "seed", $0 } FNR > 1 { print seed, $0 }' "$BATS_TEST_TMPDIR/${name%:*}.tsv" |
                cmp - <(awk -v seed=$seed 'NR == 1 || $1 == seed' "$BATS_TEST_TMPDIR/tables/${name#*:}.tsv")
        done
    done
}

@test "seeds of fifteen digits: their networks, blocks and shuffled runs" {
    run small -j2 replicate nulls SEEDS=999999999999989..999999999999999 HIDDEN=3 ACTIVATIONS=softplus
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    for table in runs shuffled; do
        [ "$(tail -n +2 out/*_seeds-9*/$table.tsv | cut -f 2 | uniq | xargs)" = "$(echo 9999999999999{89..99})" ]
    done
    rm -r out/*_hidden-3_*
}

@test "two makes in a fresh tree, with other variables, give the right results" {
    fresh_project "$BATS_TEST_TMPDIR/fresh"
    small -j2 OPTIMIZE=-O0 replicate nulls >first 2>&1 &
    small -j2 OPTIMIZE=-O0 replicate nulls SHUFFLES=1 >second 2>&1 || { cat second; false; }
    wait $! || { cat first; false; }
    rm -r out/*_shuffles-1_draws-19
    [ "$(results)" = "$BEFORE" ] || { diff <(results) <(cat <<<"$BEFORE"); false; }
    [ -z "$(find . -name ".*.$HOSTNAME.*")" ]
    # no network was made twice
    [ -z "$(cat first second | grep -o '^  out/.*/networks/[^ ]*' | sort | uniq -d)" ]
    run small -q replicate OPTIMIZE=-O0
    [ "$status" -ne 2 ]
}

@test "a make that waits for another makes nothing again, and deletes nothing when interrupted" {
    cp -r "out/$SMALL_RUN" kept
    rm "out/$SMALL_RUN/difference-a.safetensors"
    exec 8>>"out/$SMALL_RUN/.stage/difference-a.safetensors.command"
    flock 8
    interruptible make "${SMALL[@]}" "out/$SMALL_RUN/difference-a.safetensors" >said 2>&1 8>&- &
    sleep 0.5
    kill -0 $!
    cp kept/difference-a.safetensors "out/$SMALL_RUN/difference-a.safetensors"
    kill -INT -- -$!
    wait $! && false
    cmp kept/difference-a.safetensors "out/$SMALL_RUN/difference-a.safetensors"
    # one that waits until the other is done
    rm "out/$SMALL_RUN/difference-a.safetensors"
    small "out/$SMALL_RUN/difference-a.safetensors" >said 2>&1 8>&- &
    sleep 0.5
    cp -p kept/difference-a.safetensors "out/$SMALL_RUN/difference-a.safetensors"
    touch "out/$SMALL_RUN/difference-a.safetensors"
    flock -u 8
    wait $!
    [ ! -s said ] || { cat said; false; }
    rm -r kept
}

@test "paths that make cannot hold are refused, and a stranger's file stays" {
    mkdir "$BATS_TEST_TMPDIR/my" "$BATS_TEST_TMPDIR/my/base"
    echo precious >"$BATS_TEST_TMPDIR/my/base/network.safetensors"
    refused "OUT: make cannot hold a path with a space: '$BATS_TEST_TMPDIR/my results'" base OUT="$BATS_TEST_TMPDIR/my results"
    for sign in '#' '$' '%' ':' ';' '=' '"' "'" '\' '*' '?' '[' ']' '~' '&' '|' '<' '>' '(' ')' '{' '}' '!' '@' '^' '`'; do
        refused "OUT: make cannot hold a path with $sign: 'my${sign}results'" base "OUT=my${sign}results"
        refused "PREFIX: make cannot hold a path with $sign: '/my$sign'" install "PREFIX=/my$sign"
    done
    refused "IMAGES: make cannot hold a path with \$: 'a\$(shell touch hacked)'" base 'IMAGES=a$(shell touch hacked)' LABELS=small/labels
    refused "LABELS: make cannot hold a path with #: 'small/labels#'" base 'LABELS=small/labels#' IMAGES=small/images
    refused "DESTDIR: make cannot hold a path with a tab: \$'a\\tb'" install DESTDIR=$'a\tb'
    refused "OUT: make cannot hold a path with a control character: \$'a\\nb'" base OUT=$'a\nb'
    refused "OUT: make cannot hold a path with a control character: \$'\\E[2Jb'" base OUT=$'\e[2Jb'
    refused "OUT must be a path, and not begin with -: ''" base OUT=
    refused "OUT must be a path, and not begin with -: '-out'" base OUT=-out
    for there in small/images small/images/x/y "$BATS_TEST_TMPDIR/nowhere/x"; do
        ln -sfn "$BATS_TEST_TMPDIR/none" "$BATS_TEST_TMPDIR/nowhere"
        file=${there%/x*}
        refused "OUT: there is no folder '$file', but something else" base OUT="$there"
    done
    OUT='a b' refused "OUT: make cannot hold a path with a space: 'a b'" base
    [ "$(cat "$BATS_TEST_TMPDIR/my/base/network.safetensors")" = precious ]
}

@test "paths with other signs work" {
    out="$BATS_TEST_TMPDIR/a,b+c_d-é/.x"
    run small base OUT="$out" SEED=7 HIDDEN=10,5
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [ -s "$out/images-small+images_labels-small+labels_hidden-10,5_phase1-900_short-300_seed-7_${SMALL_RUN#"${SMALL_CONFIG}_"}/map.safetensors" ]
    run small base OUT="$out" SEED=7 HIDDEN=10,5
    [ -z "$(stages "$output")" ]
    run make --no-print-directory install DESTDIR="$out" PREFIX=/p+q
    [ -x "$out/p+q/bin/pixmap" ]
}

@test "long paths make names that the system takes, and other files have other names" {
    long=$(printf 'x%.0s' {1..150})
    mkdir -p "$long/$long"
    cp small/images small/labels "$long/$long"
    cp small/images "$long/$long/images+"
    run small base IMAGES="$long/$long/images" LABELS="$long/$long/labels"
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    run small base IMAGES="$long/$long/images+" LABELS="$long/$long/labels" SEEDS="$(seq -s , 1 90)"
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [ "$(echo out/images-x*/correlations.tsv | wc -w)" -eq 2 ]
    [ "$(echo out/data/images-x*/images | wc -w)" -eq 2 ]
    run small base IMAGES="$long/$long/images" LABELS="$long/$long/labels"
    [ -z "$(stages "$output")" ]
    # / and _ are told from what stands for them
    mkdir -p a
    cp small/images a/b
    cp small/images a+b
    small base IMAGES=a/b >/dev/null
    small base IMAGES=a+b >/dev/null
    [ "$(echo out/images-a?b_*/network.safetensors | wc -w)" -eq 2 ]
    rm -r "$long" out/images-x* out/data/images-x* out/images-a?b_* out/data/images-a?b_*
}

@test "a clone in a folder of any name builds, tests and verifies" {
    copy_project "$BATS_TEST_TMPDIR/it's a \"clone\" #1 of \$HOME & 50% (new); <x>"
    cp -r small "$PROJECT"
    cd "$PROJECT"
    echo '/* a comment */' >>lib/rng.c
    run make --no-print-directory -j2 test TESTS="tests/unit/rng.c tests/cli/man.bats"
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    run make --no-print-directory test TESTS="tests/cli/memory.bats tests/cli/faults.bats" ONLY=summarize
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [[ $output == *'Files=2, Tests=2,'* ]]
    small -j2 replicate nulls >/dev/null
    [ "$(results)" = "$BEFORE" ]
    # verify, of one seed and of the base run alone
    sed -i 's/^all: .*/all: $(BASE) $(IMAGE_TALLIES)/; /progress_end/d' pipeline/targets.mk
    make --no-print-directory SEEDS=1..1 digests
    run make --no-print-directory SEEDS=1..1 verify
    [ "$status" -eq 0 ]
    [ "${lines[-1]}" = "$(wc -l <pipeline/digests/1..1) files are as committed" ]
    make --no-print-directory install DESTDIR="$BATS_TEST_TMPDIR/root"
    make --no-print-directory clean clean-results
    [ ! -e out ] && [ ! -e build ]
}

@test "a clone in a folder with a colon makes results; its tests say why they do not run" {
    copy_project "$BATS_TEST_TMPDIR/a:b"
    cp -r small "$PROJECT"
    small -j2 base >/dev/null
    cd "$PROJECT"
    run make --no-print-directory test TESTS=tests/cli/man.bats
    [ "$status" -eq 2 ]
    [ "${lines[-2]}" = "make: test: PATH cannot hold a folder with a colon: $PWD" ]
}

@test "a variable nobody knows is refused, with the nearest name" {
    refused 'SED is not a variable of this Makefile; did you mean SEED?' base SED=7
    refused 'seed is not a variable of this Makefile; did you mean SEED?' base seed=7
    refused 'IMAGE is not a variable of this Makefile; did you mean IMAGES?' all IMAGE=small/images
    refused 'ACTIVATON is not a variable of this Makefile; did you mean ACTIVATION?' help ACTIVATON=relu
    refused 'SWEEP_SEED is not a variable of this Makefile; did you mean SWEEP_SEEDS?' clean SWEEP_SEED=1
    refused 'momentum is not a variable of this Makefile; make help lists them' -n all momentum=0.9
    refused 'CFLAG is not a variable of this Makefile; did you mean CFLAGS?' tools CFLAG=-g
    # those of make itself, and of the environment, are none of ours
    SED=7 run make --no-print-directory -n help SHELL=/bin/bash
    [ "$status" -eq 0 ]
}

@test "values that make no sense are refused" {
    whole='must be a whole number' seeds='must be a range or a list of different seeds, as 1..100 or 1,2,5'
    labels='must be one or two labels from 0 to 255, as 1,7' one='must be a whole number from 1 on'
    layers='must be numbers of hidden units, as 100 or 100,50'
    names=$(known activation)
    for case in "SEED=-1 $whole" "SEED=x $whole" "SEED= $whole" "SEED=01 $whole" "SEED=1e3 $whole" "PHASE1=x $whole" \
        "SHORT=1.5 $whole" "HIDDEN=abc $layers" "HIDDEN=0 $layers" "HIDDEN=10, $layers" "HIDDEN=2000000 $layers" \
        "SEEDS= $seeds" "SEEDS=3..1 $seeds" "SEEDS=1..x $seeds" "SEEDS=1..2,5 $seeds" "SEEDS=1,1 $seeds" \
        "SWEEP_SEEDS=1- $seeds" "CLASS_A=300 $labels" "CLASS_A=1,1 $labels" "CLASS_A=1,7,4 $labels" "CLASS_B= $labels" \
        "DRAWS=0 $one" "ROUNDS=0 $one" "FILE_MIB=1k $one" "SHUFFLES=0 must be a whole number from 1 to 999" \
        "SHUFFLES=1000 must be a whole number from 1 to 999" "ACTIVATION=gelu must be ${names//|/ or }" \
        "ACTIVATION= must be ${names//|/ or }" "ACTIVATIONS= must be a list of $names" \
        "ACTIVATIONS=relu,gelu must be a list of $names" "ACTIVATIONS=relu,relu must be a list of $names" \
        "DATASET=letters must be mnist or fashion" "CLOCK=sun must be wall or cpu" \
        "PARTS= must be a list of steps|sweeps|experiment|files|whole" "BITS= must be something" "CC= must be something" \
        "WERROR=0 must be 1 or empty" "SANITIZE=yes must be 1 or empty" "V=2 must be 1 or empty" "CORE=-1 $whole" \
        "RATE=abc must be a number from 0 to 1000" "RATE=nan must be a number from 0 to 1000" \
        "RATE=-0.1 must be a number from 0 to 1000" "RATE=1e4 must be a number from 0 to 1000" \
        "RATE=1000.0001 must be a number from 0 to 1000" "TALLY_FROM=2 must be a number from 0 to 1" \
        "TALLY_FROM=1.0000001 must be a number from 0 to 1" "TALLY_FROM=0x1 must be a number from 0 to 1"; do
        setting=${case%% *}
        refused "${setting%%=*} ${case#* }: '${setting#*=}'" all "$setting"
    done
    apart='SEEDS must be seeds of which none is 1000000 more than another, as the control other-seed of it is'
    for seeds in 1..1000001 7,1000005,5 0..999999999999999; do
        refused "$apart: '$seeds'" all SEEDS=$seeds
    done
    refused "CLASS_A and CLASS_B must not share a label: '1' and '1'" all CLASS_A=1 CLASS_B=1
    refused "CLASS_A and CLASS_B must not share a label: '8' and '6,8'" all CLASS_A=8
    refused 'IMAGES and LABELS go together, one file each' all IMAGES=small/images
    refused "IMAGES: there is no file 'small/image'" all IMAGES=small/image LABELS=small/labels
    SEED=x refused "SEED must be a whole number: 'x'" base
    [ "$(make --no-print-directory base SEED=x RATE=y 2>&1 | wc -l)" -eq 3 ] # all of them are told
}

@test "a sweep that makes no sense is refused before its first point" {
    known='CLASSES, ACTIVATION, CLASS_A, CLASS_B, HIDDEN, RATE, PHASE1, TALLY_FROM, MEASURE, DATASET'
    refused 'sweep needs SWEEP, as SWEEP="RATE=0.001:0.005:0.02"' sweep
    refused "RATE must be a number from 0 to 1000: 'x'" sweep SWEEP=RATE=0.1:x
    refused "SWEEP must be values of $known: 'SEED=1:2'" sweep SWEEP=SEED=1:2
    refused "SWEEP must be values of $known: 'RATE'" sweep SWEEP=RATE
    refused "SWEEP must be different values of at most 100 signs: '1'" sweep SWEEP=RATE=1:1
    refused "SWEEP must be one or two variables, as RATE=0.001:0.01 HIDDEN=10:100: 'RATE=1 RATE=2'" sweep SWEEP='RATE=1 RATE=2'
    refused "SWEEP must be one or two variables, as RATE=0.001:0.01 HIDDEN=10:100: 'RATE=1 HIDDEN=2 PHASE1=3'" \
        sweep SWEEP='RATE=1 HIDDEN=2 PHASE1=3'
    refused "CLASS_A and CLASS_B must not share a label: '1,7' and '7,8'" sweep SWEEP=CLASSES=1,7+6,8:1,7+7,8
    refused "CLASS_A and CLASS_B must not share a label: '6' and '6,8'" sweep SWEEP=CLASS_A=1:6
}

@test "each value of a sweep, and every default, is one its programs take" {
    [ "$(pipeline/check pipeline/config.mk)" = sound ]
    [ "$(pipeline/check pipeline/config.mk SWEEP='CLASSES=1,7+6,8:3,5+4,9 HIDDEN=1:100,100' SWEEP_SEEDS=0,1000001,5 SEEDS=7..1000006 RATE=0 \
        TALLY_FROM=1 CLASS_A=0 CLASS_B=255 HIDDEN=1048576 SEED=0 RATE=.5e-3 TALLY_FROM=1.0 CFLAGS="-DX='a b'")" = sound ]
}

@test "every variable of the experiment and of its data names folders" {
    tags=$(make --no-print-directory -npq help | sed -n 's/^RUN_TAGS := //p')
    variables=$(sed -n '/^# --- the experiment/,/^# --- building/s/^\([A-Z0-9_]*\) ?=.*/\1/p' pipeline/config.mk)
    [[ $variables == *SEED*TRANSPOSE* ]]
    for name in $variables; do
        [[ " $tags" == *" $name/"* || $name == SWEEP* || $name == OTHER* ]] || { echo "$name"; false; }
    done
}

@test "make takes the activations and measures that train-tally has, but for a signed one, and help names them" {
    help=$(build/bin/train-tally --help)
    help=${help/ gradient,/}
    [[ $help == *" $(known activation | sed 's/|/, /g; s/\(.*\), /\1 or /') [softplus]"* ]]
    [[ $help == *" $(known measure | sed 's/|/, /g; s/\(.*\), /\1 or /') [change]"* ]]
    help=$(make --no-print-directory help)
    [[ $help == *" hidden and output units ($(known activation))"* && $help == *" compared ($(known activation),...)"* ]]
    [[ $help == *" tallied ($(known measure))"* ]]
}

@test "other seeds, activations, shuffles and draws have folders of their own, and share networks" {
    for setting in SEEDS=1..1 ACTIVATIONS=tanh SHUFFLES=1 DRAWS=9; do
        run small -j2 replicate nulls "$setting"
        [ "$status" -eq 0 ] || { echo "$output"; false; }
        case $setting in
        SEEDS=*) [[ $(stages "$output") != *networks* ]] ;;
        ACTIVATIONS=*) [ "$(stages "$output" | grep networks | xargs)" = "networks/tanh-1.tsv networks/tanh-2.tsv" ] ;;
        *) [ "$(stages "$output" | grep networks | xargs)" = "networks/softplus-1-shuffled.tsv networks/softplus-2-shuffled.tsv" ] ;;
        esac
    done
    [ "$(echo out/"$SMALL_CONFIG"_*/intervals.tsv | wc -w)" -eq 5 ]
    run small replicate nulls
    [ -z "$(stages "$output")" ]
    [ -z "$(comm -13 <(results | sort) <(sort <<<"$BEFORE"))" ]
    rm -r out/"$SMALL_CONFIG"_{seeds-1..1,*tanh,*shuffles-1_,*draws-9}* out/"$SMALL_CONFIG"/networks/tanh*
}

@test "make -n writes nothing, nor do -q and why's own question" {
    fresh_project "$BATS_TEST_TMPDIR/fresh"
    before=$(listing)
    for goals in all base help install clean clean-results test bench bits fuzz why digests gallery verify \
        'sweep SWEEP=RATE=0.1:0.2' 'replicate SEEDS=1..300'; do
        # shellcheck disable=SC2086 # several words
        run make --no-print-directory -n $goals
        [ "$status" -eq 0 ] || { echo "$goals: $output"; false; }
        # shellcheck disable=SC2086
        run make --no-print-directory -q $goals
        [ "$status" -lt 2 ] || { echo "$goals: $output"; false; }
        [ "$(listing)" = "$before" ] || { echo "$goals"; diff <(echo "$before") <(listing); false; }
    done
    [ -z "$(ls -A "$TMPDIR")" ]
}

@test "clean removes what was built, clean-results the results, and nothing else" {
    cp -a . "$BATS_TEST_TMPDIR/copy"
    cd "$BATS_TEST_TMPDIR/copy"
    run make --no-print-directory clean OUT="$BATS_TEST_TMPDIR"
    [ "$status" -eq 0 ]
    [ ! -e build ]
    [ -d "out/$SMALL_RUN" ]
    [ -d small ]
    # a folder that holds a stranger's files, results, and the results of another tree
    mkdir -p ours/mine/samples
    cp -a out/. ours
    sed -i 's, out/, ours/,' ours/*/.stage/*.digests ours/*/*/.stage/*.digests
    cp -a "$PROJECT/out" ours/other
    touch ours/mine/samples/phase1.safetensors ours/report.html "ours/$SMALL_RUN/notes" "ours/$SMALL_RUN/.network.safetensors.$HOSTNAME.1"
    run make --no-print-directory clean-results OUT=ours
    [ "$status" -eq 0 ]
    [ "$output" = "make: ours: what else is there was left: $SMALL_RUN mine other report.html" ]
    rm "ours/$SMALL_RUN/.network.safetensors.$HOSTNAME.1"
    [ "$(find ours/mine ours/report.html "ours/$SMALL_RUN" -type f | sort | xargs)" = "ours/$SMALL_RUN/notes ours/mine/samples/phase1.safetensors ours/report.html" ]
    [ -z "$(diff -r "$PROJECT/out" ours/other)" ]
    [ -d "out/$SMALL_RUN" ]
    # by another name of the folder than they were made by
    cp -a out kept
    ln -s kept link
    for name in ./out/ out// "$PWD/out" link; do
        [ "$name" != link ] || sed -i 's, out/, kept/,' kept/*/.stage/*.digests kept/*/*/.stage/*.digests
        run make --no-print-directory clean-results OUT="$name"
        [ "$status" -eq 0 ]
        [ -z "$output" ]
        [ -z "$(ls -A "$name" 2>/dev/null)" ]
        [ -e out ] || cp -a kept out
    done
    mkdir -p out/failed/samples/.stage # as a stage that failed leaves it
    : >out/failed/samples/.stage/phase1.safetensors.command
    run make --no-print-directory clean-results
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    [ ! -e out ]
}

@test "litter of a killed stage is removed by the next run of it" {
    touch "out/$SMALL_RUN/.runs.tsv.$HOSTNAME.$$"
    sleep 0 &
    wait $!
    touch "out/$SMALL_RUN/.runs.tsv.$HOSTNAME.$!" "build/lib/.rng."{o,d}".$HOSTNAME.$!"
    rm "out/$SMALL_RUN/runs.tsv"
    echo '/* a comment */' >>lib/rng.c
    small replicate
    [ "$(echo "out/$SMALL_RUN"/.runs.tsv.*)" = "out/$SMALL_RUN/.runs.tsv.$HOSTNAME.$$" ]
    rm "out/$SMALL_RUN"/.runs.tsv.*
    [ -z "$(find build -name '.rng*')" ]
}

@test "a label without an image is refused before a network is trained, and leaves no half" {
    for setting in CLASS_B=6,26 PHASE1=0 PHASE1=3000 PHASE1=3 PHASE1=2999; do
        run small -j4 base "$setting"
        [ "$status" -eq 2 ]
        [[ $output == *"mnist-filter: "*": no sample of label"* ]] || { echo "$output"; false; }
        [[ $(stages "$output") != *network* && $(stages "$output") != *tally* ]]
    done
    [ -z "$(find out/*_b-6,26_* out/*_phase1-{0,3000,3,2999}_* out/samples/*{_b-6\,26_*,_phase1-{0,3000,3,2999}} -name '*.safetensors')" ]
    # the short variant's too, where it is used
    for goal in all "out/${SMALL_RUN/short-300/short-3}/"{variants.tsv,charts/variants.png}; do
        run small -j4 "$goal" SHORT=3
        [ "$status" -eq 2 ]
        [[ $output == *"mnist-filter: "*": no sample of label"* ]] || { echo "$output"; false; }
        [ -z "$(find out \( -path '*_short-3[/_]*.tsv' -o -path '*_short-3_*/network.safetensors' -o -path '*_phase1-3/*.safetensors' \))" ]
    done
    run small base SHORT=3
    [ "$status" -eq 0 ]
    # and those of every point of a sweep
    for sweep in PHASE1=800:2999 CLASSES=1+6:1+6,26 'HIDDEN=3 CLASS_A=1:26'; do
        run small -j4 sweep SWEEP="$sweep" SWEEP_SEEDS=1..1
        [ "$status" -eq 2 ]
        [[ $output == *": phase 1 of 2999 images leaves none"* || $output == *"mnist-filter: "*": no sample of label"* ]]
        [[ $output != */networks/* ]] || { echo "$output"; false; }
    done
    # of images in an order of their own, the last sixth is for no fork
    for images in 2500 2499; do
        run small -j4 replicate PHASE1="$images"
        [ "$status" -eq 2 ]
        if ((images == 2500)); then
            [[ $output == *"order: phase 1 of 2500 images leaves none of the first 2500 to the forks; the others are held out, but with ORDER=file"* ]]
        else
            [[ $output == *": no sample of labels "*" in the range 2499:2500"* ]]
        fi
        [[ $output != */networks/* ]] || { echo "$output"; false; }
    done
    rm -rf out/samples/*{_a-26,_b-6\,26,_phase1-800,_phase1-2500,_phase1-2499}* out/*_phase1-{2500,2499}_*
    rm -rf out/*_b-6,26_* out/*_phase1-{0,3000,3,2999}_* out/*_short-3_* out/samples/*{_b-6\,26_*,_phase1-{0,3000,3,2999}}
}

@test "settings that teach nothing, and images of other shapes, go through" {
    perl -e 'my ($n, $r, $c) = @ARGV; srand 1; open L, ">", "small/odd-labels"; open I, ">", "small/odd-images";
        print L pack("C4N", 0, 0, 8, 1, $n), map { chr((1, 7, 6, 8)[$_ % 4]) } 0 .. $n - 1;
        print I pack("C4N3", 0, 0, 8, 3, $n, $r, $c), map { chr(rand(256)) } 1 .. $n * $r * $c' 40 5 9
    odd=(IMAGES=small/odd-images LABELS=small/odd-labels PHASE1=16 SHORT=8 SEEDS=1..1)
    for settings in HIDDEN=1 HIDDEN=3,1 'RATE=0 TALLY_FROM=1' 'SEEDS=5 CLASS_A=1'; do
        # shellcheck disable=SC2086 # several words
        run small -j2 replicate nulls controls cause "${odd[@]}" $settings
        [ "$status" -eq 0 ] || { echo "$settings: $output"; false; }
    done
    [ "$(wc -l <"$(echo out/*_hidden-1_*seeds-1..1*/planted.tsv)")" -eq 1 ]
    rm -r out/images-small+odd*
}

@test "results of another version are refused by name, and go by clean-results" {
    for there in firing/.stage data/mnist/.stage; do
        mkdir -p "before/$there"
        echo 'made before/base/firing.tsv' >"before/$there/firing.tsv.digests"
        message="before holds results of another version of this Makefile; make clean-results removes them"
        refused "$message" all OUT=before
        refused "$message" -n base OUT=before
        refused "$message" before/base/map.png OUT=before
        small clean-results OUT=before >/dev/null
        [ ! -e before ] || rm -r before
    done
    mkdir before
    echo 'engram results, layout 2' >before/.layout
    refused "$message" base OUT=before
    run make --no-print-directory -n help OUT=before
    [ "$status" -eq 0 ]
    make --no-print-directory clean-results OUT=before
    [ ! -e before ]
    # a folder with a stranger's files has none
    mkdir -p before/base before/.cksum
    echo precious >before/base/notes
    small base OUT=before >/dev/null
    [ "$(cat before/.layout)" = "$(cat out/.layout)" ]
    [ "$(cat before/base/notes)" = precious ]
    rm -r before
}

@test "whatever a stage makes is kept when make is interrupted" {
    run make --no-print-directory -npq "${SMALL[@]}" all SWEEP=RATE=0.1:0.2
    # in the rules' own words: every target behind FORCE is precious, but phony ones
    deleted=$(awk '/^# Not a target/ { getline; next }
        /^[^#\t ][^=]*: .*FORCE/ { target = $1; precious = 0; next }
        /^#  Precious file/ { precious = 1 }
        /^$/ { if (target != "" && !precious && target !~ /[%$]/ && target !~ /^(build|\.PHONY)/) print target; target = "" }' <<<"$output")
    [ -z "$deleted" ] || { echo "$deleted"; false; }
    [ "$(grep -c '^#  Precious file' <<<"$output")" -gt 50 ]
}

@test "a sweep cuts its samples once, trains its points in one make, and says with -n what it would do" {
    sweep=(sweep SWEEP="RATE=0.01:0.1" SWEEP_SEEDS=1..2)
    run small -n "${sweep[@]}"
    [ "$status" -eq 0 ]
    [ "$(grep -c '^source pipeline/network ' <<<"$output")" -eq 4 ]
    [ ! -e out/sweep ]
    rm -r "out/$SMALL_SAMPLES"
    run small -j2 "${sweep[@]}"
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    made=$(grep -o '^  out/samples/[^ ]*' <<<"$output")
    [ "$(xargs -n 1 basename <<<"$made" | sort | xargs)" = "lit.safetensors order-own" ]
    all=$(sed -n 's/^  out.* ([0-9]* of \([0-9]*\).*/\1/p' <<<"$output" | sort -u)
    [ "$all" -eq "$(grep -c '^  out/' <<<"$output")" ]
    run small -j2 "${sweep[@]}"
    [ -z "$(stages "$output")" ]
    rm -r out/sweep out/*_rate-*
}
