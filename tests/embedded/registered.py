"""Versions of the model churn, registered by hand in embedded AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from pushtrain.aws import client
from pushtrain.platform import Platform

PLATFORM = Platform.local()
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
    document = {
        "config": {"uri": f"s3://{PLATFORM.code_bucket}/{key}", "version": version},
        "data": {"raw": data},
        "git": {"dirty": dirty},
    }
    input_key = f"churn/runs/{run}/input.json"
    s3.put_object(Bucket=PLATFORM.artifact_bucket, Key=input_key, Body=json.dumps(document).encode())


def register(run: str, metrics: dict[str, float], commit: str = "", **properties: str) -> str:
    """Register a version of churn; return its ARN."""
    s3, prefix = client("s3"), f"churn/runs/{run}"
    s3.put_object(Bucket=PLATFORM.artifact_bucket, Key=f"{prefix}/model.tar.gz", Body=b"model")
    s3.put_object(Bucket=PLATFORM.artifact_bucket, Key=f"{prefix}/e.json", Body=json.dumps(metrics).encode())
    uri = f"s3://{PLATFORM.artifact_bucket}/{prefix}"
    arn: str = client("sagemaker").create_model_package(
        ModelPackageGroupName="churn",
        InferenceSpecification={"Containers": [{"Image": "image", "ModelDataUrl": f"{uri}/model.tar.gz"}]},
        ModelApprovalStatus="PendingManualApproval",
        ModelMetrics={"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": f"{uri}/e.json"}}},
        MetadataProperties={"CommitId": commit or "unknown", "Repository": "git@example.org:churn.git"},
        CustomerMetadataProperties={"run": run, "revision": run, **properties},
    )["ModelPackageArn"]
    return arn


def refuse(operation: str, code: str = "AccessDenied") -> Callable[..., Any]:
    """Return a function that AWS refuses with this code."""

    def refused(*_: object, **__: object) -> Any:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, operation)

    return refused
