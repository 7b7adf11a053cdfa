# What make prints of its tables: see pipeline/show.

function outcome() { return ("outcome", value("scope") ":" value("part")) in word ? words("outcome", value("scope") ":" value("part")) : "" }
function row() {
    return value("quantity") SUBSEP value("scope") SUBSEP value("part") SUBSEP value("activation") SUBSEP value("variant") SUBSEP value("control")
}
function by_interval() { return words("sign", sign(value("mean"), value("low"), value("high"))) }
function judged() {
    return row() in holm ? words("sign", corrected(sign(value("mean"), value("low"), value("high")), holm[row()])) : by_interval()
}
function seeds(n) { return n " seed" (n == 1 ? "" : "s") }
function p_of(name) { return defined(value(name)) ? probability(value(name)) : "-" } # one byte: columns are counted in them
# A point of a sweep, VALUE or VALUE--VALUE: the variables are in names.
function point(variant,    i, variable, at, text) {
    split(names, variable, " ")
    for (i = 1; i <= split(variant, at, "--"); i++) text = text (i == 1 ? "" : ", ") words("variable", variable[i]) " = " at[i]
    return text
}
# A line under a heading, which stands once, where it came first.
function say(heading, line) {
    if (!(heading in lines)) headings[++groups] = heading
    lines[heading] = lines[heading] line "\n"
}
function say_mean(heading, name, range, verdict) { say(heading, sprintf("%-35s %-23s %s", name, range, verdict)) }
function say_graft(verdict) {
    say_mean(words("activation", value("activation")) "; " seeds(value("seeds")), words("graft", value("score")), \
        signed_range(value("mean"), value("low"), value("high")), verdict)
}

BEGIN {
    if (what ~ /^(outcomes|controls|sweep)$/) print "mean r over the networks [95% interval], and the verdict on it\n"
    if (what == "cause") print "mean S of grafts over the networks [95% interval], and the verdict on it\n"
}
table == "primary" { holm[row()] = value("p_holm") }
what == "base" && value("part") != "inputs" && outcome() != "" {
    say("r in the base run", sprintf("%-35s %s", outcome(), signed(value("r"))))
}
(what == "outcomes" || what == "sweep") && table == "intervals" && value("quantity") == "r" && value("control") == "same" && outcome() != "" {
    say_mean((what == "sweep" ? point(value("variant")) : words("activation", value("activation"))) "; " seeds(value("seeds")), \
        outcome(), signed_range(value("mean"), value("low"), value("high")), judged())
}
table == "evidence" && outcome() != "" {
    say("r in the base run, p of parameters, of permuted units and of permuted labels", \
        sprintf("%-35s %s %-9s %-9s %-6s %s", outcome(), signed(value("r")), p_of("p"), value("p_valid") == "no" ? words("valid", "no") : "", \
            p_of("p_units"), p_of("p_null")))
}
table == "rejections" && value("control") == "shuffled" && value("runs") > 0 && outcome() != "" {
    say(outcome() ", labels shuffled: p of .05 or less in", \
        sprintf("%-24s %s of %s, valid: %s to %s: %s", words("test", value("test")), value("fired"), value("runs"), value("valid_low"), \
            value("valid_high"), words("size", size(value("runs"), value("fired"), value("valid_low"), value("valid_high"), value("high")))))
}
table == "size" && value("runs") > 0 && outcome() != "" {
    say(outcome() ", t-test over networks: p of .05 or less in", \
        sprintf("%-24s %s of %s, valid: %s to %s: %s", words("experiment", value("variant")), value("fired"), value("runs"), value("valid_low"), \
            value("valid_high"), words("size", size(value("runs"), value("fired"), value("valid_low"), value("valid_high"), value("high")))))
}
what == "controls" && table == "intervals" && value("quantity") ~ /^(r|difference)$/ && \
    ("control", value("control")) in word && outcome() != "" && (value("control") != "image" || defined(value("mean"))) {
    say_mean(words("activation", value("activation")) ", x of " words("control", value("control")), outcome(), \
        signed_range(value("mean"), value("low"), value("high")), judged())
}
table == "planted" && value("quantity") == "auc_x" && ("planted", value("scope") ":" value("part")) in word {
    say_mean(words("activation", value("activation")) ", planted: AUC of x", words("planted", value("scope") ":" value("part")), \
        plain_range(value("mean"), value("low"), value("high")), words("halves", halves(value("mean"), value("low"), value("high"))))
}
# Of the first seeds: another measure, what noise leaves, and x and y of groupings of the labels.
table == "few" && value("quantity") == "r" && value("control") == "squared-gradient" && outcome() != "" {
    say_mean(words("activation", value("activation")) ", x of " words("measure", value("control")), outcome(), \
        signed_range(value("mean"), value("low"), value("high")), by_interval())
}
table == "few" && value("quantity") == "attainable" && outcome() != "" {
    say(words("activation", value("activation")) ", r that noise leaves attainable", \
        sprintf("%-35s %s", outcome(), plain_range(value("mean"), value("low"), value("high"))))
}
table == "groupings" && value("quantity") == "r" && value("scope") ":" value("part") ~ /^(biases:all|layer1.weight:(centred|units))$/ {
    say_mean(words("activation", value("activation")) ", groupings: " outcome(), value("control"), \
        signed_range(value("mean"), value("low"), value("high")), by_interval())
}
# The primary outcomes of cause, and whether the instrument works.
table == "grafted" { say_graft(words("caused", caused(value("mean"), value("p_holm")))) }
table == "grafts" && value("quantity") == "s" && value("score") == "y-again" { say_graft(words("instrument", instrument(value("mean")))) }
END {
    if (failed) exit 1
    for (g = 1; g <= groups; g++) printf "%s%s:\n%s", (g == 1 ? "" : "\n"), headings[g], lines[headings[g]]
}
