# `make` lists the targets. What they need besides Rust and Python is put into
# `.venv`, where profila looks for it; nothing is installed outside this folder.

PYTHON ?= python3
CARGO ?= cargo
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check

# profila prefers an active environment to `.venv`. Here it must not: an active
# one may have no Numba.
unexport VIRTUAL_ENV

# The matrix: versions of Numba and of gdb, each in an environment of its own. The
# newest Numba is the one in `.venv`; the oldest is the oldest that profila takes and
# this Python can have.
OLDEST_NUMBA = $(shell "$(PYTHON)" -c 'import sys; print({10: "0.57.1", 11: "0.57.1", 12: "0.59.1", 13: "0.61.2"}.get(sys.version_info[1], "0.63.1"))')
NUMBAS = $(sort $(OLDEST_NUMBA) $(if $(filter 0.63.1,$(OLDEST_NUMBA)),,0.61.2) 0.66.0)
GDBS = 16.3.0.post6 17.2.0.post5 18.1.0.post1

NUMBA_ENVS = $(NUMBAS:%=.venv-numba-%)
GDB_ENVS = $(GDBS:%=.venv-gdb-%)
FULL_MATRIX = $(foreach numba,$(NUMBA_ENVS) $(VENV),$(foreach gdb,auto $(GDB_ENVS),$(numba)+$(gdb)))
CI_MATRIX = .venv-numba-$(OLDEST_NUMBA)+auto $(GDB_ENVS:%=$(VENV)+%)

# A test that waits for a script leaves its processor to another one.
PROCESSORS := $(shell nproc 2>/dev/null || echo 2)
TEST_THREADS ?= $(shell expr $(PROCESSORS) + 1)

# Where the attribution corpus is compiled: by the newest Numba, beside which there is
# SciPy for the kernels that call BLAS, or by the version that NUMBA names. PROFILA names
# other builds to measure in turn, KERNELS some kernels.
ATTRIBUTION_ENV = $(if $(NUMBA),.venv-numba-$(NUMBA),.venv-libraries)

# What is fuzzed, each in turn for so many seconds.
FUZZ_TARGETS = recording comparison mi configuration metrics aligner
FUZZ_SECONDS ?= 60

.DEFAULT_GOAL := help
.PHONY: help setup demo test compiled environments libraries matrix samplers agreement bench soak selfcompare placement planted remarks attribution threads kills align render fuzz pictures simulate slurm deny book archive wheel clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

setup: $(VENV)/.numba $(VENV)/.gdb ## put Numba, and gdb where the system has none, into .venv

demo: setup ## compare examples/dither.py with dither2.py; takes about two minutes
	$(CARGO) build --release
	target/release/profila diff --config configs/dither.toml

test: ## check formatting, lints, tests and documentation, as CI does
	$(CARGO) fmt --check
	+$(MAKE) --no-print-directory --jobs=$(PROCESSORS) environments compiled
	PROFILA_MATRIX="$(CI_MATRIX)" RUST_TEST_THREADS=$(TEST_THREADS) $(CARGO) test
	RUSTDOCFLAGS=-Dwarnings $(CARGO) doc --no-deps --document-private-items
	@if tests/slurm/install.sh && tests/slurm/cluster.sh true; then \
	    $(MAKE) --no-print-directory slurm; \
	else \
	    echo "no Slurm cluster can be started here: the example of one was not tested" >&2; \
	fi

# While the environments wait for the network, the processors compile.
compiled:
	$(CARGO) clippy --all-targets -- -D warnings
	$(CARGO) test --no-run

environments: setup libraries .venv-browser/.ready .venv-packaging/.ready .venv-numba-$(OLDEST_NUMBA)/.ready $(GDB_ENVS:%=%/.ready)

libraries: .venv-libraries/.ready .venv-libraries/.suites .venv-libraries/.workers

matrix: setup $(NUMBA_ENVS:%=%/.ready) $(GDB_ENVS:%=%/.ready) ## try every version of Numba with every gdb; takes some minutes
	PROFILA_MATRIX="$(FULL_MATRIX)" $(CARGO) test --test it -- --nocapture matrix::

samplers: setup ## try with the samplers beside gdb that a script does what it does without; takes some minutes
	for sampler in perf ptrace; do \
	    PROFILA_SAMPLER=$$sampler RUST_TEST_THREADS=$(TEST_THREADS) \
	        $(CARGO) test --test it -- transparency:: interrupts:: || exit 1; \
	done
	MOMENTS=50 $(CARGO) test --test it -- a_script_outlives_its_tracer

agreement: setup libraries ## compare the shares that the samplers give to lines; takes ten minutes
	$(CARGO) bench --bench agreement

