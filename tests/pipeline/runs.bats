#!/usr/bin/env bats
# Whole runs: -j, kills, wrong variables, damaged data; and the real experiment against its digests.
# shellcheck disable=SC2016 # code of others

bats_require_minimum_version 1.5.0
load pipeline.bash

setup_file() {
    export PROJECT UNDISTURBED
    copy_project "$BATS_FILE_TMPDIR/project"
    mkdir "$PROJECT/small"
    first_images "$PROJECT/small" 3000
    small all -j1
    UNDISTURBED=$(results)
}

setup() {
    cd "$PROJECT" || return
}

@test "make all on the real MNIST, with 10 seeds, gives the committed digests" {
    cd "$TOP"
    local out=(OUT="$BATS_TEST_TMPDIR/out" SEEDS=1..10)
    run make --no-print-directory -j2 "${out[@]}" verify
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [[ ${lines[-1]} =~ ^[0-9]+\ files\ are\ as\ committed$ ]]
    [[ $output =~ $'\n'1\.\ biases\ .*$'\n'7\.\ the\ loss\ .*$'\n'[0-9]+\ stages\ in\ [0-9]+:[0-9][0-9]\ minutes:\ $BATS_TEST_TMPDIR/out/seeds-1..10/report.html$'\n' ]]
    # and a second one does nothing, fast
    run make --no-print-directory "${out[@]}" all
    [ "$output" = "make: Nothing to be done for 'all'." ]
    # a result that differs is found
    printf 'x' >>"$BATS_TEST_TMPDIR/out/seeds-1..10/points.tsv"
    touch -r "$BATS_TEST_TMPDIR/out/seeds-1..10/map.safetensors" "$BATS_TEST_TMPDIR/out/seeds-1..10/points.tsv"
    run make --no-print-directory "${out[@]}" verify
    [ "$status" -ne 0 ]
    [[ $output == *"points.tsv: FAILED"* ]]
}

@test "-j4 gives the same" {
    rm -rf out
    run small -j4 all
    [ "$status" -eq 0 ]
    [ "$(results)" = "$UNDISTURBED" ]
}

@test "data that is not MNIST is refused before use" {
    cp pipeline/mnist/train-labels-idx1-ubyte.gz kept.gz
    # one label is another
    gzip -cd kept.gz | perl -pe 'BEGIN { local $/; binmode STDIN } $_ ^= ("\0" x 5000) . "\1"' |
        gzip -9n >pipeline/mnist/train-labels-idx1-ubyte.gz
    run make --no-print-directory out/data/mnist/labels
    [ "$status" -eq 2 ]
    [[ $output == *"unpack: pipeline/mnist/train-labels-idx1-ubyte.gz: the content is not that of the known data set (SHA-256 differs)"* ]]
    [ ! -e out/data/mnist/labels ]
    [ ! -e out/data/mnist/images ]
    # the programs' one reader has read it: what it does not take is not passed on either
    { cat kept.gz; printf x; } >pipeline/mnist/train-labels-idx1-ubyte.gz
    run make --no-print-directory out/data/mnist/labels
    [ "$status" -eq 2 ]
    [[ $output == *"mnist-filter: pipeline/mnist/train-labels-idx1-ubyte.gz: other bytes than zeros follow the gzip data"* ]]
    [ ! -e out/data/mnist/labels ]
    [ ! -e out/data/mnist/images ]
    mv kept.gz pipeline/mnist/train-labels-idx1-ubyte.gz
    run make --no-print-directory out/data/mnist/labels
    [ "$status" -eq 0 ]
    cmp out/data/mnist/labels <(gzip -cd pipeline/mnist/train-labels-idx1-ubyte.gz)
    cmp out/data/mnist/images <(gzip -cd pipeline/mnist/train-images-idx3-ubyte.gz)
}

