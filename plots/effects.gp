# Is x, or y, of a unit's bias what the unit does for its class? r with the effects of taking units out, of every seed.
load "style.gp"

array SIGN[2] = [7, 8]
array MARK_COLOUR[2] = [BLUE, GREEN]
n = activations + 0; many = many + 0; low = r_low + 0; high = r_high + 0
here(place, mark) = place + (mark == 1 ? -0.24 : 0.12)
of(name, i) = value(sprintf("%s_%d", name, i))
spread(seed) = many ? 0.18 * (golden(seed) - 0.5) : 0

set label 1 "{/:Bold What units do for a class, against x and y of their biases}" @HEADLINE
set label 2 "r with |effect on " . a . "| / (|effect on " . a . "| + |effect on " . b . "|): change of mean loss, the unit set to its mean (on images held out)" @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 NETWORKS . ";  " . LEARNING . ";  " . intervals @SMALL2
set xrange [0.5:n + 0.5]
eval "set yrange " . padded(low, high, 0.08)
set ylabel "r over the hidden units"
set xtics scale 0 ()
set xtics textcolor rgb INK
do for [k = 1:n] { set xtics add ("{/:Bold " . of("activation", k) . "}\nx − y: " . interval(of("minus", k)) k) }
set grid noxtics
set xzeroaxis linecolor rgb SOFT linetype 1 linewidth 1.2
set bmargin screen 0.19
if (shown == 0) { set label 9 NOTHING . "no network has effects of its units" @IN_THE_MIDDLE }

plot NaN notitle, \
     for [s = 1:2] table index "runs" using (is("mark", s) * (here(column("place"), s) + spread(column("seed")))):"r" with points \
         pointtype SIGN[s] pointsize 0.75 * POINT linecolor rgb 0x90000000 + MARK_COLOUR[s] notitle, \
     for [s = 1:2] keyentry with points pointtype SIGN[s] pointsize 1.1 * POINT linecolor rgb MARK_COLOUR[s] \
         title "one seed: " . (s == 1 ? "x, of the tally" : "y, of the forks"), \
     for [j = 1:many] table index "means" using (here(column("place"), column("mark")) + 0.14):"mean":"low":"high" \
         with yerrorbars pointtype 0 linewidth 2 linecolor rgb ORANGE notitle, \
     for [j = 1:many] table index "means" using (here(column("place"), column("mark")) + 0.14):"mean" with points pointtype 7 \
         pointsize 0.8 * POINT linecolor rgb ORANGE notitle, \
     for [j = 1:many] keyentry with yerrorbars pointtype 7 pointsize 0.8 * POINT linewidth 2 linecolor rgb ORANGE \
         title "mean and 95% t-interval", \
     for [j = 1:many] table index "means" using (here(column("place"), column("mark")) + 0.155):"mean":"text" with labels left \
         font ",10" textcolor rgb ORANGE_TEXT notitle, \
     table index "undefined" using "place":(low):("undefined") with labels offset 0, 0.5 font ",10" textcolor rgb SOFT notitle
