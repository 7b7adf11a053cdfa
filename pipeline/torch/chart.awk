# Of each system: mean r with x of this network, and of another; S of the graft likewise. systems is in the environment.

BEGIN {
    panels = split("biases:all layer1.weight:centred layer1.weight:units graft", PANEL, " ")
    systems = split(ENVIRON["systems"], SYSTEM, " ")
    controls = split("same other-init", CONTROL, " ")
}
table !~ /intervals$/ || value("quantity") == "difference" { next }
{
    panel = place_in(PANEL, table == "intervals" ? outcome() : "graft")
    place = place_in(SYSTEM, value("system"))
    mark = place_in(CONTROL, value("control"))
    if (!panel || !place || !mark) next
    count_seeds()
    if (defined(value("mean"))) known[panel] = 1
    split("mean low high", names, " ")
    for (i in names) reach(value(names[i]), panel)
    row[++rows] = panel OFS words("compared", PANEL[panel]) OFS words("system", SYSTEM[place]) OFS place OFS mark OFS CONTROL[mark] OFS \
        value("seeds") OFS value("mean") OFS value("low") OFS value("high")
}
END {
    note_seeds()
    note("systems", systems)
    for (s = 1; s <= systems; s++) note("system_" s, words("system", SYSTEM[s]))
    for (p = 1; p <= panels; p++) {
        note("panel_" p, words("compared", PANEL[p]))
        note("shown_" p, known[p] + 0)
        note_reach("range_" p, p)
    }
    block("means", "panel outcome system place mark control seeds mean low high")
    for (i = 1; i <= rows; i++) print row[i]
}
