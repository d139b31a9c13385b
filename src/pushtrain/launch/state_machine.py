"""A model's state machine: create it, update it, publish versions, delete old ones. Starts nothing.

In: a definition as text, and the Config and Platform it was compiled from. Out: the ARN of the version that has it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pushtrain.hashes import fingerprint
from pushtrain.layout import build_definition_key
from pushtrain.platform import Platform
from pushtrain.pushes.revision import object_exists
from pushtrain.workflow.names import build_state_machine_name
from pushtrain.workflow.tags import build_tags

if TYPE_CHECKING:
    from pushtrain.config import Config

logger = logging.getLogger(__name__)

DefinitionChange = Literal["created", "updated", "unchanged"]
# A state machine may have 1,000 versions and AWS deletes none by itself (PublishStateMachineVersion). The other half
# is room for versions that could not be deleted.
KEPT_VERSIONS = 500


def ensure_version(
    s3: Any, states: Any, config: Config, definition: str, platform: Platform
) -> tuple[str, DefinitionChange]:
    """Return the ARN of the version that has this definition; publish it only if there is none.

    An account may call Create, Update and Publish about once a second in all, so a record in S3 keeps the ARN.
    """
    version = find_version(s3, states, config.model, definition, platform)
    return (version, "unchanged") if version else publish(s3, states, config, definition, platform)


def find_version(s3: Any, states: Any, model: str, definition: str, platform: Platform) -> str | None:
    """Return the ARN of the version that has this definition, None if there is none.

    Asks AWS if the recorded version still has it: the version may have been deleted, or the whole state machine, and a
    new state machine counts its versions from 1 again.
    """
    key = build_version_key(model, definition, platform)
    if not object_exists(s3, platform.artifact_bucket, key):
        return None
    record: dict[str, str] = json.loads(s3.get_object(Bucket=platform.artifact_bucket, Key=key)["Body"].read())
    description = _describe(states, record["version"])
    is_same = description and json.loads(description["definition"]) == json.loads(definition)
    return record["version"] if is_same else None


def publish(s3: Any, states: Any, config: Config, definition: str, platform: Platform) -> tuple[str, DefinitionChange]:
    """Create or update the model's state machine, publish a version, record its ARN, delete one old version."""
    arn = build_state_machine_arn(platform, config.model)
    settings = {"definition": definition, "roleArn": platform.states_role, "publish": True} | _build_logging(platform)
    tags = [{"key": key, "value": value} for key, value in build_tags(config, platform).items()]
    change: DefinitionChange = "updated" if _describe(states, arn) else "created"
    try:
        response = _create(states, arn, settings, tags) if change == "created" else _update(states, arn, settings, tags)
    except states.exceptions.StateMachineAlreadyExists:  # another push of this model was faster
        response, change = _update(states, arn, settings, tags), "updated"
    version: str = response["stateMachineVersionArn"]
    record = json.dumps({"version": version, "definition": json.loads(definition)}, ensure_ascii=False)
    key = build_version_key(config.model, definition, platform)
    s3.put_object(Bucket=platform.artifact_bucket, Key=key, Body=record.encode())
    _delete_old_version(states, version)
    return version, change


def build_version_key(model: str, definition: str, platform: Platform) -> str:
    """Return the key of the record that says which version has a definition, with this role and logging."""
    return build_definition_key(model, fingerprint(definition, platform.states_role, platform.log_group))


def build_state_machine_arn(platform: Platform, model: str) -> str:
    """Return the ARN of a model's state machine."""
    name = build_state_machine_name(platform, model)
    return f"arn:{platform.partition}:states:{platform.region}:{platform.account}:stateMachine:{name}"


def build_execution_arn(platform: Platform, model: str, run: str) -> str:
    """Return the ARN of a run. It has no version number: execution names are unique in a state machine."""
    return f"{build_state_machine_arn(platform, model).replace(':stateMachine:', ':execution:')}:{run}"


def _create(states: Any, arn: str, settings: Mapping[str, Any], tags: Sequence[Mapping[str, str]]) -> Any:
    return states.create_state_machine(name=arn.rpartition(":")[2], type="STANDARD", tags=tags, **settings)


def _update(states: Any, arn: str, settings: Mapping[str, Any], tags: Sequence[Mapping[str, str]]) -> Any:
    """Update with tags, which UpdateStateMachine does not take. Tags that config.yaml no longer has stay."""
    if tags:
        states.tag_resource(resourceArn=arn, tags=tags)
    return states.update_state_machine(stateMachineArn=arn, **settings)


def _describe(states: Any, arn: str) -> dict[str, Any] | None:
    """Describe a state machine or a version; None if it does not exist. The account may call this 20 times a second."""
    try:
        description: dict[str, Any] = states.describe_state_machine(stateMachineArn=arn)
    except states.exceptions.StateMachineDoesNotExist:
        return None
    return description


def _delete_old_version(states: Any, version: str) -> None:
    """Delete the version that was published KEPT_VERSIONS before this one. Its runs go on.

    Source: DeleteStateMachineVersion. It succeeds too if the version is deleted already; numbers are not reused.
    """
    state_machine, _, number = version.rpartition(":")
    if (old := int(number) - KEPT_VERSIONS) < 1:
        return
    try:
        states.delete_state_machine_version(stateMachineVersionArn=f"{state_machine}:{old}")
    except (states.exceptions.ConflictException, states.exceptions.ValidationException) as error:
        # An alias refers to the version, or another push deletes it just now.
        logger.warning("version %s:%d stays: %s", state_machine, old, error)


def _build_logging(platform: Platform) -> dict[str, Any]:
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
