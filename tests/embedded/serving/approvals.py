"""Versions of models that are registered, approved and handed to serving in embedded AWS."""

from __future__ import annotations

import json
from typing import Any

from pushtrain.aws import client
from pushtrain.platform import Platform
from pushtrain.serving import ServingState, receive
from tests.embedded.registered import build_execution_arn, write_verdict

PLATFORM = Platform.local()
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


def artifact(model: str, version: int) -> str:
    return f"{model}/runs/r{version}/train/job/output/model.tar.gz"


def register(model: str = "churn", *, versions: int = 1, body: bytes = b"", **more: Any) -> list[str]:
    """Register versions 1 to n. Each artifact is `body`, or says which version it is."""
    sagemaker = client("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName=f"pushtrain-{model}")
    arns = []
    for version in range(1, versions + 1):
        key = artifact(model, version)
        client("s3").put_object(Bucket=ARTIFACTS, Key=key, Body=body or f"{model} {version}".encode())
        write_verdict(model, f"r{version}", key, image=IMAGE)
        container = {"Image": IMAGE, "ModelDataUrl": f"s3://{ARTIFACTS}/{key}"}
        request = {
            "ModelPackageGroupName": f"pushtrain-{model}",
            "InferenceSpecification": {"Containers": [container]},
            "ModelApprovalStatus": "PendingManualApproval",
            "CustomerMetadataProperties": {"run": f"r{version}", "revision": f"revision{version}"},
            "MetadataProperties": {"CommitId": "3f9c", "GeneratedBy": build_execution_arn(model, f"r{version}")},
            **more,
        }
        arns.append(sagemaker.create_model_package(**request)["ModelPackageArn"])
    return arns


def delete_artifact(model: str, version: int) -> None:
    """Delete the bytes of an artifact for good, not only its newest version."""
    s3, key = client("s3"), artifact(model, version)
    version_id = s3.head_object(Bucket=ARTIFACTS, Key=key)["VersionId"]
    s3.delete_object(Bucket=ARTIFACTS, Key=key, VersionId=version_id)


def decide(bus: Bus, arn: str, status: str, note: str = "") -> Event:
    description = {"ApprovalDescription": note} if note else {}
    client("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus=status, **description)
    return bus.events[-1]


def approved(bus: Bus, arn: str, note: str = "") -> Event:
    return decide(bus, arn, "Approved", note)


def deliver(event: Event, platform: Platform = PLATFORM) -> ServingState:
    serving = receive(event, platform)
    assert serving is not None
    return serving


def current(model: str = "churn") -> dict[str, Any]:
    response: dict[str, Any] = json.loads(read(f"{model}/approved.json"))
    return response


def read(key: str) -> bytes:
    body: bytes = client("s3").get_object(Bucket=SERVING, Key=key)["Body"].read()
    return body


def list_served() -> list[str]:
    """Return the keys of the serving bucket but for the decisions."""
    listed = client("s3").list_objects_v2(Bucket=SERVING).get("Contents", ())
    return [item["Key"] for item in listed if "/decisions/" not in item["Key"]]


def versions_of(key: str) -> list[str]:
    response = client("s3").list_object_versions(Bucket=SERVING, Prefix=key)["Versions"]
    return [version["VersionId"] for version in response]


def approval_time(document: dict[str, Any]) -> float:
    from datetime import datetime

    return datetime.fromisoformat(document["approved_at"]).timestamp()


def read_messages(arn: str) -> list[tuple[str, str]]:
    from moto.sns.models import sns_backends

    topic = sns_backends[PLATFORM.account]["us-east-1"].topics[arn]
    return [(str(subject), message) for _, message, subject, _, _ in topic.sent_notifications]


def with_topic(arn: str) -> Platform:
    return Platform.from_json(json.dumps({**json.loads(PLATFORM.to_json()), "topic": arn}))
