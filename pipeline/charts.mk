# The charts: one stage each, from tables of the run, by plots/NAME.gp in the common style.

# An underscore would make a subscript.
CHART_VALUES := "dataset=$(subst _,\_,$(if $(IMAGES),$(notdir $(IMAGES)),$(DATASET)))" \
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

# $(call table,FILE,SCRIPT,INPUT,REST): what a chart draws, made by a script.
table = $(call add,$(1),$(2) $(3),$(2) $(3) $(4) >$(1).new; mv $(1).new $(1))
$(call table,$(RUN)/map.tsv,pipeline/tensor,$(RUN)/map.safetensors,r)
$(call table,$(RUN)/intervals.tsv,pipeline/intervals,$(RUN)/runs.tsv,)
$(call table,$(RUN)/density.tsv,pipeline/density,$(RUN)/points.tsv,)
$(call table,$(RUN)/clusters.tsv,pipeline/clusters,$(RUN)/points.tsv,)

LOGS := phase1.tsv $(FORKS:%=fork-without-%.tsv)
$(call chart,biases,$(RUN)/points.tsv $(RUN)/correlations.tsv,)
$(call chart,weights,$(RUN)/density.tsv $(RUN)/correlations.tsv,)
$(call chart,clusters,$(RUN)/clusters.tsv,)
$(call chart,map,$(RUN)/map.tsv,)
$(call chart,loss,$(LOGS:%=$(RUN)/%),"forks_all=$(FORKS)")
$(call chart,activations,$(RUN)/runs.tsv $(RUN)/intervals.tsv,\
    "activations=$(ACTIVATION_LIST)" "seeds=$(SEED_LIST)")
$(call chart,variants,$(RUN)/runs.tsv $(RUN)/intervals.tsv,"short=$(SHORT)" "seeds=$(SEED_LIST)")

.PHONY: charts
charts: $(CHARTS)  ## the charts, as PNG and SVG
