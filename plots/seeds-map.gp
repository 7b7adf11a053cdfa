# For every input, the mean r over the seeds, as an image for each activation: blue negative, orange positive, grey
# where r is undefined; a dot where p of max |t| over the inputs, by flips of whole seeds' signs, is 5% or less.
WIDTH = 820
load "style.gp"
load "map-style.gp"

n = shown > 0 ? activations + 0 : 1
across = n < 2 ? 1 : n < 5 ? 2 : 3
down = (n + across - 1) / across
# An image is as large as its panel's height or width allows.
head = across < 3 ? 0.07 : 0.095
high = 0.745 / down - head
wide = high * 700 / WIDTH * columns / rows
if (wide > 0.79 / across - 0.04) { wide = 0.79 / across - 0.04; high = wide * WIDTH / 700 * rows / columns }
step_x = within(wide + 0.04, across < 3 ? 0.36 : 0.25, 0.79 / across)
left(i) = 0.085 + (i - 1) % across * step_x
top(i) = 0.88 - head - (i - 1) / across * (high + head)
panel(i) = sprintf("set margins screen %g, screen %g, screen %g, screen %g", left(i), left(i) + wide, top(i) - high, top(i))
DOT = (across < 2 ? 0.8 : across < 3 ? 0.38 : 0.26) * POINT
of(name, i) = value(sprintf("%s_%d", name, i))
# Of this panel alone; of it, the inputs without an r.
here(i, x) = is("place", i) * x
without(i, x) = says("mean", "nan") * here(i, x)

set label 1 "{/:Bold Correlation r, input by input, " . over . "}" @HEADLINE
set label 2 "over the weights from each input to the hidden units" . (judged > 0 ? \
    ";  dot: p ≤ 0.05 by max |t| over the inputs, seeds’ signs flipped" : "") @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 NETWORKS . ";  " . LEARNING . ";  means by Fisher’s z" @SMALL2
if (columns > 11) { set xtics 10 }
if (rows > 11) { set ytics 10 }
if (shown > 0) { set colorbox user origin screen 0.085 + across * step_x, screen 0.135 size screen 0.02, screen 0.745 - head }
set key at screen 0.975,0.86 samplen 0.8

set multiplot
do for [i = 1:n] {
    eval panel(i)
    if (of("shown", i) == 0 && shown > 0) { set label 5 "nothing to show:\n" . no_r @IN_THE_MIDDLE }
    if (of("shown", i) > 0) {
        set label 6 "{/:Bold " . of("activation", i) . "}\n{/*0.85 r > 0: " . of("above", i) . \
            (across < 3 ? ",  r < 0: " : "}\n{/*0.85 r < 0: ") . of("below", i) . "}" \
            at graph 0, screen top(i) + head left offset 0, -1 textcolor rgb INK
    }
    lowest = i + across > n; leftmost = (i - 1) % across == 0
    set format x (lowest ? "%g" : "")
    set format y (leftmost ? "%g" : "")
    set xlabel (lowest ? "column of the image" : "")
    set ylabel (leftmost && high > 0.15 ? "row of the image" : "")
    plot NaN notitle, \
         for [j = 1:shown > 0] table index "inputs" using (here(i, column("column"))):"row":(0.51):(0.51):"mean" with boxxyerror \
             linecolor palette notitle, \
         for [j = 1:undefined > 0] table index "inputs" using (without(i, column("column"))):"row":(0.51):(0.51) \
             with boxxyerror linecolor rgb MISSING notitle, \
         for [j = 1:undefined > 0] keyentry with boxes linecolor rgb MISSING title "undefined", \
         table index "inputs" using (is("marked", 1) * here(i, column("column"))):"row" with points pointtype 7 \
             pointsize DOT linecolor rgb INK notitle
    unset label
    unset colorbox
    unset key
}
unset multiplot
