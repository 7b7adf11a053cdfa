# Ten classes: what resetting the top parameters by a digit's share, and by others, takes from that digit and leaves to the
# rest; means over the digits that a network knows, and over seeds.

BEGIN { marks = split("share share-all-layers other-init other-seed image permuted change first-order", MARK, " ") }
{ mark = place_in(MARK, value("score")) }
value("activation") != ENVIRON["activation"] || value("digit") != "all" || value("quantity") != "selectivity" || !mark { next }
{
    numbers = mark OFS value("score") OFS value("seeds") OFS value("mean") OFS value("low") OFS value("high")
    if (defined(value("mean"))) shown = 1
    count_seeds()
}
table == "digits-k" {
    by_k[++points] = value("k") OFS numbers
    reach_all("k")
}
table == "digits-intervals" {
    area[++areas] = numbers OFS interval(value("mean"), value("low"), value("high"))
    reach_all("area")
}
END {
    note_seeds()
    note("shown", shown + 0)
    note_reach("k", "k")
    note_reach("area", "area")
    note("marks", marks)
    for (i = 1; i <= marks; i++) note("mark_" i, words("digit", MARK[i]))
    block("by_k", "k mark score seeds mean low high")
    for (i = 1; i <= points; i++) print by_k[i]
    block("areas", "mark score seeds mean low high text")
    for (i = 1; i <= areas; i++) print area[i]
}
