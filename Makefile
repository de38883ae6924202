# Two commands: `make demo` shows the service, `make test` proves it. `make help` lists the rest.

# macOS has GNU make 3.81, which knows no .SHELLFLAGS, and bash 3.2: each line below must also fail by itself, as it should.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8080
# Processes for the tests; two suit two cores.
JOBS ?= 2
# The sources that an editable install depends on; a change in any of them installs again.
PROJECTS := pyproject.toml $(wildcard policies/*/pyproject.toml)
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-header --no-annotate

# Homebrew on Apple silicon keeps Pango where the system's loader does not look.
PANGO := $(if $(wildcard /opt/homebrew/lib),DYLD_FALLBACK_LIBRARY_PATH=/opt/homebrew/lib:/usr/local/lib:/usr/lib)

# Without compiled files every process would compile a hundred thousand lines again, two seconds each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help bootstrap demo test test-long bench lint format lock wheels clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

bootstrap: .venv/dev.stamp ## Make .venv with everything that tests and lint need (does nothing when nothing changed)
	@$(BIN)/python scripts/static_files.py --tests

demo: .venv/demo.stamp ## Start the whole service with six councils and invented families (PORT=8080; FRESH=1 throws its data away first)
	@$(BIN)/python scripts/static_files.py
	@exec $(BIN)/portage demo --port $(PORT) $(if $(FRESH),--fresh)

# `dev` contains `demo`, so a machine that has been bootstrapped installs nothing more for the demo.
.venv/demo.stamp: requirements/demo.txt requirements/assets.txt scripts/bootstrap.py $(PROJECTS)
	@$(PYTHON) scripts/bootstrap.py demo

.venv/dev.stamp: requirements/dev.txt scripts/bootstrap.py $(PROJECTS)
	@$(PYTHON) scripts/bootstrap.py dev

test: bootstrap ## Run every promise in parallel, the browser included; ends with pytest's summary
	@$(PANGO) $(BIN)/python scripts/system_packages.py
	@$(BIN)/python scripts/static_files.py --tests
	@$(PANGO) $(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile -m "not long" --ignore tests/bench $(ARGS)

test-long: bootstrap ## Run kills, fuzz and load at full length
	@$(PANGO) $(BIN)/python scripts/system_packages.py
	@$(BIN)/python scripts/static_files.py --tests
	@$(PANGO) PORTAGE_TEST_LENGTH=full $(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile --ignore tests/bench $(ARGS)

bench: bootstrap ## Measure speed against floors measured in the same run (docs/performance.md)
	@$(BIN)/python -m pytest -q -p no:xdist tests/bench --bench $(ARGS)

lint: bootstrap ## Check style, types, the arrows between packages, sizes and secrets
	@$(BIN)/python scripts/lint.py

format: bootstrap ## Put the code into the form that lint asks for
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format .

lock: .venv/dev.stamp ## Choose versions again and write requirements/*.txt with hashes (UPGRADE=1 takes the newest)
	@$(LOCK) $(if $(UPGRADE),--upgrade) --extra dev -o requirements/dev.txt
	@$(LOCK) -c requirements/dev.txt -o requirements/runtime.txt
	@for extra in demo assets pdf suggest; do \
		$(LOCK) -c requirements/dev.txt --extra $$extra -o requirements/$$extra.txt || exit 1; done
	@$(BIN)/python scripts/wheels.py

wheels: bootstrap ## Check that every locked package has a wheel for Linux and macOS (asks the index, installs nothing)
	@$(BIN)/python scripts/wheels.py

clean: ## Remove .venv, caches and compiled front end (never the demo's data)
	rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
		platform/portage/web/static/govuk
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
