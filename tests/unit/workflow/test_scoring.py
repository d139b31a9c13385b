"""The state machine in which approved models answer files: as reviewed, and as strict as its platform."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pushtrain.catalog.instances import find_hardware, list_job_instances
from pushtrain.catalog.job_kinds import TRANSFORM
from pushtrain.platform import Platform
from pushtrain.teams import ONLY_TEAM, Team
from pushtrain.workflow.checks.definition import check_definition
from pushtrain.workflow.names import build_job_stem
from pushtrain.workflow.scoring import build_score_definition
from tests.unit.workflow.test_serving_test import STRICT

GOLDEN = Path(__file__).parents[2] / "golden" / "score.json"
ROLE = "arn:aws:iam::123456789012:role/pushtrain-score-jobs"
FRAUD = Team(name="fraud", models=("fraud-*",))


def build_states(platform: Platform = STRICT, team: Team = ONLY_TEAM) -> dict[str, Any]:
    states: dict[str, Any] = build_score_definition(platform, team, ROLE)["States"]
    return states


def test_the_definition_is_the_reviewed_one(golden: Callable[[Path, str], None]) -> None:
    definition = build_score_definition(STRICT, ONLY_TEAM, ROLE)
    check_definition(definition)
    golden(GOLDEN, json.dumps(definition, indent=1) + "\n")


def test_the_model_is_deleted_whatever_the_job_does() -> None:
    states = build_states()
    for job in ("answer rows", "answer file"):
        assert states[job]["Next"] == "delete model"
        assert states[job]["Catch"] == [
            {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "delete model of failed job"}
        ]


def test_the_volume_has_the_key_of_the_platform_unless_the_instance_has_disks() -> None:
    [rule] = build_states()["has disks?"]["Choices"]
    families = {pattern["StringMatches"].split(".")[1] for pattern in rule["Or"]}
    for name in list_job_instances(TRANSFORM):
        hardware = find_hardware(name)
        assert (hardware.family in families) == hardware.has_local_storage
    assert build_states()["encrypt volume"]["Parameters"]["VolumeKmsKeyId"] == STRICT.kms_key
    assert "encrypt volume" not in build_states(Platform.local())


def test_each_team_has_its_names() -> None:
    platform = msgspec.structs.replace(STRICT, prefix="ml", teams=(FRAUD,))
    assert platform.build_score_name(FRAUD) == "ml_score_fraud"
    assert platform.find_score_team("ml_score_fraud") == FRAUD
    name = build_states(platform, FRAUD)["create model"]["Parameters"]["ModelName.$"]
    assert name == "States.Format('ml-fraud--score-{}', $$.Execution.Name)"


@pytest.mark.parametrize("name", ["ml_score", "ml-score", "ml_score_shop", "ml-fraud-score"])
def test_other_state_machines_let_no_model_answer(name: str) -> None:
    assert msgspec.structs.replace(STRICT, prefix="ml", teams=(FRAUD,)).find_score_team(name) is None


@pytest.mark.parametrize("model", ["score", "score-2", "fraud-score"])
def test_nobody_who_chooses_the_name_of_an_execution_takes_the_name_of_a_job(model: str) -> None:
    stem = build_job_stem(STRICT, model, "serving-test")
    assert not stem.startswith(f"{STRICT.build_score_stem(ONLY_TEAM)}-")
