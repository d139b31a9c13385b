"""The last phase of a push: publish the definition, start the execution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pushtrain import aws
from pushtrain.config import LoadedConfig
from pushtrain.errors import Problem
from pushtrain.launch.run_record import serialize_execution_input
from pushtrain.launch.state_machine import DefinitionChange, build_execution_arn, ensure_version
from pushtrain.platform import Platform
from pushtrain.record import RunRecord


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


def start_run(s3: Any, loaded: LoadedConfig, definition: str, record: RunRecord, platform: Platform) -> Launched:
    """Start an execution, named after the run, of the state machine version that has this definition."""
    states = aws.client("stepfunctions", platform.region)
    version, change = ensure_version(s3, states, loaded.config, definition, platform)
    arn = _start_execution(states, version, record.run, serialize_execution_input(record))
    return Launched(
        model=record.model,
        run=record.run,
        arn=arn or build_execution_arn(platform, record.model, record.run),
        revision=record.revision,
        definition=change,
        fresh=arn is not None,
        warnings=loaded.warnings,
    )


def _start_execution(states: Any, version: str, run: str, text: str) -> str | None:
    """Return the execution's ARN, None if an earlier delivery of this push started it and it has ended since."""
    try:
        arn: str = states.start_execution(stateMachineArn=version, name=run, input=text)["executionArn"]
    except states.exceptions.ExecutionAlreadyExists:
        return None
    return arn
