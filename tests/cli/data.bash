# Small inputs for the programs, looks into what they write, and the ways in which they fail.
# Needs helpers.bash.

# shellcheck disable=SC2034 # for those who load this
MNIST=$TOP/pipeline/mnist
MNIST_IMAGES=$MNIST/train-images-idx3-ubyte.gz
MNIST_LABELS=$MNIST/train-labels-idx1-ubyte.gz

# --- inputs ---------------------------------------------------------------------------------------

# usage: idx_labels LABEL...
idx_labels() {
    perl -e 'binmode STDOUT; print pack("C4NC*", 0, 0, 8, 1, scalar @ARGV, @ARGV)' -- "$@"
}

# usage: idx_images ROWS COLS VALUE...
idx_images() {
    perl -e 'my ($rows, $cols, @values) = @ARGV; binmode STDOUT;
        print pack("C4N3C*", 0, 0, 8, 3, @values / ($rows * $cols), $rows, $cols, @values)' -- "$@"
}

# Samples 0 .. N-1 with labels 1, 2, 1, 2 ... and grey levels made up from SEED, half of them black.
# usage: some_samples N ROWS COLS [SEED]
some_samples() {
    perl -e 'my ($n, $rows, $cols, $state) = @ARGV; my $size = $n * $rows * $cols;
        my @values = map { $state = ($state * 1103515245 + 12345) % 2**31;
                           $state & 2**20 ? 0 : $state >> 22 & 255 } 1 .. $size;
        binmode STDOUT;
        my $json = sprintf(q({"labels":{"dtype":"U8","shape":[%d],"data_offsets":[0,%d]},) .
            q("images":{"dtype":"U8","shape":[%d,%d,%d],"data_offsets":[%d,%d]}}),
            $n, $n, $n, $rows, $cols, $n, $n + $size);
        print pack("Q<", length $json), $json, pack("C*", (map { 1 + $_ % 2 } 0 .. $n - 1), @values)
        ' -- "$1" "$2" "$3" "${4:-1}"
}

# A file of the tensors "bias" [2] and "weight" [2,3], in F32.
# usage: some_params VALUE...   (8 of them)
some_params() {
    make_safetensors '{"bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"weight":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]}}' 'f<*' "$@"
}

# Applies a perl substitution to the header of a safetensors file: standard input to output.
# usage: edit_header SUBSTITUTION
edit_header() {
    perl -e 'local $/; binmode STDIN; binmode STDOUT; my $all = <STDIN>;
        my $size = unpack("Q<", $all); my $data = substr($all, 8 + $size);
        $_ = substr($all, 8, $size); eval "$ARGV[0]; 1" or die $@;
        print pack("Q<", length), $_, $data' -- "$1"
}

# --- looks into outputs ---------------------------------------------------------------------------

# The header of a safetensors file, without its padding.
header_of() {
    perl -e 'open my $f, "<", $ARGV[0] or die $!; binmode $f; local $/; my $all = <$f>;
        my $text = substr($all, 8, unpack("Q<", $all)); $text =~ s/ *$//; print "$text\n"' -- "$1"
}

# Perl that reads safetensors: tensor(FILE, NAME) is its numbers.
# shellcheck disable=SC2016 # perl's, not the shell's
PERL_TENSOR='use JSON::PP; sub tensor { my ($file, $name) = @_;
    open my $f, "<", $file or die "$file: $!"; binmode $f; local $/; my $all = <$f>;
    my $size = unpack "Q<", $all; my $t = decode_json(substr $all, 8, $size)->{$name};
    die "$file: no $name" unless $t;
    my ($begin, $end) = @{$t->{data_offsets}};
    return unpack {F64 => "d<*", F32 => "f<*", U32 => "L<*", U8 => "C*"}->{$t->{dtype}},
        substr $all, 8 + $size + $begin, $end - $begin }
'

# The numbers of a tensor, on one line.
# usage: numbers FILE TENSOR
numbers() {
    perl -e "$PERL_TENSOR"'print join(" ", map { $_ == $_ ? 0 + sprintf("%.9g", $_) : "nan" }
        tensor(@ARGV)), "\n"' -- "$@"
}

# Samples as "label:pixel,pixel ...", on one line.
samples_of() {
    perl -e "$PERL_TENSOR"'my @labels = tensor($ARGV[0], "labels");
        my @pixels = tensor($ARGV[0], "images"); my $size = @labels ? @pixels / @labels : 0;
        print join(" ", map { "$_:" . join(",", splice @pixels, 0, $size) } @labels), "\n"' -- "$1"
}

# The field of a table in the first row that begins with ROW.
# usage: field FILE ROW COLUMN
field() {
    awk -F'\t' -v row="$2" -v column="$3" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) at = i }
        $1 == row && NR > 1 && !done++ { print $at }' "$1"
}

# Whether VALUE is EXPECTED up to a relative error.
# usage: near VALUE EXPECTED ERROR
near() {
    perl -e 'my ($value, $expected, $error) = @ARGV;
        exit 0 if abs($value - $expected) <= $error * abs $expected;
        print "$value is not $expected\n"; exit 1' -- "$@"
}

