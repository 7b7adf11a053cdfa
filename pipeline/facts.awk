# The facts of the report, from its tables: see pipeline/facts.

BEGIN {
    OFS = "\t"
    primaries = split("biases:all layer1.weight:centred layer1.weight:units", outcome, " ")
    outcomes = primaries + split("layer1.weight:all layer1.weight:inputs", more, " ")
    for (i = primaries + 1; i <= outcomes; i++) outcome[i] = more[i - primaries]
    places = split("layer1.bias:all layer1.weight:units layer2.weight:inputs", place, " ")
    tests = split("naive units labels", test, " ")
    split("initial phase1 all", network, " ")
    causes = split("x a-b", cause, " ")
    scores = split("x x-other-init image x-centred a-b a-b-other-init y-again c-d-again first-order random random-units random-inputs", score, " ")
    contrasts = split("x-x-other-init a-b-a-b-other-init x-image x-random x-random-units x-random-inputs", contrasted, " ")
    resets = split("share other-init other-seed image permuted change first-order share-all-layers", reset, " ")
    own = ENVIRON["activation"]
    activations = split(ENVIRON["activations"], activation, " ")
    # the outcomes of cause are of these two, as far as they are compared
    split("softplus relu", more, " ")
    for (i = 1; i <= 2; i++) if (index(" " ENVIRON["activations"] " ", " " more[i] " ")) grafted[++grafts] = more[i]
    if (!grafts) grafts = split("softplus relu", grafted, " ")
}

# --- look up

function key_of(quantity, where, act, variant, control) {
    return quantity SUBSEP where SUBSEP act SUBSEP variant SUBSEP control
}
# A row of means, under its key.
function keep(k) {
    if (value("seeds") + 0 == 0) return
    n[k] = value("seeds"); mean[k] = value("mean"); low[k] = value("low"); high[k] = value("high"); above[k] = value("above_0")
    further[k] = defined(value("further_low")) ? signed(value("further_low")) " to " signed(value("further_high")) : "–"
}
function cause_key(what, act, name) { return "cause" SUBSEP what SUBSEP act SUBSEP name }
function scope() { return value("scope") ":" value("part") }
table ~ /^(intervals|variants|planted)$/ {
    k = key_of(value("quantity"), scope(), value("activation"), value("variant"), value("control"))
    keep(k)
    small[k] = value("p_below_05")
}
table == "primary" { holm[key_of(value("quantity"), scope(), value("activation"), value("variant"), value("control"))] = value("p_holm") }
table ~ /^(few|groupings)$/ { keep(key_of(value("quantity"), scope(), value("activation"), table, value("control"))) }
table == "groupings" && !(value("control") in grouped) { grouped[value("control")] = 1; grouping[++groupings] = value("control") }
table == "learned" { keep(key_of(value("quantity"), value("network"), value("activation"), "learned", "")); held = 1 }
table == "seeds_regions" { keep(key_of(value("quantity"), value("region"), value("activation"), "map", "")) }
table == "seeds_map" && defined(value("mean")) {
    side = value("mean") > 0 ? "above" : value("mean") < 0 ? "below" : "level"
    of_seeds[value("activation"), "inputs"]++
    of_seeds[value("activation"), side]++
    if (passes(value("p_max"))) of_seeds[value("activation"), "shown_" side]++
}
# Of cause: what holds a number, and an activation and a score, or a leak, or a digit.
table == "cause" && defined(value("p_holm")) { cause_tests++ }
table == "cause" { holm[cause_key("graft", value("activation"), value("score"))] = value("p_holm") }
table == "graft" && !(value("activation") in graft_known) { graft_known[value("activation")] = grafted_too[++others] = value("activation") }
table ~ /^graft/ { keep(cause_key(table, value("activation"), value("score"))) }
table == "effects" { keep(cause_key("effects", value("activation"), value("control"))) }
table == "calibration" {
    keep(cause_key(value("quantity") ":" scope(), value("activation"), value("leak")))
    if (!(value("leak") in leak_known)) leak[++leaks] = value("leak")
    leak_known[value("leak")] = 1
}
table == "digits" && value("activation") == own {
    keep(cause_key(value("quantity") == "left_out" ? "left_out" : "digits", value("digit"), value("score")))
    if (value("digit") != "all" && !(value("digit") in digit_known)) digit[++digits] = value("digit")
    digit_known[value("digit")] = 1
}
table == "correlations" || table == "evidence" {
    k = table SUBSEP scope()
    count[k] = value("n"); left_out[k] = value("undefined"); r[k] = value("r"); t[k] = value("t"); p[k] = value("p")
    valid[k] = value("p_valid"); p_units[k] = value("p_units"); p_null[k] = value("p_null")
    share_x[k] = value("variance_x"); share_y[k] = value("variance_y")
}
table == "rejections" || table == "size" {
    k = value(table == "size" ? "variant" : "control") SUBSEP value("test") SUBSEP scope()
    runs[k] = value("runs"); fired[k] = value("fired"); rate[k] = value("rate"); rate_low[k] = value("low"); rate_high[k] = value("high")
    few[k] = value("valid_low"); many[k] = value("valid_high")
}
table == "file_order" {
    k = key_of(value("quantity"), scope(), own, "file", "")
    keep(k)
    p_mean[k] = value("p_mean"); p_common[k] = value("p_common")
}
table == "regions" {
    region = value("region")
    black = region == "all" ? value("black") : black
    for (i = split("inputs dark off pixels negative", column_of, " "); i > 0; i--)
        of_map[region, column_of[i]] = value(column_of[i])
}
table == "phase1" && !defined(first) { first = value("running") }
table == "phase1" || table == "forks" {
    if (table == "phase1") phase1_log = files
    if (table == "forks" && !(files in images)) forked[++fork_logs] = files
    images[files] = value("samples")
    end[files] = value("running")
    if (defined(end[files]) && (!(files in least) || end[files] + 0 < least[files] + 0)) {
        least[files] = end[files]
        where[files] = images[files]
    }
}

