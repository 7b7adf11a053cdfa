# `make GOAL CLUSTER=slurm`: the networks that GOAL needs are trained by Slurm, all else is made here. Then this make only
# starts pipeline/cluster, and that another with CLUSTER=none, as often as needed: with LISTED=FILE, -n, the stages of networks
# are written to this file, as lines of bash, what they are made from is made, and nothing else.

LISTED ?=
CALLED := $(or $(MAKECMDGOALS),all)
AFAR := $(if $(filter slurm,$(CLUSTER)),$(if $(DRY),,$(filter-out $(HARMLESS),$(CALLED))))

ifneq ($(AFAR),)
.PHONY: $(CALLED) afar
afar:
	+@pipeline/cluster make=$(call quote,$(MAKE)) goals=$(call quote,$(AFAR)) here=$(call quote,$(filter $(HARMLESS),$(CALLED))) \
	    OUT=$(OUT) LAYOUT=$(call quote,$(LAYOUT)) V=$(V) tasks=$(TASKS) cpus=$(CPUS) partition=$(call quote,$(PARTITION)) \
	    time=$(call quote,$(TIME)) options=$(call quote,$(SBATCH))
$(CALLED): afar
	@:
endif

# What stage.mk does then with a stage. One whose inputs are only newer is asked whether they hold something else.
list = $(if $(filter %/networks/,$(dir $(firstword $(1)))),$(list_network),$(if $(filter $(OUT)/data/% $(OUT)/samples/%,$(1)),$(run)))
list_network = $(if $(or $(filter-out $(wildcard $(1)),$(1)),$(call differ,$(file <$(call state,$(firstword $(1))).command),$(2))), \
    $(file >>$(LISTED),$(stage)),@[[ -z $$(WHY=/dev/null; $(stage)) ]] || printf '%s\n' $(call quote,$(stage)) >>$(LISTED))
