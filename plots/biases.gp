# Every bias: the share of its updates that class A caused against the share of its difference that lies
# between class A's forks. The line is of least squares.
load "style.gp"

row = correlated(correlations, "biases")
last = system('awk -F "\t" ''$1 ~ /bias$/ { print $1 }'' ' . points . ' | sort -V | tail -n 1')
bias(tensor) = tensor[strlen(tensor) - 3:*] eq "bias" ? 1 : NaN
output_unit(tensor) = tensor eq last ? 1 : NaN
hidden_unit(tensor) = tensor eq last ? NaN : bias(tensor)

slope = NaN; intercept = NaN
if (word(row, 4) ne "nan" && int(word(row, 2)) > 2) {
    stats points skip 1 using ($4 * bias(strcol(1))):5 nooutput
    slope = STATS_slope; intercept = STATS_intercept
}

set label 1 "{/:Bold Do biases updated more by " . A . " differ more between " . forks(forks_a) . "?}" @HEADLINE
set label 2 TEST(row) . plural(int(word(row, 2)), "bias") . LEFT_OUT(row) @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 RUN @SMALL2
set xlabel X_AXIS
set ylabel Y_AXIS
set xrange [0:1]
set yrange [0:1]

plot slope * x + intercept with lines linewidth 1.5 linecolor rgb FAINT title "least squares", \
     points skip 1 using ($4 * hidden_unit(strcol(1))):5 with points pointtype 7 pointsize 1.6 * POINT \
         linecolor rgb BLUE title "hidden unit", \
     points skip 1 using ($4 * output_unit(strcol(1))):5 with points pointtype 13 pointsize 2.6 * POINT \
         linecolor rgb ORANGE title "output unit"
