# The loss while phase 1 and then each fork go through their images once: means over 100 images, light,
# and a running mean of these, dark.
load "style.gp"

WINDOW = 11
running(log) = '< awk ''NR > 1 { x[NR - 1] = $1; y[NR - 1] = $2 } END { n = NR - 1; for (i = 1; i <= n; i++) { ' . \
    sprintf("h = %d; ", (WINDOW - 1) / 2) . 'if (h > (n - 1) / 2) h = int((n - 1) / 2); if (i + h > n) break; ' . \
    'if (h > i - 1) h = i - 1; s = m = 0; ' . \
    'for (j = i - h; j <= i + h; j++) { s += y[j]; m++ } print x[i] "\t" s / m } }'' ' . log
fork(i) = value("fork_without_" . word(forks_all, i))
seen = int(word(system("tail -n 1 " . phase1), 1))

set label 1 "{/:Bold Loss while the network learns: phase 1, then each fork on the other images}" @HEADLINE
set label 2 "light: mean loss over 100 images, ½ Σ (output − target)², before each step; dark: running mean over " . \
    thousands(100 * WINDOW) . ", at first over fewer" @SUBTITLE
set label 4 RUN @SMALL2
set xlabel "images the network has learned from"
set ylabel "mean loss"
set logscale y
set xrange [0:*] noextend
set yrange [*:*] noextend
set offsets 0, 0, graph 0.08, graph 0.05
set ytics ()
do for [k = -9:3] { do for [m in "1 2 5"] { set ytics add (sprintf("%g", m * 10.**k) m * 10.**k) } }
tallied = ceil(from * seen)
set object 1 rectangle from tallied, graph 0 to seen, graph 1 behind fillcolor rgb 0xf3f0e6 fillstyle solid noborder
set arrow 1 from seen, graph 0 to seen, graph 1 nohead linecolor rgb SOFT linewidth 1.2
set label 5 "tallied" at (tallied + seen) / 2., graph 0.03 center textcolor rgb SOFT front
set label 6 "forks →" at seen, graph 0.03 left offset 0.6 textcolor rgb SOFT front

plot phase1 skip 1 using 1:2 with lines linewidth 0.7 linecolor rgb 0xaa000000 + INK notitle, \
     for [i = 1:words(forks_all)] fork(i) skip 1 using 1:2 with lines linewidth 0.7 \
         linecolor rgb 0xaa000000 + COLOUR[i] notitle, \
     running(phase1) using 1:2 with lines linewidth 2.2 linecolor rgb INK title "phase 1", \
     for [i = 1:words(forks_all)] running(fork(i)) using 1:2 with lines linewidth 2.2 linecolor rgb COLOUR[i] \
         title "fork " . without(word(forks_all, i))
