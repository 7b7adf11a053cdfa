#!/usr/bin/env bats
# What all programs share: help, options, inputs, outputs, pipes; and the whole experiment in one
# shell command. (pixmap.bats has the same for pixmap.)
# shellcheck disable=SC2030,SC2031 # every test sets `arguments` anew

bats_require_minimum_version 1.5.0
load helpers
load data

PROGRAMS='mnist-filter train-tally fork-train param-diff param-score graft correlate'

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    PATH="$BIN:$PATH"
}

# Makes a small input for every program.
make_inputs() {
    idx_labels 1 2 1 2 >labels
    idx_images 1 3 0 1 2 3 4 5 6 7 8 9 10 11 >images
    mnist-filter -i images -l labels -o samples
    train-tally -c 1 -t a -c 2 -t b -H 2 -f 0 -o net samples
    some_samples 9 1 3 3 >others
    fork-train net samples -o fork1
    fork-train net others -o fork2
    param-diff net fork1 -o c
    param-diff net fork2 -o d
}

# The arguments of a run of the program on these inputs, in the array `arguments`.
usual() {
    case $1 in
    mnist-filter) arguments=(-i images -l labels) ;;
    train-tally) arguments=(-c 1 -c 2 -H 2 samples) ;;
    fork-train) arguments=(net samples) ;;
    param-diff) arguments=(net fork1) ;;
    correlate) arguments=(a b c d) ;;
    param-score) arguments=(a b) ;;
    graft) arguments=(--score c net fork1 others) ;;
    esac
}

# Whether that argument of the program may be a model in several files.
# usage: may_be_model PROGRAM PLACE
may_be_model() {
    [[ "$1 $2" =~ ^(param-diff|param-score|correlate|graft [123]) ]]
}

# Positions of input files in `arguments`.
inputs() {
    case $1 in
    mnist-filter) echo 1 3 ;;
    train-tally) echo 6 ;;
    fork-train | param-diff | param-score) echo 0 1 ;;
    graft) echo 1 2 3 4 ;;
    correlate) echo 0 1 2 3 ;;
    esac
}

# --- help -----------------------------------------------------------------------------------------

@test "--help: on standard output, with all options" {
    for program in $PROGRAMS; do
        $program --help >help 2>messages
        [ ! -s messages ]
        [[ $(head -n 1 help) == "Usage: $program "* ]]
        grep -qx '  -o, --output FILE' help
        [ "$(grep -A 1 -x '  -o, --output FILE' help | tail -n 1 | grep -o '\[.*\]')" = '[-]' ]
        grep -qx '  -h, --help' help
        grep -qx '      --version' help
        run ! grep -q '.\{101\}' help
        $program -h | cmp - help
        $program --he | cmp - help
        # An error after it does not matter, one before it does.
        $program --help --bogus | cmp - help
        misused "unknown or ambiguous option '--bogus'" "$program" --bogus --help
    done
}

@test "every option of the help is accepted, and takes an argument or none as it says" {
    for program in $PROGRAMS; do
        $program --help | perl -ne 'print "$1 $2 $3\n" if /^  (?:-(\w), |    )(--[\w-]+) ?(\S+)?$/' |
            sed 's/^ /- /' >options
        [ "$(wc -l <options)" -gt 4 ]
        while read -r letter long argument; do
            case $long in --help | --version) continue ;; esac
            if [[ $argument == '[='*']' ]]; then
                argument=${argument#'[='}
                for option in "$long" "$long=${argument%]}"; do
                    run "$program" "$option" # goes on to what else is missing
                    [ "$status" -eq 2 ]
                    [[ ${lines[0]} != *"$long"* ]]
                done
            elif [ -n "$argument" ]; then
                name=$long
                [ "$letter" = - ] || name=-$letter
                misused "option $name needs an argument" "$program" "$long"
                [ "$letter" = - ] || misused "option $name needs an argument" "$program" "-$letter"
            else
                misused "option '$long=x' takes no argument" "$program" "$long=x"
            fi
        done <options
    done
}

@test "--version" {
    version=$(sed -n 's/^#define ENGRAM_VERSION "\(.*\)"$/\1/p' "$TOP/include/engram/version.h")
    [ -n "$version" ]
    for program in $PROGRAMS; do
        run --separate-stderr "$program" --version
        [ "$status" -eq 0 ]
        [ "$output" = "$program (engram) $version" ]
        # shellcheck disable=SC2154 # set by run
        [ -z "$stderr" ]
    done
}

