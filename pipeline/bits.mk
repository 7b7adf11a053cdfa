# `make bits`: the proof that the same input gives the same bytes everywhere. Each build below is made
# with the project's own rules in build/bits/NAME, linked statically, and runs the whole chain
# (tests/bits/chain); the digests of all its files are compared with the committed ones.

BITS_DIR := build/bits
BITS_DIGESTS := tests/bits/digests.sha256

# $(call target,TRIPLE,DEBIAN'S NAME,RUNNER): what is compiled for but not this machine's own.
define target_rule
RUNNER_$(1) := $(3)
LIBC_$(1) := libc6-dev-$(2)-cross
$(BITS_DIR)/$(1)/libz.a: tests/bits/libraries | $(BITS_DIR)/sources/.done
	@tests/bits/libraries $(1) $(BITS_DIR)/sources $$(@D) >$(BITS_DIR)/$(1).log 2>&1 || \
	    { rm -rf $$(@D); cat $(BITS_DIR)/$(1).log >&2; }
endef
target = $(eval $(target_rule))
$(call target,aarch64-linux-gnu,arm64,qemu-aarch64)
$(call target,arm-linux-gnueabihf,armhf,qemu-arm)
$(call target,i686-linux-gnu,i386,qemu-i386)
$(call target,mips64el-linux-gnuabi64,mips64el,qemu-mips64el)
$(call target,powerpc64-linux-gnu,ppc64,qemu-ppc64)
$(call target,powerpc64le-linux-gnu,ppc64el,qemu-ppc64le)
$(call target,riscv64-linux-gnu,riscv64,qemu-riscv64)
$(call target,s390x-linux-gnu,s390x,qemu-s390x)

# What runs AVX-512 where the processor does not: Bochs, and what its Linux is put together from.
BOCHS := $(if $(filter avx512f,$(file </proc/cpuinfo)),,bochs bochs-term busybox-static cpio isolinux \
    syslinux-common xorriso bsdutils)
$(BITS_DIR)/linux/vmlinuz: | $(DEPS_GOALS)
	@tests/bits/kernel $(@D) || true

# $(call build,NAME,COMPILER,FLAGS), build_for with a TARGET or build_under with a RUNNER besides.
BITS_all :=
define build_rule
BITS_all += $(1)
COMPILER_$(1) := $(if $(4),$(if $(filter gcc%,$(2)),$(4)-$(2),$(2) --target=$(4)),$(2))
OPTIONS_$(1) := $(3) $(if $(4),-I$(BITS_DIR)/$(4)/include -L$(BITS_DIR)/$(4))
RUN_BY_$(1) := $(5)
PACKAGES_$(1) := $(if $(4),gcc-$(4) $(LIBC_$(4)) $(filter clang%,$(2)),$(2)) $(if $(5),qemu-user) \
    $(if $(findstring lld,$(3)),lld) $(if $(findstring v4,$(3)),$(BOCHS))
$(BITS_DIR)/$(1)/digests: $(if $(4),$(BITS_DIR)/$(4)/libz.a) \
    $(if $(findstring v4,$(3)),$(if $(BOCHS),| $(BITS_DIR)/linux/vmlinuz))
