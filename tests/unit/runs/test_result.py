"""The result of a run: built from the run, written, and read back."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from msgspec.structs import replace

from pushtrain import aws
from pushtrain.catalog import job_kinds
from pushtrain.cost import Prices, parse_prices
from pushtrain.platform import Platform
from pushtrain.record import ImageDigest, RecordedCost, RecordedData, RecordedTimes, RunRecord, RunResult
from pushtrain.runs import Failure, Job, Run, build_run_result, read_run_result, result, write_run_result
from pushtrain.runs.packages import Packages
from tests.sample_record import RECORD
from tests.sample_result import RESULT

LOCAL = Platform.local()
PLATFORM = replace(LOCAL, artifact_bucket="artifacts", local_option="")
STARTED = 1795766400.0  # 2026-11-27 08:00:00 UTC
PRICES = parse_prices(
    b"""
prices:
  - {region: us-east-1, as_of: "2026-11-01", source: a page, training: {ml.g5.xlarge: 1.50 USD}}
  - {region: us-east-1, as_of: "2026-10-01", source: a page, processing: {ml.m5.large: 0.12 USD}}
""",
    file="prices.yaml",
)
FOLDER = "s3://artifacts/churn/runs/r1"
PREPARED = Job(
    step="preprocess",
    name="job-p",
    kind=job_kinds.PROCESSING,
    status="Completed",
    seconds=60.0,
    started=STARTED,
    described={
        "ProcessingJobName": "job-p",
        "AppSpecification": {"ImageUri": "image:1"},
        "ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1}},
        "ProcessingOutputConfig": {
            "Outputs": [
                {"OutputName": "train", "S3Output": {"S3Uri": f"{FOLDER}/preprocess/job-p/train"}},
                {"OutputName": "features", "FeatureStoreOutput": {"FeatureGroupName": "rows"}},
            ]
        },
    },
)
TRAINED = Job(
    step="train",
    name="job-t",
    kind=job_kinds.TRAINING,
    status="Completed",
    seconds=3600.0,
    started=STARTED + 60,
    described={
        "TrainingJobName": "job-t",
        "AlgorithmSpecification": {"TrainingImage": "image:2"},
        "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 2},
        "OutputDataConfig": {"S3OutputPath": f"{FOLDER}/train"},
        "ModelArtifacts": {"S3ModelArtifacts": f"{FOLDER}/train/job-t/output/model.tar.gz"},
        "EnableManagedSpotTraining": True,
        "BillableTimeInSeconds": 1800,
    },
)
RUN = Run(
    model="churn",
    run="r1",
    status="SUCCEEDED",
    started=STARTED,
    seconds=3700.5,
    outcome="registered",
    model_version=3,
    model_package="arn:aws:sagemaker:us-east-1:123456789012:model-package/pushtrain-churn/3",
    definition_version=1,
    jobs=(PREPARED, TRAINED),
)


@pytest.fixture(autouse=True)
def documents(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What lies in S3, by URI. Prices are fixed."""
    objects: dict[str, bytes] = {}

    def read_prices(_: Platform) -> Prices:
        return PRICES

    monkeypatch.setattr("pushtrain.runs.cost.read_prices", read_prices)
    monkeypatch.setattr(result, "read_object", lambda _, uri, **__: objects.get(uri, b""))
    monkeypatch.setattr(result, "read_run_record", lambda *_: None)
    monkeypatch.setattr(result, "read_packages", lambda *_: Packages())
    return objects


def test_the_result_says_how_the_run_ended() -> None:
    built = build_run_result(PLATFORM, RUN)
    assert (built.run, built.model, built.status, built.outcome) == ("r1", "churn", "SUCCEEDED", "registered")
    assert (built.model_version, built.model_package) == (3, RUN.model_package)
    assert built.times == RecordedTimes(started="2026-11-27T08:00:00.000+00:00", ended="2026-11-27T09:01:40.500+00:00")
    assert (built.reason, built.failed_step, built.verdict) == ("", None, None)