@test "labels of QMNIST's kind, images of EMNIST's kind: the run is that of the plain data" {
    mkdir -p kinds
    # eight numbers of 32 bits for each label; images column by column, in one dimension
    perl -e 'local $/; binmode STDOUT; my ($n, @labels) = unpack "x4NC*", <STDIN>;
        print pack("C4N2", 0, 0, 12, 2, $n, 8), map { pack "N8", $_, 1 .. 7 } @labels' \
        <small/labels >kinds/labels
    perl -e 'local $/; binmode STDOUT; my $all = <STDIN>; my ($n) = unpack "x4N", $all;
        print pack("C4N2", 0, 0, 8, 2, $n, 784);
        for my $i (0 .. $n - 1) {
            my $image = substr $all, 16 + 784 * $i, 784;
            print join "", map { my $c = $_; map { substr $image, 28 * $_ + $c, 1 } 0 .. 27 } 0 .. 27;
        }' <small/images >kinds/images
    run small base IMAGES=kinds/images LABELS=kinds/labels SHAPE=28x28 TRANSPOSE=1
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    for file in correlations.tsv network.safetensors map.safetensors; do
        cmp out/images-kinds*_shape-28x28_transpose-1_*/$file out/images-small+images_labels-small+labels_phase1-*/$file
    done
    # without, it is a run of its own, and of data of its own
    run small base IMAGES=kinds/images LABELS=kinds/labels SHAPE=14x56
    [ "$status" -eq 0 ]
    [ "$(echo out/data/*kinds+labels*/images | wc -w)" -eq 2 ]
    run small base IMAGES=kinds/images LABELS=kinds/labels SHAPE=20x20
    [ "$status" -eq 2 ]
    [[ $output == *"mnist-filter: kinds/images: images of 1 x 784 pixels, which do not make 20 x 20"* ]]
    run small base SHAPE=28
    [ "$status" -eq 2 ]
    [[ $output == *"SHAPE must be rows and columns, as 28x28: '28'"* ]]
    run small base TRANSPOSE=0
    [ "$status" -eq 2 ]
    [[ $output == *"TRANSPOSE must be 1 or empty: '0'"* ]]
}

@test "the same images with other labels are other data" {
    perl -pe 'BEGIN { local $/; binmode STDIN } substr($_, 8) =~ tr/\0-\11/\11\0-\10/' <small/labels >small/others
    run small base
    [ "$status" -eq 0 ]
    cp -r out/data before
    run small base LABELS=small/others
    [ "$status" -eq 0 ]
    [ "$(echo out/data/*small+images*/labels | wc -w)" -eq 2 ]
    diff -r before/*small+labels out/data/*small+labels
}

@test "a class of which there is no image is refused before anything is trained" {
    run small base CLASS_B=6,26
    [ "$status" -eq 2 ]
    [[ $output == *"/labels: no sample of label 26 in the range 0:900"* ]]
    [ -z "$(compgen -G 'out/*_b-6,26_*/network.safetensors')" ]
    [ -z "$(compgen -G 'out/samples/*_b-6,26_*/*.safetensors')" ]
}

@test "packed data of one's own does as well as plain" {
    mkdir -p packed
    gzip -kc small/images >packed/images
    gzip -kc small/labels >packed/labels
    run small base IMAGES=packed/images LABELS=packed/labels
    [ "$status" -eq 0 ]
    for file in correlations.tsv network.safetensors map.safetensors; do
        cmp "out/${SMALL_RUN//small+/packed+}/$file" "out/$SMALL_RUN/$file"
    done
}

