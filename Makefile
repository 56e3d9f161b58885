# Everything runs in .venv, which is made from requirements.lock on first use.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PACKAGES := topologies sim faults analysis scenarios murmur.py

.DEFAULT_GOAL := help
.PHONY: help setup demo test bench docs validate ablations campaign clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## make .venv with the locked dependencies and this checkout in it

$(INSTALLED): pyproject.toml requirements.lock hatch_build.py $(wildcard sim/*.c) tests/simpy_suite/simpy-sdist.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Murmur needs Python 3.11 or later; set PYTHON=/path/to/it")'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python tests/simpy_suite/fetch_simpy_suite.py
	@touch $@

demo: setup ## run the built-in scenario gossip-mesh and draw how its rumour spreads
	$(BIN)/murmur run gossip-mesh
	$(BIN)/murmur plot runs/latest

test: setup ## lint, types, import contracts and tests: what must pass before a change is taken
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(PACKAGES)
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2

bench: setup ## measure Murmur beside plain SimPy and print the ratios
	$(BIN)/python tests/benchmarks

docs: setup ## build the site of the documentation into docs/_build/html
	$(BIN)/python -m sphinx -b html -W --keep-going -q docs docs/_build/html
	@echo docs/_build/html/index.html

validate: setup ## measure every published result in full and print it beside its reference (CI takes a quick look)
	$(BIN)/python -m tests.published

ablations: setup ## hunt and shrink what breaks in protocols without a safeguard, and write the table of docs/ablations.md
	$(BIN)/python tests/ablations.py

campaign: setup ## run 10,000 plans of faults against Raft with features drawn on or off, and write the table of docs/raft.md
	$(BIN)/python tests/raft_campaign.py --write

clean: ## remove .venv, caches and build output; keep runs/
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks build dist docs/_build docs/reference
	rm -f sim/*.so
	find $(PACKAGES) tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
