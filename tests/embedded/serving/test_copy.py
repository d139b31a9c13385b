"""The copy of an approved model in the serving bucket."""

from __future__ import annotations

import hashlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from pushtrain.aws import client, create_client
from pushtrain.errors import RegistryError
from pushtrain.hashes import hash_bytes
from pushtrain.layout import build_verdict_key
from pushtrain.platform import Platform
from pushtrain.registry import read_version
from pushtrain.serving import ServingState, copy, fetch
from tests.embedded.registered import write_record
from tests.embedded.serving.approvals import (
    ARTIFACTS,
    IMAGE,
    NOTE,
    PLATFORM,
    SERVING,
    Bus,
    approval_time,
    approved,
    artifact,
    current,
    decide,
    deliver,
    list_served,
    read,
    register,
    versions_of,
)
from tests.sample_record import RECORD

FORBIDDEN = (AWSResponse("", 403, HTTPHeaders(), None), {"Error": {"Code": "403", "Message": "Forbidden"}})


def test_an_approved_model_is_copied_and_described(bus: Bus) -> None:
    [arn] = register()
    serving = deliver(approved(bus, arn, NOTE))
    described = client("sagemaker").describe_model_package(ModelPackageName=arn)
    source = client("s3").head_object(Bucket=ARTIFACTS, Key=artifact("churn", 1))
    [copied] = versions_of("churn/1/model.tar.gz")
    assert serving == ServingState(model="churn", version=1, previous=None, changed=True)
    assert read("churn/1/model.tar.gz") == b"churn 1"
    when = described["LastModifiedTime"].astimezone().timestamp()
    document = current()
    assert abs(approval_time(document) - when) < 0.002
    assert document == {
        "model": "churn",
        "version": 1,
        "model_package": arn,
        "artifact": {"uri": f"s3://{ARTIFACTS}/{artifact('churn', 1)}", "version_id": source["VersionId"]},
        "file": {"uri": f"s3://{SERVING}/churn/1/model.tar.gz", "version_id": copied},
        "size": 7,
        "sha256": hashlib.sha256(b"churn 1").hexdigest(),
        "image": IMAGE,
        "evaluation_image": "",
        "candidate": "",
        "inference": {"image": IMAGE, "environment": {}},
        "raw_fields": {},
        "gate": [],
        "metrics": {},
        "revision": "revision1",
        "run": "r1",
        "commit": "3f9c",
        "approver": described["LastModifiedBy"]["UserProfileName"],
        "note": NOTE,
        "approved_at": document["approved_at"],
        "decided_at": document["approved_at"],
        "previous": None,
        "decisions": [
            {
                "model": "churn",
                "version": 1,
                "status": "Approved",
                "decided_at": document["approved_at"],
                "approver": document["approver"],
                "note": NOTE,
                "environment": "",
                "gate": [],
            }
        ],
    }
    assert NOTE in read("churn/approved.json").decode()  # for people, not as escapes
    own = json.loads(read("churn/1/approved.json"))
    assert own == {
        name: value for name, value in document.items() if name not in {"previous", "decided_at", "decisions"}
    }


def test_two_handlers_of_one_event_make_one_copy_that_counts(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    [arn] = register()
    event = approved(bus, arn)
    both, described = threading.Barrier(2, timeout=30), copy._describe_copy

    def describe(*arguments: Any) -> dict[str, Any]:
        document = described(*arguments)
        both.wait()  # both have copied
        return document

    monkeypatch.setattr(copy, "_describe_copy", describe)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(deliver, [event, event]))
    assert sorted(answer.changed for answer in answers) == [False, True]
    assert len(versions_of("churn/1/approved.json")) == len(versions_of("churn/approved.json")) == 1
    assert current()["file"]["version_id"] in versions_of("churn/1/model.tar.gz")


def test_going_back_needs_no_artifact(bus: Bus) -> None:
    arns = register(versions=2)
    for arn in arns:
        deliver(approved(bus, arn))
    client("s3").delete_object(Bucket=ARTIFACTS, Key=artifact("churn", 1))
    deliver(decide(bus, arns[1], "Rejected"))
    assert current()["version"] == 1


def test_a_model_that_is_replaced_after_the_registration_does_not_serve(bus: Bus) -> None:
    """A job of another model may still write there; the version that was evaluated is copied."""
    [arn] = register()
    client("s3").put_object(Bucket=ARTIFACTS, Key=artifact("churn", 1), Body=b"planted")
    deliver(approved(bus, arn))
    assert read("churn/1/model.tar.gz") == b"churn 1"


