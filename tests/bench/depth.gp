# Microseconds a step against the number of hidden layers.
load "tests/bench/sweep.gp"

set label 1 "{/:Bold Cost of a step against depth}" @HEADLINE
set label 2 "hidden layers of 100 units each, 784 inputs, 2 outputs, MNIST’s images of 1, 6, 7, 8" @SUBTITLE
set xlabel "hidden layers"
set xrange [0.8:8.2]
plot @LINES
