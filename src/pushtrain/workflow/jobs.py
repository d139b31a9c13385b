"""Complete CreateProcessingJob and CreateTrainingJob requests for a Config on a Platform. Pure.

Source of the fields: API shapes CreateProcessingJobRequest and CreateTrainingJobRequest.
"""

from __future__ import annotations

import json
from typing import Any

from pushtrain.catalog import images, instances
from pushtrain.config import (
    Config,
    Evaluate,
    Preprocess,
    Processing,
    Step,
    Train,
    list_evaluate_inputs,
    list_training_channels,
)
from pushtrain.config.overlay import merge
from pushtrain.layout import SOURCE_ARCHIVE
from pushtrain.platform import Platform
from pushtrain.workflow import runtime_values as values
from pushtrain.workflow.script_mode import CODE_CHANNEL, build_hyperparameters

Request = dict[str, Any]

PROCESSING = "/opt/ml/processing"

# At most 256 characters: ContainerEntrypoint's limit. A local run has installed the requirements already.
RUN_SCRIPT = (
    f"cd {PROCESSING}/input/code && tar -xzf {SOURCE_ARCHIVE} && export PYTHONPATH=$PWD && "
    'if [ -f requirements.txt ] && [ -z "$PUSHTRAIN_ENVIRONMENT_READY" ]; '
    'then python3 -m pip install -r requirements.txt; fi && exec python3 "$0" "$@"'
)


def find_image(step: Step, platform: Platform) -> str:
    """Return the image URI of a step's job. Processing jobs use the training image, as the SDK's processors do.

    Raises NoImage if the framework has no image in the platform's region.
    """
    if step.image:
        return step.image
    framework = images.resolve_framework(step.framework or "")
    return images.build_image_uri(framework, scope="training", instance=step.instance, region=platform.region)


def build_preprocess_request(config: Config, platform: Platform, step: Preprocess) -> Request:
    """Return the CreateProcessingJob request that turns `data` into `outputs`."""
    inputs = [_build_input(name, f"{PROCESSING}/input/{name}", values.build_data_path(name)) for name in config.data]
    outputs = [_build_output(name, values.build_preprocess_output_uri(config, platform, name)) for name in step.outputs]
    return _build_processing_request(config, platform, "preprocess", step, inputs, outputs)


def build_evaluate_request(config: Config, platform: Platform, step: Evaluate) -> Request:
    """Return the CreateProcessingJob request that reads model and test data and writes evaluation.json."""
    inputs = [_build_input("model", f"{PROCESSING}/model", values.build_model_uri(config, platform))]
    inputs += [
        _build_input(name, f"{PROCESSING}/{name}", values.build_source_uri(config, platform, name))
        for name in list_evaluate_inputs(config)
    ]
    uri = values.build_evaluation_output_uri(config, platform)
    return _build_processing_request(config, platform, "evaluate", step, inputs, [_build_output("evaluation", uri)])


def build_train_request(config: Config, platform: Platform, step: Train) -> Request:
    """Return the CreateTrainingJob request, in script mode."""
    algorithm: Request = {"TrainingImage": find_image(step, platform), "TrainingInputMode": "File"}
    if step.metrics:
        algorithm["MetricDefinitions"] = [{"Name": name, "Regex": regex} for name, regex in step.metrics.items()]
    network = _build_network(config, platform)
    isolated = "EnableNetworkIsolation" in network
    channels = [
        _build_channel(name, values.build_source_uri(config, platform, name)) for name in list_training_channels(config)
    ]
    output = values.build_training_output_uri(config, platform)
    request: Request = {
        f"{step.kind.name_member}.$": values.build_job_name(config, platform, "train"),
        "RoleArn": platform.job_role,
        "AlgorithmSpecification": algorithm,
        "HyperParameters": build_hyperparameters(step, platform, isolated=isolated),
        "InputDataConfig": [*channels, _build_channel(CODE_CHANNEL, values.CODE)] if isolated else channels,
        "OutputDataConfig": {"S3OutputPath.$": output, **_build_output_key(config, platform)},
        "ResourceConfig": _build_resources(config, platform, step) | _build_warm_pool(step),
        "StoppingCondition": {"MaxRuntimeInSeconds": step.max_runtime},
        "Environment": dict(step.environment),
        "Tags": build_tags(config, platform),
        **_build_checkpoint(config, platform, step),
    }
    if step.spot:
        request["EnableManagedSpotTraining"] = True
        request["StoppingCondition"]["MaxWaitTimeInSeconds"] = step.max_wait
    if step.retries:
        request["RetryStrategy"] = {"MaximumRetryAttempts": step.retries}
    return _complete(request | network, step)


