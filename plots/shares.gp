# Where the pooled correlation over the first layer's weights comes from: the covariance between hidden units,
# between inputs, and of the doubly centred residual, as parts that add up to the pooled r.
load "style.gp"

array PART_COLOUR[3] = [BLUE, AMBER, GREEN]
n = activations + 0
half = n < 3 ? 0.09 * n : 0.22

set label 1 "{/:Bold Parts of the pooled correlation over the first layer’s weights}" @HEADLINE
set label 2 "mean shares of r, which add up to the pooled r; below: means, and " . intervals @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 NETWORKS . ";  " . LEARNING . ";  mean of r by Fisher’s z" @SMALL2
if (shown == 0) { set label 9 NOTHING . no_r @IN_THE_MIDDLE }
set xrange [0.5:n + 0.5]
set xtics scale 0 ()
set xtics textcolor rgb INK
do for [k = 1:n] { set xtics add ("{/:Bold " . value(sprintf("activation_%d", k)) . "}" k) }
set style fill solid border rgb "white"
unset key

set multiplot
set margins screen 0.2, screen 0.975, screen 0.31, screen 0.855
eval "set yrange " . padded(r_low + 0, r_high + 0, 0.06)
set ylabel "r, and its parts"
set grid noxtics
set xzeroaxis linecolor rgb SOFT linetype 1 linewidth 1.2
plot NaN notitle, \
     for [p = 1:3] table index "parts" using (is("row", p) * column("place")):"start":(column("place") - half):(column("place") + half):"start":"end" \
         with boxxyerror linewidth 1 fillcolor rgb PART_COLOUR[p] notitle, \
     for [s in "-1 1"] table index "pooled" using "place":"mean":(s * 1.25 * half):(0) with vectors nohead linewidth 3 \
         linecolor rgb INK notitle

# The table under the bars, whose first column is their legend.
do for [i = 1:4] { unset label i }
unset label 9
set margins screen 0.2, screen 0.975, screen 0.11, screen 0.265
set yrange [4.5:0.5]
unset border
unset grid
unset xzeroaxis
unset ylabel
unset tics
do for [p = 1:3] {
    set label p value(sprintf("part_%d", p)) at screen 0.046, first p left textcolor rgb INK
    set object p rectangle center screen 0.03, first p size screen 0.014, first 0.5 \
        fillcolor rgb PART_COLOUR[p] fillstyle solid noborder
}
set label 4 "{/:Bold pooled r}" at screen 0.046, first 4 left textcolor rgb INK
set arrow 1 from screen 0.023, first 4 to screen 0.037, first 4 nohead linewidth 3 linecolor rgb INK
plot NaN notitle, \
     table index "parts" using "place":"row":(interval(strcol("text"))) with labels textcolor rgb INK notitle, \
     table index "pooled" using "place":(4):(interval(strcol("text"))) with labels textcolor rgb INK notitle
unset multiplot
