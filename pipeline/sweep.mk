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
$(call gather,$(POINT),$(NETWORKS),$(ACTIVATION),half,$(SEEDS),,)
endif

ifneq ($(SWEEP),)
# $(call point,VALUE,VALUE): its file; of one variable, the second value is `none`.
point = $(SWEEP_DIR)/points/$(subst /,+,$(1)$(addprefix --,$(filter-out none,$(2)))).tsv
each_point = $(foreach value,$(call swept_values,1),$(foreach other,$(or $(call swept_values,2),none),$(call $(1),$(value),$(other))))
POINTS := $(call each_point,point)
at_point = SWEEP= SEEDS=$(SWEEP_SEEDS) $(call setting,$(call swept_name,1),$(1)) \
    $(if $(call swept_name,2),$(call setting,$(call swept_name,2),$(2)))

# The samples of every point are cut before a network is trained: a label may have no image at one of them.
define point_rule
.PHONY: cut-$(call point,$(1),$(2))
cut-$(call point,$(1),$(2)): tools
	$$(within) samples $(call at_point,$(1),$(2))
$(call point,$(1),$(2)): FORCE | $(POINTS:%=cut-%)
	$$(within) $$@ POINT=$$@ $(call at_point,$(1),$(2))
endef
add_point = $(eval $(point_rule))
$(call each_point,add_point)
# The stages of makes within this one are counted with its own.
within = +@$(if $(DRY),,source pipeline/files; source pipeline/progress; progress_begin; )$(MAKE) -s --no-print-directory

$(SWEEP_DIR)/runs.tsv: pipeline/swept $(POINTS) FORCE
	$(call if_changed,swept)
cmd_swept = into $@ $(filter-out FORCE,$^)
$(SWEEP_DIR)/intervals.tsv: $(BIN)/summarize $(SWEEP_DIR)/runs.tsv FORCE
	$(call if_changed,summary)
$(SWEEP_DIR)/sweep.tsv: $(SWEEP_DIR)/%.tsv: $(PREPARE) plots/%.awk $(SWEEP_DIR)/runs.tsv $(SWEEP_DIR)/intervals.tsv FORCE
	$(call if_changed,prepare)
$(SWEEP_DIR)/sweep.tsv: private VALUES := "name1=$(call swept_name,1)" "values1=$(call swept_values,1)" \
    "name2=$(call swept_name,2)" "values2=$(call swept_values,2)"
$(SWEEP_DIR)/%.png $(SWEEP_DIR)/%.svg: plots/%.gp $(DRAW) $(SWEEP_DIR)/%.tsv FORCE
	$(call if_changed_all,draw,$(SWEEP_DIR)/$*.png $(SWEEP_DIR)/$*.svg)
SWEPT := $(addprefix $(SWEEP_DIR)/,runs.tsv intervals.tsv sweep.tsv sweep.png sweep.svg)
.PRECIOUS: $(POINTS) $(SWEPT)
endif

.PHONY: sweep
sweep: tools $(if $(SWEEP),$(SWEPT))  ## the outcomes over values of one or two variables: SWEEP="RATE=0.001:0.01"
	$(call show,sweep $(SWEEP_DIR)/intervals.tsv $(call swept_name,1) $(call swept_name,2))
