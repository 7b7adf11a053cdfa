# r of x of each grouping of the labels into two classes and y of each: means over the seeds, outcome by outcome.

BEGIN {
    panels = 3
    split(ENVIRON["forks_a"] " " ENVIRON["forks_b"], LABEL, " ")
}
value("quantity") != "r" || value("activation") != ENVIRON["activation"] { next }
{
    panel = place_in(OUTCOME, outcome())
    if (panel < 1 || panel > panels || split(value("control"), part, /[ =]/) != 4) next
    for (i = 2; i <= 4; i += 2)
        if (!(part[i] in place)) {
            place[part[i]] = ++groupings
            name[groupings] = part[i]
        }
    count_seeds()
    mean[++means] = panel OFS words("outcome", OUTCOME[panel]) OFS place[part[2]] OFS place[part[4]] OFS part[2] OFS part[4] OFS \
        (part[2] == part[4]) OFS value("seeds") OFS value("mean") OFS value("low") OFS value("high") OFS \
        interval(value("mean"), value("low"), value("high"))
    if (defined(value("mean"))) known[panel] = 1
    reach_all("r")
}
# "1,6" is 1 and 6 against the others.
function against(grouping,    i, others, other) {
    for (i = 1; i <= 4; i++)
        if (!index("," grouping ",", "," LABEL[i] ",")) other[++others] = LABEL[i]
    gsub(/,/, ", ", grouping)
    return grouping " | " (other[1] < other[2] ? other[1] ", " other[2] : other[2] ", " other[1])
}
END {
    note_seeds()
    note_reach("r", "r")
    note("groupings", groupings + 0)
    for (i = 1; i <= groupings; i++) note("grouping_" i, against(name[i]))
    for (i = 1; i <= panels; i++) {
        note("panel_" i, words("outcome", OUTCOME[i]))
        note("shown_" i, known[i] + 0)
    }
    block("means", "panel outcome row place x_of y_of matched seeds mean low high text")
    for (i = 1; i <= means; i++) print mean[i]
}
