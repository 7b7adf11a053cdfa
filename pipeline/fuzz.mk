# `make fuzz`: libFuzzer feeds readers and whole programs made-up input, with the address and undefined
# behaviour sanitizers, and limits on memory and time that follow the size of the input.

FUZZ_DIR := build/fuzz
FUZZ_CC := clang
FUZZ_READERS := header data index network samples idx draws
FUZZ_ALL := $(FUZZ_READERS) $(PROGRAMS)
FUZZ_CHOSEN := $(sort $(patsubst all,$(FUZZ_ALL),$(FUZZ)))
ifneq ($(filter-out $(FUZZ_ALL),$(FUZZ_CHOSEN)),)
$(call refuse,FUZZ=$(FUZZ): there is no fuzzer $(filter-out $(FUZZ_ALL),$(FUZZ_CHOSEN))$(comma) but all$(comma) $(FUZZ_ALL))
endif

FUZZ_FLAGS := -g -fsanitize=fuzzer-no-link$(comma)address$(comma)undefined -fno-sanitize-recover=all
FUZZ_COMPILE := $(FUZZ_CC) -std=c17 -D_GNU_SOURCE -Iinclude -MMD -MP -Wall -Wextra -Wconversion \
    -Wshadow -Wstrict-prototypes $(if $(WERROR),-Werror) -O1 $(FUZZ_FLAGS) -ffp-contract=off

.PHONY: fuzz
fuzz: $(FUZZ_CHOSEN:%=fuzz-%)  ## feed the readers and programs made-up input, FUZZ_S seconds each
	@sed -n 's/^stat::number_of_executed_units: *//p' $(FUZZ_CHOSEN:%=$(FUZZ_DIR)/%.log) | awk '{ sum += $$1 } \
	    END { printf "fuzz: %d target%s, %.0f inputs, none did harm\n", NR, NR == 1 ? "" : "s", sum }'

.PHONY: $(FUZZ_ALL:%=fuzz-%)
$(FUZZ_ALL:%=fuzz-%): fuzz-%: $(FUZZ_DIR)/% $(FUZZ_DIR)/seeds/.done
	@tests/fuzz/run $< $(FUZZ_DIR) '$(FUZZ_S)'

.PHONY: fuzz-corpus $(FUZZ_ALL:%=fuzz-corpus-%)
fuzz-corpus: $(FUZZ_CHOSEN:%=fuzz-corpus-%)  ## commit-time: keep in tests/fuzz/corpus what fuzz has found

$(FUZZ_ALL:%=fuzz-corpus-%): fuzz-corpus-%: $(FUZZ_DIR)/% $(FUZZ_DIR)/seeds/.done
	@tests/fuzz/keep $< $(FUZZ_DIR)

# The library by its own rules; tool.c also with an exit that comes back, for whole programs.
FUZZ_SOURCES := $(wildcard lib/*.[ch] include/engram/*.h)
$(FUZZ_DIR)/libengram.a: $(FUZZ_SOURCES) pipeline/fuzz.mk pipeline/build.mk | $(DEPS_GOALS)
	@mkdir -p $(@D)
	$(submake) $(@D)/library/$(@F) BUILD=$(@D)/library CC='$(FUZZ_CC)' \
	    OPTIMIZE=-O1 CFLAGS='$(FUZZ_FLAGS)' LDFLAGS= SANITIZE= >$@.log 2>&1 || { cat $@.log >&2; exit 1; }
	@cp $(@D)/library/$(@F) $@

$(FUZZ_DIR)/tests/%.o: tests/fuzz/%.c pipeline/fuzz.mk | $(DEPS_GOALS)
	@mkdir -p $(@D)
	$(call brief,CC,$@)$(FUZZ_COMPILE) -c $< -o $@

$(FUZZ_DIR)/main/%.o: tools/%.c pipeline/fuzz.mk | $(DEPS_GOALS)
	@mkdir -p $(@D)
	$(call brief,CC,$@)$(FUZZ_COMPILE) -Dmain=fuzz_main -Dexit=fuzz_exit -c $< -o $@

$(FUZZ_DIR)/main/tool.o: lib/tool.c pipeline/fuzz.mk | $(DEPS_GOALS)
	@mkdir -p $(@D)
	$(call brief,CC,$@)$(FUZZ_COMPILE) -Dexit=fuzz_exit -c $< -o $@

FUZZ_LINK = $(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer $^ $(LIBRARIES) -o $@
$(FUZZ_READERS:%=$(FUZZ_DIR)/%): $(FUZZ_DIR)/%: $(FUZZ_DIR)/tests/%.o $(FUZZ_DIR)/tests/fuzz.o \
    $(FUZZ_DIR)/libengram.a
	$(call brief,LD,$@)$(FUZZ_LINK)

$(PROGRAMS:%=$(FUZZ_DIR)/%): $(FUZZ_DIR)/%: $(FUZZ_DIR)/main/%.o $(FUZZ_DIR)/main/tool.o \
    $(addprefix $(FUZZ_DIR)/tests/,program.o fuzz.o) $(FUZZ_DIR)/libengram.a
	$(call brief,LD,$@)$(FUZZ_LINK) -Wl$(comma)--wrap=pthread_create

$(FUZZ_DIR)/seeds/.done: tests/fuzz/seeds $(PROGRAMS:%=$(BIN)/%)
	@tests/fuzz/seeds $(BIN) $(@D) && touch $@

.PHONY: deps-fuzz
deps-fuzz: deps  ## install the compiler that fuzz needs
	@sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get -qq -y --no-install-recommends install \
	    clang libclang-rt-dev >/dev/null

-include $(wildcard $(FUZZ_DIR)/tests/*.d $(FUZZ_DIR)/main/*.d)
