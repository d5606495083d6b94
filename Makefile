# Everything a newcomer needs. Each target sets up what it uses in .venv by itself.
.DEFAULT_GOAL := help
.PHONY: help serve lab test test-deploy lint types unit bench bench-room screenshots clean

PYTHON ?= $(shell scripts/find-python.sh)
BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8866

# Servers, kernels and tests start many processes; without what was compiled before, each would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

help:  ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 22

# Not compiled: most of what is installed is never imported, and what is compiles once, at its first import.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt

.venv/.runs: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (with its venv module) and was not found." >&2; exit 2; }
	@echo "Setting up .venv; this is done once."
	@$(PYTHON) -m venv .venv
	@$(PIP) -e .
	@touch $@

.venv/.tests: .venv/.runs
	@$(PIP) -e '.[test]'
	@touch $@

.venv/.bench: .venv/.tests
	@$(PIP) -e '.[bench]'
	@touch $@

# What is measured beside ours has an environment of its own: nothing of it may change what the workbook runs on.
.venv-peers/.made: bench/peers/requirements.txt constraints.txt | .venv/.runs
	@$(PYTHON) -m venv .venv-peers
	@.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt -r $<
	@touch $@

serve: .venv/.runs  ## the workbook as apps, for a room (HOST=0.0.0.0 lets phones in)
	@$(BIN)/mlmgmt serve --host $(HOST) --port $(PORT)

lab: .venv/.runs  ## the workbook in JupyterLab
	@$(BIN)/mlmgmt lab $(if $(filter command line,$(origin PORT)),--port $(PORT))

test: lint types unit  ## everything that must hold, in a real browser too

lint: .venv/.tests
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: .venv/.tests
	@$(BIN)/mypy

unit: .venv/.tests
	@scripts/find-chromium.sh >/dev/null
	@# Files in their order: those with few and long tests, which drive browsers, would come last otherwise, one by one.
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-deploy: .venv/.tests  ## deploy/: two servers behind nginx on one PostgreSQL, one is killed (installs nginx)
	@nginx=$$(scripts/find-nginx.sh) && NGINX=$$nginx MLMGMT_TEST_DEPLOY=1 $(BIN)/python -m pytest -n 0 tests/deploy

bench: .venv/.bench .venv-peers/.made  ## ratios against plain Voila, Panel, Streamlit, a bare bincount and plain NumPy
	@scripts/find-chromium.sh >/dev/null
	@$(BIN)/python -m bench

bench-room: .venv/.bench .venv-peers/.made  ## a hundred people in one room, ours and stock Voila (ROOM="--participants 30")
	@scripts/find-chromium.sh >/dev/null
	@$(BIN)/python -m bench.room $(ROOM)

screenshots: .venv/.tests  ## the pictures in the README, made anew
	@scripts/find-chromium.sh >/dev/null
	@$(BIN)/python -m scripts.screenshots

clean:  ## takes the environment away again
	rm -rf .venv .venv-peers
