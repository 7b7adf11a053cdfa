# From the tables of means, intervals and graft-intervals: how far each system is from the post's network, in the outcomes
# that are compared, a row each. Needs pipeline/table.awk.

BEGIN {
    OFS = "\t"
    split("biases:all layer1.weight:centred layer1.weight:units", list, " ")
    for (i in list) compared[list[i]]
    print "outcome", "system", "seeds", "mean", "low", "high", "p_mean"
}
value("quantity") != "difference" || !sub(/-post$/, "", $column["system"]) { next }
files == 1 && value("control") == "same" { row(value("scope") ":" value("part")) }
files == 2 && value("control") == "same-other-init" { row("graft") }
function row(outcome) {
    if (outcome == "graft" || outcome in compared)
        print outcome, value("system"), value("seeds"), value("mean"), value("low"), value("high"), value("p_mean")
}
