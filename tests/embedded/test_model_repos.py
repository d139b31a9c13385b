"""The examples that data scientists learn from really train, pass their gates, and do so the same way each time."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pushtrain.local.aws import up
from pushtrain.local.platform import local_platform
from pushtrain.plans.plan import plan_push
from pushtrain.runs import explain_record, explain_run
from tests.arrival_time import shorten
from tests.forks import run_pushtrain
from tests.trained import LONGEST, Trained, train

ROOT = Path(__file__).parents[2]
MODEL_REPOS = ROOT / "model_repos"
pytestmark = pytest.mark.slow


def test_breast_cancer_is_registered(breast_cancer: Trained) -> None:
    document = breast_cancer.document
    assert (document["outcome"], document["model_version"]) == ("registered", 1)
    assert document["metrics"]["binary_classification_metrics.accuracy.value"] >= 0.93


def score_row(store: Path, model: str, row: str, folder: Path) -> float:
    """Let the model answer a single row, which the container's own input_fn reads as one dimension."""
    (folder / "row.csv").write_text(row, encoding="utf-8")
    words = ("models", "score", model, folder / "row.csv", "-o", folder / "answer.csv", "--local", "--store", store)
    process = run_pushtrain(*words, timeout=LONGEST)
    assert process.returncode == 0, process.stderr
    return float((folder / "answer.csv").read_text())


def test_breast_cancer_answers_a_single_row(breast_cancer: Trained, tmp_path: Path) -> None:
    store = shutil.copytree(breast_cancer.store, tmp_path / "store")
    assert 0 <= score_row(store, "breast-cancer", ",".join(["1.5"] * 30), tmp_path) <= 1


def test_digits_trains_a_network_and_is_registered(tmp_path: Path) -> None:
    document = train(MODEL_REPOS / "digits", tmp_path).document
    assert document["outcome"] == "registered"
    assert document["metrics"]["multiclass_classification_metrics.accuracy.value"] >= 0.95


@pytest.fixture(scope="module")
def arrival_time(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The example with five steps, and a script that belongs to no step. Tests work on a copy of repo and store."""
    folder = tmp_path_factory.mktemp("arrival-time")
    repo = shutil.copytree(MODEL_REPOS / "arrival-time", folder / "arrival-time")
    (repo / "explore.py").write_text("import orders\n", encoding="utf-8")
    return train(repo, folder / "store")


def test_arrival_time_runs_two_branches_between_five_steps_and_is_registered(
    arrival_time: Trained, tmp_path: Path
) -> None:
    document = arrival_time.document
    assert (document["outcome"], document["model_version"]) == ("registered", 1)
    steps = [job["step"] for job in document["jobs"]]
    assert (steps[0], sorted(steps[1:3]), steps[3:]) == ("clean", ["split", "zones"], ["train", "evaluate"])
    assert document["metrics"]["mae"] <= 4.5
    assert document["metrics"]["within_5_minutes"] >= 0.65
    order = "12,0,0,5,37.4760,127.0138,37.4826,127.0158"
    store = shutil.copytree(arrival_time.store, tmp_path / "store")
    assert 5 < score_row(store, "arrival-time", order, tmp_path) < 90


ORDER = "o99999,12,0,0,5,37.4760,127.0138,37.4826,127.0158,33.1\n"
AFTER_ZONES = {"train": "its input changed: zones", "evaluate": "its input changed: train, zones"}
# A file, what is replaced in it, by what, and why each step runs after that; all other steps are reused.
CHANGES = {
    "a hyperparameter": (
        ("config.yaml", "{zones: 12}", "{zones: 10}"),
        {"zones": "zones.hyperparameters.zones 12 → 10", **AFTER_ZONES},
    ),
    "a helper module": (
        ("orders.py", "import csv\n", "import csv  # of Python\n"),
        {
            "zones": "orders.py changed",
            "train": "orders.py changed; its input changed: zones",
            "evaluate": "orders.py changed; its input changed: train, zones",
        },
    ),
    "a data file": (
        ("data/orders.csv", "", ORDER),
        {
            "clean": "data.orders changed: 1 object changed",
            "split": "its input changed: clean",
            "zones": "its input changed: clean",
            "train": "its input changed: split, zones",
            "evaluate": "its input changed: train, zones, split",
        },
    ),
    "the image of a step": (
        ("config.yaml", "\nevaluate:\n", "\nevaluate:\n  framework: sklearn 1.4-2\n"),
        {"evaluate": "image …/sagemaker-scikit-learn:1.2-1-cpu-py3 → …/sagemaker-scikit-learn:1.4-2-cpu-py3"},
    ),
    "a comment in a script of one step": (
        ("split.py", "", "# a comment\n"),
        {
            "split": "split.py changed",
            "train": "its input changed: split",
            "evaluate": "its input changed: train, split",
        },
    ),
    "a comment in a script of no step": (("explore.py", "", "# a comment\n"), {}),
}


def change(repo: Path, name: str, old: str, new: str) -> None:
    """Replace `old`, or append if it is empty."""
    text = (repo / name).read_text(encoding="utf-8")
    assert old in text
    (repo / name).write_text(text.replace(old, new, 1) if old else text + new, encoding="utf-8")


def test_a_plan_of_arrival_time_says_what_a_change_runs_and_why(arrival_time: Trained, tmp_path: Path) -> None:
    platform = local_platform("", arrival_time.store)
    steps = {job["step"] for job in arrival_time.document["jobs"]}
    for number, (changed, ((name, old, new), reasons)) in enumerate(CHANGES.items()):
        repo = shutil.copytree(arrival_time.repo, tmp_path / str(number) / "arrival-time")
        change(repo, name, old, new)
        with up(arrival_time.store, platform, handlers={}):
            plan = plan_push(repo, platform)
            explained = {step.step: step.reason for step in explain_record(platform, plan.record, plan.listings)}
        assert {step: reason for step, reason in explained.items() if reason} == reasons, changed
        assert plan.record.reused_jobs.keys() == steps - reasons.keys(), changed
        assert {job.step for job in plan.jobs} == reasons.keys(), changed
        assert plan.record.same_as is None, changed


def test_a_run_of_arrival_time_does_what_the_plan_said(tmp_path: Path) -> None:
    """One hyperparameter changed: one of two branches runs, and the steps that read from it. The scripts are short."""
    (name, old, new), reasons = CHANGES["a hyperparameter"]
    repo, store = shutil.copytree(MODEL_REPOS / "arrival-time", tmp_path / "arrival-time"), tmp_path / "store"
    shorten(repo)
    first = train(repo, store)
    change(repo, name, old, new)
    second = train(repo, store)
    assert [job["step"] for job in second.document["jobs"]] == ["zones", "train", "evaluate"]
    assert second.document["outcome"] == "registered"
    with up(store, local_platform("", store), handlers={}) as local_aws:
        explained = explain_run(local_aws.platform, "arrival-time", second.document["run"])
    assert {step.step: step.reason for step in explained} == {"clean": "", "split": "", **reasons}
    assert {step.run for step in explained} == {first.document["run"]}
