# The charts: of each, a table, by plots/NAME.awk from tables of the run; and its picture, by plots/NAME.gp.

CHART_VALUES := "dataset=$(if $(IMAGES),$(notdir $(IMAGES)),$(DATASET))" \
    "class_a=$(call labels_of,A)" "class_b=$(call labels_of,B)" \
    "forks_a=$(call pair,A)" "forks_b=$(call pair,B)" "hidden=$(subst $(comma), + ,$(HIDDEN))" \
    "activation=$(ACTIVATION)" "seed=$(SEED)" "rate=$(RATE)" "first=$(PHASE1)" "from=$(TALLY_FROM)" \
    "measure=$(MEASURE)" "order=$(ORDER)"

# --- the table that a chart draws, FOLDER/NAME.tsv, from tables of the run by plots/NAME.awk; and the chart
PREPARE := pipeline/prepare pipeline/table.awk pipeline/words.awk pipeline/words.tsv pipeline/verdicts.awk plots/chart.awk
# What a script is told besides the run's values, VALUES, belongs to its table alone.
cmd_prepare = into $@ $< plots/$*.awk $(CHART_VALUES) $(VALUES) -- $(filter $(OUT)/%,$^)
VALUES :=
DRAW := plots/style.gp plots/map-style.gp plots/rows-style.gp pipeline/chart
cmd_draw = pipeline/chart $< $(@D)/$*

# $(call chart,NAME,TABLES,VALUES): what it is made of.
CHART_NAMES :=
define chart_rule
CHART_NAMES += $(1)
$(RUN)/charts/$(1).tsv: private VALUES := $(3)
$(RUN)/charts/$(1).tsv: $(RUN)/charts/%.tsv: $(PREPARE) plots/%.awk $(2:%=$(RUN)/%.tsv) FORCE
	$$(call if_changed,prepare)
endef
chart = $(eval $(chart_rule))
COMPARED := "activations=$(COMPARED_ACTIVATIONS)"
$(call chart,biases,points correlations,)
$(call chart,weights,points correlations,)
$(call chart,clusters,points,)
$(call chart,map,map regions,)
$(call chart,loss,phase1 $(FORKS:%=fork-without-%),"forks_all=$(FORKS)")
$(call chart,variants,runs intervals variants variants-intervals,"short=$(SHORT)" "seeds=$(call count,$(SEEDS))")
$(call chart,outcomes,runs intervals primary,"seeds=$(call count,$(SEEDS))" $(COMPARED))
$(if $(GROUPINGS),$(call chart,groupings,groupings-intervals,))
$(call chart,shares,intervals,$(COMPARED))
$(call chart,controls,intervals,$(COMPARED))
$(call chart,measures,few-intervals,$(COMPARED))
$(call chart,nulls,null evidence,)
$(call chart,rejections,rejections size,)
$(call chart,planted,planted planted-intervals,$(COMPARED))
$(call chart,seeds-map,seeds-map,$(COMPARED))
$(call chart,grafts,graft-intervals graft-loss-intervals cause-primary,)
$(call chart,carried,graft-carried,)
$(call chart,effects,units units-intervals,$(COMPARED))
$(call chart,calibration,calibration-intervals,$(COMPARED))
$(call chart,selectivity,digits-intervals digits-k,)

CHARTS := $(foreach name,$(CHART_NAMES),$(RUN)/charts/$(name).png $(RUN)/charts/$(name).svg)
$(RUN)/charts/%.png $(RUN)/charts/%.svg: plots/%.gp $(DRAW) $(RUN)/charts/%.tsv FORCE
	$(call if_changed_all,draw,$(RUN)/charts/$*.png $(RUN)/charts/$*.svg)

CHART_TABLES := $(CHART_NAMES:%=$(RUN)/charts/%.tsv)
.PRECIOUS: $(CHARTS) $(CHART_TABLES)
.PHONY: charts
charts: $(CHARTS)  ## the charts, as PNG and SVG
