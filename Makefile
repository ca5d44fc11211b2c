# Everything a newcomer needs. Each target works as the first command in a fresh clone.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
STAMP := $(VENV)/.requirements.sha256
PORT ?= 8000
PATIENTS ?= 200

.PHONY: help setup demo test check format lint types imports migrations docs docs-check trace bench bench-planner screenshots clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-14s %s\n", $$1, $$2}'

setup:  ## build .venv from the lock file; does nothing when it is current
	@PYTHON=$(PYTHON) sh tools/setup.sh $(VENV) $(STAMP)

demo: setup  ## set up, make a demo program and serve it on 127.0.0.1
	$(RUN)/openinfusion demo --patients $(PATIENTS) --port $(PORT)

test: setup  ## all tests, on SQLite and PostgreSQL
	$(RUN)/python tools/run_tests.py

check: setup format lint types imports migrations docs-check test  ## what CI runs

format: setup
	$(RUN)/ruff format --check openinfusion tests tools

lint: setup
	$(RUN)/ruff check openinfusion tests tools

types: setup
	$(RUN)/mypy openinfusion

imports: setup  ## the house: what may import what
	$(RUN)/lint-imports

migrations: setup  ## models and migrations agree
	OPENINFUSION_DATA_DIR=$(VENV)/var $(RUN)/openinfusion manage makemigrations --check --dry-run

docs: setup  ## write the generated reference
	OPENINFUSION_DATA_DIR=$(VENV)/var $(RUN)/python -m openinfusion.project.reference docs/reference

docs-check: setup  ## the generated reference is current
	OPENINFUSION_DATA_DIR=$(VENV)/var $(RUN)/python -m openinfusion.project.reference docs/reference --check

trace: setup  ## run every safety test with its control off and write the hazard trace table
	$(RUN)/python tools/trace_hazards.py

bench: setup  ## measured figures, written to docs/benchmarks.md
	$(RUN)/python tests/bench/run.py

bench-planner: setup
	$(RUN)/python tests/bench/planner_bench.py

screenshots: setup  ## pictures of the README, made from the demo
	$(RUN)/python tools/screenshots.py

clean:
	rm -rf $(VENV) var
