# Two commands do all the set-up: `make run` and `make test`. README.md tells the same without make.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
LOCKED := $(PIP) install --require-hashes
PROJECT := $(PIP) install -q --no-deps --no-build-isolation -e .
SOURCES := pyproject.toml $(wildcard requirements/*.txt)

.PHONY: run test check figures lock sbom audit clean

run: $(VENV)/installed
	@$(BIN)/reflect ingest --starter
	@$(BIN)/reflect serve

# mypy takes what the tests leave of the processors; what it says comes after them.
test: $(VENV)/installed-test
	@$(BIN)/python -m tests.browser
	$(BIN)/ruff check -q . && $(BIN)/ruff format -q --check .
	@types=$$(mktemp); nice $(BIN)/mypy >$$types 2>&1 & checking=$$!; \
		$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder; tested=$$?; \
		wait $$checking; checked=$$?; cat $$types; rm $$types; exit $$((tested | checked))

# What the reviews' own briefings give, where they lie beside the project.
figures: $(VENV)/installed-test
	@$(BIN)/python -m benchmarks.questions

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# On Linux the registry's torch takes gigabytes of CUDA. uv knows where its CPU build lies; where uv cannot reach that, pip takes
# what it is set up to find, and the registry's as the last resort.
$(VENV)/torch: requirements/torch-cpu.txt requirements/uv.txt | $(BIN)/python
	@if [ "$$(uname)" = Linux ]; then \
		$(LOCKED) -q -r requirements/uv.txt && UV_HTTP_TIMEOUT=20 $(BIN)/uv pip install -q --python $(BIN)/python --torch-backend=cpu \
			--no-deps --require-hashes -r requirements/torch-cpu.txt 2>/dev/null \
		|| $(LOCKED) -q --no-deps -r requirements/torch-cpu.txt 2>/dev/null \
		|| $(LOCKED) -r requirements/run.txt -r requirements/cuda.txt; \
	fi
	@touch $@

$(VENV)/installed: $(SOURCES) | $(VENV)/torch
	$(LOCKED) -r requirements/run.txt
	@$(PROJECT)
	@touch $@

$(VENV)/installed-test: $(SOURCES) | $(VENV)/torch
	$(LOCKED) -r requirements/test.txt
	@$(PROJECT)
	@touch $@ $(VENV)/installed

# Pins what is installed, each file by its sha256: after a change of pyproject.toml or constraints.txt. Asks the registry.
lock: $(VENV)/installed-test
	@$(LOCKED) -q -r requirements/uv.txt
	@$(BIN)/python -m requirements.lock
	@$(LOCKED) -q -r requirements/test.txt
	@$(BIN)/python -m requirements.licences

# A bill of materials for a release, in build/.
sbom: $(VENV)/installed-test
	@$(BIN)/python -m requirements.sbom

# Whether weaknesses are published for anything that is installed. Needs the internet.
audit: $(VENV)/tools/installed
	@$(VENV)/tools/bin/python -m requirements.audit

$(VENV)/tools/installed: requirements/tools.txt | $(BIN)/python
	$(PYTHON) -m venv $(VENV)/tools
	$(VENV)/tools/bin/python -m pip --disable-pip-version-check install -q --require-hashes -r requirements/tools.txt
	@touch $@

clean:
	rm -rf $(VENV) build *.egg-info
