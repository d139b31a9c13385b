"""S3 URIs."""

from __future__ import annotations

import pytest

from pushtrain import layout


def test_a_uri_is_split_into_bucket_and_key() -> None:
    assert layout.split_uri(layout.build_uri("artifacts", "churn/approved.json")) == (
        "artifacts",
        "churn/approved.json",
    )
    assert layout.split_uri("s3://artifacts") == ("artifacts", "")


@pytest.mark.parametrize(("text", "expected"), [("s3://", True), ("s3://lake/churn/", True), ("data/s3://", False)])
def test_a_uri_begins_with_its_scheme(text: str, expected: bool) -> None:
    assert layout.is_uri(text) is expected
