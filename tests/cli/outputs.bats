#!/usr/bin/env bats
# Outputs that could damage each other or what the user had: closed descriptors, one file under two
# names, names that cannot be given, litter of killed programs.
# shellcheck disable=SC2094 # one file twice is what is tested
# shellcheck disable=SC2030,SC2031 # every test sets `arguments` anew

bats_require_minimum_version 1.5.0
load helpers
load data

PROGRAMS='mnist-filter train-tally fork-train param-diff correlate pixmap param-score graft'

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    PATH="$BIN:$PATH"
    mkdir in
    idx_labels 1 2 1 2 >in/labels
    idx_images 1 3 0 1 2 3 4 5 6 7 8 9 10 11 >in/images
    mnist-filter -i in/images -l in/labels -o in/samples
    train-tally -c 1 -t in/a -c 2 -t in/b -H 2 -f 0 -o in/net in/samples
    fork-train in/net in/samples -o in/fork
}

# The arguments of a run that writes all that the program can, to files in the folder.
# usage: everything PROGRAM FOLDER
everything() {
    case $1 in
    mnist-filter) arguments=(-i in/images -l in/labels -o "$2/1") ;;
    train-tally) arguments=(-c 1 -t "$2/1" -c 2 -t "$2/2" -H 2 --log "$2/3" -o "$2/4" in/samples) ;;
    fork-train) arguments=(--log "$2/1" in/net in/samples -o "$2/2") ;;
    param-diff) arguments=(in/net in/fork -o "$2/1") ;;
    correlate) arguments=(--points "$2/1" --map "$2/2" --json "$2/3" -o "$2/4" in/a in/b in/a in/b) ;;
    pixmap) arguments=(-t layer1.weight in/net -o "$2/1") ;;
    param-score) arguments=(in/a in/b -o "$2/1") ;;
    graft) arguments=(--score in/a -k .5 --network "$2/1" in/net in/fork in/samples -o "$2/2") ;;
    esac
}

# The arguments of a run that writes to standard output too.
usual() {
    everything "$1" "$2"
    arguments+=(-o -)
}

# Every file of a folder and its content.
digests() {
    (cd "$1" && find . -type f -exec sha256sum {} + | sort)
}

# Runs a command until its four temporary files are there, then kills it. Its input must not end before.
# usage: killed FOLDER COMMAND...
killed() {
    local try pid
    "${@:2}" 3>&- 8>&- &
    pid=$!
    for ((try = 0; try < 6000; try++)); do
        [ -e "$1/.engram-3" ] && break
        sleep 0.01
    done
    kill -KILL "$pid"
    wait "$pid" || [ $? -eq 137 ]
    compgen -G "$1/.engram-*" >/dev/null
}

# --- closed descriptors ---------------------------------------------------------------------------

