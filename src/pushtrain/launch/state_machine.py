"""A model's state machine: created, updated, published as versions, and old versions let go of.

In: a definition, the Config and Platform it was made from. Out: the ARN of the version that runs it. It starts nothing.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pushtrain.config import Config
from pushtrain.platform import Platform
from pushtrain.pushes.revision import object_exists
from pushtrain.workflow import fingerprint
from pushtrain.workflow import names as workflow_names

logger = logging.getLogger(__name__)

DefinitionChange = Literal["created", "updated", "unchanged"]
# Versions that a state machine keeps. PublishStateMachineVersion: at most 1,000, and none is deleted by itself; the
# other half is room for versions that could not be deleted.
KEPT_VERSIONS = 500


def ensure_version(
    s3: Any, states: Any, config: Config, definition: str, platform: Platform
) -> tuple[str, DefinitionChange]:
    """ARN of the version that runs this definition, published only when there is none yet.

    Create, Update and Publish refill at one call a second for a whole account, so the ARN is kept in S3.
    """
    version = find_version(s3, states, config.model, definition, platform)
    return (version, "unchanged") if version else publish(s3, states, config, definition, platform)


def find_version(s3: Any, states: Any, model: str, definition: str, platform: Platform) -> str | None:
    """ARN of the version that runs this definition, None when there is none.

    What the note says is looked up: the version may have been let go of, and the versions of a state machine that was
    deleted and made anew are counted from 1 again.
    """
    key = build_version_key(model, definition, platform)
    if not object_exists(s3, platform.artifact_bucket, key):
        return None
    note: dict[str, str] = json.loads(s3.get_object(Bucket=platform.artifact_bucket, Key=key)["Body"].read())
    found = _described(states, note["version"])
    same = found and json.loads(found["definition"]) == json.loads(definition)
    return note["version"] if same else None


def publish(s3: Any, states: Any, config: Config, definition: str, platform: Platform) -> tuple[str, DefinitionChange]:
    """Create or update the model's state machine, publish a version, note its ARN, let go of one long past."""
    arn = build_state_machine_arn(platform, config.model)
    settings = {"definition": definition, "roleArn": platform.states_role, "publish": True} | _logging(platform)
    tags = [{"key": key, "value": value} for key, value in {**platform.tags, **config.tags}.items()]
    change: DefinitionChange = "updated" if _described(states, arn) else "created"
    try:
        answer = _create(states, arn, settings, tags) if change == "created" else _update(states, arn, settings, tags)
    except states.exceptions.StateMachineAlreadyExists:  # another push of this model was faster
        answer, change = _update(states, arn, settings, tags), "updated"
    version: str = answer["stateMachineVersionArn"]
    note = json.dumps({"version": version, "definition": json.loads(definition)}, ensure_ascii=False)
    s3.put_object(
        Bucket=platform.artifact_bucket, Key=build_version_key(config.model, definition, platform), Body=note.encode()
    )
    _let_go(states, version)
    return version, change


def build_version_key(model: str, definition: str, platform: Platform) -> str:
    """Key of the note that tells which version runs a definition; role and logging count as part of it."""
    return f"{model}/definitions/{fingerprint(definition, platform.states_role, platform.log_group)}.json"


def build_state_machine_arn(platform: Platform, model: str) -> str:
    """ARN of a model's state machine."""
    name = workflow_names.build_state_machine_name(platform, model)
    return f"arn:{platform.partition}:states:{platform.region}:{platform.account}:stateMachine:{name}"


def build_execution_arn(platform: Platform, model: str, run: str) -> str:
    """ARN of a run; a version's number is no part of it (names are unique in a machine over all versions)."""
    return f"{build_state_machine_arn(platform, model).replace(':stateMachine:', ':execution:')}:{run}"


def _create(states: Any, arn: str, settings: Mapping[str, Any], tags: Sequence[Mapping[str, str]]) -> Any:
    return states.create_state_machine(name=arn.rpartition(":")[2], type="STANDARD", tags=tags, **settings)


def _update(states: Any, arn: str, settings: Mapping[str, Any], tags: Sequence[Mapping[str, str]]) -> Any:
    """Tags are the machine's, not a version's; UpdateStateMachine takes none. A tag that is left out stays."""
    if tags:
        states.tag_resource(resourceArn=arn, tags=tags)
    return states.update_state_machine(stateMachineArn=arn, **settings)


def _described(states: Any, arn: str) -> dict[str, Any] | None:
    """A machine or a version, None when there is none. DescribeStateMachine refills at 20 calls a second."""
    try:
        found: dict[str, Any] = states.describe_state_machine(stateMachineArn=arn)
    except states.exceptions.StateMachineDoesNotExist:
        return None
    return found


def _let_go(states: Any, version: str) -> None:
    """Delete the version that is KEPT_VERSIONS older. Its runs go on; one that is gone already is no error.

    Source: DeleteStateMachineVersion; version numbers rise by one and are never given again.
    """
    machine, _, number = version.rpartition(":")
    if (old := int(number) - KEPT_VERSIONS) < 1:
        return
    try:
        states.delete_state_machine_version(stateMachineVersionArn=f"{machine}:{old}")
    except (states.exceptions.ConflictException, states.exceptions.ValidationException) as error:
        logger.warning("version %s:%d stays: %s", machine, old, error)  # somebody's alias names it, or a push is at it


def _logging(platform: Platform) -> dict[str, Any]:
    if not platform.log_group:
        return {}
    group = f"arn:{platform.partition}:logs:{platform.region}:{platform.account}:log-group:{platform.log_group}:*"
    return {
        "loggingConfiguration": {
            "level": "ALL",
            "includeExecutionData": True,
            "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}],
        },
        "tracingConfiguration": {"enabled": True},
    }
