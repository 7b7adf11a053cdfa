# `make other`: the experiment in other systems than the post's, by PyTorch, in a folder of its own, outside the digests, for
# PyTorch promises no bits. Sizes are such that ten seeds take some minutes on two processors.

OTHER := $(OUT)/other
OTHER_PAGE := $(OUT)/other.html
OTHER_POOL := 50000
OTHER_PHASE1 := 5000
OTHER_FORKS := 6000
OTHER_HELD := 2000
OTHER_SIZES := pool=$(OTHER_POOL) phase1=$(OTHER_PHASE1) forks=$(OTHER_FORKS) held=$(OTHER_HELD)
PYTHON ?= /usr/bin/python3
# The first is what the others are compared with.
SYSTEMS := post batches adam deep convolutional fashion

ifneq ($(filter other $(OTHER)%,$(MAKECMDGOALS)),)
ifneq ($(GIVEN),)
$(call refuse,other has experiments of its own$(comma) and takes OTHER_SEEDS alone$(comma) not $(GIVEN))
endif

OTHER_SYSTEMS := $(OTHER)/systems.tsv
$(OTHER_SYSTEMS): $(addprefix pipeline/torch/,systems.py engram_torch.py) FORCE
	$(call if_changed,systems)
cmd_systems = into $@ $(PYTHON) -B $<

# $(call other_data,SYSTEM-SEED): images and labels.
other_data = $(if $(filter fashion-%,$(1)),$(addprefix $(SOURCE_fashion)/,train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz), \
    $(DATA)/images $(DATA)/labels)
NETWORK := $(addprefix pipeline/torch/,network systems.py engram_torch.py) $(addprefix $(BIN)/,mnist-filter param-diff correlate)
$(OTHER)/networks/%.tsv $(OTHER)/networks/%-learned.tsv $(OTHER)/networks/%-graft.tsv: $(NETWORK) $$(call other_data,$$*) FORCE
	$(call if_changed_all,other_network,$(addprefix $(@D)/$*,.tsv -learned.tsv -graft.tsv))
cmd_other_network = $< output=$(@D)/$*.tsv learned=$(@D)/$*-learned.tsv graft=$(@D)/$*-graft.tsv bin=$(BIN) python=$(PYTHON) \
    system=$(firstword $(subst -, ,$*)) seed=$(lastword $(subst -, ,$*)) $(addprefix images=,$(firstword $(call other_data,$*))) \
    $(addprefix labels=,$(lastword $(call other_data,$*))) $(OTHER_SIZES)

# Their tables as one, by seeds, which ascend, for systems are compared within them.
OTHER_SEED_LIST := $(shell $(if $(findstring ..,$(OTHER_SEEDS)),seq $(subst .., ,$(OTHER_SEEDS)),printf '%s\n' $(subst $(comma), ,$(OTHER_SEEDS)) | sort -n))
OTHER_LIST := $(foreach seed,$(OTHER_SEED_LIST),$(SYSTEMS:%=$(OTHER)/networks/%-$(seed)))
$(OTHER)/runs.tsv: $(OTHER_LIST:=.tsv) FORCE
	$(call if_changed,joined)
$(OTHER)/learned.tsv: $(OTHER_LIST:=-learned.tsv) FORCE
	$(call if_changed,joined)
$(OTHER)/graft.tsv: $(OTHER_LIST:=-graft.tsv) FORCE
	$(call if_changed,joined)
cmd_joined = into $@ awk 'NR == 1 || FNR > 1' $(filter-out FORCE,$^)

# What the seeds say together, and how far the systems are from the post's network.
$(OTHER)/intervals.tsv: $(BIN)/summarize $(OTHER)/runs.tsv FORCE
	$(call if_changed,other_intervals)
cmd_other_intervals = $< -u seed -g system,scope,part,control -v r:z --pair control:same:other-init $(APART) -o $@ $(word 2,$^)
$(OTHER)/graft-intervals.tsv: $(BIN)/summarize $(OTHER)/graft.tsv FORCE
	$(call if_changed,other_graft)
