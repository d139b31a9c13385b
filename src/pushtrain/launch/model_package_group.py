"""The model package group of a model, created with its first push."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pushtrain import aws
from pushtrain.platform import Platform
from pushtrain.workflow.tags import build_tags

if TYPE_CHECKING:
    from pushtrain.config import Config


def ensure_model_package_group(config: Config, platform: Platform) -> None:
    """Create the model package group, unless it exists: `ml-churn`, with the model's tags. A group keeps its tags."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    sagemaker, group = aws.client("sagemaker", platform.region), platform.build_group_name(config.model)
    try:
        sagemaker.describe_model_package_group(ModelPackageGroupName=group)
        return
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"ValidationException", "ResourceNotFound"}:
            raise
    tags = [{"Key": key, "Value": value} for key, value in build_tags(config, platform).items()]
    try:
        sagemaker.create_model_package_group(ModelPackageGroupName=group, Tags=tags)
    except ClientError as error:  # another push of this model was faster
        if "already exists" not in error.response["Error"].get("Message", ""):
            raise
