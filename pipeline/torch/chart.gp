# Each system's mean r, with x of this network and with x of another on the same images, and S of the graft: outcome by outcome,
# each on its own scale.
load "style.gp"

n = systems + 0
of(name, i) = value(sprintf("%s_%d", name, i))
array MARK_NAME[2] = ["x of this network", "x of another network, same images"]
array SIGN[2] = [7, 9]
# Within a panel, the systems from the top down.
at(mark) = column("place") + (mark == 1 ? -0.14 : 0.14)

set label 1 "{/:Bold Other systems: correlation of updating and difference of the forks}" @HEADLINE
set label 2 R_OF . ";  every panel has its own scale" @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 "each seed draws its initial weights, its images and their order;  " . intervals . ", of r by Fisher’s z" @SMALL2
set yrange [n + 0.5:0.5]
set ytics scale 0 ()
do for [k = 1:n] { set ytics add (of("system", k) k) }
set grid noytics
set arrow 9 from 0, graph 0 to 0, graph 1 nohead linecolor rgb SOFT linewidth 1.2
set border 1
set key at screen 0.975,0.98 vertical maxrows 2

set multiplot
do for [i = 1:4] {
    left = i % 2 ? 0.15 : 0.64
    bottom = i < 3 ? 0.555 : 0.155
    set margins screen left, screen left + 0.335, screen bottom, screen bottom + 0.27
    low = value(sprintf("range_%d_low", i)) + 0; high = value(sprintf("range_%d_high", i)) + 0
    eval "set xrange " . padded(low, high, 0.06)
    set xtics step(low, high)
    set label 6 "{/:Bold " . of("panel", i) . "}" . (i == 4 ? ": S" : ": r") at graph 0, graph 1 left offset 0, 0.8 textcolor rgb INK
    unset label 9
    if (of("shown", i) == 0) { set label 9 NOTHING . (i == 4 ? "S is undefined" : no_r) @IN_THE_MIDDLE }
    plot NaN notitle, \
         for [m = 1:2] table index "means" using (is("panel", i) * is("mark", m) * column("mean")):(at(m)):"low":"high" with xerrorbars \
             pointtype 0 linewidth 2 linecolor rgb COLOUR[m] notitle, \
         for [m = 1:2] table index "means" using (is("panel", i) * is("mark", m) * column("mean")):(at(m)) with points pointtype SIGN[m] \
             pointsize POINT linecolor rgb COLOUR[m] notitle, \
         for [m = 1:2 * (i == 1)] keyentry with points pointtype SIGN[m] pointsize 1.1 * POINT linecolor rgb COLOUR[m] title MARK_NAME[m]
    if (i == 1) { do for [l = 1:4] { unset label l }; unset key }
}
unset multiplot
