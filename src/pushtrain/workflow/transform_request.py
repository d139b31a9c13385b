"""The requests of a batch transform job: CreateModel, and CreateTransformJob of a step or of a serving test. Pure.

Source of the fields: API shapes CreateModelInput and CreateTransformJobRequest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pushtrain.catalog.job_kinds import TRANSFORM
from pushtrain.platform import Platform
from pushtrain.record import build_path_name
from pushtrain.workflow import runtime_values
from pushtrain.workflow.security import build_network, build_output_key, build_volume_key, find_job_role
from pushtrain.workflow.tags import build_job_tags

if TYPE_CHECKING:
    from pushtrain.config import Config, Step, TransformStep

Request = dict[str, Any]

SPLITS = {"line": "Line", "none": "None"}
STRATEGIES = {"multi": "MultiRecord", "single": "SingleRecord"}


def build_model_request(config: Config, platform: Platform, name: str, container: Request) -> Request:
    """Return the CreateModel request: the container that an endpoint would have, with the role of jobs.

    `name` is the intrinsic of the model's name.
    """
    network = build_network(config, platform)
    return {
        "ModelName.$": name,
        "PrimaryContainer": container,
        "ExecutionRoleArn": find_job_role(config, platform),
        "Tags": build_job_tags(config, platform),
        **{member: network[member] for member in ("EnableNetworkIsolation", "VpcConfig") if member in network},
    }


def build_transform_request(
    config: Config,
    platform: Platform,
    *,
    name: str,
    model_path: str,
    source_uri: str,
    content_type: str,
    accept: str,
    split: str,
    output_uri: str,
    instance: str,
    instances: int = 1,
) -> Request:
    """Return the CreateTransformJob request that every transform job has. `split` is a value of SPLITS.

    `name`, `model_path`, `source_uri` and `output_uri` are paths or intrinsics.
    """
    source = {"S3DataType": "S3Prefix", "S3Uri.$": source_uri}
    return {
        f"{TRANSFORM.name_member}.$": name,
        "ModelName.$": model_path,
        "TransformInput": {
            "DataSource": {"S3DataSource": source},
            "ContentType": content_type,
            "SplitType": split,
        },
        "TransformOutput": {
            "S3OutputPath.$": output_uri,
            "Accept": accept,
            "AssembleWith": split,
            **build_output_key(config, platform),
        },
        "TransformResources": {
            "InstanceType": instance,
            "InstanceCount": instances,
            **build_volume_key(config, platform, instance),
        },
        "Tags": build_job_tags(config, platform),
    }


def build_model_path(step: str) -> str:
    """Return the path of what a run knows of the model that a transform step created: `$.models.predict`."""
    return f"$.models.{build_path_name(step)}"


def build_step_request(config: Config, platform: Platform, step: Step, settings: TransformStep, waits: str) -> Request:
    """Return the CreateTransformJob request of a step."""
    from pushtrain.config import split_transform_inputs  # noqa: PLC0415 - the models of config.yaml are slow to import

    _, rows = split_transform_inputs(step)
    assert rows is not None  # noqa: S101 - the rules of config.yaml check both
    assert step.inference is not None  # noqa: S101
    (output,) = step.outputs
    request = build_transform_request(
        config,
        platform,
        name=runtime_values.build_job_name(config, platform, step.name, waits),
        model_path=f"{build_model_path(step.name)}.name",
        source_uri=runtime_values.build_source_uri(platform, rows.source),
        content_type=settings.content_type or rows.content_type or step.inference.content_types[0],
        accept=settings.accept or step.inference.response_types[0],
        split=SPLITS[settings.split],
        output_uri=runtime_values.build_output_uri(
            config, platform, step.name, TRANSFORM.build_output_path(output.name), waits
        ),
        instance=settings.instance,
        instances=settings.instances,
    )
    return request | ({"BatchStrategy": STRATEGIES[settings.strategy]} if settings.split == "line" else {})
