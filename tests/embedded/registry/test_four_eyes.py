"""Four eyes: nobody approves a model of their own on a platform that wants a second person."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pushtrain.aws import client
from pushtrain.errors import RegistryError
from pushtrain.local.aws import up
from pushtrain.local.identity import user_name
from pushtrain.platform import Platform
from pushtrain.registry import decide
from tests.embedded.registered import PLATFORM, register

Types = Callable[..., tuple[int, str, str]]


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Platform]:
    """A platform that requires four eyes, with the model churn and no version."""
    platform = dataclasses.replace(PLATFORM, four_eyes=True)
    with up(tmp_path / "store", platform):
        client("sagemaker").create_model_package_group(ModelPackageGroupName="churn")
        yield platform


OWN = (
    f"churn version 1 is {user_name()}'s own, and this platform requires four eyes: ask another approver to approve it"
)


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"pushed_by": user_name(), "author": "unknown"}, OWN),
        ({"pushed_by": "jenkins", "author": f"{user_name()}@example.org"}, OWN),
        ({}, "churn version 1: it is not known who pushed it, and this platform requires four eyes. Push it again"),
    ],
)
def test_nobody_approves_their_own(properties: dict[str, str], message: str, strict: Platform) -> None:
    register("own", {"auc": 1}, **properties)
    with pytest.raises(RegistryError) as raised:
        decide(strict, "churn", 1, "Approved")
    assert str(raised.value) == message
    assert decide(strict, "churn", 1, "Rejected").status == "Rejected"  # which takes no second pair of eyes


def test_another_one_may_approve(strict: Platform) -> None:
    register("theirs", {"auc": 1}, pushed_by="jenkins", author="kim@example.org")
    assert decide(strict, "churn", 1, "Approved").status == "Approved"
    key = "churn/1/model.tar.gz"
    assert client("s3").head_object(Bucket=strict.serving_bucket, Key=key)["ContentLength"] == len(b"model")


def test_an_approval_by_other_means_does_not_reach_serving(strict: Platform) -> None:
    arn = register("own", {"auc": 1}, pushed_by=user_name(), author="unknown")
    client("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")  # Studio's button
    listing: dict[str, Any] = client("s3").list_objects_v2(Bucket=strict.serving_bucket)
    assert listing["KeyCount"] == 0
