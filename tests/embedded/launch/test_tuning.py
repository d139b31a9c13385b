"""Whole runs that search: the best trial goes on, its values are known everywhere; without one, the run fails."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pushtrain import aws
from pushtrain.layout import build_report_key
from pushtrain.local.aws import up
from pushtrain.local.platform import local_platform
from pushtrain.local.run import run
from pushtrain.runs import read_run_result
from tests.conftest import Typed
from tests.embedded.conftest import MakeRepo

pytestmark = pytest.mark.slow

CONFIG = """
model: plain
data: {numbers: data/}
defaults: {image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/custom:1", cache: true}
preprocess: {}
train:
  hyperparameters: {shift: 9}
  metrics: {loss: 'loss=([0-9.]+);'}
  tune: {minimize: loss, strategy: grid, ranges: {shift: [7, 3, 5], kind: [a b]}, parallel: 2}
evaluate: {}
register: {when: [{metric: error, at_most: 100}]}
"""
TRAIN = """
import argparse, os
from pathlib import Path
parser = argparse.ArgumentParser()
parser.add_argument("--shift", type=int)
parser.add_argument("--kind")
options = parser.parse_args()
if options.shift == 3:
    raise ValueError("no model with 3")
Path(os.environ["SM_MODEL_DIR"], "mean.txt").write_text(str(options.shift))
print(f"loss={options.shift};")
"""
FILES = {"config.yaml": CONFIG, "train.py": TRAIN}


def test_the_best_trial_is_evaluated_registered_and_reused(make_repo: MakeRepo, tmp_path: Path, typed: Typed) -> None:
    store, platform = tmp_path / "store", local_platform("", tmp_path / "store")
    first = run(make_repo(files=FILES), store=store)
    assert first.outcome == "registered", first.error
    [search] = [job for job in first.jobs if job.step == "train"]
    ranked = [(trial.rank, trial.hyperparameters["shift"]) for trial in search.trials]
    assert ranked == [(2, "7"), (None, "3"), (1, "5")]
    assert "no model with 3" in search.trials[1].reason
    best = search.trials[2].name
    with up(store, platform, handlers={}):
        [container] = _describe_version(first.model_package)["InferenceSpecification"]["Containers"]
        assert container["ModelDataUrl"].endswith(f"/train/{best}/output/model.tar.gz")
        metadata = _describe_version(first.model_package)["CustomerMetadataProperties"]
        assert (metadata["tuned.shift"], metadata["tuned.kind"]) == ("5", "a b")
        result = read_run_result(platform, "plain", first.run)
    assert result is not None
    assert result.verdict is not None
    assert result.verdict["tuned"] == {"shift": "5", "kind": "a b"}
    [recorded] = [job for job in result.jobs if job.step == "train"]
    assert (len(recorded.trials), recorded.prefix) == (3, f"plain/runs/{first.run}/train/{best}")

    second = run(make_repo(files=FILES | {"evaluation.py": make_evaluation()}), store=store)
    assert second.outcome == "registered", second.error
    assert [job.step for job in second.jobs] == ["evaluate"]
    with up(store, platform, handlers={}):
        metadata = _describe_version(second.model_package)["CustomerMetadataProperties"]
    assert metadata["tuned.shift"] == "5"
    _show_trials_of_the_first_run(typed, store, first.run, second.run)


def _show_trials_of_the_first_run(typed: Typed, store: Path, first: str, second: str) -> None:
    """The later run shows the trials of the search that it reused, in `runs show` and in its report."""
    options = [second, "--local", "--store", str(store)]
    shown = typed("runs", "show", *options)[1]
    assert re.search(rf"^  train +trials of run {first}\n +trial 3 +5 +kind a b +shift 5 .*best$", shown, re.MULTILINE)
    document = json.loads(typed("runs", "show", *options, "--json")[1])
    trials = {step["step"]: len(step.get("trials", ())) for step in document["reuse"]}
    assert trials == {"preprocess": 0, "train": 3, "evaluate": 0}
    report = (store / "s3" / "pushtrain-artifacts" / build_report_key("plain", second)).read_text()
    assert f"The search was part of run {first}." in report
    assert report.count('class="trial') == 3


def test_a_search_without_a_model_fails_and_quotes_the_script(make_repo: MakeRepo, tmp_path: Path) -> None:
    files = FILES | {"config.yaml": CONFIG.replace("[7, 3, 5]", "[3]")}
    finished = run(make_repo(files=files), store=tmp_path / "store")
    assert (finished.outcome, finished.error and finished.error.step) == ("failed", "train")
    assert finished.error is not None
    reason = "none of 1 trials succeeded. The first that failed: ValueError: no model with 3"
    assert finished.error.reason.startswith(reason)


def make_evaluation() -> str:
    """Return another evaluation script, so that only evaluation runs again."""
    lines = ("import json", "from pathlib import Path")
    write = 'Path("/opt/ml/processing/evaluation/evaluation.json").write_text(json.dumps({"error": 1}))'
    return "\n".join([*lines, write])


def _describe_version(arn: str) -> dict[str, Any]:
    described: dict[str, Any] = aws.client("sagemaker").describe_model_package(ModelPackageName=arn)
    return described
