# The r of one network among those of the same training tallied under permuted labels: the null hypothesis
# that the post's question calls for.
load "style.gp"

BINS = 40
where(i) = OUTCOME[i]
draws(i) = int(system(selection(null, where(i), "r") . DEFINED . ' | wc -l'))
# The central 95% of the draws; the least and the greatest of them.
middle(i) = system(selection(null, where(i), "r") . DEFINED . ' | sort -g | awk ''{ r[NR] = $1 } ' . \
    'END { if (NR) { k = int(0.025 * (NR + 1)); if (k < 1) k = 1; print r[k], r[NR + 1 - k], r[1], r[NR] } }''')

set label 1 "{/:Bold Correlation of one network among those under permuted labels}" @HEADLINE
set label 2 "r of x and y;  p = (1 + permutations with at least this |r|) / (1 + permutations)" @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 RUN @SMALL2
set key at screen 0.975,0.98 vertical maxrows 3
set grid noxtics
set offsets 0, 0, graph 0.28, 0
set style fill solid noborder
set ylabel "permutations"
set xtics autofreq

set multiplot
do for [i = 1:4] {
    eval frame(i, 2, 2)
    set label 6 "{/:Bold " . OUTCOME_NAME[i] . "}" . (i == 4 ? " (not a primary outcome)" : "") @PANEL_NAME
    observed = row(evidence, where(i), "r p_null")
    permuted = draws(i)
    band = middle(i)
    range = wider(extent(null, where(i), "r"), extent(evidence, where(i), "r"))
    eval "set xrange " . padded(range, 0.06)
    set yrange [0:*]
    if (permuted > 0 && field(band, 1) < field(band, 2)) {
        set object 1 rectangle from real(word(band, 1)), graph 0 to real(word(band, 2)), graph 1 behind \
            fillcolor rgb PALE fillstyle solid noborder
    }
    if (known(observed)) {
        r = real(word(observed, 1))
        set arrow 1 from r, graph 0 to r, graph 1 nohead front linewidth 2.2 linecolor rgb ORANGE
        right = r - real(word(range, 1)) > 0.6 * (real(word(range, 2)) - real(word(range, 1)))
        set label 7 "r = " . three(r) . "\np = " . p_value(word(observed, 2)) at r, graph 0.94 front \
            textcolor rgb ORANGE
        if (right) { set label 7 right offset -0.6 } else { set label 7 left offset 0.6 }
    }
    if (permuted == 0) {
        set yrange [0:1]
        set label 9 NOTHING . (known(observed) ? "no permutation has an r" : "r is undefined") @IN_THE_MIDDLE
    }
    # From the least draw to the greatest; those that are all one have one bin.
    least = field(band, 3); most = field(band, 4)
    if (least == most) { least = least - 0.001 * BINS / 2; most = most + 0.001 * BINS / 2 }
    plot NaN notitle, \
         rows(null, where(i), "r") using 1:(1) bins=BINS binrange [least:most] with boxes linecolor rgb BLUE notitle, \
         for [j = 1:i == 1] keyentry with boxes linecolor rgb BLUE title thousands(permuted) . " label permutations", \
         for [j = 1:i == 1] keyentry with boxes linecolor rgb PALE title "their central 95%", \
         for [j = 1:i == 1] keyentry with lines linewidth 2.2 linecolor rgb ORANGE title "the true labels"
    unset label
    unset arrow
    unset object
    unset key
}
unset multiplot
