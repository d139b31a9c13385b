# The same commands for you, for continuous integration and for the Jenkinsfile.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: demo test check format bench wheel lock clean

demo: $(VENV)/.ready  ## set up .venv, then train, evaluate and register an example model on this machine
	$(BIN)/pushtrain run model_repos/breast-cancer

test: $(VENV)/.ready  ## all tests, slow ones included
	$(BIN)/pytest --cov --cov-report=term:skip-covered --junitxml=build/junit.xml

check: $(VENV)/.ready  ## format, lint, types, import contracts
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.ready  ## mend what can be mended by machine
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: $(VENV)/.ready  ## measure, and rewrite docs/benchmarks.md
	$(BIN)/python -m benchmarks

wheel: $(VENV)/.ready  ## build dist/pushtrain-*.whl
	$(BIN)/python -m build --wheel --no-isolation

lock:  ## resolve the dependencies anew
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile pyproject.toml --extra local --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock

clean:  ## forget what was built; .pushtrain stays
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/.ready: pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@
