"""Settings of an estimator that the original TrainingStep leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pushtrain.platform import Platform

if TYPE_CHECKING:
    from sagemaker.estimator import Estimator

PLATFORM = Platform.local()

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1"

COMMON = {"image_uri": IMAGE, "role": PLATFORM.job_role, "instance_count": 1, "instance_type": "ml.m5.large"}


def estimator(**more: Any) -> Estimator:
    from sagemaker.estimator import Estimator

    from pushtrain.sdk import OfflineSession

    return Estimator(**COMMON, output_path="s3://b/", sagemaker_session=OfflineSession(PLATFORM), **more)


def request_of(made: Estimator, **more: Any) -> dict[str, Any]:
    from pushtrain.sdk import Expression, TrainingStep

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
