# Every weight, of all layers, counted in cells, as points would hide one another; and the mean of y
# along x. The p is printed because the post's reader expects one, and called what it is.
load "style.gp"

shown = greatest > 0

set label 1 "{/:Bold Do weights updated more by " . a . " differ more between " . forks_a . "?}" @HEADLINE
set label 2 test . " (p is naive: weights are not independent)" @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 RUN @SMALL2
set xlabel X_AXIS
set ylabel Y_AXIS
set cblabel "weights in a cell of 1/" . columns . " by 1/" . rows offset 0.7
set xrange [0:1]
set yrange [0:1]
set rmargin screen 0.875
set colorbox user origin screen 0.895, screen 0.175 size screen 0.018, screen 0.68
set logscale cb
set cbrange [1:greatest < 10 ? 10 : greatest + 0]
set palette defined (0 "#e3eef6", 0.2 "#b1d7ef", 0.4 "#70b6e0", 0.6 "#3a92d0", 0.8 "#1c6db7", 1 "#172c5c")

if (!shown) { unset colorbox; set label 9 NOTHING . "no weight has both x and y" . NO_X_Y @IN_THE_MIDDLE }
plot NaN notitle, \
     for [i = 1:shown] table index "cells" using "x":"y":(column("weights") > 0 ? column("weights") : NaN) \
         with image notitle, \
     for [i = 1:shown] table index "slices" using "x":"mean_y" with linespoints linewidth 2.5 pointtype 7 \
         pointsize 1.4 * POINT linecolor rgb ORANGE title "mean of y in each twentieth of x"
