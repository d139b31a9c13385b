"""The champion is frozen when a run is started: the version in service, as approved.json describes it."""

from __future__ import annotations

import io
import json
from typing import Any

import msgspec
import pytest

from pushtrain.launch.champion import find_champion, freeze_champion
from pushtrain.platform import Platform
from pushtrain.record import EMPTY_RECORD, Reproduced
from tests.unit.config.sample_configs import load

TEXT = "model: churn\ntrain: {framework: sklearn 1.2-1}\nevaluate: {framework: sklearn 1.2-1}\n"
CONFIG = load(TEXT + "register: {when: [{metric: auc, at_least: champion}]}\n")
NUMBERS = load(TEXT + "register: {when: [{metric: auc, at_least: 0.9}]}\n")
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
APPROVED = {
    "version": 3,
    "file": {"uri": "s3://pushtrain-serving/churn/3/model.tar.gz", "version_id": "v1"},
    "image": "683313688378.dkr.ecr.us-east-1.amazonaws.com/serve:1",
    "evaluation_image": IMAGE,
    "candidate": "boost",
    "metrics": {"auc": 0.91, "other": 1},
    "run": "r1",
}
AWS = msgspec.structs.replace(Platform.local(), local_option="")


class NoSuchKey(Exception):
    """S3's error."""


class ServingBucket:
    """A serving bucket with approved.json, if there is one."""

    class exceptions:  # noqa: N801 - as boto3 has it
        NoSuchKey = NoSuchKey

    def __init__(self, document: dict[str, Any] | None) -> None:
        self.document = document

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - names of the API
        assert (Bucket, Key) == ("pushtrain-serving", "churn/approved.json")
        if self.document is None:
            raise NoSuchKey
        return {"Body": io.BytesIO(json.dumps(self.document).encode())}


def test_the_champion_is_the_version_in_service() -> None:
    champion = find_champion(ServingBucket(APPROVED), CONFIG, AWS)
    assert champion is not None
    assert champion.build_input(is_evaluated=True) == {
        "version": 3,
        "fault": "",
        "candidate": "boost",
        "uri": "s3://pushtrain-serving/churn/3/model.tar.gz",
        "image": IMAGE,
    }
    assert (champion.metrics, champion.run) == ({"auc": 0.91}, "r1")


@pytest.mark.parametrize("document", [None, {"model": "churn", "version": None}])
def test_without_an_approved_version_there_is_none(document: dict[str, Any] | None) -> None:
    assert find_champion(ServingBucket(document), CONFIG, AWS) is None


def test_a_gate_of_numbers_asks_for_no_champion() -> None:
    assert find_champion(ServingBucket(APPROVED), NUMBERS, AWS) is None


def test_a_model_that_was_not_evaluated_is_evaluated_in_the_image_that_serves_it() -> None:
    champion = find_champion(ServingBucket({**APPROVED, "evaluation_image": ""}), CONFIG, AWS)
    assert champion is not None
    assert champion.image == APPROVED["image"]


def test_an_image_that_the_platform_does_not_run_is_a_fault() -> None:
    image = IMAGE.replace("683313688378", "999999999999")
    champion = find_champion(ServingBucket({**APPROVED, "evaluation_image": image}), CONFIG, AWS)
    assert champion is not None
    assert champion.fault.startswith(
        f"its image in s3://pushtrain-serving/churn/approved.json, {image}, is an image of account 999999999999."
    )
    assert "uri" not in champion.build_input(is_evaluated=True)


def test_an_override_is_recorded_and_no_job_runs() -> None:
    record = freeze_champion(ServingBucket(APPROVED), CONFIG, EMPTY_RECORD, AWS, override=True)
    assert record.without_champion
    assert "uri" not in record.execution_input()["champion"]


def test_an_override_of_a_gate_of_numbers_is_none() -> None:
    record = freeze_champion(ServingBucket(APPROVED), NUMBERS, EMPTY_RECORD, AWS, override=True)
    assert (record.without_champion, record.champion) == (False, None)


def test_a_run_that_reproduces_a_version_does_not_compare() -> None:
    record = msgspec.structs.replace(EMPTY_RECORD, reproduces=Reproduced(model_version=1, run="r1"))
    frozen = freeze_champion(ServingBucket(APPROVED), CONFIG, record, AWS, override=False)
    assert frozen.without_champion
    assert frozen.execution_input()["without_champion"] == "reproduction"  # and so the verdict names no option
