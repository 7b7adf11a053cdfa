# What the charts of the benchmark share.
load "style.gp"

n = count + 0
TIMED = timed . " rounds;  " . machine
STEP = "a step: from an image’s bytes to the updated weights, one image at a time;  float32"
tic(x) = x < 1000 ? sprintf("%g", x) : sprintf("%d,%03d", floor(x / 1000), int(x) % 1000)
# One line for each name.
set yrange [n + 0.6:0.4]
set ytics scale 0 ()
do for [i = 1:n] { set ytics add (value(sprintf("name_%d", i)) i) }