endef
build = $(eval $(call build_rule,$(1),$(2),$(3),,))
build_for = $(eval $(call build_rule,$(1),$(2),$(3),$(4),$(RUNNER_$(4))))
build_under = $(eval $(call build_rule,$(1),$(2),$(3),,$(4)))
$(call build,gcc-O0,gcc,-O0)
$(call build,gcc-O1,gcc,-O1)
$(call build,gcc-O2,gcc,-O2)
$(call build,gcc-O3,gcc,-O3)
$(call build,gcc-Os,gcc,-Os)
$(call build,gcc-lto,gcc,-O3 -flto)
$(call build,gcc-native,gcc,-O3 -march=native)
$(call build,gcc-v1,gcc,-O3 -march=x86-64)
$(call build,gcc-v2,gcc,-O3 -march=x86-64-v2)
$(call build,gcc-v3,gcc,-O3 -march=x86-64-v3)
$(call build,gcc-v4,gcc,-O3 -march=x86-64-v4)
$(call build,gcc-11,gcc-11,-O3)
$(call build,clang-O0,clang,-O0)
$(call build,clang-O1,clang,-O1)
$(call build,clang-O2,clang,-O2)
$(call build,clang-O3,clang,-O3)
$(call build,clang-Os,clang,-Os)
$(call build,clang-lto,clang,-O3 -flto -fuse-ld=lld)
$(call build,clang-native,clang,-O3 -march=native)
$(call build,clang-v3,clang,-O3 -march=x86-64-v3)
# Bochs 2.7 takes some of the scatters of clang's vectorized loops for invalid.
$(call build,clang-v4,clang,-O3 -march=x86-64-v4 -fno-vectorize)
$(call build,clang-16,clang-16,-O3)
# The kernels are chosen when a program starts: these processors have SSE3 and AVX2.
$(call build_under,gcc-sse,gcc,-O3,qemu-x86_64 -cpu qemu64)
$(call build_under,gcc-avx2,gcc,-O3,qemu-x86_64 -cpu max)
# On 32 bits, sizes of files are wider than size_t.
$(call build_for,i686-gcc-O2,gcc,-O2 -msse2 -mfpmath=sse -Wno-conversion,i686-linux-gnu)
$(call build_for,i686-clang-O3,clang,-O3 -msse2 -mfpmath=sse -Wno-conversion,i686-linux-gnu)
$(call build_for,aarch64-gcc-O0,gcc,-O0,aarch64-linux-gnu)
$(call build_for,aarch64-gcc-O3,gcc,-O3,aarch64-linux-gnu)
$(call build_for,aarch64-clang-O3,clang-16,-O3,aarch64-linux-gnu)
$(call build_for,armhf-gcc-O3,gcc,-O3 -mfpu=neon -Wno-conversion,arm-linux-gnueabihf)
$(call build_for,riscv64-gcc-O0,gcc,-O0,riscv64-linux-gnu)
$(call build_for,riscv64-gcc-O3,gcc,-O3,riscv64-linux-gnu)
$(call build_for,riscv64-clang-O3,clang-16,-O3,riscv64-linux-gnu)
# Without the flag, s390x computes float in double.
$(call build_for,s390x-gcc-O0,gcc,-O0 -fexcess-precision=fast,s390x-linux-gnu)
$(call build_for,s390x-gcc-O3,gcc,-O3 -fexcess-precision=fast,s390x-linux-gnu)
$(call build_for,s390x-z14-gcc-O3,gcc,-O3 -march=z14 -fexcess-precision=fast,s390x-linux-gnu)
# clang optimizes float products to MDEBR, which QEMU 7.2 computes wrongly: 0.3f * 0.3f gives 1e-7.
$(call build_for,s390x-clang-O0,clang-16,-O0,s390x-linux-gnu)
$(call build_for,powerpc64-gcc-O3,gcc,-O3,powerpc64-linux-gnu)
$(call build_for,powerpc64le-gcc-O3,gcc,-O3,powerpc64le-linux-gnu)
$(call build_for,powerpc64le-clang-O3,clang-16,-O3,powerpc64le-linux-gnu)
$(call build_for,mips64el-gcc-O3,gcc,-O3,mips64el-linux-gnuabi64)

# One for each architecture, in a few minutes.
BITS_ci := gcc-O0 gcc-lto gcc-native clang-O2 gcc-sse i686-gcc-O2 aarch64-gcc-O3 armhf-gcc-O3 \
    riscv64-gcc-O3 s390x-gcc-O3 powerpc64-gcc-O3 powerpc64le-gcc-O3 mips64el-gcc-O3
BITS_CHOSEN := $(patsubst all,$(BITS_all),$(patsubst ci,$(BITS_ci),$(BITS)))
ifneq ($(filter-out $(BITS_all),$(BITS_CHOSEN)),)
$(call refuse,BITS=$(BITS): there is no build $(filter-out $(BITS_all),$(BITS_CHOSEN))$(comma) but all$(comma) ci$(comma) $(BITS_all))
endif

.PHONY: bits
bits: $(BITS_CHOSEN:%=$(BITS_DIR)/%/digests)  ## build for many machines, and check that all compute the same bytes
	@tests/bits/compare $(BITS_DIGESTS) $(^D)

.PHONY: bits-digests
bits-digests: $(BITS_DIR)/gcc-O3/digests  ## commit-time: write the digests that bits checks
	cp $< $(BITS_DIGESTS)

.PHONY: deps-bits
deps-bits: deps  ## install the compilers and emulators that bits needs (Debian on x86-64)
	@sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get -qq -y --no-install-recommends install \
	    $(sort $(foreach build,$(BITS_CHOSEN),$(PACKAGES_$(build)))) >/dev/null

BITS_SOURCES := $(wildcard lib/*.[ch] include/engram/*.h tools/*.c) pipeline/build.mk \
    $(addprefix tests/bits/,chain run) $(wildcard pipeline/*.awk) pipeline/words.tsv

$(BITS_all:%=$(BITS_DIR)/%/digests): $(BITS_DIR)/%/digests: $(BITS_SOURCES) | $(BITS_DIR)/data/.done \
    $(DEPS_GOALS)
	$(if $(DRY),,+)@mkdir -p $(@D); $(again) --no-print-directory tools BUILD=$(@D) CC='$(COMPILER_$*)' OPTIMIZE= \
	    CFLAGS='$(OPTIONS_$*)' LDFLAGS=-static SANITIZE= >$(@D)/log 2>&1 || rm -rf $(@D)/bin
	@tests/bits/run $(@D) $(BITS_DIR)/data '$(COMPILER_$*)' '$(OPTIONS_$*)' '$(RUN_BY_$*)' \
	    $(BITS_DIR)/linux/vmlinuz

# The first images of MNIST, plain and packed.
$(BITS_DIR)/data/.done: tests/bits/data
	@tests/bits/data 6000 $(@D) && touch $@

$(BITS_DIR)/sources/.done: tests/bits/download | $(DEPS_GOALS)
	@tests/bits/download $(@D) && touch $@
