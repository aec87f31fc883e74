# make run: the site with its demo cast. make test, make check: what a change has to pass.
# A fresh machine needs Python 3.11 and make only; pip's own settings (index, certificates) are honoured.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   ?= .venv
ADDRESS ?= 127.0.0.1:8000
UV     ?= uv

BIN    := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
BASE   := $(VENV)/base.stamp
DEV    := $(VENV)/dev.stamp
PYTEST := $(BIN)/python -m pytest
CODE   := manage.py gunicorn.conf.py benchmarks caracol conduct grievances tests

.PHONY: run test check test-services browser load pictures bench lock fmt messages
.DELETE_ON_ERROR:

run: export DEMO := 1
run: $(BASE)
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) migrate --database keys --verbosity 0
	@$(MANAGE) collectstatic --noinput --verbosity 0
	@$(MANAGE) load_code conduct/code.toml
	@$(MANAGE) recovery_kit --demo
	@$(MANAGE) demo
	@trap 'trap - EXIT INT TERM; kill $$work $$web 2>/dev/null; wait' EXIT INT TERM; \
	$(MANAGE) work & work=$$!; \
	$(BIN)/gunicorn --bind $(ADDRESS) caracol.wsgi & web=$$!; \
	wait $$web

test: $(DEV)
	$(PYTEST) -n auto $(ARGS)

# What mypy and Django's checks make on the way (secrets, empty databases) stays out of var/.
check: export VAR_DIR := $(abspath $(VENV))/check
check: export DEMO := 1
check: $(DEV)
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/hadolint Dockerfile
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) check --fail-level WARNING

# Throw-away databases are made and dropped on the servers named here; set others to use others.
test-services: export DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/caracol
test-services: export KEYS_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/caracol_keys
test-services: export REDIS_URL ?= redis://127.0.0.1:6379/9
test-services: export SECRET_KEY ?= a secret of tests, and of nothing else
test-services: export CONTACT_KEY ?= another secret of tests, and of nothing else
test-services: export LEDGER_KEY ?= a third secret of tests, and of nothing else
test-services: $(DEV)
	$(PYTEST) -n auto --maxprocesses 4 -m "services or everywhere" --force-enable-socket $(ARGS)

browser: $(DEV)
	$(PYTEST) -n 2 -m browser --force-enable-socket $(ARGS)

# A mixed load of every role, on databases and a port of its own: see benchmarks/load.py. Nothing else should run then.
MINUTES ?= 10
load: $(DEV)
	$(BIN)/python -m benchmarks.load --minutes $(MINUTES) $(ARGS)

# The guides' pictures, by the same tests.
pictures: $(DEV)
	$(PYTEST) -m browser --force-enable-socket --pictures tests/browser/test_stories.py tests/browser/test_brought_in.py $(ARGS)

# Ratios within one run, on both databases: docs/performance.md. A quick look: make bench ARGS="--cases 1000".
bench: $(DEV)
	$(BIN)/python -m benchmarks $(ARGS)

fmt: $(DEV)
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

# Bring the Spanish catalogue to what the source marks, and compile it: then fill in what is new in locale/es.
messages: $(DEV)
	$(BIN)/python -m tests.language.catalogue

# The lock names versions and hashes and no registry host: whoever installs says where from.
LOCKED := $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet
lock:
	$(LOCKED) requirements/base.in --output-file requirements/base.txt
	$(LOCKED) requirements/dev.in --output-file requirements/dev.txt

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(BASE): requirements/base.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes --requirement $<
	@touch $@

$(DEV): requirements/dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes --requirement $<
	@touch $@ $(BASE)
