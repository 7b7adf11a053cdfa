#!/usr/bin/env bats
# What is installed and packed: the base run out of an installed tree, engram(5) and engram(7), completions, the library for
# others, the archive of the sources and the package of Debian.
# shellcheck disable=SC2016 # scripts of other shells

bats_require_minimum_version 1.5.0
load pipeline

setup_file() {
    cd "$TOP" || exit
    export ROOT=$BATS_FILE_TMPDIR/root
    make --no-print-directory -s install install-dev DESTDIR="$ROOT" PREFIX=/usr
    VERSION=$(sed -n 's/^#define ENGRAM_VERSION "\(.*\)"$/\1/p' include/engram/version.h)
    export VERSION
}

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    PROGRAMS=$(basename -s .c "$TOP"/tools/*.c)
}

# usage: options PROGRAM: of its help, a line each
options() {
    "$BIN/$1" --help | perl -ne 'print $1 ? "-$1\n--$2\n" : "--$2\n" if /^  (?:-(\w), |    )--([\w-]+)/' | sort
}

# usage: page FILE: as a reader sees it
page() {
    command -v mandoc >/dev/null || skip "no mandoc here"
    mandoc -Tascii -Owidth=1000 "$1" | perl -pe 's/.\x08//g'
}

# usage: examples FILE: what is indented further than text in EXAMPLES
examples() {
    page "$1" | perl -ne '$on = /^EXAMPLES/ if /^\S/; print s/^ +//r if $on && /^ {9}/'
}

@test "the version has one place" {
    [[ $VERSION =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]
    for program in $PROGRAMS; do
        [ "$("$ROOT/usr/bin/$program" --version)" = "$program (engram) $VERSION" ]
    done
    grep -qx "version: $VERSION" "$TOP/pipeline/package/CITATION.cff"
    grep -qx "Version: $VERSION" "$ROOT/usr/lib/pkgconfig/engram.pc"
    [[ $(head -n 1 "$TOP/pipeline/package/debian/changelog") == "engram ($VERSION) "* ]]
}

@test "what install puts there, uninstall removes, and nothing else" {
    cp -r "$ROOT" root
    for program in $PROGRAMS engram-demo; do
        [ -x "root/usr/bin/$program" ]
        [ -s "root/usr/share/man/man1/$program.1" ]
    done
    [ -s root/usr/share/man/man5/engram.5 ]
    [ -s root/usr/share/man/man7/engram.7 ]
    # what it holds is for running, not for building
    [ -z "$(find root/usr/share/engram -path '*/package/*' -o -path '*gallery*' -o -name '.*' -o -name '*.c')" ]
    touch root/usr/share/engram/mine root/usr/bin/mine
    make --no-print-directory -C "$TOP" uninstall DESTDIR="$PWD/root" PREFIX=/usr
    [ "$(find root -type f | sort | xargs)" = "root/usr/bin/mine root/usr/share/engram/mine" ]
    [ ! -e root/usr/include/engram ]
    [ ! -e root/usr/share/engram/pipeline ]
}

@test "engram-demo: the base run in a folder of any name, as committed; twice; and one that is not" {
    folder="it's my #1"
    run "$ROOT/usr/bin/engram-demo" "$folder"
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [ "${lines[-3]}" = "21 files are as committed; the SHA-256 of correlations.tsv:" ]
    [ "${lines[-2]}" = "$(sha256sum <"$folder/out/base/correlations.tsv" | cut -d ' ' -f 1)" ]
    [ "${lines[-2]}" = "$(sed -n 's, *\./correlations.tsv,,p' "$TOP/pipeline/digests/1..100")" ]
    [ "${lines[-1]}" = "$folder: make help tells what else can be made there; man 7 engram is a tour" ]
    [[ $output == *"first-layer weights, doubly centred +0.076"* ]]
    run "$ROOT/usr/bin/engram-demo" "$folder"
    [ "$status" -eq 0 ]
    [ -z "$(stages "$output")" ]
    # the same tree does what the user's own asks for
    make --no-print-directory -s -C "$folder" base SEED=2 HIDDEN=5
    [ -s "$folder"/out/hidden-5_seed-2/correlations.tsv ]
    # what its help names can be made there
    make --no-print-directory -C "$folder" help | sed -n '/^Targets/,/^$/s/^  \([a-z-]*\) .*/\1/p' >targets
    for target in all base report sweep verify; do grep -qx "$target" targets; done
    while read -r target; do
        [[ $target == verify || $target == verify-base ]] || make --no-print-directory -C "$folder" -n "$target" SWEEP=RATE=0.1:0.2 >/dev/null
    done <targets
    for target in bench bits clean deb dist fuzz install lint test tools; do
        run -1 grep -x "$target" targets
    done
    run make --no-print-directory -C "$folder" -n deps all
    [[ $(tr -s ' \t\n\134' ' ' <<<"$output") == *" install gnuplot-nox fonts-dejavu-core openssl cmark-gfm >/dev/null"* ]]
    echo >>"$folder/out/base/map.tsv"
    run "$ROOT/usr/bin/engram-demo" "$folder"
    [ "$status" -ne 0 ]
    [[ $output == *" ./map.tsv"*"make: these are not as committed"* ]]
    [[ $output != *" ./correlations.tsv"* ]]
    # nothing was written to the installed tree
    [ -z "$(find "$ROOT" -newer "$folder/Makefile" -type f)" ]
}

