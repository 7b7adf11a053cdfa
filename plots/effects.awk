# r of what each unit does for its class, when it is taken out, with x and with y of the units' biases: every seed, and means.

BEGIN { marks = split("x y", MARK, " ") }
!(value("activation") in place_of) { next }
{
    place = place_of[value("activation")]
    mark = place_in(MARK, value("control"))
    key = words("activation", value("activation")) OFS place OFS mark OFS value("control")
}
table == "units" && mark && outcome() == "biases:all" {
    row[++n] = key OFS value("seed") OFS value("r")
    if (defined(value("r"))) known[place] = shown = 1
    reach(value("r"), "r")
}
table == "units-intervals" && value("quantity") == "r" && mark {
    count_seeds()
    mean[++means] = key OFS value("seeds") OFS value("mean") OFS value("low") OFS value("high") OFS three(value("mean"))
    reach_all("r")
}
table == "units-intervals" && value("quantity") == "difference" {
    minus_text[place] = interval(value("mean"), value("low"), value("high"))
    minus_row[++differences] = words("activation", value("activation")) OFS place OFS value("seeds") OFS value("mean") OFS value("low") OFS \
        value("high") OFS minus_text[place]
}
END {
    note_seeds()
    note("shown", shown + 0)
    note_reach("r", "r")
    for (k = 1; k <= activations; k++) note("minus_" k, k in minus_text ? minus_text[k] : "–")
    block("runs", "activation place mark control seed r")
    for (i = 1; i <= n; i++) print row[i]
    block("means", "activation place mark control seeds mean low high text")
    for (i = 1; i <= means; i++) print mean[i]
    block("differences", "activation place seeds mean low high text")
    for (i = 1; i <= differences; i++) print minus_row[i]
    block("undefined", "place")
    for (k = 1; k <= activations; k++) if (shown && !(k in known)) print k
}
