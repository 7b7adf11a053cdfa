#!/usr/bin/env bats
# A stage reruns when, and only when, its program, its inputs, its script or its command line changed.
# All on a copy of the project, with a small experiment that setup_file has run once.

bats_require_minimum_version 1.5.0
load pipeline.bash

setup_file() {
    export PROJECT
    copy_project "$BATS_FILE_TMPDIR/project"
    mkdir "$PROJECT/small"
    first_images "$PROJECT/small" 3000
    small all
}

setup() {
    cd "$PROJECT" || return
}

# What make why says, without the compilation of changed programs before it.
why() {
    small why | grep -v '^  [A-Z]'
}

# Waits until a file written now is newer than all before.
tick() {
    sleep 0.02
}

@test "a second make does nothing" {
    run small all
    [ "$status" -eq 0 ]
    [ "$output" = "make: Nothing to be done for 'all'." ]
    run why
    [ "$output" = "nothing would run" ]
}

@test "a comment edited in the library and in every tool reruns nothing" {
    before=$(results)
    for source in lib/*.c tools/*.c; do
        echo '/* a comment */' >>"$source"
    done
    run small all
    [ "$status" -eq 0 ]
    [ -z "$(stages "$output")" ]
    run small all
    [ "$output" = "make: Nothing to be done for 'all'." ]
    [ "$(results)" = "$before" ]
}

@test "a changed program reruns its stages, and no stage behind them as long as they give the same" {
    sed -i 's/\.summary = "/&(changed) /' tools/pixmap.c
    run why
    [ "$status" -eq 0 ]
    [[ $output == *"map.png: program pixmap changed" ]]
    [ "${#lines[@]}" -eq 1 ]
    run small all
    [ "$status" -eq 0 ]
    [ "$(stages "$output")" = map.png ]
    sed -i 's/\.summary = "/&(changed) /' tools/mnist-filter.c
    run small all
    [ "$status" -eq 0 ]
    ran=$(stages "$output")
    [[ $ran == *phase1-900/phase1.safetensors* && $ran == *phase1-300/order-own* ]]
    [[ $output == *phase1-900/forks.safetensors* ]]
    [[ $ran == *networks/relu-1.tsv* ]]
    [[ $ran != *network.safetensors* && $ran != *runs.tsv* && $ran != *intervals* && $ran != *correlations* && $ran != *charts* ]]
}

@test "a changed chart script redraws that chart, a changed style all" {
    tick
    echo '# a comment' >>plots/biases.gp
    run why
    [[ $output == *"charts/biases.png: script plots/biases.gp changed" ]]
    [ "${#lines[@]}" -eq 1 ]
    run small all
    [ "$status" -eq 0 ]
    [ "$(stages "$output")" = charts/biases.png ]
    tick
    echo '# a comment' >>plots/style.gp
    run small all
    [ "$(stages "$output" | wc -l)" -eq "$(find plots -name '*.gp' ! -name '*style.gp' ! -name sweep.gp | wc -l)" ]
}

