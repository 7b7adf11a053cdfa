# The report: one Markdown file and the same as a page of HTML, from the tables and charts of the run.

# The base run's stands above it.
REPORT := $(if $(filter $(OUT)/base,$(RUN)),$(OUT),$(RUN))/report
REPORT_FILES := $(addprefix $(RUN)/,intervals.tsv planted-intervals.tsv evidence.tsv rejections.tsv pixels.tsv account.md)
$(call add,$(REPORT).md,pipeline/report $(REPORT_FILES),into $(REPORT).md pipeline/report "intervals=$(RUN)/intervals.tsv" \
    "planted=$(RUN)/planted-intervals.tsv" "evidence=$(RUN)/evidence.tsv" "rejections=$(RUN)/rejections.tsv" \
    "pixels=$(RUN)/pixels.tsv" "account=$(RUN)/account.md" "charts=$(if $(filter $(OUT)/base,$(RUN)),base/)charts/" \
    "command=make $(addsuffix $(space),$(GIVEN))$(RUN)/charts/" $(CHART_VALUES) "phase1=$(PHASE1)" "short=$(SHORT)" \
    "activations=$(ACTIVATION_LIST)" "shuffles=$(SHUFFLES)" "draws=$(DRAWS)" "seeds=$(SEEDS)")
$(call add,$(REPORT).html,pipeline/page $(REPORT).md $(filter %.png,$(CHARTS)),\
    into $(REPORT).html pipeline/page $(REPORT).md)

.PHONY: report
report: $(REPORT).html $(REPORT).md  ## one page of all results, in HTML and Markdown
