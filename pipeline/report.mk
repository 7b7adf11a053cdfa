# The report: facts, looked up in the tables of the run, for the holes of a text; the page made of it.

FACTS := $(RUN)/facts.tsv
FACT_LOGS := $(FORKS:%=$(RUN)/fork-without-%.tsv)
# $(FACTS)'s name of a table, and its file.
FACT_TABLES := $(foreach table,intervals:intervals primary:primary variants:variants-intervals planted:planted-intervals few:few-intervals \
    learned:learned-intervals seeds_map:seeds-map seeds_regions:seeds-regions correlations:correlations evidence:evidence \
    rejections:rejections size:size file_order:file-intervals regions:regions phase1:phase1 \
    cause:cause-primary graft:graft-intervals graft_loss:graft-loss-intervals effects:units-intervals \
    calibration:calibration-intervals digits:digits-intervals,$(subst :,=$(RUN)/,$(table)).tsv)
# The base run's report stands above it.
REPORT := $(if $(filter $(OUT)/base,$(RUN)),$(OUT),$(RUN))/report
$(FACTS): pipeline/facts $(addprefix pipeline/,facts.awk table.awk words.awk verdicts.awk words.tsv) $(foreach table,$(FACT_TABLES),$(lastword $(subst =, ,$(table)))) $(GROUPINGS) $(FACT_LOGS) FORCE
	$(call if_changed,facts)
cmd_facts = into $@ $< $(FACT_TABLES) "groupings=$(GROUPINGS)" "forks=$(FACT_LOGS)" \
    "charts=$(if $(filter $(OUT)/base,$(RUN)),base/)charts/" "command=$(strip make $(GIVEN))" \
    "activation=$(ACTIVATION)" "activations=$(COMPARED_ACTIVATIONS)" "seed=$(SEED)" "hidden=$(subst $(comma), + ,$(HIDDEN))" \
    "rate=$(RATE)" "images=$(PHASE1)" "short=$(SHORT)" "from=$(TALLY_FROM)" "measure=$(MEASURE)" "class_a=$(call labels_of,A)" \
    "class_b=$(call labels_of,B)" "forks_a=$(call pair,A)" "forks_b=$(call pair,B)" \
    "dataset=$(if $(IMAGES),$(notdir $(IMAGES)),$(DATASET))" "order=$(ORDER)" "shuffles=$(SHUFFLES)" "draws=$(DRAWS)" \
    "seeds=$(SEEDS)" "few_seeds=$(call count,$(FEW))" "cause_seeds=$(CAUSE_SEEDS)" "cause_few=$(call count,$(CAUSE_FEW))"
$(REPORT).md: pipeline/fill pipeline/report.md.in $(FACTS) FORCE
	$(call if_changed,fill)
cmd_fill = into $@ $< $(wordlist 2,3,$^)
$(REPORT).html: pipeline/page $(REPORT).md $(filter %.png,$(CHARTS)) FORCE
	$(call if_changed,page)
cmd_page = into $@ $< $(word 2,$^)

.PRECIOUS: $(FACTS) $(REPORT).md $(REPORT).html
.PHONY: report
report: $(REPORT).html $(REPORT).md  ## one page of all results, in HTML and Markdown
