# make demo: from nothing to a report.  make test: from nothing to passing tests.
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$p && break; done)
BIN := .venv/bin
OUT ?= forecast-demo
export MLFLOW_DISABLE_TELEMETRY := true

.PHONY: setup demo test test-all check bench services pictures lock clean

setup: .venv/complete

.venv/complete: requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer was not found; install it or say: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-setup.lock
	@# uv takes seconds where pip takes a minute and a half; where uv cannot reach the index, pip does it
	$(BIN)/uv pip install -q --compile-bytecode --system-certs --python $(BIN)/python --require-hashes -r requirements-dev.lock \
		|| $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup
	$(BIN)/forecast demo --out $(OUT)

test: setup
	$(BIN)/pytest -q -n 2 --dist loadfile -m "not e2e and not service"

test-all: setup
	$(BIN)/pytest -q -n 2 --dist loadfile -m "e2e or service" -rs

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/forecast specs check

bench: setup
	$(BIN)/python -m benchmarks --shared "$(SHARED)"

pictures: demo
	@# an earlier projection, so that there is something to compare with
	FORECAST_NOW=2025-12-01 $(BIN)/forecast train --known-at 2025-12-01 --workspace $(OUT)/workspace >/dev/null
	FORECAST_NOW=2025-12-01 $(BIN)/forecast project --known-at 2025-12-01 --budget-year 2026 --workspace $(OUT)/workspace
	$(BIN)/python docs/make_pictures.py $(OUT)/workspace $(OUT)/pictures

services: setup
	@command -v apt-get >/dev/null 2>&1 || { echo "make services installs from Debian's packages; here is no apt-get. Install PostgreSQL, Chromium, LibreOffice and poppler yourself; tests that miss one are skipped by name." >&2; exit 1; }
	@# the fonts are as wide as Arial, which DOCX and XLSX ask for: without them pages break elsewhere
	$(if $(filter 0,$(shell id -u)),,sudo )apt-get update -q
	DEBIAN_FRONTEND=noninteractive $(if $(filter 0,$(shell id -u)),,sudo -E )apt-get install -qq -y --no-install-recommends \
		postgresql chromium libreoffice-writer-nogui libreoffice-calc-nogui poppler-utils fonts-liberation
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-axe.lock
	@# the PDF checkers want packages of other versions than the service's
	$(PYTHON) -m venv .venv-pdfcheck
	.venv-pdfcheck/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-pdfcheck.lock

lock: setup
	$(BIN)/uv pip compile -q pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements-dev.lock
	$(BIN)/uv pip compile -q pyproject.toml --extra server --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -c requirements-dev.lock -o requirements.lock
	$(BIN)/uv pip compile -q requirements-setup.in --universal --generate-hashes --no-emit-index-url --no-header -o requirements-setup.lock

clean:
	rm -rf .venv .venv-pdfcheck build dist *.egg-info forecast-demo
