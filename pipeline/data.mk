# The data: unpacked, checked, and cut into the samples of phase 1 and of the forks.

SOURCE_mnist := pipeline/mnist
SOURCE_fashion := /usr/share/datasets/fashion-mnist
PACKED_IMAGES := $(or $(IMAGES),$(SOURCE_$(DATASET))/train-images-idx3-ubyte.gz)
PACKED_LABELS := $(or $(LABELS),$(SOURCE_$(DATASET))/train-labels-idx1-ubyte.gz)
DATA := $(OUT)/data/$(patsubst base,mnist,$(call named,$(DATA_TAGS)))

# SHA-256 of the unpacked images and labels of MNIST, from the published files; other data has none known.
DIGESTS_mnist := ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db \
    65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5
DIGESTS_fashion :=
DIGESTS := $(if $(IMAGES)$(SHAPE)$(TRANSPOSE),,$(DIGESTS_$(DATASET)))

$(SOURCE_fashion)/%:
	@echo "make: $@ is missing; install Debian's package dataset-fashion-mnist" >&2; exit 1

# Behind all programs, since every stage needs the data: then it is known which of them changed.
$(DATA)/images $(DATA)/labels &: $(BIN)/mnist-filter $(PACKED_IMAGES) $(PACKED_LABELS) pipeline/unpack FORCE | tools
	$(call if_changed_all,unpack,$(DATA)/images $(DATA)/labels)
cmd_unpack = source pipeline/unpack program=$< images=$(PACKED_IMAGES) labels=$(PACKED_LABELS) folder=$(@D) \
    digests="$(DIGESTS)" shape=$(SHAPE) transpose=$(TRANSPOSE)

.PRECIOUS: $(DATA)/images $(DATA)/labels

# --- samples: phase 1 on the first images, the forks on the others, each without one label. Class A is told apart by
# the forks without its first and without its second label; if it has only one, by those without it and without none.
labels_of = $(subst $(comma), ,$(CLASS_$(1)))
LABELS_ALL := $(call labels_of,A) $(call labels_of,B)
second = $(or $(word 2,$(call labels_of,$(1))),none)
FORKS := $(LABELS_ALL) $(if $(filter none,$(call second,A) $(call second,B)),none)
# The two forks that tell class $(1) apart.
pair = $(word 1,$(call labels_of,$(1))) $(call second,$(1))

# Of the base run; the networks of comparisons have theirs through pipes.
CUT := $(SAMPLES)/phase1.safetensors $(SAMPLES)/forks.safetensors
$(CUT) &: $(BIN)/mnist-filter $(DATA)/images $(DATA)/labels FORCE
	$(call if_changed_all,cut,$(CUT))
cmd_cut = $(call cut,phase1,0:$(PHASE1)); $(call cut,forks,$(PHASE1):)
# $(call cut,NAME,RANGE)
cut = $< -i $(DATA)/images -l $(DATA)/labels -d $(CLASS_A),$(CLASS_B) -r $(2) -o $(@D)/$(1).safetensors
.PRECIOUS: $(CUT)
.PHONY: samples
samples: $(SAMPLES)/order-$(ORDER)
