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
set minussign
set datafile separator tab

# Colours that all eyes tell apart (Okabe & Ito), and greys for what is not data.
INK = 0x1a1a1a; SOFT = 0x5c5c5c; FAINT = 0xc8c8c8; GRIDLINE = 0xe6e6e6
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
set key at screen 0.975,0.895 right horizontal maxrows 1 reverse Left samplen 1.5 noenhanced textcolor rgb INK

# --- numbers and words
thousands(n) = n < 1000 ? sprintf("%d", n) : thousands(floor(n / 1000)) . sprintf(",%03d", int(n) % 1000)
minus(text) = text[1:1] eq "-" ? "−" . text[2:*] : text
digits(text, format) = text eq "nan" ? "undefined" : minus(sprintf(format, real(text)))
number(text) = digits(text, "%.3f")
power(p, e) = p[1:e - 1] . "×10^{" . minus(p[e + 1:*]) . "}"
p_value(p) = p eq "nan" ? "undefined" : strstrt(p, "e") ? power(p, strstrt(p, "e")) : sprintf("%.2g", real(p))
plural(n, word) = thousands(n) . " " . word . (n == 1 ? "" : word[strlen(word):*] eq "s" ? "es" : "s")

nth(list, name) = sum [i = 1:words(list)] (word(list, i) eq name ? i : 0)

# correlated(TABLE, SCOPE): the row of correlations.tsv, its columns separated by blanks.
correlated(table, scope) = system('awk -F "\t" ''$1 == "' . scope . '"'' ' . table)

# extent(ACTIVATION, VARIANT), regular expressions: the least and the greatest of 0, the r of their biases
# and weights, and the ends of their intervals.
extent(activation, variant) = system('awk -F "\t" -v a="' . activation . '" -v v="' . variant . '" ''' . \
    'function take(r) { if (r != "nan") { if (r + 0 < low) low = r + 0; if (r + 0 > high) high = r + 0 } } ' . \
    'FNR == 1 { next } NR > FNR { if ($2 ~ a && $3 ~ v && $1 ~ both) { take($6); take($7) } next } ' . \
    '$1 ~ a && $3 ~ v && $4 ~ both { take($7) } END { print low + 0, high + 0 }'' ' . \
    'both="^(biases|weights)$" ' . runs . ' ' . intervals)

labels(class) = words(class) == 1 ? class : word(class, 1) . " and " . word(class, 2)
TEST(row) = word(row, 4) eq "nan" ? "r is undefined over " : \
    "r = " . number(word(row, 4)) . ", t(" . word(row, 6) . ") = " . digits(word(row, 5), "%.2f") . ", p = " . \
    p_value(word(row, 7)) . " over "
LEFT_OUT(row) = word(row, 3) eq "0" ? "" : " (" . word(row, 3) . " undefined left out)"
without(label) = label eq "none" ? "with all labels" : "without " . label
forks(pair) = "the forks " . without(word(pair, 1)) . " and " . without(word(pair, 2))
apart(pair) = "|θ " . without(word(pair, 1)) . " − θ " . without(word(pair, 2)) . "|"
called(activation) = activation eq "relu" ? "ReLU" : activation eq "leaky-relu" ? "leaky ReLU" : activation

# The run in one line, and what x and y are in another.
DATA = dataset eq "mnist" ? "MNIST" : dataset eq "fashion" ? "Fashion-MNIST" : dataset
TALLIED = from + 0 == 0 ? "all of phase 1" : sprintf("the last %g% of phase 1", 100 * (1 - from))
A = labels(class_a); B = labels(class_b)
PHASE1 = DATA . ", phase 1: " . A . " against " . B . " among the first " . thousands(first + 0) . " images"
UNITS = hidden . " hidden unit" . (hidden eq "1" ? "" : "s")
NET = called(activation) . ", " . UNITS . ", learning rate " . rate
RUN = PHASE1 . ";  " . NET . ", seed " . seed
X_Y = "a, b: sums of |Δθ| over steps on images of " . A . ", of " . B . " (" . TALLIED . \
    ");  c = " . apart(forks_a) . ",  d = " . apart(forks_b)
X_AXIS = "relative updating due to " . A . ":  a / (a + b)"
Y_AXIS = "relative difference of " . forks(forks_a) . ":  c / (c + d)"
