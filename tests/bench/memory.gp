# Peak memory of every peer of the table of steps.
load "tests/bench/style.gp"

names = system('awk -F "\t" ''$2 ~ /^(no|sigmoid)$/ && $1 !~ /limit|nonzero|engram,/ { print $8 "\t" $1 }'' ' . table . ' | sort -g | cut -f 2')
count = int(system('echo "' . names . '" | wc -l'))
name(i) = system('echo "' . names . '" | sed -n ' . i . 'p')
memory(name) = real(system('awk -F "\t" -v n="' . name . '" ''$1 == n { print $8; exit }'' ' . table))
set print $MIB
do for [i = 1:count] { print sprintf("%g\t%d\t%d", memory(name(i)), i, name(i) eq "engram" ? BLUE : FAINT) }
unset print

set label 1 "{/:Bold Memory of a process that learns, by library}" @HEADLINE
set label 2 "peak resident MiB, without tally;  a 784-100-2 network, and all its images in memory" @SUBTITLE
set label 4 MACHINE @SMALL2
set lmargin screen 0.21
set xlabel "MiB"
set xrange [0:memory(name(count)) * 1.1]
set yrange [count + 0.6:0.4]
set ytics scale 0 ()
do for [i = 1:count] { set ytics add (spelled(name(i)) i) }
set grid noytics
set boxwidth 0.55
set style fill solid noborder
unset key

plot $MIB using (0):2:(0):1:($2 - 0.28):($2 + 0.28):3 with boxxyerror linecolor rgb variable, \
     $MIB using 1:2:(short($1)) with labels left offset 0.6,0 textcolor rgb INK
