# Many networks: the seed is the unit of evidence. One stage a network, or a block of them, all made the same way by
# pipeline/network, which leaves a table in $(CONFIG)/networks; so more seeds cost only the new ones.

COMPARED_ACTIVATIONS := $(subst $(comma), ,$(ACTIVATIONS))
COMPARED_ACTIVATIONS := $(strip $(COMPARED_ACTIVATIONS) $(filter-out $(COMPARED_ACTIVATIONS),$(ACTIVATION)))
NETWORKS := $(CONFIG)/networks
SHUFFLED_NETWORKS := $(OUT)/$(call named,$(SHUFFLED_TAGS))/networks

# $(call count,SEEDS): how many; of a range, which may be long, without its list.
count = $(if $(findstring ..,$(1)),$(shell echo $$((1 - $(subst ..,+,$(1))))),$(words $(subst $(comma), ,$(1))))
# $(call first,N,SEEDS): the first of them.
first = $(if $(findstring ..,$(2)),$(shell seeds=$(2); last=$${seeds#*..} first=$${seeds%..*}; \
    echo $$first..$$((last < first + $(1) ? last : first + $(1) - 1))),$(subst $(space),$(comma),$(wordlist 1,$(1),$(subst $(comma), ,$(2)))))
# Of the first seeds alone, what takes longer.
FEW := $(call first,30,$(SEEDS))

# Which images a network learns from, in its own order or the file's; the pixels that are not black in all of them.
ORDERS := $(foreach samples,$(SAMPLES) $(SHORT_SAMPLES),$(samples)/order-own $(samples)/order-file)
$(ORDERS): pipeline/order $(BIN)/mnist-filter $(DATA)/images $(DATA)/labels FORCE
	$(call if_changed,order)
cmd_order = into $@ $< program=$(word 2,$^) images=$(DATA)/images labels=$(DATA)/labels classes=$(CLASS_A),$(CLASS_B) \
    phase1=$(lastword $(subst -, ,$(@D))) order=$(@F:order-%=%)
LIT := $(SAMPLES)/lit.safetensors
$(LIT): $(BIN)/mnist-filter $(DATA)/images $(DATA)/labels FORCE
	$(call if_changed,lit)
cmd_lit = $< -i $(DATA)/images -l $(DATA)/labels -d $(CLASS_A),$(CLASS_B) --lit -o $@

# --- the networks, ACTIVATION-SEED[-END].tsv, or a block of them, ACTIVATION-FIRST-LAST[-END].tsv; of each kind, a pattern
# rule makes its tables together
TRAINS := pipeline/network pipeline/training pipeline/block $(addprefix $(BIN)/,mnist-filter train-tally fork-train param-diff correlate summarize) \
    $(DATA)/images $(DATA)/labels
TRAINS_ON := $(TRAINS) $(SAMPLES)/order-$(ORDER)
$(NETWORKS)/%.tsv $(NETWORKS)/%-pixels.tsv $(NETWORKS)/%-regions.tsv: $(TRAINS_ON) $(LIT) FORCE | $(CUT_FIRST)
	$(call if_changed_all,network_own,$(addprefix $(@D)/$*,.tsv -pixels.tsv -regions.tsv))
$(NETWORKS)/%-planted.tsv: $(TRAINS_ON) FORCE | $(CUT_FIRST)
	$(call if_changed,network_planted)
$(NETWORKS)/%-short.tsv: $(TRAINS) $(SHORT_SAMPLES)/order-$(ORDER) FORCE | $(CUT_FIRST)
	$(call if_changed,network_short)
$(NETWORKS)/%-probe.tsv $(NETWORKS)/%-learned.tsv: $(TRAINS_ON) FORCE | $(CUT_FIRST)
	$(call if_changed_all,network_probe,$(addprefix $(@D)/$*,-probe.tsv -learned.tsv))
$(NETWORKS)/%-groupings.tsv: $(TRAINS_ON) FORCE | $(CUT_FIRST)
	$(call if_changed,network_groupings)
$(NETWORKS)/%-file.tsv $(NETWORKS)/%-common.tsv: $(TRAINS) $(SAMPLES)/order-file FORCE | $(CUT_FIRST)
	$(call if_changed_all,network_common,$(addprefix $(@D)/$*,-file.tsv -common.tsv))
$(SHUFFLED_NETWORKS)/%-shuffled.tsv $(SHUFFLED_NETWORKS)/%-drawn.tsv: $(TRAINS_ON) FORCE | $(CUT_FIRST)
	$(call if_changed_all,network_shuffled,$(addprefix $(@D)/$*,-shuffled.tsv -drawn.tsv))

cmd_network_own = $(call network,.tsv,$(SAMPLES),$(ORDER)) lit=$(LIT) pixels=$(@D)/$*-pixels.tsv \
    regions=$(@D)/$*-regions.tsv controls="same lit image whole other-init $(if $(filter own,$(ORDER)),other-seed)"
cmd_network_planted = $(call network,-planted.tsv,$(SAMPLES),$(ORDER)) controls=same planted=$(HIDDEN)
cmd_network_short = $(call network,-short.tsv,$(SHORT_SAMPLES),$(ORDER)) controls=same
cmd_network_probe = $(call network,-probe.tsv,$(SAMPLES),$(ORDER)) learned=$(@D)/$*-learned.tsv controls="halves again $(MEASURES)"
cmd_network_groupings = $(call network,-groupings.tsv,$(SAMPLES),$(ORDER)) controls=groupings
cmd_network_common = $(call network,-file.tsv,$(SAMPLES),file) controls="same shuffled" common=1 draws=199 drawn=$(@D)/$*-common.tsv
cmd_network_shuffled = $(call network,-shuffled.tsv,$(SAMPLES),$(ORDER)) controls=shuffled shuffles=$(SHUFFLES) draws=$(DRAWS) \
    drawn=$(@D)/$*-drawn.tsv
# Measures besides the change; images alone are a control of every network.
MEASURES := squared-gradient
# $(call network,END,SAMPLES,ORDER): the networks of the pattern's stem.
network = $(if $(findstring -,$(stem_seeds)),pipeline/block,source pipeline/network) $(trains)
trains = output=$(@D)/$*$(1) bin=$(BIN) images=$(DATA)/images labels=$(DATA)/labels order=$(2)/order-$(3) class_a=$(CLASS_A) class_b=$(CLASS_B) \
    forks_a="$(call pair,A)" forks_b="$(call pair,B)" seed=$(stem_seeds) \
    options="$(call learn,$(call dashed,$(filter-out $(NUMBER),$(subst -, ,$*)))) -f $(TALLY_FROM)"
stem_seeds = $(call dashed,$(filter $(NUMBER),$(subst -, ,$*)))
dashed = $(subst $(space),-,$(1))
# No part of an activation's name begins like one.
NUMBER := 0% 1% 2% 3% 4% 5% 6% 7% 8% 9%

# $(call gather,TABLE,FOLDER,ACTIVATIONS,VARIANTS,SEEDS,SUMMARY,BLOCK): the tables of these networks as one; or, with the name
# of a variable that holds options, what summarize makes of them. The variant half has no name. Which tables they are,
# pipeline/gather knows: make asks when it comes to TABLE, and the shell of the recipe, whose command line is not to hold them all.
define gather_rule
$(1): private GATHERS := folder=$(2) activations="$(3)" seeds=$(5) variants="$(4)" $(addprefix block=,$(7))
$(1): pipeline/gather $(if $(6),$(BIN)/summarize) $$$$(shell pipeline/gather $$$$(GATHERS) list=1) FORCE
	$$(call run_if_changed,$$@,$$(call gathered,$(6)),$$< $(if $(6),$(BIN)/summarize) $$$$(pipeline/gather $$(GATHERS) list=1))
.PRECIOUS: $(1)
endef
gathered = $(if $(1),pipeline/gather $(GATHERS) | $(BIN)/summarize $($(1)) -o $@,into $@ pipeline/gather $(GATHERS))
gather = $(eval $(gather_rule))
.SECONDEXPANSION:
$(call gather,$(RUN)/runs.tsv,$(NETWORKS),$(COMPARED_ACTIVATIONS),half,$(SEEDS),,)
$(call gather,$(RUN)/variants.tsv,$(NETWORKS),$(ACTIVATION),half short,$(SEEDS),,)
$(call gather,$(RUN)/planted.tsv,$(NETWORKS),$(COMPARED_ACTIVATIONS),planted,$(FEW),,)
$(call gather,$(RUN)/shuffled.tsv,$(SHUFFLED_NETWORKS),$(ACTIVATION),shuffled,$(SEEDS),,)
$(call gather,$(RUN)/few.tsv,$(NETWORKS),$(COMPARED_ACTIVATIONS),half probe,$(FEW),,)
$(call gather,$(RUN)/groupings.tsv,$(NETWORKS),$(ACTIVATION),groupings,$(FEW),,)
$(call gather,$(RUN)/learned.tsv,$(NETWORKS),$(COMPARED_ACTIVATIONS),learned,$(FEW),,)
$(call gather,$(RUN)/file.tsv,$(NETWORKS),$(ACTIVATION),file,$(FEW),,)

# A class of one label cannot be grouped otherwise.
GROUPINGS := $(if $(filter none,$(FORKS)),,$(RUN)/groupings-intervals.tsv)

# --- what the seeds say together: the seed, a network of its own on images of its own, is the unit of evidence
$(RUN)/intervals.tsv: $(BIN)/summarize $(RUN)/runs.tsv FORCE
	$(call if_changed,summary)
$(RUN)/variants-intervals.tsv: $(BIN)/summarize $(RUN)/variants.tsv FORCE
	$(call if_changed,summary)
$(RUN)/planted-intervals.tsv: $(BIN)/summarize $(RUN)/planted.tsv FORCE
	$(call if_changed,summary)
cmd_summary = $< -u seed -g scope,part,activation,variant,control -v r:z,share:-1:1,auc_x:0:1,auc_y:0:1 --p-value p \
    --pair variant:short-half --pair control:whole:same --pair control:same:other-seed --pair control:same:other-init \
    --pair control:same:image --pair control:same:lit -o $@ $(word 2,$^)

# The twelve primary outcomes, with Holm's correction.
$(RUN)/primary.tsv: pipeline/primary $(BIN)/summarize $(RUN)/intervals.tsv FORCE
	$(call if_changed,primary)
cmd_primary = $< $(word 3,$^) | $(word 2,$^) --holm p_mean -o $@ -

# Measures; the noise of x and y; x and y of other groupings of the labels; loss and error rate on images held out.
$(RUN)/few-intervals.tsv: $(BIN)/summarize $(RUN)/few.tsv FORCE
	$(call if_changed,few)
cmd_few = $< -u seed -g scope,part,activation,control -v r:z --pair control:squared-gradient:same \
    --disattenuate control:same,again,halves -o $@ $(word 2,$^)
$(RUN)/groupings-intervals.tsv: $(BIN)/summarize $(RUN)/groupings.tsv FORCE
	$(call if_changed,groupings)
cmd_groupings = $< -u seed -g scope,part,activation,control -v r:z -o $@ $(word 2,$^)
$(RUN)/learned-intervals.tsv: $(BIN)/summarize $(RUN)/learned.tsv FORCE
	$(call if_changed,learned)
cmd_learned = $< -u seed -g activation,network -v loss,error_rate:0:1,fall -o $@ $(word 2,$^)

# The map, pixel by pixel, and its edge and inside.
$(call gather,$(RUN)/seeds-map.tsv,$(NETWORKS),$(COMPARED_ACTIVATIONS),pixels,$(SEEDS),SUMMARY_MAP,)
SUMMARY_MAP := -u seed -g activation,row,column -v r:z --flips 999 --family activation
$(call gather,$(RUN)/seeds-regions.tsv,$(NETWORKS),$(COMPARED_ACTIVATIONS),regions,$(SEEDS),SUMMARY_REGIONS,)
SUMMARY_REGIONS := -u seed -g activation,region -v mean_abs_r:0:1 --pair region:edge-inside

# --- how often tests at 5% reject where there is nothing to find: in runs with permuted labels
$(RUN)/rejections.tsv: $(BIN)/summarize $(RUN)/shuffled.tsv FORCE
	$(call if_changed,rejections)
cmd_rejections = $< -g control,scope,part --rates naive=p,units=p_units,labels=p_labels --cluster seed -o $@ $(word 2,$^)

# A t-test over networks: thirty for an experiment, of a permutation each, on images of their own; and of the same
# permutation for all, on the same images.
$(call gather,$(RUN)/experiments.tsv,$(SHUFFLED_NETWORKS),$(ACTIVATION),drawn,$(SEEDS),SUMMARY_DRAWN,30)
$(call gather,$(RUN)/common-experiments.tsv,$(NETWORKS),$(ACTIVATION),common,$(FEW),SUMMARY_DRAWN,30)
SUMMARY_DRAWN := -u seed -g variant,scope,part,block,draw -v r:z --sorted block
$(RUN)/size.tsv: $(BIN)/summarize $(RUN)/experiments.tsv $(RUN)/common-experiments.tsv FORCE
	$(call if_changed,size)
cmd_size = $< -g variant,scope,part --rates seeds=p_mean -o $@ $(wordlist 2,3,$^)
# And the place of the mean with the true labels among those of common permutations.
$(RUN)/file-intervals.tsv: $(BIN)/summarize $(RUN)/file.tsv $(RUN)/common-experiments.tsv FORCE
	$(call if_changed,file)
cmd_file = $< -u seed -g scope,part -v r:z $(word 2,$^) | $< -g scope,part --rank mean --draws $(word 3,$^) --as p_common -o $@ -

# --- the base run's network against 999 label permutations and 999 permutations of whole units
EVIDENCE := $(addprefix $(RUN)/,evidence.tsv evidence.json null.tsv)
$(EVIDENCE) &: $(BIN)/train-tally $(BIN)/correlate $(SAMPLES)/phase1.safetensors $(CORRELATED) FORCE
	$(call if_changed_all,evidence,$(EVIDENCE))
cmd_evidence = $< -c $(CLASS_A) -c $(CLASS_B) $(call learn,$(ACTIVATION)) -s $(SEED) -f $(TALLY_FROM) \
    --permute-labels $(SEED) --permutations 999 --permuted - -o /dev/null $(word 3,$^) | \
    $(word 2,$^) -P 999 --null - --null-table $(@D)/null.tsv \
    --json $(@D)/evidence.json -o $(@D)/evidence.tsv $(CORRELATED)

SUMMARIES := $(patsubst %,$(RUN)/%.tsv,intervals variants-intervals planted-intervals primary few-intervals groupings-intervals \
    learned-intervals rejections size file-intervals)
.PRECIOUS: $(ORDERS) $(LIT) $(NETWORKS)/%.tsv $(SHUFFLED_NETWORKS)/%.tsv $(SUMMARIES) $(EVIDENCE)
REPLICATES := $(RUN)/runs.tsv $(RUN)/intervals.tsv $(RUN)/primary.tsv
NULLS := $(EVIDENCE) $(RUN)/shuffled.tsv $(RUN)/rejections.tsv $(RUN)/size.tsv $(RUN)/file-intervals.tsv
CONTROLS := $(REPLICATES) $(RUN)/planted.tsv $(RUN)/planted-intervals.tsv $(RUN)/few-intervals.tsv $(GROUPINGS)

.PHONY: replicate nulls controls
replicate: $(REPLICATES)  ## networks of all SEEDS and ACTIVATIONS, and what they say together
	$(call show,outcomes $(RUN)/primary.tsv $(RUN)/intervals.tsv)
nulls: $(NULLS)  ## permuted labels and units; how often tests reject where there is nothing to find
	$(call show,nulls $(RUN)/evidence.tsv $(RUN)/rejections.tsv $(RUN)/size.tsv)
controls: $(CONTROLS)  ## x of other networks, of the images alone; noise; measures; groupings; planted knowledge
	$(call show,controls $(RUN)/primary.tsv $(RUN)/intervals.tsv $(RUN)/planted-intervals.tsv $(RUN)/few-intervals.tsv $(GROUPINGS))
