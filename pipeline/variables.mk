# What the user has set is checked before anything else happens; then names of directories follow from it.

comma := ,
empty :=
space := $(empty) $(empty)
define newline :=


endef
# $(call quote,TEXT): as one word of the shell.
quote = '$(subst $(newline),'$$'\n'',$(subst ','\'',$(1)))'
# $(call refuse,MESSAGE)
refuse = $(shell printf 'make: %s\n' $(call quote,$(1)) >&2)$(error nothing was made)

# Whether make only says what it would do (-n, -q, -t): then nothing is written.
DRY := $(strip $(foreach flag,n q t,$(findstring $(flag),$(filter-out --%,$(firstword -$(MAKEFLAGS))))))

# As many jobs as processors, unless -j says how many: on the command line it counts more than here, in the environment
# it would count less; a make within make has its jobs from the other. What is removed is removed before more is made.
ifeq ($(MAKELEVEL)$(DRY)$(filter clean clean-results uninstall,$(MAKECMDGOALS)),0)
JOBS := $(shell flags=" $${MAKEFLAGS-}"; [[ $${flags%% -- *} =~ \ (-?[a-zA-Z]*j|--jobs) ]] || echo "-j$$(unset OMP_NUM_THREADS OMP_THREAD_LIMIT; nproc)")
MAKEFLAGS += $(JOBS)
endif

# Packages come first, one list after the other: there is one apt.
DEPS_GOALS := $(sort $(filter deps deps-%,$(MAKECMDGOALS)))
deps_before :=
$(foreach goal,$(DEPS_GOALS),$(eval $(goal): | $(deps_before))$(eval deps_before := $(goal)))

# Make within make: where it only says what it would do, it does not run another. `again` in a longer line.
again = $(MAKE)
submake = $(if $(DRY),,+)@$(MAKE) --no-print-directory

# The rows of the table, as NAME?=DEFAULT.
ROWS := $(foreach word,$(subst $(space)?=$(space),?=,$(file <pipeline/config.mk)),$(if $(findstring ?=,$(word)),$(word)))
CONFIGURED := $(foreach row,$(ROWS),$(firstword $(subst ?=, ,$(row))))
# Variables of single makefiles, for tests and makes within make.
INTERNAL := POINT WHY COUNT LISTED BUILD BENCH EIGEN OPENBLAS FANN PYTHON OTHER_POOL OTHER_PHASE1 OTHER_FORKS OTHER_HELD MUTATED SHELL MAKEFLAGS MAKEOVERRIDES
SET := $(foreach variable,$(.VARIABLES),$(if $(filter command,$(origin $(variable))),$(variable))) \
    $(foreach variable,$(CONFIGURED),$(if $(filter environment,$(origin $(variable))),$(variable)))
SET := $(filter-out $(INTERNAL),$(SET))
# To make, CC has a value already: its own default, which is not kept without builtin variables.
ifeq ($(origin CC),default)
CC := gcc
endif

# A value is not expanded before it is known to be sound, nor for the environment of a shell: make would
# run what it says.
ifneq ($(SET),)
unexport $(SET)
ifneq ($(shell pipeline/check pipeline/config.mk $(foreach variable,$(SET),$(call quote,$(variable)=$(value $(variable))))),sound)
$(error nothing was made)
endif
export $(SET)
endif

# A comment leaves its spaces in a value.
$(foreach variable,$(CONFIGURED),$(eval override $(variable) := $$(strip $$($(variable)))))
bare = $(if $(filter-out /,$(filter %/,$(1))),$(call bare,$(patsubst %/,%,$(1))),$(1))
override OUT := $(call bare,$(OUT))

# --- names of directories: WORD-value of each variable that is not at its default, as VARIABLE/WORD
DATA_TAGS := DATASET/data IMAGES/images LABELS/labels SHAPE/shape TRANSPOSE/transpose
CONFIG_TAGS := $(DATA_TAGS) CLASS_A/a CLASS_B/b HIDDEN/hidden RATE/rate PHASE1/phase1 SHORT/short TALLY_FROM/from \
    MEASURE/measure ORDER/order
SHUFFLED_TAGS := $(CONFIG_TAGS) SHUFFLES/shuffles DRAWS/draws
RUN_TAGS := $(CONFIG_TAGS) ACTIVATION/activation SEED/seed SEEDS/seeds ACTIVATIONS/activations \
    CAUSE_SEEDS/cause SHUFFLES/shuffles DRAWS/draws
SWEEP_TAGS := $(CONFIG_TAGS) ACTIVATION/activation SWEEP_SEEDS/seeds

# Values that differ make names that differ.
flat = $(subst /,+,$(subst +,@,$(subst _,__,$(1))))
tag = $(if $(filter $(1)?=$($(1)),$(ROWS)),,$(2)-$(call flat,$($(1))))
joined = $(subst $(space),_,$(strip $(1)))
# A name of more than 180 bytes ends in its checksum instead: the system takes 255.
short = $(if $(1),$(shell LC_ALL=C; name=$(call quote,$(1)); if [[ $$name =~ .{181} ]]; then \
    sum=$$(cksum <<<"$$name"); name=$${name:0:150}-$${sum% *}; fi; printf '%s\n' "$$name"))
# $(call tags,TAGS), and as a name, which is base where all are at their defaults.
tags = $(call joined,$(foreach row,$(1),$(call tag,$(firstword $(subst /, ,$(row))),$(lastword $(subst /, ,$(row))))))
named = $(or $(call short,$(call tags,$(1))),base)

# Samples depend on the data, the classes and how many images are those of phase 1: $(call samples_of,IMAGES).
SAMPLES_TAGS := $(DATA_TAGS) CLASS_A/a CLASS_B/b
samples_of = $(OUT)/samples/$(call short,$(call joined,$(call tags,$(SAMPLES_TAGS)) phase1-$(1)))
SAMPLES := $(call samples_of,$(PHASE1))
SHORT_SAMPLES := $(call samples_of,$(SHORT))

CONFIG := $(OUT)/$(call named,$(CONFIG_TAGS))
RUN := $(OUT)/$(call named,$(RUN_TAGS))

EXPERIMENT := $(foreach row,$(RUN_TAGS),$(firstword $(subst /, ,$(row))))
# What the user has set of the experiment, as it stands on a command line.
GIVEN := $(strip $(foreach variable,$(EXPERIMENT),$(if $(filter $(variable),$(SET)),$(variable)=$($(variable)))))

# --- OUT says how its folders are laid out. What an earlier version left there is not to be mixed with new results.
LAYOUT := engram results, layout 3
HARMLESS := help why clean clean-results tools test lint editor install install-dev uninstall completions dist deb deps% bits% fuzz% mutate chroot
ifneq ($(filter-out $(HARMLESS),$(or $(MAKECMDGOALS),all)),)
ifneq ($(file <$(OUT)/.layout),$(LAYOUT))
OTHERS := $(firstword $(wildcard $(OUT)/.layout $(OUT)/*/.stage $(OUT)/data/*/.stage))
ifneq ($(OTHERS),)
$(call refuse,$(OUT) holds results of another version of this Makefile; make clean-results removes them)
endif
endif
endif