cmd_other_graft = $< -u seed -g system,control -v s $(APART) -o $@ $(word 2,$^)
APART := $(patsubst %,--pair system:%:post,$(filter-out post,$(SYSTEMS)))
$(OTHER)/learned-intervals.tsv: $(BIN)/summarize $(OTHER)/learned.tsv FORCE
	$(call if_changed,other_learned)
cmd_other_learned = $< -u seed -g system,network -v loss,error_rate:0:1 -o $@ $(word 2,$^)
# The differences from the post's network, in what is compared, with Holm's correction.
$(OTHER)/apart.tsv: pipeline/torch/apart.awk pipeline/table.awk $(BIN)/summarize $(OTHER)/intervals.tsv $(OTHER)/graft-intervals.tsv FORCE
	$(call if_changed,apart)
cmd_apart = awk -F '\t' -f $(word 2,$^) -f $< $(wordlist 4,5,$^) | $(word 3,$^) --holm p_mean -o $@ -

# The chart, and the page.
OTHER_CHART := $(OTHER)/charts/other
OTHER_TABLES := $(OTHER)/intervals.tsv $(OTHER)/graft-intervals.tsv
$(OTHER_CHART).tsv: $(PREPARE) pipeline/torch/chart.awk pipeline/torch/words.tsv $(OTHER_TABLES) FORCE
	$(call if_changed,other_table)
cmd_other_table = into $@ $< pipeline/torch/chart.awk $(CHART_VALUES) "systems=$(SYSTEMS)" -- pipeline/torch/words.tsv $(OTHER_TABLES)
$(OTHER_CHART).png $(OTHER_CHART).svg: pipeline/torch/chart.gp plots/style.gp pipeline/chart $(OTHER_CHART).tsv FORCE
	$(call if_changed_all,other_draw,$(OTHER_CHART).png $(OTHER_CHART).svg)
cmd_other_draw = pipeline/chart $< $(OTHER_CHART)

OTHER_FACTS := $(OTHER)/facts.tsv
OTHER_RULES := $(addprefix pipeline/,table.awk words.awk verdicts.awk torch/facts.awk)
OTHER_TOLD := pipeline/words.tsv pipeline/torch/words.tsv $(addprefix $(OTHER)/,systems.tsv intervals.tsv graft-intervals.tsv \
    learned-intervals.tsv apart.tsv)
$(OTHER_FACTS): $(OTHER_RULES) $(OTHER_TOLD) FORCE
	$(call if_changed,other_facts)
cmd_other_facts = into $@ env "seeds=$(OTHER_SEEDS)" $(OTHER_SIZES) \
    awk -F '\t' $(OTHER_RULES:%=-f %) $(foreach table,$(OTHER_TOLD),table=$(basename $(notdir $(table))) $(table))
$(OTHER).md: pipeline/fill pipeline/torch/other.md.in $(OTHER_FACTS) FORCE
	$(call if_changed,fill)
$(OTHER_PAGE): pipeline/page $(OTHER).md $(OTHER_CHART).png FORCE
	$(call if_changed,page)

.PRECIOUS: $(OTHER)/networks/%.tsv $(OTHER)/networks/%-learned.tsv $(OTHER)/networks/%-graft.tsv $(OTHER_SYSTEMS) $(OTHER_TOLD) \
    $(addprefix $(OTHER)/,runs.tsv learned.tsv graft.tsv) $(OTHER_CHART).tsv $(OTHER_CHART).png $(OTHER_CHART).svg $(OTHER_FACTS) \
    $(OTHER).md $(OTHER_PAGE)
endif

.PHONY: other
other: tools $(OTHER_PAGE)  ## the experiment in other systems, by PyTorch (make deps-torch): out/other.html
	$(call aloud,echo "the page: $(OTHER_PAGE)")
