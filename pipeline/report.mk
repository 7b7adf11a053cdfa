# The report: facts, looked up in the tables of the run, for the holes of a text; the page made of it.

FACTS := $(RUN)/facts.tsv
FACT_LOGS := $(FORKS:%=$(RUN)/fork-without-%.tsv)
FACT_TABLES := $(addprefix $(RUN)/,intervals.tsv variants-intervals.tsv planted-intervals.tsv correlations.tsv evidence.tsv \
    rejections.tsv pixels.tsv regions.tsv phase1.tsv) $(FACT_LOGS)
# The base run's report stands above it.
REPORT := $(if $(filter $(OUT)/base,$(RUN)),$(OUT),$(RUN))/report
$(FACTS): pipeline/facts $(addprefix pipeline/,facts.awk table.awk words.awk verdicts.awk words.tsv) $(FACT_TABLES) FORCE
	$(call if_changed,facts)
cmd_facts = into $@ $< "intervals=$(RUN)/intervals.tsv" "variants=$(RUN)/variants-intervals.tsv" \
    "planted=$(RUN)/planted-intervals.tsv" "correlations=$(RUN)/correlations.tsv" "evidence=$(RUN)/evidence.tsv" \
    "rejections=$(RUN)/rejections.tsv" "pixels=$(RUN)/pixels.tsv" "regions=$(RUN)/regions.tsv" "phase1=$(RUN)/phase1.tsv" \
    "forks=$(FACT_LOGS)" "charts=$(if $(filter $(OUT)/base,$(RUN)),base/)charts/" "command=$(strip make $(GIVEN))" \
    "activation=$(ACTIVATION)" "activations=$(COMPARED_ACTIVATIONS)" "seed=$(SEED)" "hidden=$(subst $(comma), + ,$(HIDDEN))" \
    "rate=$(RATE)" "images=$(PHASE1)" "short=$(SHORT)" "from=$(TALLY_FROM)" "measure=$(MEASURE)" "class_a=$(call labels_of,A)" \
    "class_b=$(call labels_of,B)" "forks_a=$(call pair,A)" "forks_b=$(call pair,B)" \
    "dataset=$(if $(IMAGES),$(notdir $(IMAGES)),$(DATASET))" "shuffles=$(SHUFFLES)" "draws=$(DRAWS)" "seeds=$(SEEDS)"
$(REPORT).md: pipeline/fill pipeline/report.md.in $(FACTS) FORCE
	$(call if_changed,fill)
cmd_fill = into $@ $< $(wordlist 2,3,$^)
$(REPORT).html: pipeline/page $(REPORT).md $(filter %.png,$(CHARTS)) FORCE
	$(call if_changed,page)
cmd_page = into $@ $< $(word 2,$^)

.PRECIOUS: $(FACTS) $(REPORT).md $(REPORT).html
.PHONY: report
report: $(REPORT).html $(REPORT).md  ## one page of all results, in HTML and Markdown
