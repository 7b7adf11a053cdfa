# What the tests of the programs share.

# Writes a safetensors file to standard output: its header, then VALUEs in a format of perl's pack.
# usage: make_safetensors HEADER [FORMAT VALUE...]
make_safetensors() {
    perl -e 'my ($header, $format, @values) = @ARGV;
        binmode STDOUT;
        print pack("Q<", length $header), $header, pack($format // "", @values);' -- "$@"
}

# The names that option -LETTER of train-tally takes, as "relu, sigmoid, tanh".
# usage: names_of LETTER
names_of() {
    train-tally --help | sed -n "/^  -$1,/{n; s/^ *//; s/^.*: //; s/ \\[.*//; s/ or /, /p}" | grep .
}

# Whether the programs are built with sanitizers.
sanitized() {
    grep -q __asan_init "$BIN/param-diff"
}

# Runs a command in so much address space. A sanitizer needs terabytes: there, no single allocation may be larger, and
# what it says of one that is goes to a file.
# usage: limited KIB COMMAND...
limited() {
    if sanitized; then
        ASAN_OPTIONS=allocator_may_return_null=1:max_allocation_size_mb=$(($1 / 1024)):log_path=$BATS_FILE_TMPDIR/sanitizer \
            "${@:2}"
    else
        (ulimit -v "$1" && "${@:2}")
    fi
}
