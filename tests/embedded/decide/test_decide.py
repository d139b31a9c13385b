"""Attacks on what a gate judges, in whole runs: handlers, state machine and scripts are the real ones.

A job may write below all runs of its team, so any script can replace the files of another run. A planted file must not
be registered, must not serve, and must not change what people read.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import pushtrain
from pushtrain import aws
from pushtrain.local.events import Event, StateEntered, StateExited
from pushtrain.platform import Platform
from pushtrain.report import gather_facts
from pushtrain.runs import Run
from tests.embedded.conftest import MakeRepo

pytestmark = pytest.mark.slow
ARTIFACTS = Platform.local().artifact_bucket
AGAIN = (
    "was written or deleted again after the job that made it: it has 2 versions and 0 deletions. So nobody can say "
    "which of them was evaluated. Push with --again"
)
StateEvent = type[StateEntered] | type[StateExited]
# What a script does that replaces files of all runs of the model `plain`: {names} are their last parts.
PLANT = """
import boto3
s3 = boto3.client("s3")
for item in s3.list_objects_v2(Bucket="{bucket}", Prefix="plain/runs/")["Contents"]:
    if item["Key"].endswith({names}):
        s3.put_object(Bucket="{bucket}", Key=item["Key"], Body=b'{body}')
"""


def plant(*names: str, body: str = "planted") -> str:
    """Return a piece of a script that overwrites every file of these names in the runs of plain."""
    return PLANT.format(bucket=ARTIFACTS, names=names, body=body)


def list_keys(suffix: str) -> list[str]:
    """Return the keys of the artifact bucket that end so."""
    listed = aws.client("s3").list_objects_v2(Bucket=ARTIFACTS).get("Contents", ())
    return [item["Key"] for item in listed if item["Key"].endswith(suffix)]


def read_body(key: str) -> bytes:
    """Return the newest version of a file."""
    body: bytes = aws.client("s3").get_object(Bucket=ARTIFACTS, Key=key)["Body"].read()
    return body


def overwrite(suffix: str, body: bytes | None) -> None:
    """Write a file again, as a job of another run may. Without `body`, put the same bytes back."""
    (key,) = list_keys(suffix)
    aws.client("s3").put_object(Bucket=ARTIFACTS, Key=key, Body=read_body(key) if body is None else body)


def when(kind: StateEvent, state: str, attack: Callable[[], None]) -> Callable[[Event], None]:
    """Return a callback for a run: the attack happens when this state starts or ends."""

    def on_event(event: Event) -> None:
        if isinstance(event, kind) and event.state == state:
            attack()

    return on_event


def run(folder: Path, store: Path, on_event: Callable[[Event], None] = lambda _: None) -> Run:
    return pushtrain.run(folder, store=store, on_event=on_event)


def read_script(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="utf-8")


def assert_refused(attacked: Run, reason: str) -> None:
    """The run failed before the gate, in these words, and registered nothing."""
    assert (attacked.outcome, attacked.model_version, attacked.verdict) == ("failed", None, None)
    assert attacked.error is not None
    assert attacked.error.step == "gate"
    assert reason in attacked.error.reason


def test_an_evaluation_script_that_replaces_the_model_it_evaluates_registers_nothing(
    make_repo: MakeRepo, tmp_path: Path
) -> None:
    folder = make_repo()
    script = read_script(folder, "evaluation.py") + plant("model.tar.gz")
    attacked = run(make_repo(files={"evaluation.py": script}), tmp_path / "store")
    assert_refused(attacked, f"/output/model.tar.gz {AGAIN}")


@pytest.mark.parametrize(
    ("kind", "suffix", "body"),
    [
        (StateEntered, "output/model.tar.gz", None),
        (StateExited, "output/model.tar.gz", b"planted"),
        (StateExited, "evaluation/evaluation.json", b'{"error": 0}'),
    ],
    ids=["the model, put back", "the model, afterwards", "the metrics, afterwards"],
)
def test_a_file_that_another_job_writes_again_before_the_verdict_is_not_registered(
    make_repo: MakeRepo, tmp_path: Path, kind: StateEvent, suffix: str, body: bytes | None
) -> None:
    attacked = run(make_repo(), tmp_path / "store", when(kind, "evaluate", lambda: overwrite(suffix, body)))
    assert_refused(attacked, f"/{suffix} {AGAIN}")


@pytest.fixture
def registered(make_repo: MakeRepo, tmp_path: Path) -> tuple[Path, Run, bytes]:
    """A store with version 1 of plain, its run, and its model. Then a job of another model overwrote its files."""
    store = tmp_path / "store"
    first = run(make_repo(), store)
    assert first.outcome == "registered"
    with pushtrain.open_platform(store=store):
        (key,) = list_keys("model.tar.gz")
        model = read_body(key)
    files = {
        "config.yaml": read_script(make_repo(), "config.yaml").replace("model: plain", "model: rival"),
        "train.py": read_script(make_repo(), "train.py")
        + plant("model.tar.gz", "evaluation.json", body='{"error": -1}'),
    }
    assert run(make_repo(files=files), store).outcome == "registered"
    return store, first, model


def test_the_version_that_was_evaluated_serves_whatever_another_model_s_job_wrote_later(
    registered: tuple[Path, Run, bytes], tmp_path: Path
) -> None:
    store, first, model = registered
    with pushtrain.open_platform(store=store) as platform:
        (key, *_) = [key for key in list_keys("model.tar.gz") if key.startswith("plain/")]
        assert read_body(key) != model  # the attack worked
        (version,) = pushtrain.models.list_versions(platform, "plain")
        assert version.metrics == first.metrics
        pushtrain.models.approve_version(platform, "plain", 1)
        fetched = pushtrain.models.fetch_model(platform, "plain", file=tmp_path / "model.tar.gz")
    assert fetched.file.read_bytes() == model


def plant_evaluation(execution_path: str) -> None:
    """Write an evaluation.json where the evaluation job of the only run will look for it, as another job may."""
    run = execution_path.rpartition(":")[2]
    key = f"plain/runs/{run}/evaluate/pushtrain-plain-evaluate-{run}-0-0/evaluation/evaluation.json"
    aws.client("s3").put_object(Bucket=ARTIFACTS, Key=key, Body=b'{"error": 0}')


@pytest.mark.parametrize("kind", [StateEntered, StateExited], ids=["before the job", "after the job"])
def test_metrics_in_place_of_those_that_the_evaluation_did_not_write_are_not_judged(
    make_repo: MakeRepo, tmp_path: Path, kind: StateEvent
) -> None:
    """There is exactly one version: only the job itself can tell that it is not its own."""

    def attack(event: Event) -> None:
        if isinstance(event, kind) and event.state == "evaluate":
            plant_evaluation(event.execution)

    attacked = run(make_repo(files={"evaluation.py": "print('nothing to say')"}), tmp_path / "store", attack)
    name = f"pushtrain-plain-evaluate-{attacked.run}-0-0"
    assert_refused(
        attacked,
        f"s3://{ARTIFACTS}/plain/runs/{attacked.run}/evaluate/{name}/evaluation/evaluation.json is not from the "
        f"evaluate job {name}, which wrote none. Another job may have put it there. The script must write it to "
        "/opt/ml/processing/evaluation; then push with --again",
    )


PLOTS = """
residuals = {"predicted": [1, 2], "actual": [7, 9]}
(processing / "evaluation" / "plots.json").write_text(json.dumps({"residuals": residuals}))
Path("/opt/ml/output/message").write_text("two rows")
"""
FORGED = b'{"residuals": {"predicted": [1, 2], "actual": [1, 2]}}'


def test_the_report_draws_the_plots_that_were_judged_and_says_if_they_are_gone(
    make_repo: MakeRepo, tmp_path: Path
) -> None:
    store, script = tmp_path / "store", read_script(make_repo(), "evaluation.py") + PLOTS
    first = run(make_repo(files={"evaluation.py": script}), store)
    assert first.verdict is not None
    assert first.verdict.plots is not None
    assert [job.reason for job in first.jobs] == ["", "", "two rows"]
    with pushtrain.open_platform(store=store) as platform:
        version = pushtrain.models.read_version(platform, "plain", 1)
        overwrite("plots.json", FORGED)
        facts = gather_facts(platform, version)
        assert (facts.plots.residuals, facts.lost_files) == (((1, 6), (2, 7)), ())
        key = first.verdict.plots.uri.removeprefix(f"s3://{ARTIFACTS}/")
        aws.client("s3").delete_object(Bucket=ARTIFACTS, Key=key, VersionId=first.verdict.plots.version)
        facts = gather_facts(platform, version)
        assert (facts.plots.residuals, facts.lost_files) == (None, ("plots.json",))
