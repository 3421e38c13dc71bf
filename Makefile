# Liên Thư. `make` lists the targets.
SHELL := /bin/bash
# The distribution's own Python where it can make environments: it is built for speed (a sixth quicker than a plain
# build) and gets security updates whatever stands before it in the PATH. PYTHON=... chooses another.
PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo /usr/bin/python3 || echo python3)
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
NPM_STAMP := node_modules/.installed
MESSAGES := $(shell find src -name '*.po' 2>/dev/null)

# Every process loads hundreds of modules: they are compiled once, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run test check lint types format lock bench clean browser

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) $(NPM_STAMP) $(VENV)/.messages ## install what is needed into the checkout; nothing when nothing changed

$(STAMP): requirements/base.txt requirements/dev.txt requirements/alone.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed.") if sys.version_info < (3, 11) else None'
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || { echo "The venv module is missing: apt-get install python3-venv"; exit 1; }
	$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements/base.txt -r requirements/dev.txt
	$(PY) -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements/alone.txt
	$(PY) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(NPM_STAMP): package.json package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: apt-get install npm"; exit 1; }
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(VENV)/.messages: $(STAMP) $(MESSAGES)
	$(PY) tools/compile_messages.py
	@touch $@

run: setup ## start everything (address and sample accounts are printed); Ctrl-C stops it
	@exec $(VENV)/bin/lienthu run

test: setup browser ## run all tests; those in tests/architecture check the code as "make check" does
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

browser: # browser tests need a Chromium; as root Debian's is installed, otherwise they are skipped with a clear line
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } \
	  || echo "No Chromium: the browser tests will be skipped (apt-get install chromium)."; }

check: setup lint types ## lint, architecture and types

lint: setup
	$(VENV)/bin/ruff check -q src tests tools benchmarks conftest.py
	$(VENV)/bin/ruff format -q --check src tests tools benchmarks conftest.py
	$(VENV)/bin/lint-imports --config .importlinter | tail -n 3

types: setup  # its plugin loads the settings: a database is named so that none is started
	DATABASE_URL=postgresql://types $(VENV)/bin/mypy --no-error-summary

format: setup ## format the code
	$(VENV)/bin/ruff check -q --fix src tests tools benchmarks conftest.py
	$(VENV)/bin/ruff format -q src tests tools benchmarks conftest.py

bench: setup ## measure import and search at 100,000 records
	$(VENV)/bin/lienthu bench import --records 100000
	$(VENV)/bin/lienthu bench search --records 100000

lock: ## make the lock files anew from requirements/*.in (needs uv)
	for f in base dev alone; do uv pip compile -q --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --python-version 3.11 $$([ $$f = alone ] && echo --no-deps) requirements/$$f.in -o requirements/$$f.txt; done

clean: ## remove what was installed (the data folder stays)
	rm -rf $(VENV) node_modules
