# The weights into the first hidden layer, as a fine grid over x and y of what colours them, the x of their unit's
# bias (nan: no weight here); the units' biases; and where weights of always black inputs lie, with their number.
#
# The tally of a weight whose input is always black is a fixed part of its unit's bias's, so x is the same: an input
# is always black if that is so in every unit, and some weight of it was updated at all. Biases come first.

BEGIN { COLUMNS = 640; ROWS = 420; FINE = 250 }
table != "points" { next }
value("tensor") == "layer1.bias" {
    bias[value("unit")] = value("x")
    if (defined(value("x")) && defined(value("y"))) {
        drawn[++units] = value("unit") OFS value("x") OFS value("y")
        name[units] = value("unit")
        reach_of_units(value("x"))
    }
}
value("tensor") != "layer1.weight" { next }
{
    inputs[value("input")] = 1
    if (defined(value("x"))) updated[value("input")] = 1
    if (bias[value("unit")] != value("x") "") lit[value("input")] = 1
}
defined(value("x")) && defined(value("y")) {
    grid[cell(value("x"), COLUMNS), cell(value("y"), ROWS)] = bias[value("unit")]
    spot[value("input"), value("unit")] = int(value("y") * FINE + 0.5)
}
function reach_of_units(x) {
    if (units == 1 || x + 0 < low + 0) low = x
    if (units == 1 || x + 0 > high + 0) high = x
}
END {
    for (i in inputs) {
        count++
        black += (i in updated) && !(i in lit)
    }
    note("units_shown", units + 0)
    note("low", units ? low : 0)
    note("high", units ? high : 1)
    note("black", black + 0)
    note("black_of", thousands(black + 0) " of " plural(count + 0, "input"))

    block("biases", "unit x y")
    for (i = 1; i <= units; i++) print drawn[i]

    block("black_inputs", "unit x y weights")
    for (key in spot) {
        split(key, part, SUBSEP)
        if (!(part[1] in lit)) weights[part[2], spot[key]]++
    }
    for (i = 1; i <= units; i++)
        for (j = 0; j <= FINE; j++)
            if ((name[i], j) in weights) print name[i], bias[name[i]], j / FINE, weights[name[i], j]

    print "\n\n# cells: x of the unit’s bias; a line for every 420th of y, a column for every 640th of x"
    for (j = 0; j < ROWS; j++) {
        line = (0, j) in grid ? grid[0, j] : "nan"
        for (i = 1; i < COLUMNS; i++) line = line OFS ((i, j) in grid ? grid[i, j] : "nan")
        print line
    }
}