def build_tags(config: Config, platform: Platform) -> list[Request]:
    """Return the tags of every job: the platform's, the model's, and model and run for the cost report."""
    fixed = {**platform.tags, **config.tags, "pushtrain:model": config.model}
    listed: list[Request] = [{"Key": key, "Value": value} for key, value in fixed.items()]
    return [*listed, {"Key": "pushtrain:run", "Value.$": values.RUN}]


def _build_processing_request(
    config: Config, platform: Platform, name: str, step: Processing, inputs: list[Request], outputs: list[Request]
) -> Request:
    app: Request = {
        "ImageUri": find_image(step, platform),
        "ContainerEntrypoint": ["/bin/bash", "-ec", RUN_SCRIPT, step.script],
    }
    if step.arguments:
        app["ContainerArguments"] = [
            part for key, value in step.arguments.items() for part in _build_argument(key, value)
        ]
    network = _build_network(config, platform)
    request: Request = {
        f"{step.kind.name_member}.$": values.build_job_name(config, platform, name),
        "RoleArn": platform.job_role,
        "AppSpecification": app,
        "ProcessingInputs": [_build_input("code", f"{PROCESSING}/input/code", values.CODE), *inputs],
        "ProcessingOutputConfig": {"Outputs": outputs, **_build_output_key(config, platform)},
        "ProcessingResources": {"ClusterConfig": _build_resources(config, platform, step)},
        "StoppingCondition": {"MaxRuntimeInSeconds": step.max_runtime},
        "Environment": dict(step.environment),
        "Tags": build_tags(config, platform),
        **({"NetworkConfig": network} if network else {}),
    }
    return _complete(request, step)


def _build_argument(key: str, value: object) -> tuple[str, str]:
    return f"--{key}", value if isinstance(value, str) else json.dumps(value)


def _build_input(name: str, local: str, uri: str) -> Request:
    s3 = {"S3Uri.$": uri, "LocalPath": local, "S3DataType": "S3Prefix", "S3InputMode": "File"}
    return {"InputName": name, "S3Input": s3 | {"S3DataDistributionType": "FullyReplicated"}}


def _build_channel(name: str, uri: str) -> Request:
    s3 = {"S3DataType": "S3Prefix", "S3Uri.$": uri}
    return {"ChannelName": name, "DataSource": {"S3DataSource": s3 | {"S3DataDistributionType": "FullyReplicated"}}}


def _build_output(name: str, uri: str) -> Request:
    s3 = {"S3Uri.$": uri, "LocalPath": f"{PROCESSING}/{name}"}
    return {"OutputName": name, "S3Output": s3 | {"S3UploadMode": "EndOfJob"}}


def _build_resources(config: Config, platform: Platform, step: Step) -> Request:
    resources: Request = {
        "InstanceType": step.instance,
        "InstanceCount": step.instances,
        "VolumeSizeInGB": step.volume,
    }
    key = config.kms.volume or platform.kms_key
    if key and not instances.has_local_storage(step.instance):  # SageMaker refuses a volume key on NVMe instances
        resources["VolumeKmsKeyId"] = key
    return resources


def _build_warm_pool(step: Train) -> Request:
    return {"KeepAlivePeriodInSeconds": step.keep_alive} if step.keep_alive else {}


def _build_checkpoint(config: Config, platform: Platform, step: Train) -> Request:
    if not step.checkpoint:
        return {}
    uri = values.build_checkpoints_uri(config, platform)
    return {"CheckpointConfig": {"S3Uri.$": uri, "LocalPath": step.checkpoint}}


def _build_output_key(config: Config, platform: Platform) -> Request:
    key = config.kms.output or platform.kms_key
    return {"KmsKeyId": key} if key else {}


def _build_network(config: Config, platform: Platform) -> Request:
    """Return the stricter network of platform and config. `context` refuses a config that is less strict."""
    network: Request = {}
    if config.network.encrypt_between_containers or platform.encrypt_between_containers:
        network["EnableInterContainerTrafficEncryption"] = True
    if config.network.isolation or platform.isolation:
        network["EnableNetworkIsolation"] = True
    vpc = config.network.vpc
    subnets = vpc.subnets if vpc else platform.subnets
    groups = vpc.security_groups if vpc else platform.security_groups
    if subnets:
        network["VpcConfig"] = {"SecurityGroupIds": list(groups), "Subnets": list(subnets)}
    return network


def _complete(request: Request, step: Step) -> Request:
    """Leave out empty members, then merge in the step's own `sagemaker:` members, which win."""
    present = {key: value for key, value in request.items() if value not in ({}, [])}
    return merge(present, step.sagemaker, null_removes=False)