bench: setup .venv-predecessor/.ready .venv-py-spy/.ready ## measure what watching costs a script, beside other profilers
	$(CARGO) bench --bench overhead

soak: setup ## run annotate 100 times and take 10,000 samples; takes some minutes
	$(CARGO) bench --bench soak

selfcompare: setup ## compare a script with itself 40 times, and count false alarms; takes an hour
	$(CARGO) bench --bench selfcompare

placement: setup ## see whether an edit that only moves the code is said to change something; takes a day
	$(CARGO) bench --bench placement

planted: setup ## make one line slower, and see whether it is found and no other blamed; takes ten minutes
	$(CARGO) bench --bench planted

remarks: setup ## see what helps against what the compiler says of loops; takes five minutes
	$(CARGO) bench --bench remarks

threads: setup ## compare the shares of parallel loops with perf's, on a busy machine; takes some minutes
	$(CARGO) bench --bench threads

kills: setup ## kill profila at 100 random moments beside 2,000 processes, and look for what is left
	$(CARGO) bench --bench kills

attribution: setup $(ATTRIBUTION_ENV)/.ready ## see whether samples fall on the lines that take the time; takes forty minutes
	$(if $(PROFILA),,$(CARGO) build --release)
	PATH="$$PATH:$(CURDIR)/$(VENV)/bin" $(ATTRIBUTION_ENV)/bin/python tests/attribution/measure.py \
	    --profila $(or $(PROFILA),target/release/profila) --export target/attribution.json $(if $(KERNELS),-- $(KERNELS))

align: ## measure how long it takes to pair the lines of long files
	$(CARGO) bench --bench align

render: ## measure how long it takes to show a comparison of long files
	$(CARGO) bench --bench render

fuzz: ## feed each reader hostile input for a minute, or FUZZ_SECONDS; needs cargo-fuzz
	@$(CARGO) +nightly --version >/dev/null 2>&1 || { \
	    echo "fuzzing needs a nightly toolchain: rustup toolchain install nightly" >&2; \
	    exit 1; }
	@$(CARGO) +nightly fuzz --version >/dev/null 2>&1 || { \
	    echo "fuzzing needs cargo-fuzz: cargo install cargo-fuzz" >&2; \
	    exit 1; }
	@for target in $(FUZZ_TARGETS); do \
	    mkdir -p fuzz/corpus/$$target && \
	    $(CARGO) +nightly fuzz run $$target fuzz/corpus/$$target fuzz/seeds/$$target -- \
	        -max_total_time=$(FUZZ_SECONDS) -max_len=1048576 -rss_limit_mb=1024 -timeout=20 || exit 1; \
	done

pictures: setup .venv-browser/.ready ## make the pictures of the README anew, from real runs; takes two minutes
	$(CARGO) build --release
	PROFILA=target/release/profila .venv-browser/bin/python tests/browser/pictures.py docs/pictures

simulate: ## reproduce the error rates of the statistics, and write them into docs/METHODOLOGY.md
	$(CARGO) test --release --lib methodology -- --ignored --nocapture

slurm: setup ## test the example for Slurm on a cluster of this machine alone; as root
	tests/slurm/install.sh
	$(CARGO) test --test it -- --ignored slurm_

deny: ## check licences, advisories and sources of dependencies; needs cargo-deny
	@$(CARGO) deny --version >/dev/null 2>&1 || { \
	    echo "this needs cargo-deny: cargo install --locked cargo-deny" >&2; \
	    exit 1; }
	$(CARGO) deny --locked check

book: ## build the documents as a book, into target/book; needs mdbook
	@mdbook --version >/dev/null 2>&1 || { \
	    echo "this needs mdBook, and takes some minutes to get: cargo install --locked mdbook" >&2; \
	    exit 1; }
	mdbook build docs
	@echo "open target/book/index.html"

archive: ## pack a release for this machine's architecture into target/archives
	$(CARGO) build --release --locked
	CARGO="$(CARGO)" "$(PYTHON)" packaging/archive.py target/release/profila target/archives

wheel: .venv-packaging/.ready ## build the Python package for this machine's architecture into target/wheels
	PROFILA_WHEEL_FOR_OTHERS=1 MATURIN_PEP517_ARGS="$(WHEEL_OPTIONS)" \
	PATH="$(CURDIR)/.venv-packaging/bin:$$PATH" .venv-packaging/bin/python -m pip --disable-pip-version-check \
	    wheel --no-build-isolation --no-deps --wheel-dir target/wheels .

clean: ## remove everything that the other targets made
	$(CARGO) clean
	rm -rf $(VENV) .venv-*