def test_each_job_has_instances_image_outputs_and_cost() -> None:
    prepared, trained = build_run_result(PLATFORM, RUN).jobs
    assert (prepared.step, prepared.kind, prepared.status) == ("preprocess", "processing", "Completed")
    assert (prepared.instance, prepared.instances, prepared.spot, prepared.image) == (
        "ml.m5.large",
        1,
        False,
        "image:1",
    )
    assert prepared.prefix == "churn/runs/r1/preprocess/job-p"
    assert prepared.outputs == {"train": f"{FOLDER}/preprocess/job-p/train"}
    assert prepared.cost == RecordedCost(amount="0.002", currency="USD", as_of="2026-10-01")
    assert prepared.times == RecordedTimes(
        started="2026-11-27T08:00:00.000+00:00", ended="2026-11-27T08:01:00.000+00:00"
    )
    assert (trained.instance, trained.instances, trained.spot, trained.image) == ("ml.g5.xlarge", 2, True, "image:2")
    assert trained.prefix == "churn/runs/r1/train/job-t"
    assert trained.outputs == {"model": f"{FOLDER}/train/job-t/output/model.tar.gz"}
    assert trained.cost == RecordedCost(amount="1.5", currency="USD", as_of="2026-11-01")
    assert prepared.packages is trained.packages is None


def test_packages_are_those_that_the_job_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    packages = {"job-p": Packages(all={"numpy": "1"}), "job-t": Packages(added={"torch": "2"})}
    monkeypatch.setattr(result, "read_packages", lambda _, job, __: packages[job.name])
    prepared, trained = build_run_result(PLATFORM, RUN).jobs
    assert (prepared.packages, prepared.added_packages) == ({"numpy": "1"}, None)
    assert (trained.packages, trained.added_packages) == (None, {"torch": "2"})


def test_the_cost_of_the_run_is_rounded_up_and_has_the_date_of_the_oldest_price() -> None:
    cost = build_run_result(PLATFORM, RUN).cost
    assert cost == RecordedCost(amount="1.51", currency="USD", as_of="2026-10-01")


def test_a_failed_run_has_its_step_and_reason() -> None:
    refused = Job(step="train", name="job-r", kind=job_kinds.TRAINING, status="NotCreated", seconds=0.0)
    failure = Failure(step="train", reason="ValueError: no rows", log="/aws/sagemaker/TrainingJobs:job-r/")
    run = replace(RUN, status="FAILED", outcome="failed", model_version=None, model_package="", error=failure)
    built = build_run_result(PLATFORM, replace(run, jobs=(PREPARED, refused)))
    assert (built.status, built.outcome, built.reason, built.failed_step) == (
        "FAILED",
        "failed",
        "ValueError: no rows",
        "train",
    )
    assert (built.model_version, built.model_package) == (None, None)
    job = built.jobs[1]
    assert (job.status, job.prefix, job.outputs, job.cost) == ("NotCreated", None, {}, None)
    assert job.times == RecordedTimes(started=None, ended=None)
    assert built.cost == RecordedCost(amount="0.01", currency="USD", as_of="2026-10-01")


def test_a_run_that_registered_nothing_has_the_reason_of_the_gate() -> None:
    run = replace(RUN, outcome="not_registered", reason="auc is 0.8", model_package="", model_version=None)
    assert build_run_result(PLATFORM, run).reason == "auc is 0.8"


def test_the_cost_is_unknown_while_a_job_is_stopping_and_without_a_price() -> None:
    stopping = replace(RUN, status="ABORTED", jobs=(PREPARED, replace(TRAINED, status="Stopping")))
    assert build_run_result(PLATFORM, stopping).cost is None
    other_type = {**PREPARED.described, "ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.m5.4xlarge"}}}
    without_price = replace(RUN, jobs=(replace(PREPARED, described=other_type),))
    assert build_run_result(PLATFORM, without_price).cost is None


def test_a_run_on_this_computer_has_no_cost() -> None:
    built = build_run_result(LOCAL, RUN)
    assert built.cost is None
    assert [job.cost for job in built.jobs] == [None, None]


