#!/usr/bin/env bats
# correlate: the statistics against SciPy and R (tests/data/statistics.txt,
# tests/data/statistics-structure.txt), points, maps, permutations, draws of a null hypothesis, masks
# of inputs, and what is undefined.

bats_require_minimum_version 1.5.0
load helpers
load data

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    PATH="$BIN:$PATH"
}

# Makes the files a, b, c, d of one F64 tensor, so that x = a/(a+b) and y = c/(c+d).
# usage: make_four NAME SHAPE X... Y...   (a shape as 2,3)
make_four() {
    perl -e 'my ($name, $shape, @values) = @ARGV; my $n = @values / 2;
        my @x = @values[0 .. $n - 1]; my @y = @values[$n .. 2 * $n - 1]; my $bytes = 8 * $n;
        my $h = qq({"$name":{"dtype":"F64","shape":[$shape],"data_offsets":[0,$bytes]}});
        for (["a", @x], ["b", map { 1 - $_ } @x], ["c", @y], ["d", map { 1 - $_ } @y]) {
            my ($file, @numbers) = @$_;
            open my $f, ">", $file or die; binmode $f;
            print $f pack("Q<", length $h), $h, pack("d<*", @numbers) }' -- "$@"
}

# Makes FILE of one F64 tensor; a shape as 2,3.
# usage: put FILE NAME SHAPE VALUE...
put() {
    make_safetensors "{\"$2\":{\"dtype\":\"F64\",\"shape\":[$3],\"data_offsets\":[0,$((8 * ($# - 3)))]}}" \
        'd<*' "${@:4}" >"$1"
}

# Messages but those of scopes without a tensor, which have a test of their own.
unscoped() {
    grep -v ': no tensor belongs to the scope \(biases\|weights\); ' "$1" || true
}

# The command succeeds, with exactly this message, unscoped; its output is in `table`.
# usage: warns MESSAGE COMMAND...
warns() {
    "${@:2}" >table 2>messages
    unscoped messages >warning
    [ "$(<warning)" = "$1" ] || { echo "warning: $(<warning)"; return 1; }
}

X='.12 .35 .47 .21 .80 .66 .59 .33 .91 .05'
Y='.30 .28 .55 .25 .70 .52 .66 .41 .62 .18'

# The row of tests/data/statistics.txt for X and Y: the table has 9 digits, p has 6.
# usage: check_row TABLE SCOPE
check_row() {
    [ "$(field "$1" "$2" n)" = 10 ]
    [ "$(field "$1" "$2" undefined)" = 0 ]
    [ "$(field "$1" "$2" df)" = 8 ]
    near "$(field "$1" "$2" r)" 0.90215043855703203 5e-9
    near "$(field "$1" "$2" t)" 5.9145551465278743 5e-9
    near "$(field "$1" "$2" p)" 0.00035586436507319352 5e-6
    near "$(field "$1" "$2" ci_low)" 0.63086867731224738 5e-9
    near "$(field "$1" "$2" ci_high)" 0.97688743858318028 5e-9
    near "$(field "$1" "$2" spearman)" 0.85454545454545439 5e-9
}

TITLE=$'scope\tpart\tn\tundefined\tr\tt\tdf\tp\tp_valid\tci_low\tci_high\tspearman\tshare\tp_units\tp_null\tauc_x\tauc_y\tvariance_x\tvariance_y'

# The columns of a row up to spearman but for part and p_valid.
# usage: row TABLE SCOPE
row() {
    awk -F'\t' -v OFS='\t' -v scope="$2" \
        '$1 == scope && $2 == "all" { print $3, $4, $5, $6, $7, $8, $10, $11, $12 }' "$1"
}

# The columns that a section of the manual page lists, as a line of the table.
# usage: columns_of SECTION
columns_of() {
    perl -e 'my ($section) = shift; while (<>) { $on = $1 eq $section, $listed = 0 if /^\.S[sh] (.*)/;
        $listed = 1 if $on && /^The columns:/; push @names, $1 if $listed && /^\.It (\S+)$/ }
        print join("\t", @names)' "$1" "$TOP/tools/correlate.1"
}

# The field of a part's row.
# usage: part TABLE SCOPE PART COLUMN
part() {
    awk -F'\t' -v scope="$2" -v part="$3" -v column="$4" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) at = i }
        NR > 1 && $1 == scope && $2 == part { print $at }' "$1"
}

# --- the table ------------------------------------------------------------------------------------

@test "r, t, p, interval and Spearman of SciPy and R, in every scope" {
    # shellcheck disable=SC2086 # words
    make_four layer1.bias 10 $X $Y
    correlate a b c d >table
    [ "$(head -n 1 table)" = "$TITLE" ]
    [ "$(cut -f 1 table | xargs)" = 'scope biases weights layer1.bias' ]
    check_row table biases
    check_row table layer1.bias
    [ "$(row table weights)" = $'0\t0\tnan\tnan\tnan\tnan\tnan\tnan\tnan' ]
    # shellcheck disable=SC2086
    make_four weight 5,2 $X $Y
    correlate a b c d >table
    [ "$(cut -f 1 table | xargs)" = 'scope biases weights weight weight weight weight' ]
    check_row table weights
    check_row table weight
}

@test "scopes: by the end of a name, and every tensor in order" {
    h='' i=0
    for name in x weight z.weight overweight bias.x a.bias c.bias unbias; do
        h+=",\"$name\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[$i,$((i + 8))]}"
        ((i += 8))
    done
    h="{${h#,}}"
    make_safetensors "$h" 'f<*' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 >a
    make_safetensors "$h" 'f<*' 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 >b
    correlate a b a b -o table
    [ "$(cut -f 1,3 table | xargs)" = 'scope n biases 4 weights 4 a.bias 2 bias.x 2 c.bias 2 overweight 2 unbias 2 weight 2 x 2 z.weight 2' ]
    near "$(field table biases r)" 1 1e-9
}

