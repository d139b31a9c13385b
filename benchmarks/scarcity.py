"""Simulates ten runs that share two instances: with the definition that pushtrain compiles, and AWS's answers.

In: the Task of `train` with its Retry, its Catch and the loop behind it, as compiled from config.yaml. Out: rows of a
table. Time is simulated, so nothing waits and nothing is measured.

`make torture` prints the table; `tests/torture/test_scarcity.py` checks that all runs finish. A quota of the account is
counted when the job is created. If AWS itself has no instance, the job fails after a while, for which 10 minutes are
assumed. Unknown is how long SageMaker takes to free an instance; each run takes 5 minutes longer than its training.
"""

from __future__ import annotations

import heapq
import json
import random
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import count
from typing import Any

from msgspec import Struct, field

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow

MINUTE, HOUR = 60.0, 3600.0
RUNS, INSTANCES, TRAINING = 10, 2, 2 * HOUR
OVERHEAD, GIVES_UP = 5 * MINUTE, 10 * MINUTE  # seconds, assumed: see above
STEP = "train"
CONFIG = "model: churn\ntrain: {{framework: pytorch 2.6, instance: ml.g5.xlarge{}}}\n"
LIMIT = "The account-level service limit 'ml.g5.xlarge for training job usage' is {} Instances, in use:"
Process = Generator[float, None, bool]  # yields the seconds that it waits; returns whether the run has finished


class TaskError(Exception):
    """What a Task fails with: its error and its cause."""

    def __init__(self, name: str, cause: str) -> None:
        super().__init__(f"{name}: {cause}")
        self.name, self.cause = name, cause


