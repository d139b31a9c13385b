"""Complete CreateProcessingJob and CreateTrainingJob requests for a Config on a Platform. Pure.

What is known only at run time (job name, code, data) is written as `K.$`: a path into the execution
input (`$$.Execution.Input`, made by `pushtrain.launch.launch`) or into `$.jobs`, the results of earlier jobs.
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
from pushtrain.platform import Platform
from pushtrain.workflow import names
from pushtrain.workflow.states import format_string

Request = dict[str, Any]

RUN = "$$.Execution.Name"
COUNTERS = ("$$.Execution.RedriveCount", "$$.State.RetryCount")
CODE = "$$.Execution.Input.code"
PROCESSING = "/opt/ml/processing"
CODE_CHANNEL = "code"  # a reserved name, so no data is called so
ISOLATED_CODE = f"/opt/ml/input/data/{CODE_CHANNEL}/sourcedir.tar.gz"

# At most 256 characters: ContainerEntrypoint's limit. A local run has installed the requirements already.
RUN_SCRIPT = (
    f"cd {PROCESSING}/input/code && tar -xzf sourcedir.tar.gz && export PYTHONPATH=$PWD && "
    'if [ -f requirements.txt ] && [ -z "$PUSHTRAIN_ENVIRONMENT_READY" ]; '
    'then python3 -m pip install -r requirements.txt; fi && exec python3 "$0" "$@"'
)


def find_image(step: Step, platform: Platform) -> str:
    """Image URI a step's job runs; processing jobs use a framework's training image, as the SDK's processors do."""
    if step.image:
        return step.image
    framework = images.resolve_framework(step.framework or "")
    return images.build_image_uri(framework, scope="training", instance=step.instance, region=platform.region)


def build_job_name(config: Config, platform: Platform, step: str) -> str:
    """The intrinsic that names a job: new for each run, redrive and retry."""
    return format_string(names.build_job_stem(platform, config.model, step) + "-{}-{}-{}", RUN, *COUNTERS)


def build_preprocess_request(config: Config, platform: Platform, step: Preprocess) -> Request:
    """CreateProcessingJob that turns `data` into `outputs`."""
    inputs = [_input(name, f"{PROCESSING}/input/{name}", _data(name)) for name in config.data]
    outputs = [_output(config, platform, "preprocess", name, f"preprocess/{{}}/{name}/") for name in step.outputs]
    return _processing(config, platform, "preprocess", step, inputs, outputs)


def build_evaluate_request(config: Config, platform: Platform, step: Evaluate) -> Request:
    """CreateProcessingJob that reads the model and the test data and writes evaluation.json."""
    inputs = [_input("model", f"{PROCESSING}/model", build_model_uri(config, platform))]
    inputs += [
        _input(name, f"{PROCESSING}/{name}", _source(config, platform, name)) for name in list_evaluate_inputs(config)
    ]
    outputs = [_output(config, platform, "evaluate", "evaluation", "evaluation/{}/")]
    return _processing(config, platform, "evaluate", step, inputs, outputs)


def build_train_request(config: Config, platform: Platform, step: Train) -> Request:
    """CreateTrainingJob in script mode (the sagemaker-training toolkit reads `sagemaker_*` hyperparameters)."""
    algorithm: Request = {"TrainingImage": find_image(step, platform), "TrainingInputMode": "File"}
    network = _network(config, platform)
    isolated = "EnableNetworkIsolation" in network
    channels = [_channel(name, _source(config, platform, name)) for name in list_training_channels(config)]
    if step.metrics:
        algorithm["MetricDefinitions"] = [{"Name": name, "Regex": regex} for name, regex in step.metrics.items()]
    request: Request = {
        "TrainingJobName.$": build_job_name(config, platform, "train"),
        "RoleArn": platform.job_role,
        "AlgorithmSpecification": algorithm,
        "HyperParameters": _hyperparameters(step, platform, _code(isolated=isolated)),
        "InputDataConfig": [*channels, _channel(CODE_CHANNEL, CODE)] if isolated else channels,
        "OutputDataConfig": {"S3OutputPath.$": _run_uri(config, platform, "model"), **_kms(config, platform)},
        "ResourceConfig": _resources(config, platform, step) | _warm_pool(step),
        "StoppingCondition": {"MaxRuntimeInSeconds": step.max_runtime},
        "Environment": dict(step.environment),
        "Tags": build_tags(config, platform),
    }
    request |= _checkpoint(config, platform, step)
    if step.spot:
        request["EnableManagedSpotTraining"] = True
        request["StoppingCondition"]["MaxWaitTimeInSeconds"] = step.max_wait
    if step.retries:
        request["RetryStrategy"] = {"MaximumRetryAttempts": step.retries}
    return _complete(request | network, step)


