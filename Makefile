# `make sweep` and `make test` need nothing but make and a Python; `make` alone lists the rest.
.DEFAULT_GOAL := help
.PHONY: help setup sweep test test-all lint mutants ui best-model serve report bench clean

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
SEARCH := lstm_vs_gru
# The sweep that a command works on, where ARGS names no other.
SWEEP = $(if $(filter name=% +search=% search=%,$(ARGS)),,name=$(SEARCH))
BENCH := $(BIN)/python experiments/benchmark
IN_RANGE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
# Given on the command line: more words for the command, the Python to start from, what `bench` runs on
# and what it compares with.
ARGS :=
PYTHON :=
DATA :=
PEER :=

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile
	@echo "More words reach the command by ARGS, as in: make sweep ARGS='search.trials=4 data.path=messages.csv'"

setup: $(INSTALLED) ## Create .venv and install the pinned packages

sweep: $(INSTALLED) ## Tune LSTM against GRU on the built-in corpus; run it again to resume
	$(BIN)/python -m sweep +search=$(SEARCH) $(ARGS)

test: $(INSTALLED) ## Run the quick tests
	$(BIN)/python -m pytest -m "not slow" $(ARGS)

test-all: $(INSTALLED) ## Run every test, the slow ones too
	$(BIN)/python -m pytest $(ARGS)

lint: $(INSTALLED) ## Check style, types and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

mutants: $(INSTALLED) ## Break the code in a hundred ways and see that a test notices each
	$(BIN)/python experiments/mutants/run.py $(ARGS)

ui: $(INSTALLED) ## Show the runs on a page of this machine
	$(BIN)/python -m sweep ui $(ARGS)

best-model: $(INSTALLED) ## Write the winner to best-model/ and register it
	$(BIN)/python -m sweep export $(SWEEP) $(ARGS)

serve: $(INSTALLED) ## Answer over HTTP with best-model/, on this machine
	$(BIN)/python -m sweep serve model=best-model $(ARGS)

report: $(INSTALLED) ## Write the sweep's report again
	$(BIN)/python -m sweep report $(SWEEP) $(ARGS)

bench: $(INSTALLED) ## Run the benchmarks, two hours: make bench DATA=SMSSpamCollection PEER=plain_sweep.py
	@test -n "$(DATA)" || { echo "make bench needs the SMS collection: make bench DATA=SMSSpamCollection" >&2; exit 2; }
	$(BENCH)/start.py
	$(BENCH)/overhead.py --data "$(DATA)" --times 2 $(ARGS)
	$(BENCH)/overhead.py --data "$(DATA)" --times 2 --epochs 12 --name overhead_long $(ARGS)
	$(BENCH)/ablations.py --data "$(DATA)" --first 4 $(ARGS)
	$(BENCH)/workers.py --data "$(DATA)" $(ARGS)
	$(BENCH)/growth.py
	$(BENCH)/passes.py
	$(BENCH)/memory.py
	test -z "$(PEER)" || $(BENCH)/rounds.py --name same_work_sms --data "$(DATA)" --peer "$(PEER)"
	test -z "$(PEER)" || $(BENCH)/target.py --data "$(DATA)" --peer "$(PEER)"
	$(BENCH)/plots.py

clean: ## Remove what tools left behind; runs/, best-model/ and .venv stay
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests experiments -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(INSTALLED): pyproject.toml constraints.txt | $(BIN)/python
	@$(BIN)/python -c '$(IN_RANGE)' || { \
		echo "$(VENV) holds another Python than 3.11, 3.12 or 3.13; remove that folder and run make again." >&2; exit 1; }
	@echo "Installing the pinned packages into $(VENV); the first time takes some minutes."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,postgres,vectors]'
	@touch $@

$(BIN)/python:
	@for python in $(PYTHON) python3.11 python3.12 python3.13 python3; do \
		$$python -c '$(IN_RANGE)' 2>/dev/null || continue; \
		$$python -m venv $(VENV) && exit 0; \
		rm -rf $(VENV); \
		echo "$$python cannot make $(VENV); on Debian and Ubuntu the package python3-venv is missing." >&2; exit 1; \
	done; \
	echo "No Python 3.11, 3.12 or 3.13 is here. Install one, or name it: make setup PYTHON=/path/to/python3.11" >&2; \
	exit 1
