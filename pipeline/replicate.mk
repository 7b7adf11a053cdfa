# Many networks: the seed is the unit of evidence. One stage a network, all made the same way by
# pipeline/network, which leaves a table in $(CONFIG)/networks; so more seeds cost only the new ones.

seeds = $(if $(findstring ..,$(1)),$(shell echo {$(1)}),$(subst $(comma), ,$(1)))
# The base run needs none of them, and is done before they are all read.
COMPARED_SEEDS := $(if $(filter-out base base-charts,$(or $(MAKECMDGOALS),all)),$(call seeds,$(SEEDS)))
COMPARED_ACTIVATIONS := $(subst $(comma), ,$(ACTIVATIONS))
COMPARED_ACTIVATIONS := $(strip $(COMPARED_ACTIVATIONS) $(filter-out $(COMPARED_ACTIVATIONS),$(ACTIVATION)))
NETWORKS := $(CONFIG)/networks
SHUFFLED_NETWORKS := $(OUT)/$(call named,$(SHUFFLED_TAGS))/networks

# The tallies of the images alone: what they add to the first layer depends on no network.
IMAGE := $(CONFIG)/image
IMAGE_TALLIES := $(IMAGE)-a.safetensors $(IMAGE)-b.safetensors
$(IMAGE_TALLIES) &: $(BIN)/train-tally $(SAMPLES)/phase1.safetensors FORCE
	$(call if_changed_all,image,$(IMAGE_TALLIES))
cmd_image = $< -c $(CLASS_A) -t $(IMAGE)-a.safetensors -c $(CLASS_B) -t $(IMAGE)-b.safetensors -H $(HIDDEN) -e 0 \
    -f $(TALLY_FROM) --measure input -o /dev/null $(word 2,$^)

# --- the networks, ACTIVATION-SEED[-VARIANT].tsv
OF_SEED := $(foreach activation,$(COMPARED_ACTIVATIONS),$(addprefix $(activation)-,$(COMPARED_SEEDS)))
OF_ACTIVATION := $(addprefix $(ACTIVATION)-,$(COMPARED_SEEDS))
NETWORKS_OWN := $(OF_SEED:%=$(NETWORKS)/%.tsv)
NETWORKS_PLANTED := $(OF_SEED:%=$(NETWORKS)/%-planted.tsv)
NETWORKS_WHOLE := $(OF_ACTIVATION:%=$(NETWORKS)/%-whole.tsv)
NETWORKS_SHORT := $(OF_ACTIVATION:%=$(NETWORKS)/%-short.tsv)
NETWORKS_SHUFFLED := $(OF_ACTIVATION:%=$(SHUFFLED_NETWORKS)/%-shuffled.tsv)

TRAINS := pipeline/network $(addprefix $(BIN)/,train-tally fork-train param-diff correlate)
TRAINS_ON := $(TRAINS) $(call samples,$(SAMPLES))
$(NETWORKS_OWN): $(NETWORKS)/%.tsv: $(TRAINS_ON) $(IMAGE_TALLIES) FORCE | $(CUT_FIRST)
	$(call if_changed,network_own)
$(NETWORKS_PLANTED): $(NETWORKS)/%-planted.tsv: $(TRAINS_ON) FORCE | $(CUT_FIRST)
	$(call if_changed,network_planted)
$(NETWORKS_WHOLE): $(NETWORKS)/%-whole.tsv: $(TRAINS_ON) FORCE | $(CUT_FIRST)
	$(call if_changed,network_whole)
$(NETWORKS_SHORT): $(NETWORKS)/%-short.tsv: $(TRAINS) $(call samples,$(SHORT_SAMPLES)) FORCE | $(CUT_FIRST)
	$(call if_changed,network_short)
$(NETWORKS_SHUFFLED): $(SHUFFLED_NETWORKS)/%-shuffled.tsv: $(TRAINS_ON) $(BIN)/summarize FORCE | $(CUT_FIRST)
	$(call if_changed,network_shuffled)

cmd_network_own = $(call network,$(SAMPLES),$(TALLY_FROM)) image=$(IMAGE)
cmd_network_planted = $(call network,$(SAMPLES),$(TALLY_FROM)) planted=$(HIDDEN)
cmd_network_whole = $(call network,$(SAMPLES),0)
cmd_network_short = $(call network,$(SHORT_SAMPLES),$(TALLY_FROM))
cmd_network_shuffled = $(call network,$(SAMPLES),$(TALLY_FROM)) shuffles=$(SHUFFLES) draws=$(DRAWS)
# $(call network,SAMPLES,FROM): the network ACTIVATION-SEED of the pattern's stem.
network = source pipeline/network output=$@ bin=$(BIN) samples=$(1) class_a=$(CLASS_A) class_b=$(CLASS_B) \
    forks_a="$(call pair,A)" forks_b="$(call pair,B)" seed=$(stem_seed) \
    options="$(call learn,$(patsubst %-$(stem_seed),%,$*)) -f $(2)"
stem_seed = $(lastword $(subst -, ,$*))