@test "unknown options" {
    for program in $PROGRAMS; do
        misused "unknown option '-Z'" "$program" -Z
        misused "unknown option '-é'" "$program" -é
        misused "unknown or ambiguous option '--bogus'" "$program" x --bogus y
        misused "unknown or ambiguous option '--bogus=1'" "$program" --bogus=1
        misused "option '--help=1' takes no argument" "$program" --help=1
        misused "option -o needs an argument" "$program" -o
    done
    misused "unknown or ambiguous option '--m'" correlate --m x
}

@test "options after operands, -- ends options" {
    make_inputs
    for program in $PROGRAMS; do
        usual "$program"
        $program "${arguments[@]}" -o after
        $program -o before "${arguments[@]}"
        cmp before after
    done
    cp a ./-o
    correlate -- -o b c d | cmp - <(correlate a b c d)
}

@test "numbers: decimal, whole, within their bounds, and nothing beside them" {
    for text in 0x10 0X10 ' 5' '5 ' '' 1e-400 1.5.2 5x -; do
        misused "-e: '$text' is not a number" fork-train -e "$text" x y
        misused "-e: '$text' is not a number" train-tally -c 1 -c 2 --learning-rate="$text"
    done
    for text in 1e400 inf -1 1e999999999999 nan; do
        misused "-e: $text is not between 0 and 1000" fork-train -e "$text" x y
    done
    for text in +5 0x10 ' 5' '5 ' '' 1e3 5. -5 nan; do
        misused "-s: '$text' is not a whole number" train-tally -c 1 -c 2 -s "$text"
        misused "-n: '$text' is not a whole number" mnist-filter "--max=$text"
        misused "-P: '$text' is not a whole number" correlate -P "$text" a b c d
    done
    misused '-s: 18446744073709551616 is not between 0 and 18446744073709551615' \
        train-tally -c 1 -c 2 -s 18446744073709551616
    # What one number leaves in errno is nothing to the next.
    misused 'missing operand' fork-train -e 1e-320 --window 5 --log log
    misused "-k: '0x1' is not a number" graft -k 1e-320,.5,0x1 a b
    for text in 0x1:2 ' 1:2' '1: 2' :1e-400 nan:1; do
        misused "-r: '$text' is not LO:HI, numbers from -1e+307 to 1e+307" pixmap -r "$text" x
    done
}

@test "what a terminal would obey is not in a message, and a long argument leaves the reason" {
    long=$(printf '%01000d' 0)
    for program in $PROGRAMS; do
        misused "unknown or ambiguous option '--?[31m?'" "$program" $'--\e[31m\x9b'
        misused "unknown or ambiguous option '--$long'" "$program" "--$long"
    done
    misused "-e: '?]0;x? ?' is not a number" fork-train -e $'\e]0;x\a \x7f' x y
    misused "-e: '${long}x' is not a number" fork-train -e "${long}x" x y
}

@test "of an option that is given twice the last counts" {
    make_inputs
    param-diff -o first net fork1 -o second
    [ ! -e first ] && cmp second c
}

# --- inputs ---------------------------------------------------------------------------------------

@test "inputs that cannot be read" {
    make_inputs
    for program in $PROGRAMS; do
        for place in $(inputs "$program"); do
            usual "$program"
            arguments[place]=missing
            fails 1 "$program: missing: No such file or directory" "$program" "${arguments[@]}" -o out
            arguments[place]=/
            message='Is a directory'
            ! may_be_model "$program" "$place" || message+=', and none with a file *.safetensors.index.json or *.safetensors'
            fails 1 "$program: /: $message" "$program" "${arguments[@]}" -o out
            arguments[place]=
            fails 1 "$program: '': No such file or directory" "$program" "${arguments[@]}" -o out
        done
    done
    [ ! -e out ]
}

@test "empty inputs, and inputs of another format" {
    make_inputs
    : >empty
    echo '{"json": "but no header length"}' >text
    for program in $PROGRAMS; do
        for place in $(inputs "$program"); do
            usual "$program"
            arguments[place]=empty
            message='not a safetensors file but empty: perhaps what should have written it failed'
            [ "$program" != mnist-filter ] || message=${message/a safetensors/an IDX}
            fails 1 "$program: empty: $message" "$program" "${arguments[@]}" -o out
            arguments[place]=/dev/null
            fails 1 "$program: /dev/null: $message" "$program" "${arguments[@]}" -o out
            arguments[place]=text
            message='not a safetensors file but JSON text: if it is the index of a model in parts, give the .safetensors files it names'
            [ "$program" != mnist-filter ] || message=${message/a safetensors/an IDX}
            ! may_be_model "$program" "$place" || message='not an index of shards: no weight_map with tensors'
            fails 1 "$program: text: $message" "$program" "${arguments[@]}" -o out
        done
    done
    [ ! -e out ]
}

