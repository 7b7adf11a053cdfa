# The base run: phase 1, forks, differences, correlations, file by file. Of the networks of the comparisons, in
# replicate.mk, only tables are kept.

# Nothing that needs the samples of both phases trains a network before both are cut: a label may have no image in
# one of them.
CUT_FIRST := $(if $(filter all charts report gallery digests verify %variants.tsv %variants-intervals.tsv \
    %variants.png %variants.svg %facts.tsv %report.md %report.html,$(or $(MAKECMDGOALS),all)),$(SHORT_SAMPLES)/order-$(ORDER))

# $(call learn,ACTIVATION): how every network of the run is trained.
learn = -H $(HIDDEN) -a $(1) -e $(RATE) --measure $(MEASURE)

TRAINED := $(addprefix $(RUN)/,network.safetensors tally-a.safetensors tally-b.safetensors phase1.tsv)
$(TRAINED) &: $(BIN)/train-tally $(SAMPLES)/phase1.safetensors FORCE | $(CUT_FIRST)
	$(call if_changed_all,train,$(TRAINED))
cmd_train = $< -c $(CLASS_A) -t $(@D)/tally-a.safetensors -c $(CLASS_B) -t $(@D)/tally-b.safetensors \
    $(call learn,$(ACTIVATION)) -s $(SEED) -f $(TALLY_FROM) --log $(@D)/phase1.tsv -o $(@D)/network.safetensors $(word 2,$^)

FORKED := $(foreach label,$(FORKS),$(RUN)/fork-without-$(label).safetensors $(RUN)/fork-without-$(label).tsv)
$(FORKED) &: $(BIN)/fork-train $(RUN)/network.safetensors $(SAMPLES)/forks.safetensors FORCE
	$(call if_changed_all,fork,$(FORKED))
# The one without none comes first.
cmd_fork = $< $(foreach label,$(filter none,$(FORKS)) $(LABELS_ALL),$(if $(filter-out none,$(label)),--without $(label)) \
    --log $(@D)/fork-without-$(label).tsv -o $(@D)/fork-without-$(label).safetensors) $(wordlist 2,3,$^)

$(RUN)/difference-a.safetensors: $(BIN)/param-diff $(patsubst %,$(RUN)/fork-without-%.safetensors,$(call pair,A)) FORCE
	$(call if_changed,difference)
$(RUN)/difference-b.safetensors: $(BIN)/param-diff $(patsubst %,$(RUN)/fork-without-%.safetensors,$(call pair,B)) FORCE
	$(call if_changed,difference)
cmd_difference = $< -o $@ $(wordlist 2,3,$^)

# x of both classes, y of both classes.
CORRELATED := $(addprefix $(RUN)/,tally-a.safetensors tally-b.safetensors difference-a.safetensors difference-b.safetensors)
CORRELATIONS := $(addprefix $(RUN)/,correlations.tsv points.tsv map.safetensors map.tsv regions.tsv)
$(CORRELATIONS) &: $(BIN)/correlate $(CORRELATED) FORCE
	$(call if_changed_all,correlate,$(CORRELATIONS))
cmd_correlate = $< --points $(@D)/points.tsv --map $(@D)/map.safetensors --pixels $(@D)/map.tsv \
    --map-table $(@D)/regions.tsv -o $(@D)/correlations.tsv $(CORRELATED)

$(RUN)/map.png: $(BIN)/pixmap $(RUN)/map.safetensors FORCE
	$(call if_changed,map)
cmd_map = $< -t r -p blue-orange --bar -s 12 -o $@ $(word 2,$^)

BASE := $(CORRELATIONS) $(TRAINED) $(FORKED) $(CORRELATED)
.PRECIOUS: $(BASE) $(RUN)/map.png
.PHONY: base base-charts
base: $(BASE)  ## the base run alone, without charts
	$(call show,base $(RUN)/correlations.tsv; echo "all of it: $(RUN)/correlations.tsv; its charts: $(strip make $(GIVEN)) base-charts")
base-charts: $(patsubst %,$(RUN)/charts/%.png,biases weights clusters map loss nulls)  ## the charts that need no further seeds
	$(call aloud,echo "charts: $(RUN)/charts")
# $(call show,WHAT TABLE...): for a person at a terminal. What goals say stands in the order in which they are given.
SHOWN :=
$(foreach goal,$(filter all base replicate nulls controls cause sweep,$(MAKECMDGOALS)),$(if $(filter $(goal),$(SHOWN)),, \
    $(eval $(goal): | $(lastword $(SHOWN)))$(eval SHOWN += $(goal))))
show = $(call aloud,pipeline/show $(1))
aloud = $(if $(DRY),,@$(1))
