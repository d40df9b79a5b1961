# `make help` lists the targets. Everything is installed into .venv.

PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
PYTEST_ARGS ?=
SEEDS ?= 10
CHAOS_ARGS ?=
COVERAGE_MINIMUM ?= 0
FUZZ_SECONDS ?= 60
BENCHMARKS ?=

VENV := .venv
BIN := $(VENV)/bin
SETTINGS := DJANGO_SETTINGS_MODULE=tests.settings

export PORT HOST PYTEST_ARGS COVERAGE_MINIMUM FUZZ_SECONDS
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help demo test chaos lint format bench fuzz messages docs dist clean

help:  ## List the targets.
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1 \2/p' $(MAKEFILE_LIST) \
		| awk '{ target = $$2; $$1 = $$2 = ""; printf "  make %-8s%s\n", target, $$0 }'

demo: $(VENV)/.demo  ## Serve the example project on PORT and play Connect to it.
	@sh example_project/demo.sh

test: $(VENV)/.test $(if $(TEST_MARIADB_URL),$(VENV)/.mariadb)  ## Run the suite on SQLite and on each TEST_*_URL.
	@$(BIN)/python tools/run_suite.py

chaos: $(VENV)/.test $(if $(TEST_MARIADB_URL),$(VENV)/.mariadb)  ## Kill and cut off what runs, SEEDS times; audit each run.
	$(BIN)/python -m tests.chaos --seeds $(SEEDS) $(CHAOS_ARGS)

lint: $(VENV)/.test $(VENV)/.lint $(VENV)/.docs  ## Check style, types, imports, migrations and docs.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(SETTINGS) $(BIN)/python -m django makemigrations --check --dry-run
	$(BIN)/rst-lint README.rst CHANGELOG.rst CONTRIBUTING.rst SECURITY.rst
	$(BIN)/sphinx-build -W --keep-going -n -q -b html docs docs/_build/html
	$(BIN)/python tools/budgets.py django_docusign_connect tests

format: $(VENV)/.lint  ## Let ruff fix and format what it can.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.test $(VENV)/.bench  ## Measure the receiver, or BENCHMARKS of it, beside its floors and peers.
	@$(BIN)/python -m benchmarks $(BENCHMARKS)

fuzz: $(VENV)/.fuzz  ## Throw odd bytes at the parsers and the webhook for FUZZ_SECONDS.
	@$(BIN)/python -m fuzz

messages: $(VENV)/.test  ## Take new texts into the catalogues, and compile those (needs gettext).
	cd django_docusign_connect && ../$(BIN)/django-admin makemessages --all --no-obsolete --add-location file
	cd django_docusign_connect && ../$(BIN)/django-admin compilemessages

docs: $(VENV)/.docs  ## Build the docs into docs/_build/html.
	$(BIN)/sphinx-build -W --keep-going -n -b html docs docs/_build/html

dist: $(VENV)/.lint  ## Build the sdist and the wheel, and try the wheel.
	rm -rf build dist
	$(BIN)/python -m build --quiet
	@sh tools/try_wheel.sh $(PYTHON) dist/*.whl

clean:  ## Remove what the other targets made, .venv included.
	rm -rf $(VENV) .fuzz build dist docs/_build htmlcov *.egg-info
	rm -rf .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache
	rm -rf .import_linter_cache .hypothesis example_project/*.sqlite3*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
		|| { echo "Python 3.10 or newer is needed; name it: make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "$(PYTHON) cannot make environments; install its venv module" \
		          "(Debian, Ubuntu: apt install python3-venv)." >&2; exit 1; }

# A set of requirements is installed when setup.cfg changed since it last was.
$(VENV)/.bench $(VENV)/.demo $(VENV)/.docs $(VENV)/.fuzz $(VENV)/.lint $(VENV)/.mariadb $(VENV)/.test: $(VENV)/.%: setup.cfg | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[$*]"
	@touch $@
