# What the charts of the sweeps share: lines of microseconds a step, by peer, for one variable.
PEERS = system('awk -F "\t" -v s="' . sweep . ' " ''index($2, s) == 1 && !($1 in seen) { seen[$1]; print $1 }'' ' . table)
peers = int(system('echo "' . PEERS . '" | wc -l'))
peer(i) = system('echo "' . PEERS . '" | sed -n ' . i . 'p')
colour(name) = name eq "engram" ? BLUE : name eq "engram with tally" ? ORANGE : name eq "Eigen" ? GREEN : \
    name eq "NumPy" ? PURPLE : AMBER
shape(name) = name eq "engram" ? 7 : name eq "engram with tally" ? 5 : name eq "Eigen" ? 9 : name eq "NumPy" ? 11 : 13
swept(i) = '< awk -F "\t" -v OFS="\t" -v n="' . peer(i) . '" -v s="' . sweep . ' " ''$1 == n && index($2, s) == 1 ' . \
    '{ print substr($2, length(s) + 1), $3 }'' ' . table

set label 3 STEP @SMALL1
set label 4 (clock eq "cpu" ? "processor time" : "time") . ", best of " . (rounds < 2 ? 1 : 2) . ";  " . MACHINE @SMALL2
set ylabel "µs a step"
set logscale y
set yrange [*:*] noextend
set offsets 0, 0, graph 0.05, graph 0.05
set ytics ()
do for [k = -1:5] { do for [m in "1 2 5"] { set ytics add (k < 3 ? sprintf("%g", m * 10.**k) : thousands(int(m * 10.**k)) m * 10.**k) } }
set key samplen 2.5
LINE = 'with linespoints linewidth 2.2 pointsize 1.3 * POINT'
