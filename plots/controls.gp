# What is left of r when x comes from another network, or from the images alone: means over the seeds with
# their intervals, outcome by outcome; and, beside it, the network's own minus the other network's.
load "style.gp"

array CONTROL[3] = ["same", "other", "image"]
array CONTROL_NAME[3] = ["this network", "another network", "the images alone"]
array SIGN[3] = [7, 9, 5]
array SHOWN[5] = [1, 2, 3, 5, 4]
n = words(activations)
where(o, k) = OUTCOME[SHOWN[o]] . " variant=half activation=" . word(activations, k)
line(o, k) = (o - 1) * (n + 0.6) + k
last = line(5, n)
networks = system('awk -F "\t" ''NR > 1 && $7 > n { n = $7 } END { print n + 0 }'' ' . intervals) + 0

set label 1 "{/:Bold Correlation with x of this network, of another network, of the images alone}" @HEADLINE
set label 2 R_OF . ";  " . plural(networks, "seed") @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 PHASE1 . ";  " . UNITS . ", learning rate " . rate . ";  95% t-intervals of means, of r by Fisher’s z" @SMALL2
set yrange [last + 0.7:0.3]
set ytics scale 0 ()
do for [o = 1:5] {
    name = OUTCOME_NAME[SHOWN[o]]; comma = strstrt(name, ", ")
    set label 10 + o "{/:Bold " . (comma ? name[1:comma] . "}\n{/:Bold " . name[comma + 2:*] : name) . "}" . \
        (SHOWN[o] > 3 ? "\n(not primary)" : "") at screen 0.025, first line(o, 1) left font ",10" textcolor rgb INK
    do for [k = 1:n] { set ytics add (called(word(activations, k)) line(o, k)) }
    if (o > 1) { set arrow o from graph 0, first line(o, 1) - 0.8 to graph 1, first line(o, 1) - 0.8 nohead linecolor rgb FAINT }
}
set grid noytics
set xzeroaxis
set key at screen 0.6,0.895 title "x from" left
