# You, continuous integration and the Jenkinsfile use the same targets.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
LAMBDA_PYTHON ?= python3.13
ENVIRONMENT ?= dev
SDK ?= $(shell grep -qs '^sdk_templates: *true' infra/environments/$(ENVIRONMENT).yaml && echo 1)
MODEL_REPOS ?= model_repos
PLAN := build/plan/$(ENVIRONMENT)
ENVIRONMENTS := $(basename $(notdir $(wildcard infra/environments/*.yaml)))
CHECKOV := build/checkov
PARALLEL := -n auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder
SET_UP := $(PYTHON) -m scripts.set_up
NODE := infra/node_modules/.ready
COMPILE = $(BIN)/uv pip compile $(UPGRADE) --universal --generate-hashes --no-emit-index-url --no-header --quiet
CDK  := CDK_DISABLE_CLI_TELEMETRY=true infra/node_modules/.bin/cdk --no-notices --ci --app cdk.out
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION ?= 20

.PHONY: demo test unit coverage e2e torture judge sdk-drift check docs check-infra format bench wheel bundle synth setup diff deploy boundary plan lock clean

demo: $(or $(wildcard $(VENV)/.ready),$(VENV)/.demo)  ## set up what the demo needs in .venv, then train, evaluate and register an example model on this computer
	$(BIN)/pushtrain run model_repos/breast-cancer

test: $(VENV)/.ready $(NODE)  ## all tests, slow ones included
	$(BIN)/pytest $(PARALLEL) --junitxml=build/junit.xml

unit: $(VENV)/.ready  ## only the pure tests: no embedded AWS, no virtual environments
	$(BIN)/pytest $(PARALLEL) tests/unit

coverage: $(VENV)/.ready $(NODE)  ## all tests, with the lines that they never reach; takes half as long again
	$(BIN)/pytest $(PARALLEL) --cov --cov-report=term:skip-covered

torture: $(VENV)/.ready $(NODE)  ## each fault of each AWS call of each handler; a burst of 1,000 pushes and scarce instances, simulated; full disks, kill -9 at 100 random moments, two processes; about an hour
	$(BIN)/python -m benchmarks.bursts
	$(BIN)/python -m benchmarks.scarcity
	PUSHTRAIN_TORTURE=100 $(BIN)/pytest $(PARALLEL) tests/torture

judge: $(VENV)/.ready  ## compare every request and image with those of AWS's SDKs, and print the counts
	$(BIN)/pytest tests/judge --quiet

sdk-drift: build/sdk3/.ready  ## compare catalog/images.json with the newest SageMaker SDK
	build/sdk3/bin/python -m scripts.sdk_drift

build/sdk3/.ready:
	$(PYTHON) -m venv build/sdk3
	build/sdk3/bin/pip install --quiet --disable-pip-version-check --upgrade "sagemaker-core>=2"
	touch $@

e2e: $(VENV)/.ready $(NODE)  ## only the wiring: deploy the stack into an emulator of AWS, then push, train, approve and serve
	$(BIN)/pytest tests/e2e

check: $(VENV)/.ready docs  ## format, lint, types, import contracts, and the links of the pages
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.ready  ## build the pages as a site, build/site/index.html; a broken link is an error
	$(BIN)/python -m sphinx -E -q -W --keep-going -d build/doctrees docs build/site

format: $(VENV)/.ready  ## format the code and fix lint errors
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: $(VENV)/.ready  ## measure, and rewrite docs/benchmarks.md
	$(BIN)/python -m benchmarks

wheel: $(VENV)/.ready  ## build dist/pushtrain-*.whl
	$(BIN)/python -m build --wheel --no-isolation

bundle: $(VENV)/.ready  ## build build/lambda/, the Lambda's code, and print its sizes; SDK=1 adds AWS's SDKs, WHEELS="..." adds template packages
	$(BIN)/python -m scripts.bundle --python $(LAMBDA_PYTHON) $(if $(SDK),--extra sdk) $(WHEELS:%=--wheel %)

synth: $(VENV)/.ready build/lambda/on_push.py  ## write the CloudFormation templates of ENVIRONMENT to cdk.out/
	rm -rf cdk.out
	CDK_OUTDIR=cdk.out CDK_CONTEXT_JSON='{"environment": "$(ENVIRONMENT)"}' $(BIN)/python -m infra.app

check-infra: $(VENV)/.ready $(CHECKOV)/.ready  ## run checkov on each environment; cdk-nag, cfn-lint and parliament run with the tests
	rm -rf $(CHECKOV)/cdk.out
	for name in $(ENVIRONMENTS); do CDK_OUTDIR=$(CHECKOV)/cdk.out/$$name \
	  CDK_CONTEXT_JSON="{\"environment\": \"$$name\", \"bundle\": \"lambda\"}" $(BIN)/python -m infra.app || exit 1; done
	$(CHECKOV)/bin/checkov --config-file infra/checkov.yaml -f $(CHECKOV)/cdk.out/*/*.template.json

$(CHECKOV)/.ready: infra/checkov.lock  # an environment of its own: 290 MB, with its own versions
	$(SET_UP) $(CHECKOV) infra/checkov.lock

build/lambda/on_push.py:
	$(MAKE) bundle

setup: $(VENV)/.ready $(NODE)  ## install everything that the other targets need

diff: bundle synth $(NODE)  ## show what `make deploy ENVIRONMENT=dev` would change; writes build/plan/dev/platform.txt
	mkdir -p $(PLAN)
	$(CDK) diff > $(PLAN)/platform.txt
	cat $(PLAN)/platform.txt

plan: $(VENV)/.ready  ## show what a push of the model repos changed since SINCE would do; writes build/plan/dev/models.txt
	mkdir -p $(PLAN)
	$(BIN)/pushtrain plan $(MODEL_REPOS) --changed-since "$(SINCE)" --environment $(ENVIRONMENT) > $(PLAN)/models.txt
	cat $(PLAN)/models.txt

deploy: bundle synth $(NODE)  ## deploy the platform of ENVIRONMENT without a question; run `make diff` first
	$(CDK) deploy --require-approval never --progress events

boundary: $(VENV)/.ready  ## print the permissions boundary of ENVIRONMENT: what a deployment may create, and its roles may do at most
	@$(BIN)/python -m infra.boundary infra/environments/$(ENVIRONMENT).yaml

lock: $(VENV)/.ready  ## resolve the dependencies; keeps versions that still fit (UPGRADE=--upgrade takes the newest)
	$(COMPILE) pyproject.toml --extra local --extra infra --extra sdk --group dev --group docs --python-version 3.11 -o requirements.lock
	$(COMPILE) pyproject.toml --extra local --group demo --constraint requirements.lock --python-version 3.11 -o requirements-demo.lock
	printf '%s\n' ministack==1.5.33 boto3 | $(COMPILE) - --python-version 3.13 --no-annotate -o tests/e2e/requirements.lock
	printf '%s\n' jinja2 msgspec pydantic pyyaml regex | $(COMPILE) - --constraint requirements.lock --python-version 3.13 --no-annotate \
	  -o requirements-lambda.lock
	echo checkov==3.3.30 | $(COMPILE) - --python-version 3.11 --no-annotate -o infra/checkov.lock
	printf '%s\n' boto3 jinja2 msgspec pydantic pyyaml regex sagemaker stepfunctions | $(COMPILE) - --constraint requirements.lock \
	  --python-version 3.13 --no-emit-package setuptools --no-annotate -o requirements-lambda-sdk.lock

clean:  ## delete everything that was built, but not .pushtrain
	rm -rf $(VENV) infra/node_modules build dist cdk.out .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/.ready: pyproject.toml requirements.lock
	$(SET_UP) $(VENV) requirements.lock --project

$(VENV)/.demo: pyproject.toml requirements-demo.lock
	$(SET_UP) $(VENV) requirements-demo.lock --project --stamp .demo

$(NODE): infra/package.json infra/package-lock.json
	npm ci --prefix infra
	touch $@
