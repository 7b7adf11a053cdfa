# The logs of phase 1 and of each fork, a block each; those of one row, which make no line.

{
    log_at = files - 2
    line[log_at, ++rows[log_at]] = value("samples") OFS value("loss") OFS value("running")
    if (log_at == 0) seen = value("samples") + 0
    if (value("samples") + 0 > end) end = value("samples") + 0
    # what a logarithm can show
    if (!defined(value("loss")) || value("loss") <= 0) next
    if (!shown++) low = high = value("loss")
    if (value("loss") + 0 < low + 0) low = value("loss")
    if (value("loss") + 0 > high + 0) high = value("loss")
}
END {
    forks_shown = split(ENVIRON["forks_all"], fork, " ")
    tallied_after = int(ENVIRON["from"] * seen)
    if (tallied_after < ENVIRON["from"] * seen) tallied_after++
    note("seen", seen + 0)
    note("end", end + 0)
    note("tallied_after", tallied_after)
    note("shown", shown + 0)
    note("low", shown ? low : 0.1)
    note("high", shown ? high : 1)
    note("forks", forks_shown)
    for (i = 1; i <= forks_shown; i++) note("fork_" i, without(fork[i]))
    for (i = 0; i <= forks_shown; i++) {
        block("log_" i, "samples loss running")
        for (k = 1; k <= rows[i]; k++) print line[i, k]
    }
    block("alone", "log samples loss running")
    for (i = 0; i <= forks_shown; i++) if (rows[i] == 1) print i, line[i, 1]
}
