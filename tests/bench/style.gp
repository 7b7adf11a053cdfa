# What the charts of the benchmark share: lookups in its tables, and their words.
load "style.gp"

# at(NAME, VARIANT): the best time, "" if it was not measured.
at(name, variant) = system('awk -F "\t" -v n="' . name . '" -v v="' . variant . '" ''$1 == n && $2 == v { print $3 }'' ' . table)
measured(name, variant) = at(name, variant) eq "" ? NaN : real(at(name, variant))
short(t) = t < 10 ? sprintf("%.2f", t) : t < 100 ? sprintf("%.1f", t) : thousands(int(t + 0.5))
spelled(name) = name eq "C, -O3 -ffast-math" ? "plain C, -ffast-math" : name eq "C, -O3" ? "plain C, -O3" : \
    name eq "C, sparse" ? "plain C, sparse" : \
    name eq "PyTorch" ? "PyTorch, nn + SGD" : name eq "FANN, sigmoid" ? "FANN (sigmoid)" : name
MACHINE = system('sed -n "s/_/-/g; s/^# //p" ' . table . ' | head -n 1')
TIMED = (clock eq "cpu" ? "processor time" : "time") . ", best of " . rounds . " rounds;  " . MACHINE
STEP = "a step: from an image’s bytes to the updated weights, one image at a time;  float32"
