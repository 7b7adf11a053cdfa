# What charts of rows share, and draw: a row for each activation, outcome by outcome, of several means, of the differences
# of two, and of these in numbers. marks: how many means a row; mark_I: what is said of them, shown_I: whether there are
# any; pairs: how many differences; pair_I: what is said of them, pair_mark_I: the mark whose sign they have.

array SIGN[4] = [7, 9, 5, 11]
array TEXT_COLOUR[4] = [BLUE_TEXT, ORANGE_TEXT, GREEN_TEXT, PURPLE]
n = activations + 0; marks = marks + 0; pairs = pairs + 0
of(name, i) = value(sprintf("%s_%d", name, i))
array PAIR_MARK[pairs]
do for [p = 1:pairs] { PAIR_MARK[p] = of("pair_mark", p) + 0 }
line(group, place) = (group - 1) * (n + 0.6) + place
at(i, count) = line(column("group"), column("place")) + 0.8 / (count + 1) * (i - (count + 1) / 2.)
is_at(name, i, count) = is(name, i) * at(i, count)
# Where the panels end, and the numbers of each pair begin.
RIGHT1 = pairs > 1 ? 0.52 : 0.6
RIGHT2 = pairs > 1 ? 0.7 : 0.82
numbers(pair) = RIGHT2 + 0.01 + 0.145 * (pair - 1)

set yrange [line(5, n) + 0.7:0.3]
set ytics scale 0 ()
do for [group = 1:5] {
    set label 10 + group two_lines(of("outcome", group)) . (group > 3 ? "\n(not primary)" : "") \
        at screen 0.025, first line(group, (n + 1) / 2.) left font ",10" textcolor rgb INK
    if (group > 1) { set arrow group from graph 0, first line(group, 0.2) rto graph 1, 0 nohead linecolor rgb FAINT }
    do for [k = 1:n] { set ytics add (of("activation", k) line(group, k)) }
}
set arrow 9 from 0, graph 0 to 0, graph 1 nohead linecolor rgb SOFT linewidth 1.2
set border 1
set grid noytics
set bmargin screen 0.155
set tmargin screen 0.805
unset key

# The names of the marks, side by side.
x = 0.035
do for [c = 1:marks + (ceilings > 0)] {
    if (c > marks || of("shown", c) > 0) {
        name = c > marks ? "attainable r" : of("mark", c)
        if (c > marks) {
            set label 20 + c name at screen x,0.885 left point pointtype 0 offset 0.8,0 textcolor rgb INK
            set arrow 20 from screen x,0.872 to screen x,0.898 nohead linewidth 2.5 linecolor rgb MISSING
        } else {
            set label 20 + c name at screen x,0.885 left point pointtype SIGN[c] pointsize 1.1 * POINT \
                linecolor rgb COLOUR[c] offset 0.8,0 textcolor rgb INK
        }
        x = x + 0.04 + 0.0083 * strlen(name)
    }
}

set multiplot
set lmargin screen 0.255
set rmargin screen RIGHT1
eval "set xrange " . padded(r_low + 0, r_high + 0, 0.03)
if (r_high - r_low > 1.4) { set xtics 0.5 }
set xlabel "mean r"
set label 8 "{/:Bold r}" @PANEL_NAME
if (shown == 0) { set label 9 NOTHING . no_r @IN_THE_MIDDLE }
plot NaN notitle, \
     for [j = 1:ceilings > 0] table index "attainable" using "mean":(at(0, 1)):(0):(0.8) with vectors nohead \
         linewidth 2.5 linecolor rgb MISSING notitle, \
     for [c = 1:marks] table index "means" using (is("mark", c) * column("mean")):(at(c, marks)):"low":"high" \
         with xerrorbars pointtype 0 linewidth 1.8 linecolor rgb COLOUR[c] notitle, \
     for [c = 1:marks] table index "means" using (is("mark", c) * column("mean")):(at(c, marks)) \
         with points pointtype SIGN[c] pointsize POINT linecolor rgb COLOUR[c] notitle
unset label
unset ytics
if (shown > 0 && both == 0) { set label 9 "no seed has both" @IN_THE_MIDDLE }
set lmargin screen RIGHT1 + 0.035
set rmargin screen RIGHT2
set xtics step(difference_low + 0, difference_high + 0)
eval "set xrange " . padded(difference_low + 0, difference_high + 0, 0.06)
set xlabel "mean difference of r"
set label 8 "{/:Bold " . minus . "}" at graph 0, graph 1 left offset 0, 1.8 textcolor rgb INK
plot NaN notitle, \
     for [p = 1:pairs] table index "differences" using (is("pair", p) * column("mean")):(at(p, pairs)):"low":"high" \
         with xerrorbars pointtype 0 linewidth 1.8 linecolor rgb COLOUR[PAIR_MARK[p]] notitle, \
     for [p = 1:pairs] table index "differences" using (is("pair", p) * column("mean")):(at(p, pairs)) with points \
         pointtype SIGN[PAIR_MARK[p]] pointsize POINT linecolor rgb COLOUR[PAIR_MARK[p]] notitle

# The same in numbers, in a panel of its own.
unset border
unset arrow
unset xtics
unset xlabel
unset grid
unset label
set lmargin screen RIGHT2
set rmargin screen 0.99
set xrange [RIGHT2:0.99]
do for [p = 1:pairs] {
    if (of("shown", PAIR_MARK[p]) > 0) {
        set label 30 + p "{" . of("pair", p) . "}" at numbers(p), graph 1 left offset 0, 0.6 font ",9" textcolor rgb TEXT_COLOUR[PAIR_MARK[p]]
    }
}
plot NaN notitle, \
     for [p = 1:pairs] table index "differences" using (is("pair", p) * numbers(p)):(at(1, 1)):(interval(strcol("text"))) \
         with labels left font ",9" textcolor rgb TEXT_COLOUR[PAIR_MARK[p]] notitle
unset multiplot
