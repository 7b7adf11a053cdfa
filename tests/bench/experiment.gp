# The base run from end to end.
load "tests/bench/style.gp"

names = system('awk -F "\t" ''$2 == "base" { print $3 "\t" $1 }'' ' . table . ' | sort -g | cut -f 2')
count = int(system('echo "' . names . '" | wc -l'))
name(i) = system('echo "' . names . '" | sed -n ' . i . 'p')
seconds(i) = measured(name(i), "base")
ours = measured("engram, make base", "base")
set print $SECONDS
do for [i = 1:count] { print sprintf("%g\t%d\t%d", seconds(i), i, seconds(i) == ours ? BLUE : FAINT) }
unset print

set label 1 "{/:Bold The whole experiment, from the packed images to the correlations}" @HEADLINE
set label 2 "phase 1 with tallies, four forks, differences, correlations, the map: " . \
    "make base in a fresh folder, and the same in Python" @SUBTITLE
set label 4 (clock eq "cpu" ? "processor time" : "time") . ", best of " . (rounds < 3 ? rounds : "3") . " rounds;  " . MACHINE @SMALL2
set lmargin screen 0.21
set xlabel "seconds"
set xrange [0:seconds(count) * 1.2]
set yrange [count + 0.6:0.4]
set ytics scale 0 ()
do for [i = 1:count] { set ytics add (spelled(name(i)) i) }
set grid noytics
set style fill solid noborder
unset key

plot $SECONDS using (0):2:(0):1:($2 - 0.28):($2 + 0.28):3 with boxxyerror linecolor rgb variable, \
     $SECONDS using 1:2:(sprintf("%.2f s", $1) . ($1 == ours ? "" : sprintf("  (×%.1f)", $1 / ours))) \
         with labels left offset 0.6,0 textcolor rgb INK
