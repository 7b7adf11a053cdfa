# Microseconds a step, by library, without and with tally, and what the bandwidth of the memory allows.
load "tests/bench/style.gp"

names = system('awk -F "\t" ''$2 ~ /^(no|sigmoid)$/ && $1 !~ /limit|nonzero|engram,/ { print $3 "\t" $1 }'' ' . table . ' | sort -g | cut -f 2')
count = int(system('echo "' . names . '" | wc -l'))
name(i) = system('echo "' . names . '" | sed -n ' . i . 'p')
variant(i) = name(i) eq "FANN, sigmoid" ? "sigmoid" : "no"
set print $NO; do for [i = 1:count] { print at(name(i), variant(i)) . "\t" . i }
set print $YES; do for [i = 1:count] { if (at(name(i), "yes") ne "") { print at(name(i), "yes") . "\t" . i } }
unset print

set label 1 "{/:Bold A step of learning, by engram and by others}" @HEADLINE
set label 2 STEP . ";  a 784-100-2 network" @SUBTITLE
set label 3 "dashed: time of the memory traffic alone, of all weights (dense) and of the nonzero pixels’ share (sparse);  " . \
    "engram alone leaves out black pixels" @SMALL1
set label 4 TIMED @SMALL2
set lmargin screen 0.21
set tmargin screen 0.82
set xlabel "µs a step"
set logscale x
least = measured("sparse limit", "no"); fastest = measured(name(1), variant(1))
set xrange [0.7 * (fastest < least ? fastest : least):*]
set xtics ()
do for [k = -1:3] { do for [m in "1 2 5"] { set xtics add ((k < 0 ? sprintf("%g", m * 10.**k) : thousands(m * 10**k)) m * 10.**k) } }
set yrange [count + 0.6:0.4]
set ytics scale 0 ()
do for [i = 1:count] { set ytics add (spelled(name(i)) i) }
set grid noytics
set key at screen 0.975,0.975
set style textbox opaque margins 0.3, 0.2 noborder

do for [k = 1:2] {
    limit = word("sparse dense", k)
    do for [v = 1:2] {
        x = measured(limit . " limit", word("no yes", v))
        set arrow 2 * k + v from x, graph 0 to x, graph 1 nohead linewidth 1.4 dashtype 2 linecolor rgb COLOUR[v]
        set label 10 + 2 * k + v short(x) at x, graph 1.022 center font ",10" textcolor rgb COLOUR[v]
    }
    set label 20 + k limit . " limit" at sqrt(measured(limit . " limit", "no") * measured(limit . " limit", "yes")), \
        graph 1.058 center font ",10" textcolor rgb SOFT
}

plot $NO using 1:($2 - 0.13):(short($1)) with labels left boxed offset 1.1,0 textcolor rgb BLUE font ",11" \
         point pointtype 7 pointsize 1.5 * POINT linecolor rgb BLUE title "without tally", \
     $YES using 1:($2 + 0.2):(short($1)) with labels left boxed offset 1.1,0 textcolor rgb ORANGE font ",11" \
         point pointtype 5 pointsize 1.3 * POINT linecolor rgb ORANGE title "with tally"
