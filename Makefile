# make rehearse   a whole release on this machine      make test    the tests
# make space      the demo on the rehearsed adapter    make check   style and types
# make hub        the rehearsed repositories           make bench   the benchmarks
#                                                      make fast    the tests that take seconds
# RECIPE=news takes another recipe, RECIPE=all all of them: make rehearse RECIPE=all, then make space RECIPE=all

RECIPE ?= blog
VERSION ?= v0.1.0
PORT ?= 7860
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name) 2>/dev/null)))
TRAIN := .venv/bin/python -m train
OLD := import sys; sys.exit(sys.version_info < (3, 11))

.PHONY: rehearse space hub setup test fast check bench
.DEFAULT_GOAL := rehearse

rehearse: setup
	@$(TRAIN) rehearse $(RECIPE) --version $(VERSION)

space: setup
	@$(TRAIN) space $(RECIPE) --port $(PORT)

hub: setup
	@$(TRAIN) hub

test fast: setup
	@tests/browser/install
	@tests/shells/install
	@tests/engines/install
	@.venv/bin/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder $(if $(filter fast,$@),-m "not slow")

check: setup
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/zizmor --offline --persona pedantic --strict-collection --quiet .github
	.venv/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	.venv/bin/check-jsonschema --builtin-schema vendor.github-actions .github/actions/*/action.yml
	.venv/bin/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	.venv/bin/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/mishap.yml .github/ISSUE_TEMPLATE/wish.yml
	.venv/bin/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml

bench: setup
	-@tests/engines/install
	@.venv/bin/python -m tests.benchmarks $(ONLY)

setup: .venv/ready

.venv/ready: constraints.txt pyproject.toml
	@test -n "$(PYTHON)" && "$(PYTHON)" -c "$(OLD)" || \
		{ echo "Error: Imprint needs Python 3.11 or newer; found: $(or $(PYTHON),none)."; \
		  echo "Next:  install it, then: make $(or $(MAKECMDGOALS),rehearse) PYTHON=/path/to/python3.11"; exit 1; } >&2
	@echo "Setting up .venv (once, about 2 GB with PyTorch)"
	@"$(PYTHON)" -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,sign]'
	@touch $@
