# Everything here works from a clone with make and python3 (3.11 or newer); nothing else needs to be there.
PYTHON ?= python3
VENV   ?= .venv
PROMPT ?= a parrot flies over a beach at sunset
PRESET ?= s
TORCH  ?=
# The prompt travels through the environment, so that quotes and backticks in it are text and never run.
export PROMPT TORCH

BIN     := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt

.PHONY: video serve demo test check train eval eval-marks bench chaos size

video: $(VENV)/.ready-run                # make video PROMPT="a cat jumps"
	@$(BIN)/vitascope generate "$$PROMPT"

serve: $(VENV)/.ready-serve              # the Sora API on this machine: a desk and a worker
	@$(BIN)/vitascope serve

demo: $(VENV)/.ready-demo                # the public page, for VITASCOPE_SERVER, with a public guest pass in VITASCOPE_KEY
	@$(VENV)/demo/bin/python -c 'from vitascope.cli.entry import run; run()' demo

test: $(VENV)/.ready-dev $(VENV)/.ready-demo $(VENV)/.ready-s3 $(if $(filter 1,$(TORCH)),$(VENV)/.ready-train)   # make test TORCH=1 for all of them
	$(BIN)/python -m pytest -n 2

check: $(VENV)/.ready-dev                # style, contracts, types, and the rules of the house
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_house.py tests/test_docs.py

train: $(VENV)/.ready-train              # make train PRESET=s: the shipped weights, from nothing
	PRESET=$(PRESET) runs/train.sh

eval: $(VENV)/.ready-train               # does a clip show what was asked?
	$(BIN)/python -m vitascope.training.evals --preset $(PRESET)

eval-marks: $(VENV)/.ready-dev           # is the mark found, is it seen, what does it cost? Goes on where it was stopped
	$(BIN)/python -m vitascope.bench.marks
	$(BIN)/python -m vitascope.bench.origin

bench: $(VENV)/.ready-bench              # a clip on this machine, beside torch and diffusers; writes docs/benchmarks.md
	$(BIN)/python -m vitascope.bench.run --model $(PRESET)

chaos: $(VENV)/.ready-serve              # desk and workers killed with -9 while jobs are ordered: none lost, none ended twice
	$(BIN)/python -m vitascope.bench.chaos

size:                                    # lines per file, largest last
	@find src -name '*.py' | xargs wc -l | sort -n | tail -20

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is older than 3.11; name a newer one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "python3 has no venv module: install your system's python3-venv package"; rm -rf $(VENV); exit 1; }

$(VENV)/.ready-run: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) -e .
	@touch $@

# An S3-compatible server to test against, in an environment of its own: it needs older versions of what we use, too.
$(VENV)/.ready-s3: | $(BIN)/python
	$(BIN)/python -m venv $(VENV)/s3
	$(VENV)/s3/bin/python -m pip install -q --disable-pip-version-check 'moto[server]==5.1.*'
	@touch $@

# The demo's page likewise: Gradio wants an older Pillow. The demo is a client and needs nothing else of the house.
$(VENV)/.ready-demo: src/vitascope/demo/requirements.txt constraints-demo.txt | $(BIN)/python
	$(BIN)/python -m venv $(VENV)/demo
	$(VENV)/demo/bin/python -m pip install -q --disable-pip-version-check -c constraints-demo.txt \
	  -r src/vitascope/demo/requirements.txt typer rich
	$(VENV)/demo/bin/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.ready-serve: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) -e '.[serve]'
	@touch $@ $(VENV)/.ready-run

$(VENV)/.ready-dev: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) -e '.[dev]'
	@touch $@ $(VENV)/.ready-run

# torch first and by its exact version: pip then takes a CPU build where one is on offer. Where none is, Linux gets the
# CUDA build, which is several gigabytes.
$(VENV)/.ready-train: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) torch==2.13.0
	$(INSTALL) -e '.[train]'
	@touch $@ $(VENV)/.ready-run

$(VENV)/.ready-bench: $(VENV)/.ready-train
	$(INSTALL) -e '.[bench]'
	@touch $@
