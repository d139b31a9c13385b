"""Whole runs with candidates: the best one is registered, one that fails leaves the others, all failed is a failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain import aws
from pushtrain.local.aws import up
from pushtrain.local.platform import local_platform
from pushtrain.local.run import run
from pushtrain.record import CandidateSteps
from pushtrain.runs import Run, read_run_record, read_run_result
from tests.embedded.conftest import MakeRepo

pytestmark = pytest.mark.slow

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/custom"
CONFIG = f"""
model: plain
data: {{numbers: data/}}
defaults: {{image: "{IMAGE}:1"}}
preprocess: {{}}
train: {{}}
evaluate: {{}}
candidates:
  base: {{}}
  near:
    train: {{script: near.py}}
    register: {{inference: {{image: "{IMAGE}:2", environment: {{KIND: near}}}}}}
  broken: {{train: {{script: broken.py}}}}
  silent: {{evaluate: {{script: silent.py}}}}
choose: {{minimize: error}}
register: {{when: [{{metric: error, at_most: 2.0}}]}}
"""
NEAR = """
import os
from pathlib import Path
Path(os.environ["SM_MODEL_DIR"], "mean.txt").write_text("11")
"""
FILES = {
    "config.yaml": CONFIG,
    "near.py": NEAR,
    "broken.py": "raise ValueError('no luck')",
    "silent.py": "print('nothing')",
}


def summarize(finished: Run) -> dict[str, tuple[int | None, str]]:
    """Return rank and reason of each candidate, without the path that the reason names."""
    return {candidate.name: (candidate.rank, candidate.reason.partition(":")[0]) for candidate in finished.candidates}


def test_the_best_candidate_is_registered_as_it_is_served_and_the_others_stay_visible(
    make_repo: MakeRepo, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    finished = run(make_repo(files=FILES), store=store)
    assert finished.outcome == "registered", finished.error
    assert summarize(finished) == {
        "base": (2, ""),
        "near": (1, ""),
        "broken": (None, "broken-train"),
        "silent": (None, "the silent-evaluate job wrote no evaluation.json"),
    }
    assert finished.candidates[2].reason == "broken-train: ValueError: no luck"
    assert finished.verdict is not None
    assert (finished.verdict.candidate, finished.metrics) == ("near", {"error": 0.0})
    with up(store, local_platform("", store), handlers={}) as local_aws:
        package = aws.client("sagemaker").describe_model_package(ModelPackageName=finished.model_package)
        record = read_run_record(local_aws.platform, "plain", finished.run)
        result = read_run_result(local_aws.platform, "plain", finished.run)
    container = package["InferenceSpecification"]["Containers"][0]
    assert (container["Image"], container["Environment"]) == (f"{IMAGE}:2", {"KIND": "near"})
    assert "/near-train/" in container["ModelDataUrl"]
    assert package["CustomerMetadataProperties"]["candidate"] == "near"
    assert record is not None
    assert record.candidates[1] == CandidateSteps(name="near", steps=("near-train", "near-evaluate"))
    assert result is not None
    assert [(candidate.name, candidate.rank) for candidate in result.candidates] == [
        ("base", 2),
        ("near", 1),
        ("broken", None),
        ("silent", None),
    ]
    report = next(store.glob("s3/*/plain/runs/*/report.html")).read_text(encoding="utf-8")
    assert " no luck" in report


def test_a_run_whose_candidates_all_failed_fails_with_each_reason(make_repo: MakeRepo, tmp_path: Path) -> None:
    config = CONFIG.partition("candidates:")[0] + (
        "candidates: {one: {train: {script: broken.py}}, two: {train: {script: broken.py}}}\n"
        "choose: {minimize: error}\n"
    )
    finished = run(make_repo(files={**FILES, "config.yaml": config}), store=tmp_path / "store")
    assert finished.outcome == "failed"
    assert finished.error is not None
    assert finished.error.reason == (
        "every candidate failed. one: one-train: ValueError: no luck; two: two-train: ValueError: no luck"
    )


def test_each_candidate_reuses_its_own_results_only(make_repo: MakeRepo, tmp_path: Path) -> None:
    store, config = tmp_path / "store", CONFIG.replace(f'"{IMAGE}:1"', f'"{IMAGE}:1", cache: true', 1)
    config = config.replace("  broken: {train: {script: broken.py}}\n  silent: {evaluate: {script: silent.py}}\n", "")
    first = run(make_repo(files={**FILES, "config.yaml": config}), store=store)
    assert first.outcome == "registered", first.error
    changed = {**FILES, "config.yaml": config, "near.py": NEAR.replace("11", "12")}
    second = run(make_repo(files=changed), store=store)
    assert sorted(job.step for job in second.jobs) == ["near-evaluate", "near-train"]
    assert summarize(second) == {"base": (1, ""), "near": (2, "")}
