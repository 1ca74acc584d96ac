# eduatlas: `make run` does the main job on the embedded sample portals, `make test` passes the tests.
# Each builds .venv from the hashed lock by itself. Nothing here needs root; targets that do, say so.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test test-faults test-platforms lint types check lock docs clean help
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 18

run: $(VENV)/.run ## harvest, refine, publish and export the sample portals into data/sample
	@$(BIN)/eduatlas run --sample

test: $(VENV)/.dev ## the tests; they need no network beyond loopback
	@$(BIN)/python -m pytest -q -n auto $(ARGS)

test-faults: $(VENV)/.dev ## kill -9 at 110 moments, 20 publishes under readers, full disks; about half an hour (full disks ask for root)
	@EDUATLAS_KILLS=100 EDUATLAS_RUN_KILLS=10 EDUATLAS_PUBLISHES=20 EDUATLAS_DISKS=8 \
	  $(BIN)/python -m pytest -q -o timeout=0 tests/flows/test_kills.py tests/flows/test_faults.py tests/warehouse/test_faults.py $(ARGS)

test-platforms: $(VENV)/.dev ## harvest real portal software on loopback; asks for root and Debian's packages
	@bash tests/platforms/install.sh && $(BIN)/python -m pytest -q -m platform tests/platforms

lint: $(VENV)/.dev ## style
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/.dev ## static types
	@$(BIN)/mypy

check: lint types test ## everything that .ci/run asks

lock: ## resolve the locks anew (needs uv on the PATH); they carry hashes and no index address
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --quiet --extra build -o requirements.lock
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --quiet -c requirements.lock --extra build --extra dev -o requirements-dev.lock

clean: ## remove what was built; data stays
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) not found. Install Python 3.11 or newer, or say PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $$($(PYTHON) --version) is too old; Python 3.11 or newer is needed (PYTHON=python3.12 make ...)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "make: this Python cannot make virtual environments; install its venv package (Debian and Ubuntu: apt install python3-venv)" >&2; exit 1; }
	@echo "make: building $(VENV)" && $(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/python
	@echo "make: installing the pinned run-time packages"
	@$(PIP) install --require-hashes --no-deps -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "make: installing the pinned development packages"
	@$(PIP) install --require-hashes --no-deps -r requirements-dev.lock
	@touch $@
