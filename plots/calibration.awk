# How well x, and y, of the units' biases tell routed halves of the units apart, by how much of the other class's gradient
# leaks into a half; and r of x and y. A cell that is not valid says why: pipeline/verdicts.awk has the rule.

BEGIN { quantities = split("auc_x auc_y r selectivity damage dead", QUANTITY, " ") }
outcome() != "layer1.bias:all" || !(value("activation") in place_of) { next }
{
    cell_of = place_of[value("activation")] OFS value("leak")
    quantity = place_in(QUANTITY, value("quantity"))
    if (!quantity) next
    if (!(cell_of in number)) {
        number[cell_of] = ++cells
        name[cells] = words("activation", value("activation"))
        at[cells] = cell_of
        count_leaks(value("leak"))
    }
    mean[cell_of, quantity] = value("mean")
    if (quantity > 3) next
    row[++n] = cell_of OFS place_of_leak[value("leak")] OFS quantity OFS value("quantity") OFS value("seeds") OFS value("mean") OFS \
        value("low") OFS value("high")
    of_row[n] = cell_of
    if (!defined(value("mean"))) next
    count_seeds()
    known[place_of[value("activation")], quantity > 2] = 1
    if (quantity == 3) reach_all("r")
}
function count_leaks(leak) {
    if (leak in place_of_leak) return
    place_of_leak[leak] = ++places
    leak_name[places] = leak
}
function judged(k) { return cell_is(mean[k, 4], mean[k, 5], mean[k, 6]) }
END {
    note_seeds()
    note_reach("r", "r")
    note("leaks", places + 0)
    for (i = 1; i <= places; i++) note("leak_" i, leak_name[i])
    for (k = 1; k <= activations; k++) {
        note("shown_auc_" k, known[k, 0] + 0)
        note("shown_r_" k, known[k, 1] + 0)
    }
    block("means", "place leak leak_place mark quantity seeds mean low high valid")
    for (i = 1; i <= n; i++) print row[i], (judged(of_row[i]) == "valid" ? 1 : 0)
    block("cells", "place leak leak_place activation selectivity damage dead cell valid text")
    for (i = 1; i <= cells; i++) {
        split(at[i], part, OFS)
        print at[i], place_of_leak[part[2]], name[i], mean[at[i], 4], mean[at[i], 5], mean[at[i], 6], judged(at[i]), \
            (judged(at[i]) == "valid" ? 1 : 0), words("cell", judged(at[i]))
    }
}
