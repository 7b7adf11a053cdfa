# Unit tests in C (tests/unit) and tests of the programs and of make (bats), all run under prove.

UNIT_SOURCES := $(sort $(wildcard tests/unit/*.c))
UNIT_HELPERS := support reference
SHIM := $(BUILD)/tests/fail-allocation.so
FAIL_CALL := $(BUILD)/tests/fail-call
JUDGE := $(BUILD)/tests/judge
UNIT_TESTS := $(filter-out $(UNIT_HELPERS),$(UNIT_SOURCES:tests/unit/%.c=%))
UNIT_OBJECTS := $(UNIT_SOURCES:tests/unit/%.c=$(BUILD)/tests/%.o)
UNIT_BINARIES := $(UNIT_TESTS:%=$(BUILD)/tests/unit-%)
CHOSEN_TESTS := $(filter-out $(UNIT_HELPERS:%=tests/unit/%.c),$(foreach name,$(TESTS),$(or $(wildcard $(name)),$(name))))
TEST_FILES := $(or $(CHOSEN_TESTS:tests/unit/%.c=$(BUILD)/tests/unit-%), \
    $(sort $(wildcard tests/pipeline/*.bats)) $(sort $(wildcard tests/cli/*.bats)) $(UNIT_BINARIES))

# `make test TESTS="tests/unit/net.c tests/cli/pixmap.bats"` runs these alone; with ONLY=WORD, of these the tests that
# have it in their names: cmocka is told by tests/unit/support.c, bats by prove. No test at all is an error. The longest
# files are the first; one more at a time than processors, for some wait.
.PHONY: test
test:  ## run all tests
test: $(filter $(UNIT_BINARIES),$(TEST_FILES)) \
      $(if $(filter-out $(UNIT_BINARIES),$(TEST_FILES)),$(PROGRAMS:%=$(BIN)/%) $(SHIM) $(FAIL_CALL) $(JUDGE))
	@[[ $$PWD != *:* ]] || { echo "make: test: PATH cannot hold a folder with a colon: $$PWD" >&2; exit 1; }
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES ONLY; \
	    TEST_NAME=$(call quote,$(ONLY)) TOP="$$PWD" BIN="$$PWD/$(BIN)" CMOCKA_MESSAGE_OUTPUT=TAP \
	    prove -j"$$(($$(nproc) + 1))" --exec '' $(TEST_FILES)$(if $(ONLY), :: --filter $(call quote,$(ONLY)) | \
	    awk '{ print } /^Result: NOTESTS/ { none = 1 } END { exit none }')

$(UNIT_OBJECTS): $(BUILD)/tests/%.o: tests/unit/%.c $(BUILD)/commands
	$(tidy)
	$(call brief,CC,$@)$(COMPILE) -Ilib $(to_object)

# The kernel in the shape of the widest vectors, in the instructions every processor has.
$(BUILD)/tests/kernel-wide.o: lib/kernel.c $(BUILD)/commands
	$(tidy)
	$(call brief,CC,$@)$(COMPILE) -D__AVX512F__ -Dkernel_avx512=kernel_wide -Wno-psabi $(to_object)

$(BUILD)/tests/unit-net: $(BUILD)/tests/reference.o $(BUILD)/tests/kernel-wide.o

$(UNIT_BINARIES): $(BUILD)/tests/unit-%: $(BUILD)/tests/%.o $(BUILD)/tests/support.o $(LIBRARY)
	$(tidy)
	$(call brief,LD,$@)$(LINK) $(filter %.o,$^) $(LIBRARY) -lcmocka $(LIBRARIES) $(to_file)

.PRECIOUS: $(UNIT_OBJECTS) $(UNIT_BINARIES) $(BUILD)/tests/kernel-wide.o

# Loaded before a program, makes its allocations fail; see tests/cli/memory.bats.
$(SHIM): tests/cli/fail-allocation.c $(BUILD)/commands
	@mkdir -p $(@D)
	$(call brief,CC,$@)$(COMPILE) -fPIC -shared $(LDFLAGS) $< -o $@

# Runs a program, and makes its system calls fail; see tests/cli/faults.bats.
$(FAIL_CALL): tests/cli/fail-call.c $(BUILD)/commands
	$(tidy)
	$(call brief,CC,$@)$(COMPILE) $(LDFLAGS) $< $(to_file)

# Says what the reader makes of files; see tests/chroot/package.
$(JUDGE).o: tests/chroot/judge.c $(BUILD)/commands
	$(tidy)
	$(call brief,CC,$@)$(COMPILE) $(to_object)
$(JUDGE): $(JUDGE).o $(LIBRARY)
	$(tidy)
	$(call brief,LD,$@)$(LINK) $(linked) $(LIBRARIES) $(to_file)

# Each build of it has a processor to itself; TMPDIR may be a folder in memory.
.PHONY: mutate
mutate: | $(DEPS_GOALS)  ## change MUTANTS lines of the sources, one at a time: does a test fail?
	@unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES $(CONFIGURED); \
	tests/mutate/run $(MUTANTS) $(MUTATE_SEED) "$$(nproc)" build/mutate $(MUTATE:all=lib/*.c tools/*.c)

-include $(wildcard $(BUILD)/tests/*.d)