@test "a touched input reruns nothing, a changed one what depends on it" {
    tick
    touch small/labels small/images
    run small all
    [ -z "$(stages "$output")" ]
    tick
    printf '\3' | dd of=small/labels bs=1 seek=100 conv=notrunc status=none
    data=$(echo out/data/*)
    run why
    [[ ${lines[0]} == *"images: input small/labels changed" ]]
    [[ $output == *"phase1.safetensors: input $data/images is to be made first; input $data/labels is to be made first"* ]]
    networks=out/$SMALL_CONFIG/networks
    [[ $output == *"/runs.tsv: input $networks/relu-1.tsv and 3 others are to be made first"* ]]
    run small all
    [ "$status" -eq 0 ]
    [[ $(stages "$output") == *phase1.safetensors* ]]
}

@test "a changed command line reruns its stages alone" {
    tick
    sed -i 's/--bar -s 12/--bar -s 11/' pipeline/run.mk
    run why
    [[ $output == *"map.png: its command line changed" ]]
    [ "${#lines[@]}" -eq 1 ]
    run small all
    [ "$(stages "$output")" = map.png ]
    run small all
    [ "$output" = "make: Nothing to be done for 'all'." ]
}

@test "more seeds compute only the new networks" {
    run small all SEEDS=1..3
    [ "$status" -eq 0 ]
    networks=$(stages "$output" | grep ^networks)
    [ "$networks" = "$(printf 'networks/%s.tsv\n' relu-3-planted relu-3-probe relu-3 softplus-3-file softplus-3-groupings \
        softplus-3-planted softplus-3-probe softplus-3-short softplus-3-shuffled softplus-3)" ]
    run small all SEEDS=1..3
    [ "$output" = "make: Nothing to be done for 'all'." ]
}

@test "seeds beyond 999 share tables: the same rows as one by one; more seeds make what is no whole block" {
    # shellcheck disable=SC2191 # settings of make
    few=(HIDDEN=3 ACTIVATIONS=softplus)
    # shellcheck disable=SC2016 # of make
    printf 'include Makefile\nfolder:\n\t@echo $(RUN)\n' >"$BATS_TEST_TMPDIR/folder.mk"
    gathered() {
        folder=$(small -f "$BATS_TEST_TMPDIR/folder.mk" "${few[@]}" SEEDS="$1" folder)
        small -j2 "${few[@]}" SEEDS="$1" "$folder"/{runs,variants,planted,few,learned,shuffled,experiments,seeds-map,seeds-regions}.tsv
    }
    config=out/${SMALL_CONFIG/_phase1/_hidden-3_phase1}
    run gathered 998..1012
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    networks=$(stages "$output" | grep '^networks.*softplus-[0-9-]*\.tsv' | xargs)
    [ "$networks" = "$(printf 'networks/softplus-%s.tsv\n' 1000-1009 1010 1011 1012 998 999 | xargs)" ] || { echo "$networks"; false; }
    # on the way, a block counts as its networks
    all=$(sed -n 's/^  out.* ([0-9]* of \([0-9]*\).*/\1/p' <<<"$output" | sort -u)
    blocks=$(grep -c '^  out/[^ ]*-1000-1009' <<<"$output")
    [ "$blocks" -gt 1 ] && [ "$all" -eq $(($(grep -c '^  out/' <<<"$output") + 9 * blocks)) ] && [[ $output == *"($all of $all"* ]] || { echo "$blocks: $output"; false; }
    mv "$config"/networks blocks
    mv "$config"_shuffles-2_draws-19/networks shuffled
    gathered "$(seq -s , 998 1012)" >/dev/null
    run -1 compgen -G "$config*/networks/*-1000-1009*"
    diff -r -x .stage "$config"_seeds-998..1012_* "$folder"
    rm -r "$config"{,_shuffles-2_draws-19}/networks
    mv blocks "$config"/networks
    mv shuffled "$config"_shuffles-2_draws-19/networks
    # to the end of the tens, and into the next
    run gathered 998..1021
    [ "$status" -eq 0 ]
    networks=$(stages "$output" | grep '^networks.*softplus-[0-9-]*\.tsv' | xargs)
    [ "$networks" = "$(printf 'networks/softplus-%s.tsv\n' 1010-1019 1020 1021 | xargs)" ] || { echo "$networks"; false; }
    run gathered 998..1021
    [ -z "$(stages "$output")" ]
    rm -r out/"${SMALL_CONFIG/_phase1/_hidden-3_phase1}"*
}

@test "make declares the networks that its goals need, and as many as there are tables" {
    stages_of() {
        # so much memory is enough for it
        (ulimit -v 150000; make "${SMALL[@]}" OUT="$BATS_TEST_TMPDIR/none" -n COUNT=1 "$@") >"$BATS_TEST_TMPDIR/stages"
        awk '$1 == "stage" && /\/networks\// && !seen[$2]++ { count++ } END { print count + 0 }' "$BATS_TEST_TMPDIR/stages"
    }
    [ "$(stages_of replicate SEEDS=1..100000)" -eq 5600 ]
    run -1 grep -E -- '-(planted|short|probe|shuffled|groupings|file)\.tsv' "$BATS_TEST_TMPDIR/stages"
    [ "$(stages_of replicate SEEDS=1..1000000)" -eq 7400 ]
    [ "$(stages_of base SEEDS=1..1000000)" -eq 0 ]
    [ "$(stages_of replicate SEEDS=1..5)" -eq 10 ]
    # of each seed four, of the first thirty six more; of each seed of cause four, of the first ten three more
    [ "$(stages_of all SEEDS=1..50 CAUSE_SEEDS=101..120)" -eq $((4 * 50 + 6 * 30 + 4 * 20 + 3 * 10)) ] || { sort "$BATS_TEST_TMPDIR/stages" | uniq -c | tail -n 3; false; }
}

@test "more inputs than a command line holds are all looked at" {
    mkdir "$BATS_TEST_TMPDIR/many"
    cat >"$BATS_TEST_TMPDIR/many.mk" <<'END'
include Makefile
$(OUT)/all: $(wildcard $(OUT)/*/*/*) FORCE
	$(call run_if_changed,$@,echo made >$@,$(OUT)/*/*/*)
END
    long=$BATS_TEST_TMPDIR/many/$(printf 'x%.0s' {1..200})/$(printf 'y%.0s' {1..200})
    mkdir -p "$long"
    for ((n = 0; n < 6000; n++)); do echo $n >"$long/$n"; done # 2.5 MB of names
    make=(make --no-print-directory -f "$BATS_TEST_TMPDIR/many.mk" OUT="$BATS_TEST_TMPDIR/many" "$BATS_TEST_TMPDIR/many/all" V=1)
    "${make[@]}"
    digests=$BATS_TEST_TMPDIR/many/.stage/all.digests
    [ "$(wc -l <"$digests")" -eq 6001 ]
    run -1 grep -m 1 absent "$digests"
    tick
    echo other >"$long/5999"
    run "${make[@]}"
    [ "$output" = "echo made >$BATS_TEST_TMPDIR/many/all" ]
    run "${make[@]}"
    [ "$output" = "make: '$BATS_TEST_TMPDIR/many/all' is up to date." ]
}

@test "another seed and activation make a run of their own, and leave the first alone" {
    small all
    before=$(results)
    run small base SEED=7 ACTIVATION=relu
    [ "$status" -eq 0 ]
    run small all
    [ "$output" = "make: Nothing to be done for 'all'." ]
    [ -s out/"${SMALL_CONFIG}"_activation-relu_seed-7_seeds-1..2_activations-relu_cause-1..2_shuffles-2_draws-19/correlations.tsv ]
    [ "$(results | grep -v activation-relu_seed-7)" = "$before" ]
}

@test "a target removed by hand is made again" {
    rm out/"$SMALL_RUN"/difference-a.safetensors
    run why
    [[ ${lines[0]} == *"difference-a.safetensors is not there" ]]
    run small all
    [ "$(stages "$output")" = difference-a.safetensors ]
}

@test "make -n names what would run, -q says whether anything would" {
    run small -q all
    [ "$status" -eq 0 ]
    run small -n all
    [ "$output" = "make: Nothing to be done for 'all'." ]
    rm out/"$SMALL_RUN"/rejections.tsv
    before=$(find out -printf '%p %T@ %s\n' | sort)
    run small -q all
    [ "$status" -eq 1 ]
    run small -n all
    [ "$status" -eq 0 ]
    [[ $output == *"build/bin/summarize -g control,scope,part "* && $output == *"pipeline/chart plots/rejections.gp "* ]]
    [[ $output != *mnist-filter* && $output != *pipeline/network* && $output != *plots/biases.gp* ]]
    [ "$(find out -printf '%p %T@ %s\n' | sort)" = "$before" ]
    small all >/dev/null
}

@test "the stages are counted: those that run, of those that are to run" {
    rm -r out/"$SMALL_RUN" out/"$SMALL_CONFIG"/networks/relu-1.tsv
    run small -j2 all
    [ "$status" -eq 0 ]
    all=$(sed -n 's/^  out.* ([0-9]* of \([0-9]*\).*/\1/p' <<<"$output" | sort -u)
    [ "$all" -eq "$(grep -c '^  out/' <<<"$output")" ]
    [[ $output == *" ($all of $all"* ]]
    # what is found to be as it was is not to be done: the table is made again, and nothing behind it
    rm out/"$SMALL_CONFIG"/networks/relu-1.tsv
    run small all
    [ "$(grep -c '^  out/' <<<"$output")" -eq 1 ]
    [[ $(grep '^  out/' <<<"$output") == *"/networks/relu-1.tsv out/"*"/networks/relu-1-regions.tsv (1 of "*")" ]]
}

@test "on a terminal one line is rewritten, and nothing raw where that is not wanted" {
    export TERM=xterm
    unset NO_COLOR
    on_terminal() {
        rm out/"$SMALL_RUN"/network.safetensors
        run script -qec "stty cols 60; make ${SMALL[*]} $1" /dev/null
        [ "$status" -eq 0 ]
    }
    on_terminal out/"$SMALL_RUN"/network.safetensors
    [[ $output == *$'\r\e[K  1 of 1: network.safetensors'*$'\r\e[K  1 made, 0:0'* ]]
    run -1 grep -E '.{60}' <(tr '\r' '\n' <<<"$output" | sed 's/\x1b\[K//g')
    for setting in "TERM=dumb" "NO_COLOR=1"; do
        rm out/"$SMALL_RUN"/network.safetensors
        run env "$setting" script -qec "make ${SMALL[*]} out/$SMALL_RUN/network.safetensors" /dev/null
        [[ $output != *$'\e'* && $output == *"  out/$SMALL_RUN/network.safetensors "*" (1 of 1)"* ]]
    done
    # what a program says has a line of its own
    run script -qec "make ${SMALL[*]} base PHASE1=3" /dev/null
    [ "$status" -eq 2 ]
    [[ $output == *$'\r\e[Kmnist-filter: '*": no sample of labels "* ]]
    rm -r out/samples/*phase1-3
}
