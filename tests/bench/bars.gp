# What the charts of bars share: one for each name, engram's in colour.
load "tests/bench/style.gp"

set lmargin screen 0.21
set xrange [0:most * 1.2]
set grid noytics
set style fill solid noborder
unset key
BARS = 'table index "bars" using (0):2:(0):1:($2 - 0.28):($2 + 0.28):(column("own") > 0 ? BLUE : FAINT) with boxxyerror ' . \
    'linecolor rgb variable, table index "bars" using 1:2:"text" with labels left offset 0.6,0 textcolor rgb INK'
