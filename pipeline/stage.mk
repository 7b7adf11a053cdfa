# A stage is an ordinary rule that depends on FORCE, so that its recipe is always looked at:
#
#   $(RUN)/map.png: $(BIN)/pixmap $(RUN)/map.safetensors FORCE
#   	$(call if_changed,map)
#   cmd_map = $< -t r -o $@ $(word 2,$^)
#
# It reruns when, and only when, its command line or the content of its program, its inputs or its script
# changed. Of several files made together, `&:`, the recipe names all: $(call if_changed_all,NAME,FILES).
# The command may use any syntax of the shell; its files appear by rename.
#
# Another make may have made what this one waits for: none of it is to be deleted when this one is interrupted, so
# a stage's files are prerequisites of .PRECIOUS too.

if_changed = $(call run_if_changed,$@,$(cmd_$(1)),$(filter-out FORCE,$^))
if_changed_all = $(call run_if_changed,$(2),$(cmd_$(1)),$(filter-out FORCE,$^))

# $(call run_if_changed,FILES,COMMAND,INPUTS): make asks whether a file is missing, an input newer, or another since
# (see pipeline/stale), or the command another; pipeline/stage, whether what they hold is another too. INPUTS are as the shell reads them:
# {a,b}-{1..100}.tsv, say, for the system limits what a command line holds. The + is for make -n: what would
# not run is not taken for made.
run_if_changed = +$(if $(call changed,$(1),$(2)),$(call $(STAGE_MODE),$(1),$(strip $(2)),$(3)))
changed = $(or $(filter-out FORCE,$?),$(call missing,$(1)),$(call differ,$(file <$(call state,$(firstword $(1))).command),$(2)),$(call remade,$^),$(filter $(firstword $(1)),$(STALE)))
missing = $(if $(word 2,$(1)),$(filter-out $(wildcard $(1)),$(1)))
differ = $(if $(subst x$(strip $(1))x,,x$(strip $(2))x),different)
# $(call state,FILE): where the stage whose first file this is keeps what it was made from.
state = $(dir $(1)).stage/$(notdir $(1))

# Set by `make why`: the file in which pipeline/stage notes what would be made otherwise; by pipeline/progress: that stages are counted.
WHY ?=
COUNT ?=

# What then happens: in earnest, and where make only says what it would do (-n, -q, -t).
STAGE_MODE := $(if $(LISTED),list,$(if $(WHY),explain,$(if $(DRY),$(if $(filter q,$(DRY)),ask,$(if $(filter t,$(DRY)),touch,tell)),run)))
run = @$(eval RAN := 1)$(stage)
stage = source pipeline/stage $(call quote,$(call state,$(firstword $(1)))) $(call quote,$(2)) $(1) -- $(3)
ask = @exit 1
touch =
# The first one is a command, or make would say that there is nothing to be done.
tell = $(foreach file,$(1),$(eval remade.$(file) := 1))$(info $(if $(COUNT),stage $(firstword $(1)),$(2)))$(if $(RAN),,$(eval RAN := 1)@:)
RAN :=

# Of what was never made, why needs no shell: there may be very much of it.
explain = $(call explained,$(1),$(2),$(3),$(call remade,$^))
explained = $(if $(4),$(foreach file,$(1),$(eval remade.$(file) := 1)))$(if $(4)$(wildcard $(call state,$(firstword $(1))).command), \
    @FIRST=$(call quote,$(awaited)); $(stage),$(info why: $(firstword $(1)): $(call each,,$(1),is not there)))
awaited = $(strip $(if $(word 4,$(4)),input $(firstword $(4)) and $(words $(wordlist 2,$(words $(4)),$(4))) others are to be made first, \
    $(call each,input$(space),$(4),is to be made first)))
# $(call each,BEFORE,FILES,AFTER): BEFOREFILE AFTER; BEFOREFILE AFTER
each = $(subst $(space);,;,$(foreach file,$(2),$(if $(filter-out $(firstword $(2)),$(file)),; )$(1)$(file) $(3)))

# $(call remade,INPUTS): those that are to be made first, where make does not make them.
remade = $(if $(DRY),$(strip $(foreach file,$(1),$(if $(filter file,$(origin remade.$(file))),$(file)))$(if $(WHY), $(filter $(file <$(WHY)),$(1)))))

export WHY V OUT LAYOUT MAKE_COMMAND
export GOALS := $(MAKECMDGOALS)
