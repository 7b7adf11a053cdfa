# The map of r with marks where a pixel survives a correction for how many there are: the strictest of the
# three. Pixels alike in every image are one hypothesis; those that are always black, the most, are hatched.
# What is counted is hypotheses.
WIDTH = 820
load "style.gp"

array MARK_NAME[3] = ["permutation of max |r|", "Benjamini–Yekutieli", "Benjamini–Hochberg"]
array MARK[3] = [7, 6, 2]
array MARK_SIZE[3] = [1, 1.1, 0.8]
# Column, row, r, the mark or 0, whether it is of the hypothesis of most pixels, and the hypothesis.
classes = selection(pixels, "", "column row r p_max q_by q_bh hypothesis") . ' | awk -F "\t" -v OFS="\t" ''' . \
    'function small(x) { return x ~ /[0-9]/ && x + 0 <= 0.05 } { line[NR] = $0; if (++members[$7] > most) most = members[$7] } ' . \
    'END { for (k = 1; k <= NR; k++) { split(line[k], v, "\t"); print v[1], v[2], v[3], ' . \
    '(v[3] == "nan" ? 0 : small(v[4]) ? 1 : small(v[5]) ? 2 : small(v[6]) ? 3 : 0), (most > 1 && members[v[7]] == most), v[7] } }'''
summary = system(classes . ' | awk ''{ if ($1 >= cols) cols = $1 + 1; if ($2 >= rows) rows = $2 + 1; ' . \
    'if ($3 == "nan") { u++; next } n++; a = $3 < 0 ? -$3 : $3; if (a > top) top = a; black += $5; ' . \
    'if (!seen[$6]++) { h++; count[$4]++ } } ' . \
    'END { print rows + 0, cols + 0, n + 0, u + 0, (top ? top : 1), h + 0, black + 0, ' . \
    'count[1] + 0, count[2] + 0, count[3] + 0 }''')
number_of(i) = int(field(summary, i))
rows = number_of(1) > 0 ? number_of(1) : 1; cols = number_of(2) > 0 ? number_of(2) : 1; n = number_of(3); undefined = number_of(4); black = number_of(7)
top = ceil(field(summary, 5) * 10) / 10.
permuted = system(selection(pixels, "", "p_max") . DEFINED . ' | wc -l') + 0 > 0
cells(test) = '< ' . classes . ' | awk -F "\t" ''' . test . "'"

set label 1 "{/:Bold Correlation r, pixel by pixel, and where it survives correction}" @HEADLINE
if (n == 0) { set label 10 NOTHING . "r is undefined at every pixel" . NO_X_Y @IN_THE_MIDDLE }
set label 2 n == 0 ? "" : \
    "marked by the first of these corrections that a pixel survives at 5%, of " . \
    thousands(number_of(6)) . " hypotheses, if units were independent" @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 RUN . ";  " . FORMULAS @SMALL2
set lmargin screen 0.15
set rmargin screen 0.85
height = 0.7 * WIDTH / 700 * rows / cols
set tmargin screen 0.825
bottom = 0.825 - (height < 0.68 ? height : 0.68)
set bmargin screen bottom
set size ratio -1
set xrange [-0.5:cols - 0.5]
set yrange [rows - 0.5:-0.5]
set xlabel "column of the image" offset 0, 0.4
set ylabel "row of the image"
if (cols < 12) { set xtics 1 }
if (rows < 12) { set ytics 1 }
unset grid
set border 15
set cbrange [-top:top]
set cblabel "r" rotate by 0
eval flat(height, bottom)
if (n == 0) { unset colorbox }
set palette defined (0 "#0154a5", 1 "#497ac1", 2 "#7da2d9", 3 "#b2cbee", \
    4 "#f5f4f0", 5 "#e7c3a1", 6 "#d09464", 7 "#b56531", 8 "#973401")
set style fill solid noborder
array LEFT[3] = [0.04, 0.39, 0.69]
do for [i = 2 - permuted:3] {
    set label 4 + i MARK_NAME[i] . ": " . thousands(number_of(7 + i)) at screen LEFT[i - 1 + permuted],0.888 \
        textcolor rgb INK font ",10.5" point pointtype MARK[i] pointsize MARK_SIZE[i] * POINT linecolor rgb INK \
        offset 0.8,-0.15
}

# What the hatching and the grey are; a rectangle on the screen is as high as it is wide.
swatch(i, left) = sprintf("set object %d rectangle from screen %g,0.852 to screen %g,0.87 fillstyle solid noborder " . \
    "fillcolor rgb %d", i, left, left + 0.018 * 700 / WIDTH, i == 1 ? 0xf5f4f0 : 0x9a9a9a)
if (black > 0) {
    eval swatch(1, 0.034)
    set arrow 1 from screen 0.034,0.852 to screen 0.034 + 0.018 * 700 / WIDTH,0.87 nohead front linewidth 1.2 \
        linecolor rgb 0x9a9a9a
    set label 8 "alike in every image: " . plural(black, "pixel") at screen 0.06,0.861 textcolor rgb INK font ",10.5"
}
if (undefined > 0) {
    eval swatch(2, 0.384)
    set label 9 "undefined: " . plural(undefined, "pixel") at screen 0.41,0.861 textcolor rgb INK font ",10.5"
}
unset key

plot NaN notitle, \
     for [i = 1:n > 0] cells('$3 != "nan"') using 1:2:(0.51):(0.51):3 with boxxyerror linecolor palette notitle, \
     for [i = 1:black > 0] cells('$3 != "nan" && $5') using ($1 - 0.5):($2 + 0.5):(1):(-1) with vectors nohead \
         linewidth 0.8 linecolor rgb 0x9a9a9a notitle, \
     for [i = 1:undefined > 0] cells('$3 == "nan"') using 1:2:(0.51):(0.51) with boxxyerror \
         linecolor rgb 0x9a9a9a notitle, \
     for [i = 2 - permuted:3] cells(sprintf("$4 == %d", i)) using 1:2 with points pointtype MARK[i] \
         pointsize MARK_SIZE[i] * POINT linecolor rgb INK notitle