@test "engram-demo: help and refusals" {
    demo=$ROOT/usr/bin/engram-demo
    run "$demo" --help
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "Usage: engram-demo [FOLDER]" ]
    run "$demo" --seed
    [ "$status" -eq 2 ]
    [ "$output" = "engram-demo: unknown option '--seed'" ]
    run "$demo" a b
    [ "$status" -eq 2 ]
    [ "$output" = "engram-demo: extra operand 'b'" ]
    # another folder of that name is not meant
    mkdir -p mine elsewhere/mine
    echo all: >mine/Makefile
    CDPATH=$PWD/elsewhere run "$demo" mine
    [ "$status" -eq 1 ]
    [ "$output" = "engram-demo: mine/Makefile: is there already, and no link" ]
    [ "$(<mine/Makefile)" = all: ]
    [ "$(ls mine)" = Makefile ]
    mkdir -p alone/bin
    cp "$demo" alone/bin
    run alone/bin/engram-demo
    [ "$status" -eq 1 ]
    [ "$output" = "engram-demo: $PWD/alone/bin/../share/engram: is not there" ]
}

@test "verify-base knows the default variables alone" {
    cd "$TOP" || exit
    run make --no-print-directory verify-base SEED=2 OUT="$BATS_TEST_TMPDIR/out"
    [ "$status" -eq 2 ]
    [ "${lines[0]}" = "make: verify-base knows only the results of the default variables" ]
}

@test "the pages are well formed, and name pages and programs that there are" {
    command -v mandoc >/dev/null || skip "no mandoc here"
    pages=("$TOP"/tools/engram.[57] "$TOP/pipeline/package/engram-demo.1")
    run mandoc -Tlint -W warning "${pages[@]}"
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    for file in "${pages[@]}"; do
        while read -r name section; do
            [[ $name == @(make|gzip) ]] || [ -e "$ROOT/usr/share/man/man$section/$name.$section" ] || { echo "$name $section"; false; }
        done < <(sed -n 's/.*Xr \([^ ]*\) \([0-9]\).*/\1 \2/p' "$file")
    done
    for program in $PROGRAMS; do
        grep -qx ".It Xr $program 1" "$TOP/tools/engram.7"
    done
}

