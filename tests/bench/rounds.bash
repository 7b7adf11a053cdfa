# What the parts of the benchmark share: peers, rounds in which they take turns on one core, the best
# of each. From the environment: BIN, BENCH (folders of programs), OUT, ROUNDS, CORE, CLOCK.
#
# A raw table has a row for every measurement: name, variant, time by the clock, processor time, more.

export LC_ALL=C OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1
here=$(dirname "${BASH_SOURCE[0]}")
PYTHON=${PYTHON:-/usr/bin/python3} ROUNDS=${ROUNDS:-5} CLOCK=${CLOCK:-wall}
mkdir -p "$OUT"
taskset -cp "${CORE:-$(taskset -cp $$ | sed 's/.*[^0-9]//')}" $$ >/dev/null

packed=(pipeline/mnist/train-images-idx3-ubyte.gz pipeline/mnist/train-labels-idx1-ubyte.gz)

# mnist OPTION...: samples of MNIST
mnist() {
    "$BIN/mnist-filter" -i "${packed[0]}" -l "${packed[1]}" "$@"
}

# initial FILE OPTION...: a network that has learned nothing yet, with options of train-tally.
initial() {
    mnist -n 0 | "$BIN/train-tally" -c 1,7 -c 6,8 -o "$@"
}

say() {
    printf 'bench: %s\n' "$*" >&2
}

# installed PEER
installed() {
    case $1 in
    NumPy) "$PYTHON" -c 'import numpy' 2>/dev/null ;;
    PyTorch*) "$PYTHON" -c 'from importlib.util import find_spec as f; exit(not f("torch"))' 2>/dev/null ;;
    Eigen*) [[ -x $BENCH/eigen ]] ;;
    OpenBLAS) [[ -x $BENCH/blas ]] ;;
    FANN) [[ -x $BENCH/fann ]] ;;
    esac
}

# installed_of PEER...: those installed, in the array `peers`; says which are not.
installed_of() {
    peers=()
    for peer; do
        if installed "$peer"; then
            peers+=("$peer")
        else
            say "$peer: not installed, left out (make deps-bench)"
        fi
    done
}

# learn PEER VARIANT OPTION... NETWORK SAMPLES: one round of a peer; prints its row.
learn() {
    local peer=$1 variant=$2 command measured
    shift 2
    case $peer in
    engram*) command=("$BENCH/step") ;;
    'Eigen, sparse') command=("$BENCH/eigen-sparse") ;;
    Eigen*) command=("$BENCH/eigen") ;;
    OpenBLAS) command=("$BENCH/blas") ;;
    'C, -O3 -ffast-math') command=("$BENCH/plain-fast") ;;
    'C, sparse') command=("$BENCH/plain-sparse") ;;
    'C, -O3') command=("$BENCH/plain") ;;
    FANN*) command=("$BENCH/fann") ;;
    NumPy) command=("$PYTHON" "$here/numpy_by_hand.py") ;;
    'PyTorch by hand') command=("$PYTHON" "$here/torch_by_hand.py") ;;
    PyTorch) command=("$PYTHON" "$here/torch_nn.py") ;;
    esac
    measured=$("${command[@]}" "$@") || return
    printf '%s\t%s\t%s\n' "$peer" "$variant" "$measured"
}

# timed NAME VARIANT COMMAND...: runs it; prints its row, in seconds.
timed() {
    local name=$1 variant=$2 TIMEFORMAT='%R %U %S' times
    shift 2
    times=$({ time "$@" >/dev/null 2>"$OUT/messages"; } 2>&1) || { cat "$OUT/messages" >&2; return 1; }
    printf '%s\t%s\t%s\n' "$name" "$variant" "$(awk '{ print $1 "\t" $2 + $3 }' <<<"$times")"
}

# best RAW COLUMN...: of every name and variant the fastest and the median time by CLOCK, and the
# further columns of its first row.
best() {
    local raw=$1
    shift
    awk -F '\t' -v OFS='\t' -v column="$([[ $CLOCK == cpu ]] && echo 4 || echo 3)" -v more="$*" '
        BEGIN { gsub(" ", "\t", more); print "name", "variant", "best", "median" (more == "" ? "" : OFS more) }
        {
            key = $1 OFS $2
            if (!(key in n)) {
                order[++keys] = key
                for (i = 5; i <= NF; i++) rest[key] = rest[key] OFS $i
            }
            # kept in ascending order
            for (i = ++n[key]; i > 1 && time[key, i - 1] > $column + 0; i--) time[key, i] = time[key, i - 1]
            time[key, i] = $column + 0
        }
        END {
            for (k = 1; k <= keys; k++) {
                key = order[k]; m = n[key]
                median = m % 2 ? time[key, (m + 1) / 2] : (time[key, m / 2] + time[key, m / 2 + 1]) / 2
                print key, time[key, 1], median rest[key]
            }
        }' "$raw"
}

# check RAW: every peer has learned what engram has, and has tallied as much: to 1%.
check() {
    awk -F '\t' '
        function far(x, y) { return x !~ /^[0-9.e+-]+$/ || x - y > 0.01 * y || y - x > 0.01 * y }
        FNR == 1 { pass++ }
        pass == 1 && $1 ~ /^engram/ { loss[$2] = $5; last[$2] = $6; tally[$2] = $7 }
        pass == 2 && (far($5, loss[$2]) || far($6, last[$2]) || far($7, tally[$2])) {
            printf "bench: %s (%s) has not learned what engram has: ", $1, $2
            printf "loss %s, at the end %s, tallies %s; engram %s, %s, %s\n", $5, $6, $7, loss[$2], last[$2], tally[$2]
            bad = 1
        }
        END { exit bad }' "$1" "$1" >&2
}

# The machine and the versions of everything measured, as comments.
machine() {
    printf '# %s, %s of %s, %s %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
        'one core' "$(nproc --all)" "$(uname -s)" "$(uname -m)"
    printf '# %s' "$("${CC:-gcc}" --version | head -n 1)"
    [[ ! -x $BENCH/eigen ]] || printf '; Eigen %s' "$(sed -n 's/#define EIGEN_[A-Z]*_VERSION //p' \
        /usr/include/eigen3/Eigen/src/Core/util/Macros.h | paste -sd .)"
    dpkg-query -W -f '; ${Package} ${Version}' libopenblas0-pthread libfann2 python3-numpy python3-torch \
        2>/dev/null || true
    printf '\n# %s; %s\n' "$([[ $CLOCK == cpu ]] && echo 'processor time' || echo 'time by the clock')" \
        "best of $ROUNDS rounds"
}
