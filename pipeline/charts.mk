# The charts: one stage each, from tables of the run, by plots/NAME.gp in the common style.

CHART_VALUES := "dataset=$(if $(IMAGES),$(notdir $(IMAGES)),$(DATASET))" \
    "class_a=$(call labels_of,A)" "class_b=$(call labels_of,B)" \
    "forks_a=$(call pair,A)" "forks_b=$(call pair,B)" "hidden=$(subst $(comma), + ,$(HIDDEN))" \
    "activation=$(ACTIVATION)" "seed=$(SEED)" "rate=$(RATE)" "first=$(PHASE1)" "from=$(TALLY_FROM)"

# $(call chart,NAME,TABLES,VALUES): the tables also become values, by the names of their files.
CHARTS :=
define chart
$(call add,$(RUN)/charts/$(1).png $(RUN)/charts/$(1).svg,plots/$(1).gp plots/style.gp pipeline/chart $(2),\
    pipeline/chart plots/$(1).gp $(RUN)/charts/$(1) $(CHART_VALUES) \
    $(foreach t,$(2),$(subst -,_,$(basename $(notdir $(t))))=$(t)) $(3))
$(eval CHARTS += $(RUN)/charts/$(1).png $(RUN)/charts/$(1).svg)
endef

# What a chart draws, made by a script.
$(call table,$(RUN)/map.tsv,pipeline/tensor,$(RUN)/map.safetensors,r)
$(call table,$(RUN)/map-counts.tsv,pipeline/counts,$(RUN)/points.tsv $(RUN)/map.tsv,)
$(call table,$(RUN)/pixels.tsv,pipeline/pixels,$(RUN)/significance.safetensors,)
$(call table,$(RUN)/density.tsv,pipeline/density,$(RUN)/points.tsv,)
$(call table,$(RUN)/clusters.tsv,pipeline/clusters,$(RUN)/points.tsv,)

LOGS := phase1.tsv $(FORKS:%=fork-without-%.tsv)
$(call chart,biases,$(RUN)/points.tsv $(RUN)/correlations.tsv,)
$(call chart,weights,$(RUN)/density.tsv $(RUN)/correlations.tsv,)
$(call chart,clusters,$(RUN)/clusters.tsv,)
$(call chart,map,$(RUN)/map.tsv $(RUN)/map-counts.tsv,)
$(call chart,loss,$(LOGS:%=$(RUN)/%),"forks_all=$(FORKS)")
$(call chart,variants,$(RUN)/variants.tsv $(RUN)/variants-intervals.tsv,"short=$(SHORT)" "seeds=$(SEED_LIST)")
$(call chart,outcomes,$(RUN)/runs.tsv $(RUN)/intervals.tsv,"activations=$(ACTIVATION_LIST)" "seeds=$(SEED_LIST)")
$(call chart,shares,$(RUN)/intervals.tsv,"activations=$(ACTIVATION_LIST)")
$(call chart,controls,$(RUN)/intervals.tsv,"activations=$(ACTIVATION_LIST)")
$(call chart,nulls,$(RUN)/null.tsv $(RUN)/evidence.tsv,)
$(call chart,rejections,$(RUN)/rejections.tsv,)
$(call chart,planted,$(RUN)/planted.tsv $(RUN)/planted-intervals.tsv,"activations=$(ACTIVATION_LIST)")
$(call chart,significance,$(RUN)/pixels.tsv,)

.PHONY: charts
charts: $(CHARTS)  ## the charts, as PNG and SVG