# The stamps are written last, so that an interrupted setup starts again.

$(VENV)/.numba:
	@command -v "$(PYTHON)" >/dev/null || { \
	    echo "$(PYTHON) not found: install Python 3.10 or later, or name one: make PYTHON=/path/to/python3" >&2; \
	    exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "$(PYTHON) cannot make environments: install its venv module (on Debian and Ubuntu the package python3-venv), or name another Python: make PYTHON=/path/to/python3" >&2; \
	    exit 1; }
	"$(PYTHON)" -m venv $(VENV)
	$(PIP) install --quiet numba
	@touch $@

# gdb older than 12 lacks what profila asks of it.
$(VENV)/.gdb: $(VENV)/.numba
	@major=$$(gdb --version 2>/dev/null | sed -n '1s/.* \([0-9][0-9]*\)\..*/\1/p'); \
	if [ "$${major:-0}" -ge 12 ]; then \
	    echo "using the system's gdb $$major"; \
	else \
	    echo "no gdb 12 or later on PATH: installing one into $(VENV)"; \
	    $(PIP) install --quiet gdb-for-pwndbg || exit 1; \
	    $(VENV)/bin/gdb --nx --version >/dev/null || { \
	        echo "that gdb does not start: install gdb 12 or later with the system's package manager" >&2; \
	        exit 1; }; \
	fi
	@touch $@

# Of one version each, beside `.venv`, which has the newest.

.venv-numba-%/.ready: $(VENV)/.numba
	"$(PYTHON)" -m venv .venv-numba-$*
	.venv-numba-$*/bin/python -m pip --disable-pip-version-check install --quiet numba==$*
	@touch $@

# What Numba's code calls, BLAS, and what may call it, TBB, which there is for x86-64
# alone. OpenMP is the system's.
TBB = $(if $(filter x86_64,$(shell uname -m)),tbb)
.venv-libraries/.ready: $(VENV)/.numba
	"$(PYTHON)" -m venv .venv-libraries
	.venv-libraries/bin/python -m pip --disable-pip-version-check install --quiet numba scipy $(TBB)
	@touch $@

# What runs the benchmarks of suites.
.venv-libraries/.suites: .venv-libraries/.ready
	.venv-libraries/bin/python -m pip --disable-pip-version-check install --quiet pytest pytest-benchmark asv_runner
	@touch $@

# What starts worker processes.
.venv-libraries/.workers: .venv-libraries/.ready
	.venv-libraries/bin/python -m pip --disable-pip-version-check install --quiet joblib
	@touch $@

# What reports are tested with: checkers of JSON and of accessibility, and a browser, the
# system's where it has one.
CHROMIUM = $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
.venv-browser/.ready: $(VENV)/.numba
	"$(PYTHON)" -m venv .venv-browser
	.venv-browser/bin/python -m pip --disable-pip-version-check install --quiet playwright axe-playwright-python jsonschema
	@if [ -n "$(CHROMIUM)" ]; then \
	    echo "using the system's browser, $(CHROMIUM)"; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update --quiet=2 && \
	    DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --no-install-recommends --yes chromium fonts-dejavu-core; \
	else \
	    .venv-browser/bin/python -m playwright install chromium || { \
	        echo "no browser to test pages with: install Chromium with the system's package manager" >&2; \
	        exit 1; }; \
	fi
	@touch $@

# What builds the Python package, what a test installs with it into an empty environment, and what
# runs notebooks.
.venv-packaging/.ready: $(VENV)/.numba
	"$(PYTHON)" -m venv .venv-packaging
	.venv-packaging/bin/python -m pip --disable-pip-version-check install --quiet maturin ipykernel nbclient
	.venv-packaging/bin/python -m pip --disable-pip-version-check download --quiet --dest .venv-packaging/wheels numba gdb-for-pwndbg
	@touch $@

.venv-predecessor/.ready: $(VENV)/.numba
	"$(PYTHON)" -m venv .venv-predecessor
	.venv-predecessor/bin/python -m pip --disable-pip-version-check install --quiet numba profila==0.3.4
	@touch $@

.venv-py-spy/.ready: $(VENV)/.numba
	"$(PYTHON)" -m venv .venv-py-spy
	.venv-py-spy/bin/python -m pip --disable-pip-version-check install --quiet py-spy==0.4.3
	@touch $@

.venv-gdb-%/.ready: $(VENV)/.numba
	"$(PYTHON)" -m venv .venv-gdb-$*
	.venv-gdb-$*/bin/python -m pip --disable-pip-version-check install --quiet gdb-for-pwndbg==$*
	@touch $@
