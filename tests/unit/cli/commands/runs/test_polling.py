"""How often and from where a watched run is read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from msgspec.structs import replace

from pushtrain.cli.commands.runs import polling
from pushtrain.platform import Platform
from pushtrain.runs import Run

RUN = Run(model="churn", run="r1", status="RUNNING", started=0.0, seconds=1.0, outcome="")


def test_each_read_opens_the_platform_again(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[dict[str, Any]] = []

    @contextmanager
    def open_platform(**platform_args: Any) -> Iterator[Platform]:
        opened.append(platform_args)
        yield Platform.local("dev")

    monkeypatch.setattr(polling, "open_platform", open_platform)
    monkeypatch.setattr(
        polling, "read_run", lambda platform, model, run: replace(RUN, reason=f"{platform.environment} {model} {run}")
    )
    read = polling.make_reader(RUN, {"local": True})
    assert [read().reason, read().reason] == ["dev churn r1"] * 2
    assert opened == [{"local": True}] * 2


def test_this_computer_is_read_more_often_than_aws() -> None:
    assert [polling.choose_pause({"local": local}) for local in (True, False)] == [1.0, 5.0]


def test_the_note_is_a_command_that_can_be_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "find_program", lambda: "venv/bin/pushtrain")
    note = "the run goes on. Go on watching with: venv/bin/pushtrain runs watch r1 --local"
    assert polling.format_resume_note("watch r1 --local") == note