def test_bytes_that_are_not_those_of_the_verdict_are_refused(bus: Bus) -> None:
    [arn] = register()
    key = build_verdict_key("churn", "r1")
    verdict = json.loads(client("s3").get_object(Bucket=ARTIFACTS, Key=key)["Body"].read())
    verdict["artifact"]["etag"] = "0a1b"
    client("s3").put_object(Bucket=ARTIFACTS, Key=key, Body=json.dumps(verdict).encode())
    with pytest.raises(RegistryError) as raised:
        deliver(approved(bus, arn))
    assert str(raised.value) == (
        f"churn version 1 cannot go to serving: s3://{ARTIFACTS}/{artifact('churn', 1)} is not the model that was "
        "evaluated: its bytes differ. Train again"
    )
    assert list_served() == []


def test_a_verdict_that_was_changed_after_the_registration_does_not_count(bus: Bus) -> None:
    """A version whose metrics do not fit into the registry has the hash of verdict.json."""
    [arn] = register()
    expected, key = "0" * 64, build_verdict_key("churn", "r1")
    actual = hash_bytes(client("s3").get_object(Bucket=ARTIFACTS, Key=key)["Body"].read())
    client("sagemaker").update_model_package(
        ModelPackageArn=arn, CustomerMetadataProperties={"verdict_sha256": expected}
    )
    with pytest.raises(RegistryError) as raised:
        deliver(approved(bus, arn))
    assert str(raised.value) == (
        f"churn version 1 cannot go to serving: s3://{ARTIFACTS}/{key} is not the verdict with which it was "
        f"registered: its SHA-256 is {actual}, not {expected}. Reject it and push the model again"
    )
    assert list_served() == []


REGISTERED = {"Image": IMAGE, "ModelDataUrl": f"s3://{ARTIFACTS}/{artifact('churn', 1)}"}
PLANTED = {"Image": "example.org/planted:1", "ModelDataUrl": "s3://elsewhere/model.tar.gz"}


@pytest.mark.parametrize(
    "containers",
    [
        [{"Image": IMAGE}],
        [REGISTERED | {"ModelDataUrl": f"s3://{ARTIFACTS}/{artifact('other', 1)}"}],
        [REGISTERED | {"Image": "example.org/other:1"}],
        [REGISTERED | {"Environment": {"A": "b"}}],
        [REGISTERED, PLANTED],
    ],
    ids=["no model", "another model", "another image", "other variables", "another container"],
)
def test_a_version_whose_model_or_serving_was_changed_is_refused(bus: Bus, containers: list[dict[str, Any]]) -> None:
    [arn] = register(InferenceSpecification={"Containers": containers})
    with pytest.raises(RegistryError) as raised:
        deliver(approved(bus, arn))
    assert str(raised.value) == (
        "churn version 1 cannot go to serving: model, image or environment variables in the registry are not those "
        "that were evaluated. Reject it and push the model again"
    )


@pytest.mark.parametrize(
    ("properties", "keys"),
    [({"data.raw": "s3://lake/other/"}, "data.raw"), ({"pushed_by": "jin", "run": "r9"}, "pushed_by, run")],
)
def test_a_version_whose_metadata_were_rewritten_is_refused(bus: Bus, properties: dict[str, str], keys: str) -> None:
    [arn] = register()
    write_record(msgspec.structs.replace(RECORD, run="r1", revision="revision1").with_metadata())
    client("sagemaker").update_model_package(ModelPackageArn=arn, CustomerMetadataProperties=properties)
    with pytest.raises(RegistryError) as raised:
        deliver(approved(bus, arn))
    assert str(raised.value) == (
        "churn version 1 cannot go to serving: its metadata in the registry are not those of its run: "
        f"{keys}. Reject it and push the model again"
    )


def test_a_version_with_the_metadata_of_its_run_goes_to_serving(bus: Bus) -> None:
    record = msgspec.structs.replace(RECORD, run="r1", revision="revision1").with_metadata()
    [arn] = register(CustomerMetadataProperties={**record.metadata, "metric.auc": "0.9"})
    write_record(record)
    assert deliver(approved(bus, arn)).version == 1


def test_a_version_without_a_verdict_is_refused_whatever_its_metadata_say(bus: Bus) -> None:
    """CustomerMetadataProperties can be changed with the approval; the execution that registered it cannot."""
    [arn] = register(MetadataProperties={"CommitId": "3f9c"})
    with pytest.raises(RegistryError) as raised:
        deliver(approved(bus, arn))
    assert str(raised.value) == (
        "churn version 1 cannot go to serving: there is no verdict of the run that registered it, so nobody knows "
        "which bytes were evaluated. Push the model again"
    )


