"""Tags of what a push creates: jobs, the state machine, the model package group. Pure.

A model can add tags. It cannot change those of the platform, which cost reports and IAM policies use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pushtrain.errors import TemplateError
from pushtrain.platform import ENVIRONMENT_TAG, Platform
from pushtrain.workflow import runtime_values as values

if TYPE_CHECKING:
    from pushtrain.config import Config

MODEL_TAG, RUN_TAG = "pushtrain:model", "pushtrain:run"
TAG_LIMIT = 50  # of a job, a state machine and a group: the API models of SageMaker and Step Functions
# Step Functions adds MANAGED_BY_AWS to jobs that it waits for (source: aws/aws-cdk issue 26012); one more is RUN_TAG.
ADDED_LATER = 2


def list_platform_tags(platform: Platform) -> dict[str, str]:
    """Return the tags that no model can change: those of the settings, and the name of the platform if it has one."""
    own = {ENVIRONMENT_TAG: platform.environment} if platform.environment else {}
    return {**platform.tags, **own}


def build_tags(config: Config, platform: Platform) -> dict[str, str]:
    """Return the tags of the model's state machine and model package group. The platform's win over config.yaml's."""
    fixed = list_platform_tags(platform)
    return {**fixed, **config.tags, **fixed, MODEL_TAG: config.model}


def build_job_tags(config: Config, platform: Platform) -> list[dict[str, Any]]:
    """Return the tags of every job, as its request has them: those of the model, and the run."""
    tags: list[dict[str, Any]] = [{"Key": key, "Value": value} for key, value in build_tags(config, platform).items()]
    return [*tags, {"Key": RUN_TAG, "Value.$": values.RUN}]


def check_tags(config: Config, platform: Platform) -> None:
    """Raise TemplateError if config.yaml contradicts a tag of the platform, or if a job would have too many tags.

    IAM compares keys of tags without regard to case, and cost reports show `Owner` and `owner` as two tags.
    """
    fixed = {key.lower(): (key, value) for key, value in platform.tags.items()}
    for name, tag in config.tags.items():
        key, value = fixed.get(name.lower(), (name, tag))
        if (key, value) != (name, tag):
            raise TemplateError(f"the platform sets the tag {key!r} to {value!r}. Remove the line", key=f"tags.{name}")
    count = len(build_tags(config, platform)) + ADDED_LATER
    if count > TAG_LIMIT:
        raise TemplateError(
            f"a job would have {count} tags with those of the platform, of pushtrain and of Step Functions; AWS allows "
            f"{TAG_LIMIT}. Remove {count - TAG_LIMIT}",
            key="tags",
        )


def find_tag_problems(request: Mapping[str, Any], platform: Platform, model: str) -> Iterator[str]:
    """Yield the problems of a job's tags: a template must set those of the platform and of the model as they are."""
    entries = request.get("Tags") or ()
    for name, value in {**list_platform_tags(platform), MODEL_TAG: model}.items():
        tags = [tag for tag in entries if str(tag.get("Key", "")).lower() == name.lower()]
        if tags != [{"Key": name, "Value": value}]:
            yield f"Tags must have {name!r} once, with the value {value!r}: bills and policies use it"
