"""`runs redrive --failed`: nothing is redriven before somebody agrees, and one refusal does not stop the others."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from msgspec.structs import replace

import pushtrain.runs
from pushtrain.cli.commands.runs import redrive_failed
from pushtrain.errors import OperatorError
from pushtrain.platform import PLATFORM_VARIABLE, Platform
from pushtrain.runs import Failure, Redrive, RedriveCandidate, Run

DEV = replace(Platform.local("dev"), account="111122223333")
Types = Callable[..., tuple[int, str, str]]
STARTED = 1795244400.0  # 2026-11-21 07:00 UTC
REASON = Failure(step="train", reason="no capacity")
R1 = Run(model="churn", run="r1", status="FAILED", started=STARTED, seconds=9.0, outcome="failed", error=REASON)
R2, R3 = replace(R1, run="r2", model="digits", redrives=1), replace(R1, run="r3")
GOES_ON = Redrive(state="train", stopped_states=("embed",))
REFUSAL = "run r3 of churn ended in the state 'no metric' of its own definition. Redriven, it would end there again"
CANDIDATES = [
    RedriveCandidate(run=R1, redrive=GOES_ON),
    RedriveCandidate(run=R2, redrive=GOES_ON),
    RedriveCandidate(run=R3, refusal=REFUSAL),
]
LISTED = (
    "MODEL   RUN  STARTED           GOES ON AT  FAILED BECAUSE\n"
    "churn   r1   2026-11-21 07:00  train       no capacity\n"
    "digits  r2   2026-11-21 07:00  train       no capacity\n"
)
LEFT_OUT = f"left out  {REFUSAL}\n"
REDRIVEN = "redriven  churn · run r1 goes on at 'train'\nredriven  digits · run r2 goes on at 'train'\n"


class Platforms:
    """What was asked of the platform, and what it answers."""

    def __init__(self) -> None:
        self.requests: list[tuple[str | None, float]] = []
        self.redriven: list[str] = []
        self.candidates: Sequence[RedriveCandidate] = CANDIDATES
        self.errors: dict[str, Exception] = {}

    def find(self, platform: Platform, model: str | None, since: float) -> Sequence[RedriveCandidate]:
        self.requests.append((model, since))
        return self.candidates

    def redrive(self, platform: Platform, run: Run) -> Redrive:
        if run.run in self.errors:
            raise self.errors[run.run]
        self.redriven.append(run.run)
        return GOES_ON


@pytest.fixture
def platforms(monkeypatch: pytest.MonkeyPatch) -> Platforms:
    platforms = Platforms()
    monkeypatch.setenv(PLATFORM_VARIABLE, DEV.to_json())
    monkeypatch.setattr(pushtrain.runs, "find_redrive_candidates", platforms.find)
    monkeypatch.setattr(redrive_failed, "redrive_run", platforms.redrive)
    monkeypatch.setattr(redrive_failed, "find_program", lambda: "pushtrain")
    return platforms


def answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let somebody at a terminal answer the question."""
    monkeypatch.setattr(redrive_failed, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: text)


def test_without_an_answer_the_runs_are_listed_only(platforms: Platforms, typed: Types) -> None:
    hint = "nothing was redriven: add --yes to redrive them\n"
    assert typed("runs", "redrive", "--failed") == (0, LISTED, LEFT_OUT + hint)
    code, out, err = typed("runs", "redrive", "--failed", "churn", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)[0] == {
        "model": "churn",
        "run": "r1",
        "started": "2026-11-21T07:00:00+00:00",
        "reason": "no capacity",
        "state": "train",
        "runs_again": ["embed"],
        "redriven": False,
        "redrives": 0,
        "refused": None,
    }
    assert (json.loads(out)[2]["state"], json.loads(out)[2]["refused"]) == (None, REFUSAL)
    assert (platforms.requests, platforms.redriven) == ([(None, 0.0), ("churn", 0.0)], [])


def test_with_yes_all_of_them_go_on(platforms: Platforms, typed: Types) -> None:
    next_step = "next      pushtrain runs list --status running --environment dev\n"
    code, out, err = typed("runs", "redrive", "--failed", "--yes", "--environment", "dev")
    assert (code, out, err) == (0, LISTED + REDRIVEN + next_step, LEFT_OUT)
    code, out, _ = typed("runs", "redrive", "--failed", "--yes", "--json")
    assert [(each["redriven"], each["redrives"]) for each in json.loads(out)] == [(True, 1), (True, 2), (False, 0)]
    assert platforms.redriven == ["r1", "r2", "r1", "r2"]


@pytest.mark.parametrize(("text", "redriven"), [("y", ["r1", "r2"]), ("n", []), ("", [])])
def test_at_a_terminal_somebody_is_asked(
    platforms: Platforms, typed: Types, monkeypatch: pytest.MonkeyPatch, text: str, redriven: list[str]
) -> None:
    answer(monkeypatch, text)
    code, out, _ = typed("runs", "redrive", "--failed")
    assert (code, out.startswith(LISTED), platforms.redriven) == (0, True, redriven)


def test_a_run_that_aws_refuses_does_not_stop_the_others(platforms: Platforms, typed: Types) -> None:
    platforms.errors["r1"] = OperatorError("run r1 of churn cannot be redriven: somebody was faster")
    code, out, err = typed("runs", "redrive", "--failed", "--yes")
    assert (code, platforms.redriven) == (1, ["r2"])
    failed = "failed    churn · run r1: run r1 of churn cannot be redriven: somebody was faster\n"
    assert (REDRIVEN.splitlines()[1] in out, err) == (True, LEFT_OUT + failed)
    denied: Any = {"Error": {"Code": "AccessDeniedException", "Message": "no"}}
    platforms.errors["r1"] = ClientError(denied, "RedriveExecution")
    code, out, _ = typed("runs", "redrive", "--failed", "--yes", "--json")
    first, second, _ = json.loads(out)
    assert (code, first["redriven"], second["redriven"], "(AccessDeniedException)" in first["refused"]) == (
        1,
        False,
        True,
        True,
    )


def test_no_failed_run_is_no_failure(platforms: Platforms, typed: Types) -> None:
    platforms.candidates = []
    nothing = "no failed run of the last 14 days can be redriven\n"
    assert typed("runs", "redrive", "--failed", "--yes") == (0, nothing, "")
    assert json.loads(typed("runs", "redrive", "--failed", "--json")[1]) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "which run? Name one, or give --failed for every failed run\n"),
        (("r1", "--failed"), "which run? Name one, or give --failed for every failed run\n"),
        (
            ("--failed", "--local"),
            "--failed is for runs on AWS. Here, redrive one at a time: pushtrain runs redrive RUN --local\n",
        ),
        (
            ("r1", "--yes"),
            "--since and --yes belong to --failed, which redrives more than one run. Leave them out\n",
        ),
        (
            ("r1", "--since", "1d"),
            "--since and --yes belong to --failed, which redrives more than one run. Leave them out\n",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(
    platforms: Platforms, typed: Types, words: tuple[str, ...], message: str
) -> None:
    code, out, err = typed("runs", "redrive", *words)
    assert (code, out, err) == (2, "", message)
    assert platforms.requests == []
