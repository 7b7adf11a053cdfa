# What maps of the inputs share: an image of rows and columns, scale the greatest |r|; shown how many have an r.
rows = rows + 0; columns = columns + 0; shown = shown + 0

if (shown == 0) { set label 5 NOTHING . "r is undefined at every input" . NO_X_Y @IN_THE_MIDDLE }
set lmargin screen 0.15
set rmargin screen 0.85
set size ratio -1
set xrange [-0.5:columns - 0.5]
set yrange [rows - 0.5:-0.5]
set xlabel "column of the image" offset 0, 0.4
set ylabel "row of the image"
if (columns < 12) { set xtics 1 }
if (rows < 12) { set ytics 1 }
unset grid
set border 15
set cbrange [-scale:scale + 0]
set cblabel "r" rotate by 0
if (shown == 0) { unset colorbox }
set palette defined (0 "#0154a5", 1 "#497ac1", 2 "#7da2d9", 3 "#b2cbee", \
    4 "#f5f4f0", 5 "#e7c3a1", 6 "#d09464", 7 "#b56531", 8 "#973401")
set style fill solid noborder

# map_below(TOP): the margins of the image, and a colour bar below it where it has few rows.
height = 0.7 * WIDTH / 700 * rows / columns
map_below(top) = sprintf("set tmargin screen %g; set bmargin screen %g;", top, map_bottom(top)) . \
    (height > 0.25 ? "" : sprintf("unset ylabel; set cblabel 'r' offset 0, 0.7; set colorbox horizontal user " . \
    "origin screen 0.15, screen %g size screen 0.7, screen 0.025", map_bottom(top) - 0.18))
map_bottom(top) = top - (height < 0.68 ? height : 0.68)
