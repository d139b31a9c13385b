"""Versions that were built from the same inputs as an earlier one."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.registry import EarlierVersion, ModelVersion, find_earlier_versions

HASH = "a" * 64


def version(number: int, model: str = "churn", revision: str = HASH, **properties: str) -> ModelVersion:
    values: dict[str, Any] = dict.fromkeys(
        ("status", "run", "created", "artifact", "image", "commit", "repository"), ""
    )
    properties = {"revision": revision, "config": "c", "data.raw": "s3://lake/raw/"} | properties
    arn = f"{model}/{number}"
    return ModelVersion(
        model=model, version=number, revision=revision, metrics={}, arn=arn, properties=properties, **values
    )


def test_later_versions_are_the_same_as_the_first() -> None:
    earlier = EarlierVersion(version=1, same_data=False)
    found = find_earlier_versions([version(3), version(1), version(2)])
    assert found == {"churn/2": earlier, "churn/3": earlier}
    assert str(earlier) == "same code, parameters and address of data as version 1"


@pytest.mark.parametrize(
    "other",
    [
        version(2, model="digits"),
        version(2, revision="b" * 64),
        version(2, config="d"),
        version(2, environment="prod"),
        version(2, **{"data.raw": "s3://lake/other/"}),
    ],
)
def test_versions_that_differ_in_one_input_are_not_the_same(other: ModelVersion) -> None:
    assert find_earlier_versions([version(1), other]) == {}


def test_a_revision_that_is_not_a_hash_says_nothing_about_its_files() -> None:
    assert find_earlier_versions([version(1, revision="main"), version(2, revision="main")]) == {}


def test_data_in_the_model_repo_is_the_same_data() -> None:
    inside = {"data.raw": f"s3://code/model-repos/churn/{HASH}/data/"}
    found = find_earlier_versions([version(1, **inside), version(2, **inside)])
    assert str(found["churn/2"]) == "same code, data and parameters as version 1"
