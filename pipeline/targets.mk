# What a person types: help, packages, checks, installation.

DEPENDENCIES := gnuplot-nox fonts-dejavu-core openssl cmark-gfm
BUILD_DEPENDENCIES := gcc make libpng-dev zlib1g-dev libjansson-dev
TEST_DEPENDENCIES := perl gawk original-awk libcmocka-dev bats mandoc chromium
# What tests need, the browser above all, is left out of `make deps all`; where make install put the pipeline, all for building.
DEPS_WANTED := $(if $(SOURCES),$(BUILD_DEPENDENCIES)) $(DEPENDENCIES) \
    $(if $(SOURCES),$(if $(filter all base,$(MAKECMDGOALS)),,$(TEST_DEPENDENCIES)))
# Nor does help name goals there that need sources.
HELPED := $(if $(SOURCES),Makefile pipeline/*.mk,$(patsubst %,pipeline/%.mk,run replicate cause charts report sweep other targets))
SOURCES_ONLY := $(if $(SOURCES),,/^\(deps-deb\|deps-lint\|lint\|digests\|gallery\|editor\|clean\):/d;)

.PHONY: all
all: tools $(BASE) charts $(RUN)/map.png $(NULLS) $(CONTROLS) $(CAUSE) report  ## the whole experiment: data, networks, charts, report
	$(if $(RAN),$(call aloud,source pipeline/files; source pipeline/progress; progress_end $(FACTS) $(REPORT).html))

.PHONY: help
help:  ## print this
	@printf 'Targets:\n'
	@sed -n '$(SOURCES_ONLY)s/^\([a-z-]*\):.*  ## \(.*\)/  \1\t\2/p' $(HELPED) | sort | expand -t 17
	@printf '\nVariables, with their defaults and what they take, ? if they may be empty (make all SEED=7):\n'
	@pipeline/variables pipeline/config.mk | \
	    sed -n 's/^\([A-Z0-9_]*\) ?= *\([^ ]*\) *## *\([^ ]*\)  *\(.*\)/  \1\t\2\t\4 (\3)/p' | expand -t 15,45

# apt-get as root or through sudo; elsewhere, the list of what to install.
.PHONY: deps
deps:  ## install what is needed (Debian, Ubuntu); with all, without what only tests need
	@if command -v apt-get >/dev/null; then \
	    sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; \
	    $$sudo apt-get -qq update; \
	    DEBIAN_FRONTEND=noninteractive $$sudo apt-get -qq -y --no-install-recommends install \
	        $(DEPS_WANTED) >/dev/null; \
	else \
	    printf '%s\n' 'No apt-get here. Install with your own package manager:' \
	        '  gcc or clang, GNU make 4.3 or later, gnuplot with cairo, the DejaVu fonts,' \
	        '  awk, flock, openssl, cmark-gfm, and the development files of libpng, zlib and jansson;' \
	        '  for the tests: prove (perl), cmocka, bats, mandoc, chromium.' >&2; exit 1; \
	fi

.PHONY: deps-slurm
deps-slurm: deps  ## install what the tests of CLUSTER=slurm need
	@sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get -qq -y --no-install-recommends install \
	    slurmctld slurmd slurm-client munge >/dev/null

.PHONY: deps-deb
deps-deb: deps  ## install what make deb needs, and the tests of what is installed
	@sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get -qq -y --no-install-recommends install \
	    build-essential debhelper dpkg-dev fakeroot lintian pkg-config zsh fish >/dev/null

.PHONY: deps-torch
deps-torch: deps  ## install PyTorch and Fashion-MNIST, for other systems (make other) and their tests
	@sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get -qq -y --no-install-recommends install \
	    python3-torch dataset-fashion-mnist >/dev/null

.PHONY: deps-lint
deps-lint: deps  ## install what lint needs besides
	@sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get -qq -y --no-install-recommends install \
	    clang clang-tidy clang-format cppcheck shellcheck >/dev/null

# In suppressions.txt, what cppcheck mistakes, and why.
LINTED := lib/*.c tools/*.c
.PHONY: lint
lint: | $(DEPS_GOALS)  ## check sources, scripts and manual pages with linters
	clang-format --dry-run --Werror lib/*.[ch] include/engram/*.h tools/*.c tests/unit/*.[ch] tests/fuzz/*.[ch] \
	    tests/bench/*.[ch] tests/bench/*.cc tests/chroot/*.c
	clang-tidy --quiet $(LINTED) -- -std=c17 -D_GNU_SOURCE -Iinclude 2>/dev/null
	cppcheck -q --std=c11 --enable=warning,style,performance,portability --error-exitcode=1 \
	    --suppressions-list=tests/suppressions.txt -D_GNU_SOURCE -Iinclude lib tools
	shellcheck -x .ci/run pipeline/package/engram-demo $(shell grep -lsE "^\#!.*bash|^\# shellcheck shell=bash" $(wildcard pipeline/* pipeline/torch/* tests/bench/* tests/bits/* tests/fuzz/* tests/chroot/* tests/slurm/*)) tests/bits/chain tests/*/*.bash tests/*/*.bats
	mandoc -Tlint -W warning tools/*.[157] pipeline/package/*.1

.PHONY: why
why: tools  ## say which stages would run, and what changed
	@source pipeline/files; source pipeline/progress; scratch; : >"$$work/noted"; on_its_own; \
	$(again) --no-print-directory -j1 -n WHY="$$work/noted" all | { grep '^why: ' || echo 'why: nothing would run'; } | sed 's/^why: //'

# Committed for the default SEEDS, and for few: the tests have no time for all.
VERIFIED := pipeline/digests/$(SEEDS)
# Data files, tables and decoded pixels; charts hold the versions of gnuplot and zlib. The tables of
# single networks are rows of those that gather them. Runs of other seeds share samples.
files_digested = find $(1) \( -name .stage -o -name networks \) -prune -o -type f \( -name '*.safetensors' -o \
    -name '*.tsv' -o -name '*.ppm' \) -print0 | xargs -0 sha256sum
SAMPLES_DIGESTED := $(patsubst $(OUT)/%,%,$(SAMPLES))
digested = { (cd $(RUN) && $(call files_digested,.)); \
    (cd $(OUT) && $(call files_digested,$(SAMPLES_DIGESTED))); } | sort -u -k 2
# $(call verified,FOLDER,GREP): the files there whose lines grep finds.
verified = (cd $(1) && sha256sum --quiet -c -) < <(grep $(2) $(VERIFIED))

.PHONY: verify
verify:  ## check the results of make all, at its defaults or SEEDS=1..10, against the committed digests
ifeq ($(filter $(RUN),$(OUT)/base $(OUT)/seeds-$(SEEDS)) $(wildcard $(VERIFIED)),$(RUN) $(VERIFIED))
verify: all
	@$(call verified,$(OUT),' samples/') && $(call verified,$(RUN),-v ' samples/') && \
	    echo "$$(wc -l <$(VERIFIED)) files are as committed"
else
verify:
	@echo 'make: verify knows only the results of the default variables, and of SEEDS=1..10' >&2; exit 1
endif

.PHONY: verify-base
ifeq ($(RUN),$(OUT)/base)
verify-base: base  ## check the base run, at its defaults, against the committed digests
	@sums=$$( (cd $(RUN) && sha256sum $(patsubst $(RUN)/%,./%,$(sort $(BASE)))) && (cd $(OUT) && sha256sum $(CUT:$(OUT)/%=%))); \
	! grep -vxFf $(VERIFIED) <<<"$$sums" >&2 || { echo 'make: these are not as committed' >&2; exit 1; }; \
	echo "$$(wc -l <<<"$$sums") files are as committed; the SHA-256 of correlations.tsv:"; \
	grep correlations.tsv $(VERIFIED) | cut -d ' ' -f 1
else
verify-base:
	@echo 'make: verify-base knows only the results of the default variables' >&2; exit 1
endif

.PHONY: digests
digests: all  ## commit-time: write the digests that verify checks
	@source pipeline/files; write() { $(digested); }; into $(VERIFIED) write

.PHONY: gallery
gallery: all  ## commit-time: copy the charts to plots/gallery, which README shows
	@mkdir -p plots/gallery
	cp $(RUN)/charts/*.png plots/gallery/
	cp $(RUN)/map.png plots/gallery/pixmap.png

.PHONY: editor
editor:  ## write compile_flags.txt, by which editors understand the sources
	@source pipeline/files; into compile_flags.txt printf '%s\n' -std=c17 -D_GNU_SOURCE -Iinclude -Ilib $(WARNINGS)

.PHONY: clean clean-results
clean:  ## remove what was built: build/
	rm -rf build

clean-results:  ## remove the results in OUT, and nothing else that is there
	@pipeline/clean-results $(OUT) $(BENCH_OUT)