@test "the example of engram(7) makes the file that is committed; that of engram(5) shows it" {
    examples "$TOP/tools/engram.7" | sed "s,/usr/share/engram,$ROOT/usr/share/engram," >example
    PATH=$ROOT/usr/bin:$PATH run bash -euo pipefail example
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [[ $output == side$'\t'k$'\t'* ]]
    [ "$(sha256sum <correlations.tsv | cut -d ' ' -f 1)" = "$(sed -n 's, *\./correlations.tsv,,p' "$TOP/pipeline/digests/1..100")" ]
    [ -s map.png ]
    examples "$TOP/tools/engram.5" >example
    PATH=$ROOT/usr/bin:$PATH run bash -euo pipefail example
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == '{"__metadata__":{"format":"engram.samples"},"labels":'* ]]
    [[ ${lines[1]} =~ ^\ *[1678]( +[1678]){9}$ ]]
}

@test "the byte table of engram(5) is that of the file" {
    { printf '\0\0\010\003'; big_endian 2; big_endian 1; big_endian 1; printf '\377\0'; } >images
    { printf '\0\0\010\001'; big_endian 2; printf '\1\7'; } >labels
    "$BIN/mnist-filter" -i images -l labels -o samples
    [ "$(wc -c <samples)" -eq 180 ]
    page "$TOP/tools/engram.5" | sed -n '/180 bytes:$/,/the images$/p' | sed -nE 's/^ +([0-9]+) +([0-9]+) +(.*)/\1 \2 \3/p' >rows
    [ "$(wc -l <rows)" -eq 7 ]
    at=0
    while read -r offset bytes what; do
        [ "$offset" -eq "$at" ]
        at=$((at + bytes))
        case $what in
        '{'* | '"'*) [ "$(tail -c +$((offset + 1)) samples | head -c "$bytes")" = "$what" ] ;;
        spaces) [ -z "$(tail -c +$((offset + 1)) samples | head -c "$bytes" | tr -d ' ')" ] ;;
        *) [ "$(od -An -tx1 -j "$offset" -N "$bytes" samples | xargs)" = "${what%%,*}" ] ;;
        esac
    done <rows
    [ "$at" -eq 180 ]
}

@test "every kind and format of a file, its metadata and its tensors, and every dtype, are in engram(5)" {
    "$TOP/tests/chroot/files" "$BIN" files
    "$BIN/train-tally" -c 1,7 -c 6,8 --permute-labels 1..3 --permuted files/seeded -o /dev/null files/samples
    grep -ahoE '"(format|kind)":"[a-z.]+"' files/* | sed 's/.*:"//; s/"//' | sort -u >named
    [ "$(wc -l <named)" -ge 10 ]
    while read -r word; do
        grep -qE "^\.(It $word Ta|Ql ${word/./\\.} ?[.;]?$)" "$TOP/tools/engram.5" || { echo "$word"; false; }
    done <named
    for file in files/*; do
        head -c "$(($(od -An -td8 -N8 "$file") + 8))" "$file" | tail -c +9 |
            perl -ne '/"__metadata__":\{(.*?)\}/; print "$1\n"' | grep -oE '"[a-z_]+":' | tr -d '":'
    done | sort -u >keys
    [ "$(wc -l <keys)" -ge 22 ]
    while read -r word; do
        grep -qE "^\.(It )?Cm (.* , )?$word( [,;:]|$)" "$TOP/tools/engram.5" || { echo "$word"; false; }
    done <keys
    for file in files/*; do "$BIN/pixmap" --list "$file" | tail -n +2; done | cut -f 1 | sort -u >tensors
    [ "$(wc -l <tensors)" -ge 15 ]
    while read -r word; do
        [[ $word == layer[2-9]* ]] || grep -qE "^\.(It $word Ta|Cm $word( ,|$))" "$TOP/tools/engram.5" || { echo "$word"; false; }
    done <tensors
    # those that the library knows
    sed -n 's/^ *\[ST_[A-Z0-9_]*\] = {[^"]*"\([A-Z0-9_]*\)".*/\1/p' "$TOP/lib/dtype.c" | sort >dtypes
    [ "$(wc -l <dtypes)" -eq 22 ]
    sed -n '/^\.It Sy bits/,/^\.El/p' "$TOP/tools/engram.5" | sed -n 's/^\.It [0-9][^T]*Ta \(.*\) Ta .*/\1/p' | tr -s ', ' '\n' | sort | diff dtypes -
}

