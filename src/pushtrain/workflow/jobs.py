"""The complete request of a step's job, for a Config on a Platform. Pure.

One builder for each kind of job; `_BUILDERS` lists them. A tuning job has that of its trials, which are training jobs.
That of a transform job is in `transform_request`.
Source of the fields: API shapes CreateProcessingJobRequest and CreateTrainingJobRequest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pushtrain.catalog import images
from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import PROCESSING, TRAINING, TRANSFORM, TUNING
from pushtrain.config.overlay import merge
from pushtrain.config.values.mappings import list_words
from pushtrain.layout import SOURCE_ARCHIVE, START_FILE
from pushtrain.platform import Platform
from pushtrain.workflow import runtime_values as values
from pushtrain.workflow.script_mode import (
    CODE_CHANNEL,
    build_environment,
    build_evaluation_variables,
    build_hyperparameters,
)
from pushtrain.workflow.security import build_network, build_output_key, build_volume_key, find_job_role
from pushtrain.workflow.tags import build_job_tags
from pushtrain.workflow.transform_request import build_step_request
from pushtrain.workflow.tuning_request import build_tuning_request

if TYPE_CHECKING:
    from pushtrain.config import Config, Input, Output, Processing, Step, StepSettings, Train

Request = dict[str, Any]

CODE_FOLDER = f"{PROCESSING.folder}/input/code"

# The start file installs what the script needs, then runs it. At most 256 characters: ContainerEntrypoint's limit.
START = f'cd {CODE_FOLDER} && tar -xzf {SOURCE_ARCHIVE} && exec python3 {START_FILE} "$0" "$@"'


def find_image(step: StepSettings, platform: Platform) -> str:
    """Return the image URI of a step's job. Processing jobs use the training image, as the SDK's processors do.

    Raises NoImage if the framework has no image in the platform's region.
    """
    if step.image:
        return step.image
    framework = images.resolve_framework(step.framework or "")
    return images.build_image_uri(framework, scope="training", instance=step.instance, region=platform.region)


def build_request(config: Config, platform: Platform, step: Step, waits: str = "") -> Request:
    """Return the complete request that creates a step's job. `waits` is that of `runtime_values.build_job_name`."""
    request = _complete(_BUILDERS[step.settings.kind](config, platform, step, step.settings, waits), step.settings)
    return build_tuning_request(config, platform, step, request) if step.kind is TUNING else request


def _build_training_request(config: Config, platform: Platform, step: Step, settings: Train, waits: str) -> Request:
    """Return the CreateTrainingJob request, in script mode."""
    algorithm: Request = {"TrainingImage": find_image(settings, platform), "TrainingInputMode": "File"}
    if settings.metrics:
        algorithm["MetricDefinitions"] = [{"Name": name, "Regex": regex} for name, regex in settings.metrics.items()]
    network = build_network(config, platform)
    isolated = "EnableNetworkIsolation" in network
    channels = [_build_data_channel(platform, entry) for entry in step.inputs]
    has_code_channel = isolated and settings.has_script
    output = values.build_training_output_uri(config, platform, step.name)
    request: Request = {
        f"{settings.kind.name_member}.$": values.build_job_name(config, platform, step.name, waits),
        "RoleArn": find_job_role(config, platform),
        "AlgorithmSpecification": algorithm,
        "HyperParameters": build_hyperparameters(step, platform, isolated=isolated),
        "InputDataConfig": [*channels, _build_channel(CODE_CHANNEL, values.CODE)] if has_code_channel else channels,
        "OutputDataConfig": {"S3OutputPath.$": output, **build_output_key(config, platform)},
        "ResourceConfig": _build_resources(config, platform, settings) | _build_warm_pool(settings),
        "StoppingCondition": {"MaxRuntimeInSeconds": settings.max_runtime},
        "Environment": build_environment(step, platform),
        "Tags": build_job_tags(config, platform),
        **_build_checkpoint(config, platform, step.name, settings),
    }
    if settings.spot:
        request["EnableManagedSpotTraining"] = True
        request["StoppingCondition"]["MaxWaitTimeInSeconds"] = settings.max_wait
    if settings.retries:
        request["RetryStrategy"] = {"MaximumRetryAttempts": settings.retries}
    return request | network


