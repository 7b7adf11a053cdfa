# `make sweep SWEEP="RATE=0.001:0.005:0.02"`: the outcomes over the values of one variable, or of two:
# SWEEP="RATE=0.001:0.005 HIDDEN=10:100:100,100". Any variable of the experiment will do; CLASSES=1,7+6,8:3,5+4,9
# sets both classes. The networks are those that replicate makes with these variables, and are shared with it.

# Of the n-th variable: its name and its values.
swept_name = $(firstword $(subst =, ,$(word $(1),$(SWEEP))))
swept_values = $(subst :, ,$(word 2,$(subst =, ,$(word $(1),$(SWEEP)))))

# $(call setting,NAME,VALUE): as a command line of make says it.
setting = $(if $(filter CLASSES,$(1)),CLASS_A=$(firstword $(subst +, ,$(2))) CLASS_B=$(word 2,$(subst +, ,$(2))),$(1)=$(2))
SWEEP_DIR := $(OUT)/sweep/$(if $(SWEEP),$(call short,$(subst =,-,$(subst :,+,$(call joined,$(SWEEP))))_$(or $(call tags,$(SWEEP_TAGS)),base)))

ifeq ($(filter sweep,$(MAKECMDGOALS))$(SWEEP),sweep)
$(call refuse,sweep needs SWEEP$(comma) as SWEEP="RATE=0.001:0.005:0.02")
endif

# One point of the sweep, in a make of its own: $(POINT) gathers its networks.
POINT ?=
ifneq ($(POINT),)
$(call gather,$(POINT),$(NETWORKS),$(ACTIVATION),half)
endif

# $(call point,VALUE,VALUE): its file; of one variable, the second value is `none`.
point = $(SWEEP_DIR)/points/$(subst /,+,$(1)$(addprefix --,$(filter-out none,$(2)))).tsv
each_point = $(foreach v,$(call swept_values,1),$(foreach w,$(or $(call swept_values,2),none),$(call $(1),$v,$w)))
POINTS := $(call each_point,point)
at_point = SWEEP= SEEDS=$(SWEEP_SEEDS) $(call setting,$(call swept_name,1),$(1)) \
    $(if $(call swept_name,2),$(call setting,$(call swept_name,2),$(2)))
define make_point
$(submake) $(call point,$(1),$(2)) POINT=$(call point,$(1),$(2)) $(call at_point,$(1),$(2))

endef
# The samples of every point are cut before a network is trained: a label may have no image at one of them.
define cut_point
$(submake) samples $(call at_point,$(1),$(2))

endef
CUT_BY := CLASSES CLASS_A CLASS_B PHASE1 DATASET

$(call table,$(SWEEP_DIR)/runs.tsv,pipeline/swept,$(POINTS),)
$(call summary,$(SWEEP_DIR)/intervals.tsv,$(SWEEP_DIR)/runs.tsv)
$(call drawn,$(SWEEP_DIR)/sweep,sweep,$(SWEEP_DIR)/runs.tsv $(SWEEP_DIR)/intervals.tsv,\
    "name1=$(call swept_name,1)" "values1=$(call swept_values,1)" "name2=$(call swept_name,2)" "values2=$(call swept_values,2)")

.PHONY: sweep sweep-chart
sweep: tools  ## the outcomes over values of one or two variables: SWEEP="RATE=0.001:0.01"
	$(if $(filter $(CUT_BY),$(call swept_name,1) $(call swept_name,2)),$(call each_point,cut_point))
	$(call each_point,make_point)
	$(submake) sweep-chart
sweep-chart: $(SWEEP_DIR)/sweep.png $(SWEEP_DIR)/intervals.tsv
	@pipeline/show sweep $(SWEEP_DIR)/intervals.tsv
