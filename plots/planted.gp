# Knowledge put in a known place: phase 1 routed class A's updates to one half of the hidden units and class
# B's to the other. How well x, and y, of every seed's network tell the halves apart.
load "style.gp"

array PLACE[2] = ["scope=layer1.bias part=all", "scope=layer1.weight part=units"]
array PLACE_NAME[2] = ["biases of the hidden units", "first-layer weights, means of hidden units"]
array MEASURE[2] = ["auc_x", "auc_y"]
array MEASURE_NAME[2] = ["x, of the tally", "y, of the forks"]
networks = int(word(extent(planted_intervals, "quantity=auc_x", "seeds"), 2))
many = networks > 1
least = system(sprintf("{ %s; %s; } | tr '\t' '\n' | grep -v nan | sort -g | head -n 1", \
    selection(planted, PLACE[1], "auc_x auc_y"), selection(planted, PLACE[2], "auc_x auc_y")))
low = least eq "" || real(least) > 0.45 ? 0.45 : real(least) - 0.02
at(p, m) = 2.4 * (p - 1) + m
golden(i) = 0.618034 * i - floor(0.618034 * i)
spread(i) = many ? -0.3 + 0.36 * golden(i) : 0

set label 1 "{/:Bold Telling apart the hidden units to which either class was routed, by x and by y}" @HEADLINE
set label 2 "in the first half of phase 1 steps on " . A . " changed only one half of the hidden units, steps on " . \
    B . " the other" @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 PHASE1 . ";  " . NET . ";  " . t_intervals(networks) @SMALL2
set xrange [0.4:5]
set yrange [low:1.01]
set ylabel "area under the ROC curve"
set xtics scale 0 ()
do for [p = 1:2] {
    do for [m = 1:2] { set xtics add (MEASURE_NAME[m] at(p, m)) }
    set label 10 + p "{/:Bold " . PLACE_NAME[p] . "}" at at(p, 1.5), graph -0.105 center textcolor rgb INK
}
set grid noxtics
set bmargin screen 0.19
do for [i = 1:2] { set arrow i from graph 0, first i == 1 ? 0.5 : 0.95 to graph 1, first i == 1 ? 0.5 : 0.95 nohead \
    linecolor rgb SOFT linewidth 1.2 dashtype 2 }
set label 7 "chance" at graph 1, first 0.5 right offset 0, 0.6 textcolor rgb SOFT
set label 8 "goal for x" at graph 1, first 0.95 right offset 0, -0.7 textcolor rgb SOFT

wanted(p, m) = "quantity=" . MEASURE[m] . " " . PLACE[p]
plot NaN notitle, \
     for [p = 1:2] for [m = 1:2] rows(planted, PLACE[p], MEASURE[m]) using (at(p, m) + spread($0)):1 with points \
         pointtype 7 pointsize 1.1 * POINT linecolor rgb 0x70000000 + COLOUR[m == 1 ? 1 : 3] \
         title p == 1 ? "one seed: " . MEASURE_NAME[m][1:1] : "", \
     for [p = 1:2] for [m = 1:2 * many] rows(planted_intervals, wanted(p, m), "mean low high") \
         using (at(p, m) + 0.2):(bounded($1)):2:($3 > 1 ? 1 : $3) with yerrorbars pointtype 7 \
         pointsize 0.9 * POINT linewidth 2.2 linecolor rgb ORANGE title p + m == 4 ? "mean and 95% t-interval" : "", \
     for [p = 1:2] for [m = 1:2] rows(planted_intervals, wanted(p, m), "mean") \
         using (at(p, m) + 0.25):1:(sprintf("%.3f", $1)) with labels left textcolor rgb ORANGE notitle
