"""The verdict as a model version names it."""

from __future__ import annotations

import pytest

from pushtrain.decide import pin_verdict
from pushtrain.hashes import hash_bytes
from pushtrain.platform import Platform
from tests.unit.decide.bucket import VERDICT, Bucket


def test_the_hash_is_that_of_the_stored_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = Bucket()
    bucket.bodies[VERDICT] = b'{"schema": 1, "from": "an earlier version of pushtrain"}'
    monkeypatch.setattr("pushtrain.aws.client", lambda *_: bucket)
    platform = Platform.local()
    pin = pin_verdict(platform, "churn", "r1")
    assert pin["uri"] == f"s3://{platform.artifact_bucket}/{VERDICT}"
    assert pin["sha256"] == hash_bytes(bucket.bodies[VERDICT])
    assert pin["version"]