@test "tables begin with the columns that engram(5) names" {
    "$TOP/tests/chroot/files" "$BIN" files
    cd files
    "$BIN/train-tally" -c 1,7 -c 6,8 -H 3 --permute-labels 1 --permutations 3 --permuted draws --log train-tally--log -o /dev/null samples
    "$BIN/mnist-filter" -l "$TOP"/pipeline/mnist/train-labels*.gz -r :9 --count >mnist-filter--count
    "$BIN/param-diff" --summary fork-1 fork-7 >param-diff--summary
    "$BIN/correlate" --points correlate--points --pixels correlate--pixels --map-table correlate--map-table --null draws \
        --null-table correlate--null-table -o correlate tally-a tally-b difference difference-b
    "$BIN/graft" --score score fork-1 fork-7 samples >graft
    "$BIN/pixmap" --list map >pixmap--list
    sed -n '/^\.It Sy written by/,/^\.El/s/^\.It \([a-z -]*\) Ta \(.*\)$/\1:\2/p' "$TOP/tools/engram.5" | grep -v "^summarize:" >tables
    [ "$(wc -l <tables)" -eq 10 ]
    while IFS=: read -r table columns; do
        [[ "$(head -n 1 "${table/ /}" | sed 's/\t/, /g'), " == "$columns, "* ]] || { echo "$table"; false; }
    done <tables
}

@test "the index that engram(5) shows stands for its shards" {
    page "$TOP/tools/engram.5" | sed -n '/^ *{"metadata"/,/^$/s/^ *//p' >index.json
    # "a": two F32; "b": one
    for shard in "1 a 2 8" "2 b 1 4"; do
        read -r n name elements bytes <<<"$shard"
        header='{"'$name'":{"dtype":"F32","shape":['$elements'],"data_offsets":[0,'$bytes']}}'
        { printf '%b' "\\x$(printf %x ${#header})\\0\\0\\0\\0\\0\\0\\0" && printf %s "$header" && head -c "$bytes" /dev/zero; } >"$n.safetensors"
    done
    [ "$("$BIN/pixmap" --list index.json)" = $'tensor\tdtype\tshape\tmatrices\na\tF32\t2\t1\nb\tF32\t1\t1' ]
}

@test "completions are the same by every awk" {
    for awk in mawk gawk original-awk; do
        command -v "$awk" >/dev/null || continue
        for shell in bash zsh fish; do
            "$BIN/correlate" --help | "$awk" -v shell=$shell -f "$TOP/pipeline/package/complete.awk" |
                cmp - "$BIN/../completions/$shell/correlate"
        done
    done
    run -1 awk -v shell=bash -f "$TOP/pipeline/package/complete.awk" </dev/null
    [ -z "$output" ]
}

# usage: arguments: each option that takes one, and what can be said of it: the names that its program knows when it refuses
# another, FILE, or nothing
arguments() {
    for program in $PROGRAMS; do
        "$BIN/$program" --help | perl -ne 'print "$1 $2\n" if /^  (?:-\w, |    )--([\w-]+)(?: |\[=)(\S+)/' |
            while read -r option argument; do
                case $argument in
                FILE | MASK | NETWORK | SAMPLES | TABLE) known=FILE ;;
                *) known=$("$BIN/$program" "--$option=?" 2>&1 </dev/null |
                    sed -nE "s/.*(known:|'\?' is not) ([a-z-]+((, | or )[a-z-]+)*)$/\2/p" | sed 's/,\| or / /g') ;;
                esac
                echo "$program --$option= $known"
            done
    done | sorted
}

