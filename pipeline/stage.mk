# How a stage is declared: it reruns when, and only when, its command line or the content of its
# program, its inputs or its script changed.

# $(call state,TARGET): where the stage that makes TARGET keeps what it was made from.
state = $(dir $(1)).stage/$(notdir $(1))

# $(call changed,TARGET,COMMAND): FORCE if the targets were not made by this command.
changed = $(if $(call differ,$(file <$(call state,$(1)).command),$(2)),FORCE)
differ = $(if $(subst x$(strip $(1))x,,x$(strip $(2))x),different)

# $(call stage,TARGETS,PREREQUISITES,COMMAND,LISTED): the command may use any shell syntax but the single
# quote. Targets are made together, by one run of the command. LISTED are the prerequisites as the shell
# of the recipe reads them. They appear by rename, and another make may have made them: none is deleted
# when this one is interrupted.
define stage
$(1) &: $(2) pipeline/stage $(call changed,$(firstword $(1)),$(3)) $(if $(filter $(2),$(NOTED)),FORCE)
	$(if $(WHY),+)@source pipeline/stage '$(call state,$(firstword $(1)))' '$(strip $(3))' $(1) -- $(4)
.PRECIOUS: $(1)

endef
# $(call add,TARGETS,PREREQUISITES,COMMAND) declares it. $(call add_many,...,LISTED): of many
# prerequisites, LISTED is a pattern, as {a,b}-{1..100}.tsv: the system limits what a command line holds.
add = $(eval $(call stage,$(1),$(2),$(3),$(2)))
add_many = $(eval $(call stage,$(1),$(2),$(3),$(4)))

# Set by `make why`: the file in which it notes what would be made, so that the stages behind are looked at too.
WHY ?=
NOTED := $(if $(WHY),$(file <$(WHY)))
export WHY V OUT
