# The outcomes over the values of one variable, and by colour of a second: means over the seeds with their
# intervals; of one variable, every seed.
load "style.gp"

m = places + 0; n = colours + 0; many = many + 0; ordered = ordered + 0
one = second eq ""
# Of the means of this colour in this panel, where; side by side.
at(i, k) = is("panel", i) * is("colour", k) * (column("place") + 0.4 * ((k - 0.5) / n - 0.5))
shade(k) = COLOUR[(k - 1) % 6 + 1]
of(name, i) = value(sprintf("%s_%d", name, i))

set label 1 "{/:Bold Correlation by " . by . "}" @HEADLINE
set label 2 R_OF . (one && many ? ";  small: every seed" : "") . ";  every panel has its own scale" @SUBTITLE
set label 3 own_x_y > 0 ? X_Y : "a, b: sums of " . summed . " over steps on images of class A, of class B;  " . \
    "c, d: |θ − θ| of the forks without either label of A, of B" @SMALL1
set label 4 fixed . intervals @SMALL2
set xrange [0.5:m + 0.5]
set xtics scale 0 ()
do for [j = 1:m] { set xtics add (of("place", j) j) }
if (m > 6) { set xtics font ",9" }
set grid noxtics
set xzeroaxis linecolor rgb SOFT linetype 1 linewidth 1.2
set key at screen 0.975,0.975 vertical maxrows 3 title second left
# The rows of other panels and colours interrupt no line.
set datafile missing NaN

set multiplot
do for [i = 1:4] {
    eval frame(i, 2, 2)
    set ylabel (i % 2 ? "r" : "")
    set label 6 "{/:Bold " . of("panel", i) . "}" . (i == 4 ? " (not primary)" : "") @PANEL_NAME
    set xlabel (i > 2 ? variable : "") offset 0, 0.3
    eval "set yrange " . padded(value(sprintf("range_%d_low", i)) + 0, value(sprintf("range_%d_high", i)) + 0, 0.05)
    unset label 9
    if (of("shown", i) == 0) { set label 9 NOTHING . no_r @IN_THE_MIDDLE }
    plot NaN notitle, \
         for [s = 1:one * many] table index "runs" using (at(i, 1) - 0.1):"r" with points pointtype 7 \
             pointsize 0.7 * POINT linecolor rgb 0x900072b2 notitle, \
         for [k = 1:n * ordered] table index "means" using (at(i, k)):"mean" with lines \
             linewidth 1.2 linecolor rgb shade(k) notitle, \
         for [k = 1:n * many] table index "means" using (at(i, k)):"mean":"low":"high" with yerrorbars \
             pointtype 0 linewidth 2 linecolor rgb shade(k) notitle, \
         for [k = 1:n] table index "means" using (at(i, k)):"mean" with points pointtype 7 \
             pointsize 1.1 * POINT linecolor rgb shade(k) notitle, \
         for [k = 1:n * (!one && i == 1)] keyentry with points pointtype 7 pointsize 1.1 * POINT \
             linecolor rgb shade(k) title of("colour", k)
    if (i == 1) { do for [l = 1:4] { unset label l }; unset key }
}
unset multiplot
