# Bias and weight r of every seed in three variants, a line from variant to variant: the tally over all of
# phase 1, over its second half, and over that of a short phase 1.
load "style.gp"

# Of every seed: whole, half, short.
paired(scope) = sprintf('< awk -F "\t" ''$1 == "%s" && $4 == "%s" { r[$3, $2] = $7; seed[$2] = 1 } ' . \
    'END { for (s in seed) print r["whole", s] "\t" r["half", s] "\t" r["short", s] }'' %s', activation, scope, runs)
# The mean change of r within a seed, to the second variant if sign is 1, and its interval.
change(scope, variants, sign) = change_text(system(sprintf('awk -F "\t" ''$1 == "%s" && $2 == "%s" && $3 == "%s" ' . \
    '{ print %d * $5, $6, $7, %d * $6, %d * $7 }'' %s', \
    scope, activation, variants, sign, sign, sign, intervals)), sign)
part(c, i) = minus(sprintf("%+.3f", real(word(c, i))))
change_text(c, sign) = words(c) == 0 ? "" : part(c, 1) . (word(c, 2) eq "nan" ? "" : \
    "\n[" . part(c, sign > 0 ? 4 : 5) . ", " . part(c, sign > 0 ? 5 : 4) . "]")
variant(name) = name eq "whole" ? 1 : name eq "half" ? 2 : name eq "short" ? 3 : NaN
mean_at(scope) = strcol(1) eq scope && strcol(2) eq activation ? variant(strcol(3)) : NaN
range = extent("^" . activation . "$", "^(half|whole|short)$")
low = real(word(range, 1)); high = real(word(range, 2))
LAST = from + 0 == 0 ? "all" : sprintf("last %g%%%%", 100 * (1 - from))

set label 1 "{/:Bold Does it matter how much of phase 1 is tallied, or how long it is?}" @HEADLINE
set label 2 "r of relative updating due to " . A . " and relative difference of " . forks(forks_a) @SUBTITLE
set label 3 "Top: mean change of r within a seed, with its 95% t-interval.  " . plural(words(seeds), "seed") @SMALL1
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
    set ylabel (panel == 1 ? "r over the biases" : "r over the weights")
    if (panel == 2) { unset label; unset key }
    set label 5 "all → last\n" . change(scope, "whole-half", -1) at 1.5, graph 0.97 center boxed textcolor rgb SOFT
    set label 6 "long → short\n" . change(scope, "short-half", 1) at 2.5, graph 0.97 center boxed textcolor rgb SOFT
    plot paired(scope) using (1):1:(1):($2 - $1) with vectors nohead linecolor rgb 0x900072b2 notitle, \
         paired(scope) using (2):2:(1):($3 - $2) with vectors nohead linecolor rgb 0x900072b2 notitle, \
         for [i = 1:3] paired(scope) using (i):i with points pointtype 7 pointsize 1.1 * POINT linecolor rgb BLUE \
             title i == 1 ? "one seed" : "", \
         for [i = 1:words(seeds) > 1] intervals skip 1 using (mean_at(scope) + 0.12):5:6:7 with yerrorbars pointtype 7 \
             pointsize 1.5 * POINT linewidth 2 linecolor rgb ORANGE title "mean and 95% t-interval", \
         for [i = 1:words(seeds) > 1] intervals skip 1 using (mean_at(scope) + 0.18):5:(minus(sprintf("%.2f", $5))) \
             with labels left boxed textcolor rgb ORANGE notitle
}
unset multiplot
