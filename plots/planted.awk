# How well x, and y, of every seed's network tell the routed halves of its hidden units apart; and the means.

BEGIN {
    groups = split("layer1.bias:all layer1.weight:units layer2.weight:inputs", GROUP, " ")
    scores = split("auc_x auc_y", SCORE, " ")
}
!(value("activation") in place_of) { next }
{
    group = place_in(GROUP, outcome())
    place = place_of[value("activation")]
    if (!group) next
    key = group OFS words("planted", GROUP[group]) OFS words("activation", value("activation")) OFS place
}
table == "planted" {
    row[++n] = key OFS value("seed") OFS value("auc_x") OFS value("auc_y")
    if (defined(value("auc_x")) || defined(value("auc_y"))) known[group, place] = shown = 1
}
table == "planted-intervals" && place_in(SCORE, value("quantity")) {
    score = place_in(SCORE, value("quantity"))
    mean[++means] = key OFS score OFS value("quantity") OFS value("seeds") OFS value("mean") OFS value("low") OFS value("high")
    if (score > 1) next
    count_seeds()
    alive[group, place] = value("seeds")
}
# Of an activation with dead units, how many seeds have a score.
function some_dead(k,    into, out) {
    into = alive[1, k] + 0
    out = alive[3, k] + 0
    return into == seeds && out == seeds ? "" : ";  " words("activation", ACTIVATION[k]) ": " \
        (out < into ? thousands(out) " to " : "") thousands(into) " not dead"
}
END {
    note_seeds()
    note("shown", shown + 0)
    for (k = 1; k <= activations; k++) dead = dead some_dead(k)
    note("dead", dead)
    for (g = 1; g <= groups; g++) note("group_" g, words("planted", GROUP[g]))
    block("runs", "group parameters activation place seed auc_x auc_y")
    for (i = 1; i <= n; i++) print row[i]
    block("means", "group parameters activation place mark quantity seeds mean low high")
    for (i = 1; i <= means; i++) print mean[i]
    block("undefined", "group place")
    for (g = 1; g <= groups; g++)
        for (k = 1; k <= activations; k++) if (shown && !((g, k) in known)) print g, k
}
