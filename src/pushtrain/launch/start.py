"""The last phase of a push: publish the definition, start the execution."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from pushtrain import aws
from pushtrain.errors import Problem
from pushtrain.launch.run_record import serialize_execution_input
from pushtrain.launch.state_machine import (
    DefinitionChange,
    build_execution_arn,
    build_version_key,
    ensure_version,
    publish,
)
from pushtrain.layout import build_countdown, build_run_pointer_key, build_start_key
from pushtrain.platform import Platform
from pushtrain.record import RecordedDefinition, RunRecord, SameRun

if TYPE_CHECKING:
    from pushtrain.config import Config, LoadedConfig


class Launched(Struct, frozen=True, kw_only=True):
    """A started run. `fresh` is false if an earlier delivery of the same push started it.

    Of two deliveries that start it at the same moment, both may say true: AWS answers both in the same way.
    """

    model: str
    run: str
    arn: str
    revision: str
    definition: DefinitionChange
    fresh: bool
    warnings: tuple[Problem, ...] = ()


class Skipped(Struct, frozen=True, kw_only=True):
    """A push that started nothing, because an earlier run did the same. `run` is the run that it would have started."""

    model: str
    run: str
    revision: str
    same_as: SameRun


class Published(Struct, frozen=True, kw_only=True):
    """A definition as text, and where it is recorded: its key, and the version of the state machine that has it."""

    text: str
    recorded: RecordedDefinition
    change: DefinitionChange


def publish_definition(s3: Any, config: Config, definition: str, platform: Platform) -> Published:
    """Return the version of the state machine that has a definition; publish one if there is none."""
    states = aws.client("stepfunctions", platform.region)
    version, change = ensure_version(s3, states, config, definition, platform)
    key = build_version_key(config.model, definition, platform)
    return Published(text=definition, recorded=RecordedDefinition(key=key, version=version), change=change)


def start_run(
    s3: Any,
    loaded: LoadedConfig,
    published: Published,
    record: RunRecord,
    platform: Platform,
    *,
    redelivered: bool = False,
) -> Launched:
    """Start an execution, named after the run, of the state machine version that has the published definition.

    Writes the run's pointers before, so that people find a run that goes on.
    `redelivered`: an earlier delivery of the push wrote the run record, and may have started the run.
    """
    states = aws.client("stepfunctions", platform.region)
    version, change = published.recorded.version, published.change
    arn, text = build_execution_arn(platform, record.model, record.run), serialize_execution_input(record)
    is_started = redelivered and _has_execution(states, arn)
    if not is_started:
        _write_pointers(s3, platform, record)
        try:
            is_started = not _start_execution(states, version, record.run, text)
        except states.exceptions.StateMachineDoesNotExist:  # somebody deleted the version just now
            version, change = publish(s3, states, loaded.config, published.text, platform)
            is_started = not _start_execution(states, version, record.run, text)
    return Launched(
        model=record.model,
        run=record.run,
        arn=arn,
        revision=record.revision,
        definition=change,
        fresh=not is_started,
        warnings=loaded.warnings,
    )


def _write_pointers(s3: Any, platform: Platform, record: RunRecord) -> None:
    """Write the empty objects by which people find the run. If two deliveries start it, it may have two starts."""
    start_key = build_start_key(build_countdown(time.time()), record.run, record.model)
    for key in (build_run_pointer_key(record.run, record.model), start_key):
        s3.put_object(Bucket=platform.artifact_bucket, Key=key, Body=b"")


def _has_execution(states: Any, arn: str) -> bool:
    """True if the run has been started."""
    try:
        states.describe_execution(executionArn=arn)
    except states.exceptions.ExecutionDoesNotExist:
        return False
    return True


def _start_execution(states: Any, version: str, run: str, text: str) -> bool:
    """Start the execution. False if it was started before: it has ended since, or its start is older than this call.

    [unverified] on AWS: that the clock of Step Functions is not behind that of this process. The answer is only logged.
    """
    called_at = time.time()
    try:
        response = states.start_execution(stateMachineArn=version, name=run, input=text)
    except states.exceptions.ExecutionAlreadyExists:
        return False
    started_at: float = response["startDate"].timestamp()
    return started_at >= called_at
