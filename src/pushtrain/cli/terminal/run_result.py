"""Print how a run on this computer ended: the gate, the registered version or the failure, and what to do next.

In: the Run with its verdict, and the last lines that its jobs printed. Out: lines for a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from pushtrain.cli.terminal.candidate_text import format_candidates
from pushtrain.cli.terminal.hints import find_program
from pushtrain.cli.terminal.run_text import format_reason, list_logs
from pushtrain.cli.terminal.verdict_text import (
    describe_others,
    format_condition,
    format_mark,
    format_success,
    pair_groups,
    select_conditions,
)
from pushtrain.decide.verdict import FAILED
from pushtrain.layout import build_report_key, split_uri
from pushtrain.local.platform import short_path
from pushtrain.report import list_judged_conditions
from pushtrain.runs import Failure, Run, find_advice

if TYPE_CHECKING:
    from pushtrain.platform import Platform
    from pushtrain.registry import EarlierVersion
    from pushtrain.report import JudgedCondition


class RunResult(Struct, frozen=True, kw_only=True):
    """A run that has ended. `read_tail` returns the last lines that a job printed, by the job's name."""

    run: Run
    platform: Platform
    store: Path
    same_as: EarlierVersion | None
    read_tail: Callable[[str], Sequence[str]]

    def lines(self) -> Iterator[str]:
        """Yield the lines to print."""
        yield from (f"  {line}" for line in format_candidates(self.run))
        yield from (f"  {line}" for line in list_logs(self.run, self.platform.cli_option))
        if self.run.error:
            yield from self._failure_lines(self.run.error)
            return
        conditions = list_judged_conditions(self.run.verdict) if self.run.verdict else ()
        yield from self._condition_lines(conditions)
        serving = self.run.verdict.serving if self.run.verdict else None
        if serving:
            yield f"  {format_success(serving.serves)} {'serves':<10}  {serving.describe()}"
            for rows in serving.comparisons:
                mark = rows.mark if rows.outcome == "skipped" else format_success(rows.holds)
                yield f"  {mark} {rows.label:<10}  {rows.describe()}"
        champion = self.run.verdict.champion if self.run.verdict else None
        if champion and champion.status != FAILED:  # the reason says that
            yield f"champion    {champion.text}"
        yield f"run         {self.run.run}"
        if self.run.outcome == "registered":
            yield from self._registered_lines()
            return
        unmet = [condition.name for condition in conditions if not condition.met]
        has_reason = champion is None and unmet
        reason = f"gate not met: {', '.join(unmet)}" if has_reason else self.run.reason
        yield f"{click.style('not registered', fg='yellow')}  {reason}"
        if self.run.experiment is not None:
            yield f"next        {find_program()} runs report {self.run.run}{self.platform.cli_option}"

    def _condition_lines(self, conditions: Sequence[JudgedCondition]) -> Iterator[str]:
        for condition, groups in pair_groups(select_conditions(conditions)):
            yield f"  {format_mark(condition)} {'gate':<10}  {format_condition(condition)}"
            if groups:
                yield f"    {'':<10}  {groups}"
        if others := describe_others(
            conditions, f"{find_program()} runs show {self.run.run}{self.platform.cli_option}"
        ):
            yield f"    {'gate':<10}  {others}"

    def _registered_lines(self) -> Iterator[str]:
        model, version = self.run.model, self.run.model_version
        yield from self._file_lines()
        yield f"{click.style('registered', fg='green')}  {model} version {version} · PendingManualApproval"
        if self.same_as:
            yield f"note        {self.same_as}"
        yield f"next        {find_program()} models approve {model} {version}{self.platform.cli_option}"

    def _file_lines(self) -> Iterator[str]:
        """Yield where the trained models, by step if there are several, and the report are on this computer."""
        lost = {step for candidate in self.run.candidates if candidate.rank != 1 for step in candidate.steps}
        jobs = [job for job in self.run.jobs if job.model_uri and job.step not in lost]
        models = [(job.step, split_uri(job.model_uri)[1]) for job in jobs]
        width = max((len(step) for step, _ in models), default=0)
        has_several = len({step for step, _ in models}) > 1
        lines = [(f"{'model':<10}  {step:<{width}}" if has_several else "model", key) for step, key in models]
        for head, key in (*lines, ("report", build_report_key(self.run.model, self.run.run))):
            for path in (self.store / "s3").glob(f"*/{key}"):
                yield f"{head:<10}  {short_path(path)}"

    def _failure_lines(self, error: Failure) -> Iterator[str]:
        yield f"{click.style('failed', fg='red')}  {error.step}: {format_reason(self.run)}"
        jobs = [job.result_name for job in self.run.jobs if job.step == error.step]
        if jobs:
            if tail := self.read_tail(jobs[-1]):
                yield f"last lines of {error.step}:"
                yield from (f"    {line}" for line in tail)
            yield f"full log    {short_path(self.store / 'jobs' / jobs[-1] / 'log.txt')}"
        yield f"run         {self.run.run}"
        if advice := find_advice(error.reason):
            yield f"try         {advice}"
