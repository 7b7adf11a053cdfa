# Do x and y find what was put in a known half of the units, by how much leaks out of it? Where a half does not hold its
# class, or the network is broken, a cell is not valid: hollow, on grey, with the reason.
load "style.gp"

n = activations + 0; m = leaks > 0 ? leaks + 0 : 1; many = many + 0
array MARK_COLOUR[3] = [BLUE, GREEN, ORANGE]
array FULL[3] = [7, 9, 5]
array HOLLOW[3] = [6, 8, 4]
array MARK_NAME[3] = ["AUC of x", "AUC of y", "r of x and y"]
of(name, i) = value(sprintf("%s_%d", name, i))
row_of(mark) = mark == 3 ? 2 : 1
here(k, mark, valid) = is("place", k) * is("mark", mark) * is("valid", valid) * (column("leak_place") + (mark == 1 ? -0.1 : mark == 2 ? 0.1 : 0))
grey(k) = is("place", k) * is("valid", 0) * column("leak_place")
in_range(x) = within(x, bottom, top)

set label 1 "{/:Bold Calibration: x and y of the units’ biases where each class learns in a half of the units, but for a leak}" @HEADLINE
set label 2 "through phase 1 and the forks, " . a . " update one half and " . b . " the other; the leak is what part of their gradients passes into the other’s half" @SUBTITLE
set label 3 "AUC: how well x, y tell the halves apart, .5 is chance.  Not valid: resetting a half does not hurt its own class more, costs 1 or more of mean loss; or units are dead" @SMALL1
set label 4 NETWORKS . ";  " . LEARNING . ";  " . intervals @SMALL2
set xrange [0.4:m + 0.6]
set grid noxtics
unset key
x = 0.035
do for [s = 1:4] {
    mark_name = s < 4 ? MARK_NAME[s] : "on grey, hollow: not valid"
    set label 20 + s mark_name at screen x,0.885 left point pointtype (s < 4 ? FULL[s] : 6) \
        pointsize 1.1 * POINT linecolor rgb (s < 4 ? MARK_COLOUR[s] : SOFT) offset 0.8,0 textcolor rgb INK
    x = x + 0.05 + 0.0083 * strlen(mark_name)
}

set multiplot
do for [row = 1:2] {
    do for [k = 1:n] {
        eval frame((row - 1) * n + k, n, 2)
        set label 6 "{/:Bold " . of("activation", k) . "}" @PANEL_NAME
        first_mark = row == 1 ? 1 : 3; last_mark = row == 1 ? 2 : 3
        bottom = row == 1 ? 0 : r_low - 0.05; top = row == 1 ? 1.03 : r_high + 0.05
        if (row == 2 && r_low == r_high) { bottom = -1; top = 1 }
        set yrange [bottom:top]
        set ylabel (k > 1 ? "" : row == 1 ? "AUC" : "r")
        set xlabel (row == 2 ? "leak" : "") offset 0, 0.3
        set xtics scale 0 ()
        if (leaks == 0) { unset xtics }
        do for [i = 1:leaks] { set xtics add (of("leak", i) i) }
        set arrow 1 from graph 0, first (row == 1 ? 0.5 : 0) to graph 1, first (row == 1 ? 0.5 : 0) nohead linecolor rgb SOFT linewidth 1.2 dashtype 2 back
        if (of(row == 1 ? "shown_auc" : "shown_r", k) == 0) { set label 9 NOTHING . "\n" . (row == 1 ? "no AUC" : "no r") . " is defined" @IN_THE_MIDDLE }
        set style fill solid noborder
        plot NaN notitle, \
             table index "cells" using (grey(k)):(bottom):(column("leak_place") - 0.45):(column("leak_place") + 0.45):(bottom):(top) \
                 with boxxyerror fillcolor rgb PALE notitle, \
             for [j = row:1] table index "cells" using (grey(k)):(bottom):"text" with labels \
                 rotate by 90 left offset 0, 0.4 font ",9" textcolor rgb SOFT notitle, \
             for [s = first_mark:last_mark] for [v = 0:many] table index "means" using (here(k, s, v)):"mean":(in_range(column("low"))):(in_range(column("high"))) \
                 with yerrorbars pointtype 0 linewidth 1.8 linecolor rgb MARK_COLOUR[s] notitle, \
             for [s = first_mark:last_mark] for [v = 0:1] table index "means" using (here(k, s, v)):"mean" with points \
                 pointtype (v ? FULL[s] : HOLLOW[s]) pointsize POINT linewidth 1.4 linecolor rgb MARK_COLOUR[s] notitle
        unset label
    }
}
unset multiplot
