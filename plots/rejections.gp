# How often each test at 5% rejects where there is nothing to find: on runs tallied under shuffled labels. In 99
# of 100 such experiments, a valid test rejects within the band, if runs are independent.
load "style.gp"

array TEST_COLOUR[3] = [ORANGE, BLUE, GREEN]
array TEXT_COLOUR[3] = [ORANGE_TEXT, BLUE_TEXT, GREEN_TEXT]
array SIGN[3] = [7, 9, 5]
at(t) = is("mark", t) * column("group") + 0.27 * (t - 2)

set label 1 "{/:Bold How often a test at 5% finds a correlation where the labels were shuffled}" @HEADLINE
set label 2 "rate of p ≤ 0.05 with its 95% interval by Wilson, " . over . \
    " with labels shuffled over the tallied steps;  band: 99% of valid tests" @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 NETWORKS . ";  " . activation . ", " . LEARNING @SMALL2
if (shown == 0) { set label 6 NOTHING . (runs > 0 ? "no test has a rate" : "no run with shuffled labels has a p") @IN_THE_MIDDLE }
# The root spreads the small rates; 0 is on it, as on a logarithm it is not.
set nonlinear y via sqrt(y) inverse y * y
set xrange [0.5:5.6]
set yrange [0:1]
set ylabel "runs in which the test rejects (root scale)"
set ytics ("0" 0, "1%%" 0.01, "5%%" 0.05, "10%%" 0.1, "20%%" 0.2, "40%%" 0.4, "60%%" 0.6, "80%%" 0.8, "100%%" 1)
set xtics scale 0 ()
do for [o = 1:5] { set xtics add (two_lines(value(sprintf("outcome_%d", o))) . (o > 3 ? "\n(not primary)" : "") o) }
set xtics font ",10.5" textcolor rgb INK
set grid noxtics
set style fill solid noborder
if (runs > 0) { set label 5 "valid:\n" . valid at graph 1.01, first 0.048 left font ",10" textcolor rgb SOFT }
set rmargin screen 0.875
set key at screen 0.875,0.897

plot NaN notitle, \
     table index "rates" using (column("group")):(0.05):(column("group") - 0.5):(column("group") + 0.6):"valid_low":"valid_high" \
         with boxxyerror fillcolor rgb 0xdcebe4 notitle, \
     for [t = 1:3] table index "rates" using (at(t)):"rate":(within(column("low"), 0, 1)):(within(column("high"), 0, 1)) \
         with yerrorbars pointtype 0 linewidth 2 linecolor rgb TEST_COLOUR[t] notitle, \
     for [t = 1:3] table index "rates" using (at(t)):"rate" with points pointtype SIGN[t] \
         pointsize 1.2 * POINT linecolor rgb TEST_COLOUR[t] notitle, \
     for [t = 1:3] keyentry with points pointtype SIGN[t] pointsize 1.2 * POINT linecolor rgb TEST_COLOUR[t] \
         title value(sprintf("test_%d", t)), \
     for [t = 1:3] table index "rates" using (at(t) + 0.045):(column("rate") < 5e-4 ? 5e-4 : column("rate")):"text" \
         with labels left font ",10" textcolor rgb TEXT_COLOUR[t] notitle