# usage: sorted: the words of each line after the second in order
sorted() {
    perl -pane '$_ = "@F[0, 1] @{[sort @F[2 .. $#F]]}\n"'
}

# usage: offered WORD...: what bash completes the last word to, a line each; FILE for names of files, its default. Where the
# last word is =, bash gives its function an empty one.
offered() {
    bash -c 'source "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) word=${*: -1} default=FILE
        compopt() { [[ $* != "+o default" ]] || default=; }
        function=$(complete -p "$1"); [[ $function == *"-o default "* ]]; function=${function#*-F }
        "${function% *}" "$1" "${word#=}" "${*: -2:1}"; printf "%s\n" "${COMPREPLY[@]-$default}"' \
        - "$ROOT/usr/share/bash-completion/completions/$1" "$@"
}

@test "bash is offered the options of the help, and the words of an argument" {
    for program in $PROGRAMS; do
        [ "$(offered "$program" - | sort)" = "$(options "$program")" ] || { echo "$program"; false; }
    done
    arguments >known
    grep -qx 'graft --rank= all tensor' known
    grep -qx 'train-tally --from= FILE' known
    grep -qx 'mnist-filter --range= ' known
    while read -r program option _; do
        echo "$program $option" "$(offered "$program" "${option%=}" = | xargs)"
    done <known | sorted >found
    diff known found
    [ "$(offered pixmap --pa)" = --palette ]
    [ "$(offered pixmap -p b | xargs)" = "blue-orange blues" ]
    [ "$(offered pixmap --palette = g)" = gray ]
    [ -z "$(offered train-tally --route = x)" ]
    [ -z "$(offered pixmap -p x)" ]
    # one that may be left out stands behind = alone
    [ "$(offered train-tally --route '')" = FILE ]
    [ "$(offered pixmap -o -)" = FILE ]
    [ "$(offered pixmap '')" = FILE ]
    # to bash, : and = are words of their own in what is typed, too
    [ -z "$(offered mnist-filter -r 0 :)" ]
    [ -z "$(offered mnist-filter --range = 0 : 1)" ]
    [ -z "$(offered correlate --scope = heads = h)" ]
    [ "$(offered pixmap --bar a : b)" = FILE ]
}

@test "zsh is offered them" {
    command -v zsh >/dev/null || skip "no zsh here"
    for program in $PROGRAMS; do
        file=$ROOT/usr/share/zsh/site-functions/_$program
        [ "$(head -n 1 "$file")" = "#compdef $program" ]
        zsh -f -c '_arguments() { print -rl -- "$@" }; source "$1"' - "$file" >specs
        [ "$(sed -n 's/^\*\(--*[A-Za-z][a-z-]*[a-z]\|-[A-Za-z]\)[-+=]*\[.*/\1/p' specs | sort)" = "$(options "$program")" ] || { cat specs; false; }
        # -o[explanation]:argument:action; a second colon before an argument that may be left out
        perl -ne 'chomp; @f = split /(?<!\\):/, $_, -1; splice @f, 1, 1 if @f == 4 && $f[1] eq "" && s/=-\[/=[/;
            $f[2] =~ s/^_files$/FILE/; $f[2] =~ tr/()//d; print "'"$program"' $1 $f[2]\n" if @f == 3 && /^\*(--[\w-]+=)\[/' specs >>offered
    done
    arguments | diff - <(sorted <offered)
    zsh -f -c '_arguments() { print -rl -- "$@" }; source "$1"' - "$ROOT/usr/share/zsh/site-functions/_pixmap" >specs
    grep -qxF -- '*-p+[blue-orange, purple-green, blues or gray \[blue-orange; where no value is negative, blues\]]:NAME:(blue-orange purple-green blues gray)' specs
    grep -qxF -- '*-o+[where the picture or the table goes \[-\]]:FILE:_files' specs
    grep -qF -- ':LO\:HI:' specs
}

@test "fish is offered them" {
    command -v fish >/dev/null || skip "no fish here"
    export HOME=$PWD
    # usage: completed PROGRAM TEXT: what fish completes it to, a line each
    completed() {
        fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$ROOT/usr/share/fish/vendor_completions.d/$1.fish" "$1 $2" | cut -f 1
    }
    for program in $PROGRAMS; do
        [ "$(completed "$program" -- | sed /=/d | sort)" = "$(options "$program" | grep -e --)" ] || { echo "$program"; false; }
    done
    arguments >known
    mkdir empty
    cd empty
    touch FILE
    while read -r program option _; do
        echo "$program $option" "$(completed "$program" "$option" | sed "s/^$option//" | xargs)"
    done <../known | sorted >../found
    diff ../known ../found
    [ "$(completed pixmap '-p ' | xargs)" = "blues blue-orange gray purple-green" ]
    [ "$(completed pixmap '-o ')" = FILE ]
}

@test "the file for pkg-config names a prefix of any path" {
    make --no-print-directory -s -C "$TOP" install-dev DESTDIR="$PWD/root" PREFIX=/p,q+r
    grep -qx 'prefix=/p,q+r' root/p,q+r/lib/pkgconfig/engram.pc
    cmp root/p,q+r/lib/libengram.a "$ROOT/usr/lib/libengram.a"
}

@test "the library for others: the example of its README" {
    command -v pkg-config >/dev/null || skip "no pkg-config here"
    [ -z "${SANITIZE-}" ] || skip "the library has sanitizers"
    sed -n '/^```c$/,/^```$/p' "$TOP/lib/README.md" | sed '1d; $d' >tensors.c
    flags=$(PKG_CONFIG_PATH=$ROOT/usr/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$ROOT pkg-config --define-variable=prefix="$ROOT/usr" --cflags --libs engram)
    # shellcheck disable=SC2086 # several words
    "${CC:-gcc}" -std=c17 -Wall -Wextra -Werror tensors.c ${flags//"$ROOT$ROOT"/"$ROOT"} -o tensors
    "$BIN/mnist-filter" -i "$TOP"/pipeline/mnist/train-images*.gz -l "$TOP"/pipeline/mnist/train-labels*.gz -n 1 -o samples
    [ "$(./tensors samples)" = $'U8 images\nU8 labels' ]
    run ./tensors tensors.c
    [ "$status" -eq 1 ]
    [[ $output == "tensors.c: "* ]]
}

# usage: sources: a copy of what is shipped, without what was built
sources() {
    mkdir tree
    (cd "$TOP" && tar -cf - --exclude=./out --exclude=./.git --exclude=./build .) | tar -xf - -C tree
}

@test "make dist: what git tracks, the same twice, in a folder of its own, as old as its changelog" {
    sources
    make --no-print-directory -C tree dist >said
    archive=tree/build/engram-$VERSION.tar.gz
    [ "$(<said)" = "${archive#tree/}" ]
    cp "$archive" first
    find tree -name '*.mk' -exec touch {} +
    umask 077
    chmod -R go= tree
    touch "tree/lib/.rng.c.$HOSTNAME.1"
    make --no-print-directory -C tree dist
    cmp first "$archive"
    SOURCE_DATE_EPOCH=1 make --no-print-directory -C tree dist
    run cmp -s first "$archive"
    [ "$status" -eq 1 ]
    [ "$(tar -tvf "$archive" --utc --full-time | awk '{ print $2, $4, $5 }' | sort -u)" = "0/0 1970-01-01 00:00:01" ]
    if git -C "$TOP" rev-parse 2>/dev/null; then
        tar -tf "$archive" | sed -n "s,^engram-$VERSION/,,; /[^/]$/p" | sort >packed
        [ -z "$(comm -23 <(git -C "$TOP" ls-files | sort) packed)" ]
        [ -z "$(comm -13 <(git -C "$TOP" ls-files -co --exclude-standard | sort) packed)" ]
    fi
    # the order of the system's folders tells nothing
    tar -tf "$archive" | grep '/lib/.*\.c$' >order
    sort -c order
    # it is whole: make knows how everything is made, and deletes nothing of it
    tar -xf "$archive"
    run make --no-print-directory -C "engram-$VERSION" -n deps all test bench
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [[ $output != *$'\nrm '* ]]
    # by that file by file: with all of them secondary, make 4.3 walks all paths to what waits for the compiler
    run -1 grep -rx '\.SECONDARY:' "engram-$VERSION/Makefile" "engram-$VERSION/pipeline"
    sed -i '1s/(.*)/(0.0.1)/' tree/pipeline/package/debian/changelog
    run make --no-print-directory -C tree dist
    [ "$status" -eq 2 ]
    [ "${lines[0]}" = "make: pipeline/package/debian/changelog does not begin with $VERSION" ]
}

# usage: stand_in NAME SCRIPT
stand_in() {
    mkdir -p bin
    printf '#!/usr/bin/env bash\n%s\n' "$2" >"bin/$1"
    chmod +x "bin/$1"
}

@test "make deps-deb deb: packages come first; a build that fails says why, and leaves no package" {
    sources
    export MARK=$PWD/installed
    stand_in sudo 'exec "$@"'
    stand_in apt-get '[[ $* != *debhelper* ]] || { sleep 3; touch "$MARK"; }'
    stand_in dpkg-buildpackage '[[ -e $MARK ]] || exit 7; [[ -z ${FAILING-} ]] || { echo no room; exit 1; }; touch "../engram_'"$VERSION"'_all.deb"'
    PATH=$PWD/bin:$PATH run make --no-print-directory -j8 -C tree deps-deb deb
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [ "${lines[-1]}" = "build/engram_${VERSION}_all.deb" ]
    rm tree/build/*.deb
    FAILING=1 PATH=$PWD/bin:$PATH run make --no-print-directory -C tree deb
    [ "$status" -eq 2 ]
    [[ $output == *"no room"* ]]
    [ -z "$(find tree/build -maxdepth 1 -name '*.deb')" ]
}

@test "make deb: the same twice, what install puts there, nothing that lintian finds" {
    command -v dh dpkg-buildpackage fakeroot >/dev/null || skip "no debhelper here; make deps-deb installs it"
    dpkg-checkbuilddeps "$TOP/pipeline/package/debian/control" 2>/dev/null || skip "packages that it needs are not installed"
    sources
    # not -O3, for the time it takes
    export DEB_BUILD_OPTIONS="noopt parallel=2"
    run make --no-print-directory -C tree deb
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    package=tree/${lines[-1]}
    [[ $package == tree/build/engram_${VERSION}_*.deb ]]
    cp "$package" first
    make --no-print-directory -C tree deb
    cmp first "$package"
    dpkg-deb -x "$package" there
    # Debian's zsh looks for completions in a folder of its own
    diff <(cd "$ROOT" && find usr -type f ! -path 'usr/include/*' ! -path 'usr/lib/*' | sed 's,/site-functions/,/vendor-completions/,' | sort) \
        <(cd there && find usr -type f ! -path 'usr/share/doc/*' ! -path 'usr/share/lintian/*' | sed '/\/man\//s/\.gz$//' | sort)
    [ "$(there/usr/bin/correlate --version)" = "correlate (engram) $VERSION" ]
    [ "$(dpkg-deb -f "$package" Version)" = "$VERSION" ]
    if command -v lintian >/dev/null; then
        # there is none without optimization
        run lintian --allow-root -I --pedantic --suppress-tags hardening-no-fortify-functions "$package"
        [ -z "$output" ] || { echo "$output"; false; }
    fi
}
