# How often each test at 5% rejects where there is nothing to find: tests within a network, tallied under shuffled labels,
# and t-tests over networks. In 99 of 100 such experiments, a valid test rejects within the band, if runs are independent.
load "style.gp"

array COLOURS[5] = [ORANGE, BLUE, GREEN, SKY, PURPLE]
array TEXT_COLOUR[5] = [ORANGE_TEXT, BLUE_TEXT, GREEN_TEXT, 0x2b7cab, PURPLE]
array SIGN[5] = [7, 9, 5, 11, 13]
of(name, i) = value(sprintf("%s_%d", name, i))
at(t) = is("mark", t) * (column("group") + 0.185 * (t - 3) - 0.04)

set label 1 "{/:Bold How often a test at 5% finds a correlation where there is nothing to find}" @HEADLINE
set label 2 "rate of p ≤ 0.05, 95% interval by Wilson;  bands: 99% of valid tests;  same images: file order, one permutation for all" @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 NETWORKS . ";  " . activation . ", " . LEARNING @SMALL2
if (shown == 0) { set label 6 NOTHING . "no test has a rate" @IN_THE_MIDDLE }
# The root spreads the small rates; 0 is on it, as on a logarithm it is not.
set nonlinear y via sqrt(y) inverse y * y
set xrange [0.53:5.48]
set yrange [0:1]
set ylabel "runs in which the test rejects (root scale)"
set ytics ("0" 0, "1%%" 0.01, "5%%" 0.05, "10%%" 0.1, "20%%" 0.2, "40%%" 0.4, "60%%" 0.6, "80%%" 0.8, "100%%" 1)
set xtics scale 0 ()
do for [o = 1:5] { set xtics add (two_lines(of("outcome", o)) . (o > 3 ? "\n(not primary)" : "") o) }
set xtics font ",10.5" textcolor rgb INK
set grid noxtics
set style fill solid noborder
set tmargin screen 0.815
set key at screen 0.975,0.9 right vertical maxrows 2 samplen 0.5 font ",10"

plot NaN notitle, \
     for [t = 1:5] table index "rates" using (at(t)):(0.05):(at(t) - 0.0625):(at(t) + 0.1225):"valid_low":"valid_high" \
         with boxxyerror fillcolor rgb 0xdcebe4 notitle, \
     for [t = 1:5] table index "rates" using (at(t) - 0.03):"rate":(within(column("low"), 0, 1)):(within(column("high"), 0, 1)) \
         with yerrorbars pointtype 0 linewidth 2 linecolor rgb COLOURS[t] notitle, \
     for [t = 1:5] table index "rates" using (at(t) - 0.03):"rate" with points pointtype SIGN[t] \
         pointsize 1.1 * POINT linecolor rgb COLOURS[t] notitle, \
     for [t = 1:5] for [j = 1:of("shown", t) > 0] keyentry with points pointtype SIGN[t] pointsize 1.1 * POINT \
         linecolor rgb COLOURS[t] title of("test", t) . " (" . of("runs", t) . ")", \
     for [t = 1:5] table index "rates" using (at(t)):(column("rate") < 5e-4 ? 5e-4 : column("rate")):"text" \
         with labels left font ",8.5" textcolor rgb TEXT_COLOUR[t] notitle
