# What a person or a server runs from the root of a checkout. Needs cargo, a C compiler, make and Python 3.11 or later;
# works in target/ and .venv/ and changes nothing outside.
#
#   make test       all tests, Rust and Python           make bench   the benchmarks
#   make test-all   and what needs more than that        make demo    the example of the README
#   make lint       formatting, clippy                   make clean   away with target/ and .venv/

PYTHON ?= python3
CARGO  ?= cargo
PYTEST_ARGS ?=
VENV := $(CURDIR)/.venv
BIN  := $(VENV)/bin

# The extension and the Rust tests are built for one Python in one target directory, so that nothing is built twice.
export CARGO_TARGET_DIR ?= $(CURDIR)/target
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Made again only when one of these is newer: the tools of .venv, and the extension in it.
TOOLS     := $(VENV)/.tools
EXTENSION := $(VENV)/.extension
SOURCES   := Cargo.toml Cargo.lock $(shell find scrm-core scrm-py -type f \
  \( -name '*.rs' -o -name '*.toml' -o -name '*.py' -o -name '*.pyi' -o -name 'py.typed' \) \
  -not -path '*/tests/*')

.DEFAULT_GOAL := help
# The targets share target/ and .venv/, and the order of what they print matters.
.NOTPARALLEL:
.PHONY: help test test-rust test-core test-python test-all extension lint bench demo clean

help:
	@sed -n 's/^#   //p' Makefile

# The order matters: the last lines are the test runners' own.
test: test-rust test-core test-python

# With the extension's features come both stores in a database; their tests start a PostgreSQL server of their own, whose
# programs they find in .venv.
#
# The tests of the extension's Rust side run Python inside the test program, and so need the library form of Python
# (`libpython3.so`). Where there is none, they are built without Python; the Python tests do not depend on it.
test-rust: $(TOOLS)
	@set -e; \
	libdir=$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_config_var("LIBDIR") or "")'); \
	name=$$($(BIN)/python -c 'import sysconfig; print("python" + sysconfig.get_config_var("LDVERSION"))'); \
	export PYO3_PYTHON=$(BIN)/python LD_LIBRARY_PATH="$$libdir$${LD_LIBRARY_PATH:+:$$LD_LIBRARY_PATH}"; \
	if [ -e "$$libdir/lib$$name.so" ]; then \
	  set -x; $(CARGO) test --workspace; \
	else \
	  echo "note: $$libdir has no lib$$name.so; the extension's Rust tests that start Python are left out"; \
	  set -x; $(CARGO) test --workspace --exclude scrm-py; $(CARGO) test -p scrm-py --no-default-features; \
	  $(CARGO) test -p scrm-core --features sqlite,postgres --lib record::; \
	fi

# The core as others embed it: without a store, without threads; then as it comes; then the schema of its types.
test-core:
	$(CARGO) test -p scrm-core --no-default-features
	$(CARGO) test -p scrm-core
	$(CARGO) test -p scrm-core --features schema,tracing --test schema --test tracing

test-python: $(EXTENSION)
	$(BIN)/pytest $(PYTEST_ARGS) scrm-py/tests

extension: $(EXTENSION)

# Installed as users install it, with pip, but in the profile of the Rust tests: on two cores the dependencies, SQLite's
# C above all, take minutes, and this way they are built once for both.
$(EXTENSION): $(SOURCES) $(TOOLS)
	PATH="$(BIN):$$PATH" PYO3_PYTHON=$(BIN)/python \
	  $(BIN)/pip install --quiet --no-deps --no-build-isolation --config-settings build-args="--profile=dev" ./scrm-py
	@touch $@

$(TOOLS): scrm-py/requirements-test.txt
	@command -v $(PYTHON) >/dev/null || { echo "make: no '$(PYTHON)': install Python 3.11 or later, or name one with 'make PYTHON=…'" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "make: '$(PYTHON)' is $$($(PYTHON) -V 2>&1), and 3.11 or later is needed: name one with 'make PYTHON=…'" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "make: '$(PYTHON)' comes without venv: install it ('apt-get install python3-venv' on Debian and Ubuntu)" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --quiet -r scrm-py/requirements-test.txt
	@touch $@

test-all: test
	PYTEST_ARGS="$(PYTEST_ARGS)" .ci/more

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --all-features -- -D warnings

bench:
	$(CARGO) bench -p scrm-benches

demo:
	$(CARGO) run --release --example command_center

clean:
	$(CARGO) clean
	rm -rf $(VENV) .pytest_cache .mypy_cache scrm-py/.pytest_cache docs/book
