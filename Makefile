.PHONY: help demo test lint types check wheel-test bench docs lock clean

help:
	@echo "make demo   write a real letter to Clearview AI, in a throw-away home"
	@echo "make test   run the tests"
	@echo "make check  what CI runs: lint, types, tests, and the tests from the built wheel"
	@echo "make bench  measure speed against the peers"
	@echo "make docs   write the generated reference pages"
	@echo "make lock   pin the dependencies anew (needs uv)"

demo:
	@.ci/setup run
	@.ci/demo

test:
	@.ci/setup dev
	.venv/bin/python -m pytest -n auto

lint:
	@.ci/setup dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .

types:
	@.ci/setup dev
	.venv/bin/mypy

check: lint types test wheel-test

wheel-test:
	@.ci/setup dev
	.ci/wheel-test -n auto

bench:
	@.ci/setup dev
	@.ci/setup peers
	.venv/bin/python tests/benchmarks/run.py
	.venv/bin/python tests/benchmarks/deadlines.py
	.venv/bin/python tests/benchmarks/directory.py
	.venv/bin/python tests/benchmarks/letters.py
	.venv/bin/python tests/benchmarks/tracker.py

docs:
	@.ci/setup dev
	.venv/bin/python docs/generate.py

lock:
	.ci/lock

clean:
	rm -rf .venv .venv-peers .demo build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
