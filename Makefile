# AI Music Desktop: `make` alone says what there is.

VENV ?= .venv
PYTHON ?=
ARGS ?=
KILLS ?= 200
BIN := $(VENV)/bin
SETUP := PYTHON="$(PYTHON)" VENV="$(VENV)" packaging/setup.sh
# A hanging Qt teardown cannot be interrupted from inside; `timeout` ends it, where there is one.
LIMIT := $(if $(shell command -v timeout),timeout -s KILL 2400,)
DISPLAY_HERE := $(or $(DISPLAY),$(WAYLAND_DISPLAY),$(filter Darwin,$(shell uname)))
# Two at a time: tests wait for sound, clocks and programs more than they work.
PYTEST := $(LIMIT) $(BIN)/python -m pytest -n 2 --dist loadfile
CODE := aimusic_desktop tests benchmarks docs packaging resources

.DEFAULT_GOAL := help
.PHONY: help demo test unit setup screenshots lint format format-check types bench clean

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | awk -F '\t' '{ printf "  make %-14s %s\n", $$1, $$2 }'
	@echo "PYTHON= and VENV= choose another interpreter and environment; ARGS= goes to pytest."

demo: ## see the program at work, with songs of its own; without a display, a tour into demo-out/
	@$(SETUP) run
ifneq ($(DISPLAY_HERE),)
	$(BIN)/aimusic-desktop --demo
else
	rm -rf demo-out
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m aimusic_desktop.tour --out demo-out
endif

test: setup ## run every test, the end-to-end ones against real parts too
	$(PYTEST) $(ARGS)

unit: setup ## run all but the end-to-end tests
	$(PYTEST) -m "not end_to_end" $(ARGS)

setup: ## install everything development needs
	@$(SETUP) test

screenshots: setup ## take the pictures of the documentation anew
	$(BIN)/python docs/make_screenshots.py

lint: setup ## look for mistakes
	$(BIN)/ruff check $(CODE)

format: setup ## bring the code into its form
	$(BIN)/ruff format $(CODE)

format-check: setup ## fail where the form is not kept
	$(BIN)/ruff format --check $(CODE)

types: setup ## check the types, strictly
	$(BIN)/mypy

bench: setup ## measure, each figure beside its peer; KILLS= says how often saving is killed
	@missed=0; for script in startup gui_stalls drag throughput listening "kills --kills $(KILLS)"; do \
	  set -- $$script; name=$$1; shift; echo "== benchmarks/$$name.py"; \
	  $(BIN)/python benchmarks/$$name.py "$$@" || missed=1; done; exit $$missed

clean: ## remove what was made here
	rm -rf $(VENV) build dist demo-out .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
