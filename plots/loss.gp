# The loss while phase 1 and then each fork go through their images once: means over 100 images, light,
# and running means of ten of these, dark.
load "style.gp"

seen = seen + 0; end = end + 0; tallied_after = tallied_after + 0; low = low + 0; high = high + 0; forks = forks + 0
logged(i) = sprintf("log_%d", i)
colour(i) = i == 0 ? INK : COLOUR[i]

set label 1 "{/:Bold Loss while the network learns: phase 1, then each fork on the other images}" @HEADLINE
set label 2 "light: mean loss over 100 images, ½ Σ (output − target)², before each step; " . \
    "dark: running mean over 1,000" @SUBTITLE
set label 4 RUN @SMALL2
set xlabel "images the network has learned from"
set ylabel "mean loss"
set xrange [0:end > 0 ? end : 1]
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
if (tallied_after < seen) {
    set object 1 rectangle from tallied_after, graph 0 to seen, graph 1 behind fillcolor rgb 0xf3f0e6 fillstyle solid noborder
    set label 5 "tallied" at (tallied_after + seen) / 2., graph 0.03 center textcolor rgb SOFT front
}
set arrow 1 from seen, graph 0 to seen, graph 1 nohead linecolor rgb SOFT linewidth 1.2
set label 6 "forks →" at seen, graph 0.03 left offset 0.6 textcolor rgb SOFT front
if (shown == 0) { set label 9 NOTHING . (end == 0 ? "no image was learned from" : "no loss is a number above 0") @IN_THE_MIDDLE }

plot NaN notitle, \
     for [i = 0:forks] table index logged(i) using "samples":"loss" with lines linewidth 0.7 \
         linecolor rgb 0xaa000000 + colour(i) notitle, \
     for [i = 0:forks] table index "alone" using (is("log", i) * column("samples")):"loss" with points pointtype 7 \
         linecolor rgb colour(i) notitle, \
     for [i = 0:forks] table index logged(i) using "samples":"running" with lines linewidth 2.2 \
         linecolor rgb colour(i) notitle, \
     for [i = 0:forks] keyentry with lines linewidth 2.2 linecolor rgb colour(i) \
         title i == 0 ? "phase 1" : "fork " . value(sprintf("fork_%d", i))