@test "every input may be standard input, a pipe or a process substitution" {
    make_inputs
    for program in $PROGRAMS; do
        usual "$program"
        $program "${arguments[@]}" >expected
        for place in $(inputs "$program"); do
            usual "$program"
            file=${arguments[place]}
            arguments[place]=-
            $program "${arguments[@]}" <"$file" | cmp - expected
            # shellcheck disable=SC2002 # a pipe is what is tested
            cat "$file" | $program "${arguments[@]}" | cmp - expected
            # From where standard input stands.
            (cat images "$file") >behind
            { head -c "$(size_of images)" >/dev/null; $program "${arguments[@]}"; } <behind |
                cmp - expected
            arguments[place]=/dev/fd/9
            $program "${arguments[@]}" 9< <(cat "$file") | cmp - expected
        done
    done
    mnist-filter -i <(cat images) -l <(cat labels) | cmp - samples
    train-tally -c 1 -c 2 -H 2 <(cat samples) | cmp - net
    train-tally -c 1 -c 2 -H 2 <samples | cmp - net
    fork-train <(cat net) <(cat samples) | cmp - fork1
    fork-train net <samples | cmp - fork1
    param-diff <(cat net) <(cat fork1) | cmp - c
    correlate <(cat a) <(cat b) <(cat c) <(cat d) | cmp - expected
}

@test "standard input that is closed" {
    make_inputs
    usual correlate
    for program in $PROGRAMS; do
        for place in $(inputs "$program"); do
            usual "$program"
            arguments[place]=-
            fails 1 "$program: <stdin>: cannot read: Bad file descriptor" \
                closed 0 "$program" "${arguments[@]}" -o out
        done
    done
    [ ! -e out ]
}

# --- outputs --------------------------------------------------------------------------------------

@test "-o FILE, standard output and a pipe get the same, every time" {
    make_inputs
    for program in $PROGRAMS; do
        usual "$program"
        $program "${arguments[@]}" -o file
        $program "${arguments[@]}" >standard
        cmp file standard
        $program "${arguments[@]}" --output - | cmp - file
        $program "${arguments[@]}" --output=/dev/stdout | cmp - file
        [ -s file ]
    done
}

@test "an output file is replaced whole, keeps its permissions, and links stay links" {
    make_inputs
    umask 027
    for program in $PROGRAMS; do
        usual "$program"
        rm -f new old link
        $program "${arguments[@]}" -o new
        [ "$(stat -c %a new)" = 640 ]
        echo something >old
        chmod 604 old
        ln -s old link
        $program "${arguments[@]}" -o link
        [ -L link ]
        cmp old new
        [ "$(stat -c %a old)" = 604 ]
        # Whoever has the old file open still reads the old file.
        echo something >old
        exec 9<old
        $program "${arguments[@]}" -o old
        [ "$(cat <&9)" = something ]
        exec 9<&-
    done
    [ -z "$(compgen -G '.engram-*')" ]
}

@test "an output may be one of the inputs" {
    make_inputs
    for program in $PROGRAMS; do
        usual "$program"
        $program "${arguments[@]}" >expected
        place=$(inputs "$program" | cut -d ' ' -f 1)
        file=${arguments[place]}
        cp "$file" copy
        arguments[place]=copy
        $program "${arguments[@]}" -o copy
        cmp copy expected
    done
}

@test "outputs that cannot be made" {
    make_inputs
    before=$(ls -A)
    for program in $PROGRAMS; do
        usual "$program"
        fails 1 "$program: missing/x: cannot create: No such file or directory" \
            "$program" "${arguments[@]}" -o missing/x
        fails 1 "$program: .: Is a directory" "$program" "${arguments[@]}" -o .
        fails 1 "$program: '': No such file or directory" "$program" "${arguments[@]}" -o ''
        fails 1 "$program: labels/x: cannot create: Not a directory" \
            "$program" "${arguments[@]}" -o labels/x
    done
    [ "$(ls -A)" = "$before" ]
}

