"""The versions of models in short, for lists. Reads the registry and the index of each model, changes nothing.

ListModelPackages has number, status and time of up to 100 versions in one answer. What a version was built from never
changes, so it is read from lineage.json, one document of a model. Only a version that the index does not have is
described by the registry: it was registered by hand, or before the index had such facts, or its run is just ending.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from pushtrain import aws
from pushtrain.lineage import RegisteredVersion, RunInputs, read_index
from pushtrain.parallel import call_all
from pushtrain.platform import Platform
from pushtrain.registry.not_found import unknown_model_error
from pushtrain.registry.versions import ModelVersion, describe_version, format_created, list_packages


class VersionSummary(Struct, frozen=True, kw_only=True):
    """One model package version in short. The members mean the same as those of a ModelVersion.

    `version_key` is the hash of all that it was built from; None if that is not known.
    """

    model: str
    version: int
    status: str
    created: str
    arn: str
    run: str
    revision: str
    environment: str
    metrics: Mapping[str, int | float]
    gate_metrics: tuple[str, ...]
    version_key: str | None


Versions = list[ModelVersion | VersionSummary]


def list_summaries(platform: Platform, model: str) -> Versions:
    """Return the versions of a model, oldest first. Raises ModelNotFound, VersionNotFound."""
    versions = _list_model(platform, model)
    if not versions:
        raise unknown_model_error(platform, model)
    return sorted(versions, key=lambda version: (version.created, version.version))


def list_summaries_of(platform: Platform, models: Iterable[str]) -> Versions:
    """Return the versions of some models, which may have none. Raises ModelNotFound."""
    listed = call_all(lambda model: _list_model(platform, model), models)
    return [version for versions in listed for version in versions]


def _list_model(platform: Platform, model: str) -> Versions:
    packages = list_packages(platform, model)
    runs = _read_runs(platform, model) if packages else ()
    newest = {run.model_version: run for run in reversed(runs) if run.version}
    return list(_build_versions(platform, packages, newest))


def _read_runs(platform: Platform, model: str) -> Sequence[RunInputs]:
    """Return the runs that the index of a model has, the newest first; none if AWS denies access to it."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        return read_index(aws.client("s3", platform.region), platform.artifact_bucket, model).runs
    except ClientError as error:
        if error.response["Error"]["Code"] not in aws.ACCESS_DENIED:
            raise
        return ()


def _build_versions(
    platform: Platform, packages: Iterable[Mapping[str, Any]], runs: Mapping[int | None, RunInputs]
) -> Iterator[ModelVersion | VersionSummary]:
    for package in packages:
        run = runs.get(int(package["ModelPackageArn"].rpartition("/")[2]))
        summary = _summarize(package, run, run.version) if run and run.version else None
        yield summary or describe_version(platform, package["ModelPackageArn"])


def _summarize(package: Mapping[str, Any], run: RunInputs, version: RegisteredVersion) -> VersionSummary | None:
    """Return a version in short; None unless it was registered during the run: a new group counts from 1 again."""
    created = package["CreationTime"]
    if not run.started or not version.ended:
        return None
    if not datetime.fromisoformat(run.started) <= created <= datetime.fromisoformat(version.ended):
        return None
    return VersionSummary(
        model=run.model,
        version=int(package["ModelPackageArn"].rpartition("/")[2]),
        status=package.get("ModelApprovalStatus", ""),
        created=format_created(created),
        arn=package["ModelPackageArn"],
        run=run.run,
        revision=version.revision,
        environment=run.environment,
        metrics=version.metrics,
        gate_metrics=version.gate_metrics,
        version_key=version.version_key,
    )
