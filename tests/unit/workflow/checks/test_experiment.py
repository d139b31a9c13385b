"""An experiment registers nothing: not through `register`, and not through a state of a template."""

from __future__ import annotations

import json

import msgspec
import pytest

from pushtrain.config import load_config
from pushtrain.errors import TemplateError
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow
from pushtrain.workflow.checks.experiment import check_experiment
from tests.unit.report.report_facts import CONFIG

EXPERIMENT = msgspec.structs.replace(Platform.local(), experiment={})
OWN = {
    "StartAt": "both",
    "States": {
        "both": {
            "Type": "Parallel",
            "Branches": [
                {
                    "StartAt": "mine",
                    "States": {
                        "mine": {
                            "Type": "Task",
                            "Resource": "arn:aws:states:::aws-sdk:sagemaker:createModelPackage",
                            "End": True,
                        }
                    },
                }
            ],
            "End": True,
        }
    },
}


def test_the_templates_of_pushtrain_end_before_the_registration() -> None:
    config = load_config(CONFIG).config
    definition = compile_workflow(config, EXPERIMENT)
    assert "createModelPackage" not in json.dumps(definition)
    assert definition["States"]["experiment"]["Parameters"] == {
        "outcome": "not_registered",
        "reason": "experiments and reproductions register nothing",
        "metrics.$": "$.verdict.metrics",
        "jobs.$": "$.jobs",
    }
    assert "createModelPackage" in json.dumps(compile_workflow(config, Platform.local()))


def test_a_template_that_registers_by_itself_runs_no_experiment() -> None:
    check_experiment(OWN, Platform.local())
    with pytest.raises(TemplateError) as error:
        check_experiment(OWN, EXPERIMENT)
    assert error.value.message == (
        "its state 'mine' registers a model version by itself, so it cannot run an experiment. Build that state with "
        "`register` of pushtrain.workflow, or run without --set and --no-register"
    )
