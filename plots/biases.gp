# Every bias: the share of its updates that class A caused against the share of its difference that lies between
# class A's forks; and the mean of y along x.
load "style.gp"

shown = shown + 0; left = left + 0; right = right + 0
pad = 0.06 * (right - left)

set label 1 "{/:Bold Do biases updated more by " . a . " differ more between " . forks_a . "?}" @HEADLINE
set label 2 test @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 RUN @SMALL2
set xlabel X_AXIS
set ylabel Y_AXIS
set xrange [left < pad ? 0 : left - pad:1 - right < pad ? 1 : right + pad]
set yrange [0:1]
if (shown == 0) { set label 9 NOTHING . "no bias has both x and y" . NO_X_Y @IN_THE_MIDDLE }

plot NaN notitle, \
     for [i = 1:shown > 0] table index "slices" using "x":"mean_y" with linespoints linewidth 2 pointtype 7 \
         pointsize 1.2 * POINT linecolor rgb ORANGE title "mean of y in each tenth of x", \
     for [i = 1:shown > 0] table index "biases" using (says("kind", "hidden") * column("x")):"y" with points \
         pointtype 7 pointsize 1.6 * POINT linecolor rgb BLUE title "hidden unit", \
     for [i = 1:shown > 0] table index "biases" using (says("kind", "output") * column("x")):"y" with points \
         pointtype 13 pointsize 2.6 * POINT linecolor rgb INK title "output unit"
