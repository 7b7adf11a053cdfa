# How often each test at 5% rejects where there is nothing to find, with the range of a valid test: tests within a network
# whose labels were shuffled, and t-tests over networks, of permutations of their own on images of their own, and of one
# permutation for all on the same images.

BEGIN { tests = split("naive units labels drawn common", TEST, " ") }
table == "rejections" && value("control") == "shuffled" { count_test(value("test")) }
table == "size" { count_test(value("variant")) }
function count_test(name,    group, test, n) {
    group = place_in(OUTCOME, outcome())
    test = place_in(TEST, name)
    if (!group || !test) return
    n = value("runs") + 0
    row[++rows] = group OFS words("outcome", OUTCOME[group]) OFS test OFS words("test", name) OFS n OFS value("fired") OFS \
        value("rate") OFS value("low") OFS value("high") OFS rate_text(value("rate")) OFS \
        ratio(value("valid_low"), n) OFS ratio(value("valid_high"), n)
    if (defined(value("rate"))) shown = known[test] = 1
    if (n > runs[test]) runs[test] = n
}
function ratio(count, of) { return defined(count) && of > 0 ? count / of : "nan" }
function rate_text(x) {
    return !defined(x) ? "" : sprintf(x > 0 && x < 0.1 || x > 0.98 && x < 1 ? "%.1f%%" : "%.0f%%", 100 * x)
}
END {
    note("shown", shown + 0)
    for (i = 1; i <= 5; i++) note("outcome_" i, words("outcome", OUTCOME[i]))
    for (t = 1; t <= tests; t++) {
        note("test_" t, words("test", TEST[t]))
        note("runs_" t, thousands(runs[t] + 0))
        note("shown_" t, known[t] + 0)
    }
    block("rates", "group outcome mark test runs rejected rate low high text valid_low valid_high")
    for (i = 1; i <= rows; i++) print row[i]
}
