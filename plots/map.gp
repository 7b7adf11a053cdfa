# For every pixel, r over the weights that leave it, as an image: blue negative, orange positive, grey
# where r is undefined.
WIDTH = 820
load "style.gp"

cells(which) = '< awk ''{ for (i = 1; i <= NF; i++) if ($i ' . which . ' "nan") ' . \
    'print i - 1 "\t" NR - 1 "\t" $i }'' ' . map
summary = system('awk ''{ for (i = 1; i <= NF; i++) if ($i == "nan") u++; else { n++; s += $i; if ($i < 0) m++; ' . \
    'a = $i < 0 ? -$i : $i; if (a > top) top = a } } ' . \
    'END { print NR, NF, n + 0, u + 0, n ? s / n : "nan", m + 0, (top ? top : 1) }'' ' . map)
rows = int(word(summary, 1)); cols = int(word(summary, 2)); n = int(word(summary, 3)); undefined = int(word(summary, 4))
top = ceil(word(summary, 7) * 10) / 10.

set label 1 "{/:Bold Correlation r of updating and difference of the forks, pixel by pixel}" @HEADLINE
set label 2 n == 0 ? "r is undefined at every pixel" : \
    "over the weights from each pixel to the hidden units: mean r = " . number(word(summary, 5)) . \
    ", r < 0 at " . sprintf("%.0f%%", 100. * word(summary, 6) / n) . " of " . plural(n, "pixel") . \
    (undefined > 0 ? ", undefined at " . thousands(undefined) : "") @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 RUN . ";  " . FORMULAS @SMALL2
set lmargin screen 0.15
set rmargin screen 0.85
height = 0.7 * WIDTH / 700 * rows / cols
set bmargin screen 0.855 - (height < 0.68 ? height : 0.68)
set size ratio -1
set xrange [-0.5:cols - 0.5]
set yrange [rows - 0.5:-0.5]
set xlabel "column of the image"
set ylabel "row of the image"
if (cols < 12) { set xtics 1 }
if (rows < 12) { set ytics 1 }
unset grid
set border 15
set cbrange [-top:top]
set cblabel "r" rotate by 0
set palette defined (0 "#0154a5", 1 "#497ac1", 2 "#7da2d9", 3 "#b2cbee", \
    4 "#f5f4f0", 5 "#e7c3a1", 6 "#d09464", 7 "#b56531", 8 "#973401")
set style fill solid noborder

plot NaN notitle, \
     for [i = 1:n > 0] cells("!=") using 1:2:(0.51):(0.51):3 with boxxyerror linecolor palette notitle, \
     for [i = 1:undefined > 0] cells("==") using 1:2:(0.51):(0.51) with boxxyerror linecolor rgb 0x9a9a9a \
         title "undefined"