# --- state

function fact(key, number, text) { print key, number, text }
function stated(key, kind, code) { fact(key, code, words(kind, code)) }
function judged(k,    code) {
    code = k in n ? sign(mean[k], low[k], high[k]) : "unmeasured"
    return k in holm ? corrected(code, holm[k]) : code
}
function mean_of(k) { return k in n ? mean[k] : "nan" }
function range_of(k) { return k in n ? signed_range(mean[k], low[k], high[k]) : "undefined" }
function interval_of(k) { return k in n ? plain_range(mean[k], low[k], high[k]) : "undefined" }
function range_or_dash(k) { return k in n ? range_of(k) : "–" }
function percent_of(k) { return !(k in n) ? "undefined" : low[k] == high[k] ? percent(mean[k]) : share(mean[k], low[k], high[k]) }
# A mean difference: its interval, and the verdict on it.
function fact_apart(key, k) {
    fact_range(key, k)
    stated(key ".sign", "sign", judged(k))
}
function fact_range(key, k) { fact(key, mean_of(k), range_of(k)) }
function fact_count(key, part, all) { fact(key, part + 0, part_of(part, all)) }
# Of none, nothing is counted.
function part_of(part, all) { return all + 0 == 0 ? "–" : (part + 0) " of " (all + 0) }
function span_of(low, high, all) { return all + 0 == 0 ? "–" : (low + 0) " to " (high + 0) }
function joined(list, name) { return list (list == "" ? "" : ", ") name }
function none_if_empty(list) { return list == "" ? words("some", "none") : list }
# The names for which something holds, of how many.
function fact_some(key, names, some, all) {
    fact(key, some + 0 == 0 ? "none" : some + 0 == all + 0 ? "all" : "some", none_if_empty(names))
}
# From the smallest to the largest, which may be the same or unknown.
function spread(from, to) { return from == "" ? "undefined" : from == to ? from : from " to " to }

END {
    if (failed) exit 1
    state_variables()
    state_primaries()
    state_own()
    state_claims()
    state_shares()
    state_controls()
    state_lit()
    state_planted()
    state_noise()
    state_measures()
    state_groupings()
    state_learned()
    state_nulls()
    state_experiments()
    state_map()
    state_cause()
    state_grafts()
    state_effects()
    state_calibration()
    state_digits()
}

function state_variables(    i, name, names) {
    names = "seed rate images short from shuffles draws seeds charts command"
    for (i = 1; i <= split(names, name, " "); i++) fact("run." name[i], ENVIRON[name[i]], ENVIRON[name[i]])
    fact("run.cause_seeds", ENVIRON["cause_seeds"], ENVIRON["cause_seeds"])
    fact("run.cause_few", ENVIRON["cause_few"], first_seeds(ENVIRON["cause_few"]))
    fact("run.order", ENVIRON["order"], words("order", ENVIRON["order"]))
    fact("run.few", ENVIRON["few_seeds"], first_seeds(ENVIRON["few_seeds"]))
    fact("run.activation", own, words("activation", own))
    fact("run.hidden", ENVIRON["hidden"], ENVIRON["hidden"] " " words("units", ENVIRON["hidden"] == "1" ? "one" : "many"))
    fact("run.measure", ENVIRON["measure"], words("measure", ENVIRON["measure"]))
    fact("run.dataset", ENVIRON["dataset"], as_it_is(words("dataset", ENVIRON["dataset"])))
    fact("run.class_a", ENVIRON["class_a"], labels(ENVIRON["class_a"]))
    fact("run.class_b", ENVIRON["class_b"], labels(ENVIRON["class_b"]))
    fact("run.forks_a", ENVIRON["forks_a"], forks(ENVIRON["forks_a"]))
    fact("run.forks_b", ENVIRON["forks_b"], forks(ENVIRON["forks_b"]))
}
function first_seeds(count) { return count == "1" ? words("few", "one") : words("few", "first") " " count " " words("few", "seeds") }
function labels(list) { gsub(/ /, ", ", list); return list }
function forks(pair,    label) {
    split(pair, label, " ")
    return words("fork", "without") " " label[1] ", " (label[2] == "none" ? words("fork", "none") : words("fork", "without") " " label[2])
}
# Text that Markdown takes for no mark.
function as_it_is(text,    i, c, out) {
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        out = out (index("\\`*_[]<>&~|", c) ? "\\" : "") c
    }
    return out
}

