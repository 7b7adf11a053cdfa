# Every bias: the share of its updates that class A caused against the share of its difference that lies
# between class A's forks. The line is of least squares.
load "style.gp"

row = correlated(correlations, "biases")
n = field(row, 2)
last = system('awk -F "\t" ''$1 ~ /bias$/ { print $1 }'' ' . sh(points) . ' | sort -V | tail -n 1')
outputs = field(correlated(correlations, last), 2)
bias(tensor) = tensor[strlen(tensor) - 3:*] eq "bias" ? 1 : NaN
output_unit(tensor) = tensor eq last ? 1 : NaN
hidden_unit(tensor) = tensor eq last ? NaN : bias(tensor)

fitted = 0; slope = 0; intercept = 0; left = 0; right = 1
if (field(row, 4) != 0 && n > 2) { stats points skip 1 using ($4 * bias(strcol(1))):5 nooutput; fitted = STATS_max_x > STATS_min_x }
if (fitted) {
    slope = STATS_slope; intercept = STATS_intercept
    left = STATS_min_x; right = STATS_max_x
    pad = 0.06 * (right - left)
    left = left < pad ? 0 : left - pad; right = 1 - right < pad ? 1 : right + pad
}

set label 1 "{/:Bold Do biases updated more by " . A . " differ more between " . forks(forks_a) . "?}" @HEADLINE
set label 2 TEST(row) . plural(n, "bias") . LEFT_OUT(row) @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 RUN @SMALL2
set xlabel X_AXIS
set ylabel Y_AXIS
set xrange [left:right]
set yrange [0:1]

both = system('awk -F "\t" ''$1 ~ /bias$/ && $4 ~ /[0-9]/ && $5 ~ /[0-9]/'' ' . sh(points) . ' | wc -l') + 0
if (both == 0) { set label 9 NOTHING . "no bias has both x and y" . NO_X_Y @IN_THE_MIDDLE }

plot NaN notitle, \
     for [i = 1:fitted] slope * x + intercept with lines linewidth 1.5 linecolor rgb FAINT title "least squares", \
     for [i = 1:n > outputs] points skip 1 using ($4 * hidden_unit(strcol(1))):5 with points pointtype 7 \
         pointsize 1.6 * POINT linecolor rgb BLUE title "hidden unit", \
     for [i = 1:outputs > 0] points skip 1 using ($4 * output_unit(strcol(1))):5 with points pointtype 13 \
         pointsize 2.6 * POINT linecolor rgb ORANGE title "output unit"
