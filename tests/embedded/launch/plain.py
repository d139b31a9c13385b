"""Pushes of the model repo `plain`, and what they leave on embedded AWS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pushtrain import aws
from pushtrain.launch.launch import launch
from pushtrain.launch.refusal import Refused
from pushtrain.launch.start import Launched
from pushtrain.model_repo.contents import read_model_repo
from pushtrain.platform import Platform
from pushtrain.pushes.event import Push
from pushtrain.pushes.upload import upload

PLAIN = Path(__file__).parents[1] / "repos" / "plain"
PLATFORM = Platform.local()
STATE_MACHINE = f"arn:aws:states:us-east-1:{PLATFORM.account}:stateMachine:pushtrain-plain"


def upload_plain(repo: Path, *, repeat: bool = False) -> Push:
    return upload(read_model_repo(repo), "plain", PLATFORM, repeat=repeat).push


def launch_push(push: Push) -> Launched:
    outcome = launch(push, PLATFORM)
    assert isinstance(outcome, Launched), outcome
    return outcome


def launch_refused(push: Push) -> str:
    outcome = launch(push, PLATFORM)
    assert isinstance(outcome, Refused), outcome
    key = f"plain/pushes/{push.revision}/problems.json"
    document = json.loads(read_object(PLATFORM.artifact_bucket, key))
    assert [problem["text"] for problem in document["problems"]] == [str(problem) for problem in outcome.problems]
    return "\n".join(str(problem) for problem in outcome.problems)


def read_object(bucket: str, key: str) -> bytes:
    body: bytes = aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def read_execution_input(arn: str) -> object:
    return json.loads(aws.client("stepfunctions").describe_execution(executionArn=arn)["input"])


def list_executions() -> list[str]:
    listed = aws.client("stepfunctions").list_executions(stateMachineArn=STATE_MACHINE)["executions"]
    return [execution["name"] for execution in listed]


def list_versions() -> list[int]:
    listed = aws.client("stepfunctions").list_state_machine_versions(stateMachineArn=STATE_MACHINE)[
        "stateMachineVersions"
    ]
    return sorted(int(version["stateMachineVersionArn"].rpartition(":")[2]) for version in listed)


def build_message(*pushes: Push) -> dict[str, Any]:
    """Return a message of the push queue. It has no receipt, so it is in no queue."""
    return {"messageId": "m", "receiptHandle": "", "body": json.dumps(build_event(*pushes))}


def build_event(*pushes: Push) -> dict[str, Any]:
    return {
        "Records": [
            {
                "eventName": "ObjectCreated:Put",
                "s3": {
                    "bucket": {"name": p.bucket},
                    "object": {"key": p.prefix + "config.yaml", "versionId": p.version},
                },
            }
            for p in pushes
        ]
    }
