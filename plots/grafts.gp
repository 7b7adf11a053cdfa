# Do the top parameters by x carry over what a fork knows? Above, the four outcomes fixed beforehand; below, S by every score:
# by the outputs, as fixed, and by the loss. Means over the seeds with their intervals.
load "style.gp"

array SIGN[2] = [7, 4]
array LEFT[2] = [0.235, 0.635]
array RIGHT[2] = [0.6, 0.975]
array TITLE[2] = ["S by projection of the outputs", "S by the loss (secondary)"]
shown = shown + 0; n = scores + 0
of(name, i) = value(sprintf("%s_%d", name, i))
there(place) = of("there", place) > 0
at(place) = column("row") + (place == 1 ? -0.17 : 0.17)

set label 1 "{/:Bold Does what x picks carry over what a fork knows?}" @HEADLINE
set label 2 "S: the top parameters by a score, copied from fork to fork, carry over what tells the labels of their own pair apart, not the other’s" @SUBTITLE
set label 3 "Mean over log k, .01 to .5 of the first layer’s weights, on images held out;  dashed: from there on, y shows that the instrument works;  p: t-test over seeds, Holm, " . tests . (tests == 1 ? " test" : " tests") @SMALL1
set label 4 NETWORKS . ";  " . LEARNING . ";  " . intervals @SMALL2
set ytics scale 0 ()
set border 1
set grid noytics
unset key

set multiplot
# The four outcomes.
set margins screen 0.33, screen 0.66, screen 0.65, screen 0.855
set yrange [4.6:0.4]
do for [i = 1:4] { if (shown == 0 || there((i - 1) % 2 + 1)) { set ytics add (of("outcome", i) i) } }
set ytics textcolor rgb INK
set arrow 1 from 0, graph 0 to 0, graph 1 nohead linecolor rgb SOFT linewidth 1.2
eval "set xrange " . padded(difference_low + 0, difference_high + 0, 0.06)
set xtics step(difference_low + 0, difference_high + 0)
set label 5 "{/:Bold Primary outcomes:  difference of S}" at screen 0.025,0.875 left textcolor rgb INK
if (shown_primary == 0) { set label 6 NOTHING . "no graft under softplus or ReLU" @IN_THE_MIDDLE }
plot NaN notitle, \
     for [p = 1:2] table index "primary" using (is("place", p) * column("mean")):"row":"low":"high" with xerrorbars pointtype 0 \
         linewidth 2.2 linecolor rgb COLOUR[p] notitle, \
     for [p = 1:2] table index "primary" using (is("place", p) * column("mean")):"row" with points pointtype SIGN[p] \
         pointsize 1.2 * POINT linewidth 1.6 linecolor rgb COLOUR[p] notitle
unset label
unset border
unset xtics
unset ytics
unset grid
unset arrow
set margins screen 0.67, screen 0.975, screen 0.65, screen 0.855
set xrange [0:1]
plot NaN notitle, \
     table index "primary" using (0.02):"row":(interval(strcol("text"))) with labels left textcolor rgb INK notitle, \
     table index "primary" using (0.72):"row":(strcol("p") eq "undefined" ? "" : "p = " . strcol("p")) with labels left textcolor rgb SOFT notitle

# S by every score.
set border 1
set grid xtics noytics linecolor rgb GRIDLINE linetype 1 linewidth 0.7
set yrange [n + 0.6:0.4]
set key at screen 0.975,0.615 right horizontal
do for [b = 1:2] {
    set margins screen LEFT[b], screen RIGHT[b], screen 0.13, screen 0.555
    set ytics scale 0 () textcolor rgb INK
    if (b == 1) { do for [i = 1:n] { set ytics add (of("score", i) i) } } else { unset ytics }
    low = value(sprintf("by_%d_low", b)) + 0; high = value(sprintf("by_%d_high", b)) + 0
    eval "set xrange " . padded(low, high, 0.05)
    set xtics step(low, high) nomirror out scale 0.6 textcolor rgb SOFT
    set label 7 "{/:Bold " . TITLE[b] . "}" at graph 0, graph 1 left offset 0, 0.8 textcolor rgb INK
    set arrow 1 from 0, graph 0 to 0, graph 1 nohead linecolor rgb SOFT linewidth 1.2
    if (b == 1) { set arrow 2 from 0.1, graph 0 to 0.1, graph 1 nohead linecolor rgb SOFT linewidth 1.2 dashtype 2 }
    if (shown == 0) { set label 9 NOTHING . "\nno graft under softplus or ReLU" @IN_THE_MIDDLE }
    plot NaN notitle, \
         for [p = 1:2] table index "means" using (is("place", p) * is("by", b) * column("mean")):(at(p)):"low":"high" with xerrorbars \
             pointtype 0 linewidth 1.8 linecolor rgb COLOUR[p] notitle, \
         for [p = 1:2] table index "means" using (is("place", p) * is("by", b) * column("mean")):(at(p)) with points \
             pointtype SIGN[p] pointsize POINT linewidth 1.4 linecolor rgb COLOUR[p] notitle, \
         for [p = 1:2] for [j = 1:there(p)] keyentry with points pointtype SIGN[p] pointsize 1.1 * POINT linewidth 1.4 linecolor rgb COLOUR[p] title of("graft", p)
    unset label
    unset arrow
    unset key
}
unset multiplot
