# Cause, not correlation alone: what networks do when parameters or units are changed where a score is high. The networks
# are of seeds of their own, and of each pipeline/cause makes a table: see replicate.mk.

# Of the first of these seeds alone, what takes longer.
CAUSE_FEW := $(call first,10,$(CAUSE_SEEDS))
# Forks are grafted under these activations, or else under that of the base run.
GRAFTED_ACTIVATIONS := $(or $(filter softplus relu,$(COMPARED_ACTIVATIONS)),$(ACTIVATION))

# --- the networks, ACTIVATION-SEED-TABLE.tsv, or a block of them, ACTIVATION-FIRST-LAST-TABLE.tsv
CAUSES := graft units calibration digits
CAUSED_BY := $(patsubst pipeline/network,pipeline/cause pipeline/cause.awk,$(TRAINS_ON)) $(addprefix $(BIN)/,param-score graft ablate)
define cause_rule
$(NETWORKS)/%-$(1).tsv: $(CAUSED_BY) FORCE | $(CUT_FIRST)
	$$(call if_changed,cause_$(1))
cmd_cause_$(1) = $$(call cause,-$(1).tsv,$$(SAMPLES),$$(ORDER)) table=$(1)
endef
$(foreach table,$(CAUSES),$(eval $(call cause_rule,$(table))))
cause = $(if $(findstring -,$(stem_seeds)),pipeline/block script=cause,source pipeline/cause) $(trains) hidden=$(HIDDEN) from=$(TALLY_FROM)

$(call gather,$(RUN)/graft.tsv,$(NETWORKS),$(GRAFTED_ACTIVATIONS),graft,$(CAUSE_SEEDS),,)
$(call gather,$(RUN)/units.tsv,$(NETWORKS),$(COMPARED_ACTIVATIONS),units,$(CAUSE_SEEDS),,)
$(call gather,$(RUN)/calibration.tsv,$(NETWORKS),$(COMPARED_ACTIVATIONS),calibration,$(CAUSE_FEW),,)
$(call gather,$(RUN)/digits.tsv,$(NETWORKS),$(ACTIVATION),digits,$(CAUSE_FEW),,)

# --- what the seeds say together. S is the mean over log k; by outputs, and by loss.
$(RUN)/graft-intervals.tsv $(RUN)/graft-loss-intervals.tsv: $(BIN)/summarize $(RUN)/graft.tsv FORCE
	$(call if_changed,graft_intervals)
cmd_graft_intervals = $< --over k -u seed -g activation,score -v $(if $(findstring loss,$@),s_loss,s) \
    --pair score:x:x-other-init --pair score:a-b:a-b-other-init $(foreach other,image random random-units random-inputs,--pair score:x:$(other)) \
    -o $@ $(word 2,$^)
$(RUN)/graft-carried.tsv: $(BIN)/summarize $(RUN)/graft.tsv FORCE
	$(call if_changed,graft_carried)
cmd_graft_carried = $< -u seed -g activation,score,k -v own_high,other_high,own_low,other_low,s -o $@ $(word 2,$^)
# The four primary outcomes, with Holm's correction.
$(RUN)/cause-primary.tsv: pipeline/primary $(BIN)/summarize $(RUN)/graft-intervals.tsv FORCE
	$(call if_changed,primary)

$(RUN)/units-intervals.tsv: $(BIN)/summarize $(RUN)/units.tsv FORCE
	$(call if_changed,units)
cmd_units = $< -u seed -g activation,control -v r:z --pair control:x-y -o $@ $(word 2,$^)
$(RUN)/calibration-intervals.tsv: $(BIN)/summarize $(RUN)/calibration.tsv FORCE
	$(call if_changed,calibration)
cmd_calibration = $< -u seed -g activation,leak,scope,part -v auc_x:0:1,auc_y:0:1,r:z,selectivity,damage,dead -o $@ $(word 2,$^)

$(RUN)/digits-intervals.tsv: $(BIN)/summarize $(RUN)/digits.tsv FORCE
	$(call if_changed,digits)
cmd_digits = $< --over k -u seed -g activation,score,digit -v selectivity,left_out \
    $(foreach other,other-init other-seed image permuted change first-order,--pair score:share:$(other)) -o $@ $(word 2,$^)
$(RUN)/digits-k.tsv: $(BIN)/summarize $(RUN)/digits.tsv FORCE
	$(call if_changed,digits_k)
cmd_digits_k = $< -u seed -g activation,score,digit,k -v selectivity,kept_digit,kept_others -o $@ $(word 2,$^)

CAUSE := $(patsubst %,$(RUN)/%.tsv,graft-intervals graft-loss-intervals graft-carried cause-primary units-intervals \
    calibration-intervals digits-intervals digits-k)
.PRECIOUS: $(CAUSE)
.PHONY: cause
cause: $(CAUSE)  ## networks of CAUSE_SEEDS: what carries over, and what is lost, with the parameters and units of large x
	$(call show,cause $(RUN)/cause-primary.tsv $(RUN)/graft-intervals.tsv)
