# Where the pooled correlation over the first layer's weights comes from: the covariance between hidden units,
# between pixels, and of the doubly centred rest, as parts that add up to the pooled r.
load "style.gp"

array PART[3] = ["units", "inputs", "centred"]
array PART_NAME[3] = ["between hidden units", "between pixels", "doubly centred"]
array PART_COLOUR[3] = [BLUE, AMBER, GREEN]
mean(quantity, part, k) = row(intervals, "quantity=" . quantity . " scope=layer1.weight control=same variant=half " . \
    "part=" . part . " activation=" . word(activations, k), "mean low high")
n = words(activations)

set label 1 "{/:Bold Parts of the pooled correlation over the first layer’s weights}" @HEADLINE
set label 2 "mean shares of r, which add up to the pooled r; below: means, and " . \
    t_intervals(networks(intervals)) @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 PHASE1 . ";  " . UNITS . ", learning rate " . rate . ";  mean of r by Fisher’s z" @SMALL2
set margins screen 0.2, screen 0.975, screen 0.31, screen 0.855
set xrange [0.5:n + 0.5]
set xtics scale 0 ()
do for [k = 1:n] { set xtics add ("{/:Bold " . called(word(activations, k)) . "}" k) }
set xtics textcolor rgb INK
set ylabel "r, and its parts"
set grid noxtics
set xzeroaxis linecolor rgb SOFT linetype 1 linewidth 1.2

# The bars, and a table under them, whose first column is their legend.
half = n < 3 ? 0.09 * n : 0.22; range = "0 0"; objects = 0; any = 0
do for [j = 1:3] {
    set label 10 + j PART_NAME[j] at screen 0.046, graph -0.09 - 0.07 * j left textcolor rgb INK
    set object 200 + j rectangle center screen 0.03, graph -0.09 - 0.07 * j size screen 0.014, screen 0.02 \
        fillcolor rgb PART_COLOUR[j] fillstyle solid noborder
}
set label 14 "{/:Bold pooled r}" at screen 0.046, graph -0.38 left textcolor rgb INK
set arrow 1 from screen 0.023, graph -0.38 to screen 0.037, graph -0.38 nohead linewidth 3 linecolor rgb INK
do for [k = 1:n] {
    up = 0; down = 0
    do for [j = 1:3] {
        m = mean("share", PART[j], k)
        share = known(m) ? real(word(m, 1)) : 0
        objects = objects + 1
        from_y = share < 0 ? down : up
        set object objects rectangle from k - half, from_y to k + half, from_y + share fillcolor rgb PART_COLOUR[j] \
            fillstyle solid border rgb 0xffffff linewidth 1
        up = share < 0 ? up : up + share; down = share < 0 ? down + share : down
        set label 20 + 4 * k + j interval(m) at k, graph -0.09 - 0.07 * j center textcolor rgb INK
    }
    m = mean("r", "all", k)
    r = known(m) ? real(word(m, 1)) : 0
    any = any + known(m)
    if (known(m)) { set arrow 1 + k from k - 1.25 * half, r rto 2.5 * half, 0 nohead front \
        linewidth 3 linecolor rgb INK }
    set label 24 + 4 * k interval(m) at k, graph -0.38 center textcolor rgb INK
    range = wider(wider(range, sprintf("%g %g", down, up)), sprintf("%g %g", r, r))
}
if (any == 0) { set label 9 NO_R(networks(intervals)) @IN_THE_MIDDLE }
eval "set yrange " . padded(range, 0.06)
plot NaN notitle