@test "a directory in which nothing can be made" {
    make_inputs
    mkdir closed
    chmod 555 closed
    if : 2>/dev/null >closed/probe; then
        rm closed/probe
        skip 'this user may write anywhere'
    fi
    for program in $PROGRAMS; do
        usual "$program"
        fails 1 "$program: closed/x: cannot create: Permission denied" \
            "$program" "${arguments[@]}" -o closed/x
    done
}

@test "a file system in which nothing can be made" {
    [ -d /proc/self ] || skip 'no /proc'
    make_inputs
    for program in $PROGRAMS; do
        usual "$program"
        fails 1 "$program: /proc/x: cannot create: No such file or directory" \
            "$program" "${arguments[@]}" -o /proc/x
    done
}

@test "a full disk" {
    make_inputs
    for program in $PROGRAMS; do
        usual "$program"
        fails 1 "$program: /dev/full: cannot write: No space left on device" \
            "$program" "${arguments[@]}" -o /dev/full
        # shellcheck disable=SC2016 # for the inner shell
        for option in '' --help --version; do
            [ -n "$option" ] || option=${arguments[*]}
            fails 1 "$program: <stdout>: cannot write: No space left on device" \
                sh -c "exec $program $option >/dev/full"
        done
    done
    fails 1 'mnist-filter: /dev/full: cannot write: No space left on device' \
        mnist-filter --count -l labels -o /dev/full
    fails 1 'param-diff: /dev/full: cannot write: No space left on device' \
        param-diff --summary a b -o /dev/full
}

@test "standard output that is closed" {
    make_inputs
    for program in $PROGRAMS; do
        usual "$program"
        fails 1 "$program: <stdout>: cannot write: Bad file descriptor" \
            sh -c "exec $program ${arguments[*]} 9<images >&-"
    done
}

@test "a pipe that nobody reads ends a program quietly" {
    make_inputs
    for program in $PROGRAMS; do
        usual "$program"
        code=0
        closed_pipe "$program" "${arguments[@]}" 2>messages || code=$?
        [ "$code" -eq 141 ]
        [ ! -s messages ]
    done
    # It takes the unfinished files with it.
    code=0
    closed_pipe correlate a b c d --map map --points points 2>messages || code=$?
    [ "$code" -eq 141 ]
    [ ! -s messages ]
    [ ! -e map ]
    [ ! -e points ]
    [ -z "$(compgen -G '.engram-*')" ]
}

@test "a pipe of which only the beginning is read" {
    mnist() { mnist-filter -i "$MNIST_IMAGES" -l "$MNIST_LABELS" -d 1,6 -n 300 "$@"; }
    mnist -o samples
    train-tally -c 1 -t one -c 6 -t six samples -o net
    for command in mnist 'train-tally -c 1 -c 6 samples' 'fork-train net samples' \
        'param-diff net net' 'correlate one six six one --points - -o /dev/null'; do
        $command 2>>messages | head -c 1 >/dev/null || true
    done
    [ ! -s messages ]
}

@test "no binary data to a terminal" {
    command -v script >/dev/null || skip 'no script(1)'
    make_inputs
    for program in $PROGRAMS; do
        [[ $program != @(correlate|graft) ]] || continue
        usual "$program"
        code=0
        script -qec "$program ${arguments[*]}" /dev/null </dev/null >terminal 3>&- || code=$?
        [ "$code" -eq 1 ]
        [ "$(tr -d '\r' <terminal)" = "$program: <stdout>: will not write binary data to a terminal; use -o FILE or a pipe" ]
    done
    # Tables may go there.
    for command in 'mnist-filter --count -l labels' 'param-diff --summary net fork1' 'correlate a b c d'; do
        script -qec "$command" /dev/null </dev/null 3>&- | tr -d '\r' | cmp - <($command)
    done
    code=0
    script -qec 'correlate a b c d -o /dev/null --map -' /dev/null </dev/null >terminal 3>&- || code=$?
    [ "$code" -eq 1 ]
    grep -q 'will not write binary data to a terminal' terminal
}

