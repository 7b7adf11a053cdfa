# How much of a fork's behaviour goes over with the top parameters by x, by controls and by y, and how specifically: means
# over the seeds with their intervals, by how many parameters are copied.
load "style.gp"

n = panels > 0 ? panels + 0 : 1
array SIGN[7] = [7, 6, 5, 9, 1, 2, 4]
array SHADE[7] = [BLUE, SKY, ORANGE, GREEN, MISSING, MISSING, MISSING]
array AXIS[2] = ["carried share C, top k, own pair", "S, specific to the pair"]
of(name, i) = value(sprintf("%s_%d", name, i))
here(i, row, mark) = is("panel", i) * is("row", row) * is("mark", mark) * column("k") * (1 + 0.022 * (mark - 4))

set label 1 "{/:Bold What the top parameters carry from fork to fork, first-layer weights}" @HEADLINE
set label 2 "copied between " . forks_a . ";  S: half of C of this pair minus C of " . other_forks . ", top minus bottom" @SUBTITLE
set label 3 "C: of the change of the outputs that the whole other fork makes, the part that goes its way, on images held out;  " . \
    "x = a/(a + b), y = c/(c + d)" @SMALL1
set label 4 NETWORKS . ";  " . LEARNING . ";  " . intervals @SMALL2
set logscale x
set xrange [0.008:0.63]
set xtics (".01" 0.01, ".02" 0.02, ".05" 0.05, ".1" 0.1, ".2" 0.2, ".5" 0.5)
set xzeroaxis linecolor rgb SOFT linetype 1 linewidth 1.2
unset key
x = 0.035
do for [m = 1:marks] {
    name = of("mark", m)
    set label 20 + m name at screen x,0.883 left point pointtype SIGN[m] pointsize POINT linewidth 1.4 linecolor rgb SHADE[m] \
        offset 0.8,0 font ",10.5" textcolor rgb INK
    x = x + 0.035 + 0.0077 * strlen(name)
}
set datafile missing NaN

set multiplot
do for [row = 1:2] {
    do for [i = 1:n] {
        eval frame((row - 1) * n + i, n, 2)
        set ylabel (i == 1 ? AXIS[row] : "")
        set xlabel (row == 2 ? "k, the share of the parameters that is copied" : "") offset 0, 0.3
        set label 6 (panels > 0 ? "{/:Bold " . of("panel", i) . "}" : "") @PANEL_NAME
        if (panels == 0 || of("shown", i) == 0) { set label 7 NOTHING . "nothing was grafted" @IN_THE_MIDDLE }
        low = value(sprintf("row_%d_low", row)) + 0; high = value(sprintf("row_%d_high", row)) + 0
        eval "set yrange " . padded(low, high, 0.06)
        plot NaN notitle, \
             for [m = marks:1:-1] table index "means" using (here(i, row, m)):"mean" with lines linewidth 1.2 \
                 linecolor rgb SHADE[m] notitle, \
             for [m = marks:1:-1] table index "means" using (here(i, row, m)):"mean":"low":"high" with yerrorbars pointtype 0 \
                 linewidth 1.6 linecolor rgb SHADE[m] notitle, \
             for [m = marks:1:-1] table index "means" using (here(i, row, m)):"mean" with points pointtype SIGN[m] \
                 pointsize 0.9 * POINT linewidth 1.4 linecolor rgb SHADE[m] notitle
        unset label
    }
}
unset multiplot
