"""The registry -> a folder of pages: an index, and a report of each version. Reads AWS, writes the folder."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from pushtrain import aws
from pushtrain.config import Config
from pushtrain.errors import RegistryError
from pushtrain.platform import Platform
from pushtrain.registry import ModelVersion, find_earlier_versions, list_versions
from pushtrain.report.facts import gather_facts, read_config, read_run_input
from pushtrain.report.index import History, write_index
from pushtrain.report.page import write_report
from pushtrain.runs import read_object
from pushtrain.serving import read_serving_arns

PARALLEL = 8


def write_gallery(
    platform: Platform, folder: Path, *, anew: bool, language: str, now: datetime, pushtrain_version: str
) -> tuple[int, int]:
    """Write index.html and <model>/<version>.html; (models, versions).

    A report is the one that was written when its run ended, which is quick; with `anew` each is made again, as things
    are now and in the language asked for. A version without one is listed all the same.
    Raises RegistryError where the folder cannot be written.
    """
    versions = list_versions(platform)
    again = find_earlier_versions(versions)
    s3 = aws.client("s3", platform.region)

    def page(version: ModelVersion) -> str:
        if anew:
            return write_report(
                gather_facts(platform, version, again=again),
                language=language,
                now=now,
                pushtrain_version=pushtrain_version,
            )
        return read_stored_report(s3, platform, version)

    with ThreadPoolExecutor(PARALLEL) as pool:
        pages = {version.arn: text for version, text in zip(versions, pool.map(page, versions), strict=True) if text}
    histories = [_history(platform, model, found, pages) for model, found in _by_model(versions)]
    try:
        _write(folder, versions, pages)
        index = write_index(histories, language=language, now=now, pushtrain_version=pushtrain_version)
        (folder / "index.html").write_text(index, encoding="utf-8")
    except OSError as error:
        raise RegistryError(f"cannot write {folder}: {error.strerror}") from error
    return len(histories), len(versions)


def read_stored_report(s3: Any, platform: Platform, version: ModelVersion) -> str:
    """The report at the address that the version carries; empty when there is none (yet)."""
    uri = version.properties.get("report", "")
    ours = uri.startswith(f"s3://{platform.artifact_bucket}/")
    return read_object(platform, uri, s3=s3).decode(errors="replace") if ours else ""


def _by_model(versions: Iterable[ModelVersion]) -> Iterable[tuple[str, list[ModelVersion]]]:
    ordered = sorted(versions, key=lambda version: (version.model, version.version))
    return [(model, list(found)) for model, found in itertools.groupby(ordered, key=lambda version: version.model)]


def _history(platform: Platform, model: str, versions: list[ModelVersion], pages: Mapping[str, str]) -> History:
    serving = read_serving_arns(platform, model)[0]
    return History(
        model=model,
        versions=versions,
        config=_config(platform, versions[-1]),
        serving=next((version.version for version in versions if version.arn == serving), None),
        files={version.version: report_file(version) for version in versions if version.arn in pages},
    )


def _config(platform: Platform, version: ModelVersion) -> Config | None:
    return read_config(platform, read_run_input(platform, version.model, version.run))


def report_file(version: ModelVersion) -> str:
    """Where a version's report lies in the folder; a model's name has letters, digits and hyphens only."""
    return f"{version.model}/{version.version}.html"


def _write(folder: Path, versions: Iterable[ModelVersion], pages: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for version in versions:
        if version.arn in pages:
            target = folder / report_file(version)
            target.parent.mkdir(exist_ok=True)
            target.write_text(pages[version.arn], encoding="utf-8")
