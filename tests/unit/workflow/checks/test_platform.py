"""What a plug-in's definition may not do: another role, other names, a looser network, other calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from pushtrain.config import load_config
from pushtrain.errors import TemplateError
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow
from pushtrain.workflow.checks.platform import check_platform, find_platform_problems

OPEN = Platform.local()
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
STRICT = msgspec.structs.replace(
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
    assert find_platform_problems(definition, platform, "churn") == []
    change(definition["States"][state])
    return find_platform_problems(definition, platform, "churn")


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
        (
            "train",
            put("RoleArn", OTHER_ROLE),
            (
                "'train': Parameters.RoleArn must be the platform's job role, "
                "arn:aws:iam::123456789012:role/pushtrain-jobs, not 'arn:aws:iam::123456789012:role/admin'"
            ),
        ),
        (
            "preprocess",
            compute("RoleArn", "$.role"),
            (
                "'preprocess': Parameters.RoleArn must be the platform's job role, "
                "arn:aws:iam::123456789012:role/pushtrain-jobs, not '$.role'"
            ),
        ),
        (
            "train",
            put("ProfilerRuleConfigurations", [{"RuleConfigurationName": "r", "InstanceType": "ml.p4d.24xlarge"}]),
            (
                "'train': Parameters.ProfilerRuleConfigurations is not allowed: rules start instances of their own, "
                "and no cost limit counts them. Check in the script"
            ),
        ),
        (
            "train",
            put("ModelPackageConfig", {"ModelPackageGroupArn": "arn:aws:sagemaker:::model-package-group/g"}),
            (
                "'train': Parameters.ModelPackageConfig is not allowed: a model is registered after the gate, see "
                "`register:`"
            ),
        ),
        (
            "train",
            put("AlgorithmSpecification.TrainingImageConfig", {"TrainingRepositoryAccessMode": "Vpc"}),
            (
                "'train': Parameters.AlgorithmSpecification.TrainingImageConfig is not allowed: images come from ECR, "
                "so that IAM decides which"
            ),
        ),
        (
            "train",
            put("TrainingJobName", "mine"),
            ("'train': Parameters.TrainingJobName must begin with 'pushtrain-', the platform's prefix, not 'mine'"),
        ),
        (
            "train",
            compute("TrainingJobName", "$.name"),
            ("'train': Parameters.TrainingJobName must begin with 'pushtrain-', the platform's prefix, not '$.name'"),
        ),
        (
            "evaluate",
            compute("ProcessingJobName", "States.Format('x-{}', $$.Execution.Name)"),
            (
                "'evaluate': Parameters.ProcessingJobName must begin with 'pushtrain-', the platform's prefix, "
                "not 'x-{}'"
            ),
        ),
        (
            "register",
            put("ModelPackageGroupName", "other"),
            "'register': Parameters.ModelPackageGroupName must be 'pushtrain-churn', written as it is, not 'other'",
        ),
        (
            "register",
            put("ModelApprovalStatus", "Approved"),
            (
                "'register': Parameters.ModelApprovalStatus must be 'PendingManualApproval', written as it is, "
                "not 'Approved'"
            ),
        ),
        (
            "register",
            compute("ModelApprovalStatus", "$.status"),
            (
                "'register': Parameters.ModelApprovalStatus must be 'PendingManualApproval', written as it is, "
                "not '$.status'"
            ),
        ),
        (
            "decide",
            put("FunctionName", "other"),
            (
                "'decide': Parameters.FunctionName must be "
                "'arn:aws:lambda:us-east-1:123456789012:function:pushtrain-decide:live', written as it is, not 'other'"
            ),
        ),
        (
            "decide",
            lambda state: state["Parameters"]["Payload"].update(model="other"),
            "'decide': Parameters.Payload.model must be 'churn', written as it is, not 'other'",
        ),
        (
            "decide",
            lambda state: state["Parameters"]["Payload"].update({"run.$": "$.run"}),
            "'decide': Parameters.Payload.run.$ must be '$$.Execution.Name', written as it is, not '$.run'",
        ),
        (
            "decide",
            put("Payload", {"model": "churn"}),
            (
                "'decide': Parameters.Payload must be what `decide` of pushtrain.workflow writes, with the conditions "
                "of the gate"
            ),
        ),
        (
            "train",
            lambda state: state.update(Credentials={"RoleArn": OTHER_ROLE}),
            "'train': Credentials: a run works as the platform's states role, not as another",
        ),
        (
            "train",
            lambda state: state.update(Resource="arn:aws:states:::aws-sdk:s3:getObject"),
            (
                "'train': Resource: a run may not call 'arn:aws:states:::aws-sdk:s3:getObject'. It may call "
                "aws-sdk:sagemaker:createModelPackage, aws-sdk:sagemaker:deleteModel, lambda:invoke, "
                "sagemaker:createHyperParameterTuningJob, sagemaker:createModel, sagemaker:createProcessingJob, "
                "sagemaker:createTrainingJob, sagemaker:createTransformJob"
            ),
        ),
        (
            "train",
            lambda state: state.update(Resource="arn:aws:states:::aws-sdk:iam:createRole"),
            (
                "'train': Resource: a run may not call 'arn:aws:states:::aws-sdk:iam:createRole'. It may call "
                "aws-sdk:sagemaker:createModelPackage, aws-sdk:sagemaker:deleteModel, lambda:invoke, "
                "sagemaker:createHyperParameterTuningJob, sagemaker:createModel, sagemaker:createProcessingJob, "
                "sagemaker:createTrainingJob, sagemaker:createTransformJob"
            ),
        ),
        (
            "train",
            lambda state: state.update(Resource="arn:aws:lambda:us-east-1:1:function:f"),
            (
                "'train': Resource: a run may not call 'arn:aws:lambda:us-east-1:1:function:f'. It may call "
                "aws-sdk:sagemaker:createModelPackage, aws-sdk:sagemaker:deleteModel, lambda:invoke, "
                "sagemaker:createHyperParameterTuningJob, sagemaker:createModel, sagemaker:createProcessingJob, "
                "sagemaker:createTrainingJob, sagemaker:createTransformJob"
            ),
        ),
    ],
)
def test_what_iam_would_refuse_later_is_refused_now(state: str, change: Change, said: str) -> None:
    (problem,) = problems(state, change)
    assert problem == said


@pytest.mark.parametrize(
    ("state", "change", "said"),
    [
        (
            "train",
            put("EnableNetworkIsolation", False),
            "'train': Parameters.EnableNetworkIsolation must be true, as the platform asks",
        ),
        (
            "preprocess",
            put("NetworkConfig.EnableNetworkIsolation", False),
            "'preprocess': Parameters.EnableNetworkIsolation must be true, as the platform asks",
        ),
        (
            "preprocess",
            lambda state: state["Parameters"]["NetworkConfig"].pop("VpcConfig"),
            (
                "'preprocess': Parameters.VpcConfig.Subnets must be among the platform's: subnet-0a1b2c3d, "
                "subnet-1a1b2c3d\n'preprocess': Parameters.VpcConfig.SecurityGroupIds must be among the "
                "platform's: sg-0a1b2c3d"
            ),
        ),
        (
            "train",
            put("EnableInterContainerTrafficEncryption", False),
            "'train': Parameters.EnableInterContainerTrafficEncryption must be true, as the platform asks",
        ),
        (
            "train",
            put("VpcConfig.Subnets", ["subnet-0a1b2c3d", "subnet-9"]),
            ("'train': Parameters.VpcConfig.Subnets must be among the platform's: subnet-0a1b2c3d, subnet-1a1b2c3d"),
        ),
        (
            "train",
            put("VpcConfig.SecurityGroupIds", ["sg-9"]),
            "'train': Parameters.VpcConfig.SecurityGroupIds must be among the platform's: sg-0a1b2c3d",
        ),
        (
            "train",
            put("ResourceConfig.VolumeKmsKeyId", "alias/mine"),
            (
                "'train': Parameters.ResourceConfig.VolumeKmsKeyId must be the platform's key, "
                "arn:aws:kms:us-east-1:123456789012:key/1"
            ),
        ),
        (
            "train",
            put("OutputDataConfig.KmsKeyId", "alias/mine"),
            (
                "'train': Parameters.OutputDataConfig.KmsKeyId must be the platform's key, "
                "arn:aws:kms:us-east-1:123456789012:key/1"
            ),
        ),
        (
            "evaluate",
            put("ProcessingOutputConfig.KmsKeyId", None),
            (
                "'evaluate': Parameters.ProcessingOutputConfig.KmsKeyId must be the platform's key, "
                "arn:aws:kms:us-east-1:123456789012:key/1"
            ),
        ),
        (
            "evaluate",
            put("ProcessingResources.ClusterConfig.VolumeKmsKeyId", None),
            (
                "'evaluate': Parameters.ProcessingResources.ClusterConfig.VolumeKmsKeyId must be the platform's "
                "key, arn:aws:kms:us-east-1:123456789012:key/1"
            ),
        ),
    ],
)
def test_a_job_is_no_looser_than_its_platform(state: str, change: Change, said: str) -> None:
    assert "\n".join(problems(state, change, STRICT)) == said


def test_without_any_network_block_every_rule_is_named() -> None:
    found = problems("preprocess", lambda state: state["Parameters"].pop("NetworkConfig"), STRICT)
    assert len(found) == 4


def test_fewer_of_the_platform_s_subnets_are_fine() -> None:
    assert problems("train", put("VpcConfig.Subnets", ["subnet-1a1b2c3d"]), STRICT) == []


def test_a_key_must_fit_every_type_that_sagemaker_may_choose() -> None:
    platform = msgspec.structs.replace(OPEN, kms_key=KEY)

    def prefer(*types: str, **members: str) -> Change:
        choices = [{"InstanceType": name} for name in types]
        return put("ResourceConfig", {"InstancePreferences": choices, "InstanceCount": 1, **members})

    assert problems("train", prefer("ml.g5.xlarge", "ml.g4dn.xlarge"), platform) == []
    assert problems("train", prefer("ml.m5.xlarge", "ml.c5.xlarge", VolumeKmsKeyId=KEY), platform) == []
    assert problems("train", prefer("ml.m5.xlarge", "ml.c5.xlarge"), platform) == [
        f"'train': Parameters.ResourceConfig.VolumeKmsKeyId must be the platform's key, {KEY}"
    ]
    assert problems("train", prefer("ml.p3.2xlarge", "ml.g5.xlarge", VolumeKmsKeyId=KEY), platform) == [
        "'train': Parameters.ResourceConfig.InstancePreferences must have only types that take a volume key, or none"
    ]


@pytest.mark.parametrize(
    ("member", "field"),
    [
        ("RemoteDebugConfig", "RemoteDebugConfig"),
        ("ProfilerRuleConfigurations", "ProfilerRuleConfigurations"),
        ("AlgorithmSpecification", "AlgorithmSpecification.TrainingImageConfig"),
    ],
)
def test_a_field_that_is_not_allowed_may_not_be_computed_either(member: str, field: str) -> None:
    problem = problems("train", compute(member, "$.anything"))[0]
    assert problem.startswith(f"'train': Parameters.{field} is not allowed: ")


@pytest.mark.parametrize(
    ("state", "change", "member"),
    [
        ("train", put("AlgorithmSpecification", {"AlgorithmName": "a"}), "AlgorithmSpecification.TrainingImage"),
        ("evaluate", compute("AppSpecification", "$.application"), "AppSpecification.ImageUri"),
    ],
)
def test_a_job_names_its_image(state: str, change: Change, member: str) -> None:
    assert problems(state, change) == [f"{state!r}: Parameters.{member} must name an image"]


def test_a_job_uses_only_instances_that_the_platform_allows() -> None:
    limited = msgspec.structs.replace(OPEN, instance_types=("ml.m5.*",))
    assert problems("train", put("ResourceConfig.InstanceType", "ml.p4d.24xlarge"), limited) == [
        "'train': Parameters.ResourceConfig: ml.p4d.24xlarge is no instance type that jobs of this platform may use. "
        "Choose among ml.m5.*"
    ]
    cluster = "ProcessingResources.ClusterConfig"
    computed = {"InstanceType.$": "$.type", "InstanceCount": 1, "VolumeSizeInGB": 30}
    assert problems("evaluate", put(cluster, computed), limited) == [
        f"'evaluate': Parameters.{cluster}.InstanceType must be written as it is, among ml.m5.*"
    ]


def test_a_state_inside_a_branch_is_looked_at_too() -> None:
    task = {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": {}, "End": True}
    branch = {"StartAt": "deep", "States": {"deep": task}}
    definition = {"StartAt": "p", "States": {"p": {"Type": "Parallel", "Branches": [branch], "End": True}}}
    with pytest.raises(TemplateError) as told:
        check_platform(definition, OPEN, "churn")
    assert str(told.value) == (
        "the template built a definition that this platform does not allow:\n  'deep': Resource: a run "
        "may not call 'arn:aws:states:::sns:publish'. It may call aws-sdk:sagemaker:createModelPackage, "
        "aws-sdk:sagemaker:deleteModel, lambda:invoke, sagemaker:createHyperParameterTuningJob, "
        "sagemaker:createModel, sagemaker:createProcessingJob, sagemaker:createTrainingJob, "
        "sagemaker:createTransformJob"
    )


def test_an_image_of_a_foreign_account_is_refused_for_jobs_and_endpoints() -> None:
    platform = msgspec.structs.replace(OPEN, local_option="")
    image = "999999999999.dkr.ecr.us-east-1.amazonaws.com/own:1"
    reason = (
        f"({image}) is an image of account 999999999999. This platform runs images of AWS and of "
        "123456789012 only. Copy it to ECR of 123456789012, or add the account to `image_accounts` in the settings of "
        "the platform"
    )
    assert problems("preprocess", put("AppSpecification.ImageUri", image), platform) == [
        f"'preprocess': Parameters.AppSpecification.ImageUri {reason}"
    ]
    assert problems("register", put("InferenceSpecification.Containers", [{"Image": image}]), platform) == [
        f"'register': Parameters.InferenceSpecification.Containers[0].Image {reason}"
    ]
