# Two commands do all the set-up: `make run` and `make test`. Everything else is for developers.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
FRONT := frontend/package.json frontend/package-lock.json frontend/assets.toml hatch_build.py

.PHONY: run test build lint types format bench screenshots bundle trial clean

run: $(STAMP)
	@$(BIN)/kefu run --demo

test: $(STAMP)
	@$(BIN)/pytest -n auto

build: $(STAMP)

$(STAMP): pyproject.toml $(wildcard $(FRONT))
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --upgrade "pip>=24"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e ".[dev]"
	@touch $(STAMP)

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --lint --quiet kefu_admin/faces/admin/templates
	$(BIN)/lint-imports

types: $(STAMP)
	$(BIN)/mypy

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP)
	$(BIN)/python -m bench desk

# Pictures of the key pages at three widths, light and dark, to look at.
screenshots: $(STAMP)
	$(BIN)/python -m tests.screenshots

# One archive that installs without a network; then installs it where there is none.
bundle: $(STAMP)
	$(BIN)/python -m bundling.bundle
	$(BIN)/python -m bundling.trial dist/kefu-*-bundle.tar.gz

# The same for this Python on this machine alone, in half a minute.
trial: $(STAMP)
	rm -rf build/bundle
	$(BIN)/python -m bundling.bundle --here --to build/bundle
	$(BIN)/python -m bundling.trial build/bundle/kefu-*-bundle.tar.gz

clean:
	rm -rf build dist data .pytest_cache .mypy_cache .ruff_cache
