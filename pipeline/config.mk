# Every variable a user may set on the command line or in the environment: its default, its kind, and
# what it is. `make help` prints this table, and pipeline/check holds values against it: there the
# kinds are explained. ? after a kind: it may be empty; a|b: one of these; a|b,...: a list of these;
# <activation>: one of those in include/engram/activation.h (pipeline/variables puts them there).

# --- the experiment
SEED ?= 1                                  ## whole     seed of the base run's initial network
ACTIVATION ?= softplus                     ## <activation>  of the base run's hidden and output units
CLASS_A ?= 1,7                             ## labels    labels of class A, one or two
CLASS_B ?= 6,8                             ## labels    labels of class B, one or two
HIDDEN ?= 100                              ## layers    hidden units; several layers as 100,50
RATE ?= 0.005                              ## rate      learning rate
PHASE1 ?= 12000                            ## whole     images in phase 1; the forks train on the others
SHORT ?= 1200                              ## whole     images in phase 1 of the short variant
TALLY_FROM ?= 0.5                          ## fraction  fraction of phase 1 after which the tally begins
MEASURE ?= change                          ## <measure>  what is tallied
SEEDS ?= 1..100                            ## seeds     seeds of the comparisons
ACTIVATIONS ?= softplus,relu,sigmoid,tanh  ## <activation>,...  activations compared
ORDER ?= own                               ## own|file  images of each seed of the comparisons: its own, or the file's order
CAUSE_SEEDS ?= 101..130                    ## seeds     seeds of the networks that make cause changes
SHUFFLES ?= 10                             ## shuffles  runs of each seed with shuffled labels
DRAWS ?= 334                               ## count     label permutations behind each p of these
SWEEP ?=                                   ## sweep?    what make sweep varies: "RATE=0.001:0.01 HIDDEN=10:100"
SWEEP_SEEDS ?= 1..10                       ## seeds     seeds at every point of a sweep
OTHER_SEEDS ?= 1..10                       ## seeds     seeds of the other systems (make other)

# --- the data
DATASET ?= mnist                           ## mnist|fashion  the data; fashion is Debian's dataset-fashion-mnist
IMAGES ?=                                  ## file?     an IDX file of images instead, plain or gzip
LABELS ?=                                  ## file?     and the IDX file of their labels
SHAPE ?=                                   ## shape?    rows and columns of an image, as 28x28, if the file does not tell
TRANSPOSE ?=                               ## flag?     1: exchange rows and columns of each image, as EMNIST needs

# --- building and showing
OUT ?= out                                 ## path      where results go
CC ?= gcc                                  ## text      C compiler, gcc or clang
OPTIMIZE ?= -O3                            ## text?     compiler optimization; results do not depend on it
CFLAGS ?=                                  ## text?     further compiler flags
LDFLAGS ?=                                 ## text?     further linker flags
WERROR ?=                                  ## flag?     1: warnings are errors
SANITIZE ?=                                ## flag?     1: build with address and undefined sanitizers
TESTS ?=                                   ## text?     what make test runs: files of tests/; all
ONLY ?=                                    ## text?     of these, only the tests with this in their names
SUITE ?= trixie                            ## text      the Debian of make chroot
BITS ?= all                                ## text      what make bits builds: all, ci, or names of builds
FUZZ ?= all                                ## text      fuzzers of make fuzz: all, or names as "header correlate"
FUZZ_S ?= 60                               ## count     seconds each of them runs
MUTANTS ?= 200                             ## count     changed lines that make mutate tries
MUTATE_SEED ?= 1                           ## count     by which they are chosen
MUTATE ?= all                              ## text      of which sources: all, or files as "lib/io.c tools/graft.c"
V ?=                                       ## flag?     1: show each stage's whole command
PREFIX ?= /usr/local                       ## path      where make install puts programs and all else
DESTDIR ?=                                 ## path?     prepended to PREFIX, for packagers

# --- a cluster
CLUSTER ?= none                            ## none|slurm  who trains the networks: this machine, or Slurm
PARTITION ?=                               ## text?     Slurm's partition; its default one
TIME ?=                                    ## text?     the time a task may take, as 2:00:00; the partition's default
TASKS ?= 100                               ## count     tasks of a job array at most
CPUS ?= 1                                  ## count     processors of a task
SBATCH ?=                                  ## text?     further options of sbatch, as --account=x

# --- measuring how fast it is (make bench)
PARTS ?= steps,sweeps,experiment,files     ## steps|sweeps|experiment|files|whole,...  what bench measures
ROUNDS ?= 4                                ## count     rounds of bench; the best counts
CORE ?=                                    ## whole?    processor core bench runs on; the last one
CLOCK ?= wall                              ## wall|cpu  what bench counts; cpu on a machine others use too
BENCH_IMAGES ?= 60000                      ## count     the steps of bench learn from so many at most
FILE_MIB ?= 1024                           ## count     size of the large files of bench
BASELINE ?=                                ## path?     another tree of the project, built, for bench's whole
