"""Versions of the model churn, registered by hand in embedded AWS."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from pushtrain.aws import client
from pushtrain.decide import Verdict
from pushtrain.decide.pinned import pin_object
from pushtrain.layout import build_verdict_key
from pushtrain.platform import Platform
from pushtrain.record import RecordedConfig, RecordedData, RunRecord, RunResult
from tests.sample_record import RECORD

PLATFORM = Platform.local()
MODEL = gzip.compress(b"\0" * 1024, mtime=0)  # an archive without files
CONFIG = """
model: churn
train: {{framework: sklearn 1.2-1, instance: {instance}, hyperparameters: {{depth: {depth}}}}}
evaluate: {{framework: sklearn 1.2-1}}
register: {{when: [{{metric: auc, at_least: {bound}}}]}}
"""


def write_run(
    run: str,
    *,
    bound: float = 0.9,
    depth: int = 4,
    data: str = "s3://lake/10/",
    instance: str = "ml.m5.large",
    dirty: bool = False,
) -> None:
    """Write what a run leaves behind: its config.yaml and input.json."""
    s3, key = client("s3"), f"model-repos/churn/{run}/config.yaml"
    body = CONFIG.format(bound=bound, depth=depth, instance=instance).encode()
    version = s3.put_object(Bucket=PLATFORM.code_bucket, Key=key, Body=body)["VersionId"]
    write_record(
        msgspec.structs.replace(
            RECORD,
            run=run,
            revision=run,
            environment="",
            code=f"s3://{PLATFORM.artifact_bucket}/churn/source/{run}/sourcedir.tar.gz",
            config=RecordedConfig(uri=f"s3://{PLATFORM.code_bucket}/{key}", version=version, sha256=""),
            data={"raw": RecordedData(uri=data)},
            git=msgspec.structs.replace(RECORD.git, dirty=dirty),
        ).with_metadata()
    )


def write_record(record: RunRecord) -> None:
    """Write the input.json of a run of churn."""
    key = f"churn/runs/{record.run}/input.json"
    client("s3").put_object(Bucket=PLATFORM.artifact_bucket, Key=key, Body=record.to_json().encode())


def write_result(result: RunResult) -> None:
    """Write the result.json of a run of churn."""
    key = f"churn/runs/{result.run}/result.json"
    client("s3").put_object(Bucket=PLATFORM.artifact_bucket, Key=key, Body=result.to_json().encode())


def register(run: str, metrics: dict[str, float], commit: str = "", **properties: str) -> str:
    """Register a version of churn; return its ARN."""
    s3, prefix = client("s3"), f"churn/runs/{run}"
    s3.put_object(Bucket=PLATFORM.artifact_bucket, Key=f"{prefix}/model.tar.gz", Body=MODEL)
    s3.put_object(Bucket=PLATFORM.artifact_bucket, Key=f"{prefix}/e.json", Body=json.dumps(metrics).encode())
    uri = f"s3://{PLATFORM.artifact_bucket}/{prefix}"
    write_verdict("churn", run, f"{prefix}/model.tar.gz", metrics)
    arn: str = client("sagemaker").create_model_package(
        ModelPackageGroupName="pushtrain-churn",
        InferenceSpecification={"Containers": [{"Image": "image", "ModelDataUrl": f"{uri}/model.tar.gz"}]},
        ModelApprovalStatus="PendingManualApproval",
        ModelMetrics={"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": f"{uri}/e.json"}}},
        MetadataProperties={
            "CommitId": commit or "unknown",
            "Repository": "git@example.org:churn.git",
            "GeneratedBy": build_execution_arn("churn", run),
        },
        CustomerMetadataProperties={"run": run, "revision": run, **properties},
    )["ModelPackageArn"]
    return arn


def build_execution_arn(model: str, run: str) -> str:
    """Return the ARN of the execution that a run of a model is."""
    return f"arn:aws:states:{PLATFORM.region}:{PLATFORM.account}:execution:pushtrain-{model}:{run}"


def write_verdict(
    model: str,
    run: str,
    key: str,
    metrics: dict[str, float] | None = None,
    *,
    image: str = "image",
    bucket: str = PLATFORM.artifact_bucket,
) -> Verdict:
    """Write the verdict.json that `decide` would write of the model.tar.gz at `key`, unless the run has one."""
    s3 = client("s3")
    artifact = pin_object(s3, bucket, key)
    assert artifact
    verdict = Verdict(
        model=model,
        run=run,
        passed=True,
        reason="",
        conditions=(),
        metrics=metrics or {},
        artifact=artifact,
        evaluation=None,
        inference={"image": image, "environment": {}},
    )
    body = verdict.to_json().encode()
    s3.put_object(Bucket=bucket, Key=build_verdict_key(model, run), Body=body)
    return verdict


def refuse(operation: str, code: str = "AccessDenied") -> Callable[..., Any]:
    """Return a function that AWS refuses with this code."""

    def refused(*_: object, **__: object) -> Any:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, operation)

    return refused
