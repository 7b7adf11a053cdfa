# Names and numbers as a person reads them. Needs pipeline/table.awk; the first file is pipeline/words.tsv,
# given as table=words pipeline/words.tsv.

table == "words" {
    word[value("kind"), value("name")] = value("words")
    next
}

function words(kind, name) { return (kind, name) in word ? word[kind, name] : name }
function signed(x) { return defined(x) ? sprintf("%+.3f", x) : "undefined" }
function plain(x) { return defined(x) ? sprintf("%.3f", x) : "undefined" }
function percent(x) { return defined(x) ? sprintf("%.1f%%", 100 * x) : "undefined" }
function signed_range(mean, low, high) {
    return signed(mean) (defined(low) && defined(high) ? " [" signed(low) ", " signed(high) "]" : "")
}
function plain_range(mean, low, high) {
    return plain(mean) (defined(low) && defined(high) ? " [" plain(low) ", " plain(high) "]" : "")
}
# p with two digits; it may be smaller than any number awk knows.
function probability(p,    parts) {
    if (!defined(p)) return "–"
    return split(p, parts, "e") == 2 ? sprintf("%.1f", parts[1]) "e" parts[2] : sprintf("%.2g", p)
}
