# For every input, r over the weights that leave it, as an image: blue negative, orange positive, grey
# where r is undefined.
WIDTH = 820
load "style.gp"
load "map-style.gp"

set label 1 "{/:Bold Correlation r of updating and difference of the forks, input by input}" @HEADLINE
set label 2 "over the weights from each input to the hidden units" . (over eq "" ? "" : ": " . over) @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 RUN . ";  " . FORMULAS @SMALL2
set label 6 (dark eq "" ? "" : "not counted: " . dark . " black in every tallied image and the forks’, which have the r of the biases") . \
    (dark eq "" || undefined eq "" ? "" : ";  ") . (undefined eq "" ? "" : "r is undefined at " . undefined) \
    at screen 0.025,0.885 left font ",10.5" textcolor rgb SOFT
eval map_below(0.855)

plot NaN notitle, \
     for [i = 1:shown > 0] table index "inputs" using "column":"row":(0.51):(0.51):"r" with boxxyerror \
         linecolor palette notitle, \
     for [i = 1:undefined ne ""] table index "inputs" using (says("r", "nan") * column("column")):"row":(0.51):(0.51) \
         with boxxyerror linecolor rgb MISSING title "undefined"
