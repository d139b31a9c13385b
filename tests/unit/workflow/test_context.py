"""What a job's request takes from config.yaml and from the platform."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pushtrain.config import load_config
from pushtrain.errors import TemplateError
from pushtrain.platform import Platform
from pushtrain.workflow import Pipeline, compile_workflow, select_job_result

ROOT = Path(__file__).parents[3]

STRICT = Platform(
    account="210987654321",
    region="ap-northeast-2",
    prefix="ptprod",
    code_bucket="code",
    artifact_bucket="artifacts",
    states_role="arn:aws:iam::210987654321:role/states",
    job_role="arn:aws:iam::210987654321:role/jobs",
    environment="prod",
    subnets=("subnet-0a1b2c3d",),
    security_groups=("sg-0a1b2c3d",),
    isolation=True,
    encrypt_between_containers=True,
    image_accounts=("123456789012",),
    tags={"owner": "platform"},
)

CHURN = (
    "model: churn\ndata: {raw: data/raw}\npreprocess: {framework: sklearn 1.2-1, outputs: [train, test]}\n"
    "train: {framework: sklearn 1.2-1}\nevaluate: {framework: sklearn 1.2-1}\n"
)

KEYED = msgspec.structs.replace(STRICT, kms_key="arn:aws:kms:ap-northeast-2:210987654321:key/1")


def test_a_platform_can_only_be_tightened() -> None:
    data = (ROOT / "tests" / "golden" / "definitions" / "smallest" / "config.yaml").read_text()
    own = data + "network: {vpc: {subnets: [subnet-ffffffff], security_groups: [sg-0a1b2c3d]}}\n"
    with pytest.raises(TemplateError) as told:
        compile_workflow(load_config(own.encode()).config, STRICT)
    assert str(told.value) == (
        "network.vpc: subnet-ffffffff is not of this platform. Choose among subnet-0a1b2c3d, "
        "sg-0a1b2c3d, or leave network.vpc out"
    )
    with pytest.raises(TemplateError) as told:
        compile_workflow(load_config(f"{data}kms: {{output: alias/mine}}\n".encode()).config, KEYED)
    assert str(told.value) == (
        "kms.output: alias/mine is not this platform's key. Leave it out: "
        "arn:aws:kms:ap-northeast-2:210987654321:key/1 is used"
    )
    request = compile_workflow(load_config(data.encode()).config, KEYED)["States"]["train"]["Parameters"]
    assert request["EnableNetworkIsolation"]
    assert request["VpcConfig"]["Subnets"] == ["subnet-0a1b2c3d"]
    assert request["OutputDataConfig"]["KmsKeyId"] == KEYED.kms_key


def test_the_code_is_a_channel_of_a_job_that_the_platform_isolates() -> None:
    data = ", ".join(f"d{number}: s3://lake/{number}/" for number in range(20))
    channels = ", ".join(f"d{number}" for number in range(20))
    text = f"model: churn\ndata: {{{data}}}\ntrain: {{framework: sklearn 1.2-1, channels: [{channels}]}}\n"
    config = load_config(text.encode()).config
    assert len(compile_workflow(config, Platform.local())["States"]["train"]["Parameters"]["InputDataConfig"]) == 20
    with pytest.raises(TemplateError) as error:
        compile_workflow(config, STRICT)
    assert str(error.value) == (
        "train.channels: 20 inputs are too many: this platform isolates the network of every job, and an isolated "
        "training job reads at most 19 beside its code. List only those it needs"
    )


def test_the_platform_s_key_fits_every_instance_type_of_a_list() -> None:
    image = "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/mine:1"
    text = f"model: churn\ntrain: {{image: '{image}', instance: [ml.p3.2xlarge, ml.g5.xlarge]}}\n"
    config = load_config(text.encode()).config
    resources = compile_workflow(config, STRICT)["States"]["train"]["Parameters"]["ResourceConfig"]
    assert [choice["InstanceType"] for choice in resources["InstancePreferences"]] == ["ml.p3.2xlarge", "ml.g5.xlarge"]
    with pytest.raises(TemplateError) as error:
        compile_workflow(config, KEYED)
    assert str(error.value) == (
        "train.instance: SageMaker refuses a key for the volume of ml.g5.xlarge, which encrypts its own disks, and "
        "the other types need one. List only types with disks of their own, or only types without"
    )


def test_the_result_of_a_job_has_name_status_arn_and_prefix() -> None:
    assert select_job_result(read_pipeline(CHURN), "preprocess") == {
        "name.$": "$.ProcessingJobName",
        "status.$": "$.ProcessingJobStatus",
        "arn.$": "$.ProcessingJobArn",
        "prefix.$": "States.Format('churn/runs/{}/preprocess/{}', $$.Execution.Name, $.ProcessingJobName)",
    }
    with pytest.raises(TemplateError) as error:
        select_job_result(read_pipeline(CHURN), "evaluat")
    assert str(error.value) == "config.yaml has no step 'evaluat'. Did you mean 'evaluate'?"


def test_the_first_state_forgets_the_execution_input() -> None:
    """Branches would copy it, and a state's input has at most 256 KB."""
    states = compile_workflow(read_pipeline(CHURN).config, Platform.local())["States"]
    assert states["start"] == {"Type": "Pass", "Result": {"jobs": {}}, "Next": "preprocess"}


def read_pipeline(config: str) -> Pipeline:
    return Pipeline(load_config(config.encode()).config, Platform.local())


def test_an_image_of_another_region_is_refused_on_aws_and_not_here() -> None:
    text = "model: churn\ntrain: {image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1'}\n"
    config = load_config(text.encode()).config
    with pytest.raises(TemplateError) as caught:
        compile_workflow(config, STRICT)
    assert str(caught.value) == (
        "train.image: is in us-east-1, and SageMaker pulls images from its own region only: ap-northeast-2. Copy it "
        "there, for example with ECR's replication"
    )
    here = msgspec.structs.replace(Platform.local(), region="ap-northeast-2")
    assert compile_workflow(config, here)["States"]["train"]
