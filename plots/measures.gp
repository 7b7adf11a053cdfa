# The outcomes with x of each measure: means over the seeds with their intervals, and how large r could be at the most,
# x and y being as noisy as they are.
load "style.gp"

set label 1 "{/:Bold Correlation by what x sums up, and how large it could be}" @HEADLINE
set label 2 "attainable r: where x, the sum of " . summed . ", and y were the same but for their noise, √(reliability of x · reliability of y)" @SUBTITLE
set label 3 X_Y @SMALL1
set label 4 NETWORKS . ";  " . LEARNING . ";  " . intervals . ", of r by Fisher’s z" @SMALL2
load "rows-style.gp"