def build_model_uri(config: Config, platform: Platform) -> str:
    """Where SageMaker puts the trained model: <S3OutputPath>/<job>/output/model.tar.gz."""
    template = names.build_artifact_uri(platform, config.model, "runs/{}/model/{}/output/model.tar.gz")
    return format_string(template, RUN, "$.jobs.train.name")


def build_evaluation_uri(config: Config, platform: Platform) -> str:
    """Where the evaluate job's evaluation.json lies."""
    template = names.build_artifact_uri(platform, config.model, "runs/{}/evaluation/{}/evaluation.json")
    return format_string(template, RUN, "$.jobs.evaluate.name")


def build_evaluation_key(config: Config) -> str:
    """Its key in the artifact bucket."""
    return format_string(f"{config.model}/runs/{{}}/evaluation/{{}}/evaluation.json", RUN, "$.jobs.evaluate.name")


def build_tags(config: Config, platform: Platform) -> list[Request]:
    """Tags of every job: the platform's, the model's, and what tells whose cost this is."""
    fixed = {**platform.tags, **config.tags, "pushtrain:model": config.model}
    listed: list[Request] = [{"Key": key, "Value": value} for key, value in fixed.items()]
    return [*listed, {"Key": "pushtrain:run", "Value.$": RUN}]


def _processing(
    config: Config, platform: Platform, name: str, step: Processing, inputs: list[Request], outputs: list[Request]
) -> Request:
    app: Request = {
        "ImageUri": find_image(step, platform),
        "ContainerEntrypoint": ["/bin/bash", "-ec", RUN_SCRIPT, step.script],
    }
    if step.arguments:
        app["ContainerArguments"] = [part for key, value in step.arguments.items() for part in _argument(key, value)]
    network = _network(config, platform)
    request: Request = {
        "ProcessingJobName.$": build_job_name(config, platform, name),
        "RoleArn": platform.job_role,
        "AppSpecification": app,
        "ProcessingInputs": [_input("code", f"{PROCESSING}/input/code", CODE), *inputs],
        "ProcessingOutputConfig": {"Outputs": outputs, **_kms(config, platform)},
        "ProcessingResources": {"ClusterConfig": _resources(config, platform, step)},
        "StoppingCondition": {"MaxRuntimeInSeconds": step.max_runtime},
        "Environment": dict(step.environment),
        "Tags": build_tags(config, platform),
        **({"NetworkConfig": network} if network else {}),
    }
    return _complete(request, step)


def _argument(key: str, value: object) -> tuple[str, str]:
    return f"--{key}", value if isinstance(value, str) else json.dumps(value)


def _hyperparameters(step: Train, platform: Platform, code: Request) -> Request:
    """Values are JSON-encoded, as the SDK's framework estimators do; the toolkit decodes them."""
    own: Request = {
        "sagemaker_program": json.dumps(step.script),
        **code,
        "sagemaker_region": json.dumps(platform.region),
        "sagemaker_container_log_level": "20",
    }
    return (
        {key: json.dumps(value, ensure_ascii=False) for key, value in step.hyperparameters.items()}
        | own
        | _launcher(step)
    )


def _code(*, isolated: bool) -> Request:
    """Where the toolkit finds the code: it downloads from S3, which an isolated container cannot; that gets a channel.

    Source: `_prepare_for_training` of sagemaker.estimator, which does the same.
    """
    if isolated:
        return {"sagemaker_submit_directory": json.dumps(ISOLATED_CODE)}
    return {"sagemaker_submit_directory.$": f"States.JsonToString({CODE})"}


