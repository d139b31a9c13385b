"""Read and write the indexes of versions in the artifact bucket. Calls S3, and the registry for what is to be written.

Fifty runs may end at once, and all write the same document. A write succeeds only if nobody else wrote meanwhile, and
the next attempt comes after a random pause. A handler that fails each time raises an error: Lambda delivers its event
again, and then the failure queue has it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from typing import Any

from pushtrain import aws
from pushtrain.documents import parse_document, read_with_etag, update_document
from pushtrain.errors import ModelNotFound, TemplateError
from pushtrain.layout import build_uri, build_version_index_key
from pushtrain.parallel import call_all
from pushtrain.platform import Platform
from pushtrain.registry import summarize_versions
from pushtrain.serving import read_serving_arn
from pushtrain.teams import ONLY_TEAM, Team
from pushtrain.version_index.document import IndexedModel, VersionIndex

ATTEMPTS = 40  # of one handler, over a minute or two
LONGEST_PAUSE = 5.0  # seconds


def refresh_model(platform: Platform, model: str) -> None:
    """Write into the index what the registry and approved.json say of a model now.

    Does nothing on this computer, where asking the registry costs no call, or for a model of no team. Raises
    StorageConflict if other handlers wrote the index each time.
    """
    team = _find_team(platform, model)
    if platform.local_option or team is None:
        return
    key = build_version_index_key(team.name)
    uri = build_uri(platform.artifact_bucket, key)
    facts: list[tuple[IndexedModel | None, IndexedModel | None]] = []  # what the index had, and what the registry said

    def update(body: bytes) -> str | None:
        index = _parse_index(body, uri)
        indexed = index.models.get(model)
        # What the registry said is new enough until another handler writes this model: that one asked later.
        if not facts or facts[-1][0] != indexed:
            facts.append((indexed, _read_model(platform, model)))
        changed = index.replace(model, facts[-1][1])
        return None if body and changed == index else changed.to_json(model)

    s3 = aws.client("s3", platform.region)
    update_document(s3, platform.artifact_bucket, key, update, attempts=ATTEMPTS, wait=_wait)


def read_indexed_models(platform: Platform) -> dict[str, IndexedModel]:
    """Return what the indexes of all teams have, by model; without those that AWS does not let the caller read."""
    s3 = aws.client("s3", platform.region)
    indexes = call_all(lambda team: _read_team(s3, platform, team), platform.teams or (ONLY_TEAM,))
    return {model: indexed for models in indexes for model, indexed in models.items()}


def _read_team(s3: Any, platform: Platform, team: Team) -> Mapping[str, IndexedModel]:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    key = build_version_index_key(team.name)
    try:
        body, _ = read_with_etag(s3, platform.artifact_bucket, key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in aws.ACCESS_DENIED:
            raise
        return {}
    models = _parse_index(body, build_uri(platform.artifact_bucket, key)).models
    return {model: indexed for model, indexed in models.items() if team.owns(model)}  # another team may have it now


def _read_model(platform: Platform, model: str) -> IndexedModel | None:
    """Return what lists show of a model; None if the registry does not have it."""
    try:
        versions = tuple(summarize_versions(platform, model))
    except ModelNotFound:
        return None
    arn = read_serving_arn(platform, model)
    return IndexedModel(versions=versions, serves=int(arn.rpartition("/")[2]) if arn else None)


def _parse_index(body: bytes, uri: str) -> VersionIndex:
    return parse_document(VersionIndex, body, uri, "the registry is asked instead")


def _find_team(platform: Platform, model: str) -> Team | None:
    try:
        return platform.find_team(model)
    except TemplateError:
        return None


def _wait(attempt: int) -> None:
    time.sleep(random.uniform(0, min(LONGEST_PAUSE, 0.1 * 2**attempt)))  # noqa: S311 - no secret
