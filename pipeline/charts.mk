# The charts: of each, a table, by plots/NAME.awk from tables of the run; and its picture, by plots/NAME.gp.

CHART_VALUES := "dataset=$(if $(IMAGES),$(notdir $(IMAGES)),$(DATASET))" \
    "class_a=$(call labels_of,A)" "class_b=$(call labels_of,B)" \
    "forks_a=$(call pair,A)" "forks_b=$(call pair,B)" "hidden=$(subst $(comma), + ,$(HIDDEN))" \
    "activation=$(ACTIVATION)" "seed=$(SEED)" "rate=$(RATE)" "first=$(PHASE1)" "from=$(TALLY_FROM)"

# $(call drawn,FOLDER/NAME,NAME,TABLES,VALUES): a chart, FOLDER/NAME.png and .svg, and the one table that it draws,
# FOLDER/NAME.tsv, made of TABLES and the run's values.
drawn = $(call add,$(1).tsv,pipeline/prepare pipeline/table.awk pipeline/words.awk pipeline/words.tsv plots/chart.awk plots/$(2).awk $(3),\
    into $(1).tsv pipeline/prepare plots/$(2).awk $(CHART_VALUES) $(4) -- $(3))$(call add,$(1).png $(1).svg,\
    pipeline/chart plots/$(2).gp plots/style.gp plots/map-style.gp $(1).tsv,pipeline/chart plots/$(2).gp $(1))

# Every pixel of a map, for the charts of these.
$(call table,$(RUN)/map.tsv,pipeline/pixels,$(RUN)/map.safetensors,r)
$(call table,$(RUN)/pixels.tsv,pipeline/pixels,$(RUN)/significance.safetensors,r p q_bh q_by p_max hypothesis)

# $(call chart,NAME,TABLES,VALUES): one of the run's.
CHARTS :=
define chart
$(call drawn,$(RUN)/charts/$(1),$(1),$(2:%=$(RUN)/%.tsv),$(3))
$(eval CHARTS += $(RUN)/charts/$(1).png $(RUN)/charts/$(1).svg)
endef
COMPARED := "activations=$(ACTIVATION_LIST)"
$(call chart,biases,points correlations)
$(call chart,weights,points correlations)
$(call chart,clusters,points)
$(call chart,map,map regions)
$(call chart,loss,phase1 $(FORKS:%=fork-without-%),"forks_all=$(FORKS)")
$(call chart,variants,variants variants-intervals,"short=$(SHORT)" "seeds=$(SEED_LIST)")
$(call chart,outcomes,runs intervals,"seeds=$(SEED_LIST)" $(COMPARED))
$(call chart,shares,intervals,$(COMPARED))
$(call chart,controls,intervals,$(COMPARED))
$(call chart,nulls,null evidence)
$(call chart,rejections,rejections)
$(call chart,planted,planted planted-intervals,$(COMPARED))
$(call chart,significance,pixels)

.PHONY: charts
charts: $(CHARTS)  ## the charts, as PNG and SVG
