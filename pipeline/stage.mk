# How a stage is declared: it reruns when, and only when, its command line or the content of its
# program, its inputs or its script changed.

# $(call state,TARGET): where the stage that makes TARGET keeps what it was made from.
state = $(dir $(1)).stage/$(notdir $(1))

# $(call changed,TARGET,COMMAND): FORCE if the targets were not made by this command.
changed = $(if $(call differ,$(file <$(call state,$(1)).command),$(2)),FORCE)
differ = $(if $(subst x$(strip $(1))x,,x$(strip $(2))x),different)

# $(call stage,TARGETS,PREREQUISITES,COMMAND): the command may use any shell syntax but the single
# quote. Targets are made together, by one run of the command. A long list of prerequisites goes
# through a file: the system limits what a command line holds.
define stage
$(1) &: $(2) pipeline/stage $(call changed,$(firstword $(1)),$(3))
	$(if $(WHY),+)@$(if $(call long,$(2)),$$(call listed,$(1),$(2)))source pipeline/stage '$(call state,$(firstword $(1)))' '$(strip $(3))' $(1) -- $(if $(call long,$(2)),@$(call list,$(1)),$(2))

endef
long = $(word 100,$(1))
list = $(call state,$(firstword $(1))).inputs
listed = $(shell mkdir -p $(dir $(list)))$(file >$(list),$(2))
# $(call add,TARGETS,PREREQUISITES,COMMAND) declares it.
add = $(eval $(call stage,$(1),$(2),$(3)))

# Set by `make why`.
WHY ?=
export WHY V OUT
