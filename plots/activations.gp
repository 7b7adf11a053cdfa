# Bias and weight r of every seed under each activation, with mean and 95% t-interval over the seeds: the
# seed is the unit of evidence, not the weight.
load "style.gp"

shown(name) = nth(activations, name) > 0 ? nth(activations, name) : NaN
run_at(scope) = strcol(4) eq scope && strcol(3) eq "half" ? shown(strcol(1)) : NaN
mean_at(scope) = strcol(1) eq scope && strcol(3) eq "half" ? shown(strcol(2)) : NaN
range = extent(".", "^half$")
low = real(word(range, 1)); high = real(word(range, 2))

set label 1 "{/:Bold Correlation under each activation, " . plural(words(seeds), "seed") . "}" @HEADLINE
set label 2 "r of relative updating due to " . A . " and relative difference of " . forks(forks_a) @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 PHASE1 . ";  " . UNITS . ", learning rate " . rate . \
    ";  seeds from left to right, intervals by Fisher’s z" @SMALL2
set xrange [0.5:words(activations) + 0.65]
set yrange [low - 0.05:high + 0.05]
set xtics scale 0 ()
do for [i = 1:words(activations)] { set xtics add (called(word(activations, i)) i) }
set grid noxtics
set xzeroaxis linecolor rgb SOFT linetype 1 linewidth 1.2
spread(seed) = -0.32 + 0.26 * nth(seeds, seed) / words(seeds)
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
    plot runs skip 1 using (run_at(scope) + spread(strcol(2))):7 with points pointtype 7 pointsize 1.2 * POINT \
             linecolor rgb 0x500072b2 title "one seed", \
         for [i = 1:words(seeds) > 1] intervals skip 1 using (mean_at(scope) + 0.1):5:6:7 with yerrorbars pointtype 7 \
             pointsize 1.5 * POINT linewidth 2 linecolor rgb ORANGE title "mean and 95% t-interval", \
         for [i = 1:words(seeds) > 1] intervals skip 1 using (mean_at(scope) + 0.16):5:(minus(sprintf("%.2f", $5))) \
             with labels left boxed textcolor rgb ORANGE notitle
}
unset multiplot
