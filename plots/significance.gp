# The map of r with marks where an input survives a correction for how many there are: the strictest of the
# three. Inputs alike in every image are one hypothesis; those that are always black, the most, are hatched.
WIDTH = 820
load "style.gp"
load "map-style.gp"

array MARK_NAME[3] = ["permutation of max |r|", "Benjamini–Yekutieli", "Benjamini–Hochberg"]
array MARK[3] = [7, 6, 2]
array MARK_SIZE[3] = [1, 1.1, 0.8]
array LEFT[3] = [0.04, 0.39, 0.69]
strictest = permuted > 0 ? 1 : 2

set label 1 "{/:Bold Correlation r, input by input, and where it survives correction}" @HEADLINE
set label 2 shown == 0 ? "" : "marked by the first of these corrections that an input survives at 5%, of " . \
    hypotheses . " hypotheses, if units were independent" @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 RUN . ";  " . FORMULAS @SMALL2
eval map_below(0.825)
do for [m = strictest:3] {
    set label 5 + m MARK_NAME[m] . ": " . value(sprintf("surviving_%d", m)) at screen LEFT[m - strictest + 1],0.888 \
        textcolor rgb INK font ",10.5" point pointtype MARK[m] pointsize MARK_SIZE[m] * POINT linecolor rgb INK \
        offset 0.8,-0.15
}

# What the hatching and the grey are; a rectangle on the screen is as high as it is wide.
swatch(i, left) = sprintf("set object %d rectangle from screen %g,0.852 to screen %g,0.87 fillstyle solid noborder " . \
    "fillcolor rgb %d", i, left, left + 0.018 * 700 / WIDTH, i == 1 ? 0xf5f4f0 : MISSING)
if (alike ne "") {
    eval swatch(1, 0.034)
    set arrow 1 from screen 0.034,0.852 to screen 0.034 + 0.018 * 700 / WIDTH,0.87 nohead front linewidth 1.2 \
        linecolor rgb MISSING
    set label 9 "alike in every image: " . alike at screen 0.06,0.861 textcolor rgb INK font ",10.5"
}
if (undefined ne "") {
    eval swatch(2, 0.384)
    set label 10 "undefined: " . undefined at screen 0.41,0.861 textcolor rgb INK font ",10.5"
}
unset key

plot NaN notitle, \
     for [i = 1:shown > 0] table index "inputs" using "column":"row":(0.51):(0.51):"r" with boxxyerror \
         linecolor palette notitle, \
     for [i = 1:alike ne ""] table index "inputs" using (is("alike", 1) * column("column") - 0.5):(column("row") + 0.5):(1):(-1) \
         with vectors nohead linewidth 0.8 linecolor rgb MISSING notitle, \
     for [i = 1:undefined ne ""] table index "inputs" using (says("r", "nan") * column("column")):"row":(0.51):(0.51) \
         with boxxyerror linecolor rgb MISSING notitle, \
     for [m = strictest:3] table index "inputs" using (is("mark", m) * column("column")):"row" with points \
         pointtype MARK[m] pointsize MARK_SIZE[m] * POINT linecolor rgb INK notitle
