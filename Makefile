# Needs Python 3.11 or later and make; everything else is installed into .venv, with its hashes checked.
# `make` says what there is to make.

NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
PYTHON ?= $(or $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
  if $$python $(NEW_ENOUGH); then echo $$python; break; fi; done),python3)
VENV := .venv
BIN := $(VENV)/bin

# A stamp carries a checksum of all that decides what is installed. The folder is part of it because scripts in
# a virtual environment name their interpreter by its full path.
SUM = $(shell { pwd; cat pyproject.toml $(1); } | cksum | tr ' ' '-')
RUN_STAMP := $(VENV)/.run-$(call SUM,requirements-run.lock)
ALL_STAMP := $(VENV)/.all-$(call SUM,requirements.lock)

# Stories and browsers wait for half of their time, which one more than there are cores fills; two for each core would
# fight, for the stories start processes of their own.
JOBS ?= $(shell echo $$(($$(nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2) + 1)))

# A file's tests share what they stand on; tests/conftest.py says which files go first.
SHARED := --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run test coverage lint types doctor lock clean

help:  ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

run: $(RUN_STAMP)  ## Install what is missing, then run broker, API and worker here
	@exec $(BIN)/ledgerwire-server up

test: $(ALL_STAMP)  ## Run every test
	@$(BIN)/python -m pytest -n $(JOBS) $(SHARED) $(TESTS)

# Tracing every branch in every process more than doubles the time. The report comes before pytest's closing line,
# which is what a reader of the log looks for.
coverage: $(ALL_STAMP)  ## Run every test, with coverage over all processes
	@rm -f .coverage .coverage.*
	@{ $(BIN)/coverage run -m pytest -n $(JOBS) $(SHARED) $(TESTS); echo $$? >$(VENV)/status; } | tee $(VENV)/test.log; \
	  status=$$(cat $(VENV)/status); \
	  { $(BIN)/coverage combine --quiet && $(BIN)/coverage report; } || test $$status -ne 0 || status=2; \
	  tail -n 1 $(VENV)/test.log; exit $$status

lint: $(ALL_STAMP)  ## Check style, types and floors
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

doctor: $(RUN_STAMP)  ## Say what was found on this machine and what is missing
	@$(BIN)/ledgerwire-server doctor

lock: $(ALL_STAMP)  ## Write the lock files anew after a change of pyproject.toml
	.ci/lock

clean:  ## Remove what was installed and built; books and files in .data stay
	rm -rf $(VENV) .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

$(RUN_STAMP): | $(BIN)/python
	@$(call INSTALL,requirements-run.lock)
	@touch $@

# Whoever has everything has what running needs.
$(ALL_STAMP): | $(BIN)/python
	@$(call INSTALL,requirements.lock)
	@touch $@ $(RUN_STAMP)

define INSTALL
echo "Installing what $(1) pins; the first time takes about a minute."; \
{ $(BIN)/python -m pip install --disable-pip-version-check --no-input --require-hashes --no-deps -r $(1); \
  echo "status $$?"; } \
  | awk '/^Collecting/ { printf "  %s\n", $$2; fflush() } /^status/ { exit $$2 }' && \
$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
endef

$(BIN)/python:
	@$(PYTHON) $(NEW_ENOUGH) || { \
	  echo "Ledgerwire needs Python 3.11 or later as $(PYTHON); found: $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Making the virtual environment $(VENV)."
	@$(PYTHON) -m venv $(VENV) >$(VENV).log 2>&1 || { \
	  echo "$(PYTHON) cannot make virtual environments; on Debian: apt-get install python3-venv." >&2; \
	  rm -rf $(VENV) $(VENV).log; exit 1; }
	@rm -f $(VENV).log
