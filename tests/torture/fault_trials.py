"""Deliver an event while one AWS call of its handler fails, repeat the delivery as AWS does, and look at what is left.

A trial is one event that was not handled yet. Its problems begin with one of the words of PROBLEMS.
"""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.torture.faulty_aws import FAULTS, OVERTAKEN, FaultyAws, Killed, inject

PROBLEMS = ("lost", "doubled", "stuck", "news lost", "untrue")
RETRIES = 2  # of Lambda, for an event that a handler failed to process; the push queue delivers more often


class Trial(ABC):
    """One event, with a world of its own in embedded AWS."""

    @abstractmethod
    def deliver(self) -> None:
        """Hand the event to its handler. Raises what the handler raises."""

    @abstractmethod
    def find_problems(self) -> Iterator[str]:
        """Yield what is wrong now that the event was handled."""

    def deliver_meanwhile(self, operation: str) -> None:
        """Deliver what comes before this operation of another delivery: the same event, if the trial has no other."""
        self.deliver()

    def prepare_retry(self) -> None:  # noqa: B027 - most trials change nothing
        """Change the world between a delivery that failed and the next one."""

    def complete(self) -> None:  # noqa: B027 - after most events comes no other
        """Deliver what comes after the event."""


def import_handler(name: str) -> Callable[[dict[str, Any], object], dict[str, Any]]:
    """Return the handler of a Lambda function, such as `on_push`."""
    handler: Callable[[dict[str, Any], object], dict[str, Any]]
    handler = importlib.import_module(f"pushtrain_lambda.{name}").handler
    return handler


StartTrial = Callable[[int], Trial]  # number of the trial -> a trial in a world that no other has


@dataclass
class Figures:
    """The trials of one handler: how many, and how many had each problem. `failures` has them in words."""

    trials: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def add(self, name: str, problems: Sequence[str]) -> None:
        self.trials += 1
        self.counts.update({problem.partition(":")[0] for problem in problems})
        self.failures += [f"{name}: {problem}" for problem in problems]


def run_trials(start: StartTrial, limit: int) -> Figures:
    """Let each AWS call of the handler have each fault, or, evenly chosen, at most `limit` of these pairs."""
    figures, calls = Figures(), list_calls(start(0))
    pairs = [(number, fault) for number in range(len(calls)) for fault in FAULTS]
    step = max(1, -(-len(pairs) // limit))
    if step > 1 and step % len(FAULTS) == 0:
        step += 1  # else each chosen pair would have the same fault
    for trial_number, (number, fault) in enumerate(pairs[::step], start=1):
        figures.add(f"{number} {calls[number]}, {fault}", run_trial(start(trial_number), number, fault))
    return figures


def list_calls(trial: Trial) -> list[str]:
    """Return the AWS calls of a delivery without faults, which must leave no problem."""
    faulty = FaultyAws()
    with inject(faulty):
        trial.deliver()
    trial.complete()
    assert list(trial.find_problems()) == []
    return faulty.calls


def run_trial(trial: Trial, number: int, fault: str) -> list[str]:
    """Return the problems after a delivery with a fault, Lambda's retries, and one more delivery of the event."""
    faulty = FaultyAws(number, fault, trial.deliver_meanwhile)
    error = _attempt(trial, faulty)
    assert len(faulty.calls) > number or fault == OVERTAKEN, f"the call {number} was not made"
    for _ in range(RETRIES):
        if error is None:
            break
        trial.prepare_retry()
        error = _attempt(trial, FaultyAws())
    if error:
        return [f"stuck: {error!r}"]
    trial.complete()
    if problems := list(trial.find_problems()):
        return problems
    if error := _attempt(trial, FaultyAws()):  # every event may come twice
        return [f"stuck: delivered again, {error!r}"]
    return [f"{problem} (delivered again)" for problem in trial.find_problems()]


def _attempt(trial: Trial, faulty: FaultyAws) -> BaseException | None:
    """Deliver the event once. Return what the handler raised, or Killed if its process died."""
    try:
        with inject(faulty):
            trial.deliver()
    except (Exception, Killed) as error:  # noqa: BLE001 - like Lambda, which takes any error for a failure
        return error
    return None
