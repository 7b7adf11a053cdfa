#!/usr/bin/env bats
# A system call that fails, takes half or is interrupted: every one on files, of every program, in turn. And disks that
# are full. The program says so and leaves nothing but what was there, or goes on and writes the same bytes.
# FAULTS=all: also over no outputs and over links, for every program.

bats_require_minimum_version 1.5.0
load helpers
load data
load faults

setup() {
    export SHIM=$BIN/../tests/fail-call FAIL_HOW FAIL_BEFORE
    cd "$BATS_TEST_TMPDIR" || exit
    PATH="$BIN:$PATH"
    fault_inputs
}

# usage: system_calls_fail PROGRAM [FAIL_BEFORE]
system_calls_fail() {
    ! sanitized || skip 'a sanitizer makes calls of its own, and fails with them'
    [[ $(uname -m) == x86_64 || $(uname -m) == aarch64 ]] || skip 'fail-call does not know this processor'
    "$SHIM" true || skip 'this system lets no program watch the calls of another (seccomp)'
    for FAIL_HOW in EIO ENOSPC EINTR short; do
        FAIL_BEFORE=files
        [[ $FAIL_HOW != EIO ]] || FAIL_BEFORE=${2-files}
        [[ ${FAULTS-} != all ]] || FAIL_BEFORE='files none links'
        command_lines "$1" each_fails
    done
}

@test "mnist-filter: system calls that fail" {
    system_calls_fail mnist-filter
}

@test "train-tally: system calls that fail" {
    system_calls_fail train-tally 'files none links'
}

@test "fork-train: system calls that fail" {
    system_calls_fail fork-train
}

@test "ablate: system calls that fail" {
    system_calls_fail ablate
}

@test "param-diff: system calls that fail" {
    system_calls_fail param-diff
}

@test "correlate: system calls that fail" {
    system_calls_fail correlate
}

@test "pixmap: system calls that fail" {
    system_calls_fail pixmap
}

@test "summarize: system calls that fail" {
    system_calls_fail summarize
}

@test "param-score: system calls that fail" {
    system_calls_fail param-score
}

@test "graft: system calls that fail" {
    system_calls_fail graft
}

# In a folder that is a disk of its own, with ever more room, the command writes what it writes elsewhere, or says that
# there is no room, and what was there is there.
# usage: fills_disk ['<FILE'] COMMAND...
fills_disk() {
    local input=/dev/null room limit used code before
    [[ $1 != '<'* ]] || { input=${1#<}; shift; }
    "$@" <"$input" >/dev/null
    compgen -G 'out.*' >/dev/null || return 0 # it writes to standard output alone
    sha256sum out.* >../expected
    for limit in size nr_inodes; do
        for output in out.*; do echo old >"$output"; done
        before=$(find . -type f -exec sha256sum {} +)
        for ((room = 0; ; room += 1 + room / 8)); do
            if [[ $limit == size ]]; then
                used=$(df --output=used -B4k . | tail -n 1)
                mount -o "remount,size=$((4 * (used + room)))k" .
            else
                used=$(df --output=iused . | tail -n 1)
                mount -o "remount,nr_inodes=$((used + room))" .
            fi
            code=0
            "$@" <"$input" >/dev/null 2>../said || code=$?
            ((code)) || break
            [ "$code" -eq 1 ]
            grep -qxE "$1: [^ ]+: cannot (create|write): No space left on device" ../said || { cat ../said; false; }
            [ "$(wc -l <../said)" -eq 1 ]
            [ "$(find . -type f -exec sha256sum {} +)" = "$before" ]
        done
        ((room > 0))
        mount -o remount,size=64m,nr_inodes=1000 .
        sha256sum --quiet -c ../expected
    done
    echo "$room" >>../filled
    rm out.*
}

@test "full disks" {
    unshare -rm true 2>/dev/null || skip 'needs mounts of its own'
    mkdir disk
    for program in mnist-filter train-tally fork-train ablate param-diff correlate pixmap summarize param-score graft; do
        unshare -rm bash -euc "$(declare -f command_lines fills_disk make_safetensors)
            mount -t tmpfs -o size=64m,nr_inodes=1000 tmpfs disk
            cd disk
            ln -s ../in in
            command_lines $program fills_disk" || { echo "$program"; cat said; false; }
    done
    [ "$(wc -l <filled)" -gt 30 ]
}
