"""From an approval in the registry to what serving reads and fetches."""

from __future__ import annotations

import hashlib
import itertools
import json
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from pushtrain.aws import client
from pushtrain.errors import RegistryError
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from pushtrain.registry import decide as decide_here
from pushtrain.registry import read_version
from pushtrain.serving import ServingState, approval, fetch, receive
from pushtrain.serving import approved_json as documents
from pushtrain.serving import copy as keep

PLATFORM = Platform.local()
FORBIDDEN = (AWSResponse("", 403, HTTPHeaders(), None), {"Error": {"Code": "403", "Message": "Forbidden"}})
SERVING, ARTIFACTS = PLATFORM.serving_bucket, PLATFORM.artifact_bucket
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/sklearn:1"
NOTE = "시험 통과 · café"

Event = dict[str, Any]


class Bus:
    """Stands for EventBridge: it keeps the events, and the tests deliver them."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def handler(self, event: Event, _context: Any) -> None:
        self.events.append(event)


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    bus = Bus()
    module = ModuleType("the_bus_of_this_test")
    module.handler = bus.handler  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    with up(tmp_path / "store", PLATFORM, handlers={"on_approval": "the_bus_of_this_test.handler"}):
        yield bus


def artifact(model: str, version: int) -> str:
    return f"{model}/runs/r{version}/model/job/output/model.tar.gz"


def register(model: str = "churn", *, versions: int = 1, **more: Any) -> list[str]:
    """Versions 1 to n whose artifact says which it is."""
    sagemaker = client("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName=model)
    arns = []
    for version in range(1, versions + 1):
        key = artifact(model, version)
        client("s3").put_object(Bucket=ARTIFACTS, Key=key, Body=f"{model} {version}".encode())
        container = {"Image": IMAGE, "ModelDataUrl": f"s3://{ARTIFACTS}/{key}"}
        request = {
            "ModelPackageGroupName": model,
            "InferenceSpecification": {"Containers": [container]},
            "ModelApprovalStatus": "PendingManualApproval",
            "CustomerMetadataProperties": {"run": f"r{version}", "revision": f"revision{version}"},
            "MetadataProperties": {"CommitId": "3f9c"},
            **more,
        }
        arns.append(sagemaker.create_model_package(**request)["ModelPackageArn"])
    return arns


def decide(bus: Bus, arn: str, status: str, note: str = "") -> Event:
    said = {"ApprovalDescription": note} if note else {}
    client("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus=status, **said)
    return bus.events[-1]


def approved(bus: Bus, arn: str, note: str = "") -> Event:
    return decide(bus, arn, "Approved", note)


def deliver(event: Event, platform: Platform = PLATFORM) -> ServingState:
    serving = receive(event, platform)
    assert serving is not None
    return serving


def current(model: str = "churn") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read(f"{model}/approved.json"))
    return found


def read(key: str) -> bytes:
    body: bytes = client("s3").get_object(Bucket=SERVING, Key=key)["Body"].read()
    return body


def versions_of(key: str) -> list[str]:
    found = client("s3").list_object_versions(Bucket=SERVING, Prefix=key)["Versions"]
    return [version["VersionId"] for version in found]


def test_an_approved_model_is_copied_and_describe_copy(bus: Bus) -> None:
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
        "metrics": {},
        "revision": "revision1",
        "run": "r1",
        "commit": "3f9c",
        "approver": described["LastModifiedBy"]["UserProfileName"],
        "note": NOTE,
        "approved_at": document["approved_at"],
        "decided_at": document["approved_at"],
        "previous": None,
    }
    assert NOTE in read("churn/approved.json").decode()  # for people, not as escapes
    own = json.loads(read("churn/1/approved.json"))
    assert own == {name: value for name, value in document.items() if name not in {"previous", "decided_at"}}


def approval_time(document: dict[str, Any]) -> float:
    from datetime import datetime

    return datetime.fromisoformat(document["approved_at"]).timestamp()


def test_the_same_event_again_does_nothing(bus: Bus) -> None:
    [arn] = register()
    event = approved(bus, arn)
    deliver(event)
    assert deliver(event) == ServingState(model="churn", version=1, previous=None, changed=False)
    keys = ("churn/approved.json", "churn/1/approved.json", "churn/1/model.tar.gz")
    assert [len(versions_of(key)) for key in keys] == [1, 1, 1]


def test_the_next_approval_names_the_version_before(bus: Bus) -> None:
    for arn in register(versions=2):
        serving = deliver(approved(bus, arn))
    assert serving == ServingState(model="churn", version=2, previous=1, changed=True)
    assert current()["previous"] == 1
    assert len(versions_of("churn/approved.json")) == 2


@pytest.mark.parametrize("whole_seconds", [False, True])
def test_in_whatever_order_events_come_the_version_approved_last_serves(bus: Bus, whole_seconds: bool) -> None:
    for number, order in enumerate(itertools.permutations([0, 1, 2])):
        model = f"model-{number}"
        arns = register(model, versions=3)
        events = [approved(bus, arns[version]) for version in (2, 0, 1)]
        if whole_seconds:
            for event in events:
                event["detail"]["LastModifiedTime"] = event["detail"]["LastModifiedTime"][:19] + "Z"
        for index in (*order, *reversed(order)):
            deliver(events[index])
        assert current(model)["version"] == 2
        assert [read(f"{model}/{n}/model.tar.gz") for n in (1, 2, 3)] == [f"{model} {n}".encode() for n in (1, 2, 3)]


def test_an_edited_description_wakes_nobody_and_a_late_duplicate_does_not_bring_the_old_version_back(bus: Bus) -> None:
    arns = register(versions=2)
    first = approved(bus, arns[0])
    deliver(first)
    deliver(approved(bus, arns[1]))
    client("sagemaker").update_model_package(ModelPackageArn=arns[0], ApprovalDescription="edited")
    assert len(bus.events) == 2
    assert deliver(first).changed is False
    assert current()["version"] == 2


def test_who_edited_a_version_is_not_called_its_approver(bus: Bus) -> None:
    [arn] = register()
    event = approved(bus, arn)
    event["detail"]["LastModifiedTime"] = "2026-01-01T00:00:00.000Z"  # the registry says: modified later
    deliver(event)
    assert current()["approver"] == ""
    assert current()["approved_at"] == "2026-01-01T00:00:00.000+00:00"


def test_what_the_registry_says_counts_not_what_the_event_says(bus: Bus) -> None:
    [arn] = register()
    event = approved(bus, arn)
    rejection = decide(bus, arn, "Rejected")
    for late in (event, rejection, event):
        assert deliver(late) == ServingState(model="churn", version=None, previous=None, changed=False)
    assert "Contents" not in client("s3").list_objects_v2(Bucket=SERVING)


def test_a_rejection_goes_back_to_the_highest_version_that_is_approved_and_then_to_none(bus: Bus) -> None:
    arns = register(versions=4)
    for number in (1, 0, 3):  # version 3 is never approved
        deliver(approved(bus, arns[number]))
    assert deliver(decide(bus, arns[3], "Rejected")) == ServingState(model="churn", version=2, previous=4, changed=True)
    assert current()["sha256"] == hashlib.sha256(b"churn 2").hexdigest()
    assert deliver(decide(bus, arns[0], "Rejected")).changed is False  # it does not serve
    assert deliver(decide(bus, arns[1], "Rejected")) == ServingState(
        model="churn", version=None, previous=2, changed=True
    )
    document = current()
    assert (document["model"], document["version"], document["previous"]) == ("churn", None, 2)
    with pytest.raises(RegistryError) as told:
        fetch(PLATFORM, "churn")
    assert str(told.value) == "no version of churn is approved. See `pushtrain models list churn --local`"
    assert deliver(approved(bus, arns[1])) == ServingState(model="churn", version=2, previous=None, changed=True)


def test_an_old_event_does_not_undo_what_a_rejection_chose(bus: Bus) -> None:
    arns = register(versions=3)
    events = [approved(bus, arns[number]) for number in (1, 0, 2)]  # version 1 is approved after version 2
    for event in events:
        deliver(event)
    deliver(decide(bus, arns[2], "Rejected"))
    assert deliver(events[1]).changed is False
    assert current()["version"] == 2


def test_a_deleted_version_stops_serving_at_the_next_decision(bus: Bus) -> None:
    arns = register(versions=3)
    deliver(approved(bus, arns[0]))
    deliver(approved(bus, arns[1]))
    client("sagemaker").delete_model_package(ModelPackageName=arns[1])
    assert deliver(decide(bus, arns[2], "Rejected")).version == 1


def test_two_handlers_at_once_agree_on_the_later_decision(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    arns = register(versions=2)
    events = [approved(bus, arn) for arn in arns]
    both, arrived = threading.Barrier(2, timeout=30), threading.local()

    def write(*arguments: Any, **named: Any) -> str | None:
        if not getattr(arrived, "first", False):
            arrived.first = True
            both.wait()  # both have read that nothing serves yet
        return documents.write_document(*arguments, **named)

    monkeypatch.setattr(approval, "write_document", write)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(deliver, events))
    assert current()["version"] == 2
    assert sum(answer.changed for answer in answers) in {1, 2}
    assert answers[1].version == 2
    assert len(versions_of("churn/approved.json")) in {1, 2}


def test_two_handlers_of_one_event_make_one_copy_that_counts(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    [arn] = register()
    event = approved(bus, arn)
    both, described = threading.Barrier(2, timeout=30), keep._describe_copy

    def describe(*arguments: Any) -> dict[str, Any]:
        document = described(*arguments)
        both.wait()  # both have copied
        return document

    monkeypatch.setattr(keep, "_describe_copy", describe)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(deliver, [event, event]))
    assert sorted(answer.changed for answer in answers) == [False, True]
    assert len(versions_of("churn/1/approved.json")) == len(versions_of("churn/approved.json")) == 1
    assert current()["file"]["version_id"] in versions_of("churn/1/model.tar.gz")


@pytest.mark.parametrize("served", [None, 1])
def test_a_rejection_that_overtakes_the_approval_is_not_undone_by_it(
    bus: Bus, monkeypatch: pytest.MonkeyPatch, served: int | None
) -> None:
    """The handler of the approval is about to write when the version is rejected, and that is handled first."""
    arns = register(versions=2)
    if served:
        deliver(approved(bus, arns[0]))
    event = approved(bus, arns[1])
    meanwhile = [lambda: deliver(decide(bus, arns[1], "Rejected"))]

    def write(*arguments: Any, **named: Any) -> str | None:
        if meanwhile:
            meanwhile.pop()()
        return documents.write_document(*arguments, **named)

    monkeypatch.setattr(approval, "write_document", write)
    assert deliver(event).version == served
    assert current()["version"] == served


def test_a_rejected_model_goes_even_if_the_next_one_cannot_be_copied(bus: Bus) -> None:
    arns = register(versions=3)
    deliver(approved(bus, arns[0]))
    client("s3").delete_object(Bucket=ARTIFACTS, Key=artifact("churn", 2))
    lost = approved(bus, arns[1])
    with pytest.raises(RegistryError) as told:
        deliver(lost)
    assert str(told.value) == (
        "churn version 2 cannot go to serving: "
        "s3://pushtrain-artifacts/churn/runs/r2/model/job/output/model.tar.gz is gone. Train again"
    )
    deliver(approved(bus, arns[2]))
    with pytest.raises(RegistryError) as still:
        deliver(decide(bus, arns[2], "Rejected"))
    assert str(still.value) == str(told.value)
    assert current()["version"] == 1


def test_going_back_needs_no_artifact(bus: Bus) -> None:
    arns = register(versions=2)
    for arn in arns:
        deliver(approved(bus, arn))
    client("s3").delete_object(Bucket=ARTIFACTS, Key=artifact("churn", 1))
    deliver(decide(bus, arns[1], "Rejected"))
    assert current()["version"] == 1


def test_an_artifact_written_after_the_registration_is_refused(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr("pushtrain.local.sagemaker.model_registry.time.time", lambda: 1_700_000_000.0)
        [arn] = register()
    event = approved(bus, arn)
    with pytest.raises(RegistryError, match=r"was written at .*, after the version was registered at 2023-11-14"):
        deliver(event)
    assert "Contents" not in client("s3").list_objects_v2(Bucket=SERVING)


def test_what_a_job_writes_after_the_approval_reaches_nobody(bus: Bus, tmp_path: Path) -> None:
    [arn] = register()
    event = approved(bus, arn)
    deliver(event)
    client("s3").put_object(Bucket=ARTIFACTS, Key=artifact("churn", 1), Body=b"something else")
    deliver(event)
    assert fetch(PLATFORM, "churn", target=tmp_path / "m").file.read_bytes() == b"churn 1"


def test_a_version_without_a_model_file_is_refused(bus: Bus) -> None:
    container = {"Image": IMAGE}
    [arn] = register(InferenceSpecification={"Containers": [container]})
    with pytest.raises(RegistryError) as told:
        deliver(approved(bus, arn))
    assert str(told.value) == "churn version 1 cannot go to serving: the registry names no model.tar.gz for it"


def test_a_model_file_that_may_not_be_read_is_not_called_gone(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    [arn] = register()
    event = approved(bus, arn)

    def forbidding(service: str, region: str | None = None) -> Any:
        made = client(service, region)
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
    monkeypatch.setattr(keep, "PART", 5 << 20)
    [arn] = register()
    body = bytes(range(256)) * (11 << 12)
    client("s3").put_object(Bucket=ARTIFACTS, Key=artifact("churn", 1), Body=body)
    deliver(approved(bus, arn))
    assert current()["size"] == len(body)
    assert fetch(PLATFORM, "churn", target=tmp_path / "m").file.read_bytes() == body


def test_a_version_that_was_created_approved_serves(bus: Bus) -> None:
    """Whether AWS names updated fields in the event of a creation is not known: here it names none."""
    [arn] = register(ModelApprovalStatus="Approved")
    event = json.loads((Path(__file__).parents[1] / "events" / "model-package-created.json").read_text())
    event["detail"]["ModelPackageArn"] = arn
    assert deliver(event).version == 1


def test_a_platform_without_serving_bucket_is_told_so(bus: Bus) -> None:
    [arn] = register()
    bare = Platform.from_json(json.dumps({**json.loads(PLATFORM.to_json()), "serving_bucket": ""}))
    with pytest.raises(RegistryError) as told:
        receive(approved(bus, arn), bare)
    assert str(told.value) == "this platform has no serving bucket. Deploy it again with this version of pushtrain"


def told(arn: str) -> list[tuple[str, str]]:
    from moto.sns.models import sns_backends

    topic = sns_backends[PLATFORM.account]["us-east-1"].topics[arn]
    return [(str(subject), message) for _, message, subject, _, _ in topic.sent_notifications]


def with_topic(arn: str) -> Platform:
    return Platform.from_json(json.dumps({**json.loads(PLATFORM.to_json()), "topic": arn}))


def test_the_topic_is_told_of_each_change_once(bus: Bus) -> None:
    topic = client("sns").create_topic(Name="people")["TopicArn"]
    platform = with_topic(topic)
    arns = register(versions=2)
    events = [approved(bus, arn, NOTE) for arn in arns]
    for event in (*events, *events):
        deliver(event, platform)
    deliver(decide(bus, arns[0], "Rejected"), platform)
    deliver(decide(bus, arns[1], "Rejected"), platform)
    said = told(topic)
    assert [subject for subject, _ in said] == [
        "churn: version 1 goes to serving",
        "churn: version 2 goes to serving",
        "churn: nothing is approved any more",
    ]
    assert NOTE in said[1][1]
    assert said[1][1].splitlines()[0] == "churn: version 2 goes to serving; before it was version 1."


def test_a_topic_that_cannot_be_told_is_told_by_the_next_delivery(bus: Bus) -> None:
    [arn] = register()
    event = approved(bus, arn, NOTE)
    deaf = with_topic(f"arn:aws:sns:us-east-1:{PLATFORM.account}:people")
    for _ in range(2):  # Lambda's first try and its retry
        with pytest.raises(RegistryError) as unheard:
            deliver(event, deaf)
        assert str(unheard.value) == (
            "churn: version 1 goes to serving, but arn:aws:sns:us-east-1:123456789012:people could not be "
            "reached: An error occurred (NotFound) when calling the Publish operation: Endpoint does not exist"
        )
        assert (current()["version"], current()["told"]) == (1, False)
    topic = client("sns").create_topic(Name="people")["TopicArn"]
    assert deliver(event, deaf).changed is False
    assert [subject for subject, _ in told(topic)] == ["churn: version 1 goes to serving"]
    assert NOTE in told(topic)[0][1]
    assert "told" not in current()
    deliver(event, deaf)
    assert len(told(topic)) == 1


def test_an_approval_anew_does_not_forget_that_nobody_was_told(bus: Bus) -> None:
    [arn] = register()
    deaf = with_topic(f"arn:aws:sns:us-east-1:{PLATFORM.account}:people")
    with pytest.raises(RegistryError, match="could not be reached"):
        deliver(approved(bus, arn), deaf)
    topic = client("sns").create_topic(Name="people")["TopicArn"]
    deliver(approved(bus, arn, "once more"), deaf)
    assert ["once more" in message for _, message in told(topic)] == [True]
    assert "told" not in current()


def test_fetch_writes_the_model_in_serving(bus: Bus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for arn in register(versions=2):
        deliver(approved(bus, arn))
    monkeypatch.chdir(tmp_path)
    fetched = fetch(PLATFORM, "churn")
    assert (fetched.version, fetched.file) == (2, Path("churn-2.tar.gz"))
    assert fetched.file.read_bytes() == b"churn 2"
    assert fetched.sha256 == hashlib.sha256(b"churn 2").hexdigest()
    assert fetch(PLATFORM, "churn", version=1, target=Path("churn-2.tar.gz")).version == 1
    assert fetched.file.read_bytes() == b"churn 1"


def replace_served(bus: Bus) -> None:
    document = current()
    put = client("s3").put_object(Bucket=SERVING, Key="churn/1/model.tar.gz", Body=b"evil")
    document["file"]["version_id"] = put["VersionId"]
    client("s3").put_object(Bucket=SERVING, Key="churn/approved.json", Body=json.dumps(document).encode())


def lose_served(bus: Bus) -> None:
    version = current()["file"]["version_id"]
    client("s3").delete_object(Bucket=SERVING, Key="churn/1/model.tar.gz", VersionId=version)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (
            replace_served,
            (
                "s3://pushtrain-serving/churn/1/model.tar.gz is not the model that was approved: its sha256 is "
                "b5c1fb2efc6d6b4674c2fdcc48ce01b43a3b7c03763c0c3355de0099ee0f8c73, approved.json says "
                "dc74079878d66ae2d233bb0a6401a5ef4c4db73b1c0a1f069276e08190d8d230. Nothing was written"
            ),
        ),
        (
            lose_served,
            (
                "s3://pushtrain-serving/churn/1/model.tar.gz cannot be read: An error occurred (404) when "
                "calling the HeadObject operation: Not Found"
            ),
        ),
    ],
)
def test_a_model_that_is_not_what_was_approved_is_not_written(
    bus: Bus, tmp_path: Path, harm: Callable[[Bus], None], said: str
) -> None:
    [arn] = register()
    deliver(approved(bus, arn))
    harm(bus)
    kept = tmp_path / "out" / "model.tar.gz"
    kept.parent.mkdir()
    kept.write_bytes(b"the model of yesterday")
    with pytest.raises(RegistryError) as told:
        fetch(PLATFORM, "churn", target=kept)
    assert str(told.value) == said
    assert kept.read_bytes() == b"the model of yesterday"
    assert list(kept.parent.iterdir()) == [kept]


def test_a_version_that_is_not_approved_is_not_fetched(bus: Bus, tmp_path: Path) -> None:
    arns = register(versions=2)
    deliver(approved(bus, arns[0]))
    deliver(decide(bus, arns[0], "Rejected"))
    for version, said in (
        (1, "churn version 1 is Rejected, not Approved"),
        (2, "churn version 2 was never approved. See `pushtrain models list churn --local`"),
        (7, "churn has no version 7. There are: 1, 2"),
    ):
        with pytest.raises(RegistryError) as told:
            fetch(PLATFORM, "churn", version=version, target=tmp_path / "m")
        assert str(told.value) == said
    client("sagemaker").delete_model_package(ModelPackageName=arns[0])
    with pytest.raises(RegistryError) as told:
        fetch(PLATFORM, "churn", version=1, target=tmp_path / "m")
    assert str(told.value) == "churn version 1 is deleted, not Approved"
    with pytest.raises(RegistryError) as told:
        fetch(PLATFORM, "churn/1", target=tmp_path / "m")
    assert str(told.value) == "there is no model 'churn/1' in the registry. Did you mean 'churn'?"
    assert not (tmp_path / "m").exists()


def test_a_folder_that_is_not_there_is_named(bus: Bus, tmp_path: Path) -> None:
    [arn] = register()
    deliver(approved(bus, arn))
    with pytest.raises(RegistryError) as told:
        fetch(PLATFORM, "churn", target=tmp_path / "nowhere" / "m")
    assert str(told.value) == f"cannot write {tmp_path}/nowhere/m: No such file or directory"


def test_a_decision_that_others_keep_overtaking_is_given_up(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    [arn] = register()
    event = approved(bus, arn)
    monkeypatch.setattr(approval, "write_document", lambda *_, **__: None)
    with pytest.raises(RegistryError) as told:
        deliver(event)
    assert str(told.value) == "churn: 20 other decisions were made meanwhile, so this one has no effect. Decide again"


def test_with_four_eyes_an_approval_of_nobody_is_refused(bus: Bus) -> None:
    register()
    four = Platform.from_json(json.dumps({**json.loads(PLATFORM.to_json()), "four_eyes": True}))
    with pytest.raises(RegistryError) as told:
        keep.copy_to_serving(
            four, read_version(four, "churn", 1), keep.Approval(approved_at="2026-11-21T10:00:00+00:00")
        )
    assert str(told.value) == (
        "churn version 1: it is no longer known who approved it, and this platform requires four eyes. "
        "Reject it and approve it again"
    )


def test_a_note_that_the_registry_cannot_hold_is_refused(bus: Bus) -> None:
    register()
    with pytest.raises(RegistryError) as told:
        decide_here(PLATFORM, "churn", 1, "Rejected", "x" * 1025)
    assert str(told.value) == "the note has 1025 characters; the registry allows 1024. Shorten it"
    assert decide_here(PLATFORM, "churn", 1, "Rejected").note == "Rejected without a note"
