# The weights into the first hidden layer, small and coloured by hidden unit, under the units' biases:
# weights of always black pixels move with the bias, so a unit's weights cluster round its bias.
load "style.gp"

head = system("head -n 1 " . sh(clusters))
black = field(head, 2); units = field(head, 4)
low = 0; high = 1
if (units > 0) { stats clusters index 1 using 1 nooutput; low = STATS_min - 0.01; high = STATS_max + 0.01 } else {
    set label 9 NOTHING . "no hidden unit’s bias has both x and y" . NO_X_Y @IN_THE_MIDDLE
}

title = "Weights into the hidden units, and the units’ biases"
if (black > 0 && units > 0) { title = "Clusters: a hidden unit’s weights from black pixels have the a / (a + b) of its bias" }

set label 1 "{/:Bold " . title . "}" @HEADLINE
set label 2 black == 0 ? "no pixel is known to be black in every tallied image" : \
    word(head, 2) . " of " . word(head, 3) . " pixels are black in every tallied image: " . \
    "a weight from one moves with its unit’s bias, so has its a / (a + b)" @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 RUN @SMALL2
set xlabel X_AXIS
set ylabel Y_AXIS
set cblabel "a / (a + b) of the unit’s bias" offset 0.7
set xrange [0:1]
set yrange [0:1]
set cbrange [low:high]
set rmargin screen 0.875
set colorbox user origin screen 0.895, screen 0.175 size screen 0.018, screen 0.68
if (units == 0) { unset colorbox }
unset key
if (units > 0) { set label 5 "weight, in its unit’s colour" at screen 0.115,0.885 offset 0.8,-0.2 point \
    pointtype 5 pointsize 0.7 * POINT linecolor rgb 0xb12a90 }
if (units > 0 && black > 0) { set label 6 "weights of always black pixels (area: how many)" at screen 0.365,0.885 offset 1,-0.2 point \
    pointtype 7 pointsize 1.5 * POINT linecolor rgb INK }
if (units > 0) { set label 7 "bias of a unit" at screen 0.775,0.885 offset 1,-0.2 point \
    pointtype 7 pointsize 1.2 * POINT linecolor rgb 0xb12a90 }
set palette defined (0 "#0d0887", 0.25 "#6a00a8", 0.5 "#b12a90", 0.75 "#e16462", 1 "#fca636")

plot NaN notitle, \
     for [i = 1:units > 0] clusters index 0 using 1:2:3 with image notitle, \
     for [i = 1:units > 0 && black > 0] clusters index 2 using 1:2:(0.24 * POINT * sqrt($3)) with points pointtype 7 \
         pointsize variable linecolor rgb 0x50000000 + INK notitle, \
     for [i = 1:units > 0] clusters index 1 using 1:2 with points pointtype 7 pointsize 1.5 * POINT \
         linecolor rgb 0xffffff notitle, \
     for [i = 1:units > 0] clusters index 1 using 1:2:1 with points pointtype 7 pointsize 1.1 * POINT \
         linecolor palette notitle
