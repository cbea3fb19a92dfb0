# Two commands do all the set-up: `make run` and `make test`. README.md tells the same without make.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
SOURCES := pyproject.toml constraints.txt

.PHONY: run test check figures clean

run: $(VENV)/installed
	@$(BIN)/reflect ingest --starter
	@$(BIN)/reflect serve

test: $(VENV)/installed-test
	@$(BIN)/python -m tests.browser
	$(BIN)/python -m pytest
	$(BIN)/ruff check -q . && $(BIN)/ruff format -q --check . && $(BIN)/mypy

# What the reviews' own briefings give, where they lie beside the project.
figures: $(VENV)/installed-test
	@$(BIN)/python -m benchmarks.questions

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# On Linux an open requirement of torch takes gigabytes of CUDA. uv knows where its CPU build lies;
# where uv cannot reach it, pip takes what it is set up to find.
$(VENV)/torch: | $(BIN)/python
	@if [ "$$(uname)" = Linux ] && ! $(BIN)/python -c "import torch" 2>/dev/null; then \
		$(PIP) install -q uv && UV_HTTP_TIMEOUT=20 $(BIN)/uv pip install -q --python $(BIN)/python --torch-backend=cpu "torch==2.13.0" 2>/dev/null \
		|| $(PIP) install "torch==2.13.0"; \
	fi
	@touch $@

$(VENV)/installed: $(SOURCES) | $(VENV)/torch
	$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/installed-test: $(SOURCES) | $(VENV)/torch
	$(PIP) install -c constraints.txt -e ".[test]"
	@touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) build *.egg-info
