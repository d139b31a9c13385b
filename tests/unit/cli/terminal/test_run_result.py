"""What `run` prints when it has ended: registered, gate not met, failed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest
from msgspec.structs import replace

from pushtrain.catalog import job_kinds
from pushtrain.cli.terminal import run_result
from pushtrain.cli.terminal.run_result import RunResult
from pushtrain.config import Condition, load_config
from pushtrain.decide.serving_comparison import skip_features
from pushtrain.platform import Platform
from pushtrain.registry import EarlierVersion
from pushtrain.runs import Failure, Job, Run
from tests.sample_serving import SAID, SERVING
from tests.sample_verdict import build_verdict
from tests.unit.report.report_facts import TWO_AUCS

AUC = Condition(metric="auc", at_least=0.9)


@pytest.fixture(autouse=True)
def program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_result, "find_program", lambda: "pushtrain")


def result_lines(
    store: Path,
    tail: tuple[str, ...] = (),
    same_as: EarlierVersion | None = None,
    **run: Any,
) -> list[str]:
    fields = {"model": "churn", "run": "r-1", "status": "SUCCEEDED", "started": 0.0, "seconds": 1.0, **run}
    result = RunResult(
        run=Run(**fields),
        platform=Platform.local("dev"),
        store=store,
        same_as=same_as,
        read_tail=lambda _: tail,
    )
    return [click.unstyle(line) for line in result.lines()]


def job(name: str, step: str) -> Job:
    uri = f"s3://pushtrain-artifacts/churn/runs/r-1/{step}/{name}/output/model.tar.gz"
    described = {"ModelArtifacts": {"S3ModelArtifacts": uri}}
    return Job(step=step, name=name, kind=job_kinds.TRAINING, status="Completed", seconds=1.0, described=described)


def test_a_registered_version_is_shown_with_its_file_and_the_next_command(tmp_path: Path) -> None:
    file = tmp_path / "s3/pushtrain-artifacts/churn/runs/r-1/train/j/output/model.tar.gz"
    file.parent.mkdir(parents=True)
    file.write_text("")
    lines = result_lines(
        tmp_path,
        outcome="registered",
        model_version=3,
        verdict=build_verdict({"auc": 0.95}, AUC),
        jobs=(job("j", "train"),),
        same_as=EarlierVersion(numbers=(2,)),
    )
    assert lines == [
        "  ✓ gate        auc 0.95 ≥ 0.9",
        "run         r-1",
        f"model       {file}",
        "registered  churn version 3 · PendingManualApproval",
        "note        same code, data and parameters as version 2",
        "next        pushtrain models approve churn 3 --local --environment dev",
    ]


def test_several_models_have_the_names_of_their_steps(tmp_path: Path) -> None:
    steps = {"j": "train", "k": "embed"}
    files = {step: tmp_path / f"s3/a/churn/runs/r-1/{step}/{name}/output/model.tar.gz" for name, step in steps.items()}
    for file in files.values():
        file.parent.mkdir(parents=True)
        file.write_text("")
    jobs = tuple(job(name, step) for name, step in steps.items())
    lines = result_lines(tmp_path, outcome="registered", model_version=3, jobs=jobs)
    assert [line for line in lines if line.startswith("model")] == [
        f"model       train  {files['train']}",
        f"model       embed  {files['embed']}",
    ]


def test_a_gate_that_is_not_met_names_the_metric(tmp_path: Path) -> None:
    assert result_lines(tmp_path, outcome="not_registered", verdict=build_verdict({"auc": 0.5}, AUC)) == [
        "  ✗ gate        auc 0.5 ≥ 0.9",
        "run         r-1",
        "not registered  gate not met: auc",
    ]


def test_a_large_gate_leaves_the_lines_that_matter_in_sight(tmp_path: Path) -> None:
    conditions = [Condition(metric=f"m{number}", at_least=0.9) for number in range(120)]
    values = {condition.metric: 0.95 for condition in conditions} | {"m7": 0.5}
    assert result_lines(tmp_path, outcome="not_registered", verdict=build_verdict(values, *conditions)) == [
        "  ✗ gate        m7 0.5 ≥ 0.9",
        "    gate        119 more hold: `pushtrain runs show r-1 --local --environment dev`",
        "run         r-1",
        "not registered  gate not met: m7",
    ]


def test_conditions_with_the_same_last_part_have_their_whole_paths(tmp_path: Path) -> None:
    values = {"test.auc.value": 0.95, "valid.auc.value": 0.7}
    verdict = build_verdict(values, *load_config(TWO_AUCS).config.conditions)
    assert result_lines(tmp_path, outcome="not_registered", verdict=verdict) == [
        "  ✓ gate        test.auc.value 0.95 ≥ 0.9",
        "  ✗ gate        valid.auc.value 0.7 ≥ 0.8",
        "run         r-1",
        "not registered  gate not met: valid.auc.value",
    ]


def test_a_failure_shows_the_last_lines_and_the_log(tmp_path: Path) -> None:
    lines = result_lines(
        tmp_path,
        tail=("Traceback", "ValueError: no"),
        outcome="failed",
        error=Failure(step="train", reason="ValueError: no", log=""),
        jobs=(job("j", "train"),),
    )
    log = f"full log    {tmp_path}/jobs/j/log.txt"
    assert lines == [
        "failed  train: ValueError: no",
        "last lines of train:",
        "    Traceback",
        "    ValueError: no",
        log,
        "run         r-1",
    ]
    assert result_lines(tmp_path, outcome="failed", error=Failure(step="gate", reason="no", log="")) == [
        "failed  gate: no",
        "run         r-1",
    ]


def test_answers_that_differ_from_those_of_the_evaluation_are_shown(tmp_path: Path) -> None:
    verdict = replace(build_verdict({}), passed=False, reason=SERVING.fault, serving=SERVING)
    assert result_lines(tmp_path, outcome="not_registered", reason=verdict.reason, verdict=verdict) == [
        "  ✓ serves      5 of 5 requests answered",
        f"  ✗ answers     {SAID}",
        "run         r-1",
        f"not registered  answers: {SAID}",
    ]


def test_features_that_were_not_to_be_compared_are_neither_right_nor_wrong(tmp_path: Path) -> None:
    verdict = replace(build_verdict({}), serving=replace(SERVING, comparisons=(skip_features(),)))
    assert result_lines(tmp_path, outcome="not_registered", reason="", verdict=verdict)[1] == (
        "  – features    not compared: a transform job shows no features; a run on this computer compares them"
    )
