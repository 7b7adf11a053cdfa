# Knowledge put in a known place: phase 1 routed class A's updates to one half of the hidden units and class
# B's to the other. How well x, and y, of every seed's network tell the halves apart.
load "style.gp"

array PLACE[3] = ["scope=layer1.bias part=all", "scope=layer1.weight part=units", "scope=layer2.weight part=inputs"]
array PLACE_NAME[3] = ["biases of the hidden units", "weights into them, means", "weights out of them, means"]
array MEASURE[2] = ["auc_x", "auc_y"]
array MEASURE_NAME[2] = ["x, of the tally", "y, of the forks"]
n = words(activations)
of(p, k) = PLACE[p] . " activation=" . word(activations, k)
wanted(p, k, m) = "quantity=" . MEASURE[m] . " " . of(p, k)
number = int(word(extent(planted_intervals, "quantity=auc_x", "seeds"), 2))
many = number > 1
middle(p, k) = (p - 1) * (n + 0.8) + k
at(p, k, m) = middle(p, k) + (m == 1 ? -0.22 : 0.22)
golden(i) = 0.618034 * i - floor(0.618034 * i)
spread(i) = many ? 0.26 * (golden(i) - 0.5) : 0

set label 1 "{/:Bold Telling apart the hidden units to which either class was routed, by x and by y}" @HEADLINE
set label 2 "in the first half of phase 1 steps on " . A . " changed only one half of the hidden units, steps on " . \
    B . " the other;  below 0.5, the wrong way round" @SUBTITLE
set label 3 X_Y @SMALL1
alive(p, k) = int(word(extent(planted_intervals, wanted(p, k, 1), "seeds"), 2))
some_dead(k) = alive(1, k) == number && alive(3, k) == number ? "" : ";  " . called(word(activations, k)) . \
    ": those not dead, " . (alive(3, k) < alive(1, k) ? thousands(alive(3, k)) . " to " : "") . thousands(alive(1, k))
dead = ""
do for [k = 1:n] { dead = dead . some_dead(k) }
set label 4 PHASE1 . ";  " . UNITS . ", learning rate " . rate . ";  " . t_intervals(number) . dead @SMALL2
set xrange [0.4:middle(3, n) + 1.3]
set yrange [-0.02:1.02]
set ylabel "area under the ROC curve"
set xtics scale 0 font ",10.5" ()
do for [p = 1:3] {
    do for [k = 1:n] { set xtics add (called(word(activations, k)) middle(p, k)) }
    set label 10 + p "{/:Bold " . PLACE_NAME[p] . "}" at middle(p, (n + 1) / 2.), graph -0.105 center textcolor rgb INK
    if (p > 1) { set arrow 10 + p from middle(p, 0) + 0.1, graph 0 rto 0, graph 1 nohead linecolor rgb FAINT }
}
set grid noxtics
set bmargin screen 0.19
do for [i = 1:2] { set arrow i from graph 0, first i == 1 ? 0.5 : 0.95 to graph 1, first i == 1 ? 0.5 : 0.95 nohead \
    linecolor rgb SOFT linewidth 1.2 dashtype 2 back }
set label 7 "chance" at graph 1, first 0.5 right offset 0, 0.6 textcolor rgb SOFT
set label 8 "goal for x" at graph 1, first 0.95 right offset 0, 0.6 textcolor rgb SOFT

shown(p, k) = count(planted, of(p, k), "auc_x") + count(planted, of(p, k), "auc_y") > 0
any = sum [p = 1:3] (sum [k = 1:n] (shown(p, k)))
if (any == 0) { set label 9 NOTHING . "no network tells the halves of its units apart, or all units are dead" @IN_THE_MIDDLE }
if (any > 0) { do for [p = 1:3] { do for [k = 1:n] { if (!shown(p, k)) {
    set label 30 + (p - 1) * n + k "undefined" at middle(p, k), graph 0.03 center font ",10" textcolor rgb SOFT } } } }

plot NaN notitle, \
     for [p = 1:3] for [k = 1:n] for [m = 1:2] rows(planted, of(p, k), MEASURE[m]) \
         using (at(p, k, m) + spread($0)):1 with points pointtype m == 1 ? 7 : 8 pointsize 0.75 * POINT \
         linecolor rgb 0x90000000 + COLOUR[m == 1 ? 1 : 3] notitle, \
     for [m = 1:2] NaN with points pointtype m == 1 ? 7 : 8 pointsize 1.1 * POINT linecolor rgb COLOUR[m == 1 ? 1 : 3] \
         title "one seed: " . MEASURE_NAME[m], \
     for [p = 1:3] for [k = 1:n] for [m = 1:2 * many] rows(planted_intervals, wanted(p, k, m), "mean low high") \
         using (at(p, k, m)):1:(within($2, 0, 1)):(within($3, 0, 1)) with yerrorbars pointtype 0 linewidth 2 \
         linecolor rgb ORANGE notitle, \
     for [p = 1:3] for [k = 1:n] for [m = 1:2 * many] rows(planted_intervals, wanted(p, k, m), "mean") \
         using (at(p, k, m)):1 with points pointtype 7 pointsize 0.8 * POINT linecolor rgb ORANGE notitle, \
     for [j = 1:many] keyentry with yerrorbars pointtype 7 pointsize 0.8 * POINT linewidth 2 linecolor rgb ORANGE \
         title "mean and 95% t-interval"
