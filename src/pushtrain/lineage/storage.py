"""Read and write the lineage index of a model in the artifact bucket. Calls S3."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

from pushtrain import aws
from pushtrain.documents import change_document, parse_document, read_with_etag
from pushtrain.layout import build_lineage_key, build_uri
from pushtrain.lineage.index import LineageIndex, build_inputs
from pushtrain.platform import Platform
from pushtrain.record import RunResult
from pushtrain.runs import read_run_record, read_verdict


def read_index(s3: Any, bucket: str, model: str) -> LineageIndex:
    """Return the lineage index of a model; an empty one if there is none, or if this pushtrain cannot read it."""
    key = build_lineage_key(model)
    return _parse_index(read_with_etag(s3, bucket, key)[0], build_uri(bucket, key))


def record_inputs(platform: Platform, result: RunResult) -> None:
    """Add a run that has ended to the index of its model. A run without a record, started by hand, is left out.

    Raises StorageConflict if other runs of the model wrote the index each time.
    """
    record = read_run_record(platform, result.model, result.run)
    if record is None:
        return
    verdict = read_verdict(platform, result.model, result.run) if result.model_version else None
    inputs = build_inputs(record, result, verdict)
    _change_index(
        aws.client("s3", platform.region), platform.artifact_bucket, result.model, lambda index: index.add(inputs)
    )


def remove_runs(s3: Any, bucket: str, model: str, runs: Container[str]) -> None:
    """Remove runs that are about to be deleted from the index of their model. Raises StorageConflict."""
    _change_index(s3, bucket, model, lambda index: index.remove(runs))


def _change_index(s3: Any, bucket: str, model: str, change: Callable[[LineageIndex], LineageIndex]) -> None:
    key = build_lineage_key(model)
    change_document(s3, bucket, key, lambda document: _parse_index(document, build_uri(bucket, key)), change)


def _parse_index(document: bytes, uri: str) -> LineageIndex:
    return parse_document(LineageIndex, document, uri, "run records are read instead")
