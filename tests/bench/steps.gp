# Microseconds a step, by library, without and with tally, and what the bandwidth of the memory allows.
load "tests/bench/style.gp"

set label 1 "{/:Bold A step of learning, by engram and by others}" @HEADLINE
set label 2 STEP . ";  a 784-100-2 network" @SUBTITLE
set label 3 "dashed: time of the memory traffic alone, of all weights (dense) and of the nonzero pixels’ share (sparse);  " . \
    "engram and the sparse peers leave out black pixels" @SMALL1
set label 4 TIMED @SMALL2
set lmargin screen 0.21
set tmargin screen 0.82
set xlabel "µs a step"
set logscale x
set xrange [0.7 * (least + 0 < sparse_1 + 0 ? least + 0 : sparse_1 + 0):*]
set xtics ()
do for [k = -1:3] { do for [m in "1 2 5"] { set xtics add (tic(m * 10.**k) m * 10.**k) } }
set grid noytics
set key at screen 0.975,0.975
set style textbox opaque margins 0.3, 0.2 noborder

limit(name, v) = value(sprintf("%s_%d", name, v)) + 0
do for [k = 1:2] {
    name = word("sparse dense", k)
    do for [v = 1:2] {
        set arrow 2 * k + v from limit(name, v), graph 0 to limit(name, v), graph 1 nohead linewidth 1.4 dashtype 2 \
            linecolor rgb COLOUR[v]
        set label 10 + 2 * k + v value(sprintf("%s_text_%d", name, v)) at limit(name, v), graph 1.022 center offset (v == 1 ? -1.7 : 1.7), 0 font ",10" \
            textcolor rgb (v == 1 ? BLUE_TEXT : ORANGE_TEXT)
    }
    set label 20 + k name . " limit" at sqrt(limit(name, 1) * limit(name, 2)), graph 1.058 center font ",10" textcolor rgb SOFT
}

plot table index "without tally" using 1:($2 - 0.13):3 with labels left boxed offset 1.1,0 textcolor rgb BLUE_TEXT font ",11" \
         point pointtype 7 pointsize 1.5 * POINT linecolor rgb BLUE title "without tally", \
     table index "with tally" using 1:($2 + 0.2):3 with labels left boxed offset 1.1,0 textcolor rgb ORANGE_TEXT font ",11" \
         point pointtype 5 pointsize 1.3 * POINT linecolor rgb ORANGE title "with tally"
