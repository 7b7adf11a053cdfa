# What a graft carries over of what tells the labels of its own pair apart, and S, by how many parameters it copies: means
# over the seeds, of x and of what it is held against.

BEGIN {
    marks = split("x x-other-init a-b y-again random random-units random-inputs", MARK, " ")
    split("own_high s", ROW, " ")
}
{ mark = place_in(MARK, value("score")) }
!mark { next }
!(value("activation") in panel_of) {
    panel_of[value("activation")] = ++panels
    name[panels] = words("activation", value("activation"))
}
{
    panel = panel_of[value("activation")]
    row = place_in(ROW, value("quantity"))
    mean[++means] = panel OFS words("activation", value("activation")) OFS row OFS value("quantity") OFS mark OFS value("score") OFS \
        value("k") OFS value("seeds") OFS value("mean") OFS value("low") OFS value("high")
    if (!row) next
    count_seeds()
    if (defined(value("mean"))) known[panel] = 1
    reach_all(row)
}
END {
    note_seeds()
    note("other_forks", forks(ENVIRON["forks_b"]))
    note("panels", panels + 0)
    for (i = 1; i <= panels; i++) {
        note("panel_" i, name[i])
        note("shown_" i, known[i] + 0)
    }
    note("marks", marks)
    for (i = 1; i <= marks; i++) note("mark_" i, words("graft", MARK[i]))
    for (i = 1; i <= 2; i++) note_reach("row_" i, i)
    block("means", "panel activation row quantity mark score k seeds mean low high")
    for (i = 1; i <= means; i++) print mean[i]
}
