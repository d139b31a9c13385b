"""The completed steps, as one who writes a template meets them."""

from __future__ import annotations

from typing import Any

import pytest
from sagemaker.estimator import Estimator
from sagemaker.processing import Processor
from stepfunctions.steps import Chain, Choice, Graph, Pass

from pushtrain.errors import TemplateError
from pushtrain.platform import Platform
from pushtrain.sdk import Expression, Fail, OfflineSession, ProcessingStep, Retry, Task, TrainingStep, embed
from pushtrain.workflow import Fragment, build_choice, build_state, build_task, chain, fail, guard

PLATFORM = Platform.local()
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1"
COMMON = {"image_uri": IMAGE, "role": PLATFORM.job_role, "instance_count": 1, "instance_type": "ml.m5.large"}


def estimator(**more: Any) -> Estimator:
    return Estimator(**COMMON, output_path="s3://b/", sagemaker_session=OfflineSession(PLATFORM), **more)


def request_of(made: Estimator, **more: Any) -> dict[str, Any]:
    state = TrainingStep("train", made, job_name=Expression("$.name"), **more).to_dict()
    parameters: dict[str, Any] = state["Parameters"]
    return parameters


DROPPED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"environment": {"A": "b"}}, {"Environment": {"A": "b"}}),
    ({"max_retry_attempts": 3}, {"RetryStrategy": {"MaximumRetryAttempts": 3}}),
    ({"enable_network_isolation": True}, {"EnableNetworkIsolation": True}),
    ({"encrypt_inter_container_traffic": True}, {"EnableInterContainerTrafficEncryption": True}),
    (
        {"checkpoint_s3_uri": "s3://b/c"},
        {"CheckpointConfig": {"S3Uri": "s3://b/c", "LocalPath": "/opt/ml/checkpoints"}},
    ),
    ({"enable_remote_debug": True}, {"RemoteDebugConfig": {"EnableRemoteDebug": True}}),
    ({"enable_infra_check": False}, {"InfraCheckConfig": {"EnableInfraCheck": False}}),
    ({"enable_session_tag_chaining": True}, {"SessionChainingConfig": {"EnableSessionTagChaining": True}}),
]


@pytest.mark.parametrize(("said", "written"), DROPPED, ids=[min(said) for said, _ in DROPPED])
def test_what_the_original_drops_is_in_the_request(said: dict[str, Any], written: dict[str, Any]) -> None:
    with_it, without = (
        request_of(estimator(disable_profiler=True, **said)),
        request_of(estimator(disable_profiler=True)),
    )
    assert {name: value for name, value in with_it.items() if name not in without} == written


def test_how_the_container_starts_is_in_the_request() -> None:
    made = estimator(container_entry_point=["run"], container_arguments=["-v"], training_repository_access_mode="Vpc")
    algorithm = request_of(made)["AlgorithmSpecification"]
    assert (algorithm["ContainerEntrypoint"], algorithm["ContainerArguments"]) == (["run"], ["-v"])
    assert algorithm["TrainingImageConfig"] == {"TrainingRepositoryAccessMode": "Vpc"}
    assert algorithm["TrainingImage"] == IMAGE


def test_the_partition_is_the_one_asked_for() -> None:
    step = TrainingStep("train", estimator(), job_name=Expression("$.name"), partition="aws-cn")
    assert step.to_dict()["Resource"] == "arn:aws-cn:states:::sagemaker:createTrainingJob.sync"


def test_a_processor_s_key_and_expressions_in_lists_arrive() -> None:
    processor = Processor(**COMMON, output_kms_key="alias/k", sagemaker_session=OfflineSession(PLATFORM))
    arguments = ["--run", Expression("$$.Execution.Name"), "it's {}"]
    step = ProcessingStep("p", processor, job_name=Expression("$.name"), outputs=[], container_arguments=arguments)
    request = step.to_dict()["Parameters"]
    assert request["ProcessingOutputConfig"]["KmsKeyId"] == "alias/k"
    wanted = r"States.Array('--run', $$.Execution.Name, 'it\'s \{\}')"
    assert request["AppSpecification"]["ContainerArguments.$"] == wanted
    assert request["ProcessingJobName.$"] == "$.name"
    assert "ProcessingInputs" not in request  # the original writes null


def test_fields_newer_than_the_sdk() -> None:
    retry = Retry(error_equals=["States.ALL"], max_delay_seconds=9, jitter_strategy="FULL").to_dict()
    assert (retry["MaxDelaySeconds"], retry["JitterStrategy"]) == (9, "FULL")
    assert Fail("bad", cause_path="$.why").to_dict() == {"Type": "Fail", "CausePath": "$.why"}
    task = Task("t", resource="arn:aws:states:::aws-sdk:s3:getObject", result_selector={"a.$": "$.Body"}).to_dict()
    assert task["ResultSelector"] == {"a.$": "$.Body"}
    with pytest.raises(TypeError, match="not supported"):
        Task("t", no_such_field=1)


RULE = {"Variable": "$.a", "IsPresent": True}


def definition_of(*steps: Any) -> dict[str, Any]:
    graph: dict[str, Any] = Graph(Chain([*steps])).to_dict()
    return graph


def test_a_block_in_a_chain_is_the_block() -> None:
    block = chain(
        build_task("read", "arn:aws:states:::aws-sdk:s3:getObject", {"Bucket": "b", "Key": "k"}),
        guard("there?", [(RULE, chain(build_state("note", {"Type": "Pass"}), fail("missing", "E", "c")))]),
    )
    before, after = build_state("before", {"Type": "Pass"}), build_state("after", {"Type": "Pass"})
    wanted = chain(before, block, after).build_definition("")
    found = definition_of(Pass("before"), embed(block), Pass("after"))
    assert found == {name: value for name, value in wanted.items() if name != "Comment"}


def test_an_empty_block_leaves_no_trace() -> None:
    assert definition_of(Pass("before"), embed(Fragment()), Pass("after"))["States"].keys() == {"before", "after"}


def test_a_block_may_end_a_choice() -> None:
    gate = Choice("gate")
    gate.default_choice(embed(build_state("no", {"Type": "Pass"})))
    assert definition_of(gate)["States"]["no"] == {"Type": "Pass", "End": True}


def test_a_block_with_two_open_ends_is_refused() -> None:
    two = build_choice(
        "which?", RULE, then=build_state("a", {"Type": "Pass"}), otherwise=build_state("b", {"Type": "Pass"})
    )
    with pytest.raises(TemplateError) as told:
        embed(two)
    assert str(told.value) == "a block with several open ends cannot be embedded: a, b"
    one = build_choice("which?", RULE, then=build_state("a", {"Type": "Pass"}), otherwise=fail("b", "E", "c"))
    with pytest.raises(TemplateError) as told:
        embed(one)
    assert str(told.value) == "a block with several open ends cannot be embedded: a"


def test_a_block_that_catches_is_refused() -> None:
    caught = build_state("a", {"Type": "Task", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "a"}]})
    with pytest.raises(TemplateError) as told:
        embed(caught)
    assert str(told.value) == "state 'a': a block with Catch cannot be embedded"


def test_the_session_has_no_way_to_aws() -> None:
    with pytest.raises(AttributeError):
        OfflineSession(PLATFORM).upload_data("/tmp", bucket="b")
    with pytest.raises(AttributeError):
        OfflineSession(PLATFORM).account_id()
