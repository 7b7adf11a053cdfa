# r with x of each measure, and of the images alone: means over the seeds, with r attainable; and each other measure's
# minus that of the run.

BEGIN {
    marks_and_pairs("same squared-gradient image", "squared-gradient-same")
    pair_mark[1] = 2
}
table == "few-intervals" { read_row() }
END {
    note("mark_1", words("measure", ENVIRON["measure"]))
    note("mark_2", words("measure", "squared-gradient"))
    note("mark_3", words("control", "image"))
    note("minus", words("measure", "squared-gradient") " minus " words("measure", ENVIRON["measure"]))
    note("pair_1", "")
    print_rows()
}
