"""An approved version of churn in embedded AWS, and the state machine in which it answers files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pushtrain.aws import client
from pushtrain.layout import PRICE_TABLE, build_approved_key, build_approved_model_key, build_approved_version_key
from pushtrain.local.aws import LocalAws, up
from pushtrain.platform import Platform
from pushtrain.teams import ONLY_TEAM
from pushtrain.workflow.scoring import build_score_definition
from tests.embedded.local.inference.stored import CODE, ECHO, build_model
from tests.embedded.registered import PLATFORM

PRICES = b"""prices:
- region: us-east-1
  as_of: "2026-10-01"
  source: https://example.org/prices
  transform: {ml.m5.large: 0.115 USD, ml.g5.xlarge: 1.408 USD}
"""
ROLE = "arn:aws:iam::123456789012:role/pushtrain-score-jobs"


@contextmanager
def approved(
    folder: Path,
    *,
    code: str = ECHO,
    status: str = "Approved",
    types: tuple[str, ...] = ("text/csv",),
    platform: Platform = PLATFORM,
) -> Iterator[LocalAws]:
    """Embedded AWS with version 1 of churn in service, which puts `w-` before each row."""
    temporary = folder / "model"
    temporary.mkdir(parents=True)
    model = build_model(temporary, {"code/inference.py": code, "weights": "w-"})
    with up(folder / "store", platform, handlers={}) as aws:
        client("s3").put_object(Bucket=platform.artifact_bucket, Key=PRICE_TABLE, Body=PRICES)
        arn = register(model.image, status, types)
        write_approved(arn, model.image, model.archive.read_bytes(), platform)
        client("stepfunctions").create_state_machine(
            name=platform.build_score_name(ONLY_TEAM),
            definition=json.dumps(build_score_definition(platform, ONLY_TEAM, ROLE)),
            roleArn="arn:aws:iam::123456789012:role/pushtrain-score",
        )
        yield aws


def register(image: str, status: str, types: tuple[str, ...]) -> str:
    """Register the version, and return its ARN."""
    sagemaker = client("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName="pushtrain-churn")
    arn: str = sagemaker.create_model_package(
        ModelPackageGroupName="pushtrain-churn",
        ModelApprovalStatus=status,
        InferenceSpecification={
            "Containers": [{"Image": image, "ModelDataUrl": "s3://pushtrain-artifacts/replaced", "Environment": CODE}],
            "SupportedContentTypes": ["text/csv", "application/json"],
            "SupportedResponseMIMETypes": list(types),
            "SupportedTransformInstanceTypes": ["ml.m5.large", "ml.g5.xlarge"],
        },
    )["ModelPackageArn"]
    return arn


def write_approved(arn: str, image: str, archive: bytes, platform: Platform = PLATFORM, **changes: object) -> None:
    """Write what an approval writes to the serving bucket."""
    document: Mapping[str, Any] = {
        "model": "churn",
        "version": 1,
        "model_package": arn,
        "inference": {"image": image, "environment": CODE},
        **changes,
    }
    s3, body = client("s3"), json.dumps(document).encode()
    for key in (build_approved_key("churn"), build_approved_version_key("churn", 1)):
        s3.put_object(Bucket=platform.serving_bucket, Key=key, Body=body)
    s3.put_object(Bucket=platform.serving_bucket, Key=build_approved_model_key("churn", 1), Body=archive)
