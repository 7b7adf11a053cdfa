# Microseconds a step against the number of hidden units.
load "tests/bench/style.gp"
sweep = "hidden"
load "tests/bench/sweep.gp"

set label 1 "{/:Bold Cost of a step against hidden units}" @HEADLINE
set label 2 "one hidden layer, 784 inputs, 2 outputs, MNIST’s images of 1, 6, 7, 8" @SUBTITLE
set xlabel "hidden units"
set logscale x
set xrange [8:13000]
set xtics ()
do for [u in "10 30 100 300 1000 3000 10000"] { set xtics add (thousands(u + 0) u + 0) }
plot for [i = 1:peers] swept(i) using 1:2 @LINE pointtype shape(peer(i)) linecolor rgb colour(peer(i)) title spelled(peer(i))
