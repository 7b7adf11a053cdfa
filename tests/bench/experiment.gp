# The base run from end to end.
load "tests/bench/bars.gp"

set label 1 "{/:Bold The whole experiment, from the packed images to the correlations}" @HEADLINE
set label 2 "phase 1 with tallies, four forks, differences, correlations, the map: " . \
    "make base in a fresh folder, and the same in Python" @SUBTITLE
set label 4 TIMED @SMALL2
set xlabel "seconds"
plot @BARS
