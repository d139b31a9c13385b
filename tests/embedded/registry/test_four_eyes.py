"""Four eyes: nobody approves a model of their own on a platform that wants a second person."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pushtrain.aws import client
from pushtrain.errors import RegistryError
from pushtrain.local.aws import up
from pushtrain.local.identity import user_name
from pushtrain.platform import Platform
from pushtrain.registry import decide, missing, read_version
from pushtrain.registry.four_eyes import refuse_own_approval
from pushtrain.registry.identity import Identity, parse_identity
from tests.embedded.registered import MODEL, PLATFORM, register, write_record
from tests.sample_record import RECORD

Types = Callable[..., tuple[int, str, str]]


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Platform]:
    """A platform that requires four eyes, with the model churn and no version."""
    platform = msgspec.structs.replace(PLATFORM, four_eyes=True)
    with up(tmp_path / "store", platform):
        client("sagemaker").create_model_package_group(ModelPackageGroupName="pushtrain-churn")
        yield platform


PUSHED = "churn version 1: {} pushed it"
COMMITTED = "churn version 1: {} wrote its commit"
OWN = (
    f", and the approver is {user_name()}. This platform requires four eyes, and takes names that differ only in case, "
    "punctuation or e-mail domain for one person. Ask another approver to approve it"
)


NO_PUSHER = "churn version 1: it is not known who pushed it, and this platform requires four eyes. Push it again"
NO_AUTHOR = "churn version 1: it is not known who wrote its commit, and this platform requires four eyes. Push it again"


NO_PERSON = (
    "churn version 1 was pushed as {}, which is not a person's or system's name, and this platform requires four eyes. "
    "Set role_session_name in the AWS configuration that pushes, and push it again"
)


def register_push(run: str, pushed_by: str, author: str) -> str:
    """Register a version of a run that this person pushed, with a commit of this author. Return its ARN."""
    write_push(run, pushed_by, author)
    return register(run, {"auc": 1})


def write_push(run: str, pushed_by: str, author: str) -> None:
    """Write the record of a run that this person pushed, with a commit of this author."""
    git = msgspec.structs.replace(RECORD.git, author=author)
    write_record(msgspec.structs.replace(RECORD, run=run, revision=run, pushed_by=pushed_by, git=git).with_metadata())


@pytest.mark.parametrize(
    ("pushed_by", "author", "message"),
    [
        (user_name(), "unknown", PUSHED.format(user_name()) + OWN),
        # in another role, with the same session name
        (f"AROAEXAMPLE:{user_name()}", "kim@example.org", PUSHED.format(user_name()) + OWN),
        (
            f"AROAEXAMPLE:{user_name().upper()}@b.example",
            "kim@example.org",
            PUSHED.format(f"{user_name().upper()}@b.example") + OWN,
        ),
        ("jenkins", f"{user_name()}@example.org", COMMITTED.format(f"{user_name()}@example.org") + OWN),
        (
            "jenkins",
            f"7+{user_name()}@users.noreply.github.com",
            COMMITTED.format(f"7+{user_name()}@users.noreply.github.com") + OWN,
        ),
        ("unknown", "kim@example.org", NO_PUSHER),
        ("jenkins", "unknown", NO_AUTHOR),  # no git, or git refused
        ("AROAEXAMPLE:botocore-session-1700000000", "kim@example.org", NO_PERSON.format("botocore-session-1700000000")),
        ("AIDAEXAMPLEEXAMPLE", "kim@example.org", NO_PERSON.format("AIDAEXAMPLEEXAMPLE")),
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
    assert client("s3").head_object(Bucket=strict.serving_bucket, Key=key)["ContentLength"] == len(MODEL)


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
    assert str(raised.value) == PUSHED.format(user_name()) + OWN


def test_a_record_that_is_not_written_yet_is_worth_another_try(strict: Platform) -> None:
    register("late", {"auc": 1}, pushed_by="jenkins", author="kim@example.org")
    with pytest.raises(RegistryError) as raised:
        decide(strict, "churn", 1, "Approved")
    assert str(raised.value) == (
        "churn version 1 cannot go to serving: the record of its run is not written yet. Try again in a minute"
    )
    write_push("late", "jenkins", "kim@example.org")
    assert decide(strict, "churn", 1, "Approved").status == "Approved"


def test_without_the_record_of_its_run_nobody_approves(strict: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missing, "WAIT", timedelta(0))
    register("lost", {"auc": 1}, pushed_by="jenkins", author="kim@example.org")
    with pytest.raises(RegistryError) as raised:
        decide(strict, "churn", 1, "Approved")
    assert str(raised.value) == NO_PUSHER


@pytest.mark.parametrize(
    ("identity", "message"),
    [
        (
            Identity(principal="AROAEXAMPLE:1", names=("SageMaker", "Kim@a.example")),
            COMMITTED.format("kim@example.org"),
        ),
        (Identity(principal="AROAEXAMPLE:jenkins", names=()), PUSHED.format("jenkins")),
    ],
    ids=["source identity", "principal"],
)
def test_every_name_of_the_approver_counts(identity: Identity, message: str, strict: Platform) -> None:
    register_push("theirs", "AROAEXAMPLE:jenkins", "kim@example.org")
    with pytest.raises(RegistryError) as raised:
        refuse_own_approval(strict, read_version(strict, "churn", 1), identity)
    assert str(raised.value).startswith(f"{message}, and the approver is ")


def test_an_approver_without_a_name_is_refused(strict: Platform) -> None:
    register_push("theirs", "AROAEXAMPLE:jenkins", "kim@example.org")
    nobody = parse_identity("AROAOTHER:SageMaker", "arn:aws:sts::123456789012:assumed-role/studio/SageMaker")
    with pytest.raises(RegistryError) as raised:
        refuse_own_approval(strict, read_version(strict, "churn", 1), nobody)
    assert str(raised.value) == (
        "churn version 1: the approver is SageMaker, which is not a person's name, and this platform requires four "
        "eyes. Set role_session_name in the AWS configuration to your name, and approve it again"
    )


def test_a_copy_of_an_earlier_approval_does_not_help_its_author(strict: Platform) -> None:
    arn = register_push("theirs", "jenkins", "kim@example.org")
    decide(strict, "churn", 1, "Approved")
    decide(strict, "churn", 1, "Rejected")
    write_record(msgspec.structs.replace(RECORD, run="theirs", pushed_by=user_name()))
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
