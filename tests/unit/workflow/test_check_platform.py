"""What a plug-in's definition may not do: another role, other names, a looser network, other calls."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow
from pushtrain.workflow.check_platform import problems_on_platform

OPEN = Platform.local()
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
STRICT = dataclasses.replace(
    OPEN,
    subnets=("subnet-0a1b2c3d", "subnet-1a1b2c3d"),
    security_groups=("sg-0a1b2c3d",),
    isolation=True,
    encrypt_between_containers=True,
    kms_key=KEY,
)
CONFIG = b"""
model: churn
data: {raw: s3://lake/churn/}
preprocess: {framework: sklearn 1.2-1}
train: {framework: sklearn 1.2-1}
evaluate: {framework: sklearn 1.2-1}
register: {when: [{metric: accuracy, at_least: 0.9}]}
"""
Change = Callable[[dict[str, Any]], object]


def problems(state: str, change: Change, platform: Platform = OPEN) -> list[str]:
    """Problems of the definition of `train` with one state changed."""
    definition = compile_workflow(load_config(CONFIG).config, platform)
    assert problems_on_platform(definition, platform, "churn") == []
    change(definition["States"][state])
    return problems_on_platform(definition, platform, "churn")


def put(member: str, value: object) -> Change:
    """Set a member of Parameters, dots between the keys, and take away its computed form."""

    def change(state: dict[str, Any]) -> None:
        *path, last = member.split(".")
        at = state["Parameters"]
        for key in path:
            at = at[key]
        at.pop(f"{last}.$", None)
        at[last] = value

    return change


def compute(member: str, value: str) -> Change:
    """Make a member of Parameters computed."""

    def change(state: dict[str, Any]) -> None:
        state["Parameters"].pop(member, None)
        state["Parameters"][f"{member}.$"] = value

    return change


OTHER_ROLE = "arn:aws:iam::123456789012:role/admin"


@pytest.mark.parametrize(
    ("state", "change", "said"),
    [
        ("train", put("RoleArn", OTHER_ROLE), "RoleArn must be the platform's job role"),
        ("preprocess", compute("RoleArn", "$.role"), "RoleArn must be the platform's job role"),
        ("train", put("TrainingJobName", "mine"), "TrainingJobName must begin with 'pushtrain-'"),
        ("train", compute("TrainingJobName", "$.name"), "TrainingJobName must begin with 'pushtrain-'"),
        ("evaluate", compute("ProcessingJobName", "States.Format('x-{}', $$.Execution.Name)"), "begin with"),
        ("register", put("ModelPackageGroupName", "other"), "ModelPackageGroupName must be 'churn'"),
        ("register", put("ModelApprovalStatus", "Approved"), "must be 'PendingManualApproval'"),
        ("register", compute("ModelApprovalStatus", "$.status"), "must be 'PendingManualApproval'"),
        ("read metrics", put("Bucket", "other"), "Bucket must be 'pushtrain-artifacts'"),
        ("train", lambda state: state.update(Credentials={"RoleArn": OTHER_ROLE}), "Credentials"),
        ("train", lambda state: state.update(Resource="arn:aws:states:::lambda:invoke"), "may not call"),
        ("train", lambda state: state.update(Resource="arn:aws:states:::aws-sdk:iam:createRole"), "may not call"),
        ("train", lambda state: state.update(Resource="arn:aws:lambda:us-east-1:1:function:f"), "may not call"),
    ],
)
def test_what_iam_would_refuse_later_is_refused_now(state: str, change: Change, said: str) -> None:
    (problem,) = problems(state, change)
    assert problem.startswith(f"{state!r}: ")
    assert said in problem


@pytest.mark.parametrize(
    ("state", "change", "said"),
    [
        ("train", put("EnableNetworkIsolation", False), "EnableNetworkIsolation must be true"),
        ("preprocess", put("NetworkConfig.EnableNetworkIsolation", False), "EnableNetworkIsolation must be true"),
        ("preprocess", lambda state: state["Parameters"]["NetworkConfig"].pop("VpcConfig"), "VpcConfig.Subnets"),
        ("train", put("EnableInterContainerTrafficEncryption", False), "EnableInterContainerTrafficEncryption"),
        ("train", put("VpcConfig.Subnets", ["subnet-0a1b2c3d", "subnet-9"]), "VpcConfig.Subnets must be among"),
        ("train", put("VpcConfig.SecurityGroupIds", ["sg-9"]), "VpcConfig.SecurityGroupIds must be among"),
        ("train", put("ResourceConfig.VolumeKmsKeyId", "alias/mine"), "ResourceConfig.VolumeKmsKeyId"),
        ("train", put("OutputDataConfig.KmsKeyId", "alias/mine"), "OutputDataConfig.KmsKeyId"),
        ("evaluate", put("ProcessingOutputConfig.KmsKeyId", None), "ProcessingOutputConfig.KmsKeyId"),
        ("evaluate", put("ProcessingResources.ClusterConfig.VolumeKmsKeyId", None), "VolumeKmsKeyId"),
    ],
)
def test_a_job_is_no_looser_than_its_platform(state: str, change: Change, said: str) -> None:
    found = problems(state, change, STRICT)
    assert found
    assert all(said in problem or "VpcConfig" in problem for problem in found)
    assert said in found[0]


def test_without_any_network_block_every_rule_is_named() -> None:
    found = problems("preprocess", lambda state: state["Parameters"].pop("NetworkConfig"), STRICT)
    assert len(found) == 4


def test_fewer_of_the_platform_s_subnets_are_fine() -> None:
    assert problems("train", put("VpcConfig.Subnets", ["subnet-1a1b2c3d"]), STRICT) == []


def test_a_state_inside_a_branch_is_looked_at_too() -> None:
    task = {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": {}, "End": True}
    branch = {"StartAt": "deep", "States": {"deep": task}}
    definition = {"StartAt": "p", "States": {"p": {"Type": "Parallel", "Branches": [branch], "End": True}}}
    (problem,) = problems_on_platform(definition, OPEN, "churn")
    assert problem.startswith("'deep': Resource")
