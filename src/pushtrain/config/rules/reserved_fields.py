"""Fields of SageMaker requests that a raw `sagemaker:` block may not set: pushtrain or the platform owns them.

Each field, by its path in the request, says what to use instead. Shared by the rules of config.yaml and by workflow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

_NAMED = "pushtrain names jobs"
_ROLE = "the platform's job role runs every job"
_NETWORK = "use `network:`; the platform may already be stricter"
_TAGS = "use `tags:`"
_DATA = "use `data:`, `outputs:`, `channels:` or `inputs:`"
_STORED = "pushtrain stores what a job makes under its run"
_ENVIRONMENT = "use the step's `environment:`"
_MACHINES = {
    "InstanceType": "use the step's `instance:`",
    "InstanceCount": "use the step's `instances:`",
    "VolumeSizeInGB": "use the step's `volume:`",
    "VolumeKmsKeyId": "use `kms.volume`",
}

TRAINING_RESERVED_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "TrainingJobName": _NAMED,
        "RoleArn": _ROLE,
        "AlgorithmSpecification.TrainingImage": "use `train.framework` or `train.image`",
        "AlgorithmSpecification.AlgorithmName": "use `train.framework` or `train.image`",
        "AlgorithmSpecification.MetricDefinitions": "use `train.metrics`",
        "HyperParameters": "use `train.hyperparameters`",
        "InputDataConfig": _DATA,
        "OutputDataConfig.S3OutputPath": _STORED,
        "OutputDataConfig.KmsKeyId": "use `kms.output`",
        "OutputDataConfig.CompressionType": "later steps count on model.tar.gz",
        **{f"ResourceConfig.{name}": instead for name, instead in _MACHINES.items()},
        "ResourceConfig.KeepAlivePeriodInSeconds": "use `train.keep_alive`",
        "ResourceConfig.InstanceGroups": "they exclude the one type of `train.instance`",
        "ResourceConfig.InstancePreferences": "they exclude the one type of `train.instance`",
        "StoppingCondition.MaxRuntimeInSeconds": "use `train.max_runtime`",
        "StoppingCondition.MaxWaitTimeInSeconds": "use `train.max_wait`",
        "EnableManagedSpotTraining": "use `train.spot`",
        "CheckpointConfig": "use `train.checkpoint`",
        "RetryStrategy": "use `train.retries`",
        "VpcConfig": _NETWORK,
        "EnableNetworkIsolation": _NETWORK,
        "EnableInterContainerTrafficEncryption": _NETWORK,
        "Environment": _ENVIRONMENT,
        "Tags": _TAGS,
    }
)
PROCESSING_RESERVED_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "ProcessingJobName": _NAMED,
        "RoleArn": _ROLE,
        "AppSpecification": "use the step's `framework:` or `image:`, `script:` and `arguments:`",
        "ProcessingInputs": _DATA,
        "ProcessingOutputConfig": _STORED,
        **{f"ProcessingResources.ClusterConfig.{name}": instead for name, instead in _MACHINES.items()},
        "StoppingCondition": "use the step's `max_runtime:`",
        "NetworkConfig": _NETWORK,
        "Environment": _ENVIRONMENT,
        "Tags": _TAGS,
    }
)


def find_reserved_fields(raw: Mapping[str, Any], fields: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The paths in `raw` that are in `fields`, each with what to use instead."""
    for name, instead in fields.items():
        path = tuple(name.split("."))
        if has_path(raw, path):
            yield path, instead


def has_path(tree: object, path: tuple[str, ...]) -> bool:
    """Whether `tree` has a value, whatever it is, at `path`."""
    for key in path:
        if not isinstance(tree, Mapping) or key not in tree:
            return False
        tree = tree[key]
    return True
