# How often each test at 5% rejects on runs with shuffled labels, with the range of a valid test.

BEGIN { tests = split("naive units labels", TEST, " ") }
table == "rejections" && value("control") == "shuffled" {
    group = place_in(OUTCOME, outcome())
    test = place_in(TEST, value("test"))
    if (!group || !test) next
    row[++n] = group OFS words("outcome", OUTCOME[group]) OFS test OFS words("test", value("test")) OFS value("runs") OFS \
        value("fired") OFS value("rate") OFS value("low") OFS value("high") OFS rate_text(value("rate")) OFS \
        ratio(value("valid_low"), value("runs")) OFS ratio(value("valid_high"), value("runs"))
    if (defined(value("rate"))) shown = 1
    if (value("runs") + 0 <= runs + 0) next
    runs = value("runs")
    valid = sprintf("%.1f%% to %.1f%%", 100 * value("valid_low") / runs, 100 * value("valid_high") / runs)
}
function ratio(count, of) { return defined(count) && of > 0 ? count / of : "nan" }
function rate_text(x) {
    return !defined(x) ? "" : sprintf(x > 0 && x < 0.2 || x > 0.98 && x < 1 ? "%.1f%%" : "%.0f%%", 100 * x)
}
END {
    note("shown", shown + 0)
    note("runs", runs + 0)
    note("over", plural(runs + 0, "run"))
    note("valid", valid)
    for (i = 1; i <= 5; i++) note("outcome_" i, words("outcome", OUTCOME[i]))
    for (t = 1; t <= tests; t++) note("test_" t, words("test", TEST[t]))
    block("rates", "group outcome mark test runs rejected rate low high text valid_low valid_high")
    for (i = 1; i <= n; i++) print row[i]
}
