# What is left of r when x comes from another network, or from the images alone: means over the seeds with
# their intervals, outcome by outcome; beside it, the network's own minus the other network's.
load "style.gp"

array SIGN[3] = [7, 9, 5]
n = activations + 0
line(group, place) = (group - 1) * (n + 0.6) + place
at(offset) = line(column("group"), column("place")) + offset

set label 1 "{/:Bold Correlation with x of the network itself, of another, and of the images alone}" @HEADLINE
set label 2 "mean r of x and y over the seeds;  x of the images alone is the same for all units, and often has no r" @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 NETWORKS . ";  " . LEARNING . ";  " . intervals . ", of r by Fisher’s z" @SMALL2
set yrange [line(5, n) + 0.7:0.3]
set ytics scale 0 ()
do for [group = 1:5] {
    set label 10 + group two_lines(value(sprintf("outcome_%d", group))) . (group > 3 ? "\n(not primary)" : "") \
        at screen 0.025, first line(group, (n + 1) / 2.) left font ",10" textcolor rgb INK
    if (group > 1) { set arrow group from graph 0, first line(group, 0.2) rto graph 1, 0 nohead linecolor rgb FAINT }
    do for [k = 1:n] { set ytics add (value(sprintf("activation_%d", k)) line(group, k)) }
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
eval "set xrange " . padded(r_low + 0, r_high + 0, 0.03)
set xlabel "mean r"
set label 8 "{/:Bold r}" @PANEL_NAME
if (shown == 0) { set label 9 NOTHING . no_r @IN_THE_MIDDLE }
plot NaN notitle, \
     for [c = 1:3] table index "means" using (is("mark", c) * column("mean")):(at(0.25 * (c - 2))):"low":"high" \
         with xerrorbars pointtype 0 linewidth 1.8 linecolor rgb COLOUR[c] notitle, \
     for [c = 1:3] table index "means" using (is("mark", c) * column("mean")):(at(0.25 * (c - 2))) \
         with points pointtype SIGN[c] pointsize 0.9 * POINT linecolor rgb COLOUR[c] notitle, \
     for [c = 1:3] keyentry with points pointtype SIGN[c] pointsize 0.9 * POINT linecolor rgb COLOUR[c] \
         title "x of " . value(sprintf("control_%d", c))
unset label
unset ytics
if (shown != 0 && both == 0) { set label 9 "no seed has both" @IN_THE_MIDDLE }
set lmargin screen 0.635
set rmargin screen 0.82
set xtics step(difference_low + 0, difference_high + 0)
eval "set xrange " . padded(difference_low + 0, difference_high + 0, 0.06)
set xlabel "mean difference of r"
set label 8 "{/:Bold this network’s minus another’s}" @PANEL_NAME
plot NaN notitle, \
     table index "differences" using "mean":(at(0)):"low":"high" with xerrorbars pointtype 0 \
         linewidth 1.8 linecolor rgb INK notitle, \
     table index "differences" using "mean":(at(0)) with points pointtype 7 pointsize 0.9 * POINT \
         linecolor rgb INK notitle

# The same in numbers, in a panel of its own.
unset border
unset arrow
unset xtics
unset xlabel
unset grid
unset label
set lmargin screen 0.83
set rmargin screen 0.99
set xrange [0:1]
plot NaN notitle, \
     table index "differences" using (0):(at(0)):(interval(strcol("text"))) with labels left font ",10" textcolor rgb INK notitle
unset multiplot
