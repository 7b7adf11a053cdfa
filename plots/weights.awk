# The weights of all layers, counted in the cells of a grid over x and y; and the mean of y in each twentieth of x.

BEGIN { COLUMNS = 180; ROWS = 120; SLICES = 20 }
table == "correlations" && value("scope") == "weights" && value("part") == "all" { test = tested("weight") }
table == "points" && value("tensor") ~ /(^|\.)weight$/ && defined(value("x")) && defined(value("y")) {
    n = ++count[cell(value("x"), COLUMNS), cell(value("y"), ROWS)]
    if (n > greatest) greatest = n
    add_to_slice(value("x"), value("y"), SLICES)
}
END {
    note("test", test)
    note("greatest", greatest + 0)
    note("columns", COLUMNS)
    note("rows", ROWS)
    print_slices(SLICES, "weights")
    block("cells", "x y weights")
    for (i = 0; i < COLUMNS; i++)
        for (j = 0; j < ROWS; j++) print (i + 0.5) / COLUMNS, (j + 0.5) / ROWS, count[i, j] + 0
}
