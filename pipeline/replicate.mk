# Many networks: the seed is the unit of evidence. One stage a network, all made the same way by
# pipeline/network, which leaves a table in $(CONFIG)/networks; so more seeds cost only the new ones.

seeds = $(if $(findstring ..,$(1)),$(shell echo {$(1)}),$(subst $(comma), ,$(1)))
# make base needs none of them, and is done before they are all read.
SEED_LIST := $(if $(call differ,$(MAKECMDGOALS),base),$(call seeds,$(SEEDS)))
ACTIVATION_LIST := $(subst $(comma), ,$(ACTIVATIONS))
ACTIVATION_LIST := $(strip $(ACTIVATION_LIST) $(filter-out $(ACTIVATION_LIST),$(ACTIVATION)))
NETWORKS := $(CONFIG)/networks
SHUFFLED_NETWORKS := $(OUT)/$(call named,$(SHUFFLED_TAGS))/networks

# The tallies of the images alone: what they add to the first layer depends on no network.
IMAGE := $(CONFIG)/image
IMAGE_TALLIES := $(IMAGE)-a$(S) $(IMAGE)-b$(S)
$(call add,$(IMAGE_TALLIES),$(BIN)/train-tally $(CONFIG)/samples/phase1$(S),\
    $(BIN)/train-tally -c $(CLASS_A) -t $(IMAGE)-a$(S) -c $(CLASS_B) -t $(IMAGE)-b$(S) -H $(HIDDEN) -e 0 \
    -f $(TALLY_FROM) --measure input -o /dev/null $(CONFIG)/samples/phase1$(S))

# $(call network,FILE,KIND,ACTIVATION,SEED,FROM,SAMPLES)
NETWORK_PROGRAMS := pipeline/network $(foreach p,train-tally fork-train param-diff correlate,$(BIN)/$(p))
network = $(eval $(1).tsv: | $(CUT_FIRST))$(call add,$(1).tsv,$(NETWORK_PROGRAMS) $(6)/phase1$(S) \
    $(foreach f,$(FORKS),$(6)/without-$(f)$(S)) $(if $(findstring =$(IMAGE),$(2)),$(IMAGE_TALLIES)) $(if $(findstring shuffled=,$(2)),$(BIN)/summarize),\
    source pipeline/network $(2) $(1).tsv $(BIN) $(6) $(CLASS_A) $(CLASS_B) "$(call pair,A)" "$(call pair,B)" \
    $(4) -H $(HIDDEN) -a $(3) -e $(RATE) -f $(5))

$(foreach a,$(ACTIVATION_LIST),$(foreach s,$(SEED_LIST),\
    $(call network,$(NETWORKS)/$(a)-$(s),controls=$(IMAGE),$(a),$(s),$(TALLY_FROM),$(CONFIG)/samples)\
    $(call network,$(NETWORKS)/$(a)-$(s)-planted,planted=$(HIDDEN),$(a),$(s),$(TALLY_FROM),$(CONFIG)/samples)))
$(foreach s,$(SEED_LIST),\
    $(call network,$(NETWORKS)/$(ACTIVATION)-$(s)-whole,same,$(ACTIVATION),$(s),0,$(CONFIG)/samples)\
    $(call network,$(NETWORKS)/$(ACTIVATION)-$(s)-short,same,$(ACTIVATION),$(s),$(TALLY_FROM),$(CONFIG)/short)\
    $(call network,$(SHUFFLED_NETWORKS)/$(ACTIVATION)-$(s)-shuffled,shuffled=$(SHUFFLES)$(comma)$(DRAWS),$(ACTIVATION),$(s),$(TALLY_FROM),$(CONFIG)/samples))

# How many there are, for whoever waits.
export MANY := $(words $(SEED_LIST:%=$(ACTIVATION_LIST) $(ACTIVATION_LIST) whole short shuffled))

# $(call table,FILE,SCRIPT,INPUTS,REST): a table made by a script from others.
table = $(call add,$(1),$(2) $(3),into $(1) $(2) $(3) $(4))

