# Do x and y find what was put in a known half of the units, by how much leaks out of it? Where a half does not hold its
# class, or the network is broken, a cell is not valid: hollow, on grey, with the reason.
load "style.gp"

n = activations + 0; m = leaks > 0 ? leaks + 0 : 1; many = many + 0
array MARK_COLOUR[4] = [BLUE, GREEN, ORANGE, PURPLE]
array FULL[4] = [7, 9, 5, 13]
array HOLLOW[4] = [6, 8, 4, 12]
array MARK_NAME[4] = ["AUC of x", "AUC of y", "r, " . scope_1, "r, " . scope_2]
array AXIS[3] = ["AUC, biases", "AUC, weights", "r"]
array LEVEL[3] = [0.5, 0.5, 0]
of(name, i) = value(sprintf("%s_%d", name, i))
here(k, row, mark, valid) = is("place", k) * is("panel", row) * is("mark", mark) * is("valid", valid) * (column("leak_place") + (mark % 2 ? -0.12 : 0.12))
grey(k) = is("place", k) * is("valid", 0) * column("leak_place")
in_range(x) = within(x, bottom, top)

set label 1 "{/:Bold Calibration: x and y where each class learns in a half of the units, but for a leak}" @HEADLINE
set label 2 "through phase 1 and the forks, " . a . " update one half and " . b . " the other; the leak is what part of their gradients passes into the other’s half" @SUBTITLE
set label 3 "AUC: how well x, y tell the halves apart, .5 is chance.  Not valid: resetting a half does not hurt its own class more, costs 1 or more of mean loss; or units are dead" @SMALL1
set label 4 NETWORKS . ";  " . LEARNING . ";  weights: into the units;  " . intervals @SMALL2
set xrange [0.4:m + 0.6]
set grid noxtics
unset key
x = 0.035
do for [s = 1:5] {
    mark_name = s < 5 ? MARK_NAME[s] : "on grey, hollow: not valid"
    set label 20 + s mark_name at screen x,0.885 left point pointtype (s < 5 ? FULL[s] : 6) \
        pointsize 1.1 * POINT linecolor rgb (s < 5 ? MARK_COLOUR[s] : SOFT) offset 0.8,0 font ",10.5" textcolor rgb INK
    x = x + 0.04 + 0.0078 * strlen(mark_name)
}

set multiplot
do for [row = 1:3] {
    do for [k = 1:n] {
        eval frame((row - 1) * n + k, n, 3)
        set label 6 (row == 1 ? "{/:Bold " . of("activation", k) . "}" : "") @PANEL_NAME
        first_mark = row == 3 ? 3 : 1; last_mark = row == 3 ? 4 : 2
        # room for the reasons
        bottom = row == 1 ? -0.4 : row == 2 ? 0 : r_low - 0.05; top = row < 3 ? 1.03 : r_high + 0.05
        if (row == 3 && r_low == r_high) { bottom = -1; top = 1 }
        set yrange [bottom:top]
        between = row < 3 ? 0.5 : step(bottom, top)
        set ytics between
        set ylabel (k > 1 ? "" : AXIS[row])
        set xlabel (row == 3 ? "leak" : "") offset 0, 0.3
        set xtics scale 0 ()
        if (leaks == 0) { unset xtics }
        do for [i = 1:leaks] { set xtics add (of("leak", i) i) }
        set arrow 1 from graph 0, first LEVEL[row] to graph 1, first LEVEL[row] nohead linecolor rgb SOFT linewidth 1.2 dashtype 2 front
        if (of(sprintf("shown_%d", row), k) == 0) { set label 9 NOTHING . "\n" . (row < 3 ? "no AUC" : "no r") . " is defined" @IN_THE_MIDDLE }
        set style fill solid noborder
        plot NaN notitle, \
             table index "cells" using (grey(k)):(bottom):(column("leak_place") - 0.45):(column("leak_place") + 0.45):(bottom):(top) \
                 with boxxyerror fillcolor rgb PALE notitle, \
             for [j = row:1] table index "cells" using (grey(k)):(bottom):"text" with labels \
                 rotate by 90 left offset 0, 0.4 font ",8" textcolor rgb SOFT notitle, \
             for [s = first_mark:last_mark] for [v = 0:many] table index "means" using (here(k, row, s, v)):"mean":(in_range(column("low"))):(in_range(column("high"))) \
                 with yerrorbars pointtype 0 linewidth 1.8 linecolor rgb MARK_COLOUR[s] notitle, \
             for [s = first_mark:last_mark] for [v = 0:1] table index "means" using (here(k, row, s, v)):"mean" with points \
                 pointtype (v ? FULL[s] : HOLLOW[s]) pointsize (v ? POINT : 1.3 * POINT) linewidth 1 linecolor rgb MARK_COLOUR[s] notitle
        unset label
    }
}
unset multiplot
