# `make chroot SUITE=trixie`: README's two commands in a fresh Debian. By hand, as root: it takes minutes and
# the network. Variables of the experiment are those of the run, TESTS are the tests.

.PHONY: chroot
chroot:  ## README's two commands in a fresh Debian, as root: SUITE=trixie
	@unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES; \
	tests/chroot/run '$(SUITE)' $(foreach setting,$(GIVEN),'$(setting)') -- $(if $(TESTS),'TESTS=$(TESTS)')