function state_primaries(    a, i, k, name, code, listed, others, codes, verdict) {
    for (a = 1; a <= activations; a++) for (i = 1; i <= primaries; i++) {
        k = key_of("r", outcome[i], activation[a], "half", "same")
        name = "primary." activation[a] ":" outcome[i]
        code = judged(k)
        counted[code]++
        listed[i] = joined(listed[i], words("activation", activation[a]) " " signed(mean_of(k)))
        if (outcome[i] == "layer1.weight:centred")
            others = joined(others, words("activation", activation[a]) " " signed(mean_of(key_of("r", outcome[i], activation[a], "half", "other-init"))))
        fact(name ".activation", activation[a], words("activation", activation[a]))
        fact(name ".outcome", outcome[i], words("outcome", outcome[i]))
        fact_range(name ".r", k)
        fact(name ".further", "", k in n ? further[k] : "–")
        fact_count(name ".above", above[k], n[k])
        fact(name ".holm", holm[k], probability(holm[k]))
        stated(name ".sign", "sign", code)
    }
    for (i = 1; i <= primaries; i++) fact("means." outcome[i], "", listed[i])
    fact("means.other", "", others)
    fact("primary.all", primaries * activations, primaries * activations)
    split("positive negative practical undecided unmeasured", verdict, " ")
    for (i = 1; i <= 5; i++) if (verdict[i] in counted) codes = joined(codes, counted[verdict[i]] " " words("sign", verdict[i]))
    fact("primary.verdicts", "", codes)
}

# Of the base run's activation, over all its seeds.
function state_own(    pooled) {
    pooled = "layer1.weight:all"
    fact_apart("own.r", key_of("r", pooled, own, "half", "same"))
    fact_range("own.other", key_of("r", pooled, own, "half", "other-init"))
    fact_apart("own.apart", key_of("difference", pooled, own, "half", "same-other-init"))
    fact_range("own.hidden.same", key_of("r", "layer1.bias:all", own, "half", "same"))
    fact_range("own.hidden.other", key_of("r", "layer1.bias:all", own, "half", "other-init"))
}

# --- the claims of the post

