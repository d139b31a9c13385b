"""Metrics are compared only if they were measured on the same data, as far as that is known."""

from __future__ import annotations

import msgspec
import pytest

from pushtrain.config import Config, load_config
from pushtrain.record import RecordedConfig, RecordedData, RunRecord
from pushtrain.report.evaluated_data import list_differing_data, list_evaluated_data
from tests.sample_record import RECORD


def load(data: str, steps: str) -> Config:
    return load_config(f"model: m\ndata: {data}\n{steps}\nregister: {{}}\n".encode()).config


STEP = "framework: sklearn 1.2-1"
PLAIN = load("{raw: s3://lake/raw/}", f"preprocess: {{{STEP}}}\ntrain: {{{STEP}}}\nevaluate: {{{STEP}}}")
SPLIT = load(
    "{more: s3://lake/more/, test: s3://lake/test/}",
    f"train: {{{STEP}, inputs: {{more: data.more}}}}\n"
    f"evaluate: {{{STEP}, inputs: {{model: train.model, test: data.test}}}}",
)
UNJUDGED = load("{raw: s3://lake/raw/}", f"train: {{{STEP}}}")


@pytest.mark.parametrize(("config", "names"), [(PLAIN, ("raw",)), (SPLIT, ("test",)), (UNJUDGED, ("raw",))])
def test_what_only_the_training_reads_is_no_test_data(config: Config, names: tuple[str, ...]) -> None:
    assert list_evaluated_data(config) == names


def record(uri: str = "s3://lake/raw/", push: str = "one", name: str = "raw", **facts: str) -> RunRecord:
    config = RecordedConfig(uri=f"s3://code/{push}/config.yaml", version="1", sha256="1")
    return msgspec.structs.replace(RECORD, config=config, data={name: RecordedData(uri=uri, **facts)})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "second", "differing"),
    [
        (record(sha256="a"), record(sha256="b"), ("raw",)),
        (record(sha256="a", version="1"), record("s3://other/", sha256="a", version="2"), ()),
        (record(version="1"), record(version="2", sha256="b"), ("raw",)),
        (record(), record(), ()),
        (record(), record("s3://other/"), ("raw",)),
        (record("s3://code/one/data/"), record("s3://code/two/data/", "two"), ()),
        (record(), record(name="another"), ()),
        (record(), None, ()),
    ],
    ids=["hash", "same hash", "version", "same address", "address", "pushed", "another entry", "no record"],
)
def test_data_differs_by_content_or_else_by_address(
    first: RunRecord, second: RunRecord | None, differing: tuple[str, ...]
) -> None:
    assert list_differing_data([first, second], [PLAIN, None]) == differing


def test_data_that_is_not_evaluated_may_differ() -> None:
    assert list_differing_data([record(name="more", sha256="a"), record(name="more", sha256="b")], [SPLIT]) == ()
