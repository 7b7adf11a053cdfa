# Tables by the names of their columns, for every script that reads one: loaded before the script, with
# -f pipeline/table.awk -f SCRIPT. The line of names of each file is read here, and seen by no later rule.

FNR == 1 {
    files++
    split("", column)
    for (i = 1; i <= NF; i++) column[$i] = i
    next
}

# Of the line at hand, what stands in this column; a column that is not there is an error.
function value(name) {
    if (!(name in column)) {
        printf "%s: has no column '%s'\n", FILENAME, name >"/dev/stderr"
        failed = 1
        exit 1
    }
    return $column[name]
}

# Is it a number? What is undefined is nan.
function defined(x) { return x ~ /[0-9]/ }