class Aws(Struct):
    """An account. `quota` is counted at the call, `free` are the instances that AWS itself has."""

    quota: int
    free: int
    used: int = 0
    jobs: Counter[str] = field(default_factory=Counter)  # how many were created, failed or trained

    def train(self) -> Generator[float, None, None]:
        """Create the job and wait for its end. Raises TaskError as Step Functions does."""
        if self.used >= self.quota:
            cause = f"{LIMIT.format(self.quota)} {self.used} Instances"
            raise TaskError("SageMaker.ResourceLimitExceededException", cause)
        if self.used >= self.free:
            self.jobs["without an instance"] += 1
            yield GIVES_UP
            reason = "CapacityError: Unable to provision requested ML compute capacity."
            cause = json.dumps({"TrainingJobStatus": "Failed", "FailureReason": reason}, separators=(",", ":"))
            raise TaskError("States.TaskFailed", cause)
        self.used += 1
        self.jobs["trained"] += 1
        yield TRAINING + OVERHEAD
        self.used -= 1


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of the runs. `seconds` is when the last ended, `redrives` how often the failed ones went on."""

    finished: int
    failed: int
    seconds: float
    jobs: Counter[str]
    redrives: int


def compile_states(more: str = "") -> dict[str, Any]:
    """Return the states of a model whose `train` has more keys: `, wait_for_capacity: 12h`."""
    states: dict[str, Any] = compile_workflow(load_config(CONFIG.format(more).encode()).config, Platform.local())
    return dict(states["States"])


def simulate(states: Mapping[str, Any], aws: Aws, *, within: float = 0.0, redrives: int = 0) -> Outcome:
    """Run all runs, which start within so many seconds. `redrives`: so often, redrive those that failed in the end."""
    clock, ends = _Clock(), list[bool]()
    waiting, number = RUNS, 0
    while True:
        ends += clock.run((random.uniform(0, within), run_step(states, aws)) for _ in range(waiting))
        waiting = ends.count(False)
        if not waiting or number == redrives:
            return Outcome(finished=ends.count(True), failed=waiting, seconds=clock.now, jobs=aws.jobs, redrives=number)
        ends = [True] * ends.count(True)
        number += 1


def run_step(states: Mapping[str, Any], aws: Aws) -> Process:
    """Run the states of the step as Step Functions does."""
    waits = {"count": 0}
    while True:
        try:
            yield from run_task(states[STEP], aws)
        except TaskError as error:
            catchers = states[STEP].get("Catch")
            if not catchers:
                return False
            choice = states[catchers[0]["Next"]]
            errors = {STEP: {"Error": error.name, "Cause": error.cause}}
            name = _choose(choice, {"waits": {STEP: waits}, "errors": errors})
            if states[name]["Type"] == "Fail":
                return False
            yield states[name]["Seconds"]
            waits = {"count": waits["count"] + 1}
        else:
            return True


def run_task(task: Mapping[str, Any], aws: Aws) -> Generator[float, None, None]:
    """Run a Task with its Retry. Raises TaskError when the retries are used up."""
    attempts: Counter[int] = Counter()
    while True:
        try:
            yield from aws.train()
        except TaskError as error:
            rules = [number for number, rule in enumerate(task["Retry"]) if error.name in rule["ErrorEquals"]]
            if not rules or attempts[rules[0]] == task["Retry"][rules[0]]["MaxAttempts"]:
                raise
            yield _choose_pause(task["Retry"][rules[0]], attempts[rules[0]])
            attempts[rules[0]] += 1
        else:
            return


def holds(rule: Mapping[str, Any], document: Any) -> bool:
    """Evaluate the rule of a Choice state."""
    if "And" in rule:
        return all(holds(part, document) for part in rule["And"])
    if "Or" in rule:
        return any(holds(part, document) for part in rule["Or"])
    if "Not" in rule:
        return not holds(rule["Not"], document)
    value = document
    for key in rule["Variable"].removeprefix("$.").split("."):
        value = value[key]
    if "StringMatches" in rule:
        return fnmatchcase(value, rule["StringMatches"])
    return bool(value < rule["NumericLessThan"] if "NumericLessThan" in rule else value == rule["StringEquals"])


def _choose(choice: Mapping[str, Any], document: Any) -> str:
    return str(next((rule["Next"] for rule in choice["Choices"] if holds(rule, document)), choice["Default"]))


def _choose_pause(rule: Mapping[str, Any], attempt: int) -> float:
    seconds = min(rule["IntervalSeconds"] * rule["BackoffRate"] ** attempt, rule.get("MaxDelaySeconds", float("inf")))
    return random.uniform(0, seconds) if rule.get("JitterStrategy") == "FULL" else seconds


class _Clock:
    """Runs processes in simulated time. `now` is in seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self._order = count()

    def run(self, starts: Iterator[tuple[float, Process]]) -> list[bool]:
        """Run processes, each from so many seconds on, and return what they return."""
        events = [(self.now + delay, next(self._order), process) for delay, process in starts]
        heapq.heapify(events)
        ends: list[bool] = []
        while events:
            self.now, _, process = heapq.heappop(events)
            try:
                heapq.heappush(events, (self.now + next(process), next(self._order), process))
            except StopIteration as end:
                ends.append(end.value)
        return ends


def measure() -> list[tuple[str, str, str]]:
    """Return rows of (subject, result, note) for the table of the page."""
    random.seed(0)  # the same figures each time
    written = ", wait_for_capacity: 12h"
    return [
        _measure_row("nothing written", "a quota of 2", "", Aws(INSTANCES, RUNS)),
        _measure_row("nothing written, `runs redrive --failed` 4 times", "a quota of 2", "", Aws(INSTANCES, RUNS), 4),
        _measure_row("`wait_for_capacity: 12h`", "a quota of 2", written, Aws(INSTANCES, RUNS)),
        _measure_row("nothing written", "AWS has 2", "", Aws(RUNS, INSTANCES)),
        _measure_row("`wait_for_capacity: 12h`", "AWS has 2", written, Aws(RUNS, INSTANCES)),
        _measure_row("`wait_for_capacity: 12h`", "a quota of 0", written, Aws(0, RUNS)),
    ]


def _measure_row(subject: str, account: str, more: str, aws: Aws, redrives: int = 0) -> tuple[str, str, str]:
    outcome = simulate(compile_states(more), aws, redrives=redrives)
    time = f"the last ended after {outcome.seconds / HOUR:.1f} h"
    jobs = ", ".join(f"{number} jobs {kind}" for kind, number in sorted(outcome.jobs.items())) or "no job"
    return f"{account}: {subject}", f"{outcome.finished} of {RUNS} finished, {time}", jobs


def main() -> None:
    """Print the table."""
    for row in measure():
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
