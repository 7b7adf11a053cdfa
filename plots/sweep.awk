# The outcomes over the values of one variable, and by colour of a second: every seed of one variable, and the means.

BEGIN {
    panels = split("biases:all layer1.weight:centred layer1.weight:units layer1.weight:all", PANEL, " ")
    name1 = ENVIRON["name1"]
    name2 = ENVIRON["name2"]
    n1 = split(ENVIRON["values1"], VALUE1, " ")
    n2 = name2 == "" ? 1 : split(ENVIRON["values2"], VALUE2, " ")
    for (j = 1; j <= n1; j++)
        for (k = 1; k <= n2; k++) point[VALUE1[j] (name2 == "" ? "" : "--" VALUE2[k])] = j OFS k
}
value("control") != "same" || !(value("variant") in point) { next }
{
    panel = place_in(PANEL, outcome())
    if (!panel) next
    key = panel OFS words("outcome", PANEL[panel]) OFS value("variant") OFS point[value("variant")]
}
table == "runs" {
    row[++n] = key OFS value("seed") OFS value("r")
    if (name2 == "") reach(value("r"), panel)
}
table == "intervals" && value("quantity") == "r" {
    count_seeds()
    mean[++means] = key OFS value("seeds") OFS value("mean") OFS value("low") OFS value("high")
    if (defined(value("mean"))) known[panel] = 1
    reach_all(panel)
}
# A value in words.
function said(name, v) {
    if (name == "ACTIVATION") return words("activation", v)
    if (name == "DATASET") return data_set(v)
    if (name == "PHASE1") return thousands(v)
    if (name == "HIDDEN") gsub(/,/, " + ", v)
    if (name == "CLASSES") sub(/\+/, " / ", v)
    return v
}
function brief(name,    text) {
    text = words("variable", name)
    sub(/,.*/, "", text)
    return text
}
function swept(name) { return name == name1 || name == name2 || (name ~ /^CLASS_/ && (name1 == "CLASSES" || name2 == "CLASSES")) }
function fixed_at(name, text) { return swept(name) ? "" : text ";  " }
function phase1(own, first) { return own ? "each seed’s own, as many as in the first " first : "phase 1: the first " first " images" }
END {
    note_seeds()
    classes = swept("CLASS_A") || swept("CLASS_B")
    note("own_x_y", classes || swept("TALLY_FROM") ? 0 : 1)
    if (swept("MEASURE")) note("summed", words("measure", "swept"))
    note("fixed", fixed_at("DATASET", data_set(ENVIRON["dataset"])) \
        (classes ? "" : labels(ENVIRON["class_a"]) " against " labels(ENVIRON["class_b"]) ";  ") \
        fixed_at("PHASE1", phase1(ENVIRON["order"] == "own" && !swept("ORDER"), thousands(ENVIRON["first"]))) \
        fixed_at("ACTIVATION", words("activation", ENVIRON["activation"])) \
        fixed_at("HIDDEN", hidden_units(ENVIRON["hidden"])) fixed_at("RATE", "learning rate " ENVIRON["rate"]))
    note("variable", words("variable", name1))
    note("by", brief(name1) (name2 == "" ? "" : " and " brief(name2)))
    note("second", name2 == "" ? "" : brief(name2))
    note("ordered", name1 ~ /^(RATE|HIDDEN|PHASE1|TALLY_FROM)$/ ? 1 : 0)
    note("places", n1)
    for (j = 1; j <= n1; j++) note("place_" j, said(name1, VALUE1[j]))
    note("colours", n2)
    for (k = 1; k <= n2; k++) note("colour_" k, name2 == "" ? "" : said(name2, VALUE2[k]))
    for (i = 1; i <= panels; i++) {
        note("panel_" i, words("outcome", PANEL[i]))
        note("shown_" i, known[i] + 0)
        note_reach("range_" i, i)
    }
    block("runs", "panel outcome variant place colour seed r")
    for (i = 1; i <= n; i++) print row[i]
    block("means", "panel outcome variant place colour seeds mean low high")
    for (i = 1; i <= means; i++) print mean[i]
}
