# Every variable a user may set on the command line, with its default.
# `## ` comments are what `make help` prints.

# --- the experiment
SEED ?= 1                                  ## seed of the base run's initial network
ACTIVATION ?= softplus                     ## softplus, relu, leaky-relu, sigmoid or tanh
CLASS_A ?= 1,7                             ## labels of class A, one or two
CLASS_B ?= 6,8                             ## labels of class B, one or two
HIDDEN ?= 100                              ## hidden units; several layers as 100,50
RATE ?= 0.005                              ## learning rate
PHASE1 ?= 12000                            ## images in phase 1; the forks train on the others
SHORT ?= 1200                              ## images in phase 1 of the short variant
TALLY_FROM ?= 0.5                          ## fraction of phase 1 after which the tally begins
SEEDS ?= 1..100                            ## seeds of the comparisons
ACTIVATIONS ?= softplus,relu,sigmoid,tanh  ## activations compared
SHUFFLES ?= 10                             ## runs of each seed with shuffled labels
DRAWS ?= 199                               ## label permutations behind each p of these
SWEEP ?=                                   ## what make sweep varies: "RATE=0.001:0.01 HIDDEN=10:100"
SWEEP_SEEDS ?= 1..10                       ## seeds at every point of a sweep
POINT ?=

# --- the data
DATASET ?= mnist                           ## mnist, or fashion (Debian's dataset-fashion-mnist)
IMAGES ?=                                  ## an IDX file of images instead, plain or gzip
LABELS ?=                                  ## and the IDX file of their labels

# --- building and showing
OUT ?= out                                 ## where results go
CC ?= gcc                                  ## C compiler, gcc or clang
OPTIMIZE ?= -O3                            ## compiler optimization; results do not depend on it
CFLAGS ?=                                  ## further compiler flags
LDFLAGS ?=                                 ## further linker flags
WERROR ?=                                  ## 1: warnings are errors
SANITIZE ?=                                ## 1: build with address and undefined sanitizers
SUITE ?= trixie                            ## the Debian of make chroot
BITS ?= all                                ## what make bits builds: all, ci, or names of builds
V ?=                                       ## 1: show each stage's whole command
PREFIX ?= /usr/local                       ## where `make install` puts programs and man pages
DESTDIR ?=                                 ## prepended to PREFIX, for packagers

# --- measuring how fast it is (make bench)
PARTS ?= steps,sweeps,experiment,files     ## what bench measures
ROUNDS ?= 4                                ## rounds of bench; the best counts
CORE ?=                                    ## processor core bench runs on; the last one
CLOCK ?= wall                              ## cpu: count processor time, on a machine others use too
BENCH_IMAGES ?= 60000                      ## the steps of bench learn from so many at most
FILE_MIB ?= 1024                           ## size of the large files of bench

# To make, CC has a value already: its own default, which is not kept without builtin variables.
ifeq ($(origin CC),default)
CC := gcc
endif

EXPERIMENT := SEED ACTIVATION CLASS_A CLASS_B HIDDEN RATE PHASE1 SHORT TALLY_FROM SEEDS ACTIVATIONS \
    SHUFFLES DRAWS DATASET IMAGES LABELS
# What the user has set of the experiment, as it stands on a command line.
GIVEN := $(strip $(foreach v,$(EXPERIMENT),$(if $(filter command environment,$(origin $(v))),$(v)=$($(v)))))

# A comment leaves its spaces in a value.
CONFIGURED := $(EXPERIMENT) SWEEP SWEEP_SEEDS POINT OUT CC OPTIMIZE CFLAGS LDFLAGS WERROR SANITIZE SUITE BITS V PREFIX DESTDIR \
    PARTS ROUNDS CORE CLOCK BENCH_IMAGES FILE_MIB
$(foreach v,$(CONFIGURED),$(eval override $(v) := $(strip $($(v)))))
