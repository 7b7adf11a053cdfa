# The outcomes over the values of one variable, and by colour of a second: means over the seeds with their
# intervals; of one variable, every seed.
load "style.gp"

named(name) = name eq "RATE" ? "learning rate" : name eq "HIDDEN" ? "hidden units" : name eq "PHASE1" ? \
    "images in phase 1" : name eq "TALLY_FROM" ? "start of the tally, as a fraction of phase 1" : name eq "CLASSES" ? \
    "classes A / B" : name eq "CLASS_A" ? "class A" : name eq "CLASS_B" ? "class B" : name eq "ACTIVATION" ? \
    "activation" : "data set"
# Where there is little room.
brief(name) = name eq "TALLY_FROM" ? "start of the tally" : named(name)
said(name, v) = name eq "ACTIVATION" ? called(v) : name eq "DATASET" ? data_set(v) : name eq "PHASE1" ? \
    thousands(int(v)) : name eq "HIDDEN" ? layers(v) : name eq "CLASSES" ? \
    v[1:strstrt(v, "+") - 1] . " / " . v[strstrt(v, "+") + 1:*] : v
layers(v) = strstrt(v, ",") ? v[1:strstrt(v, ",") - 1] . " + " . layers(v[strstrt(v, ",") + 1:*]) : v
swept(name) = name eq name1 || name eq name2 || (name[1:6] eq "CLASS_" && (name1 eq "CLASSES" || name2 eq "CLASSES"))
fixed(name, text) = swept(name) ? "" : text . ";  "
one = name2 eq ""
m = words(values1); n = one ? 1 : words(values2)
# The I-th outcome with the K-th value of the second variable: the value of the first, then these columns.
series(i, k, table, where, columns) = rows(table, where . " control=same " . OUTCOME[i], "variant " . columns) . \
    (one ? "" : sprintf(' | awk -F "\t" -v OFS="\t" -v end="--%s" ''{ k = length($1) - length(end) } ' . \
    'substr($1, k + 1) == end { $1 = substr($1, 1, k); print }''', word(values2, k)))
at(k) = (j = nth(values1, strcol(1)), j == 0 ? NaN : j + 0.4 * ((k - 0.5) / n - 0.5))
colour(k) = COLOUR[(k - 1) % 6 + 1]
ordered = nth("RATE HIDDEN PHASE1 TALLY_FROM", name1) > 0
many = networks(intervals) > 1

set label 1 "{/:Bold Correlation by " . brief(name1) . (one ? "" : " and " . brief(name2)) . "}" @HEADLINE
set label 2 R_OF . (one && many ? ";  small: every seed" : "") . ";  every panel has its own scale" @SUBTITLE
other_classes = swept("CLASS_A") || swept("CLASS_B")
set label 3 other_classes || swept("TALLY_FROM") ? \
    "a, b: sums of |Δθ| over steps on images of class A, of class B;  " . \
    "c, d: |θ − θ| of the forks without either label of A, of B" : X_Y @SMALL1
set label 4 fixed("DATASET", DATA) . (other_classes ? "" : A . " against " . B . ";  ") . \
    fixed("PHASE1", "phase 1: the first " . thousands(first + 0) . " images") . \
    fixed("ACTIVATION", called(activation)) . fixed("HIDDEN", UNITS) . \
    fixed("RATE", "learning rate " . rate) . t_intervals(networks(intervals)) @SMALL2
set xrange [0.5:m + 0.5]
set xtics scale 0 ()
do for [j = 1:m] { set xtics add (said(name1, word(values1, j)) j) }
if (m > 6) { set xtics font ",9" }
set grid noxtics
set xzeroaxis linecolor rgb SOFT linetype 1 linewidth 1.2
set key at screen 0.975,0.975 vertical maxrows 3 title (one ? "" : brief(name2)) left

set multiplot
do for [i = 1:4] {
    eval frame(i, 2, 2)
    set ylabel (i % 2 ? "r" : "")
    set label 6 "{/:Bold " . OUTCOME_NAME[i] . "}" . (i == 4 ? " (not primary)" : "") @PANEL_NAME
    set xlabel (i > 2 ? named(name1) : "") offset 0, 0.3
    range = extent(intervals, "quantity=r control=same " . OUTCOME[i], "mean low high")
    if (one) { range = wider(range, extent(runs, "control=same " . OUTCOME[i], "r")) }
    eval "set yrange " . padded(range, 0.05)
    unset label 9
    if (count(intervals, "quantity=r control=same " . OUTCOME[i], "mean") == 0) {
        set label 9 NO_R(2) @IN_THE_MIDDLE }
    plot NaN notitle, \
         for [s = 1:one * many] series(i, 1, runs, "", "r") using (at(1) - 0.1):2 with points pointtype 7 \
             pointsize 0.7 * POINT linecolor rgb 0x900072b2 notitle, \
         for [k = 1:n * ordered] series(i, k, intervals, "quantity=r", "mean") using (at(k)):2 with lines \
             linewidth 1.2 linecolor rgb colour(k) notitle, \
         for [k = 1:n * many] series(i, k, intervals, "quantity=r", "mean low high") using (at(k)):2:3:4 \
             with yerrorbars pointtype 0 linewidth 2 linecolor rgb colour(k) notitle, \
         for [k = 1:n] series(i, k, intervals, "quantity=r", "mean") using (at(k)):2 with points pointtype 7 \
             pointsize 1.1 * POINT linecolor rgb colour(k) notitle, \
         for [k = 1:n * (!one && i == 1)] keyentry with points pointtype 7 pointsize 1.1 * POINT \
             linecolor rgb colour(k) title said(name2, word(values2, k))
    if (i == 1) { do for [l = 1:4] { unset label l }; unset key }
}
unset multiplot
