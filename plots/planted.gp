# Knowledge put in a known place: phase 1 routed class A's updates to one half of the hidden units and class
# B's to the other. How well x, and y, of every seed's network tell the halves apart.
load "style.gp"

array SCORE[2] = ["auc_x", "auc_y"]
array SCORE_NAME[2] = ["x, of the tally", "y, of the forks"]
array SIGN[2] = [7, 8]
array SCORE_COLOUR[2] = [BLUE, GREEN]
n = activations + 0; many = many + 0
middle(group, place) = (group - 1) * (n + 0.8) + place
here(score) = middle(column("group"), column("place")) + (score == 1 ? -0.22 : 0.22)
spread(seed) = many ? 0.26 * (golden(seed) - 0.5) : 0

set label 1 "{/:Bold Telling apart the hidden units to which either class was routed, by x and by y}" @HEADLINE
set label 2 "until the tally began, steps on " . a . " changed only one half of the hidden units, steps on " . \
    b . " the other;  below 0.5, the wrong way round" @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 NETWORKS . ";  " . LEARNING . ";  " . intervals . dead @SMALL2
set xrange [0.4:middle(3, n) + 1.3]
set yrange [-0.02:1.02]
set ylabel "area under the ROC curve"
set xtics scale 0 font ",10.5" ()
do for [g = 1:3] {
    do for [k = 1:n] { set xtics add (value(sprintf("activation_%d", k)) middle(g, k)) }
    set label 10 + g "{/:Bold " . value(sprintf("group_%d", g)) . "}" at middle(g, (n + 1) / 2.), graph -0.105 center textcolor rgb INK
    if (g > 1) { set arrow 10 + g from middle(g, 0) + 0.1, graph 0 rto 0, graph 1 nohead linecolor rgb FAINT }
}
set grid noxtics
set bmargin screen 0.19
do for [i = 1:2] { set arrow i from graph 0, first i == 1 ? 0.5 : 0.95 to graph 1, first i == 1 ? 0.5 : 0.95 nohead \
    linecolor rgb SOFT linewidth 1.2 dashtype 2 back }
set label 7 "chance" at graph 1, first 0.5 right offset 0, 0.6 textcolor rgb SOFT
set label 8 "goal for x" at graph 1, first 0.95 right offset 0, 0.6 textcolor rgb SOFT
if (shown == 0) { set label 9 NOTHING . "no network tells the halves of its units apart, or all units are dead" @IN_THE_MIDDLE }

plot NaN notitle, \
     for [s = 1:2] table index "runs" using (here(s) + spread(column("seed"))):SCORE[s] with points pointtype SIGN[s] \
         pointsize 0.75 * POINT linecolor rgb 0x90000000 + SCORE_COLOUR[s] notitle, \
     for [s = 1:2] keyentry with points pointtype SIGN[s] pointsize 1.1 * POINT linecolor rgb SCORE_COLOUR[s] \
         title "one seed: " . SCORE_NAME[s], \
     for [j = 1:many] table index "means" using (here(column("mark"))):"mean":(within(column("low"), 0, 1)):(within(column("high"), 0, 1)) \
         with yerrorbars pointtype 0 linewidth 2 linecolor rgb ORANGE notitle, \
     for [j = 1:many] table index "means" using (here(column("mark"))):"mean" with points pointtype 7 \
         pointsize 0.8 * POINT linecolor rgb ORANGE notitle, \
     for [j = 1:many] keyentry with yerrorbars pointtype 7 pointsize 0.8 * POINT linewidth 2 linecolor rgb ORANGE \
         title "mean and 95% t-interval", \
     table index "undefined" using (middle(column("group"), column("place"))):(-0.02):("undefined") with labels offset 0, 0.5 \
         font ",10" textcolor rgb SOFT notitle
