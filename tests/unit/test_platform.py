"""The platform document."""

from __future__ import annotations

import dataclasses
import json

import pytest

from pushtrain.platform import Platform, parameter_name

DEV = dataclasses.replace(Platform.local("dev"), local_option="", region="cn-north-1", prefix="ml")


def test_what_was_written_is_read_again_without_the_option_of_this_computer() -> None:
    assert Platform.from_json(DEV.to_json()) == DEV
    assert "local_option" not in json.loads(Platform.local().to_json())


def test_names_and_arns_follow_from_prefix_and_region() -> None:
    assert (DEV.failure_queue, DEV.function_name("push")) == ("ml-failures", "ml-push")
    assert DEV.function_arn("push") == "arn:aws-cn:lambda:cn-north-1:123456789012:function:ml-push:live"
    assert parameter_name("dev") == "/pushtrain/dev/platform"


@pytest.mark.parametrize(
    ("platform", "option"),
    [
        (DEV, " --environment dev"),
        (Platform.local("dev"), " --local --environment dev"),
        (Platform.local(), " --local"),
    ],
)
def test_a_suggested_command_finds_this_platform(platform: Platform, option: str) -> None:
    assert platform.cli_option == option
