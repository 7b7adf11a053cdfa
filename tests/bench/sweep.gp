# What the charts of the sweeps share: lines of microseconds a step, by peer, for one variable.
load "tests/bench/style.gp"

peer(i) = value(sprintf("name_%d", i))
colour(name) = name eq "engram" ? BLUE : name eq "engram with tally" ? ORANGE : name eq "Eigen" ? GREEN : \
    name eq "NumPy" ? PURPLE : AMBER
shape(name) = name eq "engram" ? 7 : name eq "engram with tally" ? 5 : name eq "Eigen" ? 9 : name eq "NumPy" ? 11 : 13
swept(i) = sprintf("peer %d", i)

set label 3 STEP @SMALL1
set label 4 TIMED @SMALL2
set ylabel "µs a step"
set logscale y
set yrange [*:*] noextend
set offsets 0, 0, graph 0.05, graph 0.05
set ytics scale 0.6 ()
do for [k = -1:5] { do for [m in "1 2 5"] { set ytics add (tic(m * 10.**k) m * 10.**k) } }
set key samplen 2.5
LINES = 'for [i = 1:n] table index swept(i) using 1:2 with linespoints linewidth 2.2 pointsize 1.3 * POINT ' . \
    'pointtype shape(peer(i)) linecolor rgb colour(peer(i)) title peer(i)'
