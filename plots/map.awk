# For every input, r over the weights that leave it; and what regions of the map say.

table == "regions" && value("region") == "all" {
    counted = value("pixels")
    mean = three(value("mean_r"))
    negative = counted > 0 ? sprintf("%.0f%%", 100 * value("negative") / counted) : "undefined"
    dark = value("dark") + 0
}
table == "map" {
    line[++n] = value("row") OFS value("column") OFS value("r")
    rows = value("row") + 1
    if (value("column") >= columns) columns = value("column") + 1
    if (!defined(value("r"))) undefined++
    reach(value("r"), "r")
}
END {
    note("rows", rows ? rows : 1)
    note("columns", columns ? columns : 1)
    note("shown", n - undefined)
    note("scale", map_scale())
    note("over", counted > 0 ? "mean r = " mean ", r < 0 at " negative " of " plural(counted, "input") : "")
    note("dark", dark > 0 ? plural(dark, "input") : "")
    note("undefined", undefined > 0 ? plural(undefined, "input") : "")
    block("inputs", "row column r")
    for (i = 1; i <= n; i++) print line[i]
}
