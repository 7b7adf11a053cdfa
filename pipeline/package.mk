# What is installed, and packed: the programs and what is theirs, the pipeline with its data, the library for programs of others;
# an archive of the sources; a package of Debian. The files for it are in pipeline/package.

# --- completions: each of its program's --help.
SHELLS := bash zsh fish
COMPLETIONS := $(foreach shell,$(SHELLS),$(PROGRAMS:%=$(BUILD)/completions/$(shell)/%))
COMPLETE := pipeline/package/complete.awk

.PHONY: completions
completions: $(COMPLETIONS)  ## write completions for bash, zsh and fish, in build/completions
define completion_rule
$(PROGRAMS:%=$(BUILD)/completions/$(1)/%): $(BUILD)/completions/$(1)/%: $(BIN)/% $(COMPLETE)
	@source pipeline/files; tidy $$@; write() { $$< --help | awk -v shell=$(1) -f $(COMPLETE); }; into $$@ write
endef
$(foreach shell,$(SHELLS),$(eval $(call completion_rule,$(shell))))
.PRECIOUS: $(COMPLETIONS)

# --- installation. INSTALLED: what install puts under PREFIX, and uninstall removes, as FILE:PLACE.
PAGES := $(PROGRAMS:%=tools/%.1) pipeline/package/engram-demo.1 tools/engram.5 tools/engram.7
# Not the package's own files, the pictures of README, the tours of the sources, or what a make left half-written.
PIPELINE = $(filter-out pipeline/README.md,$(shell find pipeline plots \( -path pipeline/package -o -path plots/gallery -o \
    -name '.*' -o -name __pycache__ \) -prune -o -type f -print | sort))
INSTALLED = $(foreach program,$(PROGRAMS),$(BIN)/$(program):bin/$(program)) pipeline/package/engram-demo:bin/engram-demo \
    $(foreach page,$(PAGES),$(page):share/man/man$(subst .,,$(suffix $(page)))/$(notdir $(page))) \
    $(foreach file,Makefile $(PIPELINE) include/engram/activation.h include/engram/measure.h,$(file):share/engram/$(file)) \
    $(foreach program,$(PROGRAMS),$(BUILD)/completions/bash/$(program):share/bash-completion/completions/$(program) \
        $(BUILD)/completions/zsh/$(program):share/zsh/site-functions/_$(program) \
        $(BUILD)/completions/fish/$(program):share/fish/vendor_completions.d/$(program).fish)
INSTALLED_DEV = $(LIBRARY):lib/libengram.a $(BUILD)/engram.pc:lib/pkgconfig/engram.pc \
    $(foreach header,$(wildcard include/engram/*.h),$(header):$(header))
# $(call put,FILE:PLACE...)
put = @for pair in $(1); do \
    IFS=: read -r file place <<<"$$pair"; \
    mode=644; [[ ! -x $$file ]] || mode=755; \
    install -D -m $$mode $$file $(DESTDIR)$(PREFIX)/$$place; done

.PHONY: install install-dev uninstall
install: tools $(COMPLETIONS)  ## install programs, manual pages, completions and the pipeline under PREFIX
	$(call put,$(INSTALLED))

install-dev: $(LIBRARY) $(BUILD)/engram.pc  ## install the library, its headers and a file for pkg-config under PREFIX
	$(call put,$(INSTALLED_DEV))

uninstall:  ## remove what these put there
	@for pair in $(INSTALLED) $(INSTALLED_DEV); do rm -f $(DESTDIR)$(PREFIX)/$${pair#*:}; done
	@for folder in share/engram include/engram; do \
	    [[ ! -d $(DESTDIR)$(PREFIX)/$$folder ]] || find $(DESTDIR)$(PREFIX)/$$folder -depth -type d -empty -delete; done

$(BUILD)/engram.pc: pipeline/package/engram.pc.in include/engram/version.h FORCE
	@source pipeline/files; tidy $@; into $@ sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' $<

# --- an archive of the sources, and out of it a package of Debian. Their date is that of the changelog, or SOURCE_DATE_EPOCH.
SHIPPED := .ci .clang-format .clang-tidy .gitignore LICENSE Makefile README.md include lib pipeline plots tests tools
CHANGELOG := pipeline/package/debian/changelog
DIST := build/engram-$(VERSION).tar.gz

.PHONY: dist
dist:  ## write the sources as one archive, build/engram-VERSION.tar.gz
	@head -n 1 $(CHANGELOG) | grep -qF '($(VERSION))' || { echo 'make: $(CHANGELOG) does not begin with $(VERSION)' >&2; exit 1; }
	@source pipeline/files; tidy $(DIST); \
	date=$${SOURCE_DATE_EPOCH:-$$(date -d "$$(sed -n '/^ -- /{s/.*>  //p;q}' $(CHANGELOG))" +%s)}; \
	pack() { tar -cf - --format=ustar --sort=name --mtime="@$$date" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
	    --no-wildcards-match-slash --exclude='.*.*.[0-9]*' --exclude=__pycache__ --transform='s,^,engram-$(VERSION)/,' $(SHIPPED) | gzip -9n; }; \
	into $(DIST) pack; echo $(DIST)

.PHONY: deb
deb: dist | $(DEPS_GOALS)  ## build a package of Debian in build/, with its own tools (make deps-deb)
	@rm -rf build/deb; mkdir -p build/deb
	@tar -xzf $(DIST) -C build/deb
	@cp -r pipeline/package/debian build/deb/engram-$(VERSION)
	@cd build/deb/engram-$(VERSION); unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES $(CONFIGURED); \
	    dpkg-buildpackage -b -us -uc >../log 2>&1 || { cat ../log >&2; exit 1; }
	@mv -f build/deb/*.deb build; cd build; ls engram_$(VERSION)_*.deb | sed 's,^,build/,'; rm -rf deb
