# What the tests of make share: a copy of the project, with its build, and a small run in it.

export LC_ALL=C

# Copies the project to $PROJECT, with times kept, so that nothing is compiled again.
copy_project() {
    PROJECT=$1
    mkdir -p "$PROJECT"
    (cd "$TOP" && tar -cf - --exclude=./out --exclude=./.git --exclude=./build/sanitize \
        --exclude=./build/tests --exclude=./build/bits --exclude=./build/chroot .) | tar -xf - -C "$PROJECT"
}

# big_endian NUMBER: four bytes
big_endian() {
    local hex
    hex=$(printf '%08x' "$1")
    # shellcheck disable=SC2059
    printf "\\x${hex:0:2}\\x${hex:2:2}\\x${hex:4:2}\\x${hex:6:2}"
}

# The first COUNT images and labels of MNIST, as IDX files DIR/images and DIR/labels.
first_images() {
    local dir=$1 count=$2
    { printf '\0\0\010\003'; big_endian "$count"; big_endian 28; big_endian 28
      gzip -cd "$TOP/pipeline/mnist/train-images-idx3-ubyte.gz" | tail -c +17 | head -c $((784 * count)); } >"$dir/images" || true
    { printf '\0\0\010\001'; big_endian "$count"
      gzip -cd "$TOP/pipeline/mnist/train-labels-idx1-ubyte.gz" | tail -c +9 | head -c "$count"; } >"$dir/labels" || true
}

# make with a small experiment, run in $PROJECT: 3,000 images, two seeds.
SMALL=(--no-print-directory IMAGES=small/images LABELS=small/labels PHASE1=900 SHORT=300 SEEDS=1..2
    ACTIVATIONS=relu CAUSE_SEEDS=1..2 SHUFFLES=2 DRAWS=19)
# Its folder in out/, and that of what it shares with runs of other seeds.
SMALL_CONFIG=images-small+images_labels-small+labels_phase1-900_short-300
# shellcheck disable=SC2034
SMALL_SAMPLES=samples/images-small+images_labels-small+labels_phase1-900
# shellcheck disable=SC2034 # for those who load this
SMALL_RUN=${SMALL_CONFIG}_seeds-1..2_activations-relu_cause-1..2_shuffles-2_draws-19
small() {
    make -C "$PROJECT" "${SMALL[@]}" "$@"
}

# What a run of make says it made: the first target of each stage, without the folder of the run.
stages() {
    sed -n 's,^  out/[^/ ]*/\([^ ]*\).*,\1,p' <<<"$1" | sort
}

# Digests of everything a run computed but pictures.
results() {
    (cd "$PROJECT/out" && find . \( -name .stage -o -name .cksum \) -prune -o -type f ! -name '*.png' ! -name '*.svg' \
        -print0 | sort -z | xargs -0 sha256sum)
}

# known NAME: the names that make takes for <NAME>, as a|b.
known() {
    echo "<$1>" | "$TOP/pipeline/variables" /dev/stdin
}