@test "closed descriptors: files get what they get otherwise" {
    for program in $PROGRAMS; do
        mkdir "$program" "$program.out"
        everything "$program" "$program"
        $program "${arguments[@]}"
        for digits in 0 1 2 01 02 12 012; do
            rm -f "$program.out"/*
            everything "$program" "$program.out"
            closed "$digits" "$program" "${arguments[@]}"
            diff <(digests "$program") <(digests "$program.out")
        done
    done
}

@test "closed descriptors: standard output that is used is an error, and nothing is left" {
    for program in $PROGRAMS; do
        mkdir "$program"
        usual "$program" "$program"
        for name in - /dev/stdout /dev/fd/1; do
            fails 1 "$program: ${name/#-/<stdout>}: cannot write: Bad file descriptor" \
                closed 1 "$program" "${arguments[@]}" -o $name
            [ -z "$(ls -A "$program")" ]
        done
        for digits in 01 12 012; do
            code=0
            closed $digits "$program" "${arguments[@]}" || code=$?
            [ "$code" -eq 1 ]
            [ -z "$(ls -A "$program")" ]
        done
        for option in --help --version; do
            fails 1 "$program: <stdout>: cannot write: Bad file descriptor" closed 1 "$program" $option
        done
    done
}

@test "closed descriptors: the network is not read as samples" {
    fails 1 'fork-train: <stdin>: cannot read: Bad file descriptor' closed 0 fork-train in/net -o out
    fails 1 'train-tally: <stdin>: cannot read: Bad file descriptor' closed 0 train-tally -c 1 -c 2 -o out
    fails 1 'mnist-filter: <stdin>: cannot read: Bad file descriptor' \
        closed 0 mnist-filter -i in/images -l - -o out
    [ ! -e out ]
}

# --- one file under two names ---------------------------------------------------------------------

# The two names are refused by every program with two outputs; a program has its own order of them.
# usage: one_file NAME OTHER
one_file() {
    local words command code
    for words in 'fork-train in/net in/samples --log' 'correlate in/a in/b in/a in/b --points' \
        'train-tally -c 1 -c 2 -H 2 in/samples --log'; do
        read -ra command <<<"$words"
        code=0
        "${command[@]}" "$1" -o "$2" >in/stdout 2>in/stderr || code=$?
        echo "$words $1 -o $2: $code $(<in/stderr)"
        [ "$code" -eq 2 ]
        [ ! -s in/stdout ]
        grep -qxF -e "${command[0]}: two outputs go to one file: '$1' and '$2'" \
            -e "${command[0]}: two outputs go to one file: '$2' and '$1'" in/stderr
        rm in/stdout in/stderr
    done
}

@test "one file: files that are there" {
    mkdir folder
    echo old >file
    ln -s file symbolic
    ln file hard
    ln -s "$PWD" folder/up
    before=$(digests .)
    for other in ./file "$PWD/file" folder/../file symbolic hard folder/up/file; do
        one_file file "$other"
    done
    one_file symbolic hard
    [ "$(digests .)" = "$before" ]
}

@test "one file: files that are not there yet" {
    mkdir folder
    ln -s new dangling
    ln -s dangling chain
    ln -s "$PWD/new" absolute
    ln -s .. folder/up
    before=$(find . | sort)
    for other in ./new "$PWD/new" folder/../new dangling chain absolute folder/up/new folder/up/chain; do
        one_file new "$other"
    done
    [ "$(find . | sort)" = "$before" ]
    # Names that only look alike.
    mkdir other
    fork-train in/net in/samples --log folder/x -o other/x
    fork-train in/net in/samples --log folder/X -o folder/x
}

@test "one file: standard output that is one of the files" {
    code=0
    fork-train in/net in/samples --log file >file 2>messages || code=$?
    [ "$code" -eq 2 ]
    grep -qx "fork-train: two outputs go to one file: 'file' and '-'" messages
    code=0
    fork-train in/net in/samples --log /dev/stdout >file 2>messages || code=$?
    [ "$code" -eq 2 ]
    grep -qx "fork-train: two outputs go to one file: '/dev/stdout' and '-'" messages
}

@test "one device or one pipe may be given twice" {
    fork-train in/net in/samples --log /dev/null -o /dev/null
    fork-train in/net in/samples --log /dev/null | cmp - in/fork
    [ "$(fork-train in/net in/samples --log /dev/fd/5 -o /dev/fd/5 5>&1 | wc -c)" -gt "$(size_of in/fork)" ]
    mkfifo fifo
    cat fifo >both &
    fork-train in/net in/samples --log fifo -o ./fifo
    wait
    [ "$(size_of both)" -gt "$(size_of in/fork)" ]
}

@test "an output may be an input under another name" {
    cp in/fork hard
    ln hard other
    ln -s hard symbolic
    param-diff in/net in/fork -o expected
    param-diff in/net hard -o ./other
    cmp other expected
    cmp hard in/fork
    param-diff in/net symbolic -o symbolic
    cmp hard expected
    [ -L symbolic ]
}

@test "a descriptor is written where it stands" {
    for name in /dev/stdout /dev/fd/1 /proc/self/fd/1; do
        { echo before; param-diff --summary in/net in/fork -o $name; echo after; } >file
        cmp file <(echo before; param-diff --summary in/net in/fork; echo after)
    done
    { echo before >&7; param-diff --summary in/net in/fork -o /dev/fd/7; } 7>file
    cmp file <(echo before; param-diff --summary in/net in/fork)
    fails 1 'param-diff: /dev/fd/99: Bad file descriptor' param-diff in/net in/fork -o /dev/fd/99
}

@test "a link to nothing: the file it names is made" {
    mkdir folder
    ln -s folder/file link
    for program in $PROGRAMS; do
        rm -f folder/file
        everything "$program" .
        $program "${arguments[@]}" -o link
        [ -L link ]
        [ -s folder/file ]
        [ ! -L folder/file ]
    done
    ln -s missing/file nowhere
    fails 1 'param-diff: nowhere: cannot create: No such file or directory' \
        param-diff in/net in/fork -o nowhere
    ln -s loop loop
    fails 1 'param-diff: loop: cannot create: Too many levels of symbolic links' \
        param-diff in/net in/fork -o loop
    [ -z "$(compgen -G '.engram-*')" ]
}

# --- all outputs or none --------------------------------------------------------------------------

@test "what cannot be an output is found before the work" {
    long=$(printf '%0256d' 0)
    for name in "$long" "in/$long"; do
        fails 1 "fork-train: $name: cannot create: File name too long" \
            fork-train in/net --log first -o "$name" in/samples
        fails 1 "train-tally: $name: cannot create: File name too long" \
            train-tally -c 1 -t "$name" -c 2 -H 2 in/samples -o first
    done
    [ ! -e first ]
    # The longest name is no trouble.
    long=$(printf '%0255d' 0)
    param-diff in/net in/fork -o "$long"
    [ -s "$long" ]
}

@test "a file that something is mounted on is no output" {
    unshare -rm true 2>/dev/null || skip 'needs mounts of its own'
    echo old >file
    # shellcheck disable=SC2016 # for the shell inside
    fails 1 'fork-train: file: cannot replace: Device or resource busy' unshare -rm bash -c \
        'mount --bind file file && exec fork-train in/net in/samples --log log -o file'
    [ "$(<file)" = old ] && [ ! -e log ]
}

# A program is held by its samples, a pipe, while STATEMENTS change the folder; then none of its
# outputs is there, old ones are as they were, and nothing else is left.
# usage: none_appear MESSAGE STATEMENTS
none_appear() {
    rm -rf work
    mkdir work work/4.d
    echo old >work/1
    echo old >work/3
    chmod 604 work/1
    mkfifo work.fifo
    everything train-tally work
    arguments[${#arguments[@]}-1]=work.fifo
    train-tally "${arguments[@]}" 2>messages 3>&- &
    pid=$!
    { head -c -1 in/samples; for ((try = 0; try < 6000; try++)); do
        [ -e work/.engram-3 ] && break
        sleep 0.01
    done; eval "$2"; tail -c 1 in/samples; } >work.fifo
    code=0
    wait $pid || code=$?
    rm work.fifo
    [ "$code" -eq 1 ]
    [ "$(<messages)" = "train-tally: $1" ]
    [ -z "$(compgen -G 'work/.engram-*')" ]
}

@test "a name that cannot be given: none of the outputs appears" {
    # Each output in turn.
    for name in 1 2 3 4; do
        none_appear "work/$name: cannot rename the finished file: Is a directory" \
            "rm -f work/$name; mkdir work/$name; ls -Al work >before; digests work >sums"
        diff <(digests work) <(grep -v engram sums)
        diff <(ls -Al work) <(grep -v engram before)
        [ "$(stat -c %a work/1 | tail -n 1)" = 604 ] || [ "$name" = 1 ]
    done
}

@test "a sticky directory with another's file, and a directory that is read only" {
    [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null || skip 'needs root, and setpriv'
    mkdir sticky closed
    chmod 1777 sticky
    chmod 755 closed "$BATS_TEST_TMPDIR"
    echo other >sticky/3
    run setpriv --reuid 65534 --clear-groups test -x "$BIN/param-diff" -a -r in/net
    [ "$status" -eq 0 ] || skip 'another user cannot get here'
    fails 1 'fork-train: sticky/3: cannot replace: Operation not permitted' setpriv --reuid 65534 \
        --clear-groups fork-train in/net in/samples --log sticky/4 -o sticky/3
    fails 1 'fork-train: closed/3: cannot create: Permission denied' setpriv --reuid 65534 \
        --clear-groups fork-train in/net in/samples --log sticky/4 -o closed/3
    [ "$(ls -A sticky)" = 3 ] && [ "$(<sticky/3)" = other ]
}

# --- litter ---------------------------------------------------------------------------------------

@test "what a killed program left is removed by the next one in the folder, whichever" {
    for program in $PROGRAMS; do
        mkdir "$program"
        echo old >"$program/old"
        mkfifo "$program.fifo"
        exec 8<>"$program.fifo"
        head -c -1 in/samples >&8 # it never ends
        killed "$program" train-tally -c 1 -t "$program/x" -c 2 -t "$program/y" --log "$program/z" \
            -H 2 -o "$program/old" "$program.fifo"
        exec 8>&-
        [ "$(compgen -G "$program/.engram-*" | wc -l)" -eq 4 ]
        everything "$program" "$program"
        $program "${arguments[@]}"
        [ -z "$(compgen -G "$program/.engram-*")" ]
        [ "$(<"$program/old")" = old ]
    done
}

@test "litter is removed in every folder of a run, some numbers apart too" {
    mkdir one two
    touch {one,two}/.engram-{0,15,30}
    fork-train in/net in/samples --log one/log -o two/network
    [ "$(find one two | sort | xargs)" = 'one one/log two two/network' ]
}

@test "what a living program writes is not litter" {
    mkfifo fifo
    exec 8<>fifo
    head -c -1 in/samples >&8
    train-tally -c 1 -t x -c 2 -t y -H 2 -f 0 -o z fifo 3>&- 8>&- &
    pid=$!
    for ((try = 0; try < 6000; try++)); do
        [ -e .engram-2 ] && break
        sleep 0.01
    done
    echo mine >.engram-99 # not among those it looks at
    mkdir .engram-5
    ln -s in/net .engram-6
    mkfifo .engram-7
    for program in $PROGRAMS; do
        everything "$program" .
        $program "${arguments[@]}"
    done
    [ "$(echo .engram-*)" = '.engram-0 .engram-1 .engram-2 .engram-5 .engram-6 .engram-7 .engram-99' ]
    tail -c 1 in/samples >&8
    exec 8>&-
    wait "$pid"
    cmp x in/a
    [ "$(echo .engram-*)" = '.engram-5 .engram-6 .engram-7 .engram-99' ]
}

@test "many programs that write to one folder do not disturb each other" {
    for ((i = 0; i < 40; i++)); do
        everything correlate .
        correlate "${arguments[@]}" --points "p$i" --map "m$i" --json "j$i" -o "t$i" 3>&- &
        pids[i]=$!
    done
    for pid in "${pids[@]}"; do wait "$pid"; done
    for ((i = 1; i < 40; i++)); do
        cmp p0 p$i
        cmp m0 m$i
        cmp j0 j$i
        cmp t0 t$i
    done
    [ -z "$(compgen -G '.engram-*')" ]
    # The same outputs, again and again.
    for ((i = 0; i < 40; i++)); do
        correlate "${arguments[@]}" 3>&- &
        pids[i]=$!
    done
    for pid in "${pids[@]}"; do wait "$pid"; done
    cmp 1 p0
    cmp 2 m0
    cmp 3 j0
    cmp 4 t0
    [ -z "$(compgen -G '.engram-*')" ]
}

@test "programs that replace the same files at once: all files are of one of them" {
    for seed in 1 2; do
        mkdir of$seed
        train-tally -c 1 -t of$seed/1 -c 2 -t of$seed/2 -H 3 -s $seed --log of$seed/3 -o of$seed/4 in/samples
    done
    mkdir both
    for ((round = 0; round < 15; round++)); do
        for ((i = 0; i < 6; i++)); do
            train-tally -c 1 -t both/1 -c 2 -t both/2 -H 3 -s $((1 + i % 2)) --log both/3 -o both/4 in/samples 3>&- &
            pids[i]=$!
        done
        for pid in "${pids[@]}"; do wait "$pid"; done
        diff -r both of1 >/dev/null || diff -r both of2
    done
}
