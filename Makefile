# Wijkcyclus: every target says after ## what it does; `make` alone prints them.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up
UV := $(shell command -v uv 2>/dev/null)
NPM := $(shell command -v npm 2>/dev/null)
BUILT := service/web/built
LETTER := node_modules/@fontsource-variable/source-sans-3/files/source-sans-3
WORKERS ?= 2
# Tests write and forget: in memory where there is plenty of it, so that they do not wait for the disk.
MEMORY := $(shell test "$$(df -k --output=avail /dev/shm 2>/dev/null | tail -1)" -gt 4000000 2>/dev/null && echo /dev/shm)
# What Python compiles is kept, whatever stands in the environment: tests start the command dozens of times.
TESTS = PYTHONDONTWRITEBYTECODE= $(if $(MEMORY),TMPDIR=$(MEMORY)) $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help setup screens run test sure format bench cycle pm4py lock pictures texts wheel clean

help: ## print this help
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## create .venv from the hash-locked requirements and install the command wijkcyclus in it

ifneq ($(UV),)
$(STAMP): requirements/dev.txt setup.cfg pyproject.toml $(wildcard package-lock.json)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@$(MAKE) --no-print-directory screens || echo "De bladzijden werken ook zo; make screens probeert het opnieuw."
	@touch $@
else
$(STAMP): requirements/dev.txt setup.cfg pyproject.toml $(wildcard package-lock.json)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(MAKE) --no-print-directory screens || echo "De bladzijden werken ook zo; make screens probeert het opnieuw."
	@touch $@
endif

screens: ## take htmx, a letter type and axe-core from npm, for quicker pages and their tests (setup does this)
ifeq ($(NPM),)
ifneq ($(UV),)
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/node.txt
else
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt
endif
endif
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci
	mkdir -p $(BUILT)
	cp node_modules/htmx.org/dist/htmx.min.js $(BUILT)/htmx.js
	cp $(LETTER)-latin-wght-normal.woff2 $(BUILT)/letter.woff2
	cp $(LETTER)-latin-ext-wght-normal.woff2 $(BUILT)/letter-meer.woff2

run: $(STAMP) ## set up, load the demo and serve it on http://127.0.0.1:8000 (PORT=...)
	@$(BIN)/wijkcyclus demo
	@$(BIN)/wijkcyclus serve --port $(PORT)

test: $(STAMP) ## set up and run all tests, on SQLite and on PostgreSQL
	$(TESTS)

sure: $(STAMP) ## format check, ruff, mypy --strict and all tests: run this before you commit
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(TESTS)

format: $(STAMP) ## put all code in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP) ## measure against the bare database and the bare framework; fails when a bar does not hold
	$(BIN)/python -m tests.bench

cycle: $(STAMP) ## play the whole year cycle of both cities, on SQLite and on PostgreSQL
	$(BIN)/python -m tests.cycle processes/delft/verhalen/jaarcyclus.toml processes/proefstad/verhalen/jaar.toml

pm4py: $(STAMP) ## let pm4py (AGPL, in an environment of its own) read back the event logs that we give out
	$(PYTHON) -m venv .venv-pm4py
	.venv-pm4py/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/pm4py.txt
	$(BIN)/python -m tests.optional .venv-pm4py/bin/python

lock: ## make the hash-locked requirements again from setup.cfg (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --upgrade --extra postgres --extra pdf -o requirements/runtime.txt setup.cfg
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --upgrade --extra dev -c requirements/runtime.txt -o requirements/dev.txt setup.cfg
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --upgrade -o requirements/pm4py.txt requirements/pm4py.in

pictures: $(STAMP) ## take a picture of every page in both languages, in build/pictures (needs Chromium)
	$(BIN)/python -m tests.browser.pictures build/pictures

texts: $(STAMP) ## find the texts of screens and process files, and bring the catalogues (.po) up to date
	$(BIN)/python -m service.web.catalogues

wheel: $(STAMP) ## build the wheel in dist/
	$(BIN)/python -m build --quiet --wheel --no-isolation --outdir dist .

clean: ## remove what was built and measured, not the data in var/
	rm -rf $(VENV) .venv-pm4py node_modules $(BUILT) build dist *.egg-info bench.json .pytest_cache .mypy_cache .ruff_cache .hypothesis
