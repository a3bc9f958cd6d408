# Liqu (立取). 'make demo' runs a hall; 'make test' runs every check; the rest helps those who work on it.

SHELL := /bin/bash
PYTHON := .venv/bin/python
# Chromium in the tests shows Chinese with the fonts that set-up fetched.
export FONTCONFIG_FILE := $(CURDIR)/assets/setup/fonts.conf
export KIVY_HOME := $(CURDIR)/var/kivy

.DEFAULT_GOAL := help
.PHONY: help setup setup-run lock demo demo-pictures test check audit format journey bench load kills fuzz catalogues bare clean

help: ## says what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## fetches and makes what the repository does not hold
	@assets/setup/setup.sh test

setup-run:
	@assets/setup/setup.sh run

demo: setup-run ## a hall on this machine until Ctrl-C (DEMO=--check: up, looked at, down)
	@$(PYTHON) -m assets.demo.run $(DEMO)

demo-pictures: ## what the demo's virtual screens show now, in var/demo/screens
	@$(PYTHON) -m assets.demo.pictures

# Two at a time, a file each: much of a test of screens, browsers and servers is waiting.
test: setup check audit ## every check and test
	@$(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: ## form, style, types, and who may import whom
	@$(PYTHON) -m ruff format --check --quiet . || { echo "some files want 'make format'"; exit 1; }
	@$(PYTHON) -m ruff check --quiet .
	@$(PYTHON) -m mypy --strict
	@.venv/bin/lint-imports --no-logo

audit: ## known vulnerabilities of the packages in the lock (MUST=1: fails where the source cannot be reached)
	@$(PYTHON) assets/setup/audit.py $(if $(MUST),--must)

format: ## lays out the code and mends what can be mended by itself
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

journey: setup ## one visit through the real processes; pictures and sheets in var/journey
	@$(PYTHON) -m pytest tests/journey

bench: setup ## the figures, on standard output and in var/bench.json
	@$(PYTHON) -m tests.bench $(DEMO)

fuzz: setup ## feeds everything that reads from outside with anything, for SECONDS each
	@$(PYTHON) -m tests.fuzz --seconds $(or $(SECONDS),60)

load: setup ## plays a city at full size, figures in var/load.json (LOAD="hall --minutes 30", LOAD="city --halls 100")
	@$(PYTHON) -m tests.load $(LOAD)

kills: setup ## kills the server a thousand times and the kiosk two hundred under load (KILLS=100,20: fewer)
	@KILLS=$(KILLS) $(PYTHON) -m tests.bench bench_kills

catalogues: setup ## collects sentences to translate into assets/locales
	@$(PYTHON) assets/setup/catalogues.py update

lock: ## makes uv.lock anew after a change of pyproject.toml (UPGRADE=1: newest versions)
	@assets/setup/lock.sh $(if $(UPGRADE),--upgrade)

bare: ## proves set-up, demo and tests on a bare Debian 12 in a folder (root; WHAT='make test')
	@assets/setup/bare.sh $(WHAT)

clean: ## removes what set-up and the tests made (but the voice pack, which may be yours)
	rm -rf .venv node_modules var assets/fonts assets/icons/*.png .mypy_cache .ruff_cache .pytest_cache
