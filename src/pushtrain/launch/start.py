"""The last phase of a push: record the execution input, publish the definition, start the execution."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pushtrain import aws
from pushtrain.config import LoadedConfig
from pushtrain.errors import Problem
from pushtrain.launch.state_machine import DefinitionChange, build_execution_arn, ensure_version
from pushtrain.layout import build_input_key
from pushtrain.platform import Platform


@dataclass(frozen=True, kw_only=True)
class Launched:
    """A started run. `fresh` is false if an earlier delivery of the same push started it."""

    model: str
    run: str
    arn: str
    revision: str
    definition: DefinitionChange
    fresh: bool
    warnings: tuple[Problem, ...] = ()


def start_run(
    s3: Any, loaded: LoadedConfig, definition: str, execution_input: dict[str, Any], platform: Platform
) -> Launched:
    """Start an execution, named after the run, of the state machine version that has this definition."""
    config, model, run = loaded.config, loaded.config.model, execution_input["run"]
    text = json.dumps(execution_input, ensure_ascii=False, sort_keys=True)
    write_input(s3, platform.artifact_bucket, build_input_key(model, run), text)
    states = aws.client("stepfunctions", platform.region)
    version, change = ensure_version(s3, states, config, definition, platform)
    arn = _start_execution(states, version, run, text)
    return Launched(
        model=model,
        run=run,
        arn=arn or build_execution_arn(platform, model, run),
        revision=execution_input["revision"],
        definition=change,
        fresh=arn is not None,
        warnings=loaded.warnings,
    )


def write_input(s3: Any, bucket: str, key: str, text: str) -> None:
    """Write a run's input once. A later delivery of the push must not change the record of what ran."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        s3.put_object(Bucket=bucket, Key=key, Body=text.encode(), IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise


def _start_execution(states: Any, version: str, run: str, text: str) -> str | None:
    """Return the execution's ARN, None if an earlier delivery of this push started it and it has ended since."""
    try:
        arn: str = states.start_execution(stateMachineArn=version, name=run, input=text)["executionArn"]
    except states.exceptions.ExecutionAlreadyExists:
        return None
    return arn
