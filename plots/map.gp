# For every pixel, r over the weights that leave it, as an image: blue negative, orange positive, grey
# where r is undefined.
WIDTH = 820
load "style.gp"

cells(which) = '< awk ''{ for (i = 1; i <= NF; i++) if ($i ' . which . ' "nan") ' . \
    'print i - 1 "\t" NR - 1 "\t" $i }'' ' . sh(map)
summary = system('awk ''{ cols = NF; for (i = 1; i <= NF; i++) if ($i !~ /[0-9]/) u++; else { n++; ' . \
    'a = $i < 0 ? -$i : $i; if (a > top) top = a } } ' . \
    'END { print (NR ? NR : 1), (cols ? cols : 1), n + 0, u + 0, (top ? top : 1) }'' ' . sh(map))
rows = field(summary, 1); cols = field(summary, 2); n = field(summary, 3); undefined = field(summary, 4)
top = ceil(field(summary, 5) * 10) / 10.
# What is said of the map, account and report say too, from this table.
counts = row(map_counts, "", "pixels negative mean dark")
pixels = field(counts, 1); dark = field(counts, 4)

set label 1 "{/:Bold Correlation r of updating and difference of the forks, pixel by pixel}" @HEADLINE
if (n == 0) { set label 5 NOTHING . "r is undefined at every pixel" . NO_X_Y @IN_THE_MIDDLE }
set label 2 pixels == 0 ? "over the weights from each pixel to the hidden units" : \
    "over the weights from each pixel to the hidden units: mean r = " . number(word(counts, 3)) . \
    ", r < 0 at " . sprintf("%.0f%%", 100. * field(counts, 2) / pixels) . " of " . plural(pixels, "pixel") @SUBTITLE
set label 6 (dark > 0 ? "not counted: " . plural(dark, "pixel") . " black in every image, which have the r of the biases" : "") . \
    (dark > 0 && undefined > 0 ? ";  " : "") . (undefined > 0 ? "r is undefined at " . plural(undefined, "pixel") : "") \
    at screen 0.025,0.885 left font ",10.5" textcolor rgb SOFT
set label 3 X_Y @SMALL1
set label 4 RUN . ";  " . FORMULAS @SMALL2
set lmargin screen 0.15
set rmargin screen 0.85
height = 0.7 * WIDTH / 700 * rows / cols
bottom = 0.855 - (height < 0.68 ? height : 0.68)
set bmargin screen bottom
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
eval flat(height, bottom)
if (n == 0) { unset colorbox }
set palette defined (0 "#0154a5", 1 "#497ac1", 2 "#7da2d9", 3 "#b2cbee", \
    4 "#f5f4f0", 5 "#e7c3a1", 6 "#d09464", 7 "#b56531", 8 "#973401")
set style fill solid noborder

plot NaN notitle, \
     for [i = 1:n > 0] cells("!=") using 1:2:(0.51):(0.51):3 with boxxyerror linecolor palette notitle, \
     for [i = 1:undefined > 0] cells("==") using 1:2:(0.51):(0.51) with boxxyerror linecolor rgb 0x9a9a9a \
         title "undefined"
