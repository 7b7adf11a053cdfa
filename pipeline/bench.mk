# How fast: `make bench` measures the step of learning, the experiment and the work on large files
# against the same in other libraries. Each peer is a program of ours in tests/bench, built only where
# its library is installed.

BENCH := $(BUILD)/bench
BENCH_OUT := $(OUT)/bench
BENCH_DEPENDENCIES := g++ libeigen3-dev libopenblas-dev libfann-dev python3-numpy python3-torch

# What deps-bench is going to install is there when it is needed.
BENCH_READY := $(filter deps-bench,$(MAKECMDGOALS))
EIGEN := $(if $(BENCH_READY),/usr/include/eigen3,$(wildcard /usr/include/eigen3))
OPENBLAS := $(or $(BENCH_READY),$(wildcard /usr/include/cblas-openblas.h /usr/include/*/cblas-openblas.h))
FANN := $(or $(BENCH_READY),$(wildcard /usr/include/floatfann.h))
PEERS := step plain plain-fast plain-sparse $(if $(EIGEN),eigen eigen-sparse) $(if $(OPENBLAS),blas) $(if $(FANN),fann)
BENCH_PROGRAMS := $(PEERS) limit tensors

.PHONY: deps-bench
deps-bench: deps  ## install what bench compares with
	@sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get -qq -y --no-install-recommends install \
	    $(BENCH_DEPENDENCIES) >/dev/null

# A peer has the compiler's best: this processor's instructions, and sums in any order where it helps.
NATIVE := -O3 -march=native -ffp-contract=fast
FLAGS_plain := -O3
FLAGS_plain-fast := $(NATIVE) -ffast-math
FLAGS_plain-sparse := $(FLAGS_plain-fast) -DSPARSE
FLAGS_blas := $(NATIVE) -ffast-math
FLAGS_fann := $(NATIVE)
FLAGS_limit := $(NATIVE)
PEER = $(CC) -std=c17 -D_GNU_SOURCE -Iinclude -MMD -MP $(WARNINGS) $(SANITIZERS) $(CFLAGS)
PEER_LIBRARY :=
$(BENCH)/blas: PEER_LIBRARY := -lopenblas
$(BENCH)/fann: PEER_LIBRARY := -lfloatfann
OWN := bench step tensors

$(OWN:%=$(BENCH)/%.o): $(BENCH)/%.o: tests/bench/%.c $(BUILD)/commands
	$(tidy)
	$(call brief,CC,$@)$(COMPILE) $(to_object)

$(BENCH)/plain-fast.o $(BENCH)/plain-sparse.o: $(BENCH)/%.o: tests/bench/plain.c $(BUILD)/commands
	$(tidy)
	$(call brief,CC,$@)$(PEER) $(FLAGS_$*) $(to_object)

FLAGS_eigen :=
$(BENCH)/eigen-sparse.o: FLAGS_eigen := -DSPARSE
$(BENCH)/eigen.o $(BENCH)/eigen-sparse.o: tests/bench/eigen.cc $(BUILD)/commands
	$(tidy)
	$(call brief,CC,$@)g++ -std=c++17 -MMD -MP -isystem $(EIGEN) -Wall -Wextra $(SANITIZERS) $(NATIVE) -DNDEBUG $(FLAGS_eigen) $(to_object)

$(BENCH)/%.o: tests/bench/%.c $(BUILD)/commands
	$(tidy)
	$(call brief,CC,$@)$(PEER) $(FLAGS_$*) $(to_object)

$(BENCH)/eigen $(BENCH)/eigen-sparse: $(BENCH)/%: $(BENCH)/%.o $(BENCH)/bench.o $(LIBRARY)
	$(tidy)
	$(call brief,LD,$@)g++ $(SANITIZERS) $(LDFLAGS) $(linked) $(LIBRARIES) $(to_file)

$(BENCH)/limit $(BENCH)/tensors: $(BENCH)/%: $(BENCH)/%.o $(LIBRARY)
	$(tidy)
	$(call brief,LD,$@)$(LINK) $(linked) $(LIBRARIES) $(to_file)

$(BENCH)/%: $(BENCH)/%.o $(BENCH)/bench.o $(LIBRARY)
	$(tidy)
	$(call brief,LD,$@)$(LINK) $(linked) $(PEER_LIBRARY) $(LIBRARIES) $(to_file)
.PRECIOUS: $(BENCH)/%.o

-include $(wildcard $(BENCH)/*.d)

# The parts measure and print, the charts show it. The parts call make themselves, as a user would.
BENCH_SETTINGS = unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES; \
    export CC=$(call quote,$(CC)) OPTIMIZE=$(call quote,$(OPTIMIZE)) CFLAGS=$(call quote,$(CFLAGS)) \
    LDFLAGS=$(call quote,$(LDFLAGS)) WERROR='$(WERROR)' \
    BIN='$(BIN)' BENCH='$(BENCH)' OUT='$(BENCH_OUT)' \
    ROUNDS='$(ROUNDS)' CORE='$(CORE)' CLOCK='$(CLOCK)' BENCH_IMAGES='$(BENCH_IMAGES)' FILE_MIB='$(FILE_MIB)' \
    SEEDS='$(SEEDS)' BASELINE='$(BASELINE)'
BENCH_PARTS := $(subst $(comma), ,$(PARTS))
# Alone, when all else is made.
bench bench-huge: | $(filter-out bench bench-huge,$(MAKECMDGOALS))
.PHONY: bench
bench: tools $(BENCH_PROGRAMS:%=$(BENCH)/%)  ## measure how fast it is, against other libraries
	@$(BENCH_SETTINGS); for part in $(BENCH_PARTS); do tests/bench/$$part; done
	@source pipeline/files; $(foreach part,$(BENCH_PARTS),$(foreach chart,$(CHARTS_$(part)),$(call bench_chart,$(chart),$(part));))
CHARTS_steps := steps memory
CHARTS_sweeps := hidden depth black
CHARTS_experiment := experiment
CHARTS_files :=
CHARTS_whole :=
BENCH_CHARTS := $(BENCH_OUT)/charts
# $(call bench_chart,NAME,TABLE): its table, and its picture.
bench_chart = tidy $(BENCH_CHARTS)/$(1).tsv; into $(BENCH_CHARTS)/$(1).tsv env CLOCK=$(CLOCK) ROUNDS=$(ROUNDS) \
    awk -F '\t' -v chart=$(1) -f pipeline/table.awk -f tests/bench/chart.awk $(BENCH_OUT)/$(2).tsv; \
    pipeline/chart tests/bench/$(1).gp $(BENCH_CHARTS)/$(1)

.PHONY: bench-huge
bench-huge: tools $(BENCH)/tensors | $(filter bench,$(MAKECMDGOALS))  ## measure on files larger than memory (sparse ones)
	@$(BENCH_SETTINGS); tests/bench/huge

.PHONY: bench-gallery
bench-gallery:  ## commit-time: copy the charts of the last bench to plots/gallery
	@mkdir -p plots/gallery
	for chart in steps experiment; do cp $(BENCH_CHARTS)/$$chart.png plots/gallery/bench-$$chart.png; done
