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

$(call add,$(DATA)/images $(DATA)/labels,$(BIN)/mnist-filter $(PACKED_IMAGES) $(PACKED_LABELS) pipeline/unpack,\
    source pipeline/unpack $(BIN)/mnist-filter $(PACKED_IMAGES) $(PACKED_LABELS) $(DATA) $(DIGESTS) -- \
    $(addprefix --shape ,$(SHAPE)) $(if $(TRANSPOSE),--transpose))

# $(call take,FILE,LABELS,RANGE): the command that cuts samples out of it.
take = $(BIN)/mnist-filter -i $(DATA)/images -l $(DATA)/labels -d $(2) -r $(3) -o $(1)
