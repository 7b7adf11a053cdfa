# The data: unpacked, checked, and cut into the samples of phase 1 and of the forks.

SOURCE_mnist := pipeline/mnist
SOURCE_fashion := /usr/share/datasets/fashion-mnist
PACKED_IMAGES := $(or $(IMAGES),$(SOURCE_$(DATASET))/train-images-idx3-ubyte.gz)
PACKED_LABELS := $(or $(LABELS),$(SOURCE_$(DATASET))/train-labels-idx1-ubyte.gz)
DATA := $(OUT)/data/$(patsubst base,mnist,$(call named,$(DATA_TAGS)))

# SHA-256 of the unpacked MNIST, from the published files; other data has no known digest.
DIGEST_images := ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db
DIGEST_labels := 65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5
KNOWN := $(if $(IMAGES),,$(filter mnist,$(DATASET)))

$(SOURCE_fashion)/%:
	@echo "make: $@ is missing; install Debian's package dataset-fashion-mnist" >&2; exit 1

# $(call unpack,NAME,SOURCE)
unpack = source pipeline/unpack $(2) $(DATA)/$(1) $(if $(KNOWN),$(DIGEST_$(1)))
$(call add,$(DATA)/images $(DATA)/labels,$(PACKED_IMAGES) $(PACKED_LABELS) pipeline/unpack,\
    $(call unpack,images,$(PACKED_IMAGES)); $(call unpack,labels,$(PACKED_LABELS)))

# $(call take,FILE,LABELS,RANGE): the command that cuts samples out of it.
take = $(BIN)/mnist-filter -i $(DATA)/images -l $(DATA)/labels -d $(2) -r $(3) -o $(1)
