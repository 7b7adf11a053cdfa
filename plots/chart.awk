# What the tables of charts share: they begin with lines "# name<TAB>text", which pipeline/chart makes string
# variables of gnuplot's, first those of the run; then come blocks of rows. Loaded after pipeline/table.awk and
# pipeline/words.awk, before plots/NAME.awk. The run's values are in the environment.

BEGIN {
    OFS = "\t"
    OFMT = "%.9g"
    # Three primary outcomes; what else the first layer's weights have.
    split("biases:all layer1.weight:centred layer1.weight:units layer1.weight:inputs layer1.weight:all", OUTCOME, " ")
    activations = split(ENVIRON["activations"], ACTIVATION, " ")
    for (k = 1; k <= activations; k++) place_of[ACTIVATION[k]] = k
}

# Of the line at hand, its scope and part; the place among some outcomes, 0 if it is none of them.
function outcome() { return value("scope") ":" value("part") }
function place_in(list, name,    i) {
    for (i in list) if (list[i] == name) return i + 0
    return 0
}

# --- lines of the table
function note(name, text) { print "# " name, text }
function block(name, columns) {
    gsub(/ /, OFS, columns)
    print "\n\n# " name "\n" columns
}

# --- numbers as they are shown
function minus(text) { return text ~ /^-/ ? "−" substr(text, 2) : text "" }
function fixed(x, digits,    text) {
    if (!defined(x)) return "undefined"
    text = sprintf("%." digits "f", x)
    return minus(text ~ /^-[0.]*$/ ? substr(text, 2) : text)
}
function three(x) { return fixed(x, 3) }
function interval(mean, low, high) {
    return !defined(mean) ? "–" : three(mean) (defined(low) ? " [" three(low) ", " three(high) "]" : "")
}
function thousands(n) { return n < 1000 ? sprintf("%d", n) : thousands(int(n / 1000)) "," sprintf("%03d", n % 1000) }
function plural(n, name) { return thousands(n) " " name (n == 1 ? "" : name ~ /s$/ ? "es" : "s") }
# p may be smaller than any number of awk's.
function p_value(p,    part) {
    return !defined(p) ? "undefined" : split(p, part, "e") < 2 ? sprintf("%.2g", p) : \
        sprintf("%.2g", part[1]) "×10" raised(part[2])
}
function raised(exponent,    i, text, digit) {
    split("¹ ² ³ ⁴ ⁵ ⁶ ⁷ ⁸ ⁹", digit, " ")
    digit[0] = "⁰"
    for (i = length(exponent + 0); i > 0; i--)
        text = (exponent + 0 < 0 && i == 1 ? "⁻" : digit[substr(exponent + 0, i, 1)]) text
    return text
}
# The least and the greatest number so far, and 0; of the line at hand, its mean and interval.
function reach(x, which) {
    if (!defined(x)) return
    if (x + 0 < least[which]) least[which] = x + 0
    if (x + 0 > most[which]) most[which] = x + 0
}
function reach_all(which) {
    reach(value("mean"), which)
    reach(value("low"), which)
    reach(value("high"), which)
}
function note_reach(name, which) {
    note(name "_low", least[which] + 0)
    note(name "_high", most[which] + 0)
}
# The scale of a map of r: the greatest |r|, up to the next tenth.
function map_scale(    x) {
    x = 10 * (least["r"] < -most["r"] ? -least["r"] : most["r"])
    return x > 0 ? (x > int(x) ? int(x) + 1 : int(x)) / 10 : 1
}
# A chart of rows (plots/rows-style.gp): a row for each outcome and activation, of the means of several controls, the
# marks, and of differences, the pairs. marks_and_pairs() before the table is read, read_row() at its lines, print_rows() after it.
function marks_and_pairs(controls, differences) {
    marks = split(controls, MARK, " ")
    pairs = split(differences, PAIR, " ")
}
function read_row(    group, i, numbers, key) {
    group = place_in(OUTCOME, outcome())
    if (!group || !(value("activation") in place_of)) return
    key = group OFS words("outcome", OUTCOME[group]) OFS words("activation", value("activation")) OFS place_of[value("activation")]
    numbers = value("seeds") OFS value("mean") OFS value("low") OFS value("high")
    i = place_in(MARK, value("control"))
    if (value("quantity") == "r" && i) {
        count_seeds()
        mean_row[++mean_rows] = key OFS i OFS MARK[i] OFS numbers
        if (defined(value("mean"))) known_mark[0] = known_mark[i] = 1
        reach_all("r")
    }
    i = place_in(PAIR, value("control"))
    if (value("quantity") == "difference" && i) {
        pair_row[++pair_rows] = key OFS i OFS PAIR[i] OFS numbers OFS interval(value("mean"), value("low"), value("high"))
        if (defined(value("mean"))) known_pair = 1
        reach_all("difference")
    }
    if (value("quantity") == "attainable") {
        ceiling_row[++ceilings] = key OFS numbers
        if (defined(value("mean"))) known_ceiling = 1
        reach(value("mean"), "r")
    }
}
function print_rows(    i) {
    note_seeds()
    note("shown", known_mark[0] + 0)
    note("both", known_pair + 0)
    note_reach("r", "r")
    note_reach("difference", "difference")
    for (i = 1; i <= 5; i++) note("outcome_" i, words("outcome", OUTCOME[i]))
    note("marks", marks)
    for (i = 1; i <= marks; i++) note("shown_" i, known_mark[i] + 0)
    note("pairs", pairs)
    for (i = 1; i <= pairs; i++) note("pair_mark_" i, pair_mark[i])
    note("ceilings", known_ceiling + 0)
    block("means", "group outcome activation place mark control seeds mean low high")
    for (i = 1; i <= mean_rows; i++) print mean_row[i]
    block("differences", "group outcome activation place pair control seeds mean low high text")
    for (i = 1; i <= pair_rows; i++) print pair_row[i]
    block("attainable", "group outcome activation place seeds mean low high")
    for (i = 1; i <= ceilings; i++) print ceiling_row[i]
}
# The cell of a grid from 0 to 1; the mean of y in each slice of x.
function cell(x, cells) { return x < 1 ? int(x * cells) : cells - 1 }
function add_to_slice(x, y, slices) {
    slice_n[cell(x, slices)]++
    slice_sum[cell(x, slices)] += y
}
function print_slices(slices, what,    i) {
    block("slices", "x mean_y " what)
    for (i = 0; i < slices; i++)
        if (i in slice_n) print (i + 0.5) / slices, slice_sum[i] / slice_n[i], slice_n[i]
}
# Of a line of correlations.tsv, what its test says.
function tested(name) {
    return (defined(value("r")) ? "r = " three(value("r")) ", t(" thousands(value("df")) ") = " fixed(value("t"), 2) ", p = " \
        p_value(value("p")) : "r is undefined") " over " plural(value("n"), name) \
        (value("undefined") > 0 ? " (" thousands(value("undefined")) " undefined left out)" : "")
}
# Of a line of a table of intervals: the most seeds behind a mean.
function count_seeds() { if (value("seeds") + 0 > seeds) seeds = value("seeds") + 0 }
function note_seeds() {
    note("many", seeds > 1 ? 1 : 0)
    note("intervals", seeds > 1 ? "95% t-intervals over " thousands(seeds) " seeds" : seeds == 1 ? "one seed, no intervals" : "no seed")
    # what a panel without an r says
    note("no_r", seeds > 1 ? "r is undefined for every seed" : "r is undefined")
}

