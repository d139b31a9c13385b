"""What a plan says about the champion."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from msgspec.structs import replace

from pushtrain.config import Config, load_config
from pushtrain.plans.champion import plan_champion
from pushtrain.platform import Platform

CONFIG = """\
model: churn
data: {raw: data/}
preprocess: {framework: sklearn 1.2-1}
train: {framework: sklearn 1.2-1}
evaluate: {framework: sklearn 1.2-1}
register:
  when:
    - {metric: auc, at_least: champion + 0.002}
  inference: {framework: sklearn 1.2-1}
"""
HERE = Platform.local()
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/custom:1"
APPROVED = {"version": 3, "file": {"uri": "s3://s/churn/3/model.tar.gz"}, "image": IMAGE, "run": "r1"}


class Bucket:
    """S3 with approved.json, or without it, or without access to it."""

    class exceptions:  # noqa: N801 - boto3's name
        NoSuchKey = KeyError

    def __init__(self, document: object = None, code: str = "") -> None:
        self.document = document
        self.code = code

    def get_object(self, **_: str) -> dict[str, Any]:
        if self.code:
            raise ClientError({"Error": {"Code": self.code, "Message": "no"}}, "GetObject")
        if self.document is None:
            raise KeyError
        return {"Body": io.BytesIO(json.dumps(self.document).encode())}


def read(text: str = CONFIG) -> Config:
    return load_config(text.encode()).config


def describe(bucket: Bucket, text: str = CONFIG, platform: Platform = HERE) -> str:
    planned = plan_champion(bucket, read(text), platform)
    assert planned is not None
    return planned.text


def test_the_version_in_service_has_its_values() -> None:
    bucket = Bucket({**APPROVED, "metrics": {"auc": 0.93456, "loss": 0.2}})
    assert describe(bucket) == "the run evaluates version 3 again, the one in service (registered with auc 0.9346)"
    assert describe(Bucket({**APPROVED, "metrics": {}})) == "the run evaluates version 3 again, the one in service"


@pytest.mark.parametrize("without", ["pass", "fail"])
def test_without_a_version_in_service_config_yaml_decides(without: str) -> None:
    text = CONFIG.replace("  inference:", f"  without_champion: {without}\n  inference:")
    said = f"no version is in service; conditions about the champion then {without} (`without_champion`)"
    assert describe(Bucket(), text) == describe(Bucket({"version": None}), text) == said


def test_a_version_that_cannot_be_evaluated_is_named() -> None:
    bucket = Bucket({**APPROVED, "image": "210987654321.dkr.ecr.us-east-1.amazonaws.com/team/custom:1", "metrics": {}})
    on_aws = replace(HERE, local_option="")
    assert describe(bucket, platform=on_aws).startswith("version 3 cannot be evaluated: its image in s3://")


def test_without_access_it_is_not_known() -> None:
    text = "AWS denies access to approved.json, so the version in service is not known"
    assert describe(Bucket(code="AccessDenied")) == text
    with pytest.raises(ClientError):
        describe(Bucket(code="SlowDown"))


def test_a_gate_that_does_not_compare_has_none() -> None:
    text = CONFIG.replace("champion + 0.002", "0.9")
    assert plan_champion(Bucket(code="AccessDenied"), read(text), HERE) is None