# $(call gather,TABLE,FOLDER,ACTIVATIONS,VARIANTS): the tables of these networks, of all seeds, as one. The
# shell spells the many seeds out. The variant half has no name.
SEEDS_SPELLED := $(if $(findstring ..,$(SEEDS))$(findstring $(comma),$(SEEDS)),{$(SEEDS)},$(SEEDS))
tables_of = $(foreach variant,$(3),$(foreach activation,$(2),$(4:%=$(1)/$(activation)-%$(addprefix -,$(filter-out half,$(variant))).tsv)))
define gather_rule
$(1): private GATHERS := folder=$(2) activations="$(3)" seeds=$(SEEDS) variants="$(4)"
$(1): private SPELLED := $(call tables_of,$(2),$(3),$(4),$(SEEDS_SPELLED))
$(1): pipeline/gather $(call tables_of,$(2),$(3),$(4),$(COMPARED_SEEDS)) FORCE
	$$(call run_if_changed,$$@,into $$@ $$< $$(GATHERS),$$< $$(SPELLED))
.PRECIOUS: $(1)
endef
gather = $(eval $(gather_rule))
$(call gather,$(RUN)/runs.tsv,$(NETWORKS),$(COMPARED_ACTIVATIONS),half)
$(call gather,$(RUN)/variants.tsv,$(NETWORKS),$(ACTIVATION),half whole short)
$(call gather,$(RUN)/planted.tsv,$(NETWORKS),$(COMPARED_ACTIVATIONS),planted)
$(call gather,$(RUN)/shuffled.tsv,$(SHUFFLED_NETWORKS),$(ACTIVATION),shuffled)

# --- what the seeds say together: the seed, a network of its own, is the unit of evidence
SUMMARIES := $(RUN)/intervals.tsv $(RUN)/variants-intervals.tsv $(RUN)/planted-intervals.tsv
$(RUN)/intervals.tsv: $(BIN)/summarize $(RUN)/runs.tsv FORCE
	$(call if_changed,summary)
$(RUN)/variants-intervals.tsv: $(BIN)/summarize $(RUN)/variants.tsv FORCE
	$(call if_changed,summary)
$(RUN)/planted-intervals.tsv: $(BIN)/summarize $(RUN)/planted.tsv FORCE
	$(call if_changed,summary)
cmd_summary = $< -u seed -g scope,part,activation,variant,control -v r:z,share:-1:1,auc_x:0:1,auc_y:0:1 --p-value p \
    --pair variant:whole-half --pair variant:short-half --pair control:same-other --pair control:same-image -o $@ $(word 2,$^)

# How often each test at 5% rejects, on runs whose labels were shuffled and on the networks with their own.
$(RUN)/rejections.tsv: $(BIN)/summarize $(RUN)/shuffled.tsv FORCE
	$(call if_changed,rejections)
cmd_rejections = $< -g control,scope,part --rates naive=p,units=p_units,labels=p_labels --cluster seed -o $@ $(word 2,$^)

# --- the base run's network against 999 label permutations and 999 permutations of whole units
EVIDENCE := $(addprefix $(RUN)/,evidence.tsv evidence.json null.tsv significance.safetensors)
$(EVIDENCE) &: $(BIN)/train-tally $(BIN)/correlate $(SAMPLES)/phase1.safetensors $(CORRELATED) FORCE
	$(call if_changed_all,evidence,$(EVIDENCE))
cmd_evidence = $< -c $(CLASS_A) -c $(CLASS_B) $(call learn,$(ACTIVATION)) -s $(SEED) -f $(TALLY_FROM) \
    --permute-labels $(SEED) --permutations 999 --permuted - -o /dev/null $(word 3,$^) | \
    $(word 2,$^) -P 999 --null - --null-table $(@D)/null.tsv --map $(@D)/significance.safetensors \
    --json $(@D)/evidence.json -o $(@D)/evidence.tsv $(CORRELATED)

.PRECIOUS: $(IMAGE_TALLIES) $(NETWORKS_OWN) $(NETWORKS_PLANTED) $(NETWORKS_WHOLE) $(NETWORKS_SHORT) $(NETWORKS_SHUFFLED) \
    $(SUMMARIES) $(RUN)/rejections.tsv $(EVIDENCE)
REPLICATES := $(RUN)/runs.tsv $(RUN)/intervals.tsv
NULLS := $(EVIDENCE) $(RUN)/shuffled.tsv $(RUN)/rejections.tsv
CONTROLS := $(REPLICATES) $(RUN)/planted.tsv $(RUN)/planted-intervals.tsv

.PHONY: replicate nulls controls
replicate: $(REPLICATES)  ## networks of all SEEDS and ACTIVATIONS, and what they say together
	$(call show,outcomes $(RUN)/intervals.tsv)
nulls: $(NULLS)  ## permuted labels and units; how often tests fire on shuffled labels
	$(call show,nulls $(RUN)/evidence.tsv $(RUN)/rejections.tsv)
controls: $(CONTROLS)  ## x of another network, of the images alone; knowledge planted in known units
	$(call show,controls $(RUN)/intervals.tsv $(RUN)/planted-intervals.tsv)
