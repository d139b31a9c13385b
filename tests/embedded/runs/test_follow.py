"""Waiting for pushes: a refusal is reported with its problems, and a limit that is reached says what goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pushtrain.errors import RunNotEnded, RunNotStarted
from pushtrain.launch.launch import launch
from pushtrain.launch.refusal import Refused
from pushtrain.launch.start import Launched
from pushtrain.local.aws import LocalAws, up
from pushtrain.model_repo.contents import read_model_repo
from pushtrain.platform import Platform
from pushtrain.pushes.event import Push
from pushtrain.pushes.upload import upload
from pushtrain.runs import Run, follow
from pushtrain.runs.follow import WaitLimits
from pushtrain.workflow.names import build_run_id

PLATFORM = msgspec.structs.replace(Platform.local("dev"), local_option="")  # stands for one on AWS
USUAL = WaitLimits()
MakeRepo = Callable[..., Path]


@pytest.fixture
def local_aws(tmp_path: Path) -> Iterator[LocalAws]:
    """Embedded AWS whose bucket wakes nobody."""
    with up(tmp_path / "store", PLATFORM, handlers={}) as running:
        yield running


def pushed(repo: Path, *, model: str = "plain", repeat: bool = False) -> Push:
    return upload(read_model_repo(repo), model, PLATFORM, repeat=repeat).push


def ended(*pushes: Push, limits: WaitLimits = USUAL) -> list[Any]:
    slept: list[float] = []
    return [how for _, how in follow.follow(pushes, PLATFORM, limits, sleep=slept.append)]


def test_a_refused_push_is_told_with_its_problems_and_only_its_own(local_aws: LocalAws, make_repo: MakeRepo) -> None:
    push = pushed(make_repo("plain"), model="other")
    assert isinstance(launch(push, PLATFORM), Refused)
    (refused,) = ended(push)
    assert isinstance(refused, Refused)
    assert "They must be equal" in str(refused.problems[0])
    assert refused.problems[0].line == 1
    anew = pushed(make_repo("plain"), model="other", repeat=True)
    with pytest.raises(RunNotStarted) as told:
        ended(anew)
    assert str(told.value) == (
        f"other: no run {build_run_id(anew.revision, anew.version)} 30m 4s after the push. The push handler failed "
        "(its operator sees why: pushtrain push-failures list --environment dev), or the run is older than the 90 days "
        "that AWS keeps one"
    )


def test_patience_that_ends_before_a_run_began_does_not_say_that_it_goes_on(
    local_aws: LocalAws, make_repo: MakeRepo
) -> None:
    push = pushed(make_repo("plain"))
    with pytest.raises(RunNotStarted) as raised:
        ended(push, limits=WaitLimits(end=5))
    assert str(raised.value) == (
        f"plain: no run {build_run_id(push.revision, push.version)} yet after 5s. The push handler may still start it: "
        "pushtrain runs list --environment dev. If no run starts, its operator sees why: "
        "pushtrain push-failures list --environment dev"
    )


def test_patience_ends_while_a_run_goes_on(local_aws: LocalAws, make_repo: MakeRepo) -> None:
    slow = make_repo("plain", {"train.py": "import time\ntime.sleep(600)\n"})
    push = pushed(slow)
    started = launch(push, PLATFORM)
    assert isinstance(started, Launched)
    with pytest.raises(RunNotEnded) as told:
        ended(push, limits=WaitLimits(start=5, end=60))
    assert str(told.value) == (
        f"plain: run {started.run} has not ended after 1m 4s. "
        f"It goes on: pushtrain runs show {started.run} --environment dev"
    )
    local_aws.stop(started.arn)
    local_aws.wait(started.arn)
    (run,) = ended(push)
    assert isinstance(run, Run)
    assert run.status == "ABORTED"
