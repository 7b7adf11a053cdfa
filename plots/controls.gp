# What is left of r when x comes from another network, or from the images alone: means over the seeds with
# their intervals, outcome by outcome; beside it, the network's own minus the other network's.
load "style.gp"

array CONTROL[3] = ["same", "other", "image"]
array CONTROL_NAME[3] = ["this network", "another network", "the images alone"]
array SIGN[3] = [7, 9, 5]
array SHOWN[5] = [1, 2, 3, 5, 4]
n = words(activations)
mean(o, k, quantity, control) = "quantity=" . quantity . " control=" . control . " variant=half " . \
    OUTCOME[SHOWN[o]] . " activation=" . word(activations, k)
line(o, k) = (o - 1) * (n + 0.6) + k
two_lines(name) = strstrt(name, ", ") == 0 ? "{/:Bold " . name . "}" : "{/:Bold " . name[1:strstrt(name, ", ")] . \
    "}\n{/:Bold " . name[strstrt(name, ", ") + 2:*] . "}"

set label 1 "{/:Bold Correlation with x of the network itself, of another, and of the images alone}" @HEADLINE
set label 2 "mean r of x and y over the seeds;  x of the images alone is the same for all units, and often has no r" @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 PHASE1 . ";  " . UNITS . ", learning rate " . rate . ";  " . \
    t_intervals(networks(intervals)) . ", of r by Fisher’s z" @SMALL2
set yrange [line(5, n) + 0.7:0.3]
set ytics scale 0 ()
range = "0 0"; change = "0 0"
do for [o = 1:5] {
    set label 10 + o two_lines(OUTCOME_NAME[SHOWN[o]]) . (SHOWN[o] > 3 ? "\n(not primary)" : "") \
        at screen 0.025, first line(o, (n + 1) / 2.) left font ",10" textcolor rgb INK
    if (o > 1) { set arrow o from graph 0, first line(o, 0.2) rto graph 1, 0 nohead linecolor rgb FAINT }
    do for [k = 1:n] {
        set ytics add (called(word(activations, k)) line(o, k))
        do for [c = 1:3] { range = wider(range, extent(intervals, mean(o, k, "r", CONTROL[c]), "mean low high")) }
        change = wider(change, extent(intervals, mean(o, k, "difference", "same-other"), "mean low high"))
    }
}
set arrow 9 from 0, graph 0 to 0, graph 1 nohead linecolor rgb SOFT linewidth 1.2
set border 1
set grid noytics
set bmargin screen 0.155
set tmargin screen 0.815
set key at screen 0.975,0.9 vertical maxrows 1 samplen 2

set multiplot
set lmargin screen 0.255
set rmargin screen 0.6
eval "set xrange " . padded(range, 0.03)
set xlabel "mean r"
set label 8 "{/:Bold r}" @PANEL_NAME
shown = sum [c = 1:3] (sum [o = 1:5] (sum [k = 1:n] (count(intervals, mean(o, k, "r", CONTROL[c]), "mean") > 0)))
if (shown == 0) { set label 9 NO_R(networks(intervals)) @IN_THE_MIDDLE }
plot NaN notitle, \
     for [c = 1:3] for [o = 1:5] for [k = 1:n] rows(intervals, mean(o, k, "r", CONTROL[c]), "mean low high") \
         using 1:(line(o, k) + 0.25 * (c - 2)):2:3 with xerrorbars pointtype 0 \
         linewidth 1.8 linecolor rgb COLOUR[c] notitle, \
     for [c = 1:3] for [o = 1:5] for [k = 1:n] rows(intervals, mean(o, k, "r", CONTROL[c]), "mean") \
         using 1:(line(o, k) + 0.25 * (c - 2)) with points pointtype SIGN[c] pointsize 0.9 * POINT \
         linecolor rgb COLOUR[c] notitle, \
     for [c = 1:3] keyentry with points pointtype SIGN[c] pointsize 0.9 * POINT linecolor rgb COLOUR[c] \
         title "x of " . CONTROL_NAME[c]
do for [i = 1:4] { unset label i }
unset label 9
differences = sum [o = 1:5] (sum [k = 1:n] (count(intervals, mean(o, k, "difference", "same-other"), "mean") > 0))
if (shown > 0 && differences == 0) { set label 9 "no seed has both" @IN_THE_MIDDLE }
do for [o = 1:5] { unset label 10 + o
    do for [k = 1:n] {
        set label 20 + (o - 1) * n + k \
            interval(row(intervals, mean(o, k, "difference", "same-other"), "mean low high")) \
            at graph 1.05, first line(o, k) left font ",10" textcolor rgb INK
    }
}
set lmargin screen 0.635
set rmargin screen 0.82
unset ytics
set xtics step(change)
eval "set xrange " . padded(change, 0.06)
set xlabel "mean difference of r"
set label 8 "{/:Bold this network’s minus another’s}" @PANEL_NAME
plot NaN notitle, \
     for [o = 1:5] for [k = 1:n] rows(intervals, mean(o, k, "difference", "same-other"), "mean low high") \
         using 1:(line(o, k)):2:3 with xerrorbars pointtype 0 \
         linewidth 1.8 linecolor rgb INK notitle, \
     for [o = 1:5] for [k = 1:n] rows(intervals, mean(o, k, "difference", "same-other"), "mean") \
         using 1:(line(o, k)) with points pointtype 7 pointsize 0.9 * POINT linecolor rgb INK notitle
unset multiplot
