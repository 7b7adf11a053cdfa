# The tables that the charts of the benchmark draw, each from one of its tables: -v chart=NAME. Like those of
# plots/chart.awk: lines "# name<TAB>text", then blocks of rows. CLOCK and ROUNDS come from the environment.

BEGIN { OFS = "\t" }
/^# / {
    if (machine == "") machine = substr($0, 3)
    next
}
{
    name = value("name"); variant = value("variant")
    best[name, variant] = value("best")
    if (name ~ /limit|^nonzero rows|^layer above/) next
    if (index(variant, chart " ") == 1) {
        if (!(name in points)) order[++count] = name
        points[name] = points[name] substr(variant, length(chart) + 2) OFS value("best") "\n"
    }
    if (chart == "steps" && variant ~ /^(no|sigmoid)$/ && name !~ /^engram,/) insert(name, value("best"))
    if (chart == "memory" && variant ~ /^(no|sigmoid)$/ && name !~ /^engram,/) insert(name, value("MiB"))
    if (chart == "experiment" && variant == "base") insert(name, value("best"))
}
# Keeps the names in the order of their numbers.
function insert(name, number,    i) {
    for (i = ++count; i > 1 && key[order[i - 1]] + 0 > number + 0; i--) order[i] = order[i - 1]
    order[i] = name
    key[name] = number
}
function note(name, text) { print "# " name, text }
function block(name, columns) {
    gsub(/ /, OFS, columns)
    print "\n\n# " name "\n" columns
}
function thousands(n) { return n < 1000 ? sprintf("%d", n) : sprintf("%d,%03d", n / 1000, n % 1000) }
function short(x) { return x < 10 ? sprintf("%.2f", x) : x < 100 ? sprintf("%.1f", x) : thousands(int(x + 0.5)) }
function spelled(name) {
    sub(/^C, sparse/, "plain C, sparse", name)
    sub(/^C, -O3 -ffast-math/, "plain C, -ffast-math", name)
    sub(/^C, -O3/, "plain C, -O3", name)
    sub(/^PyTorch$/, "PyTorch, nn + SGD", name)
    sub(/^FANN, sigmoid/, "FANN (sigmoid)", name)
    return name
}
END {
    if (failed) exit 1
    note("machine", machine)
    note("timed", (ENVIRON["CLOCK"] == "cpu" ? "processor time" : "time") ", best of " ENVIRON["ROUNDS"])
    note("count", count + 0)
    note("least", key[order[1]] + 0)
    note("most", key[order[count]] + 0)
    for (i = 1; i <= count; i++) note("name_" i, spelled(order[i]))
    if (chart == "steps") steps()
    else if (chart == "memory" || chart == "experiment") bars()
    else lines()
}
function steps(    i, k, v, x, limit, variant) {
    split("sparse dense", limit, " ")
    split("no yes", variant, " ")
    for (v = 1; v <= 2; v++) for (k = 1; k <= 2; k++) {
        note(limit[k] "_" v, best[limit[k] " limit", variant[v]])
        note(limit[k] "_text_" v, short(best[limit[k] " limit", variant[v]]))
    }
    for (v = 1; v <= 2; v++) {
        block(v == 1 ? "without tally" : "with tally", "microseconds place text name")
        for (i = 1; i <= count; i++) {
            x = v == 1 ? key[order[i]] : best[order[i], "yes"]
            if (defined(x)) print x, i, short(x), order[i]
        }
    }
}
function bars(    i, ours) {
    for (i = 1; i <= count; i++) if (order[i] ~ /^engram/) ours = key[order[i]]
    block("bars", "number place own text name")
    for (i = 1; i <= count; i++)
        print key[order[i]], i, order[i] ~ /^engram/ ? 1 : 0, chart == "memory" ? short(key[order[i]]) : \
            sprintf("%.2f s", key[order[i]]) (order[i] ~ /^engram/ ? "" : sprintf("  (×%.1f)", key[order[i]] / ours)), order[i]
}
function lines(    i) {
    note("dense", best["dense limit", "no"])
    note("dense_tallied", best["dense limit", "yes"])
    for (i = 1; i <= count; i++) {
        block("peer " i, chart " microseconds")
        printf "%s", points[order[i]]
    }
}