@test "classes of one digit are told apart by the fork without it" {
    run small base CLASS_A=3 CLASS_B=5
    [ "$status" -eq 0 ]
    dir=$(echo out/*_a-3_b-5_*seeds*)
    [ -s "$dir/fork-without-none.safetensors" ]
    cmp <(build/bin/param-diff "$dir/fork-without-3.safetensors" "$dir/fork-without-none.safetensors") \
        "$dir/difference-a.safetensors"
}

@test "without Fashion-MNIST, the message names its package" {
    [ ! -e /usr/share/datasets/fashion-mnist ] || skip "it is installed"
    run make --no-print-directory base DATASET=fashion
    [ "$status" -eq 2 ]
    [[ $output == *"install Debian's package dataset-fashion-mnist"* ]]
}

@test "help names every target and every variable" {
    run make --no-print-directory help
    [ "$status" -eq 0 ]
    targets=$(sed -n 's/^\.PHONY: \([a-z].*\)/\1/p' pipeline/*.mk | tr ' ' '\n' | grep -vx 'samples\|cut-.*\|.*)')
    variables=$(sed -n 's/^\([A-Z0-9_]*\) ?=.*/\1/p' pipeline/config.mk)
    for word in $targets $variables; do
        grep -qE "^  $word +[^ ]" <<<"$output" || { echo "$word"; false; }
    done
    [[ $targets == *all* && $variables == *MEASURE* ]]
}

@test "no target warns of an undefined variable" {
    for target in help all tools; do
        run make --no-print-directory -n "$target"
        [[ $output != *warning:* ]]
    done
}

@test "install and uninstall" {
    run make --no-print-directory install DESTDIR="$BATS_TEST_TMPDIR/root" PREFIX=/usr
    [ "$status" -eq 0 ]
    [ "$("$BATS_TEST_TMPDIR/root/usr/bin/correlate" --version)" = "$("$BIN/correlate" --version)" ]
    [ -s "$BATS_TEST_TMPDIR/root/usr/share/man/man1/pixmap.1" ]
    run make --no-print-directory uninstall DESTDIR="$BATS_TEST_TMPDIR/root" PREFIX=/usr
    [ "$status" -eq 0 ]
    [ -z "$(find "$BATS_TEST_TMPDIR/root" -type f)" ]
}

@test "ONLY: of units and of scripts, the tests of that name; none is an error" {
    run make --no-print-directory test TESTS="tests/unit/rng.c tests/pipeline/tables.bats" ONLY=seeding
    [ "$status" -eq 0 ]
    [[ $output == *"unit-rng "*" ok"* && $output == *"tables.bats"*"skipped"* && $output == *"Files=2, Tests=1,"* ]]
    run make --no-print-directory test TESTS="tests/unit/rng.c tests/pipeline/tables.bats" ONLY="gather: columns"
    [ "$status" -eq 0 ]
    [[ $output == *"unit-rng "*"skipped"* && $output == *"tables.bats "*" ok"* && $output == *"Files=2, Tests=1,"* ]]
    run make --no-print-directory test TESTS="tests/unit/rng.c tests/pipeline/tables.bats" ONLY=nosuchtest
    [ "$status" -eq 2 ]
    [[ $output == *"Result: NOTESTS"* ]]
}

@test "editors are told the flags of the compiler, by a file that git ignores" {
    make --no-print-directory editor
    for flag in -std=c17 -Iinclude -Wconversion; do
        grep -qx -- "$flag" compile_flags.txt
    done
    grep -qx /compile_flags.txt .gitignore
}

@test "compiler lines are short, and whole with V=1" {
    echo '/* a comment */' >>lib/rng.c
    run make --no-print-directory tools
    [ "${lines[0]}" = "  CC build/lib/rng.o" ]
    [ "${lines[1]}" = "  AR build/libengram.a" ]
    echo '/* a comment */' >>lib/rng.c
    run make --no-print-directory tools V=1
    [[ ${lines[0]} == "gcc -std=c17 "*" -c lib/rng.c "* ]]
}

@test "MEASURE is what the networks of a run tally, in folders of its own" {
    small -j2 base replicate nulls SEEDS=1..1
    run small -j2 base replicate nulls SEEDS=1..1 MEASURE=squared-change
    [ "$status" -eq 0 ]
    [[ $(stages "$output") == *networks/relu-1.tsv* && $output != *" out/samples/"* ]]
    dir=$(echo out/*_measure-squared-change_seeds-1..1_*)
    for file in tally-a.safetensors evidence.tsv runs.tsv; do
        [ -s "$dir/$file" ]
        run ! cmp -s "$dir/$file" "${dir/_measure-squared-change/}/$file"
    done
    cmp "$dir/network.safetensors" "${dir/_measure-squared-change/}/network.safetensors"
    run small base MEASURE=fisher
    [ "$status" -eq 2 ]
    [ "${lines[0]}" = "make: MEASURE must be $(known measure | sed 's/|/ or /g'): 'fisher'" ]
    run small base MEASURE=gradient # signed: of it there are no shares
    [ "$status" -eq 2 ]
    [ "${lines[0]}" = "make: MEASURE must be $(known measure | sed 's/|/ or /g'): 'gradient'" ]
}

@test "make base ends with its outcomes, base-charts draws them without further networks" {
    rm -rf out
    run small base
    [ "$status" -eq 0 ]
    grep -qE '^first-layer weights, doubly centred +[-+]0\.[0-9]{3}$' <<<"$output"
    [ "${lines[-1]}" = "all of it: out/$SMALL_RUN/correlations.tsv; its charts: make ${SMALL[*]:1} base-charts" ]
    run small -j2 base-charts
    [ "$status" -eq 0 ]
    [ "${lines[-1]}" = "charts: out/$SMALL_RUN/charts" ]
    for chart in biases weights clusters map loss nulls; do
        [ -s "out/$SMALL_RUN/charts/$chart.png" ]
    done
    [[ $(stages "$output") != *networks/* ]]
}

# A command that is found before all others.
stand_in() {
    mkdir -p "$BATS_TEST_TMPDIR/bin"
    printf '#!/bin/bash\n%s\n' "$2" >"$BATS_TEST_TMPDIR/bin/$1"
    chmod +x "$BATS_TEST_TMPDIR/bin/$1"
    PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

# A makefile around ours, with a target that says how many jobs there are.
say_jobs() {
    printf 'include Makefile\njobs:\n\t@echo "jobs: $(filter -j%%,$(MAKEFLAGS))"\n' >"$BATS_TEST_TMPDIR/jobs.mk"
}

@test "as many jobs as processors, unless -j or a make around it says how many" {
    stand_in nproc 'echo $((${OMP_NUM_THREADS-0} + ${OMP_THREAD_LIMIT-0} + 3))'
    say_jobs
    jobs() {
        run make --no-print-directory -f "$BATS_TEST_TMPDIR/jobs.mk" "${@:2}"
        [ "$status" -eq 0 ]
        [ "$output" = "jobs: $1" ] || { echo "$*: $output"; false; }
    }
    jobs -j3 jobs
    OMP_NUM_THREADS=1 OMP_THREAD_LIMIT=1 jobs -j3 jobs # these are not for make
    jobs -j3 jobs TESTS='a jig' -k
    for given in -j1 -j2 -j8 -j; do
        jobs "$given" jobs "$given"
    done
    MAKEFLAGS=k jobs -j3 jobs
    MAKEFLAGS='k --no-silent -- TESTS=-j7' jobs -j3 jobs
    MAKEFLAGS=-j1 jobs -j1 jobs
    MAKEFLAGS=kj2 jobs -j2 jobs
    MAKEFLAGS='k -j2' jobs -j2 jobs
    MAKEFLAGS=--jobs=2 jobs -j2 jobs
    MAKEFLAGS=-j1 jobs -j2 jobs -j2
    # within another make
    printf 'all:\n\t+@$(MAKE) --no-print-directory -C %s -f %s jobs\n' "$PROJECT" "$BATS_TEST_TMPDIR/jobs.mk" >"$BATS_TEST_TMPDIR/outer.mk"
    for given in -j2 -j1 -j; do
        run make --no-print-directory -f "$BATS_TEST_TMPDIR/outer.mk" "$given"
        [ "$output" = "jobs: $given" ] || { echo "$output"; false; }
    done
    run make --no-print-directory -f "$BATS_TEST_TMPDIR/outer.mk"
    [ "$output" = "jobs: " ]
}

@test "jobs run at once; but nothing beside what is removed" {
    stand_in nproc 'echo 2'
    cat >"$BATS_TEST_TMPDIR/two.mk" <<'EOF'
include Makefile
one: other := two
two: other := one
one two:
	@touch $(SEEN)/$@; for ((i = 0; i < 200; i++)); do [[ ! -e $(SEEN)/$(other) ]] || exit 0; sleep 0.05; done; exit 1
EOF
    sed -i "s,\$(SEEN),$BATS_TEST_TMPDIR,g" "$BATS_TEST_TMPDIR/two.mk"
    make --no-print-directory -f "$BATS_TEST_TMPDIR/two.mk" one two
    say_jobs
    for goal in clean-results uninstall clean; do
        run make --no-print-directory -f "$BATS_TEST_TMPDIR/jobs.mk" "$goal" jobs OUT="$BATS_TEST_TMPDIR/none" DESTDIR="$BATS_TEST_TMPDIR"
        [ "${lines[-1]}" = "jobs: " ] || { echo "$output"; false; }
    done
}

@test "packages come first, one list after the other, then what they are for; a benchmark comes last, and alone" {
    mkdir "$BATS_TEST_TMPDIR/tree"
    tar -cf - --exclude=./out --exclude=./build . | tar -xf - -C "$BATS_TEST_TMPDIR/tree"
    cd "$BATS_TEST_TMPDIR/tree"
    export LOG=$BATS_TEST_TMPDIR/log
    stand_in sudo 'exec "$@"'
    stand_in apt-get 'mkdir "$LOG.lock" && sleep 0.2; find build out -type f 2>/dev/null >>"$LOG"
        [[ $* == *update* ]] && echo update >>"$LOG" || echo "install ${*: -1}" >>"$LOG"; rmdir "$LOG.lock"'
    run make --no-print-directory -j8 tools base deps-fuzz deps deps-bench "${SMALL[@]:1}" OPTIMIZE=-O0
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [ "$(xargs <"$LOG")" = "update install cmark-gfm install python3-torch install libclang-rt-dev" ] || { cat "$LOG"; false; }
    for linter in clang-format clang-tidy cppcheck shellcheck mandoc; do
        stand_in "$linter" 'echo "${0##*/}" >>"$LOG"'
    done
    rm "$LOG"
    run make --no-print-directory -j8 deps-lint lint OUT="$BATS_TEST_TMPDIR/none" BUILD=none
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [[ $(sed '/^build/d; /^out/d' "$LOG" | xargs) == "update install "*" install shellcheck clang-format "* ]] || { cat "$LOG"; false; }
    run make --no-print-directory -n bench lint
    [[ $output == *"mandoc -Tlint"*"tests/bench/"* ]]
}
