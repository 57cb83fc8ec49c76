# make run   sets up and publishes the built-in sample region
# make test  sets up and passes the tests
# make help  lists the rest

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help run test lint types docs lock bench validate clean

help:
	@echo "make run    set up, generate the sample region, publish it and say where"
	@echo "make test   set up and run the tests"
	@echo "make lint   check style of Python and SQL"
	@echo "make types  check types"
	@echo "make docs   rewrite the pages of docs that are made from the code"
	@echo "make bench  time joins on BENCH_DATA, beside what else there is, and draw their growth"
	@echo "make validate  hold estimates against planted truth, a quarter of an hour, and write docs/validation.md"
	@echo "make lock   renew requirements.lock and requirements-dev.lock"
	@echo "make clean  remove the environment, builds and output"

$(READY): requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Placeline needs Python 3.11 or later"'
	$(PYTHON) -m venv $(VENV)
	# The lock is complete, so nothing is resolved: pip takes just what it lists, checked by hash.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	$(BIN)/python -m pip check --disable-pip-version-check
	touch $(READY)

run: $(READY)
	$(BIN)/placeline sample --out var/sample
	$(BIN)/placeline run var/sample/doggerland.toml

# Two at a time, a file of tests never split (they share servers), in order: the slowest files come first.
test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfluff lint queries

types: $(READY)
	$(BIN)/mypy

docs: $(READY)
	$(BIN)/python -m queries.dictionary > docs/data-dictionary.md
	$(BIN)/python -m queries.register_page > docs/outcomes.md

# The national sample takes minutes and a gigabyte to generate, so it is kept: placeline sample --size national.
BENCH_DATA ?= var/national

bench: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	$(BIN)/python -m benchmarks.placement $(BENCH_DATA)
	$(BIN)/python -m benchmarks.network $(BENCH_DATA)
	$(BIN)/python -m benchmarks.snapping $(BENCH_DATA)
	$(BIN)/python -m benchmarks.growth $(BENCH_DATA) --draw docs/pictures/growth.svg
	$(BIN)/python -m benchmarks.national_year $(BENCH_DATA)/national.toml
	$(BIN)/python -m benchmarks.outcomes $(BENCH_DATA)

# Writes docs/validation.md and its pictures: the same bytes each time.
validate: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[validate]'
	$(BIN)/python -m validation

# Hashes make an install repeatable; no index address is written, so any mirror serves.
lock:
	$(PYTHON) -m pip install --quiet uv
	$(PYTHON) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --quiet -o requirements.lock
	$(PYTHON) -m uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --quiet -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) var build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
