"""Which platform a command works with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import msgspec
import pytest
from moto import mock_aws

from pushtrain.access import deployed_platform
from pushtrain.errors import UsageError
from pushtrain.platform import PLATFORM_VARIABLE, Platform

DEV = Platform.local("dev")
ELSEWHERE = msgspec.structs.replace(DEV, region="ap-northeast-2")


@pytest.fixture
def ssm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Systems Manager in the region that the user's AWS configuration names."""
    monkeypatch.delenv(PLATFORM_VARIABLE, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", ELSEWHERE.region)
    with mock_aws():
        yield boto3.client("ssm", region_name=ELSEWHERE.region)


def publish(ssm: Any, environment: str, text: str) -> None:
    ssm.put_parameter(Name=f"/pushtrain/{environment}/platform", Value=text, Type="String")


def test_it_is_what_the_deployment_published(ssm: Any) -> None:
    publish(ssm, "dev", ELSEWHERE.to_json())
    assert deployed_platform("dev").to_json() == ELSEWHERE.to_json()


def test_the_variable_goes_first(ssm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(ssm, "dev", ELSEWHERE.to_json())
    monkeypatch.setenv(PLATFORM_VARIABLE, DEV.to_json())
    assert deployed_platform("dev") == deployed_platform("")
    assert deployed_platform("").to_json() == DEV.to_json()


def test_an_environment_that_is_not_deployed_names_parameter_region_and_variable(ssm: Any) -> None:
    with pytest.raises(UsageError) as told:
        deployed_platform("prod")
    assert str(told.value) == (
        "there is no SSM parameter /pushtrain/prod/platform in ap-northeast-2. Check that 'prod' is deployed in "
        "this account and region, or set PUSHTRAIN_PLATFORM to what the deployment of the platform "
        "published"
    )


def test_with_neither_both_ways_are_named(ssm: Any) -> None:
    with pytest.raises(UsageError) as told:
        deployed_platform("")
    assert str(told.value) == (
        "no platform is named. Give --environment NAME (the platform's SSM parameter is /pushtrain/NAME/platform), or "
        "set PUSHTRAIN_PLATFORM to what the deployment of the platform published"
    )


def test_another_environments_platform_is_refused(ssm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(ssm, "prod", DEV.to_json())
    with pytest.raises(UsageError) as told:
        deployed_platform("prod")
    assert str(told.value) == "/pushtrain/prod/platform describes environment 'dev', not 'prod'"
    monkeypatch.setenv(PLATFORM_VARIABLE, DEV.to_json())
    with pytest.raises(UsageError) as told:
        deployed_platform("prod")
    assert str(told.value) == "PUSHTRAIN_PLATFORM describes environment 'dev', not 'prod'"


def test_a_handler_without_the_variable_is_told_which() -> None:
    with pytest.raises(UsageError) as told:
        Platform.from_environment({})
    assert str(told.value) == "PUSHTRAIN_PLATFORM is not set. Set it to what the deployment of the platform published"


def test_a_prefix_that_names_cannot_hold_is_refused() -> None:
    with pytest.raises(UsageError) as told:
        msgspec.structs.replace(DEV, prefix="Push_Train")
    assert str(told.value) == "platform prefix 'Push_Train': expected 1 to 16 lower-case letters and digits"


def test_a_parameter_of_another_version_of_pushtrain_is_named(ssm: Any) -> None:
    document = json.loads(DEV.to_json())
    del document["job_role"]
    publish(ssm, "dev", json.dumps(document))
    with pytest.raises(UsageError) as told:
        deployed_platform("dev")
    assert str(told.value) == (
        "/pushtrain/dev/platform is not a platform document of this pushtrain version: Missing required "
        "argument 'job_role'. Deploy the platform with this version, or install the version that deployed it"
    )
