"""Whole runs with `cache`: which steps run again after a change, why, and what an attack on reuse comes to."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pushtrain import aws
from pushtrain.launch.launch import LaunchOutcome, launch
from pushtrain.launch.start import Launched, Skipped
from pushtrain.local.aws import up
from pushtrain.local.platform import local_platform
from pushtrain.local.run import run
from pushtrain.model_repo.contents import read_model_repo
from pushtrain.plans.plan import plan_push
from pushtrain.platform import Platform
from pushtrain.pushes.event import Push
from pushtrain.pushes.upload import upload
from pushtrain.record import ImageDigest, SameRun
from pushtrain.reuse import find_jobs, forget
from pushtrain.runs import Run, StepExplanation, explain_record, explain_run, list_runs
from tests.embedded.conftest import REPOS

pytestmark = pytest.mark.slow

STEPS = ["preprocess", "train", "evaluate"]
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/custom"
NUMBERS = "\n".join(str(number % 7) for number in range(50))
FORGOTTEN = "the earlier result was forgotten with `pushtrain cache forget`"
UNCHANGED_OUTPUTS = "the outputs of the earlier job changed or are gone"


@dataclass(frozen=True)
class Trained:
    """A model repo, the store with its first run, and that run."""

    repo: Path
    store: Path
    first: Run


@pytest.fixture(scope="module")
def trained_once(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder, store = tmp_path_factory.mktemp("repo") / "plain", tmp_path_factory.mktemp("stores") / "store"
    shutil.copytree(REPOS / "plain", folder)
    for name, text in {"helper.py": "GREETING = 'hello'\n", "unused.py": "", "data/numbers.txt": NUMBERS}.items():
        (folder / name).write_text(text)
    change(folder, "config.yaml", "data:", "environments: {dev: {}, prod: {}}\ndefaults: {cache: 30d}\ndata:")
    change(folder, "train.py", "import os\n", "import os\nimport helper\n")
    return Trained(folder, store, run(folder, store=store))


@pytest.fixture
def trained(trained_once: Trained, tmp_path: Path) -> Trained:
    """A copy that a test may change."""
    return Trained(
        shutil.copytree(trained_once.repo, tmp_path / "plain"),
        shutil.copytree(trained_once.store, tmp_path / "store"),
        trained_once.first,
    )


@pytest.fixture
def repo(trained: Trained) -> Path:
    return trained.repo


@pytest.fixture
def store(trained: Trained) -> Path:
    return trained.store


@pytest.fixture
def first(trained: Trained) -> Run:
    return trained.first


def change(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))


def list_jobs(finished: Run) -> list[str]:
    assert finished.outcome == "registered", finished.error
    return [job.step for job in finished.jobs]


def explain(finished: Run, store: Path) -> dict[str, StepExplanation]:
    with up(store, local_platform("", store), handlers={}) as local_aws:
        return {step.step: step for step in explain_run(local_aws.platform, finished.model, finished.run)}


def plan(folder: Path, store: Path) -> dict[str, str]:
    """Return why each step would run, as `plan` says it; empty for one that would be reused."""
    platform = local_platform("", store)
    with up(store, platform, handlers={}):
        planned = plan_push(folder, platform)
        assert [job.step for job in planned.jobs] == [step for step in STEPS if step not in planned.record.reused_jobs]
        return {step.step: step.reason for step in explain_record(platform, planned.record, planned.listings)}


def run_again(folder: Path, store: Path, *, fresh: Iterable[str] = ()) -> list[str]:
    return list_jobs(run(folder, store=store, fresh=fresh, repeat=True))


def test_nothing_changed_so_no_job_starts_and_the_version_is_registered_with_the_earlier_model(
    repo: Path, store: Path, first: Run
) -> None:
    assert list_jobs(first) == STEPS
    assert {step.reason for step in explain(first, store).values()} == {"first run"}
    second = run(repo, store=store, repeat=True)
    assert list_jobs(second) == []
    assert (second.metrics, second.model_version) == (first.metrics, 2)
    steps = explain(second, store)
    assert [(step.run, step.reason) for step in steps.values()] == [(first.run, "")] * 3
    assert steps["train"].job == next(job.name for job in first.jobs if job.step == "train")
    with up(store, local_platform("", store), handlers={}):
        package = aws.client("sagemaker").describe_model_package(ModelPackageName=second.model_package)
    artifact = package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    assert f"/runs/{first.run}/train/" in artifact


@pytest.mark.parametrize(
    ("name", "old", "new", "reasons"),
    [
        ("train.py", "mean=", "mean= ", {"train": "train.py changed", "evaluate": "its input changed: train"}),
        ("helper.py", "hello", "bye", {"train": "helper.py changed", "evaluate": "its input changed: train"}),
        ("evaluation.py", "import json\n", "import json  # values\n", {"evaluate": "evaluation.py changed"}),
        ("unused.py", "", "# a comment\n", {}),
        (
            "config.yaml",
            "train:\n",
            "train:\n  hyperparameters: {rounds: 2}\n",
            {"train": "train.hyperparameters.rounds added (2)", "evaluate": "its input changed: train"},
        ),
        ("config.yaml", "at_most: 2.0", "at_most: 3.0", {}),
        (
            "config.yaml",
            f"evaluate:\n  image: {IMAGE}:1",
            f"evaluate:\n  image: {IMAGE}:2",
            {"evaluate": f"image {IMAGE}:1 → {IMAGE}:2"},
        ),
        (
            "data/numbers.txt",
            "0\n",
            "0\n0\n",
            {
                "preprocess": "data.numbers changed: 1 object changed",
                "train": "its input changed: preprocess",
                "evaluate": "its input changed: train, preprocess",
            },
        ),
    ],
)
def test_a_change_runs_what_it_can_change_as_the_plan_says(
    trained: Trained, name: str, old: str, new: str, reasons: dict[str, str]
) -> None:
    repo, store, first = trained.repo, trained.store, trained.first
    change(repo, name, old, new)
    assert plan(repo, store) == {step: reasons.get(step, "") for step in STEPS}
    second = run(repo, store=store)
    assert list_jobs(second) == [step for step in STEPS if step in reasons]
    explained = explain(second, store)
    assert {step: explanation.reason for step, explanation in explained.items() if explanation.reason} == reasons
    assert {explanation.run for explanation in explained.values()} == {first.run}


def list_runs_of(store: Path) -> list[str]:
    with up(store, Platform.local(), handlers={}) as local_aws:
        return [listed.run for listed in list_runs(local_aws.platform, "plain")]


def test_a_push_that_changes_nothing_starts_nothing_and_names_the_earlier_run(
    repo: Path, store: Path, first: Run
) -> None:
    platform = local_platform("", store)
    with up(store, platform, handlers={}):
        planned = plan_push(repo, platform)
    assert planned.record.same_as == SameRun(run=first.run, outcome="registered", model_version=1)
    assert run(repo, store=store).model_version == 1
    assert run(repo, store=store).run == first.run
    assert list_runs_of(store) == [first.run]
    second = run(repo, store=store, repeat=True)
    assert (second.model_version, second.jobs) == (2, ())
    assert run(repo, store=store).run == second.run  # the newest of the same


def test_a_gate_that_changed_is_decided_again_without_a_job(repo: Path, store: Path, first: Run) -> None:
    change(repo, "config.yaml", "at_most: 2.0", "at_most: -1.0")
    second = run(repo, store=store)
    assert (second.outcome, second.jobs) == ("not_registered", ())
    assert run(repo, store=store).run == second.run
    change(repo, "config.yaml", "at_most: -1.0", "at_most: 2.0")
    assert run(repo, store=store).run == first.run


def test_outputs_that_changed_make_a_push_run_again(repo: Path, store: Path, first: Run) -> None:
    change_output(store, "/evaluation.json")
    second = run(repo, store=store)
    assert second.run != first.run
    assert list_jobs(second) == ["evaluate"]


def test_a_push_with_a_step_that_always_runs_is_never_skipped(repo: Path, store: Path) -> None:
    change(repo, "config.yaml", "evaluate:\n", "evaluate:\n  cache: false\n")
    assert list_jobs(run(repo, store=store)) == ["evaluate"]
    assert list_jobs(run(repo, store=store)) == ["evaluate"]


def test_a_second_delivery_does_what_the_first_one_did(repo: Path, store: Path, first: Run) -> None:
    contents, platform = read_model_repo(repo), local_platform("", store)

    def deliver(push: Push) -> LaunchOutcome:
        return launch(push, platform)

    with up(store, platform, handlers={}) as local_aws:
        version = first.input["config"]["version"]
        pushed = Push(bucket=platform.code_bucket, model="plain", revision=first.input["revision"], version=version)
        outcome = deliver(pushed)  # the push of the first run, whose results are known by now
        assert isinstance(outcome, Launched)
        assert (outcome.run, outcome.fresh) == (first.run, False)
        skipped = upload(contents, "plain", platform, repeat=True).push
        same = SameRun(run=first.run, outcome="registered", model_version=1)
        expected = Skipped(model="plain", run=skipped.run, revision=skipped.revision, same_as=same)
        assert deliver(skipped) == expected
        aws.client("s3").delete_object(Bucket=platform.artifact_bucket, Key="plain/reuse.json")
        assert deliver(skipped) == expected
        launched = deliver(upload(contents, "plain", platform, repeat=True, allow_same=True).push)
        assert isinstance(launched, Launched)
        assert launched.fresh
        local_aws.wait(launched.arn)
    assert list_runs_of(store) == [first.run, launched.run]


def test_fresh_runs_the_steps_that_it_names_and_those_that_read_from_them(repo: Path, store: Path) -> None:
    assert run_again(repo, store, fresh=["train"]) == ["train", "evaluate"]
    assert run_again(repo, store, fresh=["evaluate"]) == ["evaluate"]
    assert run_again(repo, store, fresh="*") == STEPS
    assert run_again(repo, store) == []


def test_a_run_that_failed_is_not_reused_from(repo: Path, store: Path) -> None:
    change(repo, "train.py", "mean=", "mean= ")
    change(repo, "evaluation.py", "import json\n", "import json\nraise SystemExit('broken')\n")
    assert run(repo, store=store).outcome == "failed"
    change(repo, "evaluation.py", "raise SystemExit('broken')\n", "")
    assert run_again(repo, store) == ["train", "evaluate"]


def change_output(store: Path, suffix: str, *, delete: bool = False) -> None:
    """Write an object of the artifact bucket again with the same bytes, or delete it."""
    with up(store, Platform.local(), handlers={}) as local_aws:
        s3, bucket = aws.client("s3"), local_aws.platform.artifact_bucket
        keys = [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]]
        (key,) = [key for key in keys if key.endswith(suffix)]
        if delete:
            s3.delete_object(Bucket=bucket, Key=key)
        else:
            s3.put_object(Bucket=bucket, Key=key, Body=s3.get_object(Bucket=bucket, Key=key)["Body"].read())


@pytest.mark.parametrize("delete", [True, False])
def test_outputs_that_somebody_wrote_again_or_deleted_are_not_reused(repo: Path, store: Path, *, delete: bool) -> None:
    change_output(store, "/output/model.tar.gz", delete=delete)
    assert plan(repo, store) == {"preprocess": "", "train": UNCHANGED_OUTPUTS, "evaluate": "train runs"}
    assert run_again(repo, store) == ["train", "evaluate"]


def test_a_file_that_somebody_planted_beside_the_outputs_is_not_read_by_a_later_run(
    repo: Path, store: Path, first: Run
) -> None:
    with up(store, Platform.local(), handlers={}) as local_aws:
        job = next(job for job in first.jobs if job.step == "preprocess")
        key = f"plain/runs/{first.run}/preprocess/{job.name}/train/planted.txt"
        aws.client("s3").put_object(Bucket=local_aws.platform.artifact_bucket, Key=key, Body=b"9")
    assert run_again(repo, store) == STEPS


def test_a_forgotten_result_is_computed_again(repo: Path, store: Path) -> None:
    platform = local_platform("", store)
    with up(store, platform, handlers={}):
        forget(platform, "plain", find_jobs(platform, "plain", steps=["train"]))
    assert plan(repo, store) == {"preprocess": "", "train": FORGOTTEN, "evaluate": "train runs"}
    assert run_again(repo, store) == ["train", "evaluate"]
    assert run_again(repo, store) == []


def test_who_may_forget_cannot_plant_a_result(repo: Path, store: Path, first: Run) -> None:
    """A note of forgotten results that holds an index, or is damaged, makes steps run; it never makes one reused."""
    platform = local_platform("", store)
    with up(store, platform, handlers={}):
        s3, bucket = aws.client("s3"), platform.artifact_bucket
        index = s3.get_object(Bucket=bucket, Key="plain/reuse.json")["Body"].read()
        s3.delete_object(Bucket=bucket, Key="plain/reuse.json")
        s3.put_object(Bucket=bucket, Key=".forgotten/plain.json", Body=index)
    assert plan(repo, store) == dict.fromkeys(STEPS, "first run")
    with up(store, platform, handlers={}):
        s3.put_object(Bucket=bucket, Key="plain/reuse.json", Body=index)
    assert plan(repo, store) == {"preprocess": FORGOTTEN, "train": "preprocess runs", "evaluate": "preprocess runs"}


def test_an_index_that_cannot_be_read_makes_every_step_run_and_is_written_anew(repo: Path, store: Path) -> None:
    with up(store, Platform.local(), handlers={}) as local_aws:
        aws.client("s3").put_object(Bucket=local_aws.platform.artifact_bucket, Key="plain/reuse.json", Body=b"[]")
    assert run_again(repo, store) == STEPS
    assert run_again(repo, store) == []


def test_another_environment_has_results_of_its_own(repo: Path, store: Path) -> None:
    for environment in ("dev", "prod"):
        assert list_jobs(run(repo, store=store, environment=environment)) == STEPS
        assert list_jobs(run(repo, store=store, environment=environment, repeat=True)) == []


def test_a_tag_that_was_moved_reuses_nothing_and_says_so(
    repo: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ECR answers as on AWS: first one digest, then another one."""
    known, moved = (ImageDigest(digest=f"sha256:{digit * 64}") for digit in "12")

    def answer(digest: ImageDigest) -> None:
        monkeypatch.setattr(
            "pushtrain.launch.run_record.find_digests", lambda images, _: {image: digest for image in images if image}
        )

    answer(known)
    run_again(repo, store)
    assert plan(repo, store) == dict.fromkeys(STEPS, "")
    answer(moved)
    reasons = plan(repo, store)
    assert reasons["preprocess"] == f"image digest sha256:{'1' * 12} → sha256:{'2' * 12}"
    assert all(reason.startswith("image digest") for reason in reasons.values())
