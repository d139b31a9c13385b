"""What two versions were built from, file by file."""

from __future__ import annotations

import dataclasses

from pushtrain.config import load_config
from pushtrain.record import RecordedData
from pushtrain.report.content import VersionSource
from tests.sample_record import RECORD
from tests.unit.report.report_facts import version

CONFIG = b"""
model: churn
data: {raw: {s3: "s3://lake/raw/", local: data/}}
train: {framework: sklearn 1.2-1}
evaluate: {framework: sklearn 1.2-1}
"""
PUSH = "s3://code/model-repos/churn/abc/"


def source(data: str, uri: str = f"{PUSH}config.yaml") -> VersionSource:
    config = dataclasses.replace(RECORD.config, uri=uri)
    record = dataclasses.replace(RECORD, config=config, data={"raw": RecordedData(uri=data)})
    return VersionSource(version=version(), record=record, config=load_config(CONFIG).config)


def test_data_in_the_model_repo_is_named_by_its_path() -> None:
    assert source(f"{PUSH}data/").data == {"raw": "data/"}
    assert source(f"{PUSH}data/").data_path("raw", is_local=False) == "data/"


def test_data_elsewhere_has_its_address_and_no_path() -> None:
    assert source("s3://lake/raw/").data == {"raw": "s3://lake/raw/"}
    assert source("s3://lake/raw/").data_path("raw", is_local=False) is None


def test_on_this_computer_the_run_read_the_local_files() -> None:
    assert source("s3://lake/raw/").data_path("raw", is_local=True) == "data"


def test_a_push_that_is_not_known_has_no_address() -> None:
    assert source("s3://lake/raw/", uri="").push_uri == ""
