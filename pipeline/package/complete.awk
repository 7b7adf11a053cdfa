# The completions of a program, for -v shell=bash, zsh or fish, out of its --help: so the two cannot disagree.
# An argument is the name of a file, one of the words that its help lists ("png or ppm"), or nothing that can be known.

BEGIN {
    files = "^(FILE|MASK|NETWORK|SAMPLES|TABLE)$"
    no_files = "compopt +o default 2>/dev/null"
}

/^Usage: / {
    program = $2
}

# "  -o, --output FILE", "      --route[=all]"
/^ +(-[a-zA-Z], )?--[a-z]/ && !/^        / {
    options++
    if ($1 ~ /,$/)
        letter[options] = substr($1, 2, 1)
    name = $1 ~ /,$/ ? $2 : $1
    sub(/^--/, "", name)
    if (match(name, /\[=.*\]$/)) {
        optional[options] = substr(name, RSTART + 2, RLENGTH - 3)
        name = substr(name, 1, RSTART - 1)
    }
    long[options] = name
    argument[options] = $1 ~ /,$/ ? $3 : $2
    next
}

/^        / {
    sub(/^ +/, "")
    help[options] = help[options] (help[options] == "" ? "" : " ") $0
}

# "the palette: blues, greens or gray [blues]" lists "blues greens gray"; other helps, nothing.
function listed(o,    text) {
    text = help[o]
    sub(/ \[.*$/, "", text)
    sub(/^.*: /, "", text)
    if (argument[o] ~ files || text !~ /^[a-z-]+(, [a-z-]+)* or [a-z-]+$/)
        return ""
    gsub(/,| or/, "", text)
    return text
}

function quoted(text) {
    gsub(/'/, "'\\''", text)
    return "'" text "'"
}

# --- bash: by the word before; = and : are words of their own there.

function pattern(o) {
    return (o in letter ? "-" letter[o] " | " : "") "--" long[o]
}

function alternatives(patterns, o) {
    return patterns (patterns == "" ? "" : " | ") pattern(o)
}

function offer(words) {
    return "mapfile -t COMPREPLY < <(compgen -W '" words "' -- \"$word\")"
}

function bash(    o, function_name, all, of_files, of_nothing) {
    function_name = "_engram_" program
    gsub(/-/, "_", function_name)
    printf "# Completions of %s for bash, out of its --help.\n%s() {\n", program, function_name
    print "    local word=$2 at=$COMP_CWORD before"
    print "    while ((at > 1)) && [[ ${COMP_WORDS[at]} == [=:]* || ${COMP_WORDS[at - 1]} == [=:]* ]]; do"
    print "        at=$((at - 1))"
    print "    done"
    print "    before=${COMP_WORDS[at - 1]}"
    print "    ((at == COMP_CWORD)) || [[ ${COMP_WORDS[at]} != --* ]] || before=${COMP_WORDS[at]}"
    print "    COMPREPLY=()"
    print "    case $before in"
    for (o = 1; o <= options; o++) {
        all = all (o > 1 ? " " : "") (o in letter ? "-" letter[o] " " : "") "--" long[o]
        if (argument[o] ~ files)
            of_files = alternatives(of_files, o)
        else if (listed(o) != "")
            printf "    %s) %s; %s; return ;;\n", pattern(o), no_files, offer(listed(o))
        else if (argument[o] != "")
            of_nothing = alternatives(of_nothing, o)
        else if (o in optional)
            printf "    %s) [[ $before != \"${COMP_WORDS[at]}\" ]] || { %s; %s; return; } ;;\n", pattern(o), no_files, offer(optional[o])
    }
    if (of_files != "")
        printf "    %s) return ;;\n", of_files
    if (of_nothing != "")
        printf "    %s) %s; return ;;\n", of_nothing, no_files
    print "    esac"
    print "    [[ $word != -* ]] || " offer(all)
    printf "}\ncomplete -o default -F %s %s\n", function_name, program
}

# --- zsh: a line for _arguments each; options may be repeated.

function zsh(    o, told, value, name) {
    printf "#compdef %s\n# Completions of %s for zsh, out of its --help.\n_arguments -s -S", program, program
    for (o = 1; o <= options; o++) {
        told = help[o]
        gsub(/[][\\:]/, "\\\\&", told)
        told = "[" told "]"
        name = argument[o]
        gsub(/:/, "\\:", name)
        value = ""
        if (argument[o] != "")
            value = ":" name ":" (argument[o] ~ files ? "_files" : listed(o) != "" ? "(" listed(o) ")" : "")
        else if (o in optional)
            value = "::" long[o] ":(" optional[o] ")"
        if (o in letter)
            printf " \\\n    %s", quoted("*-" letter[o] (argument[o] != "" ? "+" : "") told value)
        printf " \\\n    %s", quoted("*--" long[o] (argument[o] != "" ? "=" : o in optional ? "=-" : "") told value)
    }
    printf " \\\n    '*:file:_files'\n"
}

# --- fish

function taken(o) {
    if (o in optional)
        return " -f -a " quoted(optional[o])
    if (argument[o] == "")
        return ""
    if (argument[o] ~ files)
        return " -r -F"
    return " -x" (listed(o) != "" ? " -a " quoted(listed(o)) : "")
}

function fish(    o) {
    printf "# Completions of %s for fish, out of its --help.\n", program
    for (o = 1; o <= options; o++)
        printf "complete -c %s%s -l %s%s -d %s\n", program, (o in letter ? " -s " letter[o] : ""), long[o], taken(o), fish_quoted(help[o])
}

function fish_quoted(text) {
    gsub(/[\\']/, "\\\\&", text)
    return "'" text "'"
}

END {
    if (options == 0)
        exit 1
    if (shell == "bash")
        bash()
    else if (shell == "zsh")
        zsh()
    else
        fish()
}