@test "progress on a terminal: after a second, ten times a second, wiped at the end" {
    command -v script >/dev/null || skip 'no script(1)'
    ! sanitized || skip 'the sanitizer wants to be loaded first'
    # A clock that goes on by STEP thousandths of a second whenever it is asked.
    printf '%s\n' '#include <stdlib.h>' '#include <time.h>' 'static long now;' \
        'int clock_gettime(clockid_t id, struct timespec *t) { (void)id; now += atol(getenv("STEP"));' \
        't->tv_sec = now / 1000; t->tv_nsec = now % 1000 * 1000000; return 0; }' >clock.c
    "${CC:-gcc}" -shared -fPIC clock.c -o clock.so
    # usage: shown STEP COMMAND   what the command writes to a terminal
    shown() {
        script -qec "env LD_PRELOAD=./clock.so STEP=$1 $2" /dev/null </dev/null 3>&-
    }
    # shellcheck disable=SC2046 # words
    idx_labels $(printf '1 %.0s' {1..30}) >labels
    # shellcheck disable=SC2046
    idx_images 1 1 $(seq 30) >images
    filter='mnist-filter -i images -l labels --shuffle 1 -o samples'
    [ "$(shown 600 "$filter -n 5")" = $'\rmnist-filter: filtering 40%\e[K\rmnist-filter: filtering 60%\e[K\rmnist-filter: filtering 80%\e[K\r\e[K' ]
    [ "$(shown 600 "$filter -n 2")" = '' ]
    [ "$(shown 60 "$filter" | grep -o '[0-9]*%' | xargs)" = '57% 63% 70% 77% 83% 90% 97%' ]
    [ "$(shown 60 "$filter 2>messages")" = '' ]
    [ ! -s messages ]
    # Of each of several tensors.
    make_safetensors '{"a.bias":{"dtype":"F32","shape":[70000],"data_offsets":[0,280000]},"b.weight":{"dtype":"F32","shape":[2],"data_offsets":[280000,280008]},"c":{"dtype":"F32","shape":[70000],"data_offsets":[280008,560008]}}' >a
    head -c 560008 /dev/zero >>a
    shown 600 'correlate -j 1 a a a a -o table' | tr '\r' '\n' |
        sed -n 's/^correlate: \(.*%\)\x1b\[K$/\1/p; s/^\x1b\[K.*/wiped/p' >steps
    [ "$(xargs <steps)" = 'a.bias 47% a.bias 70% a.bias 94% wiped c 23% c 47% c 70% c 94% wiped' ]
}

@test "nothing is said when all is well, and nothing read from the environment" {
    make_inputs
    for program in $PROGRAMS; do
        usual "$program"
        $program "${arguments[@]}" >expected 2>messages
        [ ! -s messages ]
        env -i LC_ALL=de_DE.UTF-8 POSIXLY_CORRECT=1 "$(command -v "$program")" "${arguments[@]}" |
            cmp - expected
    done
}

# --- the experiment -------------------------------------------------------------------------------

@test "the whole experiment as one shell command gives what the steps give" {
    mnist() { mnist-filter -i "$MNIST_IMAGES" -l "$MNIST_LABELS" "$@"; }
    mnist -r :12000 -d 1,7,6,8 -o phase1
    train-tally -c 1,7 -t a -c 6,8 -t b -o network phase1
    for labels in 1,6,8 7,6,8 1,7,6 1,7,8; do
        mnist -r 12000: -d $labels -o "samples-$labels"
        fork-train network "samples-$labels" -o "fork-$labels"
    done
    param-diff fork-1,6,8 fork-7,6,8 -o c
    param-diff fork-1,7,6 fork-1,7,8 -o d
    correlate a b c d --map map --points points -o table
    [ "$(awk '$2 == "all" || NR == 1 { print $1, $3, $4 }' table | xargs)" = 'scope n undefined biases 102 0 weights 78600 0 layer1.bias 100 0 layer1.weight 78400 0 layer2.bias 2 0 layer2.weight 200 0' ]
    [ "$(wc -l <points)" -eq 78703 ]
    [[ $(header_of map) == *'"shape":[28,28]'* ]]
    # A p that no double holds.
    [[ $(field table weights p) =~ ^[1-9]\.[0-9]e-[0-9]{3,}$ ]]

    mkdir empty
    cd empty || return 1
    phase1() { mnist -r :12000 -d 1,7,6,8 | train-tally "$@"; }
    fork() { fork-train <(phase1 -c 1,7 -c 6,8) <(mnist -r 12000: -d "$1"); }
    correlate <(phase1 -c 1,7 -t - -c 6,8 -o /dev/null) \
        <(phase1 -c 1,7 -c 6,8 -t - -o /dev/null) \
        <(param-diff <(fork 1,6,8) <(fork 7,6,8)) \
        <(param-diff <(fork 1,7,6) <(fork 1,7,8)) | cmp - ../table
    [ -z "$(ls -A)" ]
}
