"""A model's group is created with its first push."""

from __future__ import annotations

from pathlib import Path

from pushtrain import aws
from pushtrain.config import load_config
from pushtrain.launch.model_package_group import ensure_model_package_group
from pushtrain.local.aws import LocalAws
from tests.embedded.launch.plain import PLATFORM


def test_the_group_has_the_models_name_and_is_created_once(local_aws: LocalAws, repo: Path) -> None:
    config = load_config((repo / "config.yaml").read_bytes() + b"tags: {team: risk}\n").config
    for _ in range(2):
        ensure_model_package_group(config, PLATFORM)
    sagemaker = aws.client("sagemaker")
    (group,) = sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
    assert group["ModelPackageGroupName"] == "pushtrain-plain"
