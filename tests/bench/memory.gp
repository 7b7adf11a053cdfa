# Peak memory of every peer of the table of steps.
load "tests/bench/bars.gp"

set label 1 "{/:Bold Memory of a process that learns, by library}" @HEADLINE
set label 2 "peak resident MiB, without tally;  a 784-100-2 network, and all its images in memory" @SUBTITLE
set label 4 machine @SMALL2
set xlabel "MiB"
plot @BARS
