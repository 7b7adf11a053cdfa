# Every bias, and the mean of y in each tenth of x.

table == "correlations" && value("scope") == "biases" && value("part") == "all" { test = tested("bias") }
table == "points" && value("tensor") ~ /bias$/ {
    layer[++n] = substr(value("tensor"), 6) + 0
    if (layer[n] > layers) layers = layer[n]
    bias[n] = value("tensor") OFS value("unit") OFS value("x") OFS value("y")
    if (!defined(value("x")) || !defined(value("y"))) next
    if (!shown++) left = right = value("x")
    if (value("x") + 0 < left + 0) left = value("x")
    if (value("x") + 0 > right + 0) right = value("x")
    add_to_slice(value("x"), value("y"), 10)
}
END {
    note("test", test)
    note("shown", shown + 0)
    note("left", left < right ? left : 0)
    note("right", left < right ? right : 1)
    block("biases", "kind tensor unit x y")
    for (i = 1; i <= n; i++) print (layer[i] == layers ? "output" : "hidden"), bias[i]
    print_slices(10, "biases")
}
