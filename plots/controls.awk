# r with x of the network itself, of another, and of the images alone: means over the seeds; and the network's own
# minus the other's.

BEGIN { controls = split("same other image", CONTROL, " ") }
table != "intervals" || value("variant") != "half" || !(value("activation") in place_of) { next }
{
    group = place_in(OUTCOME, outcome())
    place = place_of[value("activation")]
    control = place_in(CONTROL, value("control"))
    if (!group) next
    key = group OFS words("outcome", OUTCOME[group]) OFS words("activation", value("activation")) OFS place
    numbers = value("seeds") OFS value("mean") OFS value("low") OFS value("high")
}
value("quantity") == "r" && control {
    count_seeds()
    mean[++means] = key OFS control OFS words("control", value("control")) OFS numbers
    if (defined(value("mean"))) shown = 1
    reach_all("r")
}
value("quantity") == "difference" && value("control") == "same-other" {
    difference[++differences] = key OFS numbers OFS interval(value("mean"), value("low"), value("high"))
    if (defined(value("mean"))) both = 1
    reach_all("difference")
}
function reach_all(which) {
    reach(value("mean"), which)
    reach(value("low"), which)
    reach(value("high"), which)
}
END {
    note_seeds()
    note("shown", shown + 0)
    note("both", both + 0)
    note_reach("r", "r")
    note_reach("difference", "difference")
    for (i = 1; i <= 5; i++) note("outcome_" i, words("outcome", OUTCOME[i]))
    for (c = 1; c <= controls; c++) note("control_" c, words("control", CONTROL[c]))
    block("means", "group outcome activation place mark control seeds mean low high")
    for (i = 1; i <= means; i++) print mean[i]
    block("differences", "group outcome activation place seeds mean low high text")
    for (i = 1; i <= differences; i++) print difference[i]
}
