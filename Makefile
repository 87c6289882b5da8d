# One word each, the same for a newcomer, a developer and CI.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development

.DEFAULT_GOAL := help
.PHONY: help setup serve test check fix eval bench lock clean

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST)

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "问策 needs Python 3.11 or newer; got " + sys.version)'
	$(PYTHON) -m venv $(VENV)

# pip 25.1 is the first that installs dependency groups.
$(RUNTIME): $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "安装依赖（首次约需两分钟）……"
	$(PIP) install --quiet "pip==26.3"
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

$(DEVELOPMENT): $(RUNTIME)
	$(PIP) install --quiet --constraint constraints.txt --group dev
	@touch $@

setup: $(RUNTIME) ## install what 问策 needs into .venv

serve: $(RUNTIME) ## page and API on http://127.0.0.1:8000
	$(BIN)/wence serve

test: $(DEVELOPMENT) ## every test, slow ones too
	$(BIN)/pytest

check: $(DEVELOPMENT) ## format, lint, types, import contracts, fast tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/pytest -m "not slow"

fix: $(DEVELOPMENT) ## format and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Settings of whoever runs it would compare their model with the built-in ones of the baseline.
eval: $(DEVELOPMENT) ## our own questions against the baseline: fails where a measure got worse
	WENCE_CHAT_MODEL= WENCE_EMBEDDING_MODEL= $(BIN)/wence eval run --baseline evals/baselines/own.jsonl

bench: $(RUNTIME) ## how fast it is
	$(BIN)/wence bench

lock: $(DEVELOPMENT) ## write the installed versions to constraints.txt
	$(PIP) freeze --exclude-editable | sed 's/ @ .*//; s/+cpu$$//' | grep '==' > constraints.txt

clean: ## remove the environment and caches
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis build *.egg-info
