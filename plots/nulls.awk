# The draws of r under permuted labels, counted in bins from the least to the greatest; in each, those as far from 0
# as r under the true labels, or farther, which p counts.

BEGIN {
    panels = split("biases:all layer1.weight:centred layer1.weight:units layer1.weight:all", PANEL, " ")
    BINS = 40
}
table == "evidence" {
    panel = place_in(PANEL, outcome())
    if (!panel) next
    r[panel] = value("r")
    p[panel] = value("p_null")
    reach(value("r"), panel)
}
table == "null" && defined(value("r")) {
    panel = place_in(PANEL, outcome())
    if (!panel) next
    draw[panel, ++draws[panel]] = value("r")
    if (draws[panel] == 1 || value("r") + 0 < low[panel] + 0) low[panel] = value("r")
    if (draws[panel] == 1 || value("r") + 0 > high[panel] + 0) high[panel] = value("r")
    reach(value("r"), panel)
}
function magnitude(x) { return x < 0 ? -x : x + 0 }
# Draws that are all one have a narrow range of bins round them.
function count_draws(panel,    i, k, start, width) {
    start = low[panel] < high[panel] ? low[panel] : low[panel] - 0.02
    width = (low[panel] < high[panel] ? high[panel] - low[panel] : 0.04) / BINS
    for (i = 1; i <= draws[panel]; i++) {
        k = int((draw[panel, i] - start) / width)
        if (k >= BINS) k = BINS - 1
        all[panel, k]++
        far[panel, k] += defined(r[panel]) && magnitude(draw[panel, i]) >= magnitude(r[panel])
    }
    for (k = 0; k < BINS && draws[panel]; k++)
        print panel, words("outcome", PANEL[panel]), start + k * width, start + (k + 1) * width, \
            all[panel, k] + 0, far[panel, k] + 0
}
END {
    for (i = 1; i <= panels; i++) {
        note("panel_" i, words("outcome", PANEL[i]))
        note("draws_" i, thousands(draws[i] + 0))
        note("r_" i, defined(r[i]) ? r[i] : "")
        note("r_text_" i, three(r[i]))
        note("p_text_" i, p_value(p[i]))
        note_reach("range_" i, i)
    }
    block("bins", "panel outcome from to permutations as_far")
    for (i = 1; i <= panels; i++) count_draws(i)
    block("true", "panel outcome permutations r p")
    for (i = 1; i <= panels; i++) print i, words("outcome", PANEL[i]), draws[i] + 0, r[i], p[i]
}