function claim(number, verdict, text, one) {
    fact("claim." number ".name", number, words("claim", number))
    fact("claim." number ".verdict", verdict, words("verdict", verdict) (one && verdict != "unmeasured" ? words("verdict", "one") : ""))
    fact("claim." number ".number", "", verdict == "unmeasured" ? "–" : words("measured", number) " " text)
}
function state_claims(    biases, weights, k) {
    fact_base("biases:all")
    fact_base("weights:all")
    biases = key_of("r", "biases:all", own, "half", "same")
    weights = key_of("r", "weights:all", own, "half", "same")
    fact_seeds("claim.1", biases)
    fact_count("claim.1.small", small[biases], n[biases])
    claim(1, judged(biases), range_of(biases) ", " words("measured", "small") " " part_of(small[biases], n[biases]))
    fact_seeds("claim.2", weights)
    claim(2, judged(weights), range_of(weights))
    k = key_of("r", "layer1.weight:centred", own, "half", "same")
    fact_seeds("claim.2.centred", k)
    stated("claim.2.centred.sign", "sign", judged(k))
    state_clusters()
    state_regions()
    state_halves()
    state_activations()
    state_loss()
}
# A correlation of the base run.
function fact_base(which,    k) {
    k = "correlations" SUBSEP which
    fact("base." which ".r", r[k], signed(r[k]))
    fact("base." which ".n", count[k], count[k])
    fact("base." which ".left_out", left_out[k], left_out[k])
    fact("base." which ".t", t[k], defined(t[k]) ? sprintf("%.2f", t[k]) : "undefined")
    fact("base." which ".p", p[k], probability(p[k]))
}
function fact_seeds(name, k) {
    fact_range(name ".r", k)
    fact_count(name ".above", above[k], n[k])
}
function state_clusters(    k, verdict, dark) {
    dark = of_map["all", "dark"]
    verdict = clusters(black, dark)
    k = "correlations" SUBSEP "layer1.weight:units"
    fact("clusters.inputs", of_map["all", "inputs"], of_map["all", "inputs"])
    fact("clusters.black", black, defined(black) ? black : "unknown")
    fact("clusters.dark", dark, defined(dark) ? dark : "none")
    fact("clusters.off", of_map["all", "off"], defined(of_map["all", "off"]) ? sprintf("%.2g", of_map["all", "off"]) : "undefined")
    fact("clusters.share_x", share_x[k], percent(share_x[k]))
    fact("clusters.share_y", share_y[k], percent(share_y[k]))
    claim(3, verdict, (defined(dark) ? dark : "0") " of " of_map["all", "inputs"], 1)
}
function state_regions(    edge, most, weak) {
    edge = key_of("difference", "edge-inside", own, "map", "")
    most = most_of(own)
    weak = opposite(judged(edge))
    fact_count("regions.negative", of_map["all", "negative"], of_map["all", "pixels"])
    fact("regions.most", most, "")
    fact("regions.weak", weak, "")
    claim(4, both(most, weak), part_of(of_seeds[own, "above"], of_seeds[own, "inputs"]) ", " words("measured", "edge") " " signed(mean_of(edge)))
}
function most_of(act) {
    # + 0: gawk 5.2 makes an element that it passes and does not know a number of its own
    return mostly_positive(of_seeds[act, "inputs"] + 0, of_seeds[act, "above"] + 0, of_seeds[act, "shown_above"] + 0, \
        of_seeds[act, "below"] + 0, of_seeds[act, "shown_below"] + 0)
}
function state_halves(    which, i, k, where, verdict) {
    split("biases:all weights:all", where, " ")
    for (i = 1; i <= 2; i++) {
        k = key_of("difference", where[i], own, "half", "whole-same")
        fact_apart("halves." where[i], k)
        verdict[i] = opposite(judged(k))
        which = joined(which, signed(mean_of(k)))
        fact_apart("short." where[i], key_of("difference", where[i], own, "short-half", "same"))
    }
    claim(5, both(verdict[1], verdict[2]), which)
}
function state_activations(    a, i, k, where, verdict, name, contrast, list) {
    split("biases:all weights:all", where, " ")
    for (i = 1; i <= 2; i++) {
        split("", contrast)
        for (a = 1; a <= activations; a++) {
            k = key_of("r", where[i], activation[a], "half", "same")
            name = "kinds." activation[a] ":" where[i]
            fact(name ".activation", activation[a], words("activation", activation[a]))
            fact(name ".outcome", where[i], words("outcome", where[i]))
            fact(name ".like", relu_like(activation[a]) ? "yes" : "no", words("like", relu_like(activation[a]) ? "yes" : "no"))
            fact_range(name ".r", k)
            fact_count(name ".above", above[k], n[k])
            stated(name ".sign", "sign", judged(k))
            if (i == 1 && judged(k) == "positive") list = joined(list, words("activation", activation[a]))
            add_to_contrast(contrast, activation[a], judged(k), k in n ? high[k] : "nan")
        }
        verdict[i] = contrast_holds(contrast)
        stated("only." where[i], "verdict", verdict[i])
    }
    claim(6, both(verdict[1], verdict[2]), none_if_empty(list))
}
# The least running mean of the loss along phase 1 and each fork.
function state_loss(    f, log_file, at, code, verdict, fall) {
    verdict = "unmeasured"
    for (f = 1; f <= fork_logs; f++) {
        log_file = forked[f]
        at = (log_file in least) && (!(phase1_log in least) || least[log_file] + 0 < least[phase1_log] + 0) ? log_file : phase1_log
        if (!(at in least) || !defined(end[log_file])) continue
        code = early(least[at], where[at], images[log_file], first)
        verdict = verdict == "unmeasured" ? code : both(verdict, code)
        widen("least", least[at])
        widen("where", where[at])
        widen("images", images[log_file])
        widen("end", end[log_file])
    }
    fact("loss.first", first, loss(first))
    fact("loss.phase1", end[phase1_log], loss(end[phase1_log]))
    fact("loss.least", smallest["least"], spread(loss(smallest["least"]), loss(largest["least"])))
    fact("loss.where", smallest["where"], spread(smallest["where"], largest["where"]))
    fact("loss.images", smallest["images"], spread(smallest["images"], largest["images"]))
    fact("loss.end", smallest["end"], spread(loss(smallest["end"]), loss(largest["end"])))
    fall = key_of("fall", "phase1", own, "learned", "")
    fact("loss.fall", mean_of(fall), percent_of(fall))
    claim(7, verdict, spread(smallest["where"], largest["where"]) " of " spread(smallest["images"], largest["images"]) \
        (fall in n ? "; " words("measured", "fall") " " percent(mean[fall]) : ""), 1)
}
function widen(name, x) {
    if (!(name in smallest) || x + 0 < smallest[name] + 0) smallest[name] = x
    if (!(name in largest) || x + 0 > largest[name] + 0) largest[name] = x
}
function loss(x) { return defined(x) ? sprintf("%.4f", x) : "undefined" }

# --- the evidence

