# The loss while phase 1 and then each fork go through their images once: means over 100 images, light,
# and a running mean of these, dark.
load "style.gp"

WINDOW = 11
running(log) = '< awk ''NR > 1 && $2 ~ /[0-9]/ { x[++n] = $1; y[n] = $2 } END { for (i = 1; i <= n; i++) { ' . \
    sprintf("h = %d; ", (WINDOW - 1) / 2) . 'if (h > (n - 1) / 2) h = int((n - 1) / 2); if (i + h > n) break; ' . \
    'if (h > i - 1) h = i - 1; s = m = 0; ' . \
    'for (j = i - h; j <= i + h; j++) { s += y[j]; m++ } print x[i] "\t" s / m } }'' ' . sh(log)
# A log of one row, which makes no line.
alone(log) = '< awk ''NR == 2 { line = $1 "\t" $2 } END { if (NR == 2) print line }'' ' . sh(log)
fork(i) = value("fork_without_" . word(forks_all, i))
# Images seen in phase 1 and at the end of a fork; rows with a loss that the scale can show, the least and the
# greatest of these.
logs = sh(phase1)
do for [i = 1:words(forks_all)] { logs = logs . " " . sh(fork(i)) }
summary = system('awk ''FNR == 1 { file++; next } $1 > last[file > 1] { last[file > 1] = $1 + 0 } $2 ~ /[0-9]/ && $2 > 0 { if (!n++) low = high = $2; ' . \
    'if ($2 + 0 < low) low = $2; if ($2 + 0 > high) high = $2 } ' . \
    'END { print last[0] + 0, last[1] + 0, n + 0, low + 0, high + 0 }'' ' . logs)
seen = field(summary, 1); shown = field(summary, 3) > 0
low = shown ? field(summary, 4) : 0.1; high = shown ? field(summary, 5) : 1

set label 1 "{/:Bold Loss while the network learns: phase 1, then each fork on the other images}" @HEADLINE
set label 2 "light: mean loss over 100 images, ½ Σ (output − target)², before each step; dark: running mean over " . \
    thousands(100 * WINDOW) . ", at first over fewer" @SUBTITLE
set label 4 RUN @SMALL2
set xlabel "images the network has learned from"
set ylabel "mean loss"
set xrange [0:(field(summary, 2) > seen ? field(summary, 2) : seen > 0 ? seen : 1)]
# Losses near one another have a plain scale.
decades = log10(high / low)
if (decades < 0.5) {
    room = low < high ? high - low : low
    set yrange [low - 0.05 * room:high + 0.08 * room]
} else {
    set logscale y
    set yrange [low / 10**(0.05 * decades):high * 10**(0.08 * decades)]
    set ytics ()
    do for [k = floor(log10(low)) - 1:ceil(log10(high)) + 1:decades < 8 ? 1 : ceil(decades / 8.)] {
        do for [m in decades < 3 ? "1 2 5" : "1"] { set ytics add (sprintf("%g", m * 10.**k) m * 10.**k) }
    }
}
tallied = ceil(from * seen)
if (tallied < seen) { set object 1 rectangle from tallied, graph 0 to seen, graph 1 behind fillcolor rgb 0xf3f0e6 fillstyle solid noborder }
set arrow 1 from seen, graph 0 to seen, graph 1 nohead linecolor rgb SOFT linewidth 1.2
if (tallied < seen) { set label 5 "tallied" at (tallied + seen) / 2., graph 0.03 center textcolor rgb SOFT front }
set label 6 "forks →" at seen, graph 0.03 left offset 0.6 textcolor rgb SOFT front

if (!shown) { set label 9 NOTHING . (seen + field(summary, 2) == 0 ? "no image was learned from" : \
    "no loss is a number above 0") @IN_THE_MIDDLE }

plot NaN notitle, phase1 skip 1 using 1:2 with lines linewidth 0.7 linecolor rgb 0xaa000000 + INK notitle, \
     for [i = 1:words(forks_all)] fork(i) skip 1 using 1:2 with lines linewidth 0.7 \
         linecolor rgb 0xaa000000 + COLOUR[i] notitle, \
     alone(phase1) using 1:2 with points pointtype 7 linecolor rgb INK notitle, \
     for [i = 1:words(forks_all)] alone(fork(i)) using 1:2 with points pointtype 7 linecolor rgb COLOUR[i] notitle, \
     running(phase1) using 1:2 with lines linewidth 2.2 linecolor rgb INK title "phase 1", \
     for [i = 1:words(forks_all)] running(fork(i)) using 1:2 with lines linewidth 2.2 linecolor rgb COLOUR[i] \
         title "fork " . without(word(forks_all, i))
