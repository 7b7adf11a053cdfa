# Bias and weight r of every seed in three variants, a line from variant to variant: the tally over all of
# phase 1, over its second half, and over that of a short phase 1.
load "style.gp"

# Of every seed: whole, half, short.
paired(scope) = rows(variants, of(scope), "variant seed r") . ' | awk -F "\t" ''{ r[$1, $2] = $3; if (!($2 in known)) { known[$2] = 1; seed[++n] = $2 } } ' . \
    'END { for (i = 1; i <= n; i++) { s = seed[i]; print r["whole", s] "\t" r["half", s] "\t" r["short", s] } }'''
of(scope) = "control=same part=all activation=" . activation . " scope=" . scope
means(scope, variant) = "quantity=r variant=" . variant . " " . of(scope)
# The mean change of r within a seed, to the second variant if sign is 1, and its interval.
change(scope, which, sign) = change_text(row(variants_intervals, \
    "quantity=difference variant=" . which . " " . of(scope), "mean low high"), sign)
part(c, i, sign) = sprintf(sign * real(word(c, i)) < 0 ? "−%.3f" : "+%.3f", abs(real(word(c, i))))
arrowed(name, text) = text eq "" ? "" : name . "\n" . text
change_text(c, sign) = !known(c) ? "" : part(c, 1, sign) . (word(c, 2) eq "nan" ? "" : \
    "\n[" . part(c, sign > 0 ? 2 : 3, sign) . ", " . part(c, sign > 0 ? 3 : 2, sign) . "]")
range = "0 0"
do for [scope in "biases weights"] {
    range = wider(range, extent(variants, of(scope), "r"))
    do for [v in "whole half short"] { range = wider(range, extent(variants_intervals, means(scope, v), "low high")) }
}
low = real(word(range, 1)); high = real(word(range, 2))
if (low == high) { low = -1; high = 1 }
many = words(seeds) > 1
LINE = words(seeds) > 30 ? 0xd00072b2 : 0x900072b2
SIZE = (words(seeds) > 30 ? 0.6 : 1.1) * POINT
LAST = from + 0 == 0 ? "all" : sprintf("last %g%%%%", 100 * (1 - from))

set label 1 "{/:Bold Does it matter how much of phase 1 is tallied, or how long it is?}" @HEADLINE
set label 2 "r of relative updating due to " . A . " and relative difference of " . forks(forks_a) @SUBTITLE
set label 3 "Top: " . (many ? "mean change of r within a seed, with its 95% t-interval.  " : "change of r.  ") . \
    plural(words(seeds), "seed") @SMALL1
set label 4 DATA . ";  " . A . " against " . B . ";  " . NET . ";  intervals of means by Fisher’s z" @SMALL2
set xrange [0.6:3.5]
set yrange [low - 0.03:high + 0.02 + 0.22 * (high - low)]
set xtics scale 0 ("all of\nfirst " . thousands(first + 0) 1, LAST . " of\nfirst " . thousands(first + 0) 2, \
    LAST . " of\nfirst " . thousands(short + 0) 3)
set grid noxtics
set xzeroaxis linecolor rgb SOFT linetype 1 linewidth 1.2
set key at screen 0.975,0.975 vertical maxrows 2
set tmargin screen 0.88
set style textbox opaque margins 0.3, 0.2 noborder

set multiplot
do for [panel = 1:2] {
    scope = word("biases weights", panel)
    set lmargin screen panel == 1 ? 0.095 : 0.565
    set rmargin screen panel == 1 ? 0.505 : 0.975
    set ylabel (panel == 1 ? "r over the biases" : "r over all weights")
    unset label 9
    if (panel == 2) { unset label; unset key }
    set label 5 arrowed("all → last", change(scope, "whole-half", -1)) at 1.5, graph 0.97 center boxed textcolor rgb SOFT
    set label 6 arrowed("long → short", change(scope, "short-half", 1)) at 2.5, graph 0.97 center boxed textcolor rgb SOFT
    if (count(variants, of(scope), "r") == 0) { set label 9 NO_R(words(seeds)) @IN_THE_MIDDLE }
    plot paired(scope) using (1):1:(1):($2 - $1) with vectors nohead linecolor rgb LINE notitle, \
         paired(scope) using (2):2:(1):($3 - $2) with vectors nohead linecolor rgb LINE notitle, \
         for [i = 1:3] paired(scope) using (i):i with points pointtype 7 pointsize SIZE linecolor rgb BLUE \
             notitle, \
         keyentry with points pointtype 7 pointsize SIZE linecolor rgb BLUE title "one seed", \
         for [i = 1:3 * many] rows(variants_intervals, means(scope, word("whole half short", i)), \
             "mean low high") using (i + 0.12):1:2:3 with yerrorbars pointtype 0 linewidth 2.2 linecolor rgb ORANGE notitle, \
         for [i = 1:3 * many] rows(variants_intervals, means(scope, word("whole half short", i)), \
             "mean") using (i + 0.12):1 with points pointtype 7 pointsize POINT linecolor rgb ORANGE notitle, \
         for [i = 1:many] keyentry with yerrorbars pointtype 7 pointsize POINT linewidth 2.2 linecolor rgb ORANGE \
             title "mean and 95% t-interval", \
         for [i = 1:3 * many] rows(variants_intervals, means(scope, word("whole half short", i)), \
             "mean") using (i + 0.18):1:(three($1)) with labels left boxed textcolor rgb ORANGE notitle
}
unset multiplot