function state_shares(    a, i, part) {
    split("units inputs centred all", part, " ")
    for (a = 1; a <= activations; a++) {
        fact("shares." activation[a] ".activation", activation[a], words("activation", activation[a]))
        for (i = 1; i <= 4; i++) fact_share("shares." activation[a] "." part[i], part[i], activation[a])
    }
    for (i = 1; i < 4; i++) fact_share("parts." part[i], part[i], own)
}
function fact_share(name, part, act,    k) {
    k = key_of("share", "layer1.weight:" part, act, "half", "same")
    fact(name, mean_of(k), signed(mean_of(k)))
}
function state_controls(    a, i, name) {
    for (a = 1; a <= activations; a++) for (i = 1; i <= outcomes; i++) {
        name = "controls." activation[a] ":" outcome[i]
        fact(name ".activation", activation[a], words("activation", activation[a]))
        fact(name ".outcome", outcome[i], words("outcome", outcome[i]))
        fact_range(name ".same", key_of("r", outcome[i], activation[a], "half", "same"))
        fact_origin(name, "init", outcome[i], activation[a])
        fact_origin(name, "seed", outcome[i], activation[a])
        fact(name ".image", "", range_or_dash(key_of("r", outcome[i], activation[a], "half", "image")))
    }
}
function fact_origin(name, other, where, act) {
    fact(name "." other, "", range_or_dash(key_of("r", where, act, "half", "other-" other)))
    fact_apart(name "." other "_apart", key_of("difference", where, act, "half", "same-other-" other))
}
# What black inputs, whose weights repeat the bias, add to the first layer's weights.
function state_lit(    a, i, name) {
    for (a = 1; a <= activations; a++) for (i = 2; i <= primaries + 1; i++) {
        name = "lit." activation[a] ":" outcome[i]
        fact(name ".activation", activation[a], words("activation", activation[a]))
        fact(name ".outcome", outcome[i], words("outcome", outcome[i]))
        fact_range(name ".same", key_of("r", outcome[i], activation[a], "half", "same"))
        fact_apart(name ".lit", key_of("r", outcome[i], activation[a], "half", "lit"))
        fact_range(name ".apart", key_of("difference", outcome[i], activation[a], "half", "same-lit"))
    }
}
# Of the first seeds: what noise in x and y leaves of a correlation.
function state_noise(    a, i, k, name, three, from, to) {
    three = "same,again,halves"
    for (a = 1; a <= activations; a++) for (i = 1; i <= primaries; i++) {
        name = "noise." activation[a] ":" outcome[i]
        fact(name ".activation", activation[a], words("activation", activation[a]))
        fact(name ".outcome", outcome[i], words("outcome", outcome[i]))
        fact(name ".x", "", interval_of(key_of("reliability_x", outcome[i], activation[a], "few", three)))
        fact(name ".y", "", interval_of(key_of("r", outcome[i], activation[a], "few", "again")))
        k = key_of("attainable", outcome[i], activation[a], "few", three)
        fact(name ".attainable", mean_of(k), interval_of(k))
        fact_range(name ".r", key_of("r", outcome[i], activation[a], "few", "same"))
        fact_range(name ".free", key_of("disattenuated", outcome[i], activation[a], "few", three))
        if (!(k in n)) continue
        if (from == "" || mean[k] + 0 < from + 0) from = mean[k]
        if (to == "" || mean[k] + 0 > to + 0) to = mean[k]
    }
    fact("noise.attainable", from == "" ? "nan" : from, from == "" ? "undefined" : spread(plain(from), plain(to)))
}
function state_measures(    a, i, name) {
    for (a = 1; a <= activations; a++) for (i = 1; i <= primaries + 1; i++) {
        name = "measures." activation[a] ":" outcome[i]
        fact(name ".activation", activation[a], words("activation", activation[a]))
        fact(name ".outcome", outcome[i], words("outcome", outcome[i]))
        fact_range(name ".same", key_of("r", outcome[i], activation[a], "few", "same"))
        fact_range(name ".squared", key_of("r", outcome[i], activation[a], "few", "squared-gradient"))
        fact_apart(name ".apart", key_of("difference", outcome[i], activation[a], "few", "squared-gradient-same"))
        fact(name ".image", "", range_or_dash(key_of("r", outcome[i], activation[a], "few", "image")))
    }
}
# x of one grouping of four labels, y of one: which of three, and how many r are positive where they are the same.
function state_groupings(    g, i, k, name, of, like, all, some) {
    fact("groupings.some", groupings ? "yes" : "no", "")
    for (g = 1; g <= groupings; g++) {
        name = "groupings." g
        split(grouping[g], of, /[= ]/)
        like = of[2] == of[4] ? "yes" : "no"
        fact(name ".x", of[2], labels_of(of[2]))
        fact(name ".y", of[4], labels_of(of[4]))
        fact(name ".like", like, words("grouping", like))
        for (i = 1; i <= primaries + 1; i++) {
            k = key_of("r", outcome[i], own, "groupings", grouping[g])
            fact_range(name ".r." outcome[i], k)
            if (!(k in n)) continue
            all[like, i]++
            some[like, i] += judged(k) == "positive"
        }
    }
    for (i = 1; i <= primaries + 1; i++) {
        fact_some("grouped.same." outcome[i], part_of(some["yes", i], all["yes", i]), some["yes", i], all["yes", i])
        fact_some("grouped.other." outcome[i], part_of(some["no", i], all["no", i]), some["no", i], all["no", i])
    }
}
function labels_of(list) { gsub(/,/, ", ", list); return list }
# Of the first seeds: on images that no network has learned from.
function state_learned(    a, i, name, label, names) {
    fact("learned.some", held ? "yes" : "no", "")
    names = 3
    for (i = 1; i <= split(ENVIRON["forks_a"] " " ENVIRON["forks_b"], label, " "); i++)
        if (label[i] != "none") network[++names] = "without-" label[i]
    for (a = 1; a <= activations; a++) for (i = 1; i <= names; i++) {
        name = "learned." activation[a] ":" network[i]
        fact(name ".activation", activation[a], words("activation", activation[a]))
        fact(name ".network", network[i], network_name(network[i]))
        fact_learned(name ".loss", "loss", network[i], activation[a])
        fact_learned(name ".error", "error_rate", network[i], activation[a])
        fact_learned(name ".fall", "fall", network[i], activation[a])
    }
}
function network_name(name) {
    return name ~ /^without-/ ? words("network", "without") " " substr(name, 9) : words("network", name)
}
function fact_learned(key, quantity, name, act,    k) {
    k = key_of(quantity, name, act, "learned", "")
    fact(key, mean_of(k), quantity == "loss" ? interval_of(k) : percent_of(k))
}
function state_planted(    a, i, k, name, code, list, some) {
    for (a = 1; a <= activations; a++) for (i = 1; i <= places; i++) {
        k = key_of("auc_x", place[i], activation[a], "planted", "same")
        name = "planted." activation[a] ":" place[i]
        code = k in n ? halves(mean[k], low[k], high[k]) : "unmeasured"
        fact(name ".activation", activation[a], words("activation", activation[a]))
        fact(name ".place", place[i], words("planted", place[i]))
        fact(name ".x", mean_of(k), interval_of(k))
        fact(name ".y", "", interval_of(key_of("auc_y", place[i], activation[a], "planted", "same")))
        fact(name ".runs", n[k] + 0, n[k] + 0)
        stated(name ".halves", "halves", code)
        fact(name ".goal", goal(mean_of(k)), words("goal", goal(mean_of(k))))
        if (i > 1) continue
        list[code] = joined(list[code], words("activation", activation[a]))
        some[code]++
    }
    fact_some("planted.right", list["right"], some["right"], activations)
    fact_some("planted.wrong", list["wrong"], some["wrong"], activations)
    fact_some("planted.open", joined_lists(list["undecided"], list["unmeasured"]), some["undecided"] + some["unmeasured"], activations)
}
function joined_lists(a, b) { return a == "" ? b : b == "" ? a : joined(a, b) }

