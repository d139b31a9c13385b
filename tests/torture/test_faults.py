"""Every handler survives a fault of any AWS call that it makes: nothing is lost, doubled or stuck, and no news is lost.

`make torture` tries each fault of each call. With PUSHTRAIN_TORTURE=10 each event has 20 trials, evenly chosen; without
it, a few events have four.
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from pushtrain import aws
from pushtrain.aws import client
from pushtrain.failures import queue
from pushtrain.local.aws import LocalAws, up
from pushtrain.local.states.executions import Executions
from pushtrain.platform import PLATFORM_VARIABLE, Platform
from tests.embedded.launch.plain import PLAIN, PLATFORM, launch_push, upload_plain
from tests.embedded.serving.approvals import Bus, with_topic
from tests.torture.approval_trials import PREPARATIONS, ApprovalTrial
from tests.torture.decide_trials import DecideTrial
from tests.torture.fault_trials import PROBLEMS, StartTrial, run_trials
from tests.torture.push_trials import PushTrial, RefusedTrial, ResumingTrial
from tests.torture.replay_trials import ReplayTrial, accept_invocations
from tests.torture.run_end_trials import RunEndTrial

ROUNDS = int(os.environ.get("PUSHTRAIN_TORTURE", "2"))
HAS_ALL_EVENTS = ROUNDS >= 10
LIMIT = 2 * ROUNDS if ROUNDS < 100 else 100_000  # trials of each event; `make torture` tries all
VOLUME = ("train:\n", "train:\n  volume: 31GB\n")
MISTAKE = ("train:", "trian:")
RecordFigures = Callable[[str, object], None]


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def local_aws(tmp_path: Path, bus: Bus, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    """Embedded AWS, whose only function keeps the events of decisions."""
    module = ModuleType("the_bus_of_faults")
    module.handler = bus.handler  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    set_platform(PLATFORM, monkeypatch)
    monkeypatch.setattr(aws, "client", functools.cache(aws.client))  # a new client takes longer than its call
    with up(tmp_path / "store", PLATFORM, handlers={"on_approval": "the_bus_of_faults.handler"}) as running:
        yield running


@pytest.fixture
def no_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that starts stays RUNNING, and starts no job."""
    monkeypatch.setattr(Executions, "_run", lambda *_: None)


def set_platform(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PLATFORM_VARIABLE, platform.to_json())


def check(name: str, start: StartTrial, record_property: RecordFigures) -> None:
    """Run the trials of a handler. Their figures are printed at the end of `make torture`."""
    figures = run_trials(start, LIMIT)
    counts = {word: figures.counts[word] for word in PROBLEMS}
    record_property("faults", {"name": name, "trials": figures.trials, **counts})
    assert not figures.failures, "\n".join(figures.failures)


def select(names: Iterable[str], *few: str) -> Sequence[str]:
    """Return all names for `make torture`, else only a few of them."""
    return list(names) if HAS_ALL_EVENTS else few


PUSHES: dict[str, Callable[..., PushTrial]] = {
    "push, new model": PushTrial,
    "push, new definition": partial(PushTrial, change=VOLUME, earlier=True),
    "push, same definition": partial(PushTrial, earlier=True),
    "push, continues checkpoints": ResumingTrial,
    "push, refused": partial(RefusedTrial, change=MISTAKE),
}


@pytest.mark.parametrize("name", select(PUSHES, "push, new model", "push, refused"))
@pytest.mark.usefixtures("local_aws", "no_jobs")
def test_a_push_has_one_run_or_one_refusal(name: str, tmp_path: Path, record_property: RecordFigures) -> None:
    check(name, partial(PUSHES[name], tmp_path / "repos"), record_property)


@pytest.mark.usefixtures("local_aws")
def test_a_push_whose_run_has_ended_before_it_comes_again_has_one_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: RecordFigures
) -> None:
    monkeypatch.setattr(Executions, "_run", lambda self, arn, *_: self.finish(arn, "SUCCEEDED", output="{}"))
    check("push, run ends at once", partial(PushTrial, tmp_path / "repos"), record_property)


@pytest.mark.parametrize("name", select(PREPARATIONS, "approval, overtaken by the next", "approval, then deleted"))
@pytest.mark.usefixtures("local_aws")
def test_a_decision_takes_effect_once_and_people_read_it(
    name: str, bus: Bus, monkeypatch: pytest.MonkeyPatch, record_property: RecordFigures
) -> None:
    topic = client("sns").create_topic(Name="people")["TopicArn"]
    set_platform(with_topic(topic), monkeypatch)
    check(name, partial(ApprovalTrial, bus, topic, PREPARATIONS[name]), record_property)


def test_a_run_gets_one_verdict(local_aws: LocalAws, record_property: RecordFigures) -> None:
    check("decide", partial(DecideTrial, local_aws.store), record_property)


@pytest.mark.parametrize("status", select(["SUCCEEDED", "FAILED"], "FAILED"))
def test_the_end_of_a_run_is_written(
    status: str, local_aws: LocalAws, tmp_path: Path, record_property: RecordFigures
) -> None:
    repo = Path(shutil.copytree(PLAIN, tmp_path / "repo"))
    if status == "FAILED":
        (repo / "train.py").write_text("raise SystemExit(3)\n")
    run = launch_push(upload_plain(repo))
    assert local_aws.wait(run.arn)["status"] == status
    check(f"run end, {status}", partial(RunEndTrial, run, status), record_property)


@pytest.mark.usefixtures("local_aws")
def test_a_failed_event_that_is_replayed_reaches_its_handler(
    monkeypatch: pytest.MonkeyPatch, record_property: RecordFigures
) -> None:
    monkeypatch.setattr(queue, "LONG_POLL", 0)
    client("sqs").create_queue(QueueName=PLATFORM.failure_queue)
    invocations: list[dict[str, object]] = []
    with accept_invocations(invocations):
        check("replay", partial(ReplayTrial, PLATFORM, invocations), record_property)
