# engram: where does a neural network keep what it learned?   `make help` lists what can be made.

# Make 4.4 looks it up, and would warn.
GNUMAKEFLAGS ?=
MAKEFLAGS += --no-builtin-rules --no-builtin-variables --warn-undefined-variables
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.SUFFIXES:
.DEFAULT_GOAL := all
export LC_ALL := C
# Make 4.4 warns of it in a make within make.
export GNUMAKEFLAGS :=

PROGRAMS := mnist-filter train-tally fork-train param-diff correlate pixmap summarize param-score graft ablate

include pipeline/config.mk
include pipeline/variables.mk
include pipeline/cluster.mk
ifeq ($(AFAR),)
include pipeline/stage.mk
include pipeline/build.mk
include pipeline/data.mk
include pipeline/run.mk
include pipeline/replicate.mk
include pipeline/cause.mk
include pipeline/charts.mk
include pipeline/report.mk
include pipeline/sweep.mk
include pipeline/other.mk
include pipeline/test.mk
include pipeline/bench.mk
include pipeline/bits.mk
include pipeline/fuzz.mk
include pipeline/chroot.mk
include pipeline/package.mk
include pipeline/targets.mk
endif