# usage: named NAME...   files a and b of F32 vectors [2] of these names
named() {
    local h='' i=0 name
    for name; do
        h+=",\"$name\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[$i,$((i + 8))]}"
        ((i += 8))
    done
    # shellcheck disable=SC2046 # numbers
    make_safetensors "{${h#,}}" 'f<*' $(seq $((2 * $#))) >a
    # shellcheck disable=SC2046
    make_safetensors "{${h#,}}" 'f<*' $(printf '1 %.0s' $(seq $((2 * $#)))) >b
}

# usage: scopes OPTION...   names and n of the table of a, b, a, b
scopes() {
    correlate a b a b "$@" 2>messages | tail -n +2 | cut -f 1,3 | xargs
}

@test "scopes: as PyTorch, Keras and Flax name biases and weights" {
    named bias params/Dense_0/bias x.bias weight kernel embedding scale a.b/kernel a/b.embedding norm.scale
    [ "$(scopes)" = 'biases 6 weights 14 a.b/kernel 2 a/b.embedding 2 bias 2 embedding 2 kernel 2 norm.scale 2 params/Dense_0/bias 2 scale 2 weight 2 x.bias 2' ]
    [ ! -s messages ]
    named bias_ biases bias.x bias/ Bias weights kernel.x rescale embeddings wte.Weight
    [[ $(scopes) == 'biases 0 weights 0 '* ]]
    # The bias of a map's weights goes by their layer.
    for names in 'kernel 0/bias' 'scale 0/bias' 'weight 0.bias' 'embedding 0.bias'; do
        read -r matrix vector <<<"$names"
        make_safetensors '{"'"$vector"'":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},"0/'"$matrix"'":{"dtype":"F64","shape":[2,1],"data_offsets":[16,32]}}' \
            'd<*' 1 3 1 3 | edit_header "s,0/weight,0.weight,; s,0/embedding,0.embedding," >a
        edit_header '' <a >b
        correlate a b b a --map-table map -o table 2>messages
        [ "$(field map all black)" = 1 ]
    done
}

@test "scopes: one without a tensor is said" {
    named weight x
    correlate a b a b 2>messages >table
    [ "$(<messages)" = 'correlate: a: no tensor belongs to the scope biases; --scope biases=GLOB says which do' ]
    named bias x
    correlate a b a b 2>messages >table
    [ "$(<messages)" = 'correlate: a: no tensor belongs to the scope weights; --scope weights=GLOB says which do' ]
    scopes --scope 'all=*' --scope biases=none --scope $'\ex=y' >table
    [ "$(<messages)" = 'correlate: a: no tensor belongs to the scope biases; --scope biases=GLOB says which do
correlate: a: no tensor belongs to the scope weights; --scope weights=GLOB says which do
correlate: a: no tensor belongs to the scope \u001bx; --scope \u001bx=GLOB says which do' ]
    [ "$(<table)" = 'biases 0 weights 0 all 4 u001bx 0 bias 2 x 2' ] # xargs takes the backslash
    make_safetensors '{}' >none
    correlate none none none none 2>messages >table
    [ "$(<messages)" = 'correlate: none: no parameters; r is undefined for every scope' ]
}

@test "--scope: others, and other tensors for biases and weights" {
    named bias h.0.attn.weight h.0.mlp.weight h.1.attn.weight gamma beta
    [ "$(scopes)" = 'biases 2 weights 6 beta 2 bias 2 gamma 2 h.0.attn.weight 2 h.0.mlp.weight 2 h.1.attn.weight 2' ]
    [ "$(scopes --scope 'attention=*.attn.*' | cut -d ' ' -f 1-6)" = 'biases 2 weights 6 attention 4' ]
    # Several patterns of a name, a tensor once; names in the order given; an = in a pattern.
    [ "$(scopes --scope 'z=h.0.*' --scope 'y=g*' --scope=z=gamma --scope 'z=*a' --scope 'e=[=x]' | cut -d ' ' -f 1-10)" = \
        'biases 2 weights 6 z 8 y 2 e 0' ]
    [ "$(scopes --scope 'biases=b*' --scope 'weights=*mlp*' --scope 'weights=ga?ma' | cut -d ' ' -f 1-4)" = 'biases 4 weights 4' ]
    # A scope over all vectors has the numbers of biases over the same, JSON and draws included.
    make_safetensors '{"bias":{"dtype":"F64","shape":[2,2,5],"data_offsets":[0,160]},"c.bias":{"dtype":"F64","shape":[2,2,4],"data_offsets":[160,288]},"w":{"dtype":"F64","shape":[2,2,2,2],"data_offsets":[288,416]}}' \
        'd<*' 1 5 2 8 3 4 1 7 2 6 9 1 5 3 2 8 4 6 1 7 1 5 2 8 3 4 1 7 2 6 9 1 5 3 2 8 1 1 2 3 5 8 1 3 2 1 3 4 5 6 7 8 >null
    for file in a b c d; do
        # shellcheck disable=SC2046,SC2094 # numbers; a name
        make_safetensors '{"bias":{"dtype":"F64","shape":[5],"data_offsets":[0,40]},"c.bias":{"dtype":"F64","shape":[4],"data_offsets":[40,72]},"w":{"dtype":"F64","shape":[2,2],"data_offsets":[72,104]}}' \
            'd<*' $(perl -e '$s = ord shift; print 1 + ($s = $s * 75 % 65537) % 23, " " for 1 .. 13' $file) >$file
    done
    with_scope() { correlate a b c d -P 99 -s 3 --null null --null-units "$@" 2>messages; }
    with_scope --null-table draws --json json --scope 'own=*bias' --scope 'mixed=[bw]*' >table
    [ "$(grep -c '^own' table)" = 1 ]
    grep '^biases' table | sed 's/^biases/own/' | cmp - <(grep '^own' table)
    grep -P '\tbiases\t' draws | sed 's/biases/own/' | cmp - <(grep -P '\town\t' draws)
    [ "$(cut -f 2 draws | grep -c own)" = 2 ]
    [[ $(field table own p_units) == 0.* ]]
    [ "$(field table own p_valid) $(field table mixed p_valid)" = 'iid no' ]
    [ "$(field table mixed n) $(field table mixed p_units)" = '9 nan' ]
    [ "$(grep -c '"scope": "own"' json)" = 1 ]
    with_scope --null-table draws2 >table2
    grep -v -e '^own' -e '^mixed' table | cmp - table2
    grep -v -P '\t(own|mixed)\t' draws | cmp - draws2
    # What a matrix gives to a scope alone, and to one of several.
    with_scope --null-table draws --scope 'mine=w' >table
    [ "$(field table mine r)" = "$(field table w r)" ]
    misused "--scope: 'x' is not NAME=GLOB" correlate --scope x a b c d
    misused "--scope: '=x' is not NAME=GLOB" correlate --scope =x a b c d
    many=()
    for i in {1..64}; do many+=(--scope "s$i=*"); done
    correlate a b c d "${many[@]}" >table 2>messages
    [ "$(grep -c '^s' table)" = 65 ]
    misused '--scope: more than 64' correlate "${many[@]}" --scope x=y a b c d
}

@test "a scope over several tensors: the parts of the example make the whole" {
    perl -e 'my @x = split " ", shift; my @y = split " ", shift;
        my $h = q({"1.bias":{"dtype":"F64","shape":[3],"data_offsets":[0,24]},"2.bias":{"dtype":"F64","shape":[7],"data_offsets":[24,80]}});
        for (["a", @x], ["b", map { 1 - $_ } @x], ["c", @y], ["d", map { 1 - $_ } @y]) {
            my ($file, @n) = @$_; open my $f, ">", $file;
            print $f pack("Q<", length $h), $h, pack("d<*", @n) }' "$X" "$Y"
    correlate a b c d >table
    check_row table biases
    [ "$(field table 1.bias n)" = 3 ]
    [ "$(field table 1.bias ci_low)" = nan ]
    [ "$(field table 2.bias n)" = 7 ]
    [ "$(field table 2.bias ci_low)" != nan ]
}

@test "p beyond what a double holds, and one within" {
    # Two values each: r is (pairs that agree - pairs that do not) / n.
    two_valued() {
        perl -e 'my ($n, $agree) = @ARGV; my @x = map { $_ % 2 } 0 .. $n - 1;
            my @y = map { $_ < $agree ? $x[$_] : 1 - $x[$_] } 0 .. $n - 1; my $bytes = 4 * $n;
            my $h = qq({"weight":{"dtype":"F32","shape":[$n],"data_offsets":[0,$bytes]}});
            for (["a", @x], ["b", map { 1 - $_ } @x], ["c", @y], ["d", map { 1 - $_ } @y]) {
                my ($file, @numbers) = @$_; open my $f, ">", $file;
                print $f pack("Q<", length $h), $h, pack("f<*", @numbers) }' -- "$@"
    }
    two_valued 78400 52920
    correlate a b c d >table
    near "$(field table weights r)" 0.35 1e-9
    [ "$(field table weights p)" = 1.8e-2227 ]
    near "$(field table weights spearman)" 0.35 1e-9
    two_valued 78400 40376
    correlate a b c d >table
    near "$(field table weights r)" 0.03 1e-9
    [ "$(field table weights p)" = 4.39847e-17 ]
}

@test "constant x or y: no correlation" {
    make_four bias 4 .5 .5 .5 .5 .1 .2 .3 .4
    [ "$(row <(correlate a b c d) bias)" = $'4\t0\tnan\tnan\t2\tnan\tnan\tnan\tnan' ]
    make_four bias 4 .1 .2 .3 .4 .7 .7 .7 .7
    [ "$(row <(correlate a b c d) bias)" = $'4\t0\tnan\tnan\t2\tnan\tnan\tnan\tnan' ]
}

@test "two parameters, one, none, and a perfect correlation" {
    make_four bias 2 .25 .5 .25 .5
    [ "$(row <(correlate a b c d) bias)" = $'2\t0\t1\tnan\t0\t1\tnan\tnan\t1' ]
    make_four bias 2 .25 .5 .5 .25
    [ "$(row <(correlate a b c d) bias)" = $'2\t0\t-1\tnan\t0\t1\tnan\tnan\t-1' ]
    make_four bias 1 .25 .25
    [ "$(row <(correlate a b c d) bias)" = $'1\t0\tnan\tnan\tnan\tnan\tnan\tnan\tnan' ]
    make_four bias 0
    [ "$(row <(correlate a b c d) bias)" = $'0\t0\tnan\tnan\tnan\tnan\tnan\tnan\tnan' ]
    make_four bias 5 .25 .5 .75 0 1 .25 .5 .75 0 1
    [ "$(row <(correlate a b c d) bias)" = $'5\t0\t1\tinf\t3\t0\t1\t1\t1' ]
    make_safetensors '{}' >none
    undefined=$'nan\tnan\tnan\tnan' rest=$'nan\tnan\tnan\tnan\tnan\tnan\tnan\tnan\tnan\tnan'
    [ "$(correlate none none none none)" = "$TITLE"$'\nbiases\tall\t0\t0\t'"$undefined"$'\tiid\t'"$rest"$'\nweights\tall\t0\t0\t'"$undefined"$'\tno\t'"$rest" ]
}

@test "ties have their mean rank" {
    make_four bias 6 .1 .2 .2 .3 .4 .4 .2 .1 .4 .3 .3 .5
    # Ranks 1 2.5 2.5 4 5.5 5.5 and 2 1 5 3.5 3.5 6.
    near "$(field <(correlate a b c d) bias spearman)" 0.58215439817586889 5e-9
}

@test "ranks of 2^24 parameters, and no more" {
    for n in 16777216 16777217; do
        make_safetensors "{\"w\":{\"dtype\":\"BF16\",\"shape\":[$n],\"data_offsets\":[0,$((2 * n))]}}" 'v*' 1 2 3 >a
        truncate -s +$((2 * n - 6)) a
        correlate a a a a 2>messages >table
        [ "$(row table w)" = $'3\t'$((n - 3))$'\tnan\tnan\t1\tnan\tnan\tnan\tnan' ]
        same='correlate: a, a: x = a/(a + b) is the same for every parameter; r is undefined for every scope
correlate: a, a: y = c/(c + d) is the same for every parameter; r is undefined for every scope'
        if [ $n -eq 16777216 ]; then
            [ "$(unscoped messages)" = "$same" ]
        else
            [ "$(unscoped messages)" = 'correlate: w: no spearman, parts or permutations over more than 16777216 parameters'$'\n'"$same" ]
        fi
    done
}

@test "undefined parameters are counted and left out" {
    h='{"bias":{"dtype":"F32","shape":[9],"data_offsets":[0,36]}}'
    #                         defined | a+b=0 | c+d=0 | NaN | inf/inf | cancels
    make_safetensors "$h" 'f<*' 1 2 3   0   1   nan 1   inf 1  >a
    make_safetensors "$h" 'f<*' 1 1 1   0   1   1   1   1   -1 >b
    make_safetensors "$h" 'f<*' 5 1 2   1   0   1   nan 1   1  >c
    make_safetensors "$h" 'f<*' 1 1 1   1   0   1   1   1   1  >d
    correlate a b c d --any --points points >table
    [ "$(field table bias n) $(field table bias undefined)" = '3 6' ]
    [ "$(field table biases n) $(field table biases undefined)" = '3 6' ]
    [ "$(cut -f 4,5 points | tail -n +5 | xargs)" = 'nan 0.5 0.5 nan nan 0.5 0.5 nan nan 0.5 nan 0.5' ]
    # Nothing defined at all.
    correlate <(make_safetensors "$h" 'f<9') <(make_safetensors "$h" 'f<9') c d >table
    [ "$(row table bias)" = $'0\t9\tnan\tnan\tnan\tnan\tnan\tnan\tnan' ]
}

@test "names are escaped wherever they are printed" {
    make_four 'a\tb\n\"\\\u0001\u001b[1m\u007f.bias' 3 .1 .2 .3 .1 .3 .2
    correlate a b c d --points points >table
    [ "$(wc -l <table)" = 4 ]
    [ "$(tail -n 1 table | cut -f 1)" = 'a\tb\n\"\\\u0001\u001b[1m\u007f.bias' ]
    [ "$(tail -n 1 points | cut -f 1)" = 'a\tb\n\"\\\u0001\u001b[1m\u007f.bias' ]
    [ "$(field table biases n)" = 3 ]
    make_four 'x\u001b[2J' 1,1 .1 .2
    fails 1 'correlate: a: tensor "\u001b": is missing, so no map of it' \
        correlate a b c d --map map --map-tensor $'\e'
}

# usage: bias DTYPE WIDTH FORMAT VALUE...   a file of one tensor "bias" [4]
bias() {
    make_safetensors "{\"bias\":{\"dtype\":\"$1\",\"shape\":[4],\"data_offsets\":[0,$((4 * $2))]}}" "$3*" "${@:4}"
}

@test "every real dtype of 8 bits or more, in every file and in draws" {
    bias F64 8 'd<' 1 2 3 4 >a
    bias F64 8 'd<' 1 1 1 1 >b
    bias F64 8 'd<' 4 1 3 2 >c
    make_safetensors '{"bias":{"dtype":"F64","shape":[1,2,4],"data_offsets":[0,64]}}' 'd<*' 1 2 3 4 1 1 1 1 >null
    correlate a b c b --null null --null-table draws >table
    [ "$(field table bias n)" = 4 ]
    for type in 'I64 8 q<' 'U64 8 Q<' 'I32 4 l<' 'U32 4 L<' 'I16 2 s<' 'U16 2 S<' 'I8 1 c' 'U8 1 C' 'BOOL 1 C' \
        'F8_E4M3 1 C 56 64 68 72' 'F8_E5M2 1 C 60 64 66 68' 'F8_E4M3FNUZ 1 C 64 72 76 80' 'F8_E5M2FNUZ 1 C 64 68 70 72'; do
        read -r dtype width format one two three four <<<"$type"
        bias "$dtype" "$width" "$format" "${one:=1}" "${two:=2}" "${three:=3}" "${four:=4}" >a2
        bias "$dtype" "$width" "$format" "$one" "$one" "$one" "$one" >b2
        bias "$dtype" "$width" "$format" "$four" "$one" "$three" "$two" >c2
        make_safetensors '{"bias":{"dtype":"'"$dtype"'","shape":[1,2,4],"data_offsets":[0,'$((8 * width))']}}' "$format*" \
            "$one" "$two" "$three" "$four" "$one" "$one" "$one" "$one" >null2
        correlate a2 b2 c2 b2 --null null2 --null-table draws2 | cmp - table
        cmp draws2 draws
        correlate a b2 <(cat c2) b --null <(cat null2) | cmp - table
    done
    # F8_E8M0 has powers of two alone.
    bias F64 8 'd<' 1 2 8 4 >a
    bias F8_E8M0 1 C 127 128 130 129 >a2
    bias F8_E8M0 1 C 127 127 127 127 >b2
    correlate a2 b2 b2 a2 | cmp - <(correlate a b b a)
    # 2^53 + 1 is rounded, as the other program has it, too.
    bias U64 8 'Q<' 1 2 3 9007199254740993 >a2
    correlate a2 b c b >table 2>messages
    [ "$(unscoped messages)" = 'correlate: a2, b, c, b: numbers of I64 or U64 with more digits than a double, and so rounded: 1' ]
    # The sign of -1 counts.
    bias I8 1 c 1 2 3 -1 >a2
    fails 1 'correlate: a2: tensor "bias": element 3 is -1; tallies and differences are not negative (--any lets it pass)' \
        correlate a2 b c b
}

@test "tensors of dtypes that are no numbers are passed over, in draws too" {
    draws_example
    correlate a b c d --null null --null-table draws --map map --points points >table
    # usage: with FILE DTYPE FRONT BYTES   adds tensors in front, between and behind
    with() {
        perl -e 'local $/; binmode STDIN; binmode STDOUT; my ($dtype, $front, $bytes) = @ARGV; my $all = <STDIN>;
            my $size = unpack "Q<", $all; my $data = substr $all, 8 + $size; $_ = substr $all, 8, $size;
            my ($end) = /"data_offsets":\[0,(\d+)\]/;
            s/\[(\d+),(\d+)\]\}/sprintf "[%d,%d]}", $1 + ($1 < $end ? 1 : 2) * $bytes, $2 + ($1 < $end ? 1 : 2) * $bytes/ge;
            my $last = 2 * $bytes + length $data;
            s/^\{/sprintf q({"0":{"dtype":"%s","shape":[%s8],"data_offsets":[0,%d]},"n":{"dtype":"%s","shape":[%s8],"data_offsets":[%d,%d]},"z":{"dtype":"%s","shape":[%s8],"data_offsets":[%d,%d]},),
                $dtype, $front, $bytes, $dtype, $front, $end + $bytes, $end + 2 * $bytes, $dtype, $front, $last, $last + $bytes/e;
            print pack("Q<", length), $_, "x" x $bytes, substr($data, 0, $end), "x" x $bytes, substr($data, $end), "x" x $bytes' -- "${@:2}" <"$1"
    }
    for file in a b c; do with $file U8 '' 8 >"$file"2; done
    with d C64 '' 64 >d2
    with null F4 3,2, 24 >null2
    said='3 tensors passed over, of dtypes that are no numbers: C64'
    for null in null2 null; do
        correlate a2 b2 c2 d2 --null $null --null-table draws2 --map map2 --points points2 2>messages | cmp - table
        [ "$(<messages)" = "correlate: d2: $said" ]
        cmp draws2 draws
        cmp map2 map
        cmp points2 points
    done
    correlate <(cat a2) <(cat b2) <(cat c2) - --null <(cat null2) <d2 2>messages | cmp - table
    [ "$(<messages)" = "correlate: <stdin>: $said" ]
    cut_fails d2 0 "$(size_of d2)" correlate a2 b2 c2 d2
    cut_fails - null2 0 "$(size_of null2)" correlate a2 b2 c2 d2 --null -
    # What is passed over is no tensor to map, nor one of a mask.
    fails 1 'correlate: a2: tensor "0": is missing, so no map of it' correlate a2 b2 c2 d2 --map map --map-tensor 0
}

@test "all dtypes, mixed" {
    head='{"bias":{"dtype":"'
    tail='","shape":[4],"data_offsets":[0,'
    make_safetensors "${head}F64${tail}32]}}" 'd<*' 1 2 3 4 >a
    make_safetensors "${head}F32${tail}16]}}" 'f<*' 1 1 1 1 >b
    make_safetensors "${head}F16${tail}8]}}" 'v*' $((0x3c00)) $((0x4200)) $((0x4000)) $((0x4400)) >c
    make_safetensors "${head}BF16${tail}8]}}" 'v*' $((0x3f80)) $((0x3f80)) $((0x3f80)) $((0x3f80)) >d
    correlate a b c d --points points >table
    [ "$(tail -n +2 points | cut -f 4,5 | xargs)" = '0.5 0.5 0.666666667 0.75 0.75 0.666666667 0.8 0.8' ]
    # Pearson of these, from its definition.
    near "$(field table bias r)" 0.86613119143239637 5e-9
}

# --- numbers of any size --------------------------------------------------------------------------

@test "tiny and huge numbers: r and p of SciPy" {
    put b bias 6 1 1 1 1 1 1
    for e in -100 -200 -300; do
        put a bias 6 1e$e 2e$e 3e$e 4e$e 5e$e 6e$e
        put c bias 6 2e$e 1e$e 6e$e 3e$e 5e$e 4e$e
        correlate a b c b -P 99 >table
        # scipy.stats.pearsonr, spearmanr
        for scope in biases bias; do
            near "$(field table $scope r)" 0.54285714285714286 5e-9
            near "$(field table $scope p)" 0.26570262 5e-6
            near "$(field table $scope spearman)" 0.54285714285714286 5e-9
        done
        [ "$(field table bias p_units)" != 0.01 ]
    done
    # x of any size.
    put a bias 6 -1e200 2e200 3e200 4e200 5e200 6e200
    put c bias 6 -2e200 1e200 6e200 3e200 5e200 4e200
    put b bias 6 1 1 1 1 1 1
    put e bias 6 1e200 -2e200 -3e200 -4e200 -5e200 -6e200
    correlate --any a e c b >table
    [ "$(field table bias n) $(field table bias undefined)" = '0 6' ]
}

# Everything of the table 5,4 whose numbers are times powers of two: A and B, C and D, or x and y.
# usage: everything NAME A B C D
everything() {
    correlate "${@:2}" -P 99 --split 2 --null null --null-table "$1.draws" --map "$1.map" \
        --json "$1.json" -o "$1.table"
}

@test "numbers times powers of two give the same to the last bit" {
    # usage: times FILE SHAPE POWER VALUE...
    times() {
        # shellcheck disable=SC2046
        put "$1" weight "$2" $(perl -e 'my $p = 2 ** shift; printf "%.17g ", $_ * $p for @ARGV' -- "${@:3}")
    }
    ones=$(printf '1 %.0s' {1..20}) draws=$(for i in {1..40}; do echo $((i * i % 23 + 1)); done)
    # shellcheck disable=SC2086 # words
    for power in 0 -900 900 -960 1000; do
        times A 5,4 $power $X54
        times B 5,4 $power ${Y54// / 1}
        times C 5,4 $power $Y54
        times D 5,4 $power $X54
        times null 1,2,5,4 $power $draws
        everything sums$power A B C D
        # x = a where b = 1, and a is small beside it.
        [ $power -gt 0 ] && continue
        times a 5,4 $((power - 60)) $X54
        times c 5,4 $((power - 60)) $Y54
        times one 5,4 0 $ones
        times null 1,2,5,4 $((power - 60)) $draws
        perl -e 'local $/; open my $f, "+<", "null"; binmode $f; my $all = <$f>;
            substr($all, -160) = pack("d<*", (1) x 20); seek $f, 0, 0; print $f $all'
        everything shares$power a one c one
    done
    for power in -900 900 -960 1000; do
        for kind in draws map json table; do
            cmp sums0.$kind sums$power.$kind
            [ $power -gt 0 ] || [ $kind = map ] || cmp shares0.$kind shares$power.$kind
        done
    done
    [ "$(part sums0.table weight centred r)" != nan ]
    [ "$(part shares0.table weight centred p_null)" != nan ]
    # Of the map, whether y are the same is not a matter of size alone.
    for tensor in n p r t; do
        [ "$(numbers shares0.map $tensor)" = "$(numbers shares-900.map $tensor)" ]
    done
}

@test "a + b beyond the largest number" {
    put a bias 4 1e308 1.7e308 3e307 1
    put b bias 4 1e308 1e308 1e308 3
    correlate a b b a --points points >table
    [ "$(tail -n +2 points | cut -f 4,5 | xargs)" = '0.5 0.5 0.62962963 0.37037037 0.230769231 0.769230769 0.25 0.75' ]
    near "$(field table bias r)" -1 1e-15
    # What is not finite has no share, on either side.
    put a bias 4 inf 1 inf 1
    put b bias 4 1 inf inf 1
    correlate a b a b --points points 2>messages
    [ "$(tail -n +2 points | cut -f 4 | xargs)" = 'nan nan nan 0.5' ]
}

# --- what is no tally -----------------------------------------------------------------------------

@test "negative numbers are refused, in every file, and taken with --any" {
    h='{"bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"weight":{"dtype":"F32","shape":[2,2],"data_offsets":[8,24]}}'
    make_safetensors "$h" 'f<*' 1 2 3 4 5 6 >good
    make_safetensors "$h" 'f<*' 3 1 -0.0 nan 5 1 >zero
    make_safetensors "$h" 'f<*' 1 2 3 4 -0.25 -7 >bad
    make_safetensors '{"bias":{"dtype":"F32","shape":[1,2,2],"data_offsets":[0,16]},"weight":{"dtype":"F32","shape":[1,2,2,2],"data_offsets":[16,48]}}' \
        'f<*' 1 1 1 1 1 1 1 1 1 1 -inf 1 >null
    message='tensor "weight": element 2 is -0.25; tallies and differences are not negative (--any lets it pass)'
    touch table
    for files in 'bad good good good' 'good bad good good' 'good good bad good' 'good good good bad'; do
        # shellcheck disable=SC2086 # words
        fails 1 "correlate: bad: $message" correlate $files --points points --map map -o table
        # shellcheck disable=SC2086
        correlate --any $files >other
        [ "$(field other weight undefined)" = 0 ]
    done
    # shellcheck disable=SC2002
    fails 1 "correlate: <stdin>: $message" sh -c 'cat bad | correlate good good - good'
    fails 1 'correlate: null: tensor "weight": element 6 is -inf; tallies and differences are not negative (--any lets it pass)' \
        correlate good zero zero good --null null -o table
    correlate --any good zero zero good --null null -o other
    # Of the second draw, in its a.
    make_safetensors '{"bias":{"dtype":"F32","shape":[2,2,2],"data_offsets":[0,32]},"weight":{"dtype":"F32","shape":[2,2,2,2],"data_offsets":[32,96]}}' \
        'f<*' 1 1 1 1 1 -2 1 1 {1..16} >null
    fails 1 'correlate: null: tensor "bias": element 5 is -2; tallies and differences are not negative (--any lets it pass)' \
        correlate good zero zero good --null null -o table
    [ ! -e points ]
    [ ! -e map ]
    [ ! -s table ]
    correlate good zero zero good >other
    [ "$(field other weight undefined)" = 1 ]
}

@test "a network is no tally" {
    put tally bias 3 1 2 4
    # usage: of_kind KIND FILE NEW
    of_kind() { edit_header "s/^{/{\"__metadata__\":{\"kind\":\"$1\"},/" <"$2" >"$3"; }
    of_kind network tally network
    of_kind difference tally difference
    put other bias 3 1 1 3
    put null bias 1,2,3 1 2 3 4 5 6
    of_kind network null null-network
    message='a network (kind=network), not a tally or a difference; --any lets it pass'
    for files in 'network tally tally tally' 'tally network tally tally' 'tally tally network tally' 'tally tally tally network'; do
        # shellcheck disable=SC2086 # words
        fails 1 "correlate: network: $message" correlate $files -o table
    done
    fails 1 "correlate: null-network: $message" \
        correlate tally other tally other --null null-network -o table
    [ ! -e table ]
    correlate --any network other difference other --null null-network >table
    [ "$(field table bias r)" = 1 ]
    correlate difference other tally other >table
    [ "$(field table bias r)" = 1 ]
}

# --- what is undefined for every parameter --------------------------------------------------------

@test "no r at all is a warning with its reason, once for all scopes" {
    put up weight 3,2 1 2 4 3 5 7
    put down weight 3,2 6 5 1 3 2 2
    put zero weight 3,2 0 0 0 0 0 0
    put nan weight 3,2 nan inf nan nan nan nan
    put one weight 3,2 1 nan nan nan nan nan
    warns 'correlate: zero, zero: a + b is 0 for every parameter: nothing was tallied; r is undefined for every scope' \
        correlate zero zero up down
    [ "$(row table weights)" = $'0\t6\tnan\tnan\tnan\tnan\tnan\tnan\tnan' ]
    warns 'correlate: zero, zero: c + d is 0 for every parameter: nothing differs; r is undefined for every scope, the map' \
        correlate up down zero zero --map map
    warns 'correlate: zero, zero: a + b is 0 for every parameter: nothing was tallied; r is undefined for every scope
correlate: zero, zero: c + d is 0 for every parameter: nothing differs; r is undefined for every scope' \
        correlate zero zero zero zero
    warns 'correlate: zero: x = a/(a + b) is 0 for every parameter: nothing was tallied here; r is undefined for every scope' \
        correlate zero up up down
    warns 'correlate: zero: x = a/(a + b) is 1 for every parameter: nothing was tallied here; r is undefined for every scope' \
        correlate up zero up down
    warns 'correlate: zero: y = c/(c + d) is 0 for every parameter: nothing differs here; r is undefined for every scope' \
        correlate up down zero up
    warns 'correlate: zero: y = c/(c + d) is 1 for every parameter: nothing differs here; r is undefined for every scope' \
        correlate up down up zero
    warns 'correlate: up, up: x = a/(a + b) is the same for every parameter; r is undefined for every scope
correlate: down, down: y = c/(c + d) is the same for every parameter; r is undefined for every scope' \
        correlate up up down down
    for files in 'nan up up down' 'up nan up down' 'up down nan down' 'up down up nan'; do
        # shellcheck disable=SC2086 # words
        warns "correlate: ${files// /, }: no parameter has finite numbers in all files; r is undefined for every scope" \
            correlate $files
    done
    warns 'correlate: up, down, one, down: fewer than two parameters have both x and y; r is undefined for every scope' \
        correlate up down one down
    warns '' correlate up down up down
}

@test "an r, but no parts, or nothing that --split divides" {
    put x weight 3,2 nan 2 4 nan 5 7
    put y weight 3,2 6 5 1 3 2 2
    warns 'correlate: x, y, y, x: every input has an undefined x or y in some unit; parts and p_units are undefined for weight' \
        correlate x y y x -P 9
    [ "$(part table weight all n) $(part table weight all r)" = '4 -1' ]
    [ "$(part table weight centred n) $(part table weight all share) $(part table weight all p_units)" = '0 nan nan' ]
    put x weight 3,2 1 2 4 3 5 7
    for n in 3 4 18446744073709551615; do
        warns "correlate: --split $n: no vector or matrix has more units or inputs; auc_x and auc_y are undefined" \
            correlate x y y x --split $n
    done
    warns '' correlate x y y x --split 2
    for shape in 1,6 6; do
        put x weight $shape 1 2 4 3 5 7
        put y weight $shape 6 5 1 3 2 2
        warns '' correlate x y y x --split 5
    done
    # Nor has a tensor of three dimensions, or of no elements.
    put x weight 1,2,3 1 2 4 3 5 7
    put y weight 1,2,3 6 5 1 3 2 2
    warns 'correlate: --split 1: no vector or matrix has more units or inputs; auc_x and auc_y are undefined' \
        correlate x y y x --split 1
    make_safetensors '{"bias":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"weight":{"dtype":"F32","shape":[4,0],"data_offsets":[12,12]}}' 'f<*' 1 2 4 >x
    make_safetensors "$(header_of x)" 'f<*' 3 1 1 >y
    warns 'correlate: --split 3: no vector or matrix has more units or inputs; auc_x and auc_y are undefined' \
        correlate x y y x --split 3
}

@test "no r in some scopes, none in the map, none in any draw" {
    h='{"1.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"2.bias":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"weight":{"dtype":"F32","shape":[2,2],"data_offsets":[12,28]}}'
    make_safetensors "$h" 'f<*' 0 0 1 1 2 1 2 >a
    make_safetensors "$h" 'f<*' 0 0 1 1 1 1 1 >b
    make_safetensors "$h" 'f<*' 1 1 1 1 3 1 5 >c
    warns 'correlate: a, b: a + b is 0 for every parameter: nothing was tallied; r is undefined for 1.bias
correlate: a, b, c, b: fewer than two parameters have both x and y; r is undefined for biases, 2.bias
correlate: a, b: x = a/(a + b) is the same for every parameter; r is undefined for the map' \
        correlate a b c b --map map
    [ "$(field table weight r)" != nan ]
    # One unit: a number at each input.
    put x weight 1,3 1 2 4
    put y weight 1,3 3 3 1
    warns 'correlate: x, y, x, y: fewer than two parameters have both x and y; r is undefined for the map' \
        correlate x y x y --map map
    put x weight 2,2 1 2 1 3
    put y weight 2,2 1 1 2 1
    put one weight 2,2 1 1 1 1
    warns 'correlate: x, one, y, one: x or y is the same at every input; r is undefined for the map' \
        correlate x one y one --map map
    # shellcheck disable=SC2046
    put null weight 3,2,2,2 $(printf '1 %.0s' {1..24})
    put x weight 2,2 1 2 4 3
    # Draws in which x is the same: none tells how often chance gives as much.
    warns 'correlate: null: r is undefined in every draw; p_null is undefined for every scope' \
        correlate x y x y --null null
    [ "$(part table weight all p_null)" = nan ]
}

@test "many scopes without r are counted, and files without parameters said" {
    perl -e 'my $h = "{" . join(",", map { sprintf q("t%02d":{"dtype":"F32","shape":[1],"data_offsets":[%d,%d]}), $_, 4 * $_, 4 * $_ + 4 } 0 .. 11);
        $h .= q(,"u":{"dtype":"F32","shape":[2],"data_offsets":[48,56]}});
        print pack("Q<", length $h), $h, pack("f<*", 1 .. 14)' >a
    perl -e 'local $/; $_ = <STDIN>; substr($_, -56) = pack("f<*", (1) x 14); print' <a >b
    warns 'correlate: a, b, a, b: fewer than two parameters have both x and y; r is undefined for t00, t01, t02, t03, t04, t05, t06, t07 and 4 more' \
        correlate a b a b
    make_safetensors '{}' >none
    warns 'correlate: none: no parameters; r is undefined for every scope' correlate none none none none
    put none weight 2,0
    warns 'correlate: none: no parameters; r is undefined for every scope' correlate none none none none
}

# --- points ---------------------------------------------------------------------------------------

@test "--points: a row for every parameter" {
    make_safetensors '{"w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"F32","shape":[1],"data_offsets":[16,20]},"s":{"dtype":"F32","shape":[],"data_offsets":[20,24]},"t":{"dtype":"F32","shape":[1,2,2],"data_offsets":[24,40]}}' \
        'f<*' 1 2 3 4 5 6 7 8 9 0 >a
    make_safetensors "$(header_of a)" 'f<*' 1 1 1 1 1 1 1 1 1 1 >b
    correlate --points points a b b a >table
    [ "$(<points)" = $'tensor\tunit\tinput\tx\ty
b\t0\t-\t0.833333333\t0.166666667
s\t0\t-\t0.857142857\t0.142857143
t\t0\t0\t0.875\t0.125
t\t0\t1\t0.888888889\t0.111111111
t\t0\t2\t0.9\t0.1
t\t0\t3\t0\t1
w\t0\t0\t0.5\t0.5
w\t0\t1\t0.666666667\t0.333333333
w\t1\t0\t0.75\t0.25
w\t1\t1\t0.8\t0.2' ]
    correlate --points - a b b a -o /dev/null | cmp - points
}

# --- the map --------------------------------------------------------------------------------------

# Two inputs: at the first the example, at the second a constant x.
map_example() {
    # shellcheck disable=SC2046,SC2086 # words
    make_four layer1.weight 10,2 $(for x in $X; do echo "$x" .5; done) \
        $(for y in $Y; do echo "$y" "$y"; done)
}

@test "--map: a correlation at every input" {
    map_example
    correlate a b c d --map map -o table
    [ "$(header_of map)" = '{"__metadata__":{"format":"engram.map","hypotheses":"1","tensor":"layer1.weight"},"hypothesis":{"dtype":"F64","shape":[1,2],"data_offsets":[0,16]},"n":{"dtype":"F64","shape":[1,2],"data_offsets":[16,32]},"p":{"dtype":"F64","shape":[1,2],"data_offsets":[32,48]},"p_max":{"dtype":"F64","shape":[1,2],"data_offsets":[48,64]},"q_bh":{"dtype":"F64","shape":[1,2],"data_offsets":[64,80]},"q_by":{"dtype":"F64","shape":[1,2],"data_offsets":[80,96]},"r":{"dtype":"F64","shape":[1,2],"data_offsets":[96,112]},"t":{"dtype":"F64","shape":[1,2],"data_offsets":[112,128]}}' ]
    [ "$(numbers map n)" = '10 10' ]
    for name in r t p; do
        numbers map $name >values
        read -r value other <values
        [ "$other" = nan ]
        case $name in
        r) near "$value" 0.90215043855703203 1e-8 ;;
        t) near "$value" 5.9145551465278743 1e-8 ;;
        p) near "$value" 0.00035586436507319352 1e-8 ;;
        esac
    done
    correlate a b c d --map - -o /dev/null | cmp - map
}

@test "--pixels: the map as a table, whatever else is written" {
    map_example
    correlate a b c d -P 19 --map map --pixels pixels --map-shape 2x1 -o table
    [ "$(head -n 1 pixels)" = $'row\tcolumn\tn\tr\tt\tp\tq_bh\tq_by\tp_max\thypothesis' ]
    [ "$(sed -n 3p pixels)" = $'1\t0\t10\tnan\tnan\tnan\tnan\tnan\tnan\tnan' ]
    # shellcheck disable=SC2034 # by their names
    read -r row column n r t p q_bh q_by p_max hypothesis < <(sed -n 2p pixels)
    [ "$row $column $n $q_bh $q_by $hypothesis" = "0 0 10 $p $p 0" ]
    for name in r t p p_max; do
        read -r value _ < <(numbers map $name)
        near "${!name}" "$value" 1e-5
    done
    correlate a b c d -P 19 --pixels - --map-shape 2x1 -o /dev/null | cmp - pixels
    # a row of an image of one row
    correlate a b c d --pixels - -o /dev/null | cut -f 1,2 | tail -n +2 >places
    [ "$(<places)" = $'0\t0\n0\t1' ]
}

@test "--map leaves undefined parameters out" {
    h='{"weight":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]}}'
    make_safetensors "$h" 'f<*' 1 0 2 1 3 2 >a
    make_safetensors "$h" 'f<*' 1 0 1 1 1 1 >b
    correlate a b a b --map map >table
    [ "$(numbers map n)" = '3 2' ]
    [ "$(numbers map r)" = '1 1' ]
    [ "$(numbers map p)" = '0 1' ]
    [ "$(field table weight undefined)" = 1 ]
}

@test "--map-shape, and the shape of the image in the metadata" {
    # shellcheck disable=SC2046
    make_four weight 2,6 $(seq .01 .01 .24)
    shape() { header_of map | grep -oE '"hypothesis":.*"shape":\[[0-9,]+\],"data_offsets":\[0' | grep -oE '\[[0-9]+,[0-9]+\]'; }
    correlate a b c d --map map >table
    [ "$(shape)" = '[1,6]' ]
    correlate a b c d --map map --map-shape 2x3 >table
    [ "$(shape)" = '[2,3]' ]
    with() { edit_header "s/^{/{\"__metadata__\":{\"image_shape\":\"$1\"},/"; }
    with 3,2 <c >c32
    with 6,1 <d >d61
    correlate a b c32 d61 --map map >table
    [ "$(shape)" = '[3,2]' ]
    correlate a b c d61 --map map >table
    [ "$(shape)" = '[6,1]' ]
    correlate a b c32 d61 --map map --map-shape 1x6 >table
    [ "$(shape)" = '[1,6]' ]
    # A shape of another size, or none at all, is passed over.
    for wrong in 2,2 6 x 6x1 -1,-6 '6, 1'; do
        with "$wrong" <a >other
        correlate other b c d --map map >table
        [ "$(shape)" = '[1,6]' ]
    done
}

@test "--map-tensor: the first 2-D tensor, or another" {
    h='{"a":{"dtype":"F32","shape":[6],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[3,2],"data_offsets":[24,48]},"c":{"dtype":"F32","shape":[2,3],"data_offsets":[48,72]}}'
    make_safetensors "$h" 'f<*' $(seq 18) >a
    make_safetensors "$h" 'f<18' $(seq 18 -1 1) >b
    correlate a b a b --map map >table
    [[ $(header_of map) == *'"tensor":"b"},"hypothesis":{"dtype":"F64","shape":[1,2]'* ]]
    correlate a b a b --map map --map-tensor c >table
    [[ $(header_of map) == *'"tensor":"c"},"hypothesis":{"dtype":"F64","shape":[1,3]'* ]]
    [ "$(numbers map n)" = '2 2 2' ]
}

# Makes the files a to d of a layer of 2 units: PREFIXbias and PREFIXweight.
# usage: make_layer PREFIX X_BIAS X... X_BIAS X... Y_BIAS Y... Y_BIAS Y...
make_layer() {
    perl -e 'my ($prefix, @values) = @ARGV; my $n = @values / 2; my @x = @values[0 .. $n - 1]; my @y = @values[$n .. 2 * $n - 1];
        my $w = $n / 2 - 1; my $h = qq({"${prefix}bias":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},) .
            qq("${prefix}weight":{"dtype":"F64","shape":[2,$w],"data_offsets":[16,@{[8 * $n]}]}});
        for (["a", @x], ["b", map { 1 - $_ } @x], ["c", @y], ["d", map { 1 - $_ } @y]) { my ($file, @v) = @$_;
            open my $f, ">", $file or die; binmode $f;
            print $f pack("Q<", length $h), $h, pack("d<*", @v[0, $w + 1, 1 .. $w, $w + 2 .. 2 * $w + 1]) }' -- "$@"
}

@test "--map-table: edge and inside, black and dark" {
    # A row of an image is all edge. Input 0 is dark, 1 black, 2 has an x of its own and
    # no r (y is the same), 3 to 6 have r of 1 or -1. Bias: x .25 .5, y .5 .75.
    make_layer 1. .25  .25 .25 .3 .1 .1 .1 .2   .5  .5 .5 .6 .2 .2 .2 .1 \
        .5  .502 .4 .5 .1 .2 .3 .4  .75  .751 .7 .5 .2 .1 .1 .8
    correlate a b c d --map-table regions --map-shape 1x7 -o table
    cat >expected <<'EOF'
region	inputs	undefined	black	dark	off	pixels	negative	mean_r	mean_abs_r
all	7	1	2	1	0.0015	5	3	-0.2	1
edge	7	1	2	1	0.0015	5	3	-0.2	1
inside	0	0	0	0	nan	0	0	nan	nan
EOF
    diff expected regions
    # shellcheck disable=SC2046
    make_layer 1. .25 $(printf '.25 %.0s' {1..49})  .5 $(printf '.5 %.0s' {1..24}) .6 $(printf '.5 %.0s' {1..24}) \
        .5 $(printf '.5 %.0s' {1..49})  .75 $(printf '.75 %.0s' {1..49})
    correlate a b c d --map-table - --map-shape 7x7 -o table >regions
    [ "$(cut -f 1-8 regions | tail -n +2 | xargs)" = 'all 49 0 48 48 0 1 0 edge 24 0 24 24 0 0 0 inside 25 0 24 24 0 1 0' ]
    [ "$(cut -f 9,10 regions | tail -n +2 | xargs)" = '1 1 nan nan 1 1' ]
    # A name without a layer; no bias of that name; x nowhere defined.
    make_layer '' .1 .1 .2  .3 .3 .4  .1 .1 .3  .2 .2 .5
    correlate a b c d --map-table regions -o table
    [ "$(cut -f 4,5 regions | sed -n 2p)" = $'1\t1' ]
    for file in a b c d; do
        cp $file $file.whole
        sed -i 's/"bias"/"bios"/' $file
    done
    correlate a b c d --map-table regions -o table
    [ "$(cut -f 4,5 regions | tail -n +2 | sort -u)" = $'nan\tnan' ]
    # One of another layer, of other dimensions, of fewer units is none of theirs.
    for change in 's/"bias"/"0.bias"/; s/"weight"/"1.weight"/' 's/"shape":\[2\]/"shape":[2,1]/' \
        's/"shape":\[2\],"data_offsets":\[0,16\]/"shape":[1],"data_offsets":[0,8]/; s/\[16,/[8,/'; do
        for file in a b c d; do edit_header "$change" <$file.whole >$file; done
        # it does not matter which number goes
        [[ $change != *8* ]] || for file in a b c d; do
            edit_header 's/,[0-9]+\]}}$/,40]}}/' <$file | head -c -8 >shorter
            mv shorter $file
        done
        correlate a b c d --map-table regions --map-tensor "$(pixmap -l a | sed -n 's/\t.*//; /weight/p')" -o table
        [ "$(cut -f 4,5 regions | tail -n +2 | sort -u)" = $'nan\tnan' ]
    done
    make_four weight 1,2 0 0 .1 .2
    cp a b
    correlate a b c d --map-table regions -o table
    [ "$(cut -f 2-7 regions | sed -n 2p)" = $'2\t2\tnan\tnan\tnan\t0' ]
}

@test "inputs whose x and y are nearly the same in all units" {
    column() { # a fifth unit that differs by $2
        # shellcheck disable=SC2046
        make_safetensors '{"weight":{"dtype":"F64","shape":[60,3],"data_offsets":[0,1440]}}' \
            'd<*' $(for i in {1..60}; do if ((i == 5)); then echo "$2 $2 $2"; else echo "$1 $1 $1"; fi; done)
    }
    column 0.1 0.100000000001 >a
    column 0.7 0.699999999999 >c
    column 1 1 >one
    correlate a one c one --map map >table
    # -1, but for what 0.1 and 0.7 are rounded by.
    [ "$(numbers map r | wc -w)" -eq 3 ]
    for r in $(numbers map r) "$(field table weight r)"; do
        awk -v r="$r" 'BEGIN { exit !(r <= -0.99999999) }'
    done
}

@test "a matrix without elements is not mapped before one that has some" {
    make_safetensors '{"a":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]},"b":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}' \
        'f<*' 1 2 4 3 >a
    make_safetensors '{"a":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]},"b":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}' \
        'f<*' 3 1 1 2 >b
    correlate a b b a --map map >table
    [[ $(header_of map) == *'"tensor":"b"'* ]]
}

@test "what cannot be mapped" {
    make_four bias 4 .1 .2 .3 .4 .5 .6 .7 .8
    fails 1 'correlate: a: no 2-D tensor with elements to map' correlate a b c d --map map -o table
    fails 1 'correlate: a: tensor "bias": is 4, not [out,in] to map' \
        correlate a b c d --map map --map-tensor bias -o table
    fails 1 'correlate: a: tensor "weight": is missing, so no map of it' \
        correlate a b c d --map map --map-tensor weight -o table
    make_four w 2,2 .1 .2 .3 .4 .5 .6 .7 .8
    fails 1 'correlate: a: tensor "w": has 2 inputs, not 3x1' \
        correlate a b c d --map map --map-shape 3x1 -o table
    for shape in 0x2 2x0 4294967295x1 9223372036854775809x2 18446744073709551615x18446744073709551614; do
        fails 1 "correlate: a: tensor \"w\": has 2 inputs, not $shape" \
            correlate a b c d --map map --map-shape "$shape" -o table
    done
    make_four w 0,2
    fails 1 'correlate: a: no 2-D tensor with elements to map' correlate a b c d --map map -o table
    fails 1 'correlate: a: tensor "w": is 0x2, not [out,in] to map' \
        correlate a b c d --map map --map-tensor w -o table
    [ ! -e map ] && [ ! -e table ]
}

# --- parts of a matrix ----------------------------------------------------------------------------

# The table of tests/data/statistics-structure.txt: 5 units, 4 inputs.
X54='.12 .35 .47 .21 .80 .66 .59 .33 .91 .05 .44 .62 .27 .73 .18 .50 .39 .58 .95 .07'
Y54='.30 .28 .55 .25 .70 .52 .66 .41 .62 .18 .20 .71 .33 .49 .36 .77 .15 .60 .81 .24'

matrix_example() {
    # shellcheck disable=SC2086 # words
    make_four "${1:-weight}" 5,4 $X54 $Y54
}

@test "parts of a matrix are R's, and their shares add up" {
    matrix_example
    correlate a b c d >table
    [ "$(cut -f 1,2 table | tail -n +4 | xargs)" = 'weight all weight units weight inputs weight centred' ]
    near "$(part table weight units r)" 0.83735477730056063 5e-9
    near "$(part table weight units p)" 0.076790253110657805 5e-6
    near "$(part table weight units ci_high)" 0.98898715566882656 5e-9
    near "$(part table weight units spearman)" 0.6 5e-9
    near "$(part table weight inputs r)" -0.024012290757061037 5e-9
    near "$(part table weight inputs spearman)" 0.4 5e-9
    near "$(part table weight centred r)" 0.83382281442158634 5e-9
    near "$(part table weight centred t)" 5.0096309218942476 5e-9
    near "$(part table weight centred p)" 0.00039646507869762067 5e-6
    near "$(part table weight centred ci_low)" 0.52321518654667487 5e-9
    [ "$(part table weight centred spearman)" = nan ]
    [ "$(grep ^weight table | cut -f 3,4,7 | xargs)" = '20 0 18 20 0 18 5 0 3 4 0 2 20 0 11' ]
    near "$(part table weight all share)" 0.78633720752966485 5e-9
    near "$(part table weight units share)" 0.11813870888187392 5e-9
    near "$(part table weight inputs share)" -0.0012787167524202247 5e-9
    near "$(part table weight centred share)" 0.66947721540021077 5e-9
    [ "$(part table weights all share)" = nan ]
    near "$(part table weight units variance_x)" 0.15400427083484652 5e-9
    near "$(part table weight inputs variance_x)" 0.068958003457342501 5e-9
    near "$(part table weight centred variance_x)" 0.77703772570781093 5e-9
    near "$(part table weight units variance_y)" 0.12925063064007783 5e-9
    near "$(part table weight inputs variance_y)" 0.04112414142649911 5e-9
    near "$(part table weight centred variance_y)" 0.82962522793342308 5e-9
    [ "$(part table weight all variance_x) $(part table weights all variance_y)" = 'nan nan' ]
}

@test "the columns are those of the manual page" {
    matrix_example
    correlate a b c d --map-table regions >table
    [ "$(head -n 1 table)" = "$TITLE" ]
    [ "$(head -n 1 table)" = "$(columns_of 'The table of correlations')" ]
    [ "$(head -n 1 regions)" = "$(columns_of 'The table of the map')" ]
}

@test "which p are valid" {
    h='{"bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"cube":{"dtype":"F32","shape":[1,2,2],"data_offsets":[8,24]},"one":{"dtype":"F32","shape":[],"data_offsets":[24,28]},"weight":{"dtype":"F32","shape":[2,2],"data_offsets":[28,44]}}'
    make_safetensors "$h" 'f<*' 1 2 3 4 5 6 7 8 9 10 11 >a
    [ "$(correlate a a a a | cut -f 1,2,9 | xargs)" = 'scope part p_valid biases all iid weights all no bias all iid cube all no one all iid weight all no weight units iid weight inputs no weight centred no' ]
}

@test "what rounding leaves is no correlation" {
    # x the same in all units; x the same at all inputs; x the sum of both.
    make_four w 3,3 .1 .2 .7 .1 .2 .7 .1 .2 .7 .3 .1 .4 .1 .5 .9 .2 .6 .5
    correlate a b c d -P 19 >table
    [ "$(part table w units r) $(part table w centred r) $(part table w units spearman)" = 'nan nan nan' ]
    [ "$(part table w units share) $(part table w centred share)" = '0 0' ]
    [ "$(part table w units p_units) $(part table w centred p_units) $(part table w all p_units)" = 'nan nan 1' ]
    [ "$(part table w inputs r)" != nan ]
    make_four w 3,3 .1 .1 .1 .2 .2 .2 .7 .7 .7 .3 .1 .4 .1 .5 .9 .2 .6 .5
    correlate a b c d >table
    [ "$(part table w inputs r) $(part table w centred r)" = 'nan nan' ]
    [ "$(part table w units r)" != nan ]
    make_four w 3,3 .11 .21 .71 .12 .22 .72 .17 .27 .77 .3 .1 .4 .1 .5 .9 .2 .6 .5
    correlate a b c d >table
    [ "$(part table w centred r) $(part table w centred p)" = 'nan nan' ]
    [ "$(part table w units r)" != nan ] && [ "$(part table w inputs r)" != nan ]
}

@test "parts leave out units without a pair, then inputs with a gap" {
    # Unit 2 has no x; at input 1, unit 3 has no y.
    # shellcheck disable=SC2086
    make_four weight 5,4 ${X54/.91 .05 .44 .62/nan nan nan nan} ${Y54/.49/nan}
    correlate a b c d --map map -P 99 >table
    near "$(part table weight units r)" 0.67632870248044463 5e-9
    near "$(part table weight inputs r)" 0.79576751608685237 5e-9
    near "$(part table weight centred r)" 0.90255828596633658 5e-9
    [ "$(grep ^weight table | cut -f 3,4 | tail -n 4 | xargs)" = '15 5 4 8 3 8 12 8' ]
    numbers map p_max >values
    read -r p0 p1 p2 p3 <values
    [ "$p1" = nan ]
    [ "$p0" != nan ]
    [ "$p2" != nan ]
    [ "$p3" != nan ]
    [ "$(numbers map hypothesis)" = '0 1 2 3' ]
}

# --- permutations ---------------------------------------------------------------------------------

@test "-P: near the share of all permutations, and the same every time" {
    matrix_example
    correlate a b c d >table
    [ "$(cut -f 14 table | sort -u | xargs)" = 'nan p_units' ]
    correlate a b c d -P 19999 >table
    # One of 120 has so large an |r|, five standard errors are 0.0033; of the units' means 12.
    near "$(part table weight all p_units)" 0.00833333 0.4
    near "$(part table weight units p_units)" 0.1 0.12
    near "$(part table weight centred p_units)" 0.00833333 0.4
    [ "$(part table weight inputs p_units) $(part table weights all p_units)" = 'nan nan' ]
    correlate a b c d --permutations 19999 --seed 1 | cmp - table
    run ! cmp -s <(correlate a b c d -P 19999 -s 2) table
    # Two draws: p is 1/3, 2/3 or 1.
    [[ $(part <(correlate a b c d -P 2) weight all p_units) =~ ^(0.333333333|0.666666667|1)$ ]]
    # With more dimensions, the first are the units.
    matrix_example x
    correlate a b c d -P 199 >matrix
    # shellcheck disable=SC2086
    make_four x 5,2,2 $X54 $Y54
    correlate a b c d -P 199 >cube
    [ "$(part cube x all p_units)" = "$(part matrix x all p_units)" ]
}

@test "-P: elements of a vector, and biases within their tensors" {
    h='{"1.bias":{"dtype":"F64","shape":[3],"data_offsets":[0,24]},"2.bias":{"dtype":"F64","shape":[5],"data_offsets":[24,64]}}'
    # The last is undefined. 6 of the 3! 4! permutations have so large an |r|.
    make_safetensors "$h" 'd<*' .12 .35 .47 .21 .80 .66 .59 nan >a
    make_safetensors "$h" 'd<*' .88 .65 .53 .79 .20 .34 .41 1 >b
    make_safetensors "$h" 'd<*' .30 .28 .55 .25 .70 .52 .66 1 >c
    make_safetensors "$h" 'd<*' .70 .72 .45 .75 .30 .48 .34 1 >d
    correlate a b c d -P 19999 >table
    near "$(part table biases all p_units)" 0.0416667 0.17
    # 3 of the 24 permutations of the second, 4 of the 6 of the first.
    near "$(part table 2.bias all p_units)" 0.125 0.1
    near "$(part table 1.bias all p_units)" 0.6666667 0.05
    make_four 2.bias 1,4 .1 .2 .3 .4 .1 .2 .4 .3
    correlate a b c d -P 99 >table
    [ "$(part table biases all p_units) $(part table biases all p_valid)" = 'nan iid' ]
    # Weights are no units of one layer, vectors though they be.
    make_four weight 4 .1 .2 .3 .4 .1 .2 .4 .3
    correlate a b c d -P 99 >table
    [ "$(part table weights all p_units) $(part table weights all p_valid)" = 'nan no' ]
    [[ $(part table weight all p_units) == 0.* ]]
}

@test "--split: the area under the ROC curve" {
    matrix_example
    correlate a b c d --split 3 >table
    near "$(part table weight units auc_x)" 0.66666667 1e-8
    near "$(part table weight units auc_y)" 0.33333333 1e-8
    near "$(part table weight inputs auc_x)" 1 1e-8 # sums 2.49 2.37 2.63 against 1.73
    near "$(part table weight inputs auc_y)" 0.33333333 1e-8 # 2.10 2.07 2.58 against 2.38
    [ "$(cut -f 16 table | sort -u | wc -l)" -eq 4 ] # the title, nan, and these two
    for n in 5 6 18446744073709551615; do
        [ "$(cut -f 16,17 <(correlate a b c d --split $n) | sort -u | xargs)" = 'auc_x auc_y nan nan' ]
    done
    # 3 1 4 1 5 against 9 2 6 5 3 5 1; where y is undefined, both are left out.
    make_four bias 13 .3 .1 .4 .1 .5 .6 .9 .2 .6 .5 .3 .5 .1 .9 .9 .9 .9 .9 nan .1 .1 .1 .1 .1 .1 .1
    correlate a b c d --split 6 >table
    [ "$(part table bias all auc_x) $(part table bias all auc_y)" = '0.3 1' ]
    [ "$(part table biases all auc_x)" = nan ]
}

@test "--map: adjusted p, and the largest |r|" {
    matrix_example
    correlate a b c d --map map -P 19999 -s 3 >table
    numbers map p_max >values
    read -r p0 p1 p2 p3 <values
    near "$p0" 0.31666667 0.06
    near "$p1" 0.18333333 0.08
    near "$p2" 0.39166667 0.05
    near "$p3" 0.11666667 0.1
    header=$(header_of map)
    [[ $header == '{"__metadata__":{"format":"engram.map","hypotheses":"4","permutations":"19999","seed":"3","tensor":"weight","threshold":"0.96'* ]]
    # Benjamini and Hochberg's and Yekutieli's, by hand.
    perl -e "$PERL_TENSOR"'my @p = tensor("map", "p"); my @q = tensor("map", "q_bh");
        my @by = tensor("map", "q_by"); my @order = sort { $p[$a] <=> $p[$b] } 0 .. 3; my $least = 1;
        for my $k (reverse 0 .. 3) { my $q = $p[$order[$k]] * 4 / ($k + 1);
            $least = $q if $q < $least; my $y = $least * 25 / 12; $y = 1 if $y > 1;
            die unless abs($q[$order[$k]] / $least - 1) < 1e-12 && abs($by[$order[$k]] / $y - 1) < 1e-12 }'
    correlate a b c d --map map >table
    [ "$(numbers map p_max)" = 'nan nan nan nan' ]
    [[ $(header_of map) != *permutations* ]]
}

@test "--map: inputs that cannot tell anything apart are one hypothesis" {
    # Input 1 is input 0 with a y that differs by .004 on average, 2 by twice that; 3 has another x; 4 is
    # constant, and no hypothesis; 5 is 1 again.
    make_four w 3,6 .1 .1 .1 .1 .5 .1 .2 .2 .2 .2 .5 .2 .4 .4 .4 .5 .5 .4 \
        .25 .254 .258 .25 .25 .254 .5 .504 .508 .5 .5 .504 .375 .379 .384 .375 .375 .379
    correlate a b c d --map map -P 99 >table
    [ "$(numbers map hypothesis)" = '0 0 2 3 nan 0' ]
    [[ $(header_of map) == *'"hypotheses":"3"'* ]]
    for name in q_bh q_by p_max; do
        numbers map $name >values
        read -r v0 v1 v2 v3 v4 v5 <values
        [ "$v0" = "$v1" ]
        [ "$v0" = "$v5" ]
        [ "$v4" = nan ]
        [ "$v2" != nan ]
        [ "$v3" != nan ]
    done
    # The p of 3 hypotheses, not of 5 or 6.
    perl -e "$PERL_TENSOR"'my @p = (tensor("map", "p"))[0, 2, 3]; my ($most) = sort { $b <=> $a } @p;
        my @q = (tensor("map", "q_bh"))[0, 2, 3]; my ($q) = sort { $b <=> $a } @q;
        die unless abs($most / $q - 1) < 1e-12'
}

@test "--map: an input is compared with the first sixteen in its step of y and in those beside" {
    # Two inputs of one x, two of another, with a mean y of .376 and .374.
    make_four w 3,4 .1 .1 .3 .3 .2 .2 .1 .1 .4 .4 .2 .2 \
        .251 .249 .249 .251 .501 .499 .499 .501 .376 .374 .374 .376
    correlate a b c d --map map >table
    [ "$(numbers map hypothesis)" = '0 0 2 2' ]
    # One step, in which y is (.5 + q, .5 - q, .3): seventeen inputs apart; one like the last of them, one
    # like that before it; and the last again.
    read -ra apart <<<"$(for k in {1..17}; do printf '0.%02d ' "$k"; done) 0.1701 0.1601 0.17"
    read -ra ys <<<"$(for sign in 1 -1 0; do
        for d in "${apart[@]}"; do perl -e 'printf "%s ", $ARGV[1] == 0 ? .3 : .5 + $ARGV[1] * $ARGV[0]' -- "$d" $sign; done
    done)"
    read -ra xs <<<"$(for number in .1 .2 .4; do printf "$number %.0s" {1..20}; done)"
    make_four w 3,20 "${xs[@]}" "${ys[@]}"
    correlate a b c d --map map >table
    [ "$(numbers map hypothesis)" = "$(echo {0..16}) 17 15 16" ]
}

# --- draws of a null hypothesis -------------------------------------------------------------------

# Four tensors in an order of the data that is not that of the names, and draws a0 b0, a1 b1, a2 b2
# of them, which are stacked in `null`. In the third, a number of tensor $2 [0] is undefined.
draws_example() {
    perl -e 'my $state = 7; sub number { $state = ($state * 1103515245 + 12345) % 2**31; 1 + $state % 97 }
        my @tensors = eval $ARGV[0];
        sub put { my ($file, $front, @lists) = @_; my ($h, $at) = ("", 0);
            for (0 .. 3) { my ($name, $shape, $n) = @{$tensors[$_]}; my $size = 8 * @{$lists[$_]};
                $h .= sprintf(q(,"%s":{"dtype":"F64","shape":[%s],"data_offsets":[%d,%d]}), $name,
                    join(",", @$front, @$shape), $at, $at + $size); $at += $size }
            $h = "{" . substr($h, 1) . "}"; open my $f, ">", $file; binmode $f;
            print $f pack("Q<", length $h), $h, map { pack "d<*", @$_ } @lists }
        sub numbers { map { [map { number() } 1 .. $_->[2]] } @tensors }
        put($_, [], numbers()) for "a" .. "d";
        my @all = map { [] } 0 .. 3;
        for my $k (0 .. 2) { for my $which ("a", "b") { my @numbers = numbers();
            $numbers[$ARGV[1]][5] = 0 if $k == 2;
            put("$which$k", [], @numbers); push @{$all[$_]}, @{$numbers[$_]} for 0 .. 3 } }
        put("null", [3, 2], @all)' \
        "${1:-[\"weight\", [3, 4], 12], [\"bias\", [5], 5], [\"cube\", [2, 2, 2], 8], [\"a.weight\", [2, 3], 6]}" "${2:-0}"
}

@test "--null: every draw has the correlations it would have by itself" {
    draws_example
    correlate a b c d --null null --null-table draws >table
    [ "$(head -n 1 draws)" = $'draw\tscope\tpart\tr\tp' ]
    [ "$(wc -l <draws)" -eq 37 ]
    cut -f 1-13 table | cmp - <(correlate a b c d | cut -f 1-13)
    for k in 0 1 2; do
        correlate a$k b$k c d >one
        # r to 8 digits, p to 5, for sums are taken in another order.
        perl -F'\t' -ane 'chomp @F; if (@F > 5) { $want{"$F[0] $F[1]"} = [@F[4, 7]] if $F[0] ne "scope" }
            elsif ($F[0] eq "this") { $seen++; my $w = $want{"$F[1] $F[2]"};
                for (0, 1) { my ($x, $y) = ($F[3 + $_], $w->[$_]);
                    die "@F: $y\n" unless $x eq $y || abs($x - $y) <= 1e-5 * abs $y } }
            END { die "$seen rows" unless $seen == keys %want }' one <(sed "s/^$((k + 1))\t/this\t/" draws) \
            2>messages || { cat messages; return 1; }
    done
}

# Each draw of a$k, b$k has the r, p and p_units of a run over it alone, to the last digit; `-s $1`.
each_draw_alone() {
    correlate a b c d -P 99 -s "$1" --null null --null-table draws --null-units >table
    correlate a b c d -P 99 -s "$1" | cut -f 1-14 | cmp - <(cut -f 1-14 table)
    [ "$(head -n 1 draws)" = $'draw\tscope\tpart\tr\tp\tp_units' ]
    for k in 0 1 2; do
        correlate a$k b$k c d -P 99 -s "$1" 2>messages | tail -n +2 | cut -f 1,2,5,8,14 >"alone$k"
        sed -n "s/^$((k + 1))\t//p" draws | cmp - "alone$k"
    done
}

@test "--null-units: every draw has to the last digit what it would have by itself" {
    draws_example
    each_draw_alone 1
    cp draws draws1
    [ "$(part alone0 bias all 2 5)" != nan ]
    each_draw_alone 2
    run ! cmp -s draws draws1
    correlate a b c d -P 99 -s 2 --null <(cat null) --null-table - --null-units -o /dev/null | cmp - draws
    # p_null is what it is without.
    correlate a b c d -P 99 -s 2 --null null | cmp - table
    # Two biases, the first incomplete, a matrix of several blocks, a scalar; a bias of two dimensions.
    draws_example '["1.weight", [60, 300], 18000], ["1.bias", [6], 6], ["2.bias", [5], 5], ["s", [], 1]' 1
    each_draw_alone 1
    [ "$(grep -v $'\tnan$' alone2 | cut -f 1,2 | tr '\t\n' ' ,')" = 'biases all,1.bias all,1.weight all,1.weight units,1.weight centred,2.bias all,' ]
    draws_example '["weight", [5], 5], ["1.bias", [2, 3], 6], ["2.bias", [5], 5], ["s", [], 1]' 1
    each_draw_alone 1
    [ "$(head -n 1 alone0 | cut -f 1,2,5)" = $'biases\tall\tnan' ]
}

@test "--null: p is how often a draw is as large" {
    draws_example
    correlate a b c d --null null --null-table draws >table
    perl -F'\t' -ane 'chomp @F; if (@F > 5) { ($r{"$F[0] $F[1]"}, $p{"$F[0] $F[1]"}) = @F[4, 14] }
        elsif ($F[0] ne "draw") { $b{"$F[1] $F[2]"} += abs($F[3]) >= abs($r{"$F[1] $F[2]"}) }
        END { delete $p{"scope part"}; for (keys %p) { my $p = (1 + $b{$_}) / 4;
            die "$_: $p{$_}, not $p\n" unless abs($p{$_} - $p) < 1e-9 } }' table draws
    # Two distinct p at least, or it would not tell.
    [ "$(tail -n +2 table | cut -f 15 | sort -u | wc -l)" -gt 1 ]
    # The observed itself as the only draw counts.
    for tensor in 5 4,5; do
        x=$(for ((i = 1; i <= 20; i++)); do echo $((i * i % 23)); done | head -n $((${tensor/,/*})))
        n=$((${tensor/,/*}))
        # shellcheck disable=SC2086
        make_safetensors "{\"w\":{\"dtype\":\"F32\",\"shape\":[$tensor],\"data_offsets\":[0,$((4 * n))]}}" 'f<*' $x >a
        make_safetensors "$(header_of a)" "f<*" $(seq $n) >b
        # shellcheck disable=SC2086,SC2046
        make_safetensors "{\"w\":{\"dtype\":\"F32\",\"shape\":[1,2,$tensor],\"data_offsets\":[0,$((8 * n))]}}" 'f<*' $x $(seq $n) >null
        [ "$(tail -n +4 <(correlate a b b a --null null) | cut -f 15 | sort -u)" = 1 ]
    done
}

@test "--null: from a pipe and standard input, and the same every time" {
    draws_example
    correlate a b c d --null null --null-table draws --json json >table
    correlate a b c d --null <(cat null) --null-table draws2 --json json2 | cmp - table
    cmp draws draws2
    cmp json json2
    # shellcheck disable=SC2002 # a pipe is what is tested
    cat null | correlate a b c d --null - | cmp - table
    correlate a b c d --null - <null | cmp - table
    correlate <(cat a) <(cat b) <(cat c) <(cat d) --null <(cat null) | cmp - table
    misused 'standard input can be read only once' correlate a - c d --null -
    cut_fails null 0 "$(size_of null)" correlate a b c d --null null --null-table draws
    cut_fails - null "$(($(size_of null) - 300))" "$(size_of null)" correlate a b c d --null -
}

@test "--null: draws where nothing is defined, or r is not" {
    make_four bias 3 .1 .2 .4 .1 .3 .2
    make_safetensors '{"bias":{"dtype":"F32","shape":[3,2,3],"data_offsets":[0,72]}}' \
        'f<*' 0 0 0 0 0 0 1 1 1 1 1 1 1 2 3 nan 1 1 >null
    correlate a b c d --null null --null-table draws >table
    [ "$(cut -f 4 draws | xargs)" = 'r nan nan nan nan nan nan -1 nan -1' ]
    [ "$(cut -f 5 draws | xargs)" = 'p nan nan nan nan nan nan 1 nan 1' ]
    [ "$(part table bias all p_null)" = 0.5 ]
    make_four bias 3 .1 .1 .1 .1 .3 .2
    [ "$(part <(correlate a b c d --null null) bias all p_null)" = nan ]
}

@test "--null: a tensor too large to be kept has no draws, and its scope none" {
    n=16777217
    make_safetensors '{"bias":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]},"w":{"dtype":"F8_E4M3","shape":['$n'],"data_offsets":[4,'$((n + 4))']}}' \
        'C*' 56 60 64 70 56 60 64 >a
    make_safetensors "$(header_of a)" 'C*' 64 60 56 58 56 56 56 >b
    truncate -s $(($(header_end a) + n + 4)) a b
    make_safetensors '{"bias":{"dtype":"F8_E4M3","shape":[1,2,4],"data_offsets":[0,8]},"w":{"dtype":"F8_E4M3","shape":[1,2,'$n'],"data_offsets":[8,'$((2 * n + 8))']}}' \
        'C*' 56 60 70 64 64 60 56 58 >null
    truncate -s $(($(header_end null) + 2 * n + 8)) null
    correlate a b a b -P 9 --null null --null-table draws --null-units --scope 'all=*' >table 2>messages
    [ "$(cut -f 1,2,3 draws | tail -n +2)" = $'1\tbiases\tall\n1\tweights\tall\n1\tbias\tall' ]
    [ "$(cut -f 4 draws | sed -n 2p)" = "$(cut -f 4 draws | sed -n 4p)" ]
    [ "$(part table all all r) $(part table all all p_null)" = '1 nan' ]
    [ "$(part table w all p_null) $(part table bias all p_null)" = 'nan 0.5' ]
}

@test "--null: files that do not match" {
    make_four w 2,2 .1 .2 .3 .4 .5 .6 .7 .8
    stack() { make_safetensors "{\"w\":{\"dtype\":\"${2:-F32}\",\"shape\":[$1],\"data_offsets\":[0,$3]}}" "x$3" >null; }
    for shape in 2,2 1,2,2 1,2,4 1,1,2,4 1,3,2,2 1,2,2,2,1; do
        stack $shape F32 $((4 * ${shape//,/*}))
        fails 1 "correlate: null: tensor \"w\": is ${shape//,/x} here, not [draws,2] before 2x2, its shape in a" \
            correlate a b c d --null null -o table
    done
    stack 0,2,2,2 F32 0
    fails 1 'correlate: null: tensor "w": has no draws' correlate a b c d --null null -o table
    stack 1,2,2,2 C64 64
    fails 1 'correlate: null: tensor "w": C64 cannot be read as numbers' \
        correlate a b c d --null null -o table
    fails 1 'correlate: a: tensor "w": is 2x2 here, not [draws,2] before 2x2, its shape in a' \
        correlate a b c d --null a -o table
    make_safetensors '{"v":{"dtype":"F32","shape":[1,2,2,2],"data_offsets":[0,32]}}' x32 >null
    fails 1 'correlate: null: tensor "w": is missing; a has it' \
        correlate a b c d --null null -o table
    make_safetensors '{"v":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[1,2,2,2],"data_offsets":[8,40]}}' x40 >null
    fails 1 'correlate: a: tensor "v": is missing; null has it' \
        correlate a b c d --null null -o table
    make_safetensors '{"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}' x8 >two
    make_safetensors '{"v":{"dtype":"F32","shape":[1,2,1],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2,2,1],"data_offsets":[8,24]}}' x24 >null
    fails 1 'correlate: null: tensor "w": has 2 draws; the tensors before have 1' \
        correlate two two two two --null null -o table
    make_safetensors '{}' >none
    fails 1 'correlate: none: no tensors, so no draws' correlate none none none none --null none
    fails 1 'correlate: missing: No such file or directory' correlate a b c d --null missing
    [ ! -e table ]
}

# --- bounded by the data --------------------------------------------------------------------------

# What a header alone says, on a pipe.
# usage: header_only NAME SHAPE BYTES
header_only() {
    make_safetensors "{\"$1\":{\"dtype\":\"F64\",\"shape\":[$2],\"data_offsets\":[0,$3]}}"
}

# --- masks of inputs ------------------------------------------------------------------------------

# Files a b c d, draws `null` of a and b, a mask, which keeps about two inputs of three, and
# `kept`, their numbers; in cut/, the same files without the other columns. A fifth of the inputs
# has the x of the bias; a number is undefined with probability HOLES.
# usage: masked UNITS INPUTS DTYPE HOLES
masked() {
    mkdir -p cut
    perl -e 'my ($units, $inputs, $dtype, $holes) = @ARGV; my $state = 5;
        sub chance { $state = ($state * 1103515245 + 12345) % 2**31; ($state >> 8) / 2**23 }
        sub number { my $size = 1 + int(chance() * 1000); chance() < $holes ? 0 : $size }
        my @kept = grep { $_ == 1 || chance() < 2 / 3 } 0 .. $inputs - 1; my %kept = map { $_ => 1 } @kept;
        my @black = map { chance() < .2 } 1 .. $inputs;
        my @shapes = (["1.bias", $units], ["1.weight", $units, $inputs], ["2.bias", 2],
            ["2.weight", 2, $units], ["cube", 1, 2, $inputs], ["vector", $inputs], ["weight", 3, $inputs]);
        sub cut { my ($shape, $list) = @_; my $n = @$shape; $n == 3 && $shape->[2] == $inputs
            ? [map { my $row = $_ * $inputs; map { $list->[$row + $_] } @kept } 0 .. @$list / $inputs - 1] : $list }
        sub put { my ($file, $front, $cut, @lists) = @_; my ($h, $data) = ("", "");
            for (0 .. $#shapes) { my ($name, @shape) = @{$shapes[$_]};
                my $list = $cut ? cut($shapes[$_], $lists[$_]) : $lists[$_];
                $shape[1] = @kept if $cut && @shape == 2 && $shape[1] == $inputs;
                my $bytes = pack $dtype eq "F64" ? "d<*" : "f<*", @$list;
                $h .= sprintf q(,"%s":{"dtype":"%s","shape":[%s],"data_offsets":[%d,%d]}), $name, $dtype,
                    join(",", @$front, @shape), length $data, length($data) + length $bytes;
                $data .= $bytes }
            $h = "{" . substr($h, 1) . "}"; open my $f, ">", $file or die; binmode $f;
            print $f pack("Q<", length $h), $h, $data }
        sub numbers { my @bias = map { number() } 1 .. $units;
            map { my ($name, @shape) = @$_; my $n = 1; $n *= $_ for @shape;
                $name eq "1.bias" ? \@bias : $name ne "1.weight" ? [map { number() } 1 .. $n] :
                [map { $black[$_ % $inputs] ? $bias[$_ / $inputs] : number() } 0 .. $n - 1] } @shapes }
        for my $file (qw(a b c d)) { my @numbers = numbers();
            put($file, [], 0, @numbers); put("cut/$file", [], 1, @numbers) }
        my @drawn;
        for (1 .. 6) { my @numbers = numbers(); push @{$drawn[$_]}, @{$numbers[$_]} for 0 .. $#shapes }
        put("null", [3, 2], 0, @drawn); put("cut/null", [3, 2], 1, @drawn);
        open my $f, ">", "kept"; print $f "$_\n" for @kept; close $f;
        my $h = sprintf q({"lit":{"dtype":"U32","shape":[%d],"data_offsets":[0,%d]}}), scalar @black, 4 * @black;
        open $f, ">", "mask"; binmode $f;
        print $f pack("Q<", length $h), $h, pack("L<*", map { $kept{$_} ? 1 + $_ % 300 : 0 } 0 .. $#black)' "$@"
}

# Runs over a b c d with the mask, and in cut/ without; tables, JSON and draws are the same, and of
# the points and the pixels, what is kept is under its number.
# usage: masked_as_cut ROWS COLS OPTION...
masked_as_cut() {
    local rows=$1 cols=$2
    local outputs=(-o table --points points --map map --map-table regions --pixels pixels --json json
        --map-tensor 1.weight --null null --null-table draws)
    shift 2
    correlate a b c d "${outputs[@]}" --map-shape "${rows}x$cols" --inputs mask "$@" 2>messages
    (cd cut && correlate a b c d "${outputs[@]}" "$@" 2>messages)
    for file in table json draws messages; do
        cmp $file cut/$file
    done
    cmp <(sed -n 2p regions) <(sed -n 2p cut/regions)
    perl -e 'open my $f, "<", "kept"; chomp(my @kept = <$f>); my %kept = map { $kept[$_] => $_ } 0 .. $#kept;
        my $cols = shift; sub rows { open my $f, "<", $_[0] or die; map { [split /\t|\n/] } <$f> }
        my @points = rows("points"); my @want = rows("cut/points");
        for (@want) { $_->[2] = $kept[$_->[2]] if $_->[0] =~ /^(1[.])?weight$/ }
        "@{[map { @$_ } @points]}" eq "@{[map { @$_ } @want]}" or die "points";
        my ($title, @pixels) = rows("pixels"); (undef, @want) = rows("cut/pixels");
        for my $j (0 .. $#pixels) { my @pixel = @{$pixels[$j]};
            $pixel[0] * $cols + $pixel[1] == $j or die "pixel $j: @pixel";
            my @of = exists $kept{$j} ? @{$want[$kept{$j}]} : (0, 0, 0, ("nan") x 7);
            $of[9] = $kept[$of[9]] if $of[9] ne "nan";
            "@of[2 .. 9]" eq "@pixel[2 .. 9]" or die "pixel $j: @pixel, not @of" }
        @pixels == $ARGV[0] or die scalar @pixels' "$cols" $((rows * cols)) 2>differences ||
        { cat differences; return 1; }
    # the map, from the table
    for name in n r t hypothesis; do
        perl -e "$PERL_TENSOR"'my ($name) = @ARGV; open my $f, "<", "pixels"; chomp(my @lines = <$f>);
            my @title = split /\t/, $lines[0]; my ($at) = grep { $title[$_] eq $name } 0 .. $#title;
            my @map = tensor("map", $name); @map == $#lines or die;
            for (0 .. $#map) { my $want = (split /\t/, $lines[$_ + 1])[$at];
                my $is = $map[$_] == $map[$_] ? sprintf "%.9g", $map[$_] : "nan";
                $is eq $want or die "$name $_: $is, not $want" }' $name
    done
}

@test "--inputs: as if the other inputs were not in the files" {
    masked 7 9 F64 0
    masked_as_cut 3 3 -P 99 --split 3
    masked 20 30 F32 .02
    masked_as_cut 5 6 -P 99 --split 3 --null-units
    # several blocks, where blocks do not end where units do
    masked 120 200 F64 .0005
    masked_as_cut 10 20 -P 9 --split 100 --null-units
    masked_as_cut 200 1
    # all kept: as without
    mask=$(header_of mask)
    # shellcheck disable=SC2046 # words
    make_safetensors "${mask/U32/F32}" 'f<*' $(printf '.5 %.0s' {1..200}) >whole
    correlate a b c d --inputs whole --map map --points points --null null >table
    correlate a b c d --map map2 --points points2 --null null | cmp - table
    cmp map map2
    cmp points points2
    run ! cmp -s <(correlate a b c d --inputs mask) <(correlate a b c d)
    # from pipes
    correlate a b c d --inputs mask >table
    correlate <(cat a) <(cat b) <(cat c) <(cat d) --inputs <(cat mask) | cmp - table
    correlate a b c d --inputs - <mask | cmp - table
}

@test "--inputs: the same whatever the jobs" {
    masked 200 1500 F64 .0005
    correlate -j 1 a b c d --inputs mask --points points --map map --map-tensor 1.weight --json json >table
    for jobs in 2 5; do
        correlate -j $jobs a b c d --inputs mask --points points2 --map map2 --map-tensor 1.weight --json json2 |
            cmp - table
        cmp points points2
        cmp map map2
        cmp json json2
    done
    (cd cut && correlate a b c d --map map --map-tensor 1.weight --json - -o /dev/null) | cmp - json
}

@test "--inputs: the table of the map counts those kept, at their places" {
    # shellcheck disable=SC2046 # words
    make_layer 1. .25 $(printf '.25 %.0s' {1..49})  .5 $(printf '.5 %.0s' {1..24}) .6 $(printf '.5 %.0s' {1..24}) \
        .5 $(printf '.5 %.0s' {1..49})  .75 $(printf '.75 %.0s' {1..49})
    # the second row and the middle
    # shellcheck disable=SC2046
    make_safetensors '{"lit":{"dtype":"BOOL","shape":[7,7],"data_offsets":[0,49]}}' 'C*' \
        $(printf '0 %.0s' {1..7}) $(printf '1 %.0s' {1..7}) $(printf '0 %.0s' {1..10}) 1 $(printf '0 %.0s' {1..24}) >mask
    correlate a b c d --inputs mask --map-table regions --map-shape 7x7 -o table
    [ "$(cut -f 1-8 regions | tail -n +2 | xargs)" = 'all 8 0 7 7 0 1 0 edge 2 0 2 2 0 0 0 inside 6 0 5 5 0 1 0' ]
}

@test "--inputs: of 2^24 parameters, those kept count" {
    local inputs=8388612
    # numbers in the first blocks, zeros behind: sparse files
    perl -e 'my ($inputs) = @ARGV; my $size = 8 * $inputs; my $state = 5;
        for my $file ("a" .. "d") { open my $f, ">", $file; binmode $f;
            my $h = qq({"weight":{"dtype":"F32","shape":[2,$inputs],"data_offsets":[0,$size]}});
            print $f pack("Q<", length $h), $h, pack "f<*",
                map { $state = ($state * 1103515245 + 12345) % 2**31; 1 + ($state >> 16) % 97 } 1 .. 20000;
            truncate $f, 8 + length($h) + $size }
        for (["few", 30], ["all", $inputs]) { my ($file, $ones) = @$_; open my $f, ">", $file; binmode $f;
            my $h = qq({"lit":{"dtype":"U8","shape":[$inputs],"data_offsets":[0,$inputs]}});
            print $f pack("Q<", length $h), $h, "\1" x $ones, "\0" x ($inputs - $ones) }' $inputs
    # both units of 30 inputs, the second all zeros: ranks, and no warning
    warns '' correlate a b c d --inputs few
    [ "$(cut -f 3,4 table | sed -n 3,4p)" = $'30\t30\n30\t30' ]
    [ "$(field table weights spearman)" != nan ]
    # all of them: r alone, that of the whole tensor
    correlate a b c d --inputs all >table 2>messages
    correlate a b c d 2>messages2 | cmp - table
    cmp messages messages2
    [ "$(field table weights r)" != nan ] && [ "$(field table weights spearman)" = nan ]
}

@test "--inputs: elements are 0 or not, of every dtype" {
    masked 5 4 F64 0
    printf '1\n3\n' >kept
    make_safetensors '{"m":{"dtype":"F64","shape":[4],"data_offsets":[0,32]}}' 'd<*' 0 1 0 1 >mask
    correlate a b c d --inputs mask --points points >table
    [ "$(grep -c '^1.weight' points)" = 10 ]
    for type in 'F64 8 d<' 'F32 4 f<' 'U32 4 L<' 'I32 4 l<' 'U16 2 S<' 'I16 2 s<' 'U8 1 C' 'I8 1 c' 'BOOL 1 C' \
        'U64 8 Q<' 'I64 8 q<' 'F8_E4M3 1 C' 'F8_E5M2 1 C' 'F8_E4M3FNUZ 1 C' 'F8_E5M2FNUZ 1 C'; do
        read -r dtype width format <<<"$type"
        make_safetensors '{"m":{"dtype":"'"$dtype"'","shape":[2,1,2],"data_offsets":[0,'$((4 * width))']}}' "$format*" 0 1 0 1 |
            correlate a b c d --inputs - | cmp - table
    done
    # F16 and BF16: 1, the least above 0, and both zeros
    make_safetensors '{"m":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}' 'S<*' 0 15360 32768 1 >mask
    correlate a b c d --inputs mask | cmp - table
    make_safetensors '{"m":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}' 'S<*' 32768 1 0 32640 >mask
    correlate a b c d --inputs mask | cmp - table
    # a layer of as many inputs is cut too, and only such
    [ "$(grep -c '^weight' points)" = 6 ]
    [ "$(grep -c '^2.weight' points)" = 10 ]
    [ "$(grep -c '^vector' points)" = 4 ]
    [ "$(grep -c '^cube' points)" = 8 ]
}

@test "--inputs: no mask" {
    masked 5 4 F64 0
    # usage: refused MESSAGE DTYPE SHAPE FORMAT VALUE...
    refused() {
        local values=("${@:5}") width
        width=$(perl -e 'print length pack $ARGV[0], 1' "${4%\*}")
        make_safetensors '{"lit":{"dtype":"'"$2"'","shape":['"$3"'],"data_offsets":[0,'$((width * ${#values[@]}))']}}' "$4" "${values[@]}" >mask
        fails 1 "correlate: mask: $1" correlate a b c d --inputs mask -o out --map out2
        fails 1 "correlate: <stdin>: $1" correlate a b c d --inputs - -o out --map out2 <mask
    }
    refused 'tensor "lit": element 1 is negative; those of a mask are 0 or more' I8 4 'c*' 1 -1 0 1
    refused 'tensor "lit": element 3 is negative; those of a mask are 0 or more' F32 2,2 'f<*' 1 0 0 -1e-40
    refused 'tensor "lit": element 0 is not a number; those of a mask are 0 or more' F64 4 'd<*' nan 1 1 1
    refused 'tensor "lit": is 0 everywhere, so no input is kept' U8 2,2 'C*' 0 0 0 0
    refused 'tensor "lit": has 3 elements; no matrix of a has as many inputs' U8 3 'C*' 1 1 1
    refused 'tensor "lit": has 0 elements; no matrix of a has as many inputs' U8 0,4 'C*'
    refused 'tensor "lit": C64 cannot be read as numbers' C64 2,2 'd<*' 1 1 1 1
    make_safetensors '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}' \
        'C*' 1 1 1 1 1 1 1 1 >mask
    fails 1 'correlate: mask: not a mask: 2 tensors, not one' correlate a b c d --inputs mask -o out
    make_safetensors '{}' >mask
    fails 1 'correlate: mask: not a mask: 0 tensors, not one' correlate a b c d --inputs mask -o out
    make_safetensors '{"lit":{"dtype":"U8","shape":[268435457],"data_offsets":[0,268435457]}}' >mask
    fails 1 'correlate: <stdin>: tensor "lit": has too many elements for a mask' \
        correlate a b c d --inputs - -o out < <(cat mask)
    make_safetensors '{"lit":{"dtype":"U8","shape":[268435456],"data_offsets":[0,268435456]}}' >mask
    fails 1 'correlate: <stdin>: tensor "lit": has 268435456 elements; no matrix of a has as many inputs' \
        correlate a b c d --inputs - -o out < <(cat mask)
    make_safetensors '{"lit":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}' 'C*' 0 1 1 0 >mask
    fails 1 'correlate: <stdin>: data goes on after the 4 bytes the tensors take' \
        correlate a b c d --inputs - -o out < <(cat mask && echo)
    cut_fails mask 0 "$(size_of mask)" correlate a b c d --inputs mask
    cut_fails - mask 0 "$(size_of mask)" correlate a b c d --inputs -
    fails 1 'correlate: none: No such file or directory' correlate a b c d --inputs none -o out
    misused 'standard input can be read only once' correlate a b - d --inputs -
    misused 'standard input can be read only once' correlate a b c d --inputs - --null -
    # the shape of the map is that of all inputs
    correlate a b c d --inputs mask --map map --map-tensor 1.weight --map-shape 2x2 -o table
    fails 1 'correlate: a: tensor "1.weight": has 4 inputs, not 1x2' \
        correlate a b c d --inputs mask --map out --map-tensor 1.weight --map-shape 1x2
    [ ! -e out ] && [ ! -e out2 ]
}

@test "--inputs: negative numbers are refused wherever they stand" {
    make_safetensors '{"m":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}' 'C*' 1 0 1 >mask
    put a w 2,3 1 2 3 4 5 6
    put b w 2,3 1 1 1 1 -2 1
    fails 1 'correlate: b: tensor "w": element 4 is -2; tallies and differences are not negative (--any lets it pass)' \
        correlate a b a a --inputs mask -o out
    correlate --any a b a a --inputs mask >table
    [ "$(field table w n)" = 4 ]
    put null w 1,2,2,3 1 2 3 4 5 6  1 1 1 1 -2 1
    fails 1 'correlate: null: tensor "w": element 10 is -2; tallies and differences are not negative (--any lets it pass)' \
        correlate a a a a --inputs mask --null null -o out
    put null w 1,2,2,3 1 2 3 4 -5 6  1 1 1 1 1 1
    fails 1 'correlate: null: tensor "w": element 4 is -5; tallies and differences are not negative (--any lets it pass)' \
        correlate a a a a --inputs mask --null null -o out
    [ ! -e out ]
}

@test "--inputs: what is undefined, of those kept, and why" {
    make_safetensors '{"m":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}' 'C*' 0 1 1 >mask
    put a weight 2,3 1 0 0 4 0 0
    put b weight 2,3 1 0 0 1 0 0
    put c weight 2,3 1 2 3 4 5 7
    put d weight 2,3 3 1 4 1 5 9
    warns '' correlate a b c d --map map
    warns 'correlate: a, b: a + b is 0 for every parameter: nothing was tallied; r is undefined for every scope, the map' \
        correlate a b c d --inputs mask --map map
    [ "$(cut -f 3,4 table | sed -n 3p)" = $'0\t4' ]
    # in several blocks
    make_safetensors '{"weight":{"dtype":"F32","shape":[10000,3],"data_offsets":[0,120000]}}' >zeros
    truncate -s +120000 zeros
    warns "correlate: zeros, zeros: a + b is 0 for every parameter: nothing was tallied; r is undefined for every scope
correlate: zeros, zeros: c + d is 0 for every parameter: nothing differs; r is undefined for every scope" \
        correlate zeros zeros zeros zeros --inputs mask
    warns '' correlate c d d c --split 2
    warns 'correlate: --split 2: no vector or matrix has more units or inputs; auc_x and auc_y are undefined' \
        correlate c d d c --split 2 --inputs mask
}

@test "tensors without elements take no time, whatever their dimensions" {
    for shape in 2305843009213693952,0 0,2305843009213693952 1152921504606846976,2,0 9223372036854775808,0,3; do
        header_only weight "$shape" 0 >a
        timeout 20 correlate a a a a -P 9 --split 3 --json json -o table
        [ "$(field table weight n)" = 0 ]
    done
    header_only bias 4294967296,0 0 >a
    fails 1 'correlate: a: no 2-D tensor with elements to map' \
        timeout 20 correlate a a a a --map map
}

@test "JSON of many rows is not in memory" {
    perl -e 'print pack("Q<", length $_), $_, pack "f<*", map { $_ % 7 } 1 .. 40000 for
        "{" . join(",", map { sprintf q("%d.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[%d,%d]}), $_, 16 * $_, 16 * $_ + 16 } 0 .. 9999) . "}"' >a
    limited 100000 correlate a a a a --json json >table 2>messages
    perl -MJSON::PP -e 'local $/; print scalar @{decode_json(<>)->{scopes}}, "\n"' json >rows
    [ "$(<rows)" -eq $(($(wc -l <table) - 1)) ] && [ "$(<rows)" -gt 10000 ]
}

@test "a matrix is in memory twice at a time: as x and y, and as pairs to rank" {
    perl -e 'my $h = q({"w":{"dtype":"F32","shape":[1000,3000],"data_offsets":[0,12000000]}}); print pack("Q<", length $h),
        $h, pack "f<*", map { 1 + $_ * 7919 % 10007 } 1 .. 3000000' >a
    limited 150000 correlate a a a a -o table
    [ "$(field table w n)" = 3000000 ]
}

@test "memory follows the data that has arrived" {
    small() { limited 60000 timeout 20 "$@"; }
    for shape in 16777216 8388608,2; do
        header_only weight $shape 134217728 >a
        fails 1 'correlate: <stdin>: the data ends after 0 of 134217728 bytes' \
            small bash -c 'cat a | correlate - <(cat a) <(cat a) <(cat a)'
        head -c 100000 /dev/zero >>a # more than a block
        fails 1 'correlate: <stdin>: the data ends after 100000 of 134217728 bytes' \
            small bash -c 'cat a | correlate - <(cat a) <(cat a) <(cat a)'
    done
    header_only weight 1,268435456 2147483648 >a
    fails 1 'correlate: <stdin>: the data ends after 0 of 2147483648 bytes' \
        small bash -c 'cat a | correlate - <(cat a) <(cat a) <(cat a) --map map'
    head -c 100000 /dev/zero >>a
    fails 1 'correlate: <stdin>: the data ends after 100000 of 2147483648 bytes' \
        small bash -c 'cat a | correlate - <(cat a) <(cat a) <(cat a) --map map'
    # Draws: of elements that do not come, and of none.
    put a bias 1 1
    header_only bias 268435456,2,1 4294967296 >null
    fails 1 'correlate: <stdin>: the data ends after 0 of 4294967296 bytes' \
        small bash -c 'cat null | correlate a a a a --null -'
    put a weight 2,0
    header_only weight 268435456,2,2,0 0 >null
    fails 1 'correlate: null: no numbers, so no draws' \
        small correlate a a a a --null null --null-table draws
    h='{"bias":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"weight":{"dtype":"F64","shape":[2,0],"data_offsets":[0,0]}}'
    make_safetensors "$h" 'd<*' 1 >a
    make_safetensors '{"bias":{"dtype":"F64","shape":[268435456,2,1],"data_offsets":[0,4294967296]},"weight":{"dtype":"F64","shape":[268435456,2,2,0],"data_offsets":[0,0]}}' >null
    fails 1 'correlate: <stdin>: the data ends after 0 of 4294967296 bytes' \
        small bash -c 'cat null | correlate a a a a --null - --null-table draws'
    [ ! -e draws ] && [ ! -e map ]
}

@test "--map: many inputs of the same x are soon told apart" {
    perl -e 'my $n = 100000; my $u = 8; my $state = 7; my @y;
        push @y, ($state = ($state * 1103515245 + 12345) % 2**31) / 2**31 for 1 .. $n * $u;
        # The last hundred are the first, of which every second is a little off.
        for my $unit (0 .. $u - 1) { $y[$unit * $n + $n - 100 + $_] = $y[$unit * $n + $_] + ($_ % 2) * 1e-6 for 0 .. 99 }
        my @x = map { my $x = 1 + $_; ($x) x $n } 0 .. $u - 1; my $bytes = 4 * $n * $u;
        my $h = qq({"w":{"dtype":"F32","shape":[$u,$n],"data_offsets":[0,$bytes]}});
        for (["a", @x], ["b", (3) x @x], ["c", @y], ["d", map { 1 - $_ } @y]) {
            my ($file, @numbers) = @$_;
            open my $f, ">", $file or die; binmode $f;
            print $f pack("Q<", length $h), $h, pack("f<*", @numbers) }'
    timeout 30 correlate a b c d --map map -o table
    numbers map hypothesis | tr ' ' '\n' | tail -n 100 >last
    # Those that are the same are one hypothesis, and few of those nearly so are not.
    [ "$(awk 'NR % 2 == 1 && $1 == NR - 1' last | wc -l)" = 50 ]
}

@test "long names stay distinct" {
    long=$(printf 'n%.0s' {1..3000})
    h="{\"${long}1\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"${long}2\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}"
    make_safetensors "$h" 'f<*' 1 2 3 4 >a
    make_safetensors "$h" 'f<*' 1 1 1 2 >b
    make_safetensors "$(sed 's/\[2\]/[1,2,2]/g; s/0,8/0,16/; s/8,16/16,32/' <<<"$h")" 'f<*' 1 2 3 4 5 6 7 8 >null
    correlate a b a b --points points --null null --null-table draws >table
    [ "$(cut -f 1 table | tail -n 2 | xargs)" = "${long}1 ${long}2" ]
    [ "$(cut -f 1 points | tail -n +2 | uniq | xargs)" = "${long}1 ${long}2" ]
    [ "$(cut -f 2 draws | tail -n 2 | xargs)" = "${long}1 ${long}2" ]
}

# --- JSON -----------------------------------------------------------------------------------------

@test "--json: the same numbers, with all their digits" {
    draws_example
    correlate a b c d -P 19 -s 5 --null null --split 2 --map map --json json >table
    perl -MJSON::PP -e 'open my $f, "<", "json"; local $/; my $j = decode_json(<$f>); $/ = "\n";
        die unless $j->{program} eq "correlate" && $j->{version} && $j->{permutations} == 19 &&
            $j->{seed} == 5 && $j->{draws} == 3 && $j->{map}{tensor} eq "a.weight" &&
            $j->{map}{inputs} == 3 && exists $j->{map}{threshold};
        open my $t, "<", "table"; chomp(my $title = <$t>); my @names = split /\t/, $title;
        for my $row (@{$j->{scopes}}) {
            chomp(my $line = <$t>); my @values = split /\t/, $line;
            die "columns" unless @names == keys %$row;
            for (0 .. $#names) { my ($name, $value) = ($names[$_], $values[$_]);
                my $own = $name eq "p" ? $row->{log10_p} : $row->{$name};
                $own = 10 ** $own if $name eq "p" && defined $own;
                die "$line: $name\n" unless defined $own
                    ? $value =~ /^[-.\de]+$/ ? abs($own - $value) <= 1e-5 * abs $value : $own eq $value
                    : $value =~ /nan|inf/ || $name eq "p" && $value == 0 } }
        die "lines" if <$t>'
    correlate a b c d --json json2 >table
    grep -q '^ "map": null$' json2
    [ "$(grep -c '"p_units": null' json2)" = 12 ]
    correlate a b c d --json - -o /dev/null | cmp - json2
}

@test "--json: names in plain ASCII, which do nothing to a terminal" {
    make_safetensors '{"é\u202e\u009b\u001b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}' 'f<*' 1 >a
    correlate a a a a --json json -o table 2>messages
    grep -qF '"scope": "\u00E9\u202E\u009B\u001B"' json
    [ "$(LC_ALL=C tr -d '\n -~' <json | wc -c)" = 0 ]
    # A scope's may be no text at all.
    fails 1 'correlate: a, a, a, a: fewer than two parameters have both x and y; r is undefined for every scope
correlate: other.json: cannot make JSON of the table' \
        correlate a a a a --scope 'biases=*' --scope 'weights=*' --scope $'\xff=*' --json other.json -o table2
    [ ! -e other.json ] && [ ! -e table2 ]
}

# --- the command line -----------------------------------------------------------------------------

@test "wrong usage" {
    misused 'missing operand' correlate
    misused 'missing operand' correlate a b c
    misused "extra operand 'e'" correlate a b c d e
    misused 'standard input can be read only once' correlate - b - d
    for shape in '' 3 3x 3x3x3 3,3 3X3 ' 3x3' 3x-1 03x3 18446744073709551616x1; do
        misused "--map-shape: '$shape' is not ROWSxCOLS" correlate --map m --map-shape "$shape" a b c d
    done
    misused '--map-tensor needs --map, --map-table or --pixels' correlate --map-tensor x a b c d
    misused '--map-shape needs --map, --map-table or --pixels' correlate --map-shape 1x1 a b c d
    misused '--null-table needs --null' correlate --null-table x a b c d
    misused '--null-units needs --null-table' correlate -P 9 --null x --null-units a b c d
    misused '--null-units needs -P' correlate --null x --null-table y --null-units a b c d
    misused "-P: '-1' is not a whole number" correlate -P -1 a b c d
    misused '-P: 268435457 is not between 0 and 268435456' correlate -P 268435457 a b c d
    misused "-s: 'x' is not a whole number" correlate -s x a b c d
    misused '-s: 9223372036854775808 is not between 0 and 9223372036854775807' correlate -s 9223372036854775808 a b c d
    misused "--split: 0 is not between 1 and 18446744073709551615" correlate --split 0 a b c d
    misused "two outputs go to 'x'" correlate --json x --null x --null-table x a b c d
    misused "two outputs go to 'x'" correlate --map x --json x a b c d
    misused "two outputs go to 'x'" correlate --map-table x --map x a b c d
    misused "two outputs go to 'x'" correlate --map x --points x a b c d
    misused "two outputs go to 'x'" correlate --map x -o x a b c d
    misused "two outputs go to 'x'" correlate --points x --output x a b c d
    misused "two outputs go to '-'" correlate --points - a b c d
    misused "two outputs go to '-'" correlate --map - a b c d
}

# --- inputs and outputs ---------------------------------------------------------------------------

@test "files and pipes give the same" {
    map_example
    correlate a b c d --points points --map map >table
    correlate <(cat a) <(cat b) <(cat c) <(cat d) --points points2 --map map2 | cmp - table
    cmp points points2
    cmp map map2
    for file in a b c d; do
        # shellcheck disable=SC2046 # words
        correlate $(echo a b c d | sed "s/$file/-/") <$file | cmp - table
        # shellcheck disable=SC2002,SC2046
        cat $file | correlate $(echo a b c d | sed "s/$file/-/") -o - | cmp - table
    done
}

@test "inputs that do not match" {
    make_four bias 2 .1 .2 .3 .4
    cp a first
    make_four bias 1,2 .1 .2 .3 .4
    fails 1 'correlate: b: tensor "bias": is 1x2 here, 2 in first' correlate first b c d -o out
    fails 1 'correlate: d: tensor "bias": is 1x2 here, 2 in first' \
        correlate first first first d -o out
    make_four other 2 .1 .2 .3 .4
    fails 1 'correlate: c: tensor "bias": is missing; first has it' \
        correlate first first c first -o out
    edit_header 's/F64/C64/' <first >whole
    fails 1 'correlate: whole: every tensor is of a dtype that is no number: C64' \
        correlate first first whole first -o out
    [ ! -e out ]
}

@test "inputs cut at every byte" {
    make_four weight 1,2 .1 .2 .3 .4
    for file in a b c d; do
        cut_fails $file 0 "$(size_of $file)" correlate a b c d --points points --map map
    done
    cut_fails - a 0 "$(size_of a)" correlate - b c d --points points --map map
    cut_fails - d 0 "$(size_of d)" correlate a b c - --points points --map map
}

@test "outputs that cannot be written leave the others alone" {
    map_example
    touch points map table
    full='correlate: /dev/full: cannot write: No space left on device'
    fails 1 "$full" correlate a b c d --scope 'biases=*' --points points --map map -o /dev/full
    fails 1 "$full" correlate a b c d --scope 'biases=*' --points points --map /dev/full -o table
    fails 1 "$full" correlate a b c d --scope 'biases=*' --points /dev/full --map map -o table
    fails 1 'correlate: <stdout>: cannot write: No space left on device' \
        sh -c 'exec correlate a b c d --scope "biases=*" --points points --map map >/dev/full'
    none='correlate: none/x: cannot create: No such file or directory'
    fails 1 "$none" correlate a b c d --scope 'biases=*' --points none/x --map map -o table
    fails 1 "$none" correlate a b c d --scope 'biases=*' --points points --map none/x -o table
    fails 1 "$none" correlate a b c d --scope 'biases=*' --points points --map map -o none/x
    fails 1 "$none" correlate a b c d --scope 'biases=*' --points points --map map --json none/x -o table
    fails 1 "$full" correlate a b c d --scope 'biases=*' --points points --map map --json /dev/full -o table
    [ ! -s points ]
    [ ! -s map ]
    [ ! -s table ]
    [ "$(ls -A)" = $'a\nb\nc\nd\nmap\npoints\ntable' ]
}

@test "ended by a signal, it leaves nothing" {
    make_four weight 1,2 .1 .2 .3 .4
    mkfifo fifo
    exec 9<>fifo
    head -c -1 a >&9
    terminated correlate fifo b c d --points points --map map
    exec 9>&-
    [ ! -e points ] && [ ! -e map ]
}
