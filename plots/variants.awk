# r of every seed in three variants, side by side; the means; and the mean changes from variant to variant.

BEGIN {
    scopes = split("biases weights", SCOPE, " ")
    VARIANT["runs", "whole"] = VARIANT["intervals", "whole"] = "whole"
    VARIANT["runs", "same"] = VARIANT["intervals", "same"] = "half"
    VARIANT["variants", "short"] = VARIANT["variants-intervals", "short"] = "short"
    place["whole"] = 1
    place["half"] = 2
    place["short"] = 3
}
value("part") != "all" || value("activation") != ENVIRON["activation"] { next }
# Of the networks that have a long phase 1, and of those that have a short one.
{
    panel = place_in(SCOPE, value("scope"))
    which = table ~ /^variants/ ? value("variant") : value("control")
    if (!panel) next
}
table ~ /intervals$/ && value("quantity") == "difference" {
    # to the later variant of the two that are drawn side by side
    if (which == "whole-same") change[panel, 1] = changed(negated(value("mean")), negated(value("high")), negated(value("low")))
    if (which == "short-half") change[panel, 2] = changed(value("mean"), value("low"), value("high"))
}
!((table, which) in VARIANT) { next }
{ variant = VARIANT[table, which] }
table !~ /intervals$/ {
    if (!((panel, value("seed")) in at)) {
        at[panel, value("seed")] = ++n
        key[n] = panel OFS value("scope") OFS value("seed")
        r[n, 1] = r[n, 2] = r[n, 3] = "nan"
    }
    r[at[panel, value("seed")], place[variant]] = value("r")
    if (defined(value("r"))) known[panel] = 1
    reach(value("r"), "r")
}
table ~ /intervals$/ && value("quantity") == "r" {
    count_seeds()
    mean[++means] = panel OFS value("scope") OFS place[variant] OFS words("variant", variant) OFS value("seeds") OFS \
        value("mean") OFS value("low") OFS value("high") OFS three(value("mean"))
    reach(value("low"), "r")
    reach(value("high"), "r")
}
function negated(x) { return !defined(x) ? x : x ~ /^-/ ? substr(x, 2) : "-" x }
function changed(mean, low, high) {
    return !defined(mean) ? "" : minus(signed(mean)) (defined(low) ? " [" minus(signed(low)) ", " minus(signed(high)) "]" : "")
}
END {
    note_seeds()
    note("over", plural(ENVIRON["seeds"], "seed"))
    note("seeds", ENVIRON["seeds"])
    note("short", thousands(ENVIRON["short"]))
    note_reach("r", "r")
    for (i = 1; i <= scopes; i++) {
        note("shown_" i, known[i] + 0)
        for (c = 1; c <= 2; c++) note("change_" i "_" c, change[i, c])
    }
    block("runs", "panel scope seed whole half short")
    for (i = 1; i <= n; i++) print key[i], r[i, 1], r[i, 2], r[i, 3]
    block("means", "panel scope place variant seeds mean low high text")
    for (i = 1; i <= means; i++) print mean[i]
}
