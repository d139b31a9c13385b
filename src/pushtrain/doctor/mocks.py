"""What TestState needs instead of a run: an execution's input and context, and what each Task would return. Pure.

Sources: Step Functions API reference, TestState: a mock of a `.sync` Task is the response of the Describe operation.
Step Functions developer guide, "Context object".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from pushtrain.catalog.job_kinds import BEST_TRIAL, BY_ACTION, TRAINING, TUNING
from pushtrain.config import Config
from pushtrain.layout import build_source_key, build_uri
from pushtrain.platform import Platform
from pushtrain.record import RunRecord
from pushtrain.workflow.names import build_run_id, build_state_machine_name

REVISION = "0" * 64
MOMENT = "2026-01-01T00:00:00Z"


def build_execution_input(config: Config, platform: Platform) -> dict[str, Any]:
    """Return the input of an execution of this model, with addresses at which there is nothing."""
    bucket = platform.artifact_bucket
    given = {
        "run": build_run_id(REVISION, "v1"),
        "model": config.model,
        "revision": REVISION,
        "code": build_uri(bucket, build_source_key(config.model, REVISION)),
        "data": {name: build_uri(bucket, f"{config.model}/data/{name}/") for name in config.data},
        "git": {"commit": "unknown", "repository": "unknown", "author": "unknown"},
        "pushed_by": "unknown",
    }
    record = replace(RunRecord.from_execution_input(given), parameters={step: {} for step in config.steps})
    return record.with_metadata().execution_input()


def build_context(execution_input: Mapping[str, Any], platform: Platform) -> dict[str, Any]:
    """Return the context object of an execution that has just started."""
    name = build_state_machine_name(platform, execution_input["model"])
    prefix = f"arn:{platform.partition}:states:{platform.region}:{platform.account}"
    return {
        "Execution": {
            "Id": f"{prefix}:execution:{name}:{execution_input['run']}",
            "Input": dict(execution_input),
            "Name": execution_input["run"],
            "RoleArn": platform.states_role,
            "StartTime": MOMENT,
            "RedriveCount": 0,
        },
        "StateMachine": {"Id": f"{prefix}:stateMachine:{name}", "Name": name},
    }


def build_task_result(name: str, state: Mapping[str, Any], platform: Platform) -> dict[str, Any]:
    """Return what the Task `name` would return if all went well. Of an action that is not known: an empty mapping."""
    resource = str(state.get("Resource", ""))
    action = resource.rpartition(":")[2].removesuffix(".sync")
    if kind := BY_ACTION.get(action):
        job = f"{name.replace(' ', '-')}-0-0"
        arn = f"arn:{platform.partition}:sagemaker:{platform.region}:{platform.account}:{kind.resource}/{job}"
        described = {kind.name_member: job, kind.arn_member: arn, kind.status_member: "Completed"}
        if kind is TUNING:
            return described | {BEST_TRIAL: _build_training(f"{job}-001", platform)}
        artifact = {"S3ModelArtifacts": build_uri(platform.artifact_bucket, "model.tar.gz")}
        return described | ({"ModelArtifacts": artifact, "SecondaryStatus": "Completed"} if kind is TRAINING else {})
    if ":lambda:" in resource:
        return {"ExecutedVersion": "1", "StatusCode": 200, "Payload": _build_verdict(state)}
    if action == "createModelPackage":
        group = f"arn:{platform.partition}:sagemaker:{platform.region}:{platform.account}:model-package/group/1"
        return {"ModelPackageArn": group}
    return {}


def _build_training(job: str, platform: Platform) -> dict[str, str]:
    """Return the summary of a training job that completed."""
    prefix = f"arn:{platform.partition}:sagemaker:{platform.region}:{platform.account}"
    arn = f"{prefix}:{TRAINING.resource}/{job}"
    return {TRAINING.name_member: job, TRAINING.arn_member: arn, TRAINING.status_member: "Completed"}


def _build_verdict(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the summary of a verdict on a model that passes its gate."""
    payload = state.get("Parameters", {}).get("Payload", {})
    metrics = {condition["metric"]: "1" for condition in payload.get("conditions", ())}
    winner = {"candidate": payload["candidates"][0]["name"]} if "candidates" in payload else {}
    artifact = {"version": "v1", "etag": "0" * 32, "size": "1"}
    searched = [*payload.get("tuned", ()), *(payload["candidates"][0].get("tuned", ()) if winner else ())]
    tuned = dict.fromkeys(searched, "1")
    return {"passed": True, "reason": "", "metrics": metrics, "artifact": artifact, "tuned": tuned, **winner}
