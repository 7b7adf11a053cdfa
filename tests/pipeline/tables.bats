#!/usr/bin/env bats
# The scripts between the programs and the charts: what seeds say together, how often tests fire. Expected
# values are R's; the commands stand beside them.
# shellcheck disable=SC2016 # the conditions are awk's

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    SCRIPTS=$TOP/pipeline
}

# usage: cell FILE COLUMN AWK-CONDITION: of the rows of a table that meet it; columns are named in `c`.
cell() {
    awk -F '\t' -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next } '"$3"' { print $c[name] }' "$1"
}

TITLE=$'activation\tseed\tvariant\tcontrol\tscope\tpart\tr\tp\tshare\tauc_x\tauc_y'

@test "gather: columns for activation, seed and variant; a table that is not there is an error" {
    printf 'control\tr\nsame\t.1\nother\t.2\n' | tee relu-1.tsv relu-2.tsv >relu-1-whole.tsv
    run "$SCRIPTS/gather" . relu 1,2 half
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = $'activation\tseed\tvariant\tcontrol\tr' ]
    [ "${#lines[@]}" -eq 5 ]
    [ "${lines[4]}" = $'relu\t2\thalf\tother\t.2' ]
    run "$SCRIPTS/gather" . relu 1..1 "half whole"
    [ "${lines[3]}" = $'relu\t1\twhole\tsame\t.1' ]
    run "$SCRIPTS/gather" . relu 1..3 half
    [ "$status" -ne 0 ]
    [[ $output == *"gather: ./relu-3.tsv: is not there"* ]]
}