def test_what_a_job_writes_after_the_approval_reaches_nobody(bus: Bus, tmp_path: Path) -> None:
    [arn] = register()
    event = approved(bus, arn)
    deliver(event)
    client("s3").put_object(Bucket=ARTIFACTS, Key=artifact("churn", 1), Body=b"something else")
    deliver(event)
    assert fetch(PLATFORM, "churn", target=tmp_path / "m").file.read_bytes() == b"churn 1"


def test_a_verdict_that_is_not_written_yet_is_worth_another_try(bus: Bus) -> None:
    """EventBridge may be faster than a run. Lambda delivers the event again after a minute."""
    [arn] = register()
    event, key = approved(bus, arn), "churn/runs/r1/verdict.json"
    verdict = client("s3").get_object(Bucket=ARTIFACTS, Key=key)["Body"].read()
    client("s3").delete_object(Bucket=ARTIFACTS, Key=key)
    with pytest.raises(RegistryError) as raised:
        deliver(event)
    assert str(raised.value) == (
        "churn version 1 cannot go to serving: the verdict of its run is not written yet. Try again in a minute"
    )
    client("s3").put_object(Bucket=ARTIFACTS, Key=key, Body=verdict)
    assert deliver(event).version == 1


def test_a_verdict_that_may_not_be_read_is_not_called_missing(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    [arn] = register()
    event = approved(bus, arn)
    denied = (AWSResponse("", 403, HTTPHeaders(), None), {"Error": {"Code": "AccessDenied", "Message": "no"}})

    def deny_verdicts(params: dict[str, Any], **_: object) -> Any:
        return denied if "verdict.json" in params["url_path"] else None

    def denying(service: str, region: str | None = None) -> Any:
        made = create_client(service, region)
        for operation in ("GetObject", "HeadObject"):
            made.meta.events.register(f"before-call.s3.{operation}", deny_verdicts)
        return made

    monkeypatch.setattr("pushtrain.aws.client", denying)
    with pytest.raises(RegistryError) as raised:
        deliver(event)
    assert str(raised.value) == (
        "churn version 1 cannot go to serving: the verdict of its run cannot be read: An error occurred (AccessDenied) "
        "when calling the HeadObject operation: no. Fix that, then decide again"
    )


def test_a_model_file_that_may_not_be_read_is_not_called_gone(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    [arn] = register()
    event = approved(bus, arn)

    def forbidding(service: str, region: str | None = None) -> Any:
        made = create_client(service, region)
        made.meta.events.register("before-call.s3.HeadObject", lambda **_: FORBIDDEN)
        return made

    monkeypatch.setattr("pushtrain.aws.client", forbidding)
    with pytest.raises(RegistryError) as raised:
        deliver(event)
    assert str(raised.value) == (
        f"churn version 1 cannot go to serving: s3://{ARTIFACTS}/{artifact('churn', 1)} cannot be read: "
        "An error occurred (403) when calling the HeadObject operation: Forbidden. Fix that, then decide again"
    )


def test_a_large_model_is_copied_in_parts(bus: Bus, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(copy, "PART", 5 << 20)
    body = bytes(range(256)) * (11 << 12)
    [arn] = register(body=body)
    deliver(approved(bus, arn))
    assert current()["size"] == len(body)
    assert fetch(PLATFORM, "churn", target=tmp_path / "m").file.read_bytes() == body


def test_an_approval_without_a_reason_is_refused_if_the_platform_requires_one(bus: Bus) -> None:
    [arn] = register()
    strict = Platform.from_json(json.dumps({**json.loads(PLATFORM.to_json()), "require_notes": True}))
    for note in ("", "Approved without a note"):
        with pytest.raises(RegistryError) as raised:
            deliver(approved(bus, arn, note), strict)
        assert str(raised.value) == (
            "churn version 1 cannot go to serving: it was approved without a reason, and this platform requires one. "
            "Approve it again with a note"
        )
    assert deliver(approved(bus, arn, NOTE), strict).version == 1


def test_with_four_eyes_an_approval_of_nobody_is_refused(bus: Bus) -> None:
    register()
    four = Platform.from_json(json.dumps({**json.loads(PLATFORM.to_json()), "four_eyes": True}))
    with pytest.raises(RegistryError) as raised:
        copy.copy_to_serving(
            four, read_version(four, "churn", 1), copy.Approval(approved_at="2026-11-21T10:00:00+00:00")
        )
    assert str(raised.value) == (
        "churn version 1: it is no longer known who approved it, and this platform requires four eyes. "
        "Reject it and approve it again"
    )