# $(call gather,TABLE,FOLDER,ACTIVATIONS,VARIANTS): the tables of these networks, of all seeds, as one. The
# shell spells the many seeds out. The variant half has no name.
SEEDS_SPELLED := $(if $(findstring ..,$(SEEDS))$(findstring $(comma),$(SEEDS)),{$(SEEDS)},$(SEEDS))
tables_of = $(foreach v,$(3),$(foreach a,$(2),$(4:%=$(1)/$(a)-%$(addprefix -,$(filter-out half,$(v))).tsv)))
gather = $(call add_many,$(1),pipeline/gather $(call tables_of,$(2),$(3),$(4),$(SEED_LIST)),\
    into $(1) pipeline/gather $(2) "$(3)" $(SEEDS) "$(4)",\
    pipeline/gather $(call tables_of,$(2),$(3),$(4),$(SEEDS_SPELLED)))
$(call gather,$(RUN)/runs.tsv,$(NETWORKS),$(ACTIVATION_LIST),half)
$(call gather,$(RUN)/variants.tsv,$(NETWORKS),$(ACTIVATION),half whole short)
$(call gather,$(RUN)/planted.tsv,$(NETWORKS),$(ACTIVATION_LIST),planted)
$(call gather,$(RUN)/shuffled.tsv,$(SHUFFLED_NETWORKS),$(ACTIVATION),shuffled)

# --- what the seeds say together: the seed, a network of its own, is the unit of evidence
SUMMARY := $(BIN)/summarize -u seed -g scope$(comma)part$(comma)activation$(comma)variant$(comma)control
SUMMARY += -v r:z$(comma)share:-1:1$(comma)auc_x:0:1$(comma)auc_y:0:1 --p-value p --pair variant:whole-half
SUMMARY += --pair variant:short-half --pair control:same-other --pair control:same-image
# $(call summary,FILE,TABLE)
summary = $(call add,$(1),$(BIN)/summarize $(2),$(SUMMARY) -o $(1) $(2))
$(call summary,$(RUN)/intervals.tsv,$(RUN)/runs.tsv)
$(call summary,$(RUN)/variants-intervals.tsv,$(RUN)/variants.tsv)
$(call summary,$(RUN)/planted-intervals.tsv,$(RUN)/planted.tsv)
# How often each test at 5% rejects, on runs whose labels were shuffled and on the networks with their own.
$(call add,$(RUN)/rejections.tsv,$(BIN)/summarize $(RUN)/shuffled.tsv,$(BIN)/summarize -g control$(comma)scope$(comma)part \
    --rates naive=p$(comma)units=p_units$(comma)labels=p_labels --cluster seed -o $(RUN)/rejections.tsv $(RUN)/shuffled.tsv)

# --- the base run's network against 999 label permutations and 999 permutations of whole units
PERMUTED := --permute-labels $(SEED) --permutations 999 --permuted -
$(call add,$(addprefix $(RUN)/,evidence.tsv evidence.json null.tsv significance$(S)),\
    $(BIN)/train-tally $(BIN)/correlate $(CONFIG)/samples/phase1$(S) $(FOUR),\
    $(BIN)/train-tally -c $(CLASS_A) -c $(CLASS_B) -H $(HIDDEN) -a $(ACTIVATION) -e $(RATE) -s $(SEED) \
    -f $(TALLY_FROM) $(PERMUTED) -o /dev/null $(CONFIG)/samples/phase1$(S) | \
    $(BIN)/correlate -P 999 --null - --null-table $(RUN)/null.tsv --map $(RUN)/significance$(S) \
    --json $(RUN)/evidence.json -o $(RUN)/evidence.tsv $(FOUR))

REPLICATES := $(RUN)/runs.tsv $(RUN)/intervals.tsv
NULLS := $(addprefix $(RUN)/,evidence.tsv evidence.json null.tsv significance$(S) shuffled.tsv rejections.tsv)
CONTROLS := $(REPLICATES) $(RUN)/planted.tsv $(RUN)/planted-intervals.tsv

.PHONY: replicate nulls controls
replicate: $(REPLICATES)  ## networks of all SEEDS and ACTIVATIONS, and what they say together
	@pipeline/show outcomes $(RUN)/intervals.tsv
nulls: $(NULLS)  ## permuted labels and units; how often tests fire on shuffled labels
	@pipeline/show nulls $(RUN)/evidence.tsv $(RUN)/rejections.tsv
controls: $(CONTROLS)  ## x of another network, of the images alone; knowledge planted in known units
	@pipeline/show controls $(RUN)/intervals.tsv $(RUN)/planted-intervals.tsv
