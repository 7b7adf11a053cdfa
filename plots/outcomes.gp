# Every seed's r under each activation, with the mean, its interval, and the interval of a further seed: the
# three primary outcomes and, on grey, the pooled correlation. The seed is the unit of evidence, not the weight.
load "style.gp"

where(i, k) = OUTCOME[i] . " control=same variant=half activation=" . word(activations, k)
many = words(seeds) > 1
n = words(activations)
NO_COLUMN = 'at k, graph 0.04 center font ",10" textcolor rgb SOFT'
range = "0 0"
do for [i = 1:4] {
    do for [k = 1:n] {
        range = wider(wider(range, extent(runs, where(i, k), "r")), \
            extent(intervals, "quantity=r " . where(i, k), "further_low further_high"))
    }
}

set label 1 "{/:Bold Correlation of updating and difference of the forks, " . \
    plural(words(seeds), "seed") . "}" @HEADLINE
set label 2 R_OF . "; all panels have one scale" @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 PHASE1 . ";  " . UNITS . ", learning rate " . rate . \
    ";  " . t_intervals(words(seeds)) . ", by Fisher’s z" @SMALL2
set xrange [0.5:n + 0.5]
eval "set yrange " . padded(range, 0.03)
set xtics scale 0 ()
do for [k = 1:n] { set xtics add (called(word(activations, k)) k) }
set grid noxtics
set xzeroaxis linecolor rgb SOFT linetype 1 linewidth 1.2
set key at screen 0.975,0.98 vertical maxrows 3
# Points side by side, not on one another.
golden(i) = 0.618034 * i - floor(0.618034 * i)
spread(seed) = many ? -0.36 + 0.32 * golden(nth(seeds, seed)) : 0

# A mean's number stands off 0.
aside = 0.033 * (real(word(range, 2)) - real(word(range, 1)))

set multiplot
do for [i = 1:4] {
    eval frame(i, 2, 2)
    set ylabel (i % 2 ? "r" : "")
    set label 6 "{/:Bold " . OUTCOME_NAME[i] . "}" . (i == 4 ? ", as in the post (not primary)" : "") @PANEL_NAME
    missing = sum [k = 1:n] (count(runs, where(i, k), "r") == 0)
    if (missing == n) { set label 7 NO_R(words(seeds)) @IN_THE_MIDDLE } else { do for [k = 1:n] {
        if (count(runs, where(i, k), "r") == 0) { set label 10 + k "undefined" @NO_COLUMN } } }
    if (i == 4) { set object 1 rectangle from graph 0, graph 0 to graph 1, graph 1 behind \
        fillcolor rgb PALE fillstyle solid noborder }
    plot NaN notitle, \
         for [k = 1:n] rows(runs, where(i, k), "seed r") using (k + spread(strcol(1))):2 \
             with points pointtype 7 pointsize (words(seeds) > 30 ? 0.7 : 1.1) * POINT linecolor rgb 0x700072b2 \
             notitle, \
         keyentry with points pointtype 7 pointsize (words(seeds) > 30 ? 0.7 : 1.1) * POINT linecolor rgb 0x700072b2 \
             title "one seed", \
         for [k = 1:n * many] rows(intervals, "quantity=r " . where(i, k), "mean low high") \
             using (k + 0.07):1:2:3 with yerrorbars pointtype 0 linewidth 2.2 linecolor rgb ORANGE notitle, \
         for [k = 1:n * many] rows(intervals, "quantity=r " . where(i, k), "mean") \
             using (k + 0.07):1 with points pointtype 7 pointsize 0.8 * POINT linecolor rgb ORANGE notitle, \
         for [j = 1:many] keyentry with yerrorbars pointtype 7 pointsize 0.8 * POINT linewidth 2.2 \
             linecolor rgb ORANGE title "mean, 95% interval", \
         for [k = 1:n * many] rows(intervals, "quantity=r " . where(i, k), \
             "further_low further_high") using (k + 0.07):1:(0):($2 - $1) with vectors nohead \
             linewidth 1 linecolor rgb ORANGE notitle, \
         for [j = 1:many] keyentry with vectors nohead linewidth 1 linecolor rgb ORANGE \
             title "95% interval of a further seed", \
         for [k = 1:n * many] rows(intervals, "quantity=r " . where(i, k), "mean") \
             using (k + 0.12):($1 < 0 ? $1 - aside : $1 + aside):(minus(sprintf("%.3f", $1))) with labels left \
             font ",10.5" textcolor rgb ORANGE notitle
    unset label
    unset key
}
unset multiplot
