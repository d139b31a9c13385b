"""Find versions that were built from the same code, data and parameters as an earlier version.

Such a version is no progress, so commands and reports mention it. It is not refused: training is not deterministic
everywhere. Versions are compared by the `version_key` of their run records, which only `launch` writes: it is a hash of
content. A version equals nothing if the content of its data is not known, or if its data changed while the run went on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from pushtrain import aws
from pushtrain.parallel import call_all
from pushtrain.platform import Platform
from pushtrain.record import RunRecord
from pushtrain.registry.summaries import VersionSummary, list_summaries, list_summaries_of
from pushtrain.registry.versions import ModelVersion
from pushtrain.runs import read_run_record, read_run_result


class EarlierVersion(Struct, frozen=True, kw_only=True):
    """The earlier versions with the same code, data and parameters, by number, lowest first; at least one."""

    numbers: tuple[int, ...]

    @property
    def version(self) -> int:
        """The first of them."""
        return self.numbers[0]

    def __str__(self) -> str:
        return f"same code, data and parameters as version {self.version}"


def find_earlier_versions(
    platform: Platform,
    versions: Iterable[ModelVersion | VersionSummary],
    records: Mapping[str, RunRecord | None] | None = None,
) -> dict[str, EarlierVersion]:
    """Return the earlier version for each version that has one, by the version's ARN. `versions` are searched.

    Pass `records`, the records of their runs by ARN, if they are known already; otherwise they are read.
    """
    s3 = aws.client("s3", platform.region)
    ordered = sorted(versions, key=lambda version: (version.model, version.version))

    def read_key(version: ModelVersion | VersionSummary) -> str | None:
        if records is None:
            return _read_key(platform, version, s3)
        return _find_key(platform, version, records[version.arn], s3)

    keys = call_all(read_key, ordered)
    earlier: dict[str, EarlierVersion] = {}
    equal: dict[tuple[str, str], tuple[int, ...]] = {}
    for version, key in zip(ordered, keys, strict=True):
        if not key:
            continue
        numbers = equal.get((version.model, key), ())
        if numbers:
            earlier[version.arn] = EarlierVersion(numbers=numbers)
        equal[version.model, key] = (*numbers, version.version)
    return earlier


def find_earlier_version(platform: Platform, version: ModelVersion) -> EarlierVersion | None:
    """Return the earlier version of one version; None if there is none, or if AWS denies access."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    s3 = aws.client("s3", platform.region)
    key = _read_key(platform, version, s3)
    try:
        return _search_earlier(platform, version, key, s3) if key else None
    except ClientError as error:
        if error.response["Error"]["Code"] not in aws.ACCESS_DENIED:
            raise
        return None


def summarize_versions(platform: Platform, model: str) -> list[VersionSummary]:
    """Return the versions of a model, oldest first, each in short; none if it has none. Raises ModelNotFound."""
    s3 = aws.client("s3", platform.region)

    def shorten(version: ModelVersion | VersionSummary) -> VersionSummary:
        if isinstance(version, VersionSummary):
            return version
        names = (field.name for field in msgspec.structs.fields(VersionSummary) if field.name != "version_key")
        facts = {name: getattr(version, name) for name in names}
        return VersionSummary(**facts, version_key=_read_key(platform, version, s3))

    return call_all(shorten, list_summaries_of(platform, [model]))


def _search_earlier(platform: Platform, version: ModelVersion, key: str, s3: Any) -> EarlierVersion | None:
    others = [other for other in list_summaries(platform, version.model) if other.version < version.version]
    keys = call_all(lambda other: _read_key(platform, other, s3), others)
    equal = sorted(other.version for other, other_key in zip(others, keys, strict=True) if other_key == key)
    return EarlierVersion(numbers=tuple(equal)) if equal else None


def _read_key(platform: Platform, version: ModelVersion | VersionSummary, s3: Any) -> str | None:
    """Return the hash of what a version was built from; None if it is not known."""
    if isinstance(version, VersionSummary):
        return version.version_key
    record = read_run_record(platform, version.model, version.run, s3) if version.run else None
    return _find_key(platform, version, record, s3)


def _find_key(
    platform: Platform, version: ModelVersion | VersionSummary, record: RunRecord | None, s3: Any
) -> str | None:
    """Return the hash of what a version was built from, by the record of its run; None if it is not known."""
    if record is None or record.version_key is None:
        return None
    result = read_run_result(platform, version.model, version.run, s3)
    return record.version_key if result and result.has_unchanged_data else None
