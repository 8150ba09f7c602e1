# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: help setup develop demo serve test slow check bench docs clean

help:  ## what there is
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/'

$(VENV)/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) -e .
	touch $@

$(VENV)/developed: $(VENV)/ready
	$(PIP) -e '.[dev]'
	touch $@

$(VENV)/served: $(VENV)/ready
	$(PIP) -e '.[web]'
	touch $@

setup: $(VENV)/ready  ## the package in a virtual environment
develop: $(VENV)/developed  ## the same with what tests and checks need

demo: setup  ## enlarge the sample photo and show before and after
	$(BIN)/python examples/demo.py

serve: $(VENV)/served  ## the page and the service: http://127.0.0.1:8000, Ctrl-C stops it
	$(BIN)/ganvas serve

# in a process of their own: a training after ONNX Runtime and OpenVINO in the same one has crashed (docs/export.md, limits)
ENGINES := tests/enhancement/test_engines.py tests/enhancement/test_exports.py tests/cli/test_export.py

# a worker on each core: threads of their own would only be in each other's way (22 minutes in place of 5)
test: develop  ## the tests, without the long trainings
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n 2 --dist worksteal $(ENGINES:%=--ignore=%)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q $(ENGINES)

slow: develop  ## the long trainings among the tests
	$(BIN)/python -m pytest -q -m slow

check: develop  ## format, lint, types, import layers, links
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python tests/links.py

bench: develop  ## speed and memory against the plain path, enlarging and training; engines against each other
	$(BIN)/python benchmarks/enhance.py
	$(BIN)/python benchmarks/step.py
	$(BIN)/python benchmarks/engines.py

docs: develop  ## the documentation, into site/: open site/index.html
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

clean:  ## remove the environment and what the demo and the documentation made
	rm -rf $(VENV) demo site
