"""Measures the pages: reports of model versions, and the index of 1,000 versions."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.versions import build_facts, build_history
from pushtrain.aws import client
from pushtrain.decide import PinnedObject, Verdict
from pushtrain.launch.state_machine import build_execution_arn
from pushtrain.layout import build_input_key, build_verdict_key
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from pushtrain.record import EMPTY_RECORD
from pushtrain.report.index import write_index
from pushtrain.report.page import write_report

COUNT = 1_000
PLATFORM = Platform.local()
RECORD = EMPTY_RECORD.to_json().encode()


def measure() -> list[tuple[str, str, str]]:
    """Return rows of (subject, seconds, note)."""
    today = datetime.now(UTC)
    all_facts = [build_facts(number) for number in range(2, COUNT + 2)]
    write_report(all_facts[0], now=today, pushtrain_version="0")  # compiles the templates
    start = time.perf_counter()
    text = [write_report(facts, now=today, pushtrain_version="0") for facts in all_facts][-1]
    reports = time.perf_counter() - start
    start = time.perf_counter()
    comparison = write_index([build_history(COUNT)], now=today, pushtrain_version="0")
    table = time.perf_counter() - start
    seconds, register = _measure_index_command(text)
    size = f"{len(text.encode()) / 1e3:.0f} kB each; facts in memory; four charts and a matrix"
    return [
        (f"{COUNT} reports written", f"{reports:.2f} s", size),
        (f"the index of {COUNT} versions", f"{table:.2f} s", f"{len(comparison.encode()) / 1e3:.0f} kB"),
        ("`pushtrain models index --local`, whole process", f"{seconds:.1f} s", f"copies {COUNT} reports; {register}"),
    ]


def _measure_index_command(text: str) -> tuple[float, str]:
    """Return the seconds of `models index` with COUNT versions in the store, and a note about their registration."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        _register_versions(Path(folder, "store"), text)
        registered = f"registering them took {time.perf_counter() - start:.0f} s"
        arguments = ["models", "index", "--local", "--store", f"{folder}/store", "-o", f"{folder}/site"]
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "pushtrain", *arguments], check=True, capture_output=True)
        return time.perf_counter() - start, registered


def _register_versions(store: Path, text: str) -> None:
    with up(store, PLATFORM, handlers={}):
        sagemaker, s3, bucket = client("sagemaker"), client("s3"), PLATFORM.artifact_bucket
        group = PLATFORM.build_group_name("churn")
        sagemaker.create_model_package_group(ModelPackageGroupName=group)
        for number in range(COUNT):
            prefix = f"churn/runs/{number}"
            s3.put_object(Bucket=bucket, Key=f"{prefix}/report.html", Body=text.encode())
            s3.put_object(Bucket=bucket, Key=f"{prefix}/evaluation.json", Body=f'{{"auc": {number / COUNT}}}'.encode())
            evaluation = {"ContentType": "application/json", "S3Uri": f"s3://{bucket}/{prefix}/evaluation.json"}
            s3.put_object(Bucket=bucket, Key=build_input_key("churn", str(number)), Body=RECORD)
            s3.put_object(Bucket=bucket, Key=build_verdict_key("churn", str(number)), Body=_write_verdict(number))
            sagemaker.create_model_package(
                ModelPackageGroupName=group,
                InferenceSpecification={"Containers": [{"Image": "image", "ModelDataUrl": f"s3://{bucket}/{prefix}"}]},
                ModelApprovalStatus="PendingManualApproval",
                ModelMetrics={"ModelQuality": {"Statistics": evaluation}},
                MetadataProperties={"GeneratedBy": build_execution_arn(PLATFORM, "churn", str(number))},
                CustomerMetadataProperties={"run": str(number), "report": f"s3://{bucket}/{prefix}/report.html"},
            )


def _write_verdict(number: int) -> bytes:
    """Return the verdict.json of a run."""
    pinned = PinnedObject(
        uri=f"s3://{PLATFORM.artifact_bucket}/churn/runs/{number}/model.tar.gz", version="1", etag="1", size=1
    )
    verdict = Verdict(
        model="churn",
        run=str(number),
        passed=True,
        reason="",
        conditions=(),
        metrics={"auc": number / COUNT},
        artifact=pinned,
        evaluation=None,
        inference={},
    )
    return verdict.to_json().encode()
