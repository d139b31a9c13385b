"""The record of a run says in which environment a step trained."""

from __future__ import annotations

import msgspec

from pushtrain.local.platform import describe_runtime
from pushtrain.local.values.environment import find_environment
from pushtrain.record import RunRecord
from tests.sample_record import RECORD


def describe(**members: object) -> RunRecord:
    return msgspec.structs.replace(RECORD, code="s3://a/c.tar.gz", **members)


def test_image_script_and_code_are_those_of_the_step() -> None:
    record = describe(images={"boost-train": "image"}, parameters={"boost-train": {"script": "steps/boost.py"}})
    environment = find_environment(record, "boost-train")
    assert (environment.image, environment.script, environment.code) == ("image", "steps/boost.py", "s3://a/c.tar.gz")
    unknown = find_environment(record, "train")
    assert (unknown.image, unknown.script) == ("", "")


def test_a_model_of_aws_gets_the_versions_of_its_image() -> None:
    runtimes = ("", describe_runtime(), describe_runtime(match_image=True))
    matches = [find_environment(describe(runtime=runtime), "train").matches_image for runtime in runtimes]
    assert matches == [True, False, True]
