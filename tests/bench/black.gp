# Microseconds a step against the share of black pixels, and the bandwidth limit for it.
load "tests/bench/sweep.gp"

set label 1 "{/:Bold Cost of a step against the share of black pixels}" @HEADLINE
set label 2 "a 784-100-2 network, random images;  dashed: memory traffic alone, of the nonzero pixels’ share of the weights" @SUBTITLE
set xlabel "share of black pixels"
set xrange [-0.02:1.02]
set yrange [0.1:40]
set offsets 0, 0, 0, 0
set key at screen 0.975,0.905 maxrows 2
set tmargin screen 0.84
set samples 500
plot @LINES, \
     [0:0.999] dense * (1 - x) with lines dashtype 2 linewidth 1.4 linecolor rgb BLUE title "limit", \
     [0:0.999] dense_tallied * (1 - x) with lines dashtype 2 linewidth 1.4 linecolor rgb ORANGE title "limit with tally"
