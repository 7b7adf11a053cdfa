# From sources to $(BUILD)/bin. A program's bytes depend on its code, not on comments, paths or time.

BUILD := build$(if $(SANITIZE),/sanitize)
# Where make install put the pipeline there are no sources: programs are where it put them. Folders of users hold links there.
BIN := $(if $(wildcard lib/*.c),$(BUILD)/bin,$(abspath $(dir $(realpath Makefile))../../bin))
VERSION := $(patsubst "%",%,$(filter "%",$(file <include/engram/version.h)))

# What was made of a file that is another since, though it may not be newer.
NOTED := $(wildcard $(BUILD)/lib $(BUILD)/tools $(BUILD)/bin $(BUILD)/tests $(BUILD)/bench $(BUILD)/libengram.a* $(OUT))
STALE := $(if $(NOTED),$(shell pipeline/stale $(if $(DRY)$(WHY),,touch) $(NOTED)))

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Werror=switch-enum $(if $(WERROR),-Werror)
SANITIZERS := $(if $(SANITIZE),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all \
    -fno-omit-frame-pointer -g)
# -ffp-contract=off: the results depend on it.
COMPILE = $(CC) -std=c17 -pthread -D_GNU_SOURCE -Iinclude -MMD -MP $(WARNINGS) $(OPTIMIZE) $(SANITIZERS) \
    $(CFLAGS) -ffp-contract=off
LINK = $(CC) -pthread $(SANITIZERS) $(CFLAGS) $(LDFLAGS)
LIBRARIES := -ljansson -lpng -lz -lm

# The step of learning and the loops over large files are compiled once for each instruction set; see
# lib/kernel.c and lib/lanes.c. Which processor it is for is asked when it is compiled: before
# `make deps` there may be no compiler to ask.
INSTRUCTIONS := base avx2 avx512
KERNELS := kernel lanes
X86 = $(filter x86_64-% amd64-%,$(shell $(CC) -dumpmachine))
# A -march in CFLAGS may bring in more than a kernel is to have.
FLAGS_base = $(if $(X86),-mno-avx2 -mno-avx512f)
FLAGS_avx2 = -DWANT_AVX2 $(if $(X86),-mavx2 -mno-avx512f)
FLAGS_avx512 = -DWANT_AVX512 $(if $(X86),-mavx512f -mprefer-vector-width=512)

SOURCES := $(sort $(wildcard lib/*.c))
OBJECTS := $(patsubst lib/%.c,$(BUILD)/lib/%.o,$(filter-out $(KERNELS:%=lib/%.c),$(SOURCES))) \
    $(foreach kernel,$(KERNELS),$(INSTRUCTIONS:%=$(BUILD)/lib/$(kernel)-%.o))
LIBRARY := $(BUILD)/libengram.a

# Another make may be building the same: each result has a name of its own (see pipeline/files), and
# appears by rename. Compilers name their dependencies likewise.
new = $(@D)/.$(@F).$$HOSTNAME.$$$$
new_dependencies = $(@D)/.$(@F:.o=.d).$$HOSTNAME.$$$$
# $(call brief,CC,FILE): begins a line of which this is told, unless V=1.
brief = $(if $(V),,@printf '  %-2s %s\n' $(1) $(call quote,$(2)); )
tidy = @source pipeline/files; tidy $@ $(@:.o=.d)
to_object = -c $< -MT $@ -MF $(new_dependencies) -o $(new) && mv -f $(new_dependencies) $(@:.o=.d) && \
    mv -f $(new) $@ && $(call note_times,$< $$(sed -n 's/:$$//p' $(@:.o=.d)))
to_file = -o $(new) && mv -f $(new) $@ && $(call note_times,$(filter-out FORCE,$^))
linked = $(filter %.o %.a,$^)
note_times = (stat -L -c '%.9Y-%s %n' -- $(1) && echo all) >$@.times

.PHONY: tools
tools: $(PROGRAMS:%=$(BIN)/%)  ## build the programs, in build/bin

# The commands as they are now: whoever depends on this file is remade when they change.
COMMANDS = $(COMPILE); $(LINK) $(LIBRARIES)
$(BUILD)/commands: $(if $(call differ,$(file <$(BUILD)/commands),$(COMMANDS)),FORCE) | $(DEPS_GOALS)
	@source pipeline/files; tidy $@; [[ -f $@ && $$(<$@) == $(call quote,$(COMMANDS)) ]] || \
	    into $@ printf '%s\n' $(call quote,$(COMMANDS))
.PHONY: FORCE
FORCE:
$(filter $(BUILD)/%,$(STALE)): FORCE

$(BUILD)/lib/%.o: lib/%.c $(BUILD)/commands
	$(tidy)
	$(call brief,CC,$@)$(COMPILE) $(to_object)

define kernel_rule
$(INSTRUCTIONS:%=$(BUILD)/lib/$(1)-%.o): $(BUILD)/lib/$(1)-%.o: lib/$(1).c $(BUILD)/commands
	$$(tidy)
	$$(call brief,CC,$$@)$$(COMPILE) $$(FLAGS_$$*) $$(to_object)
endef
$(foreach kernel,$(KERNELS),$(eval $(call kernel_rule,$(kernel))))

$(BUILD)/tools/%.o: tools/%.c $(BUILD)/commands
	$(tidy)
	$(call brief,CC,$@)$(COMPILE) $(to_object)

$(LIBRARY): $(OBJECTS)
	$(tidy)
	$(call brief,AR,$@)ar rcsD $(new) $(linked) && mv -f $(new) $@ && $(call note_times,$(filter-out FORCE,$^))

$(BIN)/%: $(BUILD)/tools/%.o $(LIBRARY)
	$(tidy)
	$(call brief,LD,$@)$(LINK) $(linked) $(LIBRARIES) $(to_file)

.PRECIOUS: $(BUILD)/commands $(OBJECTS) $(LIBRARY) $(BUILD)/tools/%.o $(BIN)/%

-include $(wildcard $(BUILD)/lib/*.d $(BUILD)/tools/*.d)
