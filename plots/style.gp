# What all charts share: terminal, fonts, colours, grid, the places of texts, and the words for a run.
# pipeline/chart defines format and output; pipeline/charts.mk lists the run's variables.

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

# Colours that all eyes tell apart (Okabe & Ito), and greys for what is not data.
INK = 0x1a1a1a; SOFT = 0x5c5c5c; FAINT = 0xc8c8c8; GRIDLINE = 0xe6e6e6; PALE = 0xececec
BLUE = 0x0072b2; ORANGE = 0xd55e00; GREEN = 0x009e73; PURPLE = 0xa8578a; SKY = 0x56b4e9; AMBER = 0xe69f00
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

# --- numbers and words
thousands(n) = n < 1000 ? sprintf("%d", n) : thousands(floor(n / 1000)) . sprintf(",%03d", int(n) % 1000)
minus(text) = text[1:1] eq "-" ? "−" . text[2:*] : text
digits(text, format) = text eq "nan" ? "undefined" : minus(sprintf(format, real(text)))
number(text) = digits(text, "%.3f")
power(p, e) = p[1:e - 1] . "×10^{" . minus(p[e + 1:*]) . "}"
p_value(p) = p eq "nan" ? "undefined" : strstrt(p, "e") ? power(p, strstrt(p, "e")) : sprintf("%.2g", real(p))
plural(n, word) = thousands(n) . " " . word . (n == 1 ? "" : word[strlen(word):*] eq "s" ? "es" : "s")

# The I-th word of a line of a table as a number; 0 if it is not there, or nan.
field(line, i) = words(line) < i || word(line, i) eq "nan" ? 0 : real(word(line, i))
within(x, low, high) = x < low ? low : x > high ? high : x

nth(list, name) = sum [i = 1:words(list)] (word(list, i) eq name ? i : 0)

# sh(PATH): as the shell takes it. escaped(TEXT): as it is, where _ and the like would be markup.
sh(path) = "'" . quoted(path) . "'"
quoted(path) = strstrt(path, "'") == 0 ? path : \
    path[1:strstrt(path, "'") - 1] . "'\\''" . quoted(path[strstrt(path, "'") + 1:*])
escaped(text) = strlen(text) == 0 ? "" : (strstrt("\\_^{}@&~", text[1:1]) ? "\\" : "") . text[1:1] . escaped(text[2:*])

# rows(TABLE, WHERE, COLUMNS): for plot, these columns of the rows where columns have these values, as in
# "scope=biases part=all", and the last of them is not nan; count(...): how many these are; row(...): the columns
# as text, for word(); extent(...): the least and the greatest of their numbers and of 0.
rows(table, where, columns) = '< ' . selection(table, where, columns) . DEFINED
count(table, where, columns) = int(system(selection(table, where, columns) . DEFINED . ' | wc -l'))
DEFINED = ' | awk -F "\t" ''$NF ~ /[0-9]/'''
row(table, where, columns) = system(selection(table, where, columns))
extent(table, where, columns) = system(selection(table, where, columns) . ' | awk ''{ for (i = 1; i <= NF; i++) ' . \
    'if ($i ~ /[0-9]/) { if ($i + 0 < low) low = $i + 0; if ($i + 0 > high) high = $i + 0 } } ' . \
    'END { print low + 0, high + 0 }''')
selection(table, where, columns) = 'awk -F "\t" -v where="' . where . '" -v columns="' . columns . '" ''' . \
    'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = split(where, test, " "); m = split(columns, name, " "); ' . \
    'for (i = 1; i <= n; i++) { k = index(test[i], "="); of[i] = at[substr(test[i], 1, k - 1)]; ' . \
    'is[i] = substr(test[i], k + 1) } next } { for (i = 1; i <= n; i++) if ($of[i] "" != is[i] "") next; ' . \
    'for (i = 1; i <= m; i++) printf "%s%s", $at[name[i]], (i < m ? "\t" : "\n") }'' ' . sh(table)

# wider(RANGE, RANGE): of two pairs of numbers; padded(RANGE, SHARE): for set xrange or yrange, with so much to spare.
wider(a, b) = sprintf("%.9g %.9g", real(word(a, 1)) < real(word(b, 1)) ? real(word(a, 1)) : real(word(b, 1)), \
    real(word(a, 2)) > real(word(b, 2)) ? real(word(a, 2)) : real(word(b, 2)))
padded(a, share) = word(a, 1) eq word(a, 2) ? "[-1:1]" : sprintf("[%.9g:%.9g]", \
    real(word(a, 1)) - share * (real(word(a, 2)) - real(word(a, 1))), \
    real(word(a, 2)) + share * (real(word(a, 2)) - real(word(a, 1))))

# step(RANGE): between tics where there is room for three or four, of the range when it is padded.
step(a) = word(a, 1) eq word(a, 2) ? 0.5 : round_step((real(word(a, 2)) - real(word(a, 1))) / 3.)
power_of_10(x) = 10**floor(log10(x))
round_step(x) = x <= 0 ? 0.1 : power_of_10(x) * (x / power_of_10(x) < 2 ? 1 : x / power_of_10(x) < 5 ? 2 : 5)

