# Every seed's r under each activation, with the mean, its interval, and the interval of a further seed.

BEGIN { panels = split("biases:all layer1.weight:centred layer1.weight:units layer1.weight:all", PANEL, " ") }
value("control") != "same" || value("variant") != "half" || !(value("activation") in place_of) { next }
{
    panel = place_in(PANEL, outcome())
    place = place_of[value("activation")]
    if (!panel) next
    key = panel OFS words("outcome", PANEL[panel]) OFS words("activation", value("activation")) OFS place
}
table == "runs" {
    row[++n] = key OFS value("seed") OFS value("r")
    if (defined(value("r"))) known[panel, place] = known[panel] = 1
    reach(value("r"), "r")
}
table == "primary" {
    holm[panel, place] = value("p_holm")
    if (defined(value("p_holm"))) tests++
}
table == "intervals" && value("quantity") == "r" {
    count_seeds()
    of_mean[means + 1] = panel SUBSEP place
    text[means + 1] = three(value("mean"))
    mean[++means] = key OFS value("seeds") OFS value("mean") OFS value("low") OFS value("high") OFS \
        value("further_low") OFS value("further_high")
    reach(value("further_low"), "r")
    reach(value("further_high"), "r")
}
function p_of(i) { return of_mean[i] in holm ? holm[of_mean[i]] : "nan" }
END {
    note_seeds()
    note("tests", tests + 0)
    note("over", plural(ENVIRON["seeds"], "seed"))
    note("seeds", ENVIRON["seeds"])
    note_reach("r", "r")
    for (i = 1; i <= panels; i++) {
        note("panel_" i, words("outcome", PANEL[i]))
        note("shown_" i, known[i] + 0)
    }
    block("runs", "panel outcome activation place seed r")
    for (i = 1; i <= n; i++) print row[i]
    block("means", "panel outcome activation place seeds mean low high further_low further_high p_holm text")
    for (i = 1; i <= means; i++) print mean[i], p_of(i), text[i] (defined(p_of(i)) && p_of(i) + 0 <= 0.05 ? "*" : "")
    block("undefined", "panel place")
    for (i = 1; i <= panels; i++)
        for (k = 1; k <= activations; k++) if (known[i] && !((i, k) in known)) print i, k
}
