"""All versions in a number of calls that does not grow: from the index, and from the registry for what it lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pushtrain import aws
from pushtrain.errors import ModelNotFound
from pushtrain.layout import build_approved_key, build_verdict_key
from pushtrain.lineage import record_inputs
from pushtrain.local.aws import up
from pushtrain.record import RecordedTimes
from pushtrain.registry import VersionSummary
from pushtrain.teams import Team
from pushtrain.version_index import list_all_versions, refresh_model, storage
from pushtrain.version_index.storage import read_indexed_models
from tests.embedded.registered import PLATFORM as COMPUTER
from tests.embedded.registered import build_execution_arn, refuse
from tests.sample_record import RECORD
from tests.sample_result import RESULT
from tests.sample_verdict import build_verdict

PLATFORM = msgspec.structs.replace(COMPUTER, local_option="")  # as on AWS, where there is an index
NOW = datetime.now(UTC)
AROUND = RecordedTimes(started=str(NOW - timedelta(hours=1)), ended=str(NOW + timedelta(hours=1)))
TEAMS = (Team(name="fraud", models=("m0", "m1")), Team(name="credit", models=("m2",)))


@pytest.fixture
def calls(tmp_path: Path) -> Iterator[Counter[str]]:
    """Count the calls of SageMaker and S3, by operation."""
    names: Counter[str] = Counter()

    def count(model: Any, **_: object) -> None:
        names[model.name] += 1

    with up(tmp_path / "store", COMPUTER, handlers={}):
        clients = [aws.client(service, PLATFORM.region) for service in ("sagemaker", "s3")]
        for client in clients:
            client.meta.events.register("before-call", count)
        yield names
        for client in clients:
            client.meta.events.unregister("before-call", count)


def register(model: str, run: str = "one") -> str:
    """Register a version as an ended run leaves it, and return its ARN; the index does not have it yet."""
    sagemaker, s3 = aws.client("sagemaker", PLATFORM.region), aws.client("s3", PLATFORM.region)
    group = PLATFORM.build_group_name(model)
    if not sagemaker.list_model_package_groups(NameContains=group)["ModelPackageGroupSummaryList"]:
        sagemaker.create_model_package_group(ModelPackageGroupName=group)
    arn: str = sagemaker.create_model_package(
        ModelPackageGroupName=group,
        InferenceSpecification={"Containers": [{"Image": "image", "ModelDataUrl": "s3://bucket/model.tar.gz"}]},
        ModelApprovalStatus="PendingManualApproval",
        MetadataProperties={"GeneratedBy": build_execution_arn(model, run)},
    )["ModelPackageArn"]
    verdict = msgspec.structs.replace(build_verdict({"auc": 0.95}), model=model, run=run)
    record = msgspec.structs.replace(RECORD, model=model, run=run, version_key="same")
    for key, document in (
        (build_verdict_key(model, run), verdict.to_json()),
        (f"{model}/runs/{run}/input.json", record.to_json()),
    ):
        s3.put_object(Bucket=PLATFORM.artifact_bucket, Key=key, Body=document.encode())
    number = int(arn.rpartition("/")[2])
    record_inputs(
        PLATFORM,
        msgspec.structs.replace(RESULT, model=model, run=run, times=AROUND, model_package=arn, model_version=number),
    )
    return arn


def approve(arn: str) -> None:
    aws.client("sagemaker", PLATFORM.region).update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")


def list_statuses(**options: Any) -> list[tuple[str, int, str]]:
    versions = list_all_versions(options.pop("platform", PLATFORM), **options).versions
    return [(version.model, version.version, version.status) for version in versions]


@pytest.mark.parametrize("models", [1, 10, 50])
def test_calls_do_not_grow_with_models_and_versions(calls: Counter[str], models: int) -> None:
    for number in range(models):
        register(f"m{number}")
        register(f"m{number}", "two")
        refresh_model(PLATFORM, f"m{number}")
    calls.clear()
    assert len(list_statuses()) == 2 * models
    assert calls == {"ListModelPackageGroups": 1, "GetObject": 1}


def test_the_index_says_what_the_registry_says_and_which_version_serves(calls: Counter[str]) -> None:
    arn = register("m0")
    approve(arn)
    approved = f'{{"version": 1, "model_package": "{arn}"}}'.encode()
    aws.client("s3").put_object(Bucket=PLATFORM.serving_bucket, Key=build_approved_key("m0"), Body=approved)
    asked = list_all_versions(PLATFORM)
    refresh_model(PLATFORM, "m0")
    listing = list_all_versions(PLATFORM)
    assert listing.versions == asked.versions
    assert (listing.versions[0].status, asked.serving, listing.serving) == ("Approved", {}, {"m0": 1})


def test_a_version_that_somebody_registered_by_hand_is_in_the_index(calls: Counter[str]) -> None:
    group = "pushtrain-odd"
    aws.client("sagemaker").create_model_package_group(ModelPackageGroupName=group)
    aws.client("sagemaker").create_model_package(ModelPackageGroupName=group)
    refresh_model(PLATFORM, "odd")
    calls.clear()
    (version,) = list_all_versions(PLATFORM).versions
    assert isinstance(version, VersionSummary)
    assert (version.model, version.run, version.version_key) == ("odd", "", None)
    assert calls["DescribeModelPackage"] == 0


def test_a_model_that_the_index_does_not_have_is_asked_of_the_registry(calls: Counter[str]) -> None:
    register("m0")
    refresh_model(PLATFORM, "m0")
    register("m1")
    calls.clear()
    assert [model for model, *_ in list_statuses()] == ["m0", "m1"]
    assert calls["ListModelPackages"] == 1


def test_a_version_that_was_deleted_is_gone_at_the_next_refresh_and_without_the_index(calls: Counter[str]) -> None:
    arn = register("m0")
    register("m0", "two")
    refresh_model(PLATFORM, "m0")
    aws.client("sagemaker").delete_model_package(ModelPackageName=arn)
    left = [("m0", 2, "PendingManualApproval")]
    assert list_statuses(use_index=False) == left
    refresh_model(PLATFORM, "m0")
    assert list_statuses() == left


def test_a_group_that_was_deleted_is_not_listed(calls: Counter[str]) -> None:
    arn = register("m0")
    refresh_model(PLATFORM, "m0")
    aws.client("sagemaker").delete_model_package(ModelPackageName=arn)
    aws.client("sagemaker").delete_model_package_group(ModelPackageGroupName="pushtrain-m0")
    assert list_statuses() == []


def test_a_model_that_the_registry_does_not_have_leaves_the_index(
    calls: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    register("m0")
    refresh_model(PLATFORM, "m0")
    assert list(read_indexed_models(PLATFORM)) == ["m0"]

    def refuse_model(*_: object) -> None:
        raise ModelNotFound("there is no model 'm0'")

    monkeypatch.setattr(storage, "summarize_versions", refuse_model)
    refresh_model(PLATFORM, "m0")
    assert read_indexed_models(PLATFORM) == {}


def test_a_model_that_another_team_has_now_is_not_listed_by_the_index_of_the_earlier_one(calls: Counter[str]) -> None:
    teams = (Team(name="fraud", models=("m0",)), Team(name="credit", models=("m1", "m2")))
    arn = register("m1")
    refresh_model(msgspec.structs.replace(PLATFORM, teams=teams), "m1")
    approve(arn)
    assert list_statuses(platform=msgspec.structs.replace(PLATFORM, teams=TEAMS)) == [("m1", 1, "Approved")]


def test_each_team_has_an_index_and_another_one_that_is_denied_is_asked_of_the_registry(
    calls: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = msgspec.structs.replace(PLATFORM, teams=TEAMS)
    for model in ("m0", "m1", "m2"):
        register(model)
        refresh_model(platform, model)
    calls.clear()
    assert [model for model, *_ in list_statuses(platform=platform)] == ["m0", "m1", "m2"]
    assert calls == {"ListModelPackageGroups": 1, "GetObject": 2}
    read = aws.client("s3").get_object

    def deny(Key: str, **arguments: Any) -> Any:  # noqa: N803 - as boto3 calls it
        return refuse("GetObject")() if Key == ".versions/credit" else read(Key=Key, **arguments)

    monkeypatch.setattr(aws.client("s3", PLATFORM.region), "get_object", deny)
    calls.clear()
    assert [model for model, *_ in list_statuses(platform=platform)] == ["m0", "m1", "m2"]
    assert calls["ListModelPackages"] == 1


def test_this_computer_has_no_index(calls: Counter[str]) -> None:
    register("m0")
    calls.clear()
    refresh_model(COMPUTER, "m0")
    assert calls == {}
    assert [model for model, *_ in list_statuses(platform=COMPUTER)] == ["m0"]
    assert calls["ListModelPackages"] == 1
