# The r of one network among those of the same training tallied under permuted labels: the null hypothesis
# that the post's question calls for.
load "style.gp"

middle(i) = is("panel", i) * 0.5 * (column("from") + column("to"))
of(name, i) = value(sprintf("%s_%d", name, i))

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
    set label 6 "{/:Bold " . of("panel", i) . "}" . (i == 4 ? " (not a primary outcome)" : "") @PANEL_NAME
    low = value(sprintf("range_%d_low", i)) + 0; high = value(sprintf("range_%d_high", i)) + 0
    drawn = of("draws", i) ne "0"; known = of("r", i) ne ""
    eval "set xrange " . padded(low, high, 0.06)
    set yrange [0:*]
    if (known) {
        r = of("r", i) + 0
        set arrow 1 from r, graph 0 to r, graph 1 nohead front linewidth 2.2 linecolor rgb ORANGE
        set label 7 "r = " . of("r_text", i) . "\np = " . of("p_text", i) at r, graph 0.94 front textcolor rgb ORANGE_TEXT
        if (r - low > 0.6 * (high - low)) { set label 7 right offset -0.6 } else { set label 7 left offset 0.6 }
    }
    if (!drawn) {
        set yrange [0:1]
        set label 9 NOTHING . (known ? "no permutation has an r" : "r is undefined") @IN_THE_MIDDLE
    }
    plot NaN notitle, \
         table index "bins" using (middle(i)):(0.5 * column("permutations")):"from":"to":(0):"permutations" \
             with boxxyerror linecolor rgb BLUE notitle, \
         table index "bins" using (middle(i)):(0.5 * column("as_far")):"from":"to":(0):"as_far" \
             with boxxyerror linecolor rgb AMBER notitle, \
         for [j = 1:i == 1] keyentry with boxes linecolor rgb BLUE title of("draws", i) . " label permutations", \
         for [j = 1:i == 1] keyentry with boxes linecolor rgb AMBER title "those with at least this |r|", \
         for [j = 1:i == 1] keyentry with lines linewidth 2.2 linecolor rgb ORANGE title "the true labels"
    unset label
    unset arrow
    unset key
}
unset multiplot
