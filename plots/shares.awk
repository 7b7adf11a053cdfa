# The parts that add up to the pooled r over the first layer's weights, stacked from 0 upwards and downwards; and r.

BEGIN { parts = split("units inputs centred", PART, " ") }
table != "intervals" || value("control") != "same" || value("variant") != "half" || value("scope") != "layer1.weight" || \
    !(value("activation") in place_of) { next }
{
    place = place_of[value("activation")]
    numbers = value("seeds") OFS value("mean") OFS value("low") OFS value("high") OFS \
        interval(value("mean"), value("low"), value("high"))
}
value("quantity") == "r" { count_seeds() }
value("quantity") == "r" && value("part") == "all" {
    pooled[place] = numbers
    if (defined(value("mean"))) shown = 1
    reach(value("mean"), "r")
}
value("quantity") == "share" && place_in(PART, value("part")) {
    p = place_in(PART, value("part"))
    share[p, place] = value("mean")
    part[p, place] = numbers
}
END {
    note_seeds()
    note("shown", shown + 0)
    for (p = 1; p <= parts; p++) {
        name[p] = words("outcome", "layer1.weight:" PART[p])
        sub(/^.*, /, "", name[p])
        note("part_" p, name[p])
    }
    for (k = 1; k <= activations; k++) {
        up = down = 0
        for (p = 1; p <= parts; p++) {
            if (!((p, k) in part)) continue
            start = share[p, k] < 0 ? down : up
            end = start + (defined(share[p, k]) ? share[p, k] : 0)
            if (share[p, k] < 0) down = end; else up = end
            row[++n] = p OFS name[p] OFS words("activation", ACTIVATION[k]) OFS k OFS part[p, k] OFS start OFS end
        }
        reach(up, "r")
        reach(down, "r")
    }
    note_reach("r", "r")
    block("parts", "row part activation place seeds mean low high text start end")
    for (i = 1; i <= n; i++) print row[i]
    block("pooled", "activation place seeds mean low high text")
    for (k = 1; k <= activations; k++)
        if (k in pooled) print words("activation", ACTIVATION[k]), k, pooled[k]
}
