"""Freeze the champion: the model version in service when a run is started. Reads approved.json in the serving bucket.

The run record has it, so a second delivery of the push compares with the same version, whatever was approved since.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from pushtrain.config import compares_champion, format_metric_path, parse_metric
from pushtrain.layout import build_approved_key, build_uri
from pushtrain.platform import Platform
from pushtrain.record import RecordedChampion, RunRecord
from pushtrain.workflow.images import find_image_problem

if TYPE_CHECKING:
    from pushtrain.config import Config


def freeze_champion(s3: Any, config: Config, record: RunRecord, platform: Platform, *, override: bool) -> RunRecord:
    """Return the record with the champion. With `override` the run does not compare with it.

    Nor does a run that reproduces a version: it registers nothing.
    """
    is_overridden = override or record.reproduces is not None
    champion = find_champion(s3, config, platform)
    return replace(record, champion=champion, without_champion=is_overridden and compares_champion(config))


def find_champion(s3: Any, config: Config, platform: Platform) -> RecordedChampion | None:
    """Return the version in service; None if there is none, or if no condition of the gate depends on it."""
    if not compares_champion(config) or not platform.serving_bucket:
        return None
    key = build_approved_key(config.model)
    try:
        body: bytes = s3.get_object(Bucket=platform.serving_bucket, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        return None
    document: Mapping[str, Any] = json.loads(body)
    if document["version"] is None:
        return None
    return _read_champion(document, config, platform, build_uri(platform.serving_bucket, key))


def _read_champion(document: Mapping[str, Any], config: Config, platform: Platform, address: str) -> RecordedChampion:
    """Return the version that approved.json describes. `address` is that of approved.json."""
    image = document.get("evaluation_image") or document["image"]
    metrics = {format_metric_path(parse_metric(condition.metric)) for condition in config.conditions}
    problem = find_image_problem(image, platform)
    return RecordedChampion(
        version=document["version"],
        uri=document["file"]["uri"],
        image=image,
        run=document["run"],
        candidate=document.get("candidate", ""),
        metrics={name: value for name, value in document["metrics"].items() if name in metrics},
        fault=f"its image in {address}, {image}, {problem}" if problem else "",
    )
