# The charts: of each, a table, by plots/NAME.awk from tables of the run; and its picture, by plots/NAME.gp.

CHART_VALUES := "dataset=$(if $(IMAGES),$(notdir $(IMAGES)),$(DATASET))" \
    "class_a=$(call labels_of,A)" "class_b=$(call labels_of,B)" \
    "forks_a=$(call pair,A)" "forks_b=$(call pair,B)" "hidden=$(subst $(comma), + ,$(HIDDEN))" \
    "activation=$(ACTIVATION)" "seed=$(SEED)" "rate=$(RATE)" "first=$(PHASE1)" "from=$(TALLY_FROM)" \
    "measure=$(MEASURE)"

# --- the table that a chart draws, FOLDER/NAME.tsv, from tables of the run by plots/NAME.awk; and the chart
PREPARE := pipeline/prepare pipeline/table.awk pipeline/words.awk pipeline/words.tsv plots/chart.awk
# What a script is told besides the run's values, VALUES, belongs to its table alone.
cmd_prepare = into $@ $< plots/$*.awk $(CHART_VALUES) $(VALUES) -- $(filter $(OUT)/%,$^)
VALUES :=
DRAW := plots/style.gp plots/map-style.gp pipeline/chart
cmd_draw = pipeline/chart $< $(@D)/$*

CHART_NAMES := biases weights clusters map loss variants outcomes shares controls nulls rejections planted significance
CHARTS := $(foreach name,$(CHART_NAMES),$(RUN)/charts/$(name).png $(RUN)/charts/$(name).svg)
$(CHART_NAMES:%=$(RUN)/charts/%.tsv): $(RUN)/charts/%.tsv: $(PREPARE) plots/%.awk FORCE
	$(call if_changed,prepare)
$(RUN)/charts/%.png $(RUN)/charts/%.svg: plots/%.gp $(DRAW) $(RUN)/charts/%.tsv FORCE
	$(call if_changed_all,draw,$(RUN)/charts/$*.png $(RUN)/charts/$*.svg)

# $(call chart,NAME,TABLES,VALUES): what it is made of.
define chart
$(RUN)/charts/$(1).tsv: $(2:%=$(RUN)/%.tsv)
$(RUN)/charts/$(1).tsv: private VALUES := $(3)
endef
COMPARED := "activations=$(COMPARED_ACTIVATIONS)"
$(eval $(call chart,biases,points correlations,))
$(eval $(call chart,weights,points correlations,))
$(eval $(call chart,clusters,points,))
$(eval $(call chart,map,map regions,))
$(eval $(call chart,loss,phase1 $(FORKS:%=fork-without-%),"forks_all=$(FORKS)"))
$(eval $(call chart,variants,variants variants-intervals,"short=$(SHORT)" "seeds=$(COMPARED_SEEDS)"))
$(eval $(call chart,outcomes,runs intervals,"seeds=$(COMPARED_SEEDS)" $(COMPARED)))
$(eval $(call chart,shares,intervals,$(COMPARED)))
$(eval $(call chart,controls,intervals,$(COMPARED)))
$(eval $(call chart,nulls,null evidence,))
$(eval $(call chart,rejections,rejections,))
$(eval $(call chart,planted,planted planted-intervals,$(COMPARED)))
$(eval $(call chart,significance,pixels,))

# Every pixel of a map, for the charts of these.
$(RUN)/map.tsv: pipeline/pixels $(RUN)/map.safetensors FORCE
	$(call if_changed,pixels)
cmd_pixels = into $@ $< $(word 2,$^) r
$(RUN)/pixels.tsv: pipeline/pixels $(RUN)/significance.safetensors FORCE
	$(call if_changed,pixels_tested)
cmd_pixels_tested = $(cmd_pixels) p q_bh q_by p_max hypothesis

CHART_TABLES := $(CHART_NAMES:%=$(RUN)/charts/%.tsv) $(RUN)/map.tsv $(RUN)/pixels.tsv
.PRECIOUS: $(CHARTS) $(CHART_TABLES)
.PHONY: charts
charts: $(CHARTS)  ## the charts, as PNG and SVG
