# Bias and weight r of every seed in three variants, a line from variant to variant: the tally over all of
# phase 1, over its last part, and over that of a short phase 1.
load "style.gp"

array VARIANT[3] = ["whole", "half", "short"]
many = seeds > 1; low = r_low + 0; high = r_high + 0
if (low == high) { low = -1; high = 1 }
LINE = seeds > 30 ? 0xd00072b2 : 0x900072b2
SIZE = (seeds > 30 ? 0.6 : 1.1) * POINT
# In two lines, the interval below.
arrowed(name, change) = change eq "" ? "" : name . "\n" . (strstrt(change, " ") == 0 ? change : \
    change[1:strstrt(change, " ") - 1] . "\n" . change[strstrt(change, " ") + 1:*])

set label 1 "{/:Bold Does it matter how much of phase 1 is tallied, or how long it is?}" @HEADLINE
set label 2 "r of relative updating due to " . a . " and relative difference of " . forks_a @SUBTITLE
set label 3 "Top: " . (many ? "mean change of r within a seed, with its 95% t-interval.  " : "change of r.  ") . over @SMALL1
set label 4 NETWORKS . " (short: " . short . ");  " . activation . ", " . LEARNING . ";  intervals of means by Fisher’s z" @SMALL2
set xrange [0.6:3.5]
set yrange [low - 0.03:high + 0.02 + 0.22 * (high - low)]
last = tallied eq "all" ? "all" : tallied[5:*] . "%"
set xtics scale 0 ("all of\nphase 1" 1, last . " of\nphase 1" 2, last . " of a\nshort phase 1" 3)
set grid noxtics
set xzeroaxis linecolor rgb SOFT linetype 1 linewidth 1.2
set key at screen 0.975,0.975 vertical maxrows 2
set tmargin screen 0.88
set style textbox opaque margins 0.3, 0.2 noborder

set multiplot
do for [panel = 1:2] {
    set lmargin screen panel == 1 ? 0.095 : 0.565
    set rmargin screen panel == 1 ? 0.505 : 0.975
    set ylabel (panel == 1 ? "r over the biases" : "r over all weights")
    unset label 9
    if (panel == 2) { unset label; unset key }
    set label 5 arrowed("all → last", value(sprintf("change_%d_1", panel))) at 1.5, graph 0.97 center boxed textcolor rgb SOFT
    set label 6 arrowed("long → short", value(sprintf("change_%d_2", panel))) at 2.5, graph 0.97 center boxed textcolor rgb SOFT
    if (value(sprintf("shown_%d", panel)) == 0) { set label 9 NOTHING . no_r @IN_THE_MIDDLE }
    plot NaN notitle, \
         for [i = 1:2] table index "runs" using (is("panel", panel) * i):VARIANT[i]:(1):(column(VARIANT[i + 1]) - column(VARIANT[i])) \
             with vectors nohead linecolor rgb LINE notitle, \
         for [i = 1:3] table index "runs" using (is("panel", panel) * i):VARIANT[i] with points pointtype 7 \
             pointsize SIZE linecolor rgb BLUE notitle, \
         keyentry with points pointtype 7 pointsize SIZE linecolor rgb BLUE title "one seed", \
         for [j = 1:many] table index "means" using (is("panel", panel) * column("place") + 0.12):"mean":"low":"high" \
             with yerrorbars pointtype 0 linewidth 2.2 linecolor rgb ORANGE notitle, \
         for [j = 1:many] table index "means" using (is("panel", panel) * column("place") + 0.12):"mean" \
             with points pointtype 7 pointsize POINT linecolor rgb ORANGE notitle, \
         for [j = 1:many] keyentry with yerrorbars pointtype 7 pointsize POINT linewidth 2.2 linecolor rgb ORANGE \
             title "mean and 95% t-interval", \
         for [j = 1:many] table index "means" using (is("panel", panel) * column("place") + 0.18):"mean":"text" \
             with labels left boxed textcolor rgb ORANGE_TEXT notitle
}
unset multiplot
