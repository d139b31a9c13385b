"""What an execution was told and what it returned may be anything: a person started it, their template ended it."""

from __future__ import annotations

import pytest

from pushtrain.runs.read import outcome_fields, parse_json_object

ARN = "arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/3"


@pytest.mark.parametrize("text", [None, "", "[]", "7", '"registered"', "null"])
def test_what_is_no_mapping_tells_nothing(text: str | None) -> None:
    assert parse_json_object(text) == {}


@pytest.mark.parametrize(
    ("package", "number"),
    [(ARN, 3), ("churn", None), (["x"], None), (3, None), (None, None), (f"{ARN}/latest", None), ("", None)],
)
def test_the_version_is_the_number_of_its_arn(package: object, number: int | None) -> None:
    output = {"outcome": "registered", "model_package": package}
    assert outcome_fields("SUCCEEDED", output)["model_version"] == number
