# r with x of the network itself, of others, and of the images alone: means over the seeds; and the network's own minus
# those of either other.

BEGIN {
    marks_and_pairs("same other-init other-seed image", "same-other-init same-other-seed")
    pair_mark[1] = 2
    pair_mark[2] = 3
}
table == "intervals" && value("variant") == "half" { read_row() }
END {
    for (c = 1; c <= marks; c++) note("mark_" c, words("control", MARK[c]))
    note("minus", "this network’s minus another’s")
    for (p = 1; p <= pairs; p++) {
        text = words("control", MARK[pair_mark[p]])
        sub(/^.*, /, "", text)
        note("pair_" p, text)
    }
    print_rows()
}
