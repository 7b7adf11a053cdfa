# The weights into the first hidden layer, small and coloured by hidden unit, under the units' biases:
# weights of always black inputs move with the bias, so a unit's weights cluster round its bias.
load "style.gp"

shown = units_shown > 0; clustered = shown && black > 0
title = clustered ? "Clusters: a hidden unit’s weights from black inputs have the a / (a + b) of its bias" : \
    "Weights into the hidden units, and the units’ biases"

set label 1 "{/:Bold " . title . "}" @HEADLINE
set label 2 black == 0 ? "no input is known to be black in every tallied image" : \
    black_of . " are black in every tallied image: " . \
    "a weight from one moves with its unit’s bias, so has its a / (a + b)" @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 RUN @SMALL2
set xlabel X_AXIS
set ylabel Y_AXIS
set cblabel "a / (a + b) of the unit’s bias" offset 0.7
set xrange [0:1]
set yrange [0:1]
set cbrange [low - 0.01:high + 0.01]
set rmargin screen 0.875
set colorbox user origin screen 0.895, screen 0.175 size screen 0.018, screen 0.68
unset key
set palette defined (0 "#0d0887", 0.25 "#6a00a8", 0.5 "#b12a90", 0.75 "#e16462", 1 "#fca636")
if (shown) {
    set label 5 "weight, in its unit’s colour" at screen 0.115,0.885 offset 0.8,-0.2 point \
        pointtype 5 pointsize 0.7 * POINT linecolor rgb 0xb12a90
    set label 7 "bias of a unit" at screen 0.775,0.885 offset 1,-0.2 point \
        pointtype 7 pointsize 1.2 * POINT linecolor rgb 0xb12a90
} else {
    unset colorbox
    set label 9 NOTHING . "no hidden unit’s bias has both x and y" . NO_X_Y @IN_THE_MIDDLE
}
if (clustered) {
    set label 6 "weights of always black inputs (area: how many)" at screen 0.365,0.885 offset 1,-0.2 point \
        pointtype 7 pointsize 1.5 * POINT linecolor rgb INK
}

plot NaN notitle, \
     for [i = 1:shown] table index "cells" matrix \
         using (($1 + 0.5) / 640):(($2 + 0.5) / 420):3 with image notitle, \
     for [i = 1:clustered] table index "black_inputs" using "x":"y":(0.24 * POINT * sqrt(column("weights"))) \
         with points pointtype 7 pointsize variable linecolor rgb 0x50000000 + INK notitle, \
     for [i = 1:shown] table index "biases" using "x":"y" with points pointtype 7 pointsize 1.5 * POINT \
         linecolor rgb 0xffffff notitle, \
     for [i = 1:shown] table index "biases" using "x":"y":"x" with points pointtype 7 pointsize 1.1 * POINT \
         linecolor palette notitle
