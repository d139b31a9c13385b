"""Pages for people: the report of a version, and the index of a thousand."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.versions import facts, history
from pushtrain.aws import client
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from pushtrain.report.index import write_index
from pushtrain.report.page import write_report

COUNT = 1_000
PLATFORM = Platform.local()


def measure() -> list[tuple[str, str, str]]:
    """Rows of (what, seconds, note)."""
    now = datetime.now(UTC)
    gathered = [facts(number) for number in range(2, COUNT + 2)]
    write_report(gathered[0], now=now, pushtrain_version="0")  # compiles the templates
    began = time.perf_counter()
    text = [write_report(each, now=now, pushtrain_version="0") for each in gathered][-1]
    reports = time.perf_counter() - began
    began = time.perf_counter()
    comparison = write_index([history(COUNT)], now=now, pushtrain_version="0")
    table = time.perf_counter() - began
    seconds, register = _command(text)
    size = f"{len(text.encode()) / 1e3:.0f} kB each; facts in memory; four charts and a matrix"
    return [
        (f"{COUNT} reports written", f"{reports:.2f} s", size),
        (f"the index of {COUNT} versions", f"{table:.2f} s", f"{len(comparison.encode()) / 1e3:.0f} kB"),
        ("`pushtrain models index --local`, whole process", f"{seconds:.1f} s", f"copies {COUNT} reports; {register}"),
    ]


def _command(text: str) -> tuple[float, str]:
    """Seconds of `models index` over a store with that many versions, each with its report and metrics."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        _register(Path(folder, "store"), text)
        registered = f"serve_model_registry them took {time.perf_counter() - began:.0f} s"
        words = ["models", "index", "--local", "--store", f"{folder}/store", "-o", f"{folder}/site"]
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "pushtrain", *words], check=True, capture_output=True)
        return time.perf_counter() - began, registered


def _register(store: Path, text: str) -> None:
    with up(store, PLATFORM, handlers={}):
        sagemaker, s3, bucket = client("sagemaker"), client("s3"), PLATFORM.artifact_bucket
        sagemaker.create_model_package_group(ModelPackageGroupName="churn")
        for number in range(COUNT):
            place = f"churn/runs/{number}"
            s3.put_object(Bucket=bucket, Key=f"{place}/report.html", Body=text.encode())
            s3.put_object(Bucket=bucket, Key=f"{place}/evaluation.json", Body=f'{{"auc": {number / COUNT}}}'.encode())
            evaluation = {"ContentType": "application/json", "S3Uri": f"s3://{bucket}/{place}/evaluation.json"}
            sagemaker.create_model_package(
                ModelPackageGroupName="churn",
                InferenceSpecification={"Containers": [{"Image": "image", "ModelDataUrl": f"s3://{bucket}/{place}"}]},
                ModelApprovalStatus="PendingManualApproval",
                ModelMetrics={"ModelQuality": {"Statistics": evaluation}},
                CustomerMetadataProperties={"run": str(number), "report": f"s3://{bucket}/{place}/report.html"},
            )
