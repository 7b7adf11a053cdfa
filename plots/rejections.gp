# How often each test at 5% fires where there is nothing to find: on runs tallied under shuffled labels. In 99
# of 100 such experiments, a valid test fires in 5% and at most 2.58 standard errors more or less.
load "style.gp"

array TEST_OF[3] = ["naive", "units", "labels"]
array TEST_NAME[3] = ["t-test over parameters", "permutation of hidden units", "permutation of labels"]
array TEST_COLOUR[3] = [ORANGE, BLUE, GREEN]
array SIGN[3] = [7, 9, 5]
array SHOWN[5] = [1, 2, 3, 5, 4]
where(o, t) = OUTCOME[SHOWN[o]] . " control=shuffled test=" . TEST_OF[t]
runs = int(word(extent(rejections, "control=shuffled", "runs"), 2))
rates = count(rejections, "control=shuffled", "rate")
two_lines(name) = strstrt(name, ", ") == 0 ? name : name[1:strstrt(name, ", ")] . "\n" . name[strstrt(name, ", ") + 2:*]

set label 1 "{/:Bold How often a test at 5% finds a correlation where the labels were shuffled}" @HEADLINE
set label 2 "rate of p ≤ 0.05 with its 95% interval by Wilson, " . plural(runs, "run") . \
    " with labels shuffled over the tallied steps;  band: 99% of valid tests" @SUBTITLE
reach = runs > 0 ? 2.5758 * sqrt(0.05 * 0.95 / runs) : 0
least = within(0.05 - reach, 0, 1); most = within(0.05 + reach, 0, 1)
if (rates == 0) { set label 6 NOTHING . (runs > 0 ? "no test has a rate" : "no run with shuffled labels has a p") @IN_THE_MIDDLE }
set label 3 X_Y @SMALL1
set label 4 PHASE1 . ";  " . NET @SMALL2
# The root spreads the small rates; 0 is on it, as on a logarithm it is not.
set nonlinear y via sqrt(y) inverse y * y
set xrange [0.5:5.6]
set yrange [0:1]
set ylabel "runs in which the test fires (root scale)"
set ytics ("0" 0, "1%%" 0.01, "5%%" 0.05, "10%%" 0.1, "20%%" 0.2, "40%%" 0.4, "60%%" 0.6, "80%%" 0.8, "100%%" 1)
set xtics scale 0 ()
do for [o = 1:5] { set xtics add (two_lines(OUTCOME_NAME[SHOWN[o]]) . (SHOWN[o] > 3 ? "\n(not primary)" : "") o) }
set xtics font ",10.5" textcolor rgb INK
set grid noxtics
if (runs > 0) {
    set object 1 rectangle from graph 0, first least to graph 1, first most behind \
        fillcolor rgb 0xdcebe4 fillstyle solid noborder
    set label 5 sprintf("valid:\n%.1f%% to %.1f%%", 100 * least, 100 * most) at graph 1.01, first 0.048 left \
        font ",10" textcolor rgb SOFT
}
set rmargin screen 0.875
set key at screen 0.875,0.897

at(o, t) = o + 0.27 * (t - 2)
percent(x) = x > 0 && x < 0.2 || x > 0.98 && x < 1 ? sprintf("%.1f%%", 100 * x) : sprintf("%.0f%%", 100 * x)
plot NaN notitle, \
     for [t = 1:3] for [o = 1:5] rows(rejections, where(o, t), "rate low high") \
         using (at(o, t)):1:(within($2, 0, 1)):(within($3, 0, 1)) with yerrorbars pointtype 0 linewidth 2 \
         linecolor rgb TEST_COLOUR[t] notitle, \
     for [t = 1:3] for [o = 1:5] rows(rejections, where(o, t), "rate") using (at(o, t)):1 with points pointtype SIGN[t] \
         pointsize 1.2 * POINT linecolor rgb TEST_COLOUR[t] notitle, \
     for [t = 1:3] keyentry with points pointtype SIGN[t] pointsize 1.2 * POINT linecolor rgb TEST_COLOUR[t] \
         title TEST_NAME[t], \
     for [t = 1:3] for [o = 1:5] rows(rejections, where(o, t), "rate") \
         using (at(o, t) + 0.045):($1 < 5e-4 ? 5e-4 : $1):(percent($1)) with labels left \
         font ",10" textcolor rgb TEST_COLOUR[t] notitle
