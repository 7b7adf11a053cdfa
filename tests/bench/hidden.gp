# Microseconds a step against the number of hidden units.
load "tests/bench/sweep.gp"

set label 1 "{/:Bold Cost of a step against hidden units}" @HEADLINE
set label 2 "one hidden layer, 784 inputs, 2 outputs, MNIST’s images of 1, 6, 7, 8" @SUBTITLE
set xlabel "hidden units"
set logscale x
set xrange [8:13000]
set xtics ()
do for [u in "10 30 100 300 1000 3000 10000"] { set xtics add (tic(u + 0) u + 0) }
plot @LINES