# correlated(TABLE, SCOPE): the row of correlations.tsv.
correlated(table, scope) = row(table, "scope=" . scope . " part=all", "scope n undefined r t df p")

# The outcomes: three primary ones, then the pooled correlation, and what is left of its parts.
array OUTCOME[5] = ["scope=biases part=all", "scope=layer1.weight part=centred", "scope=layer1.weight part=units", \
    "scope=layer1.weight part=all", "scope=layer1.weight part=inputs"]
array OUTCOME_NAME[5] = ["biases", "first-layer weights, doubly centred", "first-layer weights, between hidden units", \
    "first-layer weights, pooled", "first-layer weights, between pixels"]

# frame(I, COLUMNS, ROWS): sets the margins of the I-th of so many panels; PANEL_NAME is where its name goes.
frame(i, columns, rows) = sprintf("set margins screen %g, screen %g, screen %g, screen %g", \
    frame_left(i, columns), frame_left(i, columns) + frame_width(columns), \
    frame_top(i, columns, rows) - frame_height(rows), frame_top(i, columns, rows))
frame_width(columns) = (0.965 - 0.065 * columns) / columns
frame_height(rows) = (0.79 - 0.085 * rows) / rows
frame_left(i, columns) = 0.075 + ((i - 1) % columns) * (frame_width(columns) + 0.065)
frame_top(i, columns, rows) = 0.84 - ((i - 1) / columns) * (frame_height(rows) + 0.085)
PANEL_NAME = 'at graph 0, graph 1 left offset 0, 0.8 textcolor rgb INK'

# The most seeds behind a line of a table of intervals; and "mean low high" of one: is it known, and in words.
networks(table) = int(word(extent(table, "quantity=r", "seeds"), 2))
t_intervals(n) = n > 1 ? "95% t-intervals over " . thousands(n) . " seeds" : n == 1 ? "one seed, no intervals" : "no seed"
# What a panel without an r says: of one seed, of several.
NO_R(n) = NOTHING . (n > 1 ? "r is undefined for every seed" : "r is undefined")
known(m) = words(m) > 0 && word(m, 1) ne "nan"
three(x) = abs(real(x)) < 0.0005 ? "0.000" : minus(sprintf("%.3f", real(x)))
interval(m) = !known(m) ? "–" : three(word(m, 1)) . (word(m, 2) eq "nan" ? "" : \
    "  {/*0.85 [" . three(word(m, 2)) . ", " . three(word(m, 3)) . "]}")

# flat(HEIGHT, BOTTOM): for a picture of few rows, the colour bar lies below it; of such height, at such a margin.
flat(height, bottom) = height > 0.25 ? "" : sprintf("unset ylabel; set cblabel 'r' offset 0, 0.7; set colorbox " . \
    "horizontal user origin screen 0.15, screen %g size screen 0.7, screen 0.025", bottom - 0.18)

labels(class) = words(class) == 1 ? class : word(class, 1) . " and " . word(class, 2)
TEST(row) = words(row) < 7 || word(row, 4) eq "nan" ? "r is undefined over " : \
    "r = " . number(word(row, 4)) . ", t(" . word(row, 6) . ") = " . digits(word(row, 5), "%.2f") . ", p = " . \
    p_value(word(row, 7)) . " over "
LEFT_OUT(row) = field(row, 3) == 0 ? "" : " (" . thousands(int(field(row, 3))) . " undefined left out)"
without(label) = label eq "none" ? "with all labels" : "without " . label
forks(pair) = "the forks " . without(word(pair, 1)) . " and " . without(word(pair, 2))
apart(pair) = "|θ " . without(word(pair, 1)) . " − θ " . without(word(pair, 2)) . "|"
called(activation) = activation eq "relu" ? "ReLU" : activation eq "leaky-relu" ? "leaky ReLU" : activation

# The run in one line, and what x and y are in another.
data_set(name) = name eq "mnist" ? "MNIST" : name eq "fashion" ? "Fashion-MNIST" : \
    escaped(strlen(name) > 40 ? name[1:39] . "…" : name)
DATA = data_set(dataset)
TALLIED = from + 0 == 0 ? "all of phase 1" : sprintf("the last %g% of phase 1", 100 * (1 - from))
A = labels(class_a); B = labels(class_b)
PHASE1 = DATA . ", phase 1: " . A . " against " . B . " among the first " . thousands(first + 0) . " images"
UNITS = hidden . " hidden unit" . (hidden eq "1" ? "" : "s")
NET = called(activation) . ", " . UNITS . ", learning rate " . rate
RUN = PHASE1 . ";  " . NET . ", seed " . seed
FORMULAS = "x = a/(a + b), y = c/(c + d)"
X_Y = (WIDTH < 960 ? "" : FORMULAS . ";  ") . "a, b: sums of |Δθ| over steps on " . A . ", on " . B . " (" . TALLIED . \
    ");  c = " . apart(forks_a) . ",  d = " . apart(forks_b)
R_OF = "r of relative updating x = a / (a + b) and relative difference y = c / (c + d)"
X_AXIS = "relative updating due to " . A . ":  a / (a + b)"
Y_AXIS = "relative difference of " . forks(forks_a) . ":  c / (c + d)"
