"""Versions in short: one list and one document for each model, and the registry for what the document lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError

from pushtrain import aws
from pushtrain.config import Condition
from pushtrain.errors import ModelNotFound
from pushtrain.layout import build_verdict_key
from pushtrain.lineage import record_inputs
from pushtrain.local.aws import up
from pushtrain.record import RecordedTimes
from pushtrain.registry import VersionSummary, find_earlier_versions, list_summaries, list_versions, summaries
from tests.embedded.registered import PLATFORM, register, write_record
from tests.sample_record import RECORD
from tests.sample_result import RESULT
from tests.sample_verdict import build_verdict

METRICS = {"auc": 0.95, "loss": 0.3}
AUC = Condition(metric="auc", at_least=0.9)
NOW = datetime.now(UTC)
AROUND = RecordedTimes(started=str(NOW - timedelta(hours=1)), ended=str(NOW + timedelta(hours=1)))
BEFORE = RecordedTimes(started=str(NOW - timedelta(hours=2)), ended=str(NOW - timedelta(hours=1)))


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Count the calls of SageMaker and S3, by operation."""
    names: Counter[str] = Counter()

    def count(model: Any, **_: object) -> None:
        names[model.name] += 1

    with up(tmp_path / "store", PLATFORM, handlers={}):
        clients = [aws.client(service, PLATFORM.region) for service in ("sagemaker", "s3")]
        for client in clients:
            client.meta.events.register("before-call", count)
        clients[0].create_model_package_group(ModelPackageGroupName="pushtrain-churn")
        yield names
        for client in clients:
            client.meta.events.unregister("before-call", count)


def register_run(run: str, *, times: RecordedTimes | None = AROUND) -> None:
    """Register the next version. With `times`, the run that did it ends, and so is in the index."""
    arn = register(run, METRICS, environment="prod", **{"metric.auc": "0.95"})
    verdict = msgspec.structs.replace(build_verdict(METRICS, AUC), model="churn", run=run)
    key = build_verdict_key("churn", run)
    aws.client("s3").put_object(Bucket=PLATFORM.artifact_bucket, Key=key, Body=verdict.to_json().encode())
    write_record(msgspec.structs.replace(RECORD, run=run, revision=run, environment="prod", version_key="same"))
    if times:
        result = msgspec.structs.replace(RESULT, run=run, times=times, model_package=arn)
        record_inputs(PLATFORM, msgspec.structs.replace(result, model_version=int(arn.rpartition("/")[2])))


def test_calls_do_not_grow_with_the_versions(calls: Counter[str]) -> None:
    register_run("one")
    calls.clear()
    list_summaries(PLATFORM, "churn")
    of_one = Counter(calls)
    for run in ("two", "three", "four"):
        register_run(run)
    calls.clear()
    versions = list_summaries(PLATFORM, "churn")
    earlier = find_earlier_versions(PLATFORM, versions)
    assert calls == of_one
    assert set(calls) == {"ListModelPackages", "GetObject"}
    assert [version.version for version in versions] == [1, 2, 3, 4]
    assert earlier[versions[3].arn].numbers == (1, 2, 3)


def test_a_summary_says_what_the_registry_says(calls: Counter[str]) -> None:
    register_run("one")
    aws.client("sagemaker", PLATFORM.region).update_model_package(
        ModelPackageArn=list_versions(PLATFORM, "churn")[0].arn, ModelApprovalStatus="Approved"
    )
    (version,), (summary,) = list_versions(PLATFORM, "churn"), list_summaries(PLATFORM, "churn")
    assert isinstance(summary, VersionSummary)
    assert summary.status == "Approved"
    names = {field.name for field in msgspec.structs.fields(VersionSummary)} - {"version_key"}
    assert {name: getattr(summary, name) for name in names} == {name: getattr(version, name) for name in names}


@pytest.mark.parametrize("times", [None, BEFORE], ids=["its run is not in the index", "of a group that was deleted"])
def test_the_registry_describes_what_the_index_does_not_have(calls: Counter[str], times: RecordedTimes | None) -> None:
    register_run("one", times=times)
    register_run("two")
    calls.clear()
    versions = list_summaries(PLATFORM, "churn")
    assert [version.run for version in versions] == ["one", "two"]
    assert calls["DescribeModelPackage"] == 1


def test_who_may_not_read_the_index_asks_the_registry(calls: Counter[str], monkeypatch: pytest.MonkeyPatch) -> None:
    register_run("one")

    def refuse(*_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetObject")

    monkeypatch.setattr(summaries, "read_index", refuse)
    assert [version.run for version in list_summaries(PLATFORM, "churn")] == ["one"]


def test_a_model_that_does_not_exist_is_an_error(calls: Counter[str]) -> None:
    with pytest.raises(ModelNotFound):
        list_summaries(PLATFORM, "nosuch")
