#!/usr/bin/env bats
# The scripts between the programs and the charts: what seeds say together, how often tests fire. Expected
# values are R's; the commands stand beside them.
# shellcheck disable=SC2016 # the conditions are awk's

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    SCRIPTS=$TOP/pipeline
}

# usage: cell FILE COLUMN AWK-CONDITION: of the rows of a table that meet it; columns are named in `c`.
cell() {
    awk -F '\t' -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next } '"$3"' { print $c[name] }' "$1"
}

TITLE=$'activation\tseed\tvariant\tcontrol\tscope\tpart\tr\tp\tshare\tauc_x\tauc_y'

@test "intervals: mean, t-interval and prediction interval by Fisher's z are R's" {
    # r <- c(.12,.35,-.05,.21,.30); z <- atanh(r); t <- qt(.975, 4)
    # tanh(mean(z)); sd(z); tanh(mean(z) + c(-1,1)*t*sd(z)/sqrt(5)); tanh(mean(z) + c(-1,1)*t*sd(z)*sqrt(1.2))
    { echo "$TITLE"
      seed=0
      for r in .12 .35 -.05 .21 .30; do
          printf 'softplus\t%d\thalf\tsame\tbiases\tall\t%s\t%s\tnan\tnan\tnan\n' $((++seed)) $r .04$seed
      done; } >runs
    "$SCRIPTS/intervals" runs >table
    [ "$(wc -l <table)" -eq 2 ]
    [ "$(cut -f 1-7 table | tail -n 1)" = $'r\tbiases\tall\tsoftplus\thalf\tsame\t5' ]
    [ "$(cell table mean 1) $(cell table sd 1)" = "0.1894 0.1643" ]
    [ "$(cell table low 1) $(cell table high 1)" = "-0.0123 0.3763" ]
    [ "$(cell table further_low 1) $(cell table further_high 1)" = "-0.2987 0.5990" ]
    [ "$(cell table above_0 1) $(cell table p_below_05 1)" = "4 5" ]
}

@test "intervals: differences are taken within a seed" {
    # d <- c(.12,.35,-.05,.21,.30) - c(.10,.05,.02,.11,.08); mean(d); sd(d); t.test(d)$conf.int
    { echo "$TITLE"
      seed=0
      for pair in '.12 .10' '.35 .05' '-.05 .02' '.21 .11' '.30 .08'; do
          ((++seed))
          printf 'relu\t%d\thalf\tsame\tbiases\tall\t%s\t.5\tnan\tnan\tnan\n' $seed "${pair% *}"
          printf 'relu\t%d\thalf\tother\tbiases\tall\t%s\t.5\tnan\tnan\tnan\n' $seed "${pair#* }"
      done
      printf 'relu\t9\thalf\tother\tbiases\tall\t.9\t.5\tnan\tnan\tnan\n'; } >runs
    "$SCRIPTS/intervals" runs >table
    row='$c["quantity"] == "difference"'
    [ "$(cell table control "$row")" = same-other ]
    [ "$(cell table seeds "$row")" = 5 ]
    [ "$(cell table mean "$row") $(cell table sd "$row")" = "0.1140 0.1489" ]
    [ "$(cell table low "$row") $(cell table high "$row")" = "-0.0709 0.2989" ]
}

@test "intervals: one seed has a mean and no interval, an undefined r no row" {
    printf '%s\nrelu\t1\thalf\tsame\tbiases\tall\t.5\t.1\tnan\t.75\tnan\nrelu\t1\thalf\tsame\tx\tall\tnan\tnan\tnan\tnan\tnan\n' \
        "$TITLE" >runs
    "$SCRIPTS/intervals" runs >table
    [ "$(cell table quantity 1 | xargs)" = "r auc_x" ]
    [ "$(cell table mean 1 | xargs)" = "0.5000 0.7500" ]
    [ "$(cell table low 1 | xargs)" = "nan nan" ]
}

@test "intervals: those of an AUC, a share and a difference stay where these can be" {
    # x <- c(.01,.02,.30); mean(x) + c(-1,1) * qt(.975, 2) * sd(x) * sqrt(4/3): -0.7079 0.9279; of 1 - x likewise
    { echo "$TITLE"
      seed=0
      for auc in '.01 .99' '.02 .98' '.30 .70'; do
          printf 'relu\t%d\tplanted\tsame\tbiases\tall\tnan\tnan\t%s\t%s\t%s\n' $((++seed)) "-${auc#* }" "${auc% *}" "${auc#* }"
          printf 'relu\t%d\thalf\tsame\tbiases\tall\t%s\t.5\tnan\tnan\tnan\n' $seed "${auc#* }"
          printf 'relu\t%d\thalf\tother\tbiases\tall\t-%s\t.5\tnan\tnan\tnan\n' $seed "${auc#* }"
      done; } >runs
    "$SCRIPTS/intervals" runs >table
    row='$c["quantity"] == "auc_x"'
    [ "$(cell table mean "$row") $(cell table low "$row") $(cell table high "$row")" = "0.1100 0.0000 0.5189" ]
    [ "$(cell table further_low "$row") $(cell table further_high "$row")" = "0.0000 0.9279" ]
    row='$c["quantity"] == "auc_y"'
    [ "$(cell table low "$row") $(cell table high "$row")" = "0.4811 1.0000" ]
    [ "$(cell table further_low "$row") $(cell table further_high "$row")" = "0.0721 1.0000" ]
    row='$c["quantity"] == "share"'
    [ "$(cell table low "$row") $(cell table further_high "$row")" = "-1.0000 -0.0721" ]
    row='$c["quantity"] == "difference"'
    [ "$(cell table mean "$row") $(cell table high "$row") $(cell table further_low "$row")" = "1.7800 2.0000 0.1442" ]
    awk -F '\t' 'NR > 1 && $1 == "r" && ($8 < -1 || $13 > 1)' table | grep . && false
    [ "$(wc -l <table)" -eq 7 ]
}