@pytest.mark.parametrize(("document", "verdict"), [(b'{"passed": true}', {"passed": True}), (b"[]", None), (b"", None)])
def test_the_verdict_is_the_document_that_decide_wrote(
    documents: dict[str, bytes], document: bytes, verdict: dict[str, Any] | None
) -> None:
    documents["s3://artifacts/churn/runs/r1/verdict.json"] = document
    assert build_run_result(PLATFORM, RUN).verdict == verdict


def test_the_same_end_gives_the_same_document() -> None:
    assert build_run_result(PLATFORM, RUN).to_json() == build_run_result(PLATFORM, RUN).to_json()


def test_the_document_is_written_where_it_is_read(documents: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    client = boto3.client("s3", region_name="us-east-1")
    monkeypatch.setattr(aws, "client", lambda service, region=None: client)
    key = f"churn/runs/{RESULT.run}/result.json"
    body = RESULT.to_json().encode()
    request = {"Bucket": "artifacts", "Key": key, "Body": body, "ContentType": "application/json"}
    with Stubber(client) as stub:
        stub.add_response("put_object", {}, request)
        assert write_run_result(PLATFORM, RESULT) == f"s3://artifacts/{key}"
    documents[f"s3://artifacts/{key}"] = body
    assert read_run_result(PLATFORM, "churn", RESULT.run) == RESULT


@pytest.mark.parametrize("document", [b"", b"{}", json.dumps({"schema": 2}).encode()])
def test_a_result_that_is_missing_or_of_another_schema_is_none(documents: dict[str, bytes], document: bytes) -> None:
    documents["s3://artifacts/churn/runs/r1/result.json"] = document
    assert read_run_result(PLATFORM, "churn", "r1") is None


def test_a_result_keeps_its_members() -> None:
    assert RunResult.from_json(build_run_result(PLATFORM, RUN).to_json()) == build_run_result(PLATFORM, RUN)


def record_data(monkeypatch: pytest.MonkeyPatch, after: str | None) -> RunRecord:
    """The run started with version `before` of raw, and with data that could not be listed. Return its record."""
    data = {"raw": RecordedData(uri="s3://lake/raw/", version="before"), "closed": RecordedData(uri="s3://closed/")}
    record = replace(RECORD, data=data)
    monkeypatch.setattr(result, "read_run_record", lambda *_: record)
    monkeypatch.setattr(aws, "client", lambda *_: None)
    monkeypatch.setattr(
        result,
        "list_data",
        lambda _, uris, __: {name: RecordedData(uri=uri, version=after) for name, uri in uris.items()},
    )
    return record


@pytest.mark.parametrize(("after", "changed"), [("before", ()), ("after", ("raw",)), (None, ())])
def test_data_that_changed_while_the_run_went_on_is_named(
    monkeypatch: pytest.MonkeyPatch, after: str | None, changed: tuple[str, ...]
) -> None:
    record_data(monkeypatch, after)
    built = build_run_result(PLATFORM, RUN)
    assert (built.data_after, built.data_changed) == ({"raw": after}, changed)


def test_a_second_event_about_the_same_end_does_not_look_at_the_data_again(
    monkeypatch: pytest.MonkeyPatch, documents: dict[str, bytes]
) -> None:
    record_data(monkeypatch, "before")
    first = build_run_result(PLATFORM, RUN)
    documents["s3://artifacts/churn/runs/r1/result.json"] = first.to_json().encode()
    record_data(monkeypatch, "changed a day later")
    assert build_run_result(PLATFORM, RUN) == first
    assert build_run_result(PLATFORM, replace(RUN, redrives=1)).data_changed == ("raw",)


def test_each_job_has_the_digest_of_its_image(monkeypatch: pytest.MonkeyPatch) -> None:
    digests = {"image:1": ImageDigest(digest="sha256:1"), "image:2": ImageDigest(digest=None, reason="denied")}
    record = replace(RECORD, data={}, image_digests=digests)
    monkeypatch.setattr(result, "read_run_record", lambda *_: record)
    assert [job.image_digest for job in build_run_result(PLATFORM, RUN).jobs] == ["sha256:1", None]
