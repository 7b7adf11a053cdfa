# The primary outcomes of cause; and S, the mean over how many parameters are copied, by every score, from projections and
# from losses. Means over the seeds.

BEGIN {
    scores = split("x x-other-init image x-centred a-b a-b-other-init y-again c-d-again first-order random random-units random-inputs", SCORE, " ")
    outcomes = split("x-x-other-init a-b-a-b-other-init", PRIMARY, " ")
    split("softplus relu", GRAFTED, " ")
    split("s s_loss", BY, " ")
}
{ place = place_in(GRAFTED, value("activation")) }
!place { next }
{ key = words("activation", value("activation")) OFS place OFS value("score") }
table == "cause-primary" && place_in(PRIMARY, value("score")) {
    row = 2 * (place_in(PRIMARY, value("score")) - 1) + place
    primary[row] = row OFS key OFS value("seeds") OFS value("mean") OFS value("low") OFS value("high") OFS value("p_holm") OFS \
        interval(value("mean"), value("low"), value("high")) OFS p_value(value("p_holm"))
    if (defined(value("mean"))) known_primary = 1
    if (defined(value("p_holm"))) tests++
    reach_all("difference")
}
table != "cause-primary" && place_in(SCORE, value("score")) {
    count_seeds()
    row = place_in(SCORE, value("score"))
    by = place_in(BY, value("quantity"))
    mean[++means] = row OFS key OFS by OFS value("quantity") OFS value("seeds") OFS value("mean") OFS value("low") OFS value("high")
    if (defined(value("mean"))) known[place] = known[0] = 1
    reach_all(by)
}
END {
    note_seeds()
    note("shown", known[0] + 0)
    note("tests", tests + 0)
    note("shown_primary", known_primary + 0)
    for (i = 1; i <= 2; i++) {
        note("graft_" i, words("activation", GRAFTED[i]))
        note("there_" i, known[i] + 0)
        note_reach("by_" i, i)
        for (j = 1; j <= 2; j++) note("outcome_" (2 * (j - 1) + i), words("activation", GRAFTED[i]) ":  " words("graft", PRIMARY[j]))
    }
    note_reach("difference", "difference")
    note("scores", scores)
    for (i = 1; i <= scores; i++) note("score_" i, words("graft", SCORE[i]))
    block("primary", "row activation place score seeds mean low high p_holm text p")
    for (i = 1; i <= 4; i++) if (i in primary) print primary[i]
    block("means", "row activation place score by quantity seeds mean low high")
    for (i = 1; i <= means; i++) print mean[i]
}
