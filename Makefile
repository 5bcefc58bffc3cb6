# make run | demo-shop | test | test-slow | test-soak MINUTES=10 | check | bench | bench-large | lock | clean
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
PY := $(VENV)/bin/python
MINUTES ?= 10
TYPED := omnitron/omnicore/money.py omnitron/omnicore/state_machine.py omnitron/orders/transitions.py \
	omnitron/orders/pricing.py omnitron/local
# Slow tests that need nothing but a database each; the others start servers and wait for each other's.
SLOW_TOGETHER := tests/channels tests/orders tests/slow/test_schemathesis.py
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: run demo-shop test test-slow test-soak check bench bench-large lock clean

run: $(VENV)/.installed
	@exec $(PY) -m omnitron.local

demo-shop: $(VENV)/.installed
	@exec $(PY) -m omnitron.local.demo_shop

test: $(VENV)/.installed-tests
	$(PY) -m pytest -n 2 -m "not slow and not soak"

test-slow: $(VENV)/.installed-tests
	tests/slow/ensure_browser.sh
	$(PY) -m pytest -n 2 -m slow $(SLOW_TOGETHER)
	$(PY) -m pytest -m slow $(addprefix --ignore ,$(SLOW_TOGETHER))

test-soak: $(VENV)/.installed-tests
	OMNITRON_SOAK_MINUTES=$(MINUTES) $(PY) -m pytest -m soak

check: $(VENV)/.installed-tests
	ruff check .
	ruff format --check .
	lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	mypy $(TYPED)
	hadolint docker/Dockerfile
	check-jsonschema --builtin-schema vendor.compose-spec docker/compose.yml
	$(PY) manage.py spectacular --validate --fail-on-warn --file /dev/null

bench: $(VENV)/.installed-tests
	$(PY) -m tests.benchmarks
	$(PY) -m tests.benchmarks.growth
	$(PY) -m tests.benchmarks.pull
	$(PY) -m tests.benchmarks.intake
	$(PY) -m tests.benchmarks.pulling

bench-large: $(VENV)/.installed-tests
	$(PY) -m tests.benchmarks --large
	$(PY) -m tests.benchmarks.growth --large

# Writes requirements.txt and tests/requirements.txt from what pyproject.toml asks for.
lock: $(VENV)/.installed
	$(PY) .ci/lock.py

# Keeps .local, where the database is.
clean:
	rm -rf $(VENV) .clients .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A half-made environment is removed, or the next try would take it for a whole one.
$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.installed: requirements.txt | $(VENV)/bin/pip
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

# The .pth file lets a bare `pytest` find the plugins below tests/.
$(VENV)/.installed-tests: tests/requirements.txt $(VENV)/.installed
	$(PY) -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@echo "../../../.." > $$($(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/omnitron.pth
	@touch $@