def _build_processing_request(
    config: Config, platform: Platform, step: Step, settings: Processing, waits: str
) -> Request:
    """Return the CreateProcessingJob request."""
    app: Request = {
        "ImageUri": find_image(settings, platform),
        "ContainerEntrypoint": ["/bin/bash", "-ec", START, settings.script],
    }
    if settings.arguments:
        app["ContainerArguments"] = _build_arguments(settings)
    network = build_network(config, platform)
    outputs = [_build_output(config, platform, step, output, waits) for output in step.outputs]
    inputs = [_build_input(platform, entry) for entry in step.inputs]
    return {
        f"{settings.kind.name_member}.$": values.build_job_name(config, platform, step.name, waits),
        "RoleArn": find_job_role(config, platform),
        "AppSpecification": app,
        "ProcessingInputs": [_build_mount("code", CODE_FOLDER, values.CODE), *inputs],
        "ProcessingOutputConfig": {"Outputs": outputs, **build_output_key(config, platform)},
        "ProcessingResources": {"ClusterConfig": _build_resources(config, platform, settings)},
        "StoppingCondition": {"MaxRuntimeInSeconds": settings.max_runtime},
        "Environment": build_environment(step, platform) | build_evaluation_variables(config, step),
        "Tags": build_job_tags(config, platform),
        **({"NetworkConfig": network} if network else {}),
    }


_BUILDERS: Mapping[JobKind, Callable[..., Request]] = {
    TRAINING: _build_training_request,
    PROCESSING: _build_processing_request,
    TRANSFORM: build_step_request,
}


def _build_arguments(settings: Processing) -> list[str]:
    """Return the arguments of a script: a list as it is, an entry of a mapping as its name and its values."""
    if not isinstance(settings.arguments, dict):
        return list(settings.arguments)
    parts: list[object] = []
    for name, value in settings.arguments.items():
        parts += [f"--{name}", *list_words(value)]
    return [part if isinstance(part, str) else json.dumps(part) for part in parts]


def _build_input(platform: Platform, entry: Input) -> Request:
    return _build_mount(entry.name, entry.path, values.build_source_uri(platform, entry.source))


def _build_mount(name: str, folder: str, uri: str) -> Request:
    s3 = {"S3Uri.$": uri, "LocalPath": folder, "S3DataType": "S3Prefix", "S3InputMode": "File"}
    return {"InputName": name, "S3Input": s3 | {"S3DataDistributionType": "FullyReplicated"}}


def _build_data_channel(platform: Platform, entry: Input) -> Request:
    channel = _build_channel(entry.name, values.build_source_uri(platform, entry.source))
    return channel | ({"ContentType": entry.content_type} if entry.content_type else {})


def _build_channel(name: str, uri: str) -> Request:
    s3 = {"S3DataType": "S3Prefix", "S3Uri.$": uri}
    return {"ChannelName": name, "DataSource": {"S3DataSource": s3 | {"S3DataDistributionType": "FullyReplicated"}}}


def _build_output(config: Config, platform: Platform, step: Step, output: Output, waits: str) -> Request:
    uri = values.build_output_uri(config, platform, step.name, step.kind.build_output_path(output.name), waits)
    s3 = {"S3Uri.$": uri, "LocalPath": output.path}
    return {"OutputName": output.name, "S3Output": s3 | {"S3UploadMode": "EndOfJob"}}


def _build_resources(config: Config, platform: Platform, step: StepSettings) -> Request:
    """Return the instances of a job. All types of a list take a volume key or none: `rules.instances`, `context`."""
    types = [{"InstanceType": name} for name in step.instance_types]
    resources: Request = {
        **(types[0] if len(types) == 1 else {"InstancePreferences": types}),
        "InstanceCount": step.instances,
        "VolumeSizeInGB": step.volume,
    }
    return resources | build_volume_key(config, platform, step.instance)


def _build_warm_pool(step: Train) -> Request:
    return {"KeepAlivePeriodInSeconds": step.keep_alive} if step.keep_alive else {}


def _build_checkpoint(config: Config, platform: Platform, step: str, settings: Train) -> Request:
    if not settings.checkpoint:
        return {}
    uri = values.build_checkpoints_uri(config, platform, step)
    return {"CheckpointConfig": {"S3Uri.$": uri, "LocalPath": settings.checkpoint}}


def _complete(request: Request, step: StepSettings) -> Request:
    """Leave out empty members, then merge in the step's own `sagemaker:` members, which win."""
    present = {key: value for key, value in request.items() if value not in ({}, [])}
    return merge(present, step.sagemaker, null_removes=False)
