# The tables of pipeline/cause: table=NAME, from those of graft and correlate. A line before each says of what it is, in words:
# `of` and these. What is not defined is nan.

function plus(a, b) { return a == "nan" || b == "nan" ? "nan" : a + b }
function less(a, b) { return a == "nan" || b == "nan" ? "nan" : a - b }
function ratio(a, b) { return a == "nan" || b == "nan" || b == 0 ? "nan" : a / b }
function mean(a, b) { return ratio(plus(a, b), 2) }
function number(x) { return x == "nan" ? x : sprintf("%.17g", x) }
function value(name) { return $at[name] }
# Once each, in the order in which they come.
function note(list, text) {
    if (!((list, text) in noted)) names[list, ++count[list]] = text
    noted[list, text] = 1
}

BEGIN {
    FS = OFS = "\t"
    if (table == "graft") print "score", "k", "s", "s_loss", "own_high", "other_high", "own_low", "other_low"
    if (table == "units") print "control", "scope", "part", "n", "undefined", "r", "p"
    if (table == "calibration") print "leak", "scope", "part", "auc_x", "auc_y", "r", "selectivity", "damage", "dead"
    if (table == "digits") print "score", "digit", "k", "kept_digit", "kept_others", "selectivity", "known", "left_out"
}
$1 == "of" {
    split($2, of, " ")
    next
}
$1 == "side" || $1 == "scope" {
    for (i = 1; i <= NF; i++) at[$i] = i
    next
}

# --- graft: of SCORE BASE DONOR, between the two forks of a class, there and back; of none, first, these forks as they are.
# C is sum dot / sum norm; L the part of the change in loss that is carried over, the mean of the class's labels.
table == "graft" && of[1] == "none" {
    loss[of[2], value("label")] = value("loss")
}
table == "graft" && of[1] != "none" {
    note("score", of[1])
    note("k", value("k"))
    key = of[1] SUBSEP value("side") SUBSEP value("k") SUBSEP of[2] SUBSEP of[3]
    dot[key] += value("dot")
    norm[key] += value("norm")
    loss[key, value("label")] = value("loss")
}
function C(base, donor) {
    donor = set SUBSEP base SUBSEP donor
    return ratio(dot[donor], norm[donor])
}
function L(base, donor, labels,    label, n, i, sum) {
    n = split(labels, label, ",")
    for (i = 1; i <= n; i++)
        sum = plus(sum, ratio(loss[set, base, donor, label[i]] - loss[base, label[i]], loss[donor, label[i]] - loss[base, label[i]]))
    return ratio(sum, n)
}
# of_pair(SIDE, FORKS, LABELS): sets c and l to the means of both directions.
function of_pair(side, forks, labels,    fork) {
    split(forks, fork, " ")
    set = score SUBSEP side SUBSEP k
    c = mean(C(fork[1], fork[2]), C(fork[2], fork[1]))
    l = mean(L(fork[1], fork[2], labels), L(fork[2], fork[1], labels))
}
function print_set(    own_high, other_high, own_low, other_low, l_high, l_low) {
    of_pair("highest", forks_a, class_a); own_high = c; l_high = l
    of_pair("highest", forks_b, class_b); other_high = c; l_high = less(l_high, l)
    of_pair("lowest", forks_a, class_a); own_low = c; l_low = l
    of_pair("lowest", forks_b, class_b); other_low = c; l_low = less(l_low, l)
    print score, k, number(ratio(less(less(own_high, other_high), less(own_low, other_low)), 2)), number(ratio(less(l_high, l_low), 2)), \
        number(own_high), number(other_high), number(own_low), number(other_low)
}

# --- units: of CONTROL
table == "units" && value("scope") == "biases" && value("part") == "all" {
    print of[1], value("scope"), value("part"), value("n"), value("undefined"), value("r"), value("p")
}

# --- calibration: of correlations LEAK; of alive LEAK, x of the tally with itself; of before LEAK and reset LEAK, on all labels.
table == "calibration" && of[1] == "correlations" && (value("scope") ":" value("part")) ~ /^layer1[.](bias:all|weight:units)$/ {
    note("leak", of[2])
    note("part", value("scope") OFS value("part"))
    found[of[2], value("scope") OFS value("part")] = value("auc_x") OFS value("auc_y") OFS value("r")
}
table == "calibration" && of[1] == "alive" && value("scope") == "biases" { dead[of[2]] = value("undefined") }
# The sum of the loss on each class, before the reset of a half and after.
table == "calibration" && of[1] ~ /^(before|reset)$/ {
    class = index("," class_a ",", "," value("label") ",") ? "a" : "b"
    side = of[1] == "before" ? "" : value("side")
    sum[of[2], side, class] += value("n") * value("loss")
    if (of[1] == "before") n[of[2], class] += value("n")
}
function rise(side, class) { return (sum[leak, side, class] - sum[leak, "", class]) / n[leak, class] }
function rise_of_all(side) {
    return (sum[leak, side, "a"] - sum[leak, "", "a"] + sum[leak, side, "b"] - sum[leak, "", "b"]) / (n[leak, "a"] + n[leak, "b"])
}
function print_leak(    selectivity, damage, i) {
    selectivity = mean(rise("highest", "a") - rise("highest", "b"), rise("lowest", "b") - rise("lowest", "a"))
    damage = mean(rise_of_all("highest"), rise_of_all("lowest"))
    for (i = 1; i <= count["part"]; i++)
        print leak, names["part", i], found[leak, names["part", i]], number(selectivity), number(damage), dead[leak]
}

# --- digits: of SCORE DIGIT, or all of them; of none, first, the network as it is.
table == "digits" && of[1] == "none" {
    note("digit", value("label"))
    images[value("label")] = value("n")
    right["none", value("label")] = value("n") * (1 - value("error_rate"))
    all_right += right["none", value("label")]
    known[value("label")] = value("error_rate") <= 0.5
}
table == "digits" && of[1] != "none" {
    note("score", of[1])
    note("k", value("k"))
    key = of[1] SUBSEP of[2] SUBSEP value("k")
    right[key, value("label")] = value("n") * (1 - value("error_rate"))
    all[key] += right[key, value("label")]
}
function print_size(    i, digit, key, own, others, n, sum_own, sum_others) {
    for (i = 1; i <= count["digit"]; i++) {
        digit = names["digit", i]
        key = score SUBSEP (((score, digit, k) in all) ? digit : "all") SUBSEP k
        own = known[digit] ? ratio(right[key, digit], right["none", digit]) : "nan"
        others = known[digit] ? ratio(all[key] - right[key, digit], all_right - right["none", digit]) : "nan"
        print score, digit, k, number(own), number(others), number(less(others, own)), known[digit], 1 - known[digit]
        if (known[digit]) { n++; sum_own += own; sum_others = plus(sum_others, others) }
    }
    own = ratio(sum_own, n)
    others = ratio(sum_others, n)
    print score, "all", k, number(own), number(others), number(less(others, own)), n + 0, count["digit"] - n
}

END {
    for (i = 1; i <= count["leak"]; i++) {
        leak = names["leak", i]
        print_leak()
    }
    for (i = 1; i <= count["score"]; i++) {
        score = names["score", i]
        for (j = 1; j <= count["k"]; j++) {
            k = names["k", j]
            if (table == "graft") print_set()
            else print_size()
        }
    }
}
