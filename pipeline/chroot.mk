# `make chroot SUITE=trixie`: README's two commands in a fresh Debian, `make safetensors` where there is that package, and
# the package of `make deb` installed, run and purged in another. By hand, as root: it takes minutes and the network.
# Variables of the experiment are those of the run, TESTS are the tests.

.PHONY: chroot
chroot:  ## README's two commands, and the package, in a fresh Debian, as root: SUITE=trixie
	@unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES; \
	tests/chroot/run '$(SUITE)' $(foreach setting,$(GIVEN),'$(setting)') -- $(if $(TESTS),'TESTS=$(TESTS)')

# Files of every kind that the programs write, and so many made of them by mutation, read by the safetensors package, too.
MUTATED := 100000
.PHONY: deps-safetensors
deps-safetensors: deps  ## install the safetensors package, of Debian 13 and later
	@sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get -qq -y --no-install-recommends install \
	    python3-safetensors python3-numpy >/dev/null

.PHONY: safetensors
safetensors: tools $(JUDGE) $(RUN)/network.safetensors  ## files, sound and damaged, beside the safetensors package (make deps-safetensors)
	@tests/chroot/package $(PYTHON) $(BIN) $(JUDGE) $(MUTATED) $(RUN)
