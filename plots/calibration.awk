# How well x, and y, of routed units' biases, and of the weights into them, tell the halves of the units apart, by how much of
# the other class's gradient leaks into a half; and r of x and y. A cell that is not valid says why: see pipeline/verdicts.awk.

BEGIN {
    quantities = split("auc_x auc_y r selectivity damage dead", QUANTITY, " ")
    split("layer1.bias:all layer1.weight:units", SCOPE, " ")
}
!(value("activation") in place_of) { next }
{
    scope = place_in(SCOPE, outcome())
    quantity = place_in(QUANTITY, value("quantity"))
    if (!scope || !quantity) next
    key = place_of[value("activation")] OFS value("leak")
    if (!(key in number)) {
        number[key] = ++cells
        name[cells] = words("activation", value("activation"))
        at[cells] = key
        count_leaks(value("leak"))
    }
    if (scope == 1) judge[key, quantity] = value("mean")
    if (quantity > 3) next
    # AUC of biases, AUC of weights, r
    panel = quantity == 3 ? 3 : scope
    mark = quantity == 3 ? 2 + scope : quantity
    row[++n] = key OFS place_of_leak[value("leak")] OFS panel OFS words("planted", SCOPE[scope]) OFS mark OFS value("quantity") OFS \
        value("seeds") OFS value("mean") OFS value("low") OFS value("high")
    of_row[n] = key
    if (!defined(value("mean"))) next
    count_seeds()
    known[place_of[value("activation")], panel] = 1
    if (quantity == 3) reach_all("r")
}
function count_leaks(leak) {
    if (leak in place_of_leak) return
    place_of_leak[leak] = ++places
    leak_name[places] = leak
}
function judged(k) { return cell_is(judge[k, 4], judge[k, 5], judge[k, 6]) }
END {
    note_seeds()
    note_reach("r", "r")
    for (i = 1; i <= 2; i++) note("scope_" i, words("planted", SCOPE[i]))
    note("leaks", places + 0)
    for (i = 1; i <= places; i++) note("leak_" i, leak_name[i])
    for (k = 1; k <= activations; k++)
        for (i = 1; i <= 3; i++) note("shown_" i "_" k, known[k, i] + 0)
    block("means", "place leak leak_place panel parameters mark quantity seeds mean low high valid")
    for (i = 1; i <= n; i++) print row[i], (judged(of_row[i]) == "valid" ? 1 : 0)
    block("cells", "place leak leak_place activation selectivity damage dead cell valid text")
    for (i = 1; i <= cells; i++) {
        split(at[i], part, OFS)
        print at[i], place_of_leak[part[2]], name[i], judge[at[i], 4], judge[at[i], 5], judge[at[i], 6], judged(at[i]), \
            (judged(at[i]) == "valid" ? 1 : 0), words("cell", judged(at[i]))
    }
}
