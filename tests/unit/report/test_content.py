"""What two versions were built from, file by file."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.record import RecordedData
from pushtrain.report import content
from pushtrain.report.columns import build_version_column
from pushtrain.report.content import ADDRESS_ONLY, Column, compare_content
from tests.sample_record import RECORD
from tests.unit.report.report_facts import version

CONFIG = b"""
model: churn
data: {raw: {s3: "s3://lake/raw/", local: data/}}
train: {framework: sklearn 1.2-1}
evaluate: {framework: sklearn 1.2-1}
"""
PUSH = "s3://code/model-repos/churn/abc/"


def source(data: str, uri: str = f"{PUSH}config.yaml", **facts: Any) -> Column:
    config = msgspec.structs.replace(RECORD.config, uri=uri)
    record = msgspec.structs.replace(RECORD, config=config, data={"raw": RecordedData(uri=data, **facts)})
    return build_version_column(version(), record, load_config(CONFIG).config)


def test_data_in_the_model_repo_is_named_by_its_path() -> None:
    assert source(f"{PUSH}data/").data == {"raw": "data/"}
    assert source(f"{PUSH}data/").data_path("raw", is_local=False) == "data/"


def test_data_elsewhere_has_its_address_and_no_path() -> None:
    assert source("s3://lake/raw/").data == {"raw": "s3://lake/raw/"}
    assert source("s3://lake/raw/").data_path("raw", is_local=False) is None


def test_on_this_computer_the_run_read_the_local_files() -> None:
    assert source("s3://lake/raw/").data_path("raw", is_local=True) == "data"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({"sha256": "a", "version": "1"}, {"sha256": "a", "version": "2"}, True),
        ({"sha256": "a", "version": "1"}, {"sha256": "b", "version": "1"}, False),
        ({"version": "1"}, {"version": "1", "sha256": "b"}, True),
        ({"version": "1"}, {"version": "2"}, False),
        ({"version": "1"}, {}, None),
    ],
)
def test_data_is_compared_by_its_content(
    first: dict[str, str], second: dict[str, str], same: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "read_object", lambda *_, **__: b"")
    columns = [source("s3://lake/raw/", **facts) for facts in (first, second)]
    platform = msgspec.structs.replace(Platform.local(), artifact_bucket="artifacts", local_option="")
    part = compare_content(platform, columns)[-1]
    assert (part.name, part.same, part.unknown == ADDRESS_ONLY) == ("data.raw", same, same is None)


def test_data_that_was_replaced_after_the_push_differs_whatever_the_manifest_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(content, "_read_files", lambda *_: {"data/rows.csv": "a"})
    columns = [source(f"{PUSH}data/", version=version) for version in ("1", "2")]
    platform = msgspec.structs.replace(Platform.local(), artifact_bucket="artifacts", local_option="")
    part = compare_content(platform, columns)[-1]
    assert (part.name, part.same, part.files) == ("data.raw", False, {})


def test_a_push_that_is_not_known_has_no_address() -> None:
    assert source("s3://lake/raw/", uri="").push_uri == ""
