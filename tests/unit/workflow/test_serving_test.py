"""Before a model is registered, it answers real requests."""

from __future__ import annotations

import msgspec
import pytest

from pushtrain.config import load_config
from pushtrain.errors import TemplateError
from pushtrain.platform import Platform
from pushtrain.workflow import Pipeline, compile_workflow, register
from pushtrain.workflow.checks.platform import check_platform
from pushtrain.workflow.serving_test import test_serving as build_serving_test

CONFIG = """model: churn
train: {framework: sklearn 1.2-1}
register: {inference: {instances: [ml.t2.medium, ml.g4dn.xlarge, ml.m5.large], test: {requests: rows.npy}}}
"""
HERE = Platform.local()
STRICT = msgspec.structs.replace(
    HERE,
    subnets=("subnet-1",),
    security_groups=("sg-1",),
    isolation=True,
    encrypt_between_containers=True,
    kms_key="arn:aws:kms:us-east-1:123456789012:key/1",
)


def read_pipeline(config: str, platform: Platform = HERE) -> Pipeline:
    return Pipeline(load_config(config.replace("ml.g4dn.xlarge, ", "").encode()).config, platform)


def test_without_a_test_no_state_is_added() -> None:
    assert not build_serving_test(read_pipeline(CONFIG.replace(", test: {requests: rows.npy}", ""))).states


def test_an_experiment_starts_no_test() -> None:
    assert list(register(read_pipeline(CONFIG, msgspec.structs.replace(HERE, experiment={}))).states) == ["experiment"]


def test_whatever_happens_the_model_is_deleted_and_the_verdict_says_so() -> None:
    states = build_serving_test(read_pipeline(CONFIG)).states
    ways = {name: [state.get("Next"), *(c["Next"] for c in state.get("Catch", ()))] for name, state in states.items()}
    assert ways == {
        "create model": ["serving-test", "judge serving test"],
        "serving-test": ["delete model", "delete model"],
        "delete model": ["judge serving test", "judge serving test"],
        "judge serving test": ["serves?"],
        "serves?": [None],
        "does not serve": [None],
    }


def test_a_file_that_has_no_rows_is_one_request() -> None:
    request = build_serving_test(read_pipeline(CONFIG)).states["serving-test"]["Parameters"]
    assert (request["TransformInput"]["SplitType"], request["TransformOutput"]["AssembleWith"]) == ("None", "None")
    assert request["TransformInput"]["ContentType"] == "application/x-npy"
    assert request["TransformResources"]["InstanceType"] == "ml.m5.large"


def test_model_and_job_are_as_strict_as_the_platform() -> None:
    states = build_serving_test(read_pipeline(CONFIG, STRICT)).states
    model, job = states["create model"]["Parameters"], states["serving-test"]["Parameters"]
    assert model["EnableNetworkIsolation"] is True
    assert model["VpcConfig"] == {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}
    assert job["TransformOutput"]["KmsKeyId"] == job["TransformResources"]["VolumeKmsKeyId"] == STRICT.kms_key


@pytest.mark.parametrize(
    ("member", "value", "problem"),
    [
        (
            "ExecutionRoleArn",
            "arn:aws:iam::1:role/mine",
            "ExecutionRoleArn must be the platform's job role, arn:aws:iam::123456789012:role/pushtrain-jobs, not "
            "'arn:aws:iam::1:role/mine'",
        ),
        ("ModelName.$", "$.name", "ModelName must begin with 'pushtrain-', the platform's prefix, not '$.name'"),
        ("EnableNetworkIsolation", False, "EnableNetworkIsolation must be true, as the platform asks"),
    ],
)
def test_a_model_is_no_looser_than_its_platform(member: str, value: object, problem: str) -> None:
    definition = compile_workflow(read_pipeline(CONFIG, STRICT).config, STRICT)
    definition["States"]["create model"]["Parameters"][member] = value
    with pytest.raises(TemplateError) as raised:
        check_platform(definition, STRICT, "churn")
    assert str(raised.value) == (
        f"the template built a definition that this platform does not allow:\n  'create model': Parameters.{problem}"
    )