@test "intervals: an r of 1 or -1 is counted, and makes neither a mean nor an interval up" {
    { echo "$TITLE"
      while read -r seed scope r; do
          printf 'relu\t%d\thalf\tsame\t%s\tall\t%s\t0\tnan\tnan\tnan\n' "$seed" "$scope" "$r"
      done <<'END'
1 always 1
2 always 1
1 ends 1
2 ends -1
1 once .1
2 once 1
1 negative -1
END
    } >runs
    "$SCRIPTS/intervals" runs >table
    shown=$(cut -f 2,7- table | tail -n +2 | tr '\t' ' ')
    [ "$shown" = "always 2 1.0000 nan nan nan nan nan 2 2
ends 2 nan nan nan nan nan nan 1 2
once 2 nan nan nan nan nan nan 2 2
negative 1 -1.0000 nan nan nan nan nan 0 1" ]
}

@test "firing: rates of each test with Wilson's interval, true and shuffled labels apart" {
    # prop.test(3, 60, correct = FALSE)$conf.int
    { printf '%s\tp_units\tp_labels\n' "$TITLE"
      printf 'relu\t1\tshuffled\tsame\tbiases\tall\t.5\t.001\tnan\tnan\tnan\t.001\t.001\n'
      for run in {1..60}; do
          naive=.5; ((run > 30)) || naive=1e-300; ((run > 1)) || naive=1.8e-2227
          labels=.06; ((run > 3)) || labels=.05
          printf 'relu\t1\tshuffled\t%d\tbiases\tall\t.5\t%s\tnan\tnan\tnan\tnan\t%s\n' "$run" "$naive" "$labels"
      done; } >runs
    "$SCRIPTS/firing" runs >table
    [ "$(cut -f 1-6 table | grep ^shuffled)" = $'shuffled\tnaive\tbiases\tall\t60\t30\nshuffled\tlabels\tbiases\tall\t60\t3' ]
    [ "$(cut -f 1-6 table | grep ^true)" = $'true\tnaive\tbiases\tall\t1\t1\ntrue\tunits\tbiases\tall\t1\t1\ntrue\tlabels\tbiases\tall\t1\t1' ]
    row='$c["labels"] == "shuffled" && $c["test"] == "labels"'
    [ "$(cell table rate "$row") $(cell table low "$row") $(cell table high "$row")" = "0.0500 0.0171 0.1370" ]
}

@test "firing: runs of one seed that are alike count as fewer" {
    # All 4 runs of one seed fire, none of another: a design effect of 8, so as one run of 8.
    { printf '%s\tp_units\tp_labels\n' "$TITLE"
      for seed in 1 2; do
          for run in {1..4}; do
              printf 'relu\t%d\tshuffled\t%d\tbiases\tall\t.5\t%s\tnan\tnan\tnan\tnan\t%s\n' "$seed" "$run" \
                  $((seed - 1)) .0$((run + 2))
          done
      done; } >runs
    "$SCRIPTS/firing" runs >table
    row='$c["test"] == "naive"' # prop.test(.5, 1, correct = FALSE)$conf.int
    [ "$(cell table runs "$row") $(cell table rate "$row") $(cell table low "$row") $(cell table high "$row")" = "8 0.5000 0.0546 0.9454" ]
    row='$c["test"] == "labels"' # 3 of 4 for either seed, so as independent: prop.test(6, 8, correct = FALSE)
    [ "$(cell table rate "$row") $(cell table low "$row") $(cell table high "$row")" = "0.7500 0.4093 0.9285" ]
}

@test "gather: columns for activation, seed and variant; a table that is not there is an error" {
    printf 'control\tr\nsame\t.1\nother\t.2\n' | tee relu-1.tsv relu-2.tsv >relu-1-whole.tsv
    run "$SCRIPTS/gather" . relu 1,2 half
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = $'activation\tseed\tvariant\tcontrol\tr' ]
    [ "${#lines[@]}" -eq 5 ]
    [ "${lines[4]}" = $'relu\t2\thalf\tother\t.2' ]
    run "$SCRIPTS/gather" . relu 1..1 "half whole"
    [ "${lines[3]}" = $'relu\t1\twhole\tsame\t.1' ]
    run "$SCRIPTS/gather" . relu 1..3 half
    [ "$status" -ne 0 ]
    [[ $output == *"gather: ./relu-3.tsv: is not there"* ]]
}
