# Everything happens in .venv; nothing needs the network a second time.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run install test lint bench demo lock clean

run: install
	$(BIN)/minsheng run

demo: install
	$(BIN)/minsheng demo

install: .venv/installed

test: .venv/tested-with
	$(BIN)/python -m pytest

lint: .venv/tested-with
	$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: .venv/tested-with
	$(BIN)/python -m benchmarks

# After a change of pyproject.toml; needs the network and the program uv.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock:
	$(LOCK) --all-extras --group build pyproject.toml -o requirements.lock
	$(LOCK) --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf .venv

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/tested-with: .venv/installed requirements-dev.lock tests/system.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m tests.system
	touch $@
