# Every target is a thin line over ansible-playbook or a tool, so nothing here is needed to use the collection.
# Relative paths throughout: the checkout may lie in a path with spaces.
ENV ?= local
PYTHON ?= python3
VENV := .venv
PLAYBOOK := ansible-playbook -i inventories/$(ENV)

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg
# The virtual environment is compiled when it is made; nothing may litter the checkout.
export PYTHONDONTWRITEBYTECODE := 1
export MOLECULE_GLOB := molecule/*/molecule.yml
ifeq ($(ENV),local)
# The embedded AWS takes any credentials; a profile of yours would only be in the way.
unexport AWS_PROFILE
endif

# Three on two cores, for one often waits. Tests that share a site stay in one process (tests/conftest.py), and groups are
# taken in the order of the collection.
IN_PARALLEL := --numprocesses=4 --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup up down plan deploy rollback restore destroy status logs lint test test-full second-stack sanity release-check docs localstack molecule audit image bench-app bench-warm deployer-policy lock clean

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile
	@echo "  ENV=local|dev|staging|prod chooses the inventory of up, plan, deploy, rollback, restore and destroy (now: $(ENV))."

%/.ready: requirements/dev.txt requirements/uv.txt requirements/bootstrap.py
	@echo "Installing the tools into $(@D) ..."
	@$(PYTHON) requirements/bootstrap.py $(@D)

setup: $(VENV)/.ready ## Install the tools into .venv from the lock file

up: setup ## Deploy; for ENV=local on the embedded AWS, which is started if need be
ifeq ($(ENV),local)
	@python -m emulator up
endif
	@$(PLAYBOOK) site.yml

down: setup ## End the embedded AWS and everything that it started
	@python -m emulator down

plan: setup ## Show what a deployment would change, changing nothing
	@$(PLAYBOOK) site.yml --check --diff

define BUILD_AND_PUSH
{"ecs_service_image_publisher": {"argv": ["{{ ansible_playbook_python }}", "playbooks/files/publish_image.py", "$(BUILD)", \
"--repository", "{{ lookup('palisade.ecs.names', 'repository').name }}", "--region", "{{ palisade_region }}"], "chdir": "$(CURDIR)"}}
endef
export BUILD_AND_PUSH

deploy: setup ## Deploy IMAGE=<repository>@sha256:<digest>, or BUILD=<directory> with podman or docker, else what the publisher makes
	@$(PLAYBOOK) playbooks/deploy.yml $(if $(IMAGE),-e ecs_service_image=$(IMAGE)) $(if $(BUILD),-e "$$BUILD_AND_PUSH")

rollback: setup ## Go back to what last was deployed completely, or to a revision of the task definition: REVISION=<number>
	@$(PLAYBOOK) playbooks/rollback.yml $(if $(REVISION),-e ecs_service_rollback_revision=$(REVISION))

restore: setup ## Restore the table to TIME (a second in UTC, or latest) and cut the service over: TIME=... [CUT_OVER=false]
	@$(PLAYBOOK) playbooks/restore.yml $(if $(TIME),-e restore_time=$(TIME)) $(if $(CUT_OVER),-e restore_cut_over=$(CUT_OVER))

# Data stays unless somebody types the name of its table: make destroy CONFIRM=shop-dev
destroy: setup ## Remove the stack; its table only with CONFIRM=<name of the table>, after a last backup
	@$(PLAYBOOK) playbooks/teardown.yml $(if $(CONFIRM),-e data_destroy_confirm=$(CONFIRM))

status: setup ## Say how the embedded AWS and its tasks are
	@python -m emulator status

logs: setup ## Show the last lines of every task's log
	@tail -n 50 "$${PALISADE_RUN_DIR:-.run}"/logs/tasks/*.log

lint: setup ## Run the linters and type checks
	@.config/lint

test: setup lint ## Run every test that needs nothing but this machine, in some 20 minutes
	@pytest $(IN_PARALLEL) -m "not full"

test-full: setup lint second-stack ## Run the long tests too
	@pytest $(IN_PARALLEL)

second-stack: ## Install the newest supported stack into .venv-3.13, beside that of `make setup`
	@if python=$$(requirements/find-python 13); then $(MAKE) --no-print-directory .venv-3.13/.ready PYTHON="$$python"; \
	else echo "Tests of the second stack are skipped."; fi

sanity: setup second-stack ## Run ansible-test on what is published, on the oldest and the newest supported stack
	@python -m gates sanity
	@if [ -e .venv-3.13/.ready ]; then .venv-3.13/bin/python -m gates sanity; fi

.venv-release/.ready: requirements/release.txt requirements/uv.txt requirements/bootstrap.py
	@echo "Installing the gates of releases into $(@D) ..."
	@$(PYTHON) requirements/bootstrap.py $(@D) release.txt

release-check: .venv-release/.ready ## Judge the tarball as Galaxy and Automation Hub do
	@PATH="$(CURDIR)/.venv-release/bin:$$PATH" python -m gates release

.venv-docs/.ready: requirements/docs.txt requirements/uv.txt requirements/bootstrap.py
	@echo "Installing what makes the documentation into $(@D) ..."
	@$(PYTHON) requirements/bootstrap.py $(@D) docs.txt

docs: .venv-docs/.ready ## Build the documentation as a site, which needs Node.js
	@PATH="$(CURDIR)/.venv-docs/bin:$$PATH" python -m website

.venv-localstack/.ready: requirements/localstack.txt requirements/uv.txt requirements/bootstrap.py $(shell find emulator/localstack/plugin -type f)
	@python=$$(requirements/find-python 13 2>/dev/null || requirements/find-python 12 2>/dev/null) || \
	{ echo "LocalStack needs Python 3.12 or 3.13, which is not here."; exit 1; }; \
	echo "Installing LocalStack into $(@D) ..."; \
	"$$python" requirements/bootstrap.py $(@D) localstack.txt emulator/localstack/plugin || { echo "LocalStack could not be installed."; exit 1; }

localstack: .venv-localstack/.ready ## Install LocalStack with our plugin into .venv-localstack, beside the tools

molecule: setup ## Run the Molecule scenarios on LocalStack; MOLECULE_TARGET=embedded takes the embedded AWS
	@molecule test --all

AUDITORS := $(addprefix .venv-audit/,prowler checkov judges)

.venv-audit/%/.ready: requirements/audit-%.txt requirements/uv.txt requirements/bootstrap.py
	@echo "Installing the auditors into $(@D) ..."
	@$(PYTHON) requirements/bootstrap.py $(@D) audit-$*.txt

audit: setup $(AUDITORS:%=%/.ready) ## Have independent auditors judge a deployed site, and an insecure one
	@python -m tests.audit

image: ## Build the application's image with podman or docker, whichever is there
	@builder=$$(command -v podman || command -v docker) || { echo "Neither podman nor docker is here." >&2; exit 1; }; \
	"$$builder" build --tag storefront app

bench-app: setup ## Measure the shop beside the same view as tutorials write it
	@python -m benchmarks.app

bench-warm: setup ## Measure warm execution against the stock; writes the figures into docs/warm.md
	@python -m benchmarks.warm

deployer-policy: setup ## Make the policies in docs/deployer-policy anew, from a recorded deployment
	@python -m deployer

lock: setup ## Resolve the dependencies anew into hash-locked files without index addresses
	@requirements/lock

clean: down ## Remove the environment and everything that was made
	@rm -rf $(VENV) .venv-audit .venv-docs .venv-localstack .venv-release .run
