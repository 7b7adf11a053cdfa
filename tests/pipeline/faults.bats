#!/usr/bin/env bats
# Faults from outside: kills at random moments, two makes at once, a disk that fills up, clocks and times that are wrong. A
# small experiment gives what it gives undisturbed, and nothing is left over.
#
# KILLS and PAIRS say how many. RANDOM is bash's generator: one seed, the same moments.

bats_require_minimum_version 1.5.0
load pipeline.bash

setup_file() {
    export PROJECT UNDISTURBED
    copy_project "$BATS_FILE_TMPDIR/project"
    mkdir "$PROJECT/small"
    first_images "$PROJECT/small" 3000
    small -j2 all
    UNDISTURBED=$(results)
}

setup() {
    cd "$PROJECT" || return
    export TMPDIR=$BATS_TEST_TMPDIR/tmp
    mkdir "$TMPDIR"
    RANDOM=16
}

# Waits for less than so many milliseconds.
a_moment() {
    local milliseconds
    milliseconds=$(printf '%03d' $((RANDOM % $1)))
    sleep "$((10#$milliseconds / 1000)).${milliseconds: -3}"
}

# What is here is what an undisturbed run makes, all of it, and nothing else.
undisturbed() {
    [ "$(results)" = "$UNDISTURBED" ] || { diff <(results) <(cat <<<"$UNDISTURBED"); return 1; }
    # but for the jobserver of make 4.4 itself
    [ -z "$(find "$TMPDIR" -mindepth 1 ! -name 'GMfifo*')" ]
    [ -z "$(find . -name ".*.$HOSTNAME.*")" ]
}

@test "killed at any moment and run again, it gives the same" {
    for ((killed = 0; killed < ${KILLS:=8};)); do
        rm -rf out build/libengram.a build/bin/* build/lib/{rng,io}.o
        for ((kill = 0; kill < 8 && killed < KILLS; kill++, killed++)); do
            # its whole group of processes at once, as a power failure would
            setsid make "${SMALL[@]}" -j2 all >/dev/null 2>&1 3>&- &
            a_moment 3000
            kill -KILL -- "-$!" 2>/dev/null || true
            wait "$!" 2>/dev/null || true
        done
        output=$(small -j2 all 2>&1) || { echo "$killed: $output"; false; }
        undisturbed || { echo "$killed"; false; }
        [ "$(small all)" = "make: Nothing to be done for 'all'." ]
    done
}

@test "two makes, one some time after the other, make nothing twice and give the same" {
    for ((pair = 0; pair < ${PAIRS:=1}; pair++)); do
        rm -rf out build/libengram.a build/bin/*
        small -j2 all >"$BATS_TEST_TMPDIR/first" 2>&1 3>&- &
        a_moment 5000
        small -j2 all >"$BATS_TEST_TMPDIR/second" 2>&1 || { cat "$BATS_TEST_TMPDIR/second"; false; }
        wait $! || { cat "$BATS_TEST_TMPDIR/first"; false; }
        undisturbed || { echo "$pair"; false; }
        [ -z "$(cat "$BATS_TEST_TMPDIR"/{first,second} | grep -o '^  out/[^ ]*' | sort | uniq -d)" ]
    done
}

@test "a disk that fills up: make says so, leaves no half, and goes on when there is room" {
    unshare -rm true 2>/dev/null || skip 'needs mounts of its own'
    rm -rf out
    mkdir out
    # shellcheck disable=SC2016 # for the shell inside
    unshare -rm bash -eu -c 'source tests/pipeline/pipeline.bash
        mount -t tmpfs tmpfs out
        full=0
        for ((room = 256; ; room = 3 * room / 2)); do
            mount -o "remount,size=${room}k" out
            ! small base >said 2>&1 || break
            grep -q "No space left on device" said || { cat said; exit 1; }
            results >there
            ! grep -vxF "$UNDISTURBED" there
            full=$((full + 1))
        done
        echo "$full times"
        ((full > 5))
        ! small base | grep "^  out"
        ! results | grep -vxF "$UNDISTURBED"
        [ -z "$(find . -name ".*.$HOSTNAME.*")" ]'
}

# What make base and the map give is what they give of the same in a folder of its own; MADE are the stages that ran for it.
# usage: right MADE...
right() {
    local base=(-j2 base "out/$SMALL_RUN/map.png") made
    made=$(small "${base[@]}" 2>"$BATS_TEST_TMPDIR/said") || { cat "$BATS_TEST_TMPDIR/said"; return 1; }
    [ "$(stages "$made" | sed "s,.*/,," | sort)" = "$(printf '%s\n' "$@" | sort)" ] || { echo "$*: $made"; return 1; }
    [ -z "$(stages "$(small "${base[@]}" 2>/dev/null)")" ]
    [ -n "$1" ] || return 0
    small "${base[@]/out/fresh}" OUT=fresh >/dev/null 2>&1
    diff -r -x .stage -x .cksum -x .layout -x map.png out fresh
    rm -r fresh
}
BEHIND_SAMPLES=(network.safetensors fork-without-1.safetensors difference-{a,b}.safetensors correlations.tsv map.png)
BEHIND_LABELS=(images phase1.safetensors "${BEHIND_SAMPLES[@]}")

# small/other: the labels, 1, 6, 7 and 8 exchanged.
other_labels() {
    perl -pe 'BEGIN { local $/; binmode STDIN } substr($_, 8) =~ tr/\1\6\7\10/\7\10\6\1/' <small/labels >small/other
}

@test "a file replaced by one that is older, or of the same size and time: what depends on it is made again" {
    rm -rf out
    small base "out/$SMALL_RUN/map.png"
    other_labels
    touch -d 2020-01-01 small/other
    mv small/other small/labels
    right "${BEHIND_LABELS[@]}"
    other_labels
    touch -r small/labels small/other
    mv small/other small/labels
    right "${BEHIND_LABELS[@]}"
    # a script, a source, a header
    sed -i 's/--bar -s 12/--bar -s 11/' pipeline/run.mk
    touch -d 2020-01-01 pipeline/run.mk
    right map.png
    sed -i 's/\.summary = "/&(changed) /' tools/pixmap.c
    touch -d 2020-01-01 tools/pixmap.c
    right map.png
    echo '/* a comment */' >>include/engram/palette.h
    touch -d 2020-01-01 include/engram/palette.h
    output=$(small base)
    [ "$(grep '^  CC' <<<"$output" | sort | xargs)" = "$(grep -l 'engram/palette.h' build/{lib,tools}/*.d | sed 's,^,CC ,; s/d$/o/' | xargs)" ] ||
        { echo "$output"; false; }
    [ -z "$(stages "$output")" ]
}

@test "times that are to come, and a clock that went back: nothing is made for nothing, and what changed is seen" {
    rm -rf out
    small base "out/$SMALL_RUN/map.png"
    find out small plots pipeline -type f -exec touch -d '2 hours' {} +
    right ''
    other_labels
    mv small/other small/labels
    right "${BEHIND_LABELS[@]}"
    # the first of them made, then killed
    find out small plots pipeline -type f -exec touch -d '2 hours' {} +
    right ''
    other_labels
    mv small/other small/labels
    small "out/$SMALL_SAMPLES/phase1.safetensors"
    find "out/$SMALL_RUN" -type f -exec touch -d '2 hours' {} +
    right "${BEHIND_SAMPLES[@]}"
    # all of one time
    find out small plots pipeline -type f -exec touch -d @1800000000 {} +
    right ''
    other_labels
    touch -d @1800000000 small/other
    mv small/other small/labels
    right "${BEHIND_LABELS[@]}"
}
