"""Write a folder of pages: an index of all models, and the report of each version. Reads AWS."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pushtrain import aws
from pushtrain.errors import RegistryError
from pushtrain.layout import build_report_key, build_uri
from pushtrain.parallel import call_all
from pushtrain.platform import Platform
from pushtrain.record import RunRecord
from pushtrain.registry import EarlierVersion, ModelVersion, find_earlier_versions, list_versions
from pushtrain.report.facts import gather_facts, read_config
from pushtrain.report.index import History, write_index
from pushtrain.report.page import write_report
from pushtrain.runs import read_object, read_run_record
from pushtrain.serving import read_serving_arns


def write_gallery(
    platform: Platform, folder: Path, *, anew: bool, language: str, now: datetime, pushtrain_version: str
) -> tuple[int, int]:
    """Write index.html and <model>/<version>.html; return the numbers of models and versions.

    Copies the reports that were written when the runs ended, which is fast. With `anew` each report is written
    again, with today's facts and in `language`. A version without a report is still listed.
    Raises RegistryError if the folder cannot be written.
    """
    versions = list_versions(platform)
    s3 = aws.client("s3", platform.region)
    records = _read_records(platform, versions, s3)
    earlier_versions = find_earlier_versions(platform, versions, records)

    def page(version: ModelVersion) -> str:
        if anew:
            return write_report(
                gather_facts(platform, version, earlier_versions=earlier_versions),
                language=language,
                now=now,
                pushtrain_version=pushtrain_version,
            )
        return read_stored_report(s3, platform, version)

    pages = {version.arn: text for version, text in zip(versions, call_all(page, versions), strict=True) if text}
    histories = [
        _build_history(platform, model, model_versions, pages, records, earlier_versions)
        for model, model_versions in _group_by_model(versions)
    ]
    try:
        _write_reports(folder, versions, pages)
        index = write_index(histories, language=language, now=now, pushtrain_version=pushtrain_version)
        (folder / "index.html").write_text(index, encoding="utf-8")
    except OSError as error:
        raise RegistryError(f"cannot write {folder}: {error.strerror}") from error
    return len(histories), len(versions)


def read_stored_report(s3: Any, platform: Platform, version: ModelVersion) -> str:
    """Return the report of the run that registered a version; empty if there is none.

    The address in the version's metadata does not count: an approver can change it, and a job can write a page.
    """
    uri = build_uri(platform.artifact_bucket, build_report_key(version.model, version.run))
    return read_object(platform, uri, s3=s3).decode(errors="replace") if version.run else ""


def _group_by_model(versions: Iterable[ModelVersion]) -> Iterable[tuple[str, list[ModelVersion]]]:
    ordered = sorted(versions, key=lambda version: (version.model, version.version))
    return [(model, list(group)) for model, group in itertools.groupby(ordered, key=lambda version: version.model)]


def _read_records(platform: Platform, versions: Sequence[ModelVersion], s3: Any) -> dict[str, RunRecord | None]:
    """Return the record of each version's run, by the version's ARN; None if it is gone."""

    def read_record(version: ModelVersion) -> RunRecord | None:
        return read_run_record(platform, version.model, version.run, s3) if version.run else None

    return {version.arn: record for version, record in zip(versions, call_all(read_record, versions), strict=True)}


def _build_history(
    platform: Platform,
    model: str,
    versions: list[ModelVersion],
    pages: Mapping[str, str],
    records: Mapping[str, RunRecord | None],
    earlier_versions: Mapping[str, EarlierVersion],
) -> History:
    serving = read_serving_arns(platform, model)[0]
    return History(
        model=model,
        versions=versions,
        config=read_config(platform, records[versions[-1].arn]),
        records={version.version: record for version in versions if (record := records[version.arn])},
        earlier={
            version.version: earlier_versions[version.arn].version
            for version in versions
            if version.arn in earlier_versions
        },
        serving=next((version.version for version in versions if version.arn == serving), None),
        files={version.version: build_report_name(version) for version in versions if version.arn in pages},
    )


def build_report_name(version: ModelVersion) -> str:
    """Return the report's path in the folder. Names of models have only letters, digits and hyphens."""
    return f"{version.model}/{version.version}.html"


def _write_reports(folder: Path, versions: Iterable[ModelVersion], pages: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for version in versions:
        if version.arn in pages:
            target = folder / build_report_name(version)
            target.parent.mkdir(exist_ok=True)
            target.write_text(pages[version.arn], encoding="utf-8")
