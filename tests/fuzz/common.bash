# What run and keep share: where a fuzzer has its inputs, and what it may take.
# shellcheck disable=SC2034 # for those who load this
# An input of a few KiB is given this much memory and time:
limits=(-dict="${BASH_SOURCE[0]%/*}/dictionary" -rss_limit_mb=512 -malloc_limit_mb=64 -timeout=20 -max_len=4096)
fuzzer=$1 folder=$2
name=${fuzzer##*/}
kept=$(dirname "$0")/corpus/$name
corpus=$folder/corpus/$name seeds=$folder/seeds/$name
mkdir -p "$corpus" "$seeds"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export TMPDIR=$scratch ASAN_OPTIONS=quarantine_size_mb=16 UBSAN_OPTIONS=print_stacktrace=1

# The inputs that are kept, one a line in the notation of printf %b, as files.
mkdir "$scratch/kept"
if [ -e "$kept" ]; then
    while IFS= read -r line; do
        count=$((${count:-0} + 1))
        printf '%b' "$line" >"$scratch/kept/$count"
    done <"$kept"
fi
