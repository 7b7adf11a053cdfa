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