function state_nulls(    i, j, k, name, all) {
    for (i = 1; i <= outcomes; i++) {
        k = "evidence" SUBSEP outcome[i]
        name = "null." outcome[i]
        fact(name ".outcome", outcome[i], words("outcome", outcome[i]))
        fact(name ".r", r[k], signed(r[k]))
        fact(name ".p", p[k], probability(p[k]))
        fact(name ".valid", valid[k], words("valid", valid[k]))
        fact(name ".units", p_units[k], probability(p_units[k]))
        fact(name ".labels", p_null[k], probability(p_null[k]))
        for (j = 1; j <= tests; j++) {
            k = "shuffled" SUBSEP test[j] SUBSEP outcome[i]
            if (test[j] == "units" && outcome[i] == "layer1.weight:inputs") continue # units are not there
            name = "rejections." test[j] ":" outcome[i]
            fact(name ".test", test[j], words("test", test[j]))
            fact(name ".outcome", outcome[i], words("outcome", outcome[i]))
            fact(name ".rate", rate[k], share(rate[k], rate_low[k], rate_high[k]))
            fact_count(name ".fired", fired[k], runs[k])
            fact(name ".valid", "", span_of(few[k], many[k], runs[k]))
            stated(name ".size", "size", size(runs[k], fired[k], few[k], many[k], rate_high[k]))
        }
        k = "same" SUBSEP "labels" SUBSEP outcome[i]
        name = "true." outcome[i]
        fact(name ".outcome", outcome[i], words("outcome", outcome[i]))
        fact_count(name ".fired", fired[k], runs[k])
        fact(name ".valid", "", span_of(few[k], many[k], runs[k]))
        stated(name ".size", "true", size(runs[k], fired[k], few[k], many[k], rate_high[k]))
    }
}
function share(x, from, to) { return percent(x) (defined(from) ? " [" percent(from) ", " percent(to) "]" : "") }

# A t-test over networks, where there is nothing to find; and of networks in file order, by common permutations.
function state_experiments(    i, k, v, name, variant) {
    split("drawn common", variant, " ")
    for (v = 1; v <= 2; v++) for (i = 1; i <= primaries + 1; i++) {
        k = variant[v] SUBSEP "seeds" SUBSEP outcome[i]
        name = "experiments." variant[v] ":" outcome[i]
        fact(name ".images", variant[v] == "drawn" ? ENVIRON["order"] : "file", words("order", variant[v] == "drawn" ? ENVIRON["order"] : "file"))
        fact(name ".permutation", variant[v], words("experiment", variant[v]))
        fact(name ".outcome", outcome[i], words("outcome", outcome[i]))
        fact(name ".rate", rate[k], share(rate[k], rate_low[k], rate_high[k]))
        fact_count(name ".fired", fired[k], runs[k])
        fact(name ".valid", "", span_of(few[k], many[k], runs[k]))
        stated(name ".size", "size", size(runs[k], fired[k], few[k], many[k], rate_high[k]))
    }
    for (i = 1; i <= primaries + 1; i++) {
        k = key_of("r", outcome[i], own, "file", "")
        name = "file." outcome[i]
        fact(name ".outcome", outcome[i], words("outcome", outcome[i]))
        fact_range(name ".r", k)
        fact(name ".p", p_mean[k], probability(p_mean[k]))
        fact(name ".common", p_common[k], probability(p_common[k]))
    }
}
# The map over networks.
function state_map(    a, name, act) {
    for (a = 1; a <= activations; a++) {
        act = activation[a]
        name = "map." act
        fact(name ".activation", act, words("activation", act))
        fact(name ".inputs", of_seeds[act, "inputs"] + 0, of_seeds[act, "inputs"] + 0)
        fact(name ".above", of_seeds[act, "above"] + 0, of_seeds[act, "above"] + 0)
        fact(name ".shown_above", of_seeds[act, "shown_above"] + 0, of_seeds[act, "shown_above"] + 0)
        fact(name ".shown_below", of_seeds[act, "shown_below"] + 0, of_seeds[act, "shown_below"] + 0)
        fact(name ".edge", "", interval_of(key_of("mean_abs_r", "edge", act, "map", "")))
        fact(name ".inside", "", interval_of(key_of("mean_abs_r", "inside", act, "map", "")))
        fact_apart(name ".apart", key_of("difference", "edge-inside", act, "map", ""))
    }
}

