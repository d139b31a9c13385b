"""Find versions that were built from the same code, data and parameters as an earlier version.

Such a version is no progress, so commands and reports mention it. It is not refused: training is not deterministic
everywhere. Versions are compared by the `version_key` of their run records, which only `launch` writes: it is a hash of
content. A version equals nothing if the content of its data is not known, or if its data changed while the run went on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from pushtrain import aws
from pushtrain.platform import Platform
from pushtrain.record import RunRecord
from pushtrain.registry.not_found import ACCESS_DENIED
from pushtrain.registry.versions import ModelVersion, list_version_arns, read_run_id
from pushtrain.runs import read_run_record, read_run_result

PARALLEL = 8


@dataclass(frozen=True, kw_only=True)
class EarlierVersion:
    """The earlier versions with the same code, data and parameters, by number, lowest first; at least one."""

    numbers: tuple[int, ...]

    @property
    def version(self) -> int:
        """The first of them."""
        return self.numbers[0]

    def __str__(self) -> str:
        return f"same code, data and parameters as version {self.version}"


def find_earlier_versions(
    platform: Platform, versions: Iterable[ModelVersion], records: Mapping[str, RunRecord | None] | None = None
) -> dict[str, EarlierVersion]:
    """Return the earlier version for each version that has one, by the version's ARN. `versions` are searched.

    Pass `records`, the records of their runs by ARN, if they are known already; otherwise they are read.
    """
    s3 = aws.client("s3", platform.region)
    ordered = sorted(versions, key=lambda version: (version.model, version.version))

    def read_key(version: ModelVersion) -> str | None:
        if records is None:
            return _read_key(platform, version.model, version.run, s3)
        return _find_key(platform, version.model, version.run, records[version.arn], s3)

    with ThreadPoolExecutor(PARALLEL) as pool:
        keys = list(pool.map(read_key, ordered))
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
    key = _read_key(platform, version.model, version.run, s3)
    try:
        return _search_earlier(platform, version, key, s3) if key else None
    except ClientError as error:
        if error.response["Error"]["Code"] not in ACCESS_DENIED:
            raise
        return None


def _search_earlier(platform: Platform, version: ModelVersion, key: str, s3: Any) -> EarlierVersion | None:
    sagemaker = aws.client("sagemaker", platform.region)
    arns = {int(arn.rpartition("/")[2]): arn for arn in list_version_arns(platform, version.model)}
    numbers = sorted(number for number in arns if number < version.version)

    def read_key(number: int) -> str | None:
        package = sagemaker.describe_model_package(ModelPackageName=arns[number])
        return _read_key(platform, version.model, read_run_id(platform, package), s3)

    with ThreadPoolExecutor(PARALLEL) as pool:
        keys = zip(numbers, pool.map(read_key, numbers), strict=True)
        equal = tuple(number for number, other_key in keys if other_key == key)
    return EarlierVersion(numbers=equal) if equal else None


def _read_key(platform: Platform, model: str, run: str, s3: Any) -> str | None:
    """Return the key of the version that a run registered; None if it is not known."""
    return _find_key(platform, model, run, read_run_record(platform, model, run, s3) if run else None, s3)


def _find_key(platform: Platform, model: str, run: str, record: RunRecord | None, s3: Any) -> str | None:
    """Return the key of the version that a run with this record registered; None if it is not known."""
    if record is None or record.version_key is None:
        return None
    result = read_run_result(platform, model, run, s3)
    return record.version_key if result and result.has_unchanged_data else None
