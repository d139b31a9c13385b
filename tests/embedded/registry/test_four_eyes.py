"""Four eyes: nobody approves a model of their own on a platform that wants a second person."""

from __future__ import annotations

import dataclasses
import json
import re
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
from tests.embedded.registered import PLATFORM, register, write_record
from tests.sample_record import RECORD

Types = Callable[..., tuple[int, str, str]]


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Platform]:
    """A platform that requires four eyes, with the model churn and no version."""
    platform = dataclasses.replace(PLATFORM, four_eyes=True)
    with up(tmp_path / "store", platform):
        client("sagemaker").create_model_package_group(ModelPackageGroupName="pushtrain-churn")
        yield platform


OWN = (
    f"churn version 1 is {user_name()}'s own, and this platform requires four eyes: ask another approver to approve it"
)


NO_PUSHER = "churn version 1: it is not known who pushed it, and this platform requires four eyes. Push it again"
NO_AUTHOR = "churn version 1: it is not known who wrote its commit, and this platform requires four eyes. Push it again"


def register_push(run: str, pushed_by: str, author: str) -> str:
    """Register a version of a run that this person pushed, with a commit of this author. Return its ARN."""
    write_push(run, pushed_by, author)
    return register(run, {"auc": 1})


def write_push(run: str, pushed_by: str, author: str) -> None:
    """Write the record of a run that this person pushed, with a commit of this author."""
    git = dataclasses.replace(RECORD.git, author=author)
    write_record(dataclasses.replace(RECORD, run=run, pushed_by=pushed_by, git=git))


@pytest.mark.parametrize(
    ("pushed_by", "author", "message"),
    [
        (user_name(), "unknown", OWN),
        (f"AROAEXAMPLE:{user_name()}", "kim@example.org", OWN),  # in another role, with the same session name
        ("jenkins", f"{user_name()}@example.org", OWN),
        ("unknown", "kim@example.org", NO_PUSHER),
        ("jenkins", "unknown", NO_AUTHOR),  # no git, or git refused
    ],
)
def test_nobody_approves_their_own(pushed_by: str, author: str, message: str, strict: Platform) -> None:
    register_push("own", pushed_by, author)
    with pytest.raises(RegistryError) as raised:
        decide(strict, "churn", 1, "Approved")
    assert str(raised.value) == message
    assert decide(strict, "churn", 1, "Rejected").status == "Rejected"  # which takes no second pair of eyes


def test_another_one_may_approve(strict: Platform) -> None:
    register_push("theirs", "jenkins", "kim@example.org")
    assert decide(strict, "churn", 1, "Approved").status == "Approved"
    key = "churn/1/model.tar.gz"
    assert client("s3").head_object(Bucket=strict.serving_bucket, Key=key)["ContentLength"] == len(b"model")


def test_an_approval_by_other_means_does_not_reach_serving(strict: Platform) -> None:
    arn = register_push("own", user_name(), "unknown")
    client("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")  # Studio's button
    listing: dict[str, Any] = client("s3").list_objects_v2(Bucket=strict.serving_bucket)
    [decision] = listing["Contents"]  # the decision was made, and stays on record
    assert re.fullmatch(r"churn/1/decisions/.*-Approved\.json", decision["Key"])


def test_what_the_registry_says_about_the_pusher_does_not_count(strict: Platform) -> None:
    """An approving call may rewrite this metadata, so only the run record counts."""
    write_push("own", user_name(), "unknown")
    register("own", {"auc": 1}, pushed_by="jenkins", author="kim@example.org")
    with pytest.raises(RegistryError) as raised:
        decide(strict, "churn", 1, "Approved")
    assert str(raised.value) == OWN


def test_without_the_record_of_its_run_nobody_approves(strict: Platform) -> None:
    register("lost", {"auc": 1}, pushed_by="jenkins", author="kim@example.org")
    with pytest.raises(RegistryError) as raised:
        decide(strict, "churn", 1, "Approved")
    assert str(raised.value) == NO_PUSHER


def test_a_copy_of_an_earlier_approval_does_not_help_its_author(strict: Platform) -> None:
    arn = register_push("theirs", "jenkins", "kim@example.org")
    decide(strict, "churn", 1, "Approved")
    decide(strict, "churn", 1, "Rejected")
    write_record(dataclasses.replace(RECORD, run="theirs", pushed_by=user_name()))
    client("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    body = client("s3").get_object(Bucket=strict.serving_bucket, Key="churn/approved.json")["Body"].read()
    assert json.loads(body)["version"] is None


def test_a_version_that_its_pusher_approved_anew_does_not_serve_when_another_is_rejected(strict: Platform) -> None:
    arn = register_push("first", "jenkins", "kim@example.org")
    register_push("second", "jenkins", "kim@example.org")
    decide(strict, "churn", 1, "Approved")
    decide(strict, "churn", 1, "Rejected")
    decide(strict, "churn", 2, "Approved")
    write_push("first", user_name(), "kim@example.org")  # so from now on the approver is the pusher of version 1
    client("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    decide(strict, "churn", 2, "Rejected")
    body = client("s3").get_object(Bucket=strict.serving_bucket, Key="churn/approved.json")["Body"].read()
    assert json.loads(body)["version"] is None