# --- the run
function labels(class,    part) { return split(class, part, " ") == 1 ? class : part[1] " and " part[2] }
function without(label) { return label == "none" ? "with all labels" : "without " label }
function forks(pair,    part) {
    split(pair, part, " ")
    return "the forks " without(part[1]) " and " without(part[2])
}
function apart(pair,    part) {
    split(pair, part, " ")
    return "|θ " without(part[1]) " − θ " without(part[2]) "|"
}
# A data set of the user's has the name of its file; what is too long is cut, between letters.
function data_set(name) {
    if (("dataset", name) in word) return words("dataset", name)
    if (length(name) <= 40) return name
    name = substr(name, 1, 39)
    sub(/[\300-\377][\200-\277]*$/, "", name)
    return name "…"
}
function tally_share(start) { return start + 0 == 0 ? "all" : sprintf("the last %g%%", 100 * (1 - start)) }
function hidden_units(hidden) { return hidden " hidden unit" (hidden == "1" ? "" : "s") }

END {
    if (failed) exit 1
    note("data", data_set(ENVIRON["dataset"]))
    note("a", labels(ENVIRON["class_a"]))
    note("b", labels(ENVIRON["class_b"]))
    note("forks_a", forks(ENVIRON["forks_a"]))
    note("c_of", apart(ENVIRON["forks_a"]))
    note("d_of", apart(ENVIRON["forks_b"]))
    note("images", thousands(ENVIRON["first"]))
    note("own", ENVIRON["order"] == "own" ? 1 : 0)
    note("tallied", tally_share(ENVIRON["from"]))
    if (ENVIRON["measure"] != "change") note("summed", words("measure", ENVIRON["measure"]))
    note("activation", words("activation", ENVIRON["activation"]))
    note("units", hidden_units(ENVIRON["hidden"]))
    note("rate", ENVIRON["rate"])
    note("seed", ENVIRON["seed"])
    note("activations", activations + 0)
    for (k = 1; k <= activations; k++) note("activation_" k, words("activation", ACTIVATION[k]))
}
