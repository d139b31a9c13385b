"""An object is pinned only if it has exactly one version."""

from __future__ import annotations

import pytest

from pushtrain.decide.pinned import PinnedObject, pin_object
from pushtrain.errors import BytesChanged
from tests.unit.decide.bucket import MODEL, Bucket


def test_the_only_version_is_pinned_and_a_missing_object_is_none() -> None:
    assert pin_object(Bucket(), "artifacts", MODEL) == PinnedObject(
        uri=f"s3://artifacts/{MODEL}", version="v1", etag="0a1b", size=len(b"model")
    )
    assert pin_object(Bucket(), "artifacts", "churn/none") is None


@pytest.mark.parametrize("change", ["rewritten", "deleted"])
def test_another_version_or_a_deletion_is_an_error(change: str) -> None:
    bucket = Bucket()
    getattr(bucket, change).add(MODEL)
    with pytest.raises(BytesChanged, match="was written or deleted again after the job that made it"):
        pin_object(bucket, "artifacts", MODEL)
