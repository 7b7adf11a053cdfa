# What make prints of its tables: see pipeline/show.

function outcome() { return ("outcome", value("scope") ":" value("part")) in word ? words("outcome", value("scope") ":" value("part")) : "" }
function judged() { return words("sign", sign(value("mean"), value("low"), value("high"))) }
# A heading before the rows of each new group.
function heading(name) {
    if (name == group) return
    printf "%s%s\n", (group == "" ? "" : "\n"), name
    group = name
}

BEGIN {
    if (what ~ /^(outcomes|controls|sweep)$/) print "mean r over the networks [95% interval], and the verdict on it\n"
}
what == "base" && value("part") != "inputs" && outcome() != "" {
    heading("r in the base run")
    printf "  %-36s %s\n", outcome(), signed(value("r"))
}
(what == "outcomes" || what == "sweep") && value("quantity") == "r" && value("control") == "same" && outcome() != "" {
    heading(what == "sweep" ? value("variant") : words("activation", value("activation")))
    printf "  %-36s %-26s %s, %d seeds\n", outcome(), signed_range(value("mean"), value("low"), value("high")), judged(), value("seeds")
}
what == "nulls" && files == 2 && outcome() != "" {
    heading("p in the base run, of parameters, of permuted units and of permuted labels")
    printf "  %-36s %s   %-22s %-10s %-8s %s\n", outcome(), signed(value("r")), words("valid", value("p_valid")), \
        probability(value("p")), probability(value("p_units")), probability(value("p_null"))
}
what == "nulls" && files == 3 && value("control") == "shuffled" && value("runs") > 0 && outcome() != "" {
    heading("p of .05 or less, where labels were shuffled and there is nothing to find")
    printf "  %-36s %-24s %s of %s, valid: %s to %s: %s\n", outcome(), words("test", value("test")), value("fired"), value("runs"), \
        value("valid_low"), value("valid_high"), words("size", size(value("runs"), value("fired"), value("valid_low"), value("valid_high"), value("high")))
}
what == "controls" && files == 2 && value("quantity") ~ /^(r|difference)$/ && value("control") != "same-image" && outcome() != "" {
    heading(words("activation", value("activation")) ", x of " words("control", value("control")))
    printf "  %-36s %-26s %s\n", outcome(), signed_range(value("mean"), value("low"), value("high")), judged()
}
what == "controls" && files == 3 && value("quantity") == "auc_x" && ("planted", value("scope") ":" value("part")) in word {
    heading(words("activation", value("activation")) ", planted: AUC of x")
    printf "  %-36s %-26s %s\n", words("planted", value("scope") ":" value("part")), plain_range(value("mean"), value("low"), value("high")), \
        words("halves", halves(value("mean"), value("low"), value("high")))
}
END { exit failed }
