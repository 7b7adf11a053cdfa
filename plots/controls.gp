# What is left of r when x comes from another network, or from the images alone: means over the seeds with
# their intervals, outcome by outcome; beside it, the network's own minus the other networks'.
load "style.gp"

set label 1 "{/:Bold Correlation with x of the network itself, of others, and of the images alone}" @HEADLINE
set label 2 "y of the network itself and x of the following;  that of the images alone is the same for all units, and often has no r" @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 NETWORKS . ";  " . LEARNING . ";  " . intervals . ", of r by Fisher’s z" @SMALL2
load "rows-style.gp"