# --- failing --------------------------------------------------------------------------------------

# The command fails with this status and, on standard error alone, exactly this message.
# usage: fails STATUS MESSAGE COMMAND...
fails() {
    local code=0
    "${@:3}" >fails.stdout 2>fails.stderr 3>&- || code=$?
    if [ "$code" -ne "$1" ] || [ -s fails.stdout ] || [ "$(<fails.stderr)" != "$2" ]; then
        printf 'command: %s\nstatus %s, not %s\nstderr: %s\nshould: %s\nstdout: %s\n' \
            "${*:3}" "$code" "$1" "$(<fails.stderr)" "$2" "$(head -c 300 fails.stdout | tr -d '\0')"
        return 1
    fi
    rm fails.stdout fails.stderr
}

# usage: misused MESSAGE PROGRAM ARGUMENT...   MESSAGE without the program's name
misused() {
    fails 2 "$2: $1"$'\n'"Try '$2 --help'." "${@:2}"
}

# Runs a command with these descriptors, as 0, 12 or 012, closed.
# usage: closed DIGITS COMMAND...
closed() {
    perl -MPOSIX -e 'POSIX::close($_) for split //, shift; exec @ARGV' -- "$@"
}

# Cuts FILE at each of the bytes FIRST .. LAST-1, and with "-" runs the command with the cut FILE
# as standard input, a pipe: it fails with status 1 and one line that names program and file, leaves
# no output behind (-o is added) and an existing output file untouched. Programs with sanitizers start
# slowly: of theirs, every 7th byte.
# usage: cut_fails [-] FILE FIRST LAST COMMAND...
cut_fails() {
    perl -e 'use strict; my $step = shift; my $pipe = $ARGV[0] eq "-" && shift;
        my ($file, $first, $last, @command) = @ARGV;
        sub contents { open my $f, "<", $_[0] or die "$_[0]: $!"; binmode $f; local $/; <$f> // "" }
        sub fill { open my $f, ">", $_[0] or die "$_[0]: $!"; binmode $f; print $f $_[1]; close $f }
        sub list { opendir my $d, "."; join " ", sort readdir $d }
        my $whole = contents($file);
        fill("cut.stdout", ""), fill("cut.stderr", "");
        my $before = list();
        for (my $length = $first; $length < $last; $length += $step) {
            my $cut = substr $whole, 0, $length;
            fill($file, $cut) unless $pipe;
            $length % 2 ? fill("output.old", "old") : unlink "output.old";
            pipe my $read, my $write;
            if (!fork) {
                open STDIN, "<&", $read or die if $pipe;
                close $write;
                open STDOUT, ">", "cut.stdout"; open STDERR, ">", "cut.stderr";
                exec @command, "-o", "output.old" or die;
            }
            close $read;
            local $SIG{PIPE} = "IGNORE";
            binmode $write; print $write $cut if $pipe; close $write;
            wait;
            my ($status, $message) = ($?, contents("cut.stderr"));
            my $name = $pipe ? "<stdin>" : $file;
            die "cut at $length: status $status, stderr $message" unless $status == 256 &&
                $message =~ /^\Q$command[0]: $name: \E[^\n]+\n$/ && contents("cut.stdout") eq "";
            die "cut at $length: the old file changed"
                if $length % 2 && contents("output.old") ne "old";
            unlink "output.old" if $length % 2;
            die "cut at $length: files left: " . list() if list() ne $before;
        }
        fill($file, $whole); unlink "cut.stdout", "cut.stderr"' -- "$(sanitized && echo 7 || echo 1)" "$@" 3>&-
}

# The length of a safetensors file's header, with the eight bytes before it.
header_end() {
    perl -e 'open my $f, "<", $ARGV[0] or die $!; read $f, my $n, 8; print 8 + unpack("Q<", $n)' \
        -- "$1"
}

size_of() {
    stat -c %s "$1"
}

# Runs a command whose standard output is a pipe that nobody reads any more.
closed_pipe() {
    perl -e 'pipe my $r, my $w; open STDOUT, ">&", $w or die $!; close $r; close $w;
        $SIG{PIPE} = "DEFAULT"; exec @ARGV' -- "$@"
}

# Starts the command with -o output.new, waits for its temporary file, ends it by SIGTERM: it dies
# of the signal and leaves nothing behind. Its input must not end before.
# usage: terminated COMMAND...
terminated() {
    local code=0 try pid
    "$@" -o output.new 3>&- &
    pid=$!
    for ((try = 0; try < 6000; try++)); do
        compgen -G '.engram-*' >/dev/null && break
        sleep 0.01
    done
    compgen -G '.engram-*' >/dev/null || { kill "$pid"; echo 'no temporary file'; return 1; }
    kill -TERM "$pid"
    wait "$pid" || code=$?
    [ "$code" -eq 143 ] && [ ! -e output.new ] && [ -z "$(compgen -G '.engram-*')" ]
}
