#!/usr/bin/env bats
# make CLUSTER=slurm, on a Slurm of this machine's own: five nodes of two processors. Results are those of a run without
# it, whatever happens to the tasks and to make. On a copy of the project, with programs that need no library of the nodes'.
# shellcheck disable=SC2016 # code of others

bats_require_minimum_version 1.5.0
load pipeline.bash

setup_file() {
    export PROJECT SLURM GATE SLOW NODE SLURM_CONF TMPDIR LDFLAGS SANITIZE
    PATH=$PATH:/usr/sbin
    command -v slurmctld slurmd sbatch munged >/dev/null || return 0
    copy_project "$BATS_FILE_TMPDIR/project"
    cd "$PROJECT" || return
    mkdir small
    first_images small 3000
    LDFLAGS=-static SANITIZE=''
    make -s --no-print-directory -j2 tools

    # A program that a test can hold, or have fail for one seed; of another seed it takes very long.
    GATE=$BATS_FILE_TMPDIR/gate SLOW=$BATS_FILE_TMPDIR/slow
    mkdir -p "$GATE" "$SLOW/tmp"
    touch "$SLOW/hang"
    mv build/bin/train-tally build/bin/real
    cat >build/bin/train-tally <<EOF
#!/bin/bash
[[ ! -e $GATE/fail || " \$* " != *" -s 999 "* ]] || { echo "train-tally: fails" >&2; exit 1; }
if [[ \$TMPDIR == $SLOW/* ]]; then
    while [[ -e $SLOW/hang && " \$* " == *" -s 7 "* ]]; do sleep 0.05; done
else
    [[ ! -e $GATE/hold ]] || touch "$GATE/held.\$\$"
    while [[ -e $GATE/hold ]]; do sleep 0.05; done
fi
exec "\${0%/*}/real" "\$@"
EOF
    chmod +x build/bin/train-tally

    # What a node has: bash, awk, grep, flock and of coreutils what is used; neither make nor a compiler, nor Slurm's commands.
    NODE=$BATS_FILE_TMPDIR/node
    mkdir "$NODE"
    for program in bash awk grep flock cat cksum cut mkdir mv rm sleep stat tail touch uname; do
        ln -s "$(command -v "$program")" "$NODE"
    done

    small replicate "${RANGE[@]}" OUT=local >/dev/null
    # Short names: those of sockets hold few signs.
    SLURM=$(mktemp -d /tmp/engram.XXXXXX)
    SLURM_CONF=$SLURM/slurm.conf TMPDIR=$BATS_FILE_TMPDIR/tmp
    mkdir "$TMPDIR"
    "$TOP/tests/slurm/start-slurm" "$SLURM" 5 2 3>&-

    # A task with a time of its own, which is a minute at least; see the last test.
    stand_in "$SLOW" sbatch '[[ ! -e $SLOW/first ]] || { cp slow/cluster/list "$SLOW"; rm "$SLOW/hang"; }
        touch "$SLOW/first"; exec /usr/bin/sbatch "$@"'
    {
        TMPDIR=$SLOW/tmp PATH=$SLOW:$PATH small replicate SEEDS=6,7 ACTIVATION=relu OUT=slow CLUSTER=slurm TASKS=1 TIME=1 SBATCH=--nodelist=n5
        echo $? >"$SLOW/status"
    } >"$SLOW/said" 2>&1 3>&- &
}

# stand_in FOLDER PROGRAM SCRIPT: a program there, to be found before all others.
stand_in() {
    printf '#!/bin/bash\n%s\n' "$3" >"$1/$2"
    chmod +x "$1/$2"
}

teardown_file() {
    [[ ! -e ${SLURM-} ]] || { rm -f "$SLOW/hang"; until_ '[[ -e $SLOW/status ]]'; "$TOP/tests/slurm/stop-slurm" "$SLURM"; rm -rf "$SLURM"; }
}

# Networks of one activation, some in files of their own and some in tables of several.
RANGE=(SEEDS=995..1009 ACTIVATION=relu)

setup() {
    PATH=$PATH:/usr/sbin
    command -v slurmctld slurmd sbatch munged >/dev/null || skip "no Slurm here; make deps-slurm installs it"
    cd "$PROJECT" || return
    rm -rf out "${GATE:?}"/*
    SAID=$BATS_TEST_TMPDIR/said
    # What is submitted: the list, once each time.
    mkdir "$BATS_TEST_TMPDIR/bin"
    PATH=$BATS_TEST_TMPDIR/bin:$PATH
    stand_in "$BATS_TEST_TMPDIR/bin" sbatch 'n=1; until mkdir "$GATE/submitted.$n" 2>/dev/null; do n=$((n + 1)); done
        cp out*/cluster/list "$GATE/submitted.$n"; echo "$*" >"$GATE/submitted.$n/options"; exec /usr/bin/sbatch "$@"'
}

teardown() {
    rm -f "${GATE-/none}/hold"
    [[ ! -e out/cluster/job ]] || { scancel "$(job)"; until_ '[[ -z $(elements) ]]'; }
}

# until_ TEST: waits for it, two minutes at most.
until_() {
    for ((i = 0; i < 1200; i++)); do
        ! eval "$1" || return 0
        sleep 0.1
    done
    echo "in vain: $1"
    tail -n 100 "$SAID" "$GATE"/* out/cluster/log/* 2>/dev/null
    squeue
    return 1
}

# cluster ARGUMENT...: make, on the cluster.
cluster() {
    small -j2 replicate "${RANGE[@]}" CLUSTER=slurm TASKS=6 SBATCH="--exclude=n5 --export=ALL,PATH=$NODE" "$@"
}
# in_background ARGUMENT...: the same, in a group of processes of its own, `front`; what it says is in SAID.
in_background() {
    setsid perl -e '$SIG{INT} = $SIG{HUP} = "DEFAULT"; exec @ARGV' make -j2 -C "$PROJECT" "${SMALL[@]}" replicate "${RANGE[@]}" \
        CLUSTER=slurm TASKS=6 SBATCH="--exclude=n5 --export=ALL,PATH=$NODE" "$@" >>"$SAID" 2>&1 3>&- &
    front=$!
}
ended() { # STATUS
    local status=0
    wait "$front" || status=$?
    [ "$status" -eq "$1" ] || { cat "$SAID"; false; }
}

job() { cat out/cluster/job; }
# elements [OPTION...]: the job's in the queue, a line each: its index, node and number.
elements() { squeue -h -r -j "$(job)" -o '%K %N %A' "$@" 2>/dev/null; }
held() { compgen -G "$GATE/held.*" | wc -l; }
submissions() { compgen -G "$GATE/submitted.*" | wc -l; }
same_as_local() {
    diff -r --exclude=.cksum --exclude=cluster --exclude='*.digests' --exclude='*.times' --exclude='*.command' local out
    [ -z "$(find out -name ".*.$HOSTNAME.*")" ]
    [ -z "$(ls -A "$TMPDIR")" ]
}

@test "the files are those of a run without it, from nodes that have little; a second run submits nothing" {
    run cluster
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    same_as_local
    [ "$(submissions)" -eq 1 ]
    [[ $(<"$GATE/submitted.1/options") == *" --array=1-$(wc -l <"$GATE/submitted.1/list") --nodes=1 --ntasks=1 --cpus-per-task=1 --requeue "* ]]
    [[ $output == *$'\n'"  job "*": 0 of 15 networks"$'\n'* && $output == *"first-layer weights, doubly centred"* ]]
    run ! grep -hv '^  out/' out/cluster/log/*
    run cluster
    [ "$status" -eq 0 ]
    [ "$(submissions)" -eq 1 ]
    [ -z "$(stages "$output")" ]
    # what make says without making anything, it says as ever
    run cluster -n
    [ "$output" = "make: Nothing to be done for 'replicate'." ]
    run small why "${RANGE[@]}" CLUSTER=slurm
    [[ $output == *"/evidence.tsv is not there"* && $output != *"/runs.tsv"* ]]
    [ "$(submissions)" -eq 1 ]
}

@test "on a terminal one line is rewritten" {
    unset NO_COLOR
    TERM=xterm run script -qec "make ${SMALL[*]} replicate SEEDS=3,4 ACTIVATION=relu CLUSTER=slurm SBATCH=--exclude=n5" /dev/null
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [[ $output == *"  job "*": 0 of 2 networks"*$'\r\e[K  job '*": 2 of 2 networks, 0:"*$'\r\e[K  1 of 3: runs.tsv'* ]]
}

@test "without Slurm, and with data that are none, it says so and submits nothing" {
    mkdir "$BATS_TEST_TMPDIR/some"
    ln -s /usr/bin/* "$BATS_TEST_TMPDIR/some"
    rm "$BATS_TEST_TMPDIR/some/sbatch"
    PATH=$BATS_TEST_TMPDIR/some run cluster
    [ "$status" -eq 2 ]
    [ "${lines[0]}" = "make: CLUSTER=slurm: there is no sbatch here" ]
    SLURM_CONF=/dev/null run cluster
    [ "$status" -eq 2 ]
    [ ! -e out ]
    run cluster CLASS_B=6,26
    [ "$status" -eq 2 ]
    [[ $output == *"mnist-filter: "*": no sample of label 26 in the range 0:900"* ]]
    [ "$(submissions)" -eq 0 ]
    run make --no-print-directory replicate CLUSTER=other
    [ "${lines[0]}" = "make: CLUSTER must be none or slurm: 'other'" ]
}

@test "a sweep is one array" {
    sweep=(sweep SWEEP="RATE=0.01:0.05" SWEEP_SEEDS=1..2 ACTIVATION=relu)
    small "${sweep[@]}" OUT=local2 >/dev/null
    run small "${sweep[@]}" OUT=out2 CLUSTER=slurm
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    diff -r --exclude=.cksum --exclude=cluster --exclude='*.digests' --exclude='*.times' --exclude='*.command' local2 out2
    [ "$(submissions)" -eq 1 ]
    [ "$(wc -l <"$GATE/submitted.1/list")" -eq 4 ]
    rm -r local2 out2
}

@test "the networks of cause, from nodes that have little" {
    few=(cause HIDDEN=12 ACTIVATION=relu)
    small -j2 "${few[@]}" OUT=local2 >/dev/null
    run small "${few[@]}" OUT=out2 CLUSTER=slurm SBATCH="--exclude=n5 --export=ALL,PATH=$NODE"
    [ "$status" -eq 0 ] || { echo "$output"; cat out2/cluster/log/*; false; }
    diff -r --exclude=.cksum --exclude=cluster --exclude='*.digests' --exclude='*.times' --exclude='*.command' local2 out2
    [ "$(submissions)" -eq 1 ]
    diff <(printf 'relu-%s.tsv\n' {1,2}-{graft,units,calibration,digits} | sort) \
        <(grep -o "/networks/.stage/relu-[^']*" "$GATE/submitted.1/list" | cut -d / -f 4 | sort)
    rm -r local2 out2
}

@test "as many tasks as Slurm takes, with as many networks at once as they have processors" {
    stand_in "$BATS_TEST_TMPDIR/bin" scontrol '/usr/bin/scontrol "$@" | sed "s/^MaxArraySize .*/MaxArraySize = 2/"'
    touch "$GATE/hold"
    in_background CPUS=2 PARTITION=local SBATCH="--exclude=n5 --export=NONE --comment=two"
    until_ '(($(held) == 2))'
    [[ $(<"$GATE/submitted.1/options") == *" --array=1-1 "*" --cpus-per-task=2 "*" --partition=local --exclude=n5 --export=NONE --comment=two "* ]]
    [ "$(elements -o %C)" = 2 ]
    rm "$GATE/hold"
    ended 0
    [ "$(submissions)" -eq 1 ]
    same_as_local
}

@test "tasks are cancelled: what they had left is submitted again, and that alone" {
    touch "$GATE/hold"
    in_background TASKS=5 SBATCH=--exclude=n3,n4,n5
    until_ '(($(held) == 4))'
    scancel "$(job)_5" "$(job)_2" # one that waits, one that runs
    until_ '[[ $(elements -o %K | sort | xargs) == "1 3 4" ]]'
    rm "$GATE/hold"
    ended 0
    [ "$(submissions)" -eq 2 ]
    diff <(awk 'NR % 5 == 2 || NR % 5 == 0' "$GATE/submitted.1/list") "$GATE/submitted.2/list"
    same_as_local
}

@test "tasks are requeued, a node is killed, the controller is gone for a while: the job goes on" {
    stand_in "$BATS_TEST_TMPDIR/bin" squeue '/usr/bin/squeue "$@" || { touch "$GATE/unknown"; exit 1; }'
    touch "$GATE/hold"
    in_background
    until_ '(($(held) == 6))'
    scontrol requeue "$(job)_1"
    # all of a node at once: its slurmd, what starts its tasks, and what these are running
    local node id pids
    read -r node id < <(elements | sed -n 's/^2 //p')
    mapfile -t pids < <({ grep -lsz "^slurmstepd: \[$id.batch\]" /proc/[0-9]*/cmdline || :
        grep -lszx "SLURMD_NODENAME=$node" /proc/[0-9]*/environ; } | sed 's/cmdline/environ/' |
        xargs grep -lszx "SLURM_CONF=$SLURM_CONF" | cut -d / -f 3)
    kill -KILL "$(<"$SLURM/pid/slurmd-$node")" "${pids[@]}" 2>/dev/null || : # some programs have ended
    local controller
    controller=$(<"$SLURM/pid/slurmctld")
    kill "$controller"
    until_ "! kill -0 $controller 2>/dev/null"
    until_ '[[ -e $GATE/unknown ]]'
    slurmctld 3>&-
    rm "$GATE/hold"
    ended 0
    [ "$(submissions)" -eq 1 ]
    same_as_local
    slurmd -N "$node" 3>&-
    until_ '[[ $(sinfo -h -t idle -o %D) == 5 ]]'
}

@test "make is killed, and started again, twice at once: one job in all" {
    touch "$GATE/hold"
    in_background
    first=$front
    in_background
    until_ '(($(held) == 6))'
    kill -KILL -- "-$first"
    wait "$first" || :
    in_background
    rm "$GATE/hold"
    ended 0
    wait
    [ "$(submissions)" -eq 1 ]
    same_as_local
}

@test "a program fails for one seed: all others are made, and it is not submitted for ever" {
    touch "$GATE/fail"
    run cluster
    [ "$status" -eq 2 ]
    [ "$(submissions)" -eq 2 ]
    diff <(grep -e '/relu-999.tsv' "$GATE/submitted.1/list") "$GATE/submitted.2/list"
    [[ $output == *$'\n'"out/"*"/networks/relu-999.tsv: train-tally: fails"$'\n'"make: networks left: 1; what was said of them is in out/cluster/log"$'\n'* ]]
    diff <(find local -path '*/networks/relu*.tsv' ! -name 'relu-999*' | sort) <(find out -path '*/networks/relu*.tsv' | sed 's/^out/local/' | sort)
    run ! compgen -G 'out/*/runs.tsv'
    # a task of several
    rm -r out
    run cluster TASKS=1
    [ "$status" -eq 2 ]
    [ "$(submissions)" -eq 4 ]
    rm "$GATE/fail"
    run cluster
    [ "$status" -eq 0 ]
    [ "$(wc -l <"$GATE/submitted.5/list")" -eq 1 ]
    same_as_local
}

@test "an interrupt cancels the job, the end of the terminal leaves it" {
    touch "$GATE/hold"
    in_background
    other=$front
    in_background
    until_ '(($(held) == 6)) && (($(grep -c "job" "$SAID") >= 1))'
    kill -HUP -- "-$other"
    wait "$other" && false
    [ "$(elements -t running | wc -l)" -eq 6 ]
    id=$(job)
    kill -INT -- "-$front"
    ended 130
    until_ "[[ -z \$(squeue -h -j $id 2>/dev/null) ]]"
    grep -qx "make: networks left: 15; what was said of them is in out/cluster/log" "$SAID"
    run ! compgen -G 'out/*/runs.tsv'
    rm "$GATE/hold"
    run cluster
    [ "$status" -eq 0 ]
    [ "$(submissions)" -eq 2 ]
    same_as_local
}

@test "a task that is out of time: what it has made stays, the rest is submitted again" {
    until_ '[[ -e $SLOW/status ]]'
    [ "$(<"$SLOW/status")" -eq 0 ] || { cat "$SLOW/said"; false; }
    [ "$(wc -l <"$SLOW/list")" -eq 1 ]
    grep -q "^slurmstepd.* DUE TO TIME LIMIT" "$SLOW/said"
    [ -s "slow/${SMALL_CONFIG}_activation-relu_seeds-6,7_activations-relu_cause-1..2_shuffles-2_draws-19/runs.tsv" ]
    rm -r slow
}
