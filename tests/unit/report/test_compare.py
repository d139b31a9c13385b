"""Versions side by side."""

from __future__ import annotations

import msgspec
import pytest

from pushtrain.config import load_config
from pushtrain.errors import RegistryError
from pushtrain.platform import Platform
from pushtrain.record import ImageDigest, RecordedData
from pushtrain.report import compare
from pushtrain.report.columns import build_run_column, build_version_column
from pushtrain.report.compare import Comparison, ComparisonRow, compare_runs, compare_versions, find_parameters_key
from pushtrain.report.content import Column, ContentPart
from pushtrain.runs import Run
from tests.sample_record import RECORD
from tests.unit.report.report_facts import version


def comparison(*parts: ContentPart, commits: tuple[str, str] = ("c1", "c2"), repository: str = "r") -> Comparison:
    columns = [
        build_version_column(version(2, commit=commits[1], repository="r"), None, None),
        build_version_column(version(1, commit=commits[0], repository=repository), None, None),
    ]
    empty: list[ContentPart] = []
    return Comparison(
        model="churn",
        columns=columns,
        serving=None,
        metrics=[],
        hyperparameters=[],
        config=[],
        data=[],
        content=list(parts) or empty,
    )


def test_the_commits_are_those_of_the_oldest_and_the_newest_version() -> None:
    assert comparison().commits == ("c1", "c2")


def test_without_a_common_repository_or_a_known_commit_there_is_no_range() -> None:
    assert comparison(repository="other").commits is None
    assert comparison(commits=("unknown", "c2")).commits is None


def test_code_is_the_same_if_every_script_is_whatever_the_data() -> None:
    train, other = ContentPart(name="train", same=True), ContentPart(name="other code", same=None)
    data = ContentPart(name="data.raw", same=False)
    assert comparison(train, data).same_code is True
    assert comparison(train, other).same_code is None
    assert comparison(train, other, ContentPart(name="evaluate", same=False)).same_code is False


def test_one_version_is_nothing_to_compare() -> None:
    with pytest.raises(RegistryError) as raised:
        compare_versions(Platform.local(), "churn", [3, 3])
    assert str(raised.value) == "a comparison needs two different versions or more"


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """Two runs with data of their own, another package and image of one step, and an auc of 0.8 and 0.9."""
    built = [
        Run(model="churn", run=f"r{number}", status="SUCCEEDED", started=number, seconds=1.0, outcome="registered",
            metrics={"auc": 0.7 + number / 10, "rows": 5.0})
        for number in (1, 2)
    ]  # fmt: skip
    loaded = load_config(PLAIN).config

    def read_column(_: Platform, run: Run) -> Column:
        data = {"raw": RecordedData(uri="s3://lake/", sha256=run.input.get("data", "same"))}
        digests = {"image:1": ImageDigest(digest=f"sha256:{run.run[1] * 64}")}
        images = {"preprocess": None, "train": "image:1"}
        record = msgspec.structs.replace(RECORD, run=run.run, data=data, images=images, image_digests=digests)
        packages = {"train": {"numpy": "2.0", "pandas": f"2.{run.run[1]}"}}
        return msgspec.structs.replace(build_run_column(run, record, loaded, None), packages=packages)

    monkeypatch.setattr(compare, "read_run_column", read_column)
    monkeypatch.setattr(compare, "compare_content", lambda *_: [])
    return built


def test_runs_are_compared_like_versions(runs: list[Run]) -> None:
    result = compare_runs(Platform.local(), [*runs, runs[0]])
    assert (result.model, result.noun, result.serving) == ("churn", "run", None)
    assert [column.number for column in result.columns] == ["r1", "r2"]
    assert result.metrics == [
        ComparisonRow(name="auc", values=[0.7 + 0.1, 0.7 + 0.2], direction=1, best=[1]),
        ComparisonRow(name="rows", values=[5.0, 5.0], direction=0, best=[]),
    ]
    assert result.packages == [ComparisonRow(name="train pandas", values=["2.1", "2.2"])]
    assert result.images == [ComparisonRow(name="train", values=[f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"])]
    assert result.config == []


def test_with_different_test_data_no_value_is_the_best(runs: list[Run]) -> None:
    other = msgspec.structs.replace(runs[0], input={"data": "other"})
    result = compare_runs(Platform.local(), [other, runs[1]])
    assert (result.different_data, [row.best for row in result.metrics]) == (("raw",), [[], []])


def test_runs_that_cannot_be_compared(runs: list[Run]) -> None:
    with pytest.raises(RegistryError) as raised:
        compare_runs(Platform.local(), [runs[0], runs[0]])
    assert str(raised.value) == "a comparison needs two different runs or more"
    with pytest.raises(RegistryError) as raised:
        compare_runs(Platform.local(), [runs[0], msgspec.structs.replace(runs[1], model="fraud")])
    assert str(raised.value) == "these are runs of several models: churn, fraud. Compare runs of one model"


PLAIN = b"""model: churn
data: {raw: s3://lake/}
preprocess: {framework: sklearn 1.2-1}
train: {framework: sklearn 1.2-1}
evaluate: {framework: sklearn 1.2-1}
"""


def test_hyperparameters_are_those_of_the_step_that_trains_the_model() -> None:
    step = "{framework: sklearn 1.2-1, script: s.py}"
    plain = load_config(f"model: m\ntrain: {step}\n".encode()).config
    own = "model: m\nsteps: {fit: {kind: training, framework: sklearn 1.2-1, script: s.py}}\nregister: {model: fit}\n"
    assert find_parameters_key(plain) == "train.hyperparameters"
    assert find_parameters_key(load_config(own.encode()).config) == "steps.fit.hyperparameters"
