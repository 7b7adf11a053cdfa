# For every input, the mean over the seeds of r over the weights that leave it, activation by activation; marked where
# its which survives the correction for how many inputs there are.

!(value("activation") in place_of) || value("quantity") != "r" { next }
{
    k = place_of[value("activation")]
    count_seeds()
    if (value("row") >= rows) rows = value("row") + 1
    if (value("column") >= columns) columns = value("column") + 1
    marked = defined(value("p_max")) && value("p_max") + 0 <= 0.05 ? 1 : 0
    line[++n] = k OFS words("activation", value("activation")) OFS value("row") OFS value("column") OFS value("seeds") OFS \
        value("mean") OFS value("low") OFS value("high") OFS value("p_max") OFS marked
    if (!defined(value("mean"))) {
        undefined = 1
        next
    }
    shown = known[k] = 1
    if (defined(value("p_max"))) judged = 1
    reach(value("mean"), "r")
    which = value("mean") < 0 ? "negative" : "positive"
    of[k, which]++
    dots[k, which] += marked
}
function counted(k, which) { return thousands(of[k, which] + 0) (judged ? " (marked: " thousands(dots[k, which] + 0) ")" : "") }
END {
    note_seeds()
    note("rows", rows ? rows : 1)
    note("columns", columns ? columns : 1)
    note("shown", shown + 0)
    note("judged", judged + 0)
    note("over", seeds > 1 ? "mean over " thousands(seeds) " seeds" : plural(seeds + 0, "seed"))
    note("scale", map_scale())
    note("undefined", undefined + 0)
    for (k = 1; k <= activations; k++) {
        note("shown_" k, known[k] + 0)
        note("above_" k, counted(k, "positive"))
        note("below_" k, counted(k, "negative"))
    }
    block("inputs", "place activation row column seeds mean low high p_max marked")
    for (i = 1; i <= n; i++) print line[i]
}
