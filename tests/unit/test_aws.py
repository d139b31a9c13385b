"""The region a client speaks to."""

from __future__ import annotations

import pytest

from pushtrain.aws import client


@pytest.mark.parametrize(
    ("region", "variables", "expected"),
    [
        (None, {"AWS_REGION": "eu-west-1"}, "eu-west-1"),
        (None, {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-west-2"}, "eu-west-1"),
        (None, {"AWS_DEFAULT_REGION": "us-west-2"}, "us-west-2"),
        ("ap-northeast-2", {"AWS_REGION": "eu-west-1"}, "ap-northeast-2"),
    ],
)
def test_the_region_is_the_one_given_else_that_of_the_environment(
    region: str | None, variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert client("s3", region).meta.region_name == expected
