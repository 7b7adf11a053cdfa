# The facts of the page of other systems, from its tables: key, value and text, as pipeline/fill takes them. Needs
# pipeline/table.awk, words.awk and verdicts.awk; seeds, pool, phase1, forks and held are in the environment.

BEGIN {
    OFS = "\t"
    outcomes = split("biases:all layer1.weight:centred layer1.weight:units graft weights:all", OUTCOME, " ")
    compared = 4 # the first of them
}
table == "systems" {
    system_of[++systems] = value("system")
    for (i = split("layers parameters optimizer rate batch", names, " "); i > 0; i--) about[value("system"), names[i]] = value(names[i])
}
# Means, by system, what they are of, and control.
function keep(name, what, control,    k) {
    k = name SUBSEP what SUBSEP control
    mean[k] = value("mean"); low[k] = value("low"); high[k] = value("high")
}
table == "intervals" && value("system") !~ /-post$/ {
    keep(value("system"), value("scope") ":" value("part"), value("control"))
    if (value("part") == "centred" && value("control") == "same") layer[++layers] = value("system") SUBSEP value("scope")
}
table == "graft-intervals" { keep(value("system"), "graft", value("control")) }
table == "learned-intervals" { keep(value("system"), value("quantity"), value("network")) }
table == "apart" { keep(value("system"), value("outcome"), "apart"); holm[value("system"), value("outcome")] = value("p_holm"); pairs++ }

function fact(key, number, text) { print key, number, text }
function range(key, k) { fact(key, k in mean ? mean[k] : "nan", k in mean ? signed_range(mean[k], low[k], high[k]) : "–") }
function judged(k) { return k in mean ? sign(mean[k], low[k], high[k]) : "unmeasured" }
function add(key, name) { list[key] = list[key] (list[key] == "" ? "" : ", ") name }
function listed(key) { fact(key, list[key] == "" ? "none" : "some", list[key] == "" ? "–" : list[key]) }
function thousands(n) { return n < 1000 ? n "" : int(n / 1000) "," sprintf("%03d", n % 1000) }
# The three rows of what a network is on: this one, another, the difference; and the verdict on that.
function row(key, name, what,    k) {
    range(key ".same", name SUBSEP what SUBSEP "same")
    range(key ".other", name SUBSEP what SUBSEP "other-init")
    k = name SUBSEP what SUBSEP "same-other-init"
    range(key ".minus", k)
    fact(key ".sign", judged(k), words("sign", judged(k)))
    return judged(k)
}

END {
    if (failed) exit 1
    fact("run.seeds", ENVIRON["seeds"], ENVIRON["seeds"])
    for (i = split("pool phase1 forks held", names, " "); i > 0; i--) fact("run." names[i], ENVIRON[names[i]], thousands(ENVIRON[names[i]]))
    fact("run.pairs", pairs, pairs + 0)
    for (s = 1; s <= systems; s++) {
        name = system_of[s]
        fact("system." name ".name", name, words("system", name))
        fact("system." name ".data", "", words("data", name == "fashion" ? "fashion" : "mnist"))
        fact("system." name ".layers", "", about[name, "layers"])
        fact("system." name ".parameters", "", thousands(about[name, "parameters"]))
        fact("system." name ".optimizer", "", words("optimizer", about[name, "optimizer"]))
        fact("system." name ".rate", "", about[name, "rate"])
        fact("system." name ".batch", "", about[name, "batch"])
        k = name SUBSEP "error_rate" SUBSEP "phase1"
        fact("system." name ".error", mean[k], k in mean ? percent(mean[k]) : "–")
    }
    for (o = 1; o <= outcomes; o++) {
        for (s = 1; s <= systems; s++) {
            name = system_of[s]
            key = "outcome." name ":" OUTCOME[o]
            fact(key ".system", name, words("system", name))
            fact(key ".outcome", OUTCOME[o], words("compared", OUTCOME[o]))
            add("own." OUTCOME[o] "." row(key, name, OUTCOME[o]), words("system", name))
        }
        fact("own." OUTCOME[o] ".outcome", OUTCOME[o], words("compared", OUTCOME[o]))
        listed("own." OUTCOME[o] ".positive")
    }
    for (o = 1; o <= compared; o++) {
        for (s = 2; s <= systems; s++) {
            name = system_of[s]
            k = name SUBSEP OUTCOME[o] SUBSEP "apart"
            code = corrected(judged(k), holm[name, OUTCOME[o]])
            key = "apart." name ":" OUTCOME[o]
            fact(key ".system", name, words("system", name))
            fact(key ".outcome", OUTCOME[o], words("compared", OUTCOME[o]))
            range(key ".difference", k)
            fact(key ".holm", holm[name, OUTCOME[o]], probability(holm[name, OUTCOME[o]]))
            fact(key ".against", code, words("against", code))
            add("against." OUTCOME[o] "." (code == "unmeasured" ? "undecided" : code), words("system", name))
        }
        fact("against." OUTCOME[o] ".outcome", OUTCOME[o], words("compared", OUTCOME[o]))
        for (i = split("positive negative practical undecided", names, " "); i > 0; i--) listed("against." OUTCOME[o] "." names[i])
    }
    for (l = 1; l <= layers; l++) {
        split(layer[l], at, SUBSEP)
        number = at[2]
        gsub(/[^0-9]/, "", number)
        key = "layer." at[1] ":" at[2]
        fact(key ".system", at[1], words("system", at[1]))
        fact(key ".number", number, number)
        row(key, at[1], at[2] ":centred")
    }
}
