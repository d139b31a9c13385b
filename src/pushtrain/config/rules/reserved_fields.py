"""Fields of SageMaker requests that a raw `sagemaker:` block may not set: pushtrain or the platform sets them.

Each field is a path in the request, with text that says what to use instead. The rules of config.yaml and `workflow`
both use these tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

_JOB_NAME = "pushtrain names the jobs"
_ROLE = "every job runs with the platform's job role"
_NETWORK = "use `network:`; the platform may already be stricter"
_TAGS = "use `tags:`"
_DATA = "use `data:`, `outputs:`, `channels:` or `inputs:`"
_OUTPUTS = "pushtrain stores the outputs of a job under its run"
_ENVIRONMENT = "use the step's `environment:`"
_INSTANCES = {
    "InstanceType": "use the step's `instance:`",
    "InstanceCount": "use the step's `instances:`",
    "VolumeSizeInGB": "use the step's `volume:`",
    "VolumeKmsKeyId": "use `kms.volume`",
}

TRAINING_RESERVED_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "TrainingJobName": _JOB_NAME,
        "RoleArn": _ROLE,
        "AlgorithmSpecification.TrainingImage": "use `train.framework` or `train.image`",
        "AlgorithmSpecification.AlgorithmName": "use `train.framework` or `train.image`",
        "AlgorithmSpecification.MetricDefinitions": "use `train.metrics`",
        "HyperParameters": "use `train.hyperparameters`",
        "InputDataConfig": _DATA,
        "OutputDataConfig.S3OutputPath": _OUTPUTS,
        "OutputDataConfig.KmsKeyId": "use `kms.output`",
        "OutputDataConfig.CompressionType": "later steps need model.tar.gz",
        **{f"ResourceConfig.{name}": remedy for name, remedy in _INSTANCES.items()},
        "ResourceConfig.KeepAlivePeriodInSeconds": "use `train.keep_alive`",
        "ResourceConfig.InstanceGroups": "use `train.instance` and `train.instances`",
        "ResourceConfig.InstancePreferences": "use `train.instance` and `train.instances`",
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
        "ProcessingJobName": _JOB_NAME,
        "RoleArn": _ROLE,
        "AppSpecification": "use the step's `framework:` or `image:`, `script:` and `arguments:`",
        "ProcessingInputs": _DATA,
        "ProcessingOutputConfig": _OUTPUTS,
        **{f"ProcessingResources.ClusterConfig.{name}": remedy for name, remedy in _INSTANCES.items()},
        "StoppingCondition": "use the step's `max_runtime:`",
        "NetworkConfig": _NETWORK,
        "Environment": _ENVIRONMENT,
        "Tags": _TAGS,
    }
)


def find_reserved_fields(raw: Mapping[str, Any], fields: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield (path, what to use instead) for each of `fields` that the raw block sets: (("Tags",), "use `tags:`")."""
    for name, remedy in fields.items():
        path = tuple(name.split("."))
        if has_path(raw, path):
            yield path, remedy


def has_path(tree: object, path: tuple[str, ...]) -> bool:
    """Return True if `tree` has the key at the end of `path`, even if its value is null."""
    for key in path:
        if not isinstance(tree, Mapping) or key not in tree:
            return False
        tree = tree[key]
    return True
