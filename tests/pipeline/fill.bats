#!/usr/bin/env bats
# A text with holes and the facts that fill them.

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    printf '%s\t%s\t%s\n' a 1 one b 2 two row.x.n 7 seven row.x.v x ex row.y.n 8 eight row.y.v y why >facts
}

# usage: filled LINE...: what the template of these lines becomes, under every awk.
filled() {
    local awk
    printf '%s\n' "$@" >template
    for awk in mawk gawk original-awk; do
        command -v "$awk" >/dev/null || continue
        run complaining_last "$awk" -f "$TOP/pipeline/fill" template facts
        [[ ! -e before || "$status $output" == "$(<before)" ]] || { echo "$awk: $output"; return 1; }
        echo "$status $output" >before
    done
    rm before
}
complaining_last() {
    local status=0
    "$@" 2>said || status=$?
    cat said
    return "$status"
}
REST=('@?a=no @a@ @b@' '@?row.x.n=no @row.*.n@ @row.*.v@')

@test "holes, the same one twice, and text that is none" {
    filled 'A @a@, @b@ and @a@; me@home, 5 @ 3, @, **@a@**.' "${REST[1]}"
    [ "$status" -eq 0 ]
    [ "$output" = 'A one, two and one; me@home, 5 @ 3, @, **one**.' ]
}

@test "a line that depends on a fact" {
    filled '@?a=1 yes' '@?a=2 no' '@?a=2|1 either @b@' '@?a=1 @?b=2 both' '@?a=1 @?b=3 not both' 'a @?a=1 b' "${REST[@]}"
    [ "$status" -eq 0 ]
    [ "$output" = $'yes\neither two\nboth\na @?a=1 b' ]
    filled '@?a!=1 no' '@?a!=2 unless' '@?a!=2|1 neither' '@?a!=3|2 @?b=2 both' '@?a=1 @?b!=2 not both' \
        '@?row.*.v!=y other @row.*.n@' 'a @?a!=1 b' "${REST[0]}"
    [ "$status" -eq 0 ]
    [ "$output" = $'unless\nboth\nother seven\na @?a!=1 b' ]
}

@test "a line for each of some facts, in their order" {
    filled '| @row.*.n@ | @row.*.v@ | @a@ |' '@?row.*.v=y only @row.*.n@' "${REST[0]}"
    [ "$status" -eq 0 ]
    [ "$output" = $'| seven | ex | one |\n| eight | why | one |\nonly eight' ]
}

@test "a line for each of no facts, on a condition that does not hold" {
    filled '@?a=2 @no.*.n@' '@?a!=1 @?b=2 @no.*.n@' '@?b=2 @?a=2 @no.*.n@' '@a@ @b@' "${REST[1]}"
    [ "$status" -eq 0 ]
    [ "$output" = 'one two' ]
    filled '@?a=1 @?b=2 @no.*.n@'
    [ "$output" = "fill: template: line 1: there is no fact 'no.*.n'" ]
    filled '@?a=1 @?no.*.n=2 @a@'
    [ "$output" = "fill: template: line 1: there is no fact 'no.*.n'" ]
    filled '@?c=1 @no.*.n@'
    [ "$output" = "fill: template: line 1: there is no fact 'c'" ]
}

@test "a key that is no fact is an error, in a line that is left out too" {
    filled 'fine @a@' 'and @c@' "${REST[@]}"
    [ "$status" -eq 1 ]
    [[ $output == *"fill: template: line 2: there is no fact 'c'" ]]
    filled '@?a=2 @c@'
    [ "$output" = "fill: template: line 1: there is no fact 'c'" ]
    filled '@?c=2 @a@'
    [ "$output" = "fill: template: line 1: there is no fact 'c'" ]
    filled '@no.*.n@'
    [ "$output" = "fill: template: line 1: there is no fact 'no.*.n'" ]
    filled '@row.*.n@ @row.*.w@'
    [ "$output" = "fill: template: line 1: there is no fact 'row.x.w'" ]
}

@test "a fact that no key names is an error" {
    filled '@a@' "${REST[1]}"
    [ "$status" -eq 1 ]
    [ "${lines[1]}" = "fill: template: no hole for the fact 'b'" ]
    filled '@a@ @b@ @row.x.n@ @row.*.v@'
    [ "${lines[2]}" = "fill: template: no hole for the fact 'row.y.n'" ]
}

@test "no facts, no template" {
    : >empty
    for awk in mawk gawk original-awk; do
        command -v "$awk" >/dev/null || continue
        for arguments in 'facts empty' facts ''; do
            # shellcheck disable=SC2086 # words
            run "$awk" -f "$TOP/pipeline/fill" $arguments
            [ "$status" -eq 1 ]
            [ "$output" = 'fill: usage: fill TEMPLATE FACTS, which are some' ]
        done
        run "$awk" -f "$TOP/pipeline/fill" nowhere facts
        [ "$status" -ne 0 ]
    done
}
