# Every seed's r under each activation, with the mean, its interval, and the interval of a further seed: the
# three primary outcomes and, on grey, the pooled correlation. The seed is the unit of evidence, not the weight.
load "style.gp"

n = activations + 0; many = many + 0; low = r_low + 0; high = r_high + 0
SIZE = (seeds > 30 ? 0.7 : 1.1) * POINT
SEED = 0x700072b2
# Points side by side, not on one another; the mean beside them, its number off 0.
spread(seed) = many ? -0.36 + 0.32 * golden(seed) : 0
aside(mean) = mean + (mean < 0 ? -0.033 : 0.033) * (high - low)

set label 1 "{/:Bold Correlation of updating and difference of the forks, " . over . "}" @HEADLINE
set label 2 R_OF . (tests > 0 ? ";  *: p ≤ 0.05 by Holm, " . tests . " tests" : "; all panels have one scale") @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 NETWORKS . ";  " . LEARNING . ";  " . intervals . ", by Fisher’s z" @SMALL2
set xrange [0.5:n + 0.5]
eval "set yrange " . padded(low, high, 0.03)
set xtics scale 0 ()
do for [k = 1:n] { set xtics add (value(sprintf("activation_%d", k)) k) }
set grid noxtics
set xzeroaxis linecolor rgb SOFT linetype 1 linewidth 1.2
set key at screen 0.975,0.98 vertical maxrows 3

set multiplot
do for [i = 1:4] {
    eval frame(i, 2, 2)
    set ylabel (i % 2 ? "r" : "")
    set label 6 "{/:Bold " . value(sprintf("panel_%d", i)) . "}" . (i == 4 ? ", as in the post (not primary)" : "") @PANEL_NAME
    if (value(sprintf("shown_%d", i)) == 0) { set label 7 NOTHING . no_r @IN_THE_MIDDLE }
    if (i == 4) { set object 1 rectangle from graph 0, graph 0 to graph 1, graph 1 behind \
        fillcolor rgb PALE fillstyle solid noborder }
    here(x) = is("panel", i) * (column("place") + x)
    plot NaN notitle, \
         table index "runs" using (here(spread(column("seed")))):"r" with points pointtype 7 pointsize SIZE \
             linecolor rgb SEED notitle, \
         keyentry with points pointtype 7 pointsize SIZE linecolor rgb SEED title "one seed", \
         for [j = 1:many] table index "means" using (here(0.07)):"mean":"low":"high" with yerrorbars pointtype 0 \
             linewidth 2.2 linecolor rgb ORANGE notitle, \
         for [j = 1:many] table index "means" using (here(0.07)):"mean" with points pointtype 7 \
             pointsize 0.8 * POINT linecolor rgb ORANGE notitle, \
         for [j = 1:many] keyentry with yerrorbars pointtype 7 pointsize 0.8 * POINT linewidth 2.2 \
             linecolor rgb ORANGE title "mean, 95% interval", \
         for [j = 1:many] table index "means" using (here(0.07)):"further_low":(0):(column("further_high") - column("further_low")) \
             with vectors nohead linewidth 1 linecolor rgb ORANGE notitle, \
         for [j = 1:many] keyentry with vectors nohead linewidth 1 linecolor rgb ORANGE \
             title "95% interval of a further seed", \
         for [j = 1:many] table index "means" using (here(0.12)):(aside(column("mean"))):"text" with labels left \
             font ",10.5" textcolor rgb ORANGE_TEXT notitle, \
         table index "undefined" using (here(0)):(low):("undefined") with labels offset 0, 0.5 font ",10" \
             textcolor rgb SOFT notitle
    unset label
    unset key
}
unset multiplot
