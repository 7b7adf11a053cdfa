# What all charts share: terminal, fonts, colours, grid, the places of texts, and the words for a run. pipeline/chart
# defines format and output, table, and what the table's first lines say; each block of it has a name and columns.

if (!exists("WIDTH")) { WIDTH = 960 }
if (format eq "svg") {
    set terminal svg size WIDTH,700 dynamic enhanced font "DejaVu Sans,12" background rgb "white"
    POINT = 0.42
} else {
    set terminal pngcairo size WIDTH * 1.5,1050 enhanced font "DejaVu Sans,12" fontscale 1.125 linewidth 1.5
    POINT = 1
}
set output output
set encoding utf8
set pointintervalbox 0.001  # no white round the points of error bars
set minussign
set datafile separator tab
set datafile columnheaders

# Colours that all eyes tell apart (Okabe & Ito), darker where they are those of text, and greys for what is not data.
INK = 0x1a1a1a; SOFT = 0x5c5c5c; FAINT = 0xc8c8c8; GRIDLINE = 0xe6e6e6; PALE = 0xececec; MISSING = 0x9a9a9a
BLUE = 0x0072b2; ORANGE = 0xd55e00; GREEN = 0x009e73; PURPLE = 0xa8578a; SKY = 0x56b4e9; AMBER = 0xe69f00
BLUE_TEXT = 0x00609a; ORANGE_TEXT = 0xa84300; GREEN_TEXT = 0x006b4e
array COLOUR[6] = [BLUE, ORANGE, GREEN, PURPLE, SKY, AMBER]

# Headline and subtitle above the plot, at its left edge; two lines of small print below it.
HEADLINE = 'at screen 0.025,0.965 left font ",15" textcolor rgb INK front'
SUBTITLE = 'at screen 0.025,0.922 left textcolor rgb SOFT front'
SMALL1 = 'at screen 0.025,0.052 left font ",9.5" textcolor rgb SOFT front'
SMALL2 = 'at screen 0.025,0.022 left font ",9.5" textcolor rgb SOFT front'
set margins screen 0.095, screen 0.975, screen 0.175, screen 0.855
set border 3 linecolor rgb SOFT
set format "%g"
set tics nomirror out scale 0.6 textcolor rgb SOFT
set xlabel textcolor rgb INK
set ylabel textcolor rgb INK
set grid linecolor rgb GRIDLINE linetype 1 linewidth 0.7
# What a chart, or a panel of it, says in its middle when it has nothing else: NOTHING . "why" @IN_THE_MIDDLE.
NOTHING = "nothing to show: "
IN_THE_MIDDLE = 'at graph 0.5, graph 0.58 center front boxed font ",11" textcolor rgb INK'
NO_X_Y = "\nx is undefined where nothing is updated, y where the forks do not differ"
set style textbox opaque margins 0.6, 0.4 noborder
set key at screen 0.975,0.895 right horizontal maxrows 1 reverse Left samplen 1.5 noenhanced textcolor rgb INK

# In using: 1 in the rows where a column has this number, or this text; else NaN.
is(name, number) = column(name) == number ? 1 : NaN
says(name, text) = strcol(name) eq text ? 1 : NaN
within(x, low, high) = x < low ? low : x > high ? high : x
# Places side by side, from 0 to 1, for points of one column: those of following numbers are far apart.
golden(i) = 0.618034 * i - floor(0.618034 * i)
# "0.12 [0.1, 0.2]", smaller in brackets.
interval(text) = strstrt(text, "[") == 0 ? text : \
    text[1:strstrt(text, "[") - 1] . " {/*0.85 " . text[strstrt(text, "["):*] . "}"
two_lines(name) = strstrt(name, ", ") == 0 ? "{/:Bold " . name . "}" : "{/:Bold " . name[1:strstrt(name, ", ")] . \
    "}\n{/:Bold " . name[strstrt(name, ", ") + 2:*] . "}"

# padded(LOW, HIGH, SHARE): for set xrange or yrange, with so much to spare; step(LOW, HIGH): between tics where
# there is room for three or four.
padded(low, high, share) = low == high ? "[-1:1]" : \
    sprintf("[%.9g:%.9g]", low - share * (high - low), high + share * (high - low))
step(low, high) = low == high ? 0.5 : round_step((high - low) / 3.)
power_of_10(x) = 10**floor(log10(x))
round_step(x) = x <= 0 ? 0.1 : power_of_10(x) * (x / power_of_10(x) < 2 ? 1 : x / power_of_10(x) < 5 ? 2 : 5)

# frame(I, COLUMNS, ROWS): sets the margins of the I-th of so many panels; PANEL_NAME is where its name goes.
frame(i, columns, rows) = sprintf("set margins screen %g, screen %g, screen %g, screen %g", \
    frame_left(i, columns), frame_left(i, columns) + frame_width(columns), \
    frame_top(i, columns, rows) - frame_height(rows), frame_top(i, columns, rows))
frame_width(columns) = (0.965 - 0.065 * columns) / columns
frame_height(rows) = (0.79 - 0.085 * rows) / rows
frame_left(i, columns) = 0.075 + ((i - 1) % columns) * (frame_width(columns) + 0.065)
frame_top(i, columns, rows) = 0.84 - ((i - 1) / columns) * (frame_height(rows) + 0.085)
PANEL_NAME = 'at graph 0, graph 1 left offset 0, 0.8 textcolor rgb INK'

# The run in one line, and what x and y are in another; the benchmark has no run.
# summed is a line of the table if it is another measure.
if (exists("data")) {
    if (!exists("summed")) { summed = "|Δθ|" }
    PHASE1 = data . ", phase 1: " . a . " against " . b . " among the first " . images . " images"
    # Of many networks, each seed may have images of its own.
    NETWORKS = own > 0 ? data . ", phase 1: " . a . " against " . b . ", each seed’s own, as many as in the first " . images : PHASE1
    LEARNING = units . ", learning rate " . rate
    RUN = PHASE1 . ";  " . activation . ", " . LEARNING . ", seed " . seed
    FORMULAS = "x = a/(a + b), y = c/(c + d)"
    X_Y = (WIDTH < 960 ? "" : FORMULAS . ";  ") . "a, b: sums of " . summed . " over steps on " . a . ", on " . b . " (" . tallied . \
        " of phase 1);  c = " . c_of . ",  d = " . d_of
    R_OF = "r of relative updating x = a / (a + b) and relative difference y = c / (c + d)"
    X_AXIS = "relative updating due to " . a . ":  a / (a + b)"
    Y_AXIS = "relative difference of " . forks_a . ":  c / (c + d)"
}
