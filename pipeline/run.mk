# The experiment: phase 1, forks, differences, correlations. The base run keeps every file; of the
# networks of the comparisons, in replicate.mk, only tables are kept.

# --- the forks: one without each label. Class A is told apart by the forks without its first and
# without its second label; if it has only one, by those without it and without nothing.
labels_of = $(subst $(comma), ,$(CLASS_$(1)))
LABELS_ALL := $(call labels_of,A) $(call labels_of,B)
second = $(or $(word 2,$(call labels_of,$(1))),none)
FORKS := $(LABELS_ALL) $(if $(filter none,$(call second,A) $(call second,B)),none)
# The labels a fork without $(1) trains on, and the two forks that tell class $(1) apart.
without = $(subst $(space),$(comma),$(strip $(filter-out $(1),$(LABELS_ALL))))
pair = $(word 1,$(call labels_of,$(1))) $(call second,$(1))

PHASE1_LABELS := $(CLASS_A),$(CLASS_B)
S := .safetensors
# $(call samples,DIRECTORY,IMAGES): phase 1 on the first images, the forks on the others.
samples = $(call add,$(1)/phase1$(S) $(FORKS:%=$(1)/without-%$(S)),\
    $(BIN)/mnist-filter $(DATA)/images $(DATA)/labels,\
    $(call take,$(1)/phase1$(S),$(PHASE1_LABELS),0:$(2))$(foreach f,$(FORKS),;\
    $(call take,$(1)/without-$(f)$(S),$(call without,$(f)),$(2):)))
$(call samples,$(CONFIG)/samples,$(PHASE1))
$(call samples,$(CONFIG)/short,$(SHORT))
.PHONY: samples
samples: $(CONFIG)/samples/phase1$(S)
# What needs both needs them before it trains a network: a label may have no image in one of them.
CUT_FIRST := $(if $(filter all charts report gallery digests verify %variants.tsv %variants-intervals.tsv \
    %variants.png %variants.svg %facts.tsv %report.md %report.html,$(or $(MAKECMDGOALS),all)),$(CONFIG)/short/phase1$(S))
$(addprefix $(RUN)/,network$(S) tally-a$(S) tally-b$(S) phase1.tsv): | $(CUT_FIRST)

# $(call train,ACTIVATION,SEED,FROM,TALLY_A,TALLY_B,NETWORK,SAMPLES)
train = $(BIN)/train-tally -c $(CLASS_A) -t $(4) -c $(CLASS_B) -t $(5) -H $(HIDDEN) -a $(1) -e $(RATE) \
    -s $(2) -f $(3) -o $(6) $(7)

# --- the base run, file by file
$(call add,$(RUN)/network$(S) $(RUN)/tally-a$(S) $(RUN)/tally-b$(S) $(RUN)/phase1.tsv,\
    $(BIN)/train-tally $(CONFIG)/samples/phase1$(S),\
    $(call train,$(ACTIVATION),$(SEED),$(TALLY_FROM),$(RUN)/tally-a$(S),$(RUN)/tally-b$(S),$(RUN)/network$(S),\
    --log $(RUN)/phase1.tsv $(CONFIG)/samples/phase1$(S)))
$(foreach f,$(FORKS),$(call add,$(RUN)/fork-without-$(f)$(S) $(RUN)/fork-without-$(f).tsv,\
    $(BIN)/fork-train $(RUN)/network$(S) $(CONFIG)/samples/without-$(f)$(S),\
    $(BIN)/fork-train --log $(RUN)/fork-without-$(f).tsv -o $(RUN)/fork-without-$(f)$(S) \
    $(RUN)/network$(S) $(CONFIG)/samples/without-$(f)$(S)))
pair_files = $(foreach f,$(call pair,$(1)),$(RUN)/fork-without-$(f)$(S))
difference = $(call add,$(RUN)/difference-$(1)$(S),$(BIN)/param-diff $(call pair_files,$(2)),\
    $(BIN)/param-diff -o $(RUN)/difference-$(1)$(S) $(call pair_files,$(2)))
$(call difference,a,A)
$(call difference,b,B)
FOUR := $(RUN)/tally-a$(S) $(RUN)/tally-b$(S) $(RUN)/difference-a$(S) $(RUN)/difference-b$(S)
$(call add,$(RUN)/correlations.tsv $(RUN)/points.tsv $(RUN)/map$(S) $(RUN)/regions.tsv,$(BIN)/correlate $(FOUR),\
    $(BIN)/correlate --points $(RUN)/points.tsv --map $(RUN)/map$(S) --map-table $(RUN)/regions.tsv -o $(RUN)/correlations.tsv $(FOUR))
$(call add,$(RUN)/map.png,$(BIN)/pixmap $(RUN)/map$(S),$(BIN)/pixmap -t r -p blue-orange --bar -s 12 -o $(RUN)/map.png \
    $(RUN)/map$(S))

BASE_DATA := $(addprefix $(RUN)/,correlations.tsv points.tsv map$(S) regions.tsv phase1.tsv network$(S) tally-a$(S) \
    tally-b$(S) difference-a$(S) difference-b$(S)) \
    $(foreach f,$(FORKS),$(RUN)/fork-without-$(f)$(S) $(RUN)/fork-without-$(f).tsv)
.PHONY: base
base: $(BASE_DATA)  ## the base run alone, without charts
