# Every target does its own set-up, into .venv and .local. Needs make and Python 3.11 or newer, nothing else.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
.DEFAULT_GOAL := help

.PHONY: help run op test crash fuzz gameday triage-report picture check-rules lint format types template scan audit sbom build check-build \
	bench scale setup lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run ## Start the whole stack on this machine and play a real scenario; ARGS=--once ends after it
	@$(BIN)/python -m infra.local up $(ARGS)

op: $(VENV)/.run ## Run an operator's command; ARGS='events --limit 5', ARGS=--help lists them
	@$(BIN)/python -m infra.operate $(ARGS)

test: $(VENV)/.dev .local/aws-plane/.ready ## Run all tests
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(ARGS)

crash: $(VENV)/.dev ## Let every external call fail in every way, then in pairs; ARGS='--pairs N|all --seed S'
	@$(BIN)/python -m tests.crash $(ARGS)

fuzz: $(VENV)/.dev ## Throw twenty times as much at whatever comes from outside as `make test` does
	@$(BIN)/python -m pytest tests/fuzz tests/integration/test_histories.py --hypothesis-profile=deep --timeout=1800 $(ARGS)

triage-report: $(VENV)/.dev ## Score the diagnosis on the labelled cases, beside two naive decision trees
	@$(BIN)/python -m tests.triage

picture: $(VENV)/.dev ## Take the picture of the dashboard that the README shows; needs Chromium
	@rm -f .local/screenshots/dashboard.png
	@$(BIN)/python -m pytest -q -p no:xdist -p no:cacheprovider tests/browser/test_picture.py
	@cp .local/screenshots/dashboard.png docs/dashboard.png

gameday: $(VENV)/.dev .local/aws-plane/.ready ## Let vendors, tokens and our own code fail on the local stack, and grade it; ARGS='token' or --turned-clock
	@$(BIN)/python -m tests.gameday $(ARGS)

check-rules: $(VENV)/.run ## Check functions/steward.toml; ARGS='FILE --live' another file, also against Notion's live schema
	@$(BIN)/python -m infra.operate rules check $(ARGS)

lint: $(VENV)/.dev ## Check style, types and the template
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(MAKE) --no-print-directory template

template: $(VENV)/.dev .local/sam/.ready ## Check template.yaml: sam validate, cfn-lint on the source and on what the SAM macro makes of it
	@PATH="$(CURDIR)/.local/sam/venv/bin:$$PATH" $(BIN)/python -m infra.template

scan: $(VENV)/.dev .local/scan/.ready ## Scan the templates, the workflows and all files for faults and secrets; ARGS=--accept
	@$(BIN)/python -m infra.scan $(ARGS)

audit: .local/supply/.ready ## Look every pinned version up among the known vulnerabilities; needs a network
	@.local/supply/venv/bin/python -m infra.supply audit

sbom: $(VENV)/.dev .local/supply/.ready ## Write what ships as .local/sbom.json (CycloneDX), and its licences to docs/licences.md
	@$(BIN)/python -m infra.supply sbom

build: $(VENV)/.run .local/sam/.ready ## Build what `sam deploy` deploys, with its bytecode; needs Python 3.13 on the path
	@PATH="$(CURDIR)/.local/sam/venv/bin:$$PATH" sam build $(ARGS)
	@$(BIN)/python -m infra.bytecode

check-build: $(VENV)/.dev .local/sam/.ready ## Build as it is deployed, without Docker, and look at what was made; says so where Python 3.13 is missing
	@$(BIN)/python -m infra.check_build

format: $(VENV)/.dev ## Format the code
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

bench: $(VENV)/.dev .local/aws-plane/.ready .local/sam/.ready ## Measure, each figure as a ratio to a floor of the same run; fails if a cold start of what ships is above its promise
	@$(BIN)/python -m tests.bench $(ARGS)

scale: $(VENV)/.dev ## Simulate a day of events at every size; ARGS=--write writes docs/scale.md
	@$(BIN)/python -m tests.scale $(ARGS)

setup: $(VENV)/.dev .local/aws-plane/.ready .local/sam/.ready .local/scan/.ready ## Install everything that any target needs

lock: .local/uv/.ready ## Pin every requirement again, with hashes, from the *.in files
	@PATH="$(CURDIR)/.local/uv/venv/bin:$$PATH" $(PYTHON) -m infra.lock

clean: ## Remove what the other targets made
	@rm -rf $(VENV) .local .aws-sam .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Stamps. What `make run` needs is a subset of what `make test` needs, and is installed first, because it is small.
$(VENV)/.run: infra/local/requirements.txt
	@$(PYTHON) -m infra.local.setup run

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@$(PYTHON) -m infra.local.setup dev

.local/aws-plane/.ready: infra/local/aws_plane/requirements.txt
	@$(PYTHON) -m infra.local.setup aws-plane

.local/sam/.ready: infra/sam/requirements.txt
	@$(PYTHON) -m infra.local.setup sam

.local/scan/.ready: infra/scan/requirements.txt
	@$(PYTHON) -m infra.local.setup scan

.local/supply/.ready: infra/supply/requirements.txt
	@$(PYTHON) -m infra.local.setup supply

.local/uv/.ready: infra/uv/requirements.txt
	@$(PYTHON) -m infra.local.setup uv
