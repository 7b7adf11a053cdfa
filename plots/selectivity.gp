# Does the share of a digit find what a network of ten classes knows of it? Accuracy kept on the other digits minus that
# kept on the digit, when the top parameters go back to their initial values: by how many, and on the whole.
load "style.gp"

array SIGN[8] = [7, 6, 8, 10, 5, 2, 12, 9]
array SHADE[8] = [BLUE, SKY, PURPLE, PURPLE, ORANGE, MISSING, AMBER, GREEN]
of(name, i) = value(sprintf("%s_%d", name, i))
here(mark) = is("mark", mark) * column("k") * (1 + 0.015 * (mark - 4.5))

set label 1 "{/:Bold Ten classes: what a reset of the top parameters takes from one digit and leaves to the others}" @HEADLINE
set label 2 "selectivity: accuracy kept on the other digits minus accuracy kept on the digit, each as a part of what it was; mean over the digits known" @SUBTITLE
set label 3 "reset: first-layer weights, or all parameters, back to their initial values;  share: of a digit in all updates |Δθ|;  on images held out" @SMALL1
set label 4 data . ", ten digits, each seed’s own order;  " . activation . ", " . LEARNING . ";  " . intervals @SMALL2
unset key
set datafile missing NaN
set style textbox opaque margins 0.2, 0.1 noborder

set multiplot
set margins screen 0.075, screen 0.5, screen 0.155, screen 0.83
set logscale x
set xrange [0.0008:0.63]
set xtics (".001" 0.001, ".002" 0.002, ".005" 0.005, ".01" 0.01, ".02" 0.02, ".05" 0.05, ".1" 0.1, ".2" 0.2, ".5" 0.5)
set xlabel "k, the share of the parameters that is reset"
set ylabel "selectivity"
set xzeroaxis linecolor rgb SOFT linetype 1 linewidth 1.2
eval "set yrange " . padded(k_low + 0, k_high + 0, 0.05)
if (shown == 0) { set label 9 NOTHING . "no network of ten classes" @IN_THE_MIDDLE }
plot NaN notitle, \
     for [m = marks:1:-1] table index "by_k" using (here(m)):"mean" with lines linewidth 1.2 linecolor rgb SHADE[m] notitle, \
     for [m = marks:1:-1] table index "by_k" using (here(m)):"mean":"low":"high" with yerrorbars pointtype 0 linewidth 1.6 \
         linecolor rgb SHADE[m] notitle, \
     for [m = marks:1:-1] table index "by_k" using (here(m)):"mean" with points pointtype SIGN[m] pointsize 0.9 * POINT linewidth 1.4 \
         linecolor rgb SHADE[m] notitle
unset label
unset xzeroaxis
unset logscale x

# The mean over log k; its names are the legend.
set margins screen 0.735, screen 0.975, screen 0.155, screen 0.83
set border 1
set grid noytics
set ylabel ""
set xlabel "mean over log k"
set yrange [marks + 0.6:0.4]
eval "set xrange " . padded(area_low + 0, area_high + 0, 0.2)
set xtics step(area_low + 0, area_high + 0) nomirror out
unset ytics
do for [m = 1:marks] {
    name = of("mark", m)
    comma = strstrt(name, ", ")
    name = comma ? name[1:comma] . "\n" . name[comma + 2:*] : name
    set label 20 + m name at screen 0.545, first m left \
        point pointtype SIGN[m] pointsize POINT linewidth 1.4 linecolor rgb SHADE[m] offset 0.8, (comma ? 0.5 : 0) font ",10.5" textcolor rgb INK
}
set arrow 1 from 0, graph 0 to 0, graph 1 nohead linecolor rgb SOFT linewidth 1.2
plot NaN notitle, \
     for [m = 1:marks] table index "areas" using (is("mark", m) * column("mean")):"mark":"low":"high" with xerrorbars pointtype 0 \
         linewidth 2 linecolor rgb SHADE[m] notitle, \
     for [m = 1:marks] table index "areas" using (is("mark", m) * column("mean")):"mark" with points pointtype SIGN[m] \
         pointsize POINT linewidth 1.4 linecolor rgb SHADE[m] notitle, \
     table index "areas" using "mean":(column("mark") - 0.33):(interval(strcol("text"))) with labels center boxed font ",9.5" textcolor rgb SOFT notitle
unset multiplot
