# Does x tell what y tells only where both are of one grouping of the labels? Means over the seeds with their intervals,
# of x of each grouping and y of each, for the three primary outcomes.
load "style.gp"

n = groupings + 0
of(name, i) = value(sprintf("%s_%d", name, i))
line(row, place) = (row - 1) * (n + 1) + place
here(i, matched) = is("panel", i) * is("matched", matched)
array SIGN[2] = [6, 7]
array TEXT_COLOUR[2] = [BLUE_TEXT, ORANGE_TEXT]

set label 1 "{/:Bold Correlation of x and y of other groupings of the labels}" @HEADLINE
set label 2 "for each grouping a network of its own, from the same initial weights and images;  all panels have one scale" @SUBTITLE
set label 3 FORMULAS . ";  a, b: sums of " . summed . " over steps on labels left, right of the bar (" . tallied . \
    " of phase 1);  c, d: |θ − θ| of the forks without either" @SMALL1
set label 4 NETWORKS . ";  " . activation . ", " . LEARNING . ";  " . intervals . ", by Fisher’s z" @SMALL2
set yrange [line(n > 0 ? n : 1, n) + 0.6:-0.4]
set ytics scale 0 ()
do for [row = 1:n] {
    set label 10 + row "{/:Bold x of " . of("grouping", row) . "}" at screen 0.025, first line(row, 0) left textcolor rgb INK
    if (row > 1) { set arrow row from graph 0, first line(row, -0.5) rto graph 1, 0 nohead linecolor rgb FAINT }
    do for [k = 1:n] { set ytics add ("y of " . of("grouping", k) line(row, k)) }
}
set arrow 9 from 0, graph 0 to 0, graph 1 nohead linecolor rgb SOFT linewidth 1.2
set border 1
set tmargin screen 0.8
set grid noytics
set xlabel "mean r"
set xtics step(r_low + 0, r_high + 0)
eval "set xrange " . padded(r_low + 0, r_high + 0, 0.05)
set key at screen 0.975,0.98 vertical maxrows 2
set style textbox opaque margins 0.2, 0.1 noborder

set multiplot
do for [i = 1:3] {
    set lmargin screen 0.165 + 0.275 * (i - 1)
    set rmargin screen 0.165 + 0.275 * (i - 1) + 0.25
    set label 6 two_lines(of("panel", i)) at graph 0, graph 1 left offset 0, 1.6 textcolor rgb INK
    if (of("shown", i) == 0) { set label 7 NOTHING . "\n" . no_r @IN_THE_MIDDLE }
    plot NaN notitle, \
         for [m = 0:1] table index "means" using (here(i, m) * column("mean")):(line(column("row"), column("place"))):"low":"high" \
             with xerrorbars pointtype 0 linewidth 2 linecolor rgb COLOUR[m + 1] notitle, \
         for [m = 0:1] table index "means" using (here(i, m) * column("mean")):(line(column("row"), column("place"))) \
             with points pointtype SIGN[m + 1] pointsize 1.1 * POINT linecolor rgb COLOUR[m + 1] notitle, \
         for [m = 0:1] keyentry with points pointtype SIGN[m + 1] pointsize 1.1 * POINT linecolor rgb COLOUR[m + 1] \
             title (m ? "x and y of the same grouping" : "x and y of different groupings"), \
         for [m = 0:1] table index "means" using (here(i, m) * column("mean")):(line(column("row"), column("place")) - 0.38):"text" \
             with labels center boxed font ",9" textcolor rgb TEXT_COLOUR[m + 1] notitle
    unset label
    unset key
    unset ytics
}
unset multiplot
