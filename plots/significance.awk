# For every input, r over the weights that leave it, and the strictest of three corrections that it survives: 1 the
# permutation of max |r|, 2 Benjamini–Yekutieli, 3 Benjamini–Hochberg, 0 none. Inputs alike in every image are one
# hypothesis; what is counted is hypotheses. Alike: of the hypothesis of the most inputs, those always black.

table == "pixels" {
    n++
    line[n] = value("row") OFS value("column") OFS value("r") OFS value("p_max") OFS value("q_by") OFS value("q_bh") OFS value("hypothesis")
    rows = value("row") + 1
    if (value("column") >= columns) columns = value("column") + 1
    hypothesis[n] = value("hypothesis")
    if (++members[hypothesis[n]] > greatest) greatest = members[hypothesis[n]]
    if (defined(value("p_max"))) permuted = 1
    if (!defined(value("r"))) {
        undefined++
        mark[n] = 0
        missing[n] = 1
        next
    }
    reach(value("r"), "r")
    mark[n] = small(value("p_max")) ? 1 : small(value("q_by")) ? 2 : small(value("q_bh")) ? 3 : 0
    if (!seen[hypothesis[n]]++) {
        hypotheses++
        surviving[mark[n]]++
    }
}
function small(p) { return defined(p) && p + 0 <= 0.05 }
END {
    note("rows", rows ? rows : 1)
    note("columns", columns ? columns : 1)
    note("shown", n - undefined)
    note("scale", map_scale())
    note("hypotheses", thousands(hypotheses + 0))
    note("permuted", permuted + 0)
    for (m = 1; m <= 3; m++) note("surviving_" m, thousands(surviving[m] + 0))
    for (i = 1; i <= n; i++) {
        alike[i] = greatest > 1 && members[hypothesis[i]] == greatest && !(i in missing)
        black += alike[i]
    }
    note("alike", black > 0 ? plural(black, "input") : "")
    note("undefined", undefined > 0 ? plural(undefined, "input") : "")
    block("inputs", "row column r p_max q_by q_bh hypothesis alike mark")
    for (i = 1; i <= n; i++) print line[i], alike[i], mark[i]
}
