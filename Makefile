# Callsheet. Only python3 (3.11 or newer) and make are assumed; everything else is set up by `make setup`.
PYTHON ?= python3
PORT ?= 8000
DIR ?= ./demo
PY := .venv/bin/python
PYTEST := $(PY) -m pytest
# Where this is set, each of a hundred processes of the tests would compile all modules anew: a third of their time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test unit browser lint format web bench lock openapi migration docs wheel clean

help: ## Show this list
	@echo "Callsheet: the facts of your tools, your decisions, and one page a day that says what matters."
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

setup: ## Make .tools, .venv and the built UI (skipped when nothing changed)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Callsheet needs Python 3.11 or newer as $(PYTHON). Install it, or name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) scripts/setup.py

demo: setup ## Make the sample company and serve it at http://127.0.0.1:8000 (PORT=, DIR=)
	.venv/bin/callsheet demo --dir $(DIR) --port $(PORT)

test: setup ## Everything: browser present, lint, web checks, all tests
	$(PY) scripts/browser.py
	$(PY) scripts/postgres.py
	$(PY) scripts/clients.py
	$(PY) scripts/check.py

unit: setup ## The quick tests: no server, no process, no second engine, no browser
	$(PYTEST) -q -n 2 --dist loadscope -m "not integration and not slow and not engines"

browser: setup ## The browser tests
	$(PY) scripts/browser.py
	$(PYTEST) -q tests/browser

lint: setup ## ruff, mypy --strict, import contracts
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports

format: setup ## Format and mend what ruff can mend
	$(PY) -m ruff check --fix --quiet .
	$(PY) -m ruff format .

web: setup ## TypeScript strict and vitest
	$(PY) scripts/ui.py npm run check

bench: setup ## The benchmarks, against the figures in bench/RESULTS.md
	$(PY) -m bench

lock: setup ## Renew requirements.lock and web/package-lock.json
	.tools/bin/uv pip compile -q --upgrade --universal --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --group dev --extra postgres pyproject.toml -o requirements.lock
	$(PY) scripts/ui.py npm install --package-lock-only --omit-lockfile-registry-resolved

openapi: setup ## Regenerate openapi.json and the TypeScript client from the routes
	$(PY) scripts/openapi.py
	$(PY) scripts/ui.py npm run generate

migration: setup ## Write a migration of the book from the tables in the code: WHY="one sentence"
	PYTHONPATH=src $(PY) scripts/make_migration.py "$(WHY)" $(if $(ANEW),--anew)

docs: setup ## Regenerate the generated pages in docs/
	$(PY) scripts/make_docs.py

wheel: setup ## Build dist/*.whl with the UI in it
	$(PY) -m hatchling build -t wheel

clean: ## Remove everything that make made (not ./demo)
	rm -rf .tools .venv dist build web/node_modules src/callsheet/http/static .mypy_cache .ruff_cache .pytest_cache \
	  .import_linter_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
