# Needs make, sh and Python 3.11 or newer with venv: Linux, macOS, and Windows with Git Bash.
# The packages come from the lock files in requirements/, checked by hash, into a virtual environment of the
# checkout's own. Stamps inside it say what is installed, so that only the first call and changes cost time.
.POSIX:
.SUFFIXES:

PYTHON = python3
VENV = .venv
OUT = dist
EXPORT_ARGS =
PYTEST_ARGS =
BENCH_ARGS =
FUZZ_ARGS = csv
UV = uv
LOCK_ARGS =

# Windows has Scripts where all others have bin.
BIN = $$(test -d $(VENV)/Scripts && echo $(VENV)/Scripts || echo $(VENV)/bin)
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
# Wheels only, but for one test tool's that has none: it is built by the setuptools of the lock, so that nothing
# outside the lock is fetched.
INSTALL_LOCKED = $(PIP) install --require-hashes --only-binary :all: --no-binary jsonpath-rw --no-build-isolation -r
# The project is built with the setuptools that the lock pins.
INSTALL_PROJECT = $(PIP) install --no-deps --no-build-isolation
LOCK = $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock" $(LOCK_ARGS)

help:
	@echo 'make export   validate the dataset in data/ and write the release into dist/'
	@echo 'make test     run every test'
	@echo 'make check    style and types: ruff, mypy'
	@echo 'make docs     write the pages of docs/ that are made from the code'
	@echo 'make screenshots  draw the pictures of the README anew'
	@echo 'make bench    measure speed and memory'
	@echo 'make faults   kill and fail the commands at each step, and look what is left'
	@echo 'make wheel    build the wheel, the same bytes each time'
	@echo 'make fuzz     feed a reader hostile input (Linux): FUZZ_ARGS="parquet --minutes 30"'
	@echo 'make roundtrip  send ten million random records through every format and back'
	@echo 'make lock     write the lock files anew (needs uv); LOCK_ARGS=--upgrade takes newer releases'
	@echo 'make clean    remove what was built; make distclean also removes the environment'
	@echo
	@echo 'Settings: PYTHON=python3.12  OUT=folder  EXPORT_ARGS="--format csv"  PYTEST_ARGS="-k dates"  BENCH_ARGS=...'

export: $(VENV)/project.stamp
	@$(BIN)/armsdata export --out "$(OUT)" $(EXPORT_ARGS)

test: $(VENV)/test.stamp
	@$(BIN)/pytest --numprocesses auto --dist loadfile $(PYTEST_ARGS)

# mypy cannot see the folders that pyproject.toml maps into the package, so it reads the package as built, and the
# paths in its findings are turned back into the checkout's. All is checked, also when something has failed.
check: $(VENV)/check.stamp
	@rm -rf build
	@$(INSTALL_PROJECT) --target build/package .
	@bin=$$(cd $(BIN) && pwd); failed=0; \
	types() { \
		echo "mypy --strict $$*"; \
		"$$bin/mypy" --config-file ../../pyproject.toml --cache-dir ../../.mypy_cache --strict "$$@" >../mypy.txt \
			|| failed=1; \
		sed -e 's,\\,/,g' -e 's,^\.\./\.\./,,' -e 's,^armsdata/\(schema\|exporters\|importers\)/,\1/,' ../mypy.txt; \
	}; \
	echo 'ruff check'; "$$bin/ruff" check . || failed=1; \
	echo 'ruff format --check'; "$$bin/ruff" format --check . || failed=1; \
	cd build/package; types -p armsdata; \
	for folder in tests benchmarks; do \
		if ls ../../$$folder/*.py >/dev/null 2>&1; then types --follow-imports silent ../../$$folder; fi; \
	done; \
	exit $$failed

docs: $(VENV)/test.stamp
	@$(BIN)/python -P -m armsdata.pages docs
	@$(BIN)/python tests/test_contributing.py

# The pictures of the README; needs Chromium (apt-get install chromium fonts-dejavu-core).
screenshots: $(VENV)/test.stamp
	@$(BIN)/python -P docs/screenshots.py

# Whether a crash or a refusal at any step leaves half a result; takes about an hour.
faults: $(VENV)/test.stamp
	@for how in kill fail failing limit moments; do \
		$(BIN)/python tests/faulty_machine.py export,import,merge,format $$how build/faults/$$how || exit 1; \
	done
	@$(BIN)/python tests/faulty_machine.py export,import,merge,format moments build/faults/larger --rows 3000 --number 100
	@$(BIN)/python tests/faulty_machine.py export,import kill build/faults/no-exchange --no-exchange

# Equal commits give equal bytes: the date is the commit's, and what is built are files with no permissions of their own.
wheel: $(VENV)/project.stamp
	@rm -rf build/source && mkdir -p build/source && umask 022 && \
	git archive HEAD | tar -x --no-same-permissions -f - -C build/source && \
	SOURCE_DATE_EPOCH="$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct)}" \
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir build/wheel build/source

bench: $(VENV)/test.stamp
	@$(BIN)/python -P benchmarks $(BENCH_ARGS)

fuzz: $(VENV)/test.stamp
	@$(BIN)/python -P tests/fuzzing/fuzzing_run.py $(FUZZ_ARGS)

roundtrip: $(VENV)/test.stamp
	@$(BIN)/python -P benchmarks/roundtrip.py $(BENCH_ARGS)

# Each lock holds the pins of the one before, so that installing one after the other changes nothing.
lock:
	$(LOCK) --extra xlsx --group build -o requirements/run.lock
	$(LOCK) --group test -c requirements/run.lock -o requirements/test.lock
	$(LOCK) --group check -c requirements/test.lock -o requirements/check.lock

clean:
	rm -rf build dist armsdata.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV)

$(VENV)/run.stamp: requirements/run.lock
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("armsdata needs Python 3.11 or newer; this is " \
		+ sys.version.split()[0] + ". Name another: make PYTHON=python3.12")'
	@echo 'Installing the locked packages into $(VENV)'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(INSTALL_LOCKED) requirements/run.lock
	@touch $@

# Editable: code is read from the checkout, and a new module is there at once. A new folder must be named in
# pyproject.toml, which installs anew.
$(VENV)/project.stamp: $(VENV)/run.stamp pyproject.toml
	@$(INSTALL_PROJECT) --editable .
	@touch $@

$(VENV)/test.stamp: $(VENV)/project.stamp requirements/test.lock
	@echo 'Installing the packages for the tests'
	@$(INSTALL_LOCKED) requirements/test.lock
	@touch $@

$(VENV)/check.stamp: $(VENV)/test.stamp requirements/check.lock
	@echo 'Installing the packages for the checks'
	@$(INSTALL_LOCKED) requirements/check.lock
	@touch $@

.PHONY: help export test check docs screenshots faults fuzz roundtrip wheel bench lock clean distclean
