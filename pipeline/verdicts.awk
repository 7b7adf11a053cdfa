# What a result is worth: every rule of the report, a function each. They return codes; pipeline/words.tsv has
# the words for them. Needs pipeline/table.awk.

BEGIN {
    DELTA = 0.02 # the smallest difference of r worth the name
    EARLY = 4    # of the images, the first 1 / EARLY is early
    GOAL = 0.95  # of AUC, where knowledge was planted
    LOOSE = 0.1  # the largest rate of rejections that may pass for 5%
    LEVEL = 0.05 # of a test
    INSTRUMENT = 0.1 # of S, where y of reordered forks picks what a fork knows
    DAMAGE = 1   # of mean loss, more than a reset of half the units may cost
}

# A mean r, or a mean difference of r, and its 95% interval.
function sign(mean, low, high) {
    if (!defined(mean)) return "unmeasured"
    if (!defined(low) || !defined(high)) return "undecided"
    mean += 0; low += 0; high += 0 # some awk compare as text
    if (low > -DELTA && high < DELTA) return "practical"
    if (low > 0 && mean >= DELTA) return "positive"
    if (high < 0 && mean <= -DELTA) return "negative"
    return "undecided"
}

# The same, of one of several means, whose p is corrected for their number: a sign is shown where it passes.
function corrected(verdict, p) {
    return verdict !~ /^(positive|negative)$/ || passes(p) ? verdict : "undecided"
}
function passes(p) { return defined(p) && p + 0 <= LEVEL }

# The same, of a claim that it is negative.
function opposite(verdict) {
    return verdict == "positive" ? "negative" : verdict == "negative" ? "positive" : verdict
}

# A claim of two parts.
function both(a, b) {
    if (a == b) return a
    if (a == "positive" || b == "positive" || a == "partly" || b == "partly") return "partly"
    if (a == "undecided" || b == "undecided") return "undecided"
    if (a == "unmeasured" || b == "unmeasured") return "unmeasured"
    return "negative"
}

# Rejections of a test at 5% where there is nothing to find, how many 99 of 100 valid tests have, and the upper end
# of the 95% interval of their rate: few runs are in the range of a valid test whatever it is.
function size(runs, fired, valid_low, valid_high, rate_high) {
    if (runs + 0 == 0) return "unmeasured"
    if (fired + 0 > valid_high + 0) return "often"
    if (fired + 0 < valid_low + 0) return "rarely"
    return defined(rate_high) && rate_high + 0 <= LOOSE ? "keeps" : "undecided"
}

# A mean AUC of two halves of the units that were taught different classes, and its 95% interval.
function halves(mean, low, high) {
    if (!defined(mean)) return "unmeasured"
    if (!defined(low) || !defined(high)) return "undecided"
    return low + 0 > 0.5 ? "right" : high + 0 < 0.5 ? "wrong" : "undecided"
}

function goal(mean) {
    return !defined(mean) ? "unmeasured" : mean + 0 >= GOAL ? "reached" : "missed"
}

# Clusters, in one network: inputs black in all tallied images, whose weights have the x of the biases, and
# those dark in the forks too, whose weights have their y.
function clusters(black, dark) {
    if (!defined(black)) return "unmeasured"
    return dark + 0 > 0 ? "positive" : black + 0 > 0 ? "partly" : "negative"
}

# The map over networks, of so many inputs: in how many the mean r is above and below 0, and in how many of these
# beyond chance. Most are above, some below; nothing is said of a map in which none is beyond chance.
function mostly_positive(inputs, above, shown_above, below, shown_below) {
    if (inputs + 0 == 0) return "unmeasured"
    if (shown_above + shown_below == 0) return "undecided"
    if (2 * above <= inputs + 0 || below + 0 == 0) return "negative"
    return shown_below + 0 > 0 ? "positive" : "undecided"
}

# The least loss of one network and one fork, after how many images of all; the first loss.
function early(least, where, images, first) {
    if (!defined(least) || !defined(first) || images + 0 == 0) return "unmeasured"
    return least + 0 < first + 0 && EARLY * where < images ? "positive" : "negative"
}

# Is the activation one of those the post calls like ReLU?
function relu_like(activation) {
    return activation ~ /relu|softplus/
}

# Positive under activations like ReLU and under no other: add_to_contrast for each, then contrast_holds. Not
# positive is settled where the interval ends below the smallest difference.
function add_to_contrast(contrast, activation, verdict, high,    like) {
    like = relu_like(activation)
    contrast[like ? "like" : "other"] = 1
    if (verdict == "undecided" && defined(high) && high + 0 < DELTA) verdict = "practical"
    if (verdict == "undecided" || verdict == "unmeasured") contrast[verdict] = 1
    else if ((verdict == "positive") != like) contrast["broken"] = 1
}
function contrast_holds(contrast) {
    if ("broken" in contrast) return "negative"
    if (("unmeasured" in contrast) || !("like" in contrast) || !("other" in contrast)) return "unmeasured"
    return "undecided" in contrast ? "undecided" : "positive"
}

# A primary outcome of cause, a mean difference of S, by its p among all of them; no smallest difference of S was fixed.
function caused(mean, p) {
    if (!defined(mean)) return "unmeasured"
    return !passes(p) ? "undecided" : mean + 0 > 0 ? "positive" : "negative"
}

# The mean S of y of reordered forks: does a graft find what is known to be there?
function instrument(mean) {
    return !defined(mean) ? "unmeasured" : mean + 0 >= INSTRUMENT ? "works" : "broken"
}

# One score under several activations: add_to_pattern for each, then pattern_of. An outcome counts where the instrument works.
function add_to_pattern(pattern, device, verdict) {
    pattern[device == "broken" ? "broken" : device == "works" ? verdict : "unmeasured"] = 1
}
function pattern_of(pattern) {
    if (("positive" in pattern) && ("negative" in pattern)) return "mixed"
    if ("positive" in pattern) return "undecided" in pattern ? "partly" : "positive"
    if ("negative" in pattern) return "undecided" in pattern ? "against" : "negative"
    return "undecided" in pattern ? "undecided" : "broken" in pattern ? "broken" : "unmeasured"
}

# The 95% interval of a mean, where no smallest difference is fixed.
function side_of(mean, low, high) {
    if (!defined(mean)) return "unmeasured"
    if (!defined(low) || !defined(high)) return "undecided"
    return low + 0 > 0 ? "positive" : high + 0 < 0 ? "negative" : "undecided"
}

# Does a half of the units hold its class? By mean numbers of resetting it: how much more its own class loses, how much is
# lost of both, and how many units were dead before.
function cell_is(selectivity, damage, dead) {
    if (!defined(selectivity) || !defined(damage) || !defined(dead)) return "unmeasured"
    if (dead + 0 > 0) return "dead"
    return damage + 0 >= DAMAGE ? "damaged" : selectivity + 0 <= 0 ? "unselective" : "valid"
}
