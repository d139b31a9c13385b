"""`runs compare`: the tables of `models compare`, with runs as columns."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec
import pytest

from pushtrain import runs
from pushtrain.platform import PLATFORM_VARIABLE, Platform
from pushtrain.report import compare
from pushtrain.report.columns import build_run_column
from pushtrain.report.compare import Comparison, ComparisonRow
from pushtrain.report.content import ContentPart
from pushtrain.runs import Run
from tests.sample_record import RECORD

Types = Callable[..., tuple[int, str, str]]


def build_run(run: str, error: float) -> Run:
    return Run(model="churn", run=run, status="SUCCEEDED", started=0.0, seconds=1.0, outcome="not_registered",
               metrics={"error": error}, input=RECORD.execution_input())  # fmt: skip


@pytest.fixture
def types(typed: Types, monkeypatch: pytest.MonkeyPatch) -> Types:
    """Runs r1 and r2, an experiment, with other data, packages and one file more."""
    monkeypatch.setenv(PLATFORM_VARIABLE, Platform.local("dev").to_json())
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(runs, "find_run_or_recorded", lambda _, run: build_run(run, float(run[1])))
    experiment = msgspec.structs.replace(RECORD, experiment={})

    def compare_runs(_: Platform, found: list[Run]) -> Comparison:
        columns = [
            build_run_column(run, record, None, None) for run, record in zip(found, (RECORD, experiment), strict=True)
        ]
        return Comparison(
            model="churn",
            columns=[msgspec.structs.replace(column, packages={"train": {}}) for column in columns],
            serving=None,
            metrics=[ComparisonRow(name="error", values=[1.0, 2.0], direction=-1)],
            hyperparameters=[],
            config=[],
            data=[],
            content=[ContentPart(name="train", same=False, files={"loss.py": ["r2"]})],
            packages=[ComparisonRow(name="train pandas", values=["2.1", "2.2"])],
            different_data=("raw",),
        )

    monkeypatch.setattr(compare, "compare_runs", compare_runs)
    return lambda *words: typed("runs", "compare", "r1", "r2", *words)


def test_two_runs_side_by_side(types: Types) -> None:
    code, out, _ = types()
    revision = RECORD.revision[:12]
    assert code == 0
    assert out == (
        f"""\
churn
         run r1  run r2 (experiment)
  error     1                    2
  no better one is marked: data.raw differs, so the metrics were measured on different data
hyperparameters: not known: the input of a run or its config.yaml is gone
rest of config.yaml: not known: the input of a run or its config.yaml is gone
packages
                run r1  run r2 (experiment)
  train pandas  2.1     2.2
files
  train  differs: loss.py (only run r2)
code: differs, of one commit, with changes not committed: revisions run r1 {revision}, run r2 {revision}
"""
    )


def test_the_json_names_runs(types: Types) -> None:
    code, out, _ = types("--json")
    document = json.loads(out)
    assert code == 0
    assert [run["run"] for run in document["runs"]] == ["r1", "r2"]
    assert "serving" not in document
    assert document["metrics"] == [{"metric": "error", "values": [1.0, 2.0], "better": "lower", "best": []}]
    assert (document["packages"], document["different_data"]) == (
        [{"name": "train pandas", "values": ["2.1", "2.2"]}],
        ["raw"],
    )
    assert document["content"][0]["files"] == [{"path": "loss.py", "runs": ["r2"]}]