# --- cause

# The outcomes that were fixed, in their order, and what they say together of x and of a - b.
function state_cause(    i, a, k, name, code, device, pattern, verdict, works, whole, differences, s_of) {
    for (i = 1; i <= causes; i++) {
        split("", pattern)
        split("", works)
        for (a = 1; a <= grafts; a++) {
            k = cause_key("graft", grafted[a], cause[i] "-" cause[i] "-other-init")
            device = instrument(mean_of(cause_key("graft", grafted[a], "y-again")))
            code = caused(mean_of(k), k in holm ? holm[k] : "nan")
            name = "cause." cause[i] ":" grafted[a]
            fact(name ".activation", grafted[a], words("activation", grafted[a]))
            fact(name ".score", cause[i], words("graft", cause[i]))
            fact_range(name ".own", cause_key("graft", grafted[a], cause[i]))
            fact_range(name ".other", cause_key("graft", grafted[a], cause[i] "-other-init"))
            fact_range(name ".apart", k)
            fact(name ".seeds", n[k] + 0, n[k] + 0)
            fact(name ".holm", k in holm ? holm[k] : "nan", k in holm ? probability(holm[k]) : "–")
            stated(name ".verdict", "caused", code)
            add_to_pattern(pattern, device, code)
            if (device == "works") works[code] = joined(works[code], words("activation", grafted[a]))
            differences[i] = joined(differences[i], words("activation", grafted[a]) " " signed(mean_of(k)))
            if (i == 1) s_of["x"] = joined(s_of["x"], words("activation", grafted[a]) " " signed(mean_of(cause_key("graft", grafted[a], "x"))))
            if (i == 1) s_of["y"] = joined(s_of["y"], words("activation", grafted[a]) " " signed(mean_of(cause_key("graft", grafted[a], "y-again"))))
            if (i > 1 || code == "unmeasured") continue
            if (device != "works") code = "unmeasured"
            verdict = verdict == "" ? code : both(verdict, code)
        }
        whole = pattern_of(pattern)
        fact("cause." cause[i] ".pattern", whole, "")
        fact("cause." cause[i] ".differences", "", differences[i])
        fact("cause." cause[i] ".positive", "", none_if_empty(works["positive"]))
        fact("cause." cause[i] ".negative", "", none_if_empty(works["negative"]))
        fact("cause." cause[i] ".undecided", "", none_if_empty(works["undecided"]))
        if (i == 1) claim(8, whole == "broken" ? whole : verdict == "" ? "unmeasured" : verdict, differences[1])
    }
    fact("cause.s.x", "", s_of["x"])
    fact("cause.s.y", "", s_of["y"])
    state_instrument()
}
function state_instrument(    a, k, code, broken, some, count_of) {
    for (a = 1; a <= grafts; a++) {
        k = cause_key("graft", grafted[a], "y-again")
        code = instrument(mean_of(k))
        fact("instrument." grafted[a] ".activation", grafted[a], words("activation", grafted[a]))
        fact_range("instrument." grafted[a] ".s", k)
        stated("instrument." grafted[a] ".verdict", "instrument", code)
        if (code == "unmeasured") continue
        count_of++
        if (code == "works") continue
        broken = joined(broken, words("activation", grafted[a]))
        some++
    }
    fact("cause.tests", cause_tests + 0, cause_tests + 0)
    fact("cause.measured", count_of ? "yes" : "no", "")
    fact_some("cause.broken", broken, some, count_of)
}
# S by every score, and its differences: by the outputs, as fixed, and by the loss; if neither softplus nor ReLU is there, of another activation.
function state_grafts(    a) {
    if (!others) for (a = 1; a <= grafts; a++) grafted_too[++others] = grafted[a]
    for (a = 1; a <= others; a++) {
        state_scores("grafts", grafted_too[a], score, scores)
        state_scores("contrasts", grafted_too[a], contrasted, contrasts)
    }
}
function state_scores(group, act, list, count_of,    i, name) {
    for (i = 1; i <= count_of; i++) {
        name = group "." act ":" list[i]
        fact(name ".activation", act, words("activation", act))
        fact(name ".score", list[i], words("graft", list[i]))
        fact_range(name ".s", cause_key("graft", act, list[i]))
        fact_range(name ".loss", cause_key("graft_loss", act, list[i]))
    }
}
# What a unit does for its class, against x and y of its bias.
function state_effects(    a, k, name, list, some) {
    for (a = 1; a <= activations; a++) {
        name = "effects." activation[a]
        k = cause_key("effects", activation[a], "x-y")
        fact(name ".activation", activation[a], words("activation", activation[a]))
        fact_apart(name ".x", cause_key("effects", activation[a], "x"))
        fact_apart(name ".y", cause_key("effects", activation[a], "y"))
        fact_apart(name ".apart", k)
        list[judged(k)] = joined(list[judged(k)], words("activation", activation[a]))
        some[judged(k)]++
    }
    fact_some("effects.more", list["positive"], some["positive"], activations)
    fact_some("effects.less", list["negative"], some["negative"], activations)
}
# Of the leaks in their order: whether a cell is valid, and up to which leak x and y of the valid ones find the half.
function state_calibration(    a, i, j, k, name, act, code, valid, list) {
    for (a = 1; a <= activations; a++) {
        act = activation[a]
        valid = 0
        for (i = 1; i <= leaks; i++) {
            name = "cells." act ":" leak[i]
            fact(name ".activation", act, words("activation", act))
            fact(name ".leak", leak[i], leak[i])
            fact_range(name ".selectivity", calibrated("selectivity", 1, act, i))
            fact_range(name ".damage", calibrated("damage", 1, act, i))
            fact(name ".dead", "", number_of(mean_of(calibrated("dead", 1, act, i))))
            stated(name ".cell", "cell", cell_of(act, i))
            valid += cell_of(act, i) == "valid"
            for (j = 1; j <= 2; j++) {
                name = "calibration." act ":" leak[i] ":" place[j]
                fact(name ".activation", act, words("activation", act))
                fact(name ".leak", leak[i], leak[i])
                fact(name ".place", place[j], words("planted", place[j]))
                k = calibrated("auc_x", j, act, i)
                fact(name ".x", mean_of(k), interval_of(k))
                fact(name ".y", "", interval_of(calibrated("auc_y", j, act, i)))
                fact_range(name ".r", calibrated("r", j, act, i))
                stated(name ".cell", "cell", cell_of(act, i))
            }
        }
        fact("calibrated." act ".activation", act, words("activation", act))
        fact_count("calibrated." act ".valid", valid, leaks)
        for (j = 1; j <= 2; j++) {
            fact("calibrated." act ".x." place[j], "", found_up_to("auc_x", j, act))
            fact("calibrated." act ".y." place[j], "", found_up_to("auc_y", j, act))
        }
        list = joined(list, words("activation", act) " " found_up_to("auc_x", 1, act))
    }
    fact("calibration.far", "", list)
    fact("calibration.some", leaks ? "yes" : "no", "")
}
function calibrated(quantity, where, act, i) { return cause_key(quantity ":" place[where], act, leak[i]) }
function cell_of(act, i) {
    return cell_is(mean_of(calibrated("selectivity", 1, act, i)), mean_of(calibrated("damage", 1, act, i)), mean_of(calibrated("dead", 1, act, i)))
}
# The largest leak before the first valid cell in which an AUC is not the right way round.
function found_up_to(quantity, where, act,    i, k, far) {
    far = words("some", "none")
    for (i = 1; i <= leaks; i++) {
        if (cell_of(act, i) != "valid") continue
        k = calibrated(quantity, where, act, i)
        if (!(k in n) || halves(mean[k], low[k], high[k]) != "right") break
        far = leak[i]
    }
    return far
}
function number_of(x) { return defined(x) ? sprintf("%.3g", x) : "undefined" }
# Ten classes: the area of selectivity, of each score and, by the share, of each digit.
function state_digits(    i, k, name, code) {
    for (i = 1; i <= resets; i++) {
        k = cause_key("digits", "all", reset[i])
        name = "resets." reset[i]
        fact(name ".score", reset[i], words("digit", reset[i]))
        fact_range(name ".area", k)
        stated(name ".side", "side", k in n ? side_of(mean[k], low[k], high[k]) : "unmeasured")
        if (reset[i] ~ /^share/) continue
        k = cause_key("digits", "all", "share-" reset[i])
        fact_range("less." reset[i] ".apart", k)
        fact("less." reset[i] ".score", reset[i], words("digit", reset[i]))
        stated("less." reset[i] ".side", "side", k in n ? side_of(mean[k], low[k], high[k]) : "unmeasured")
    }
    for (i = 1; i <= digits; i++) {
        fact("digits." digit[i] ".digit", digit[i], digit[i])
        fact_range("digits." digit[i] ".area", cause_key("digits", digit[i], "share"))
    }
    fact("digits.some", digits ? "yes" : "no", "")
    k = cause_key("left_out", "all", "share")
    fact("digits.left_out", mean_of(k), k in n ? sprintf("%.2g", mean[k]) : "undefined")
    fact("digits.seeds", n[cause_key("digits", "all", "share")] + 0, n[cause_key("digits", "all", "share")] + 0)
}