def _launcher(step: Train) -> dict[str, str]:
    distribution = step.distribution
    if distribution is None:
        return {}
    kinds = {
        "sagemaker_torch_distributed_enabled": distribution.torch_distributed,
        "sagemaker_pytorch_ddp_enabled": distribution.pytorchddp,
        "sagemaker_distributed_dataparallel_enabled": distribution.smdistributed,
        "sagemaker_parameter_server_enabled": distribution.parameter_server,
    }
    flags = {name: "true" for name, wanted in kinds.items() if wanted}
    if mpi := distribution.mpi:
        flags |= {
            "sagemaker_mpi_enabled": "true",
            "sagemaker_mpi_num_of_processes_per_host": str(mpi.processes_per_host),
            "sagemaker_mpi_custom_mpi_options": json.dumps(mpi.options),
        }
    if mpi or distribution.parameter_server:
        return flags
    return flags | {"sagemaker_instance_type": json.dumps(step.instance)}


def _source(config: Config, platform: Platform, name: str) -> str:
    """Where an input comes from: a preprocess output of this run, else the data of that name."""
    if config.preprocess and name in config.preprocess.outputs:
        template = names.build_artifact_uri(platform, config.model, f"runs/{{}}/preprocess/{{}}/{name}/")
        return format_string(template, RUN, "$.jobs.preprocess.name")
    return _data(name)


def _data(name: str) -> str:
    return f"$$.Execution.Input.data['{name}']"


def _input(name: str, local: str, uri: str) -> Request:
    s3 = {"S3Uri.$": uri, "LocalPath": local, "S3DataType": "S3Prefix", "S3InputMode": "File"}
    return {"InputName": name, "S3Input": s3 | {"S3DataDistributionType": "FullyReplicated"}}


def _channel(name: str, uri: str) -> Request:
    s3 = {"S3DataType": "S3Prefix", "S3Uri.$": uri}
    return {"ChannelName": name, "DataSource": {"S3DataSource": s3 | {"S3DataDistributionType": "FullyReplicated"}}}


def _output(config: Config, platform: Platform, step: str, name: str, folder: str) -> Request:
    """The prefix holds the job's name (at `{}`) and ends in `/`: an S3 prefix is a string prefix."""
    job = names.build_job_stem(platform, config.model, step) + "-{}-{}-{}"
    template = names.build_artifact_uri(platform, config.model, "runs/{}", folder.replace("{}", job))
    s3 = {"S3Uri.$": format_string(template, RUN, RUN, *COUNTERS), "LocalPath": f"{PROCESSING}/{name}"}
    return {"OutputName": name, "S3Output": s3 | {"S3UploadMode": "EndOfJob"}}


def _run_uri(config: Config, platform: Platform, *parts: str) -> str:
    return format_string(names.build_artifact_uri(platform, config.model, "runs/{}", *parts), RUN)


def _resources(config: Config, platform: Platform, step: Step) -> Request:
    resources: Request = {
        "InstanceType": step.instance,
        "InstanceCount": step.instances,
        "VolumeSizeInGB": step.volume,
    }
    key = config.kms.volume or platform.kms_key
    if key and not instances.has_local_storage(step.instance):  # SageMaker refuses a volume key on NVMe instances
        resources["VolumeKmsKeyId"] = key
    return resources


def _warm_pool(step: Train) -> Request:
    return {"KeepAlivePeriodInSeconds": step.keep_alive} if step.keep_alive else {}


def _checkpoint(config: Config, platform: Platform, step: Train) -> Request:
    if not step.checkpoint:
        return {}
    place = {"S3Uri.$": _run_uri(config, platform, "checkpoints/"), "LocalPath": step.checkpoint}
    return {"CheckpointConfig": place}


def _kms(config: Config, platform: Platform) -> Request:
    key = config.kms.output or platform.kms_key
    return {"KmsKeyId": key} if key else {}


def _network(config: Config, platform: Platform) -> Request:
    """The stricter of platform and config; `pushtrain.workflow.context` refuses a config that would loosen."""
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
    """Leave out what is empty, then lay the raw `sagemaker:` block over it."""
    present = {key: value for key, value in request.items() if value not in ({}, [])}
    return merge(present, step.sagemaker, null_removes=False)
