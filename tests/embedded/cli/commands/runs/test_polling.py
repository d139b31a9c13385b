"""`runs watch` and `runs logs --follow` say after Ctrl-C how to go on, for a platform on AWS and for this computer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from pushtrain.catalog import job_kinds
from pushtrain.cli.commands.runs import logs, polling, watch
from pushtrain.platform import PLATFORM_VARIABLE, Platform
from pushtrain.runs import Job, Run

TRAINING = Job(step="train", name="j2", kind=job_kinds.TRAINING, status="InProgress", seconds=0.0, started=1.0)
RUNNING = Run(model="m", run="r", status="RUNNING", started=0.0, seconds=1.0, outcome="", jobs=(TRAINING,))
Types = Callable[..., tuple[int, str, str]]

COMMANDS = [
    ("watch r", "m · run r\n", "watch r"),
    ("logs r --follow", "", "logs r --follow"),
    ("logs r --follow --step train", "", "logs r --follow --step train"),
]


@pytest.mark.parametrize(("words", "printed", "resume"), COMMANDS)
@pytest.mark.parametrize("local", [False, True])
def test_ctrl_c_ends_the_watching_and_says_how_to_go_on(
    words: str,
    printed: str,
    resume: str,
    local: bool,
    typed: Types,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(polling, "wait", interrupt)
    for module in (logs, watch):
        monkeypatch.setattr(module, "find_run", lambda platform, run: RUNNING)
    monkeypatch.setattr(polling, "read_run", lambda platform, model, run: replace(RUNNING, jobs=()))
    monkeypatch.setattr(watch, "find_usual_seconds", lambda platform, model, except_run: {})
    monkeypatch.setattr(polling, "find_program", lambda: "pushtrain")
    monkeypatch.setenv(PLATFORM_VARIABLE, Platform.local("dev").to_json())
    option = f"--local --store {tmp_path}" if local else "--environment dev"
    note = f"\ninterrupted\nthe run goes on. Go on watching with: pushtrain runs {resume} {option}\n"
    assert typed("runs", *words.split(), *option.split()) == (130, printed, note)
