"""What a person sees while a run goes on: a line for each step, live on a terminal, plain elsewhere.

In: events of embedded AWS, from any thread. Out: text. Decides nothing.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from pushtrain.cli.terminal.hints import find_program
from pushtrain.cli.terminal.progress import format_progress
from pushtrain.cli.terminal.stream import Terminal, cut
from pushtrain.local.platform import short_path
from pushtrain.report import judge_conditions, shorten_metric
from pushtrain.runs import Run, find_advice

if TYPE_CHECKING:
    from pushtrain.config import Config
    from pushtrain.local.events import Event
    from pushtrain.platform import Platform
    from pushtrain.registry import EarlierVersion

TAIL = 20
OURS = "pushtrain: "  # how the engine marks its own words in a job's log
REASONS = ("AlgorithmError:", "ClientError:", "InternalServerError:")  # told once, when the run has failed


class Screen:
    """Prints a run. Use as a context: the live line is erased on leaving."""

    def __init__(self, config: Config, platform: Platform, store: Path, *, to_stderr: bool) -> None:
        self.config = config
        self.platform = platform
        self.store = store
        self.terminal = Terminal(sys.stderr if to_stderr else sys.stdout)
        self.what = {name: f"{step.framework or 'own image'} · {step.instance}" for name, step in config.steps.items()}
        self.width = max(len(what) for what in self.what.values())
        self.lock = threading.Lock()
        self.steps: dict[str, str] = {}
        self.lines: dict[str, deque[str]] = {}
        self.began: dict[str, float] = {}
        self.noted: set[str] = set()
        self.usual: Mapping[str, float] = {}
        self.ended = threading.Event()
        self.painter = threading.Thread(target=self._paint, daemon=True)

    def __enter__(self) -> Self:
        if self.terminal.is_live:
            self.painter.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop_painting()

    def begin(self, revision: str) -> None:
        """The head line."""
        self._say(f"{self.config.model} · revision {revision[:12]} · template {self.config.template} · on this machine")

    def expect(self, usual: Mapping[str, float]) -> None:
        """What each step usually takes, in seconds."""
        self.usual = usual

    def on_event(self, event: Event) -> None:
        """Take one event of embedded AWS."""
        from pushtrain.local import events

        with self.lock:
            match event:
                case events.JobStarted(job=job, step=step):
                    self.steps[job] = step
                    self.lines[job] = deque(maxlen=TAIL)
                    self.began[job] = time.monotonic()
                case events.JobLine(job=job, line=line) if job in self.lines and line.startswith(OURS):
                    self._note(line.removeprefix(OURS))
                case events.JobLine(job=job, line=line) if job in self.lines and line.strip():
                    self.lines[job].append(line)
                case events.JobEnded(job=job, status=status, seconds=seconds) if job in self.began:
                    del self.began[job]
                    self._erase()
                    self._step(job, status, seconds)

    def finish(self, run: Run, again: EarlierVersion | None = None) -> None:
        """Gate, verdict, where things are, and what to do next; `again` is a version made of the very same."""
        self._stop_painting()
        if run.error:
            self._failure(run)
            return
        failing = self._gate(run)
        self._say(f"run         {run.run}")
        if run.outcome == "registered":
            self._files(run)
            model, version = run.model, run.model_version
            self._say(f"{click.style('registered', fg='green')}  {model} version {version} · PendingManualApproval")
            if again:
                self._say(f"note        {again}")
            self._say(f"next        {find_program()} models approve {model} {version}{self.platform.cli_option}")
        else:
            why = f"gate not met: {', '.join(failing)}" if failing else run.reason
            self._say(f"{click.style('not registered', fg='yellow')}  {why}")

    def _files(self, run: Run) -> None:
        """Where the trained model and its report lie on this machine."""
        trained = [job.name for job in run.jobs if job.step == "train"]
        wanted = {"model": f"model/{trained[-1]}/output/model.tar.gz", "report": "report.html"}
        for name, file in wanted.items():
            for path in (self.store / "s3").glob(f"*/{run.model}/runs/{run.run}/{file}"):
                self._say(f"{name:<10}  {short_path(path)}")

    def _note(self, text: str) -> None:
        """Something the engine says, once."""
        if text not in self.noted and not text.startswith(REASONS):
            self.noted.add(text)
            self._erase()
            self._say(click.style(f"    {text}", dim=True))

    def _step(self, job: str, status: str, seconds: float) -> None:
        good = status == "Completed"
        lines = self.lines[job]
        last = (lines[-1] if lines else "") if good else status.lower()
        head = f"{self.steps[job]:<10}  {self.what.get(self.steps[job], ''):<{self.width}}  {seconds:6.1f} s  "
        self._say(f"  {_mark(good)} {head}{cut(last, self.terminal.columns - len(head) - 5)}")

    def _gate(self, run: Run) -> list[str]:
        """A line for each condition; the names of those not met."""
        failing = []
        for verdict in judge_conditions(self.config.conditions, run.metrics):
            name = shorten_metric(verdict.metric)
            said = f"{name} {verdict.value:.4g} {verdict.symbol} {verdict.bound:g}"
            self._say(f"  {_mark(bool(verdict.met))} {'gate':<10}  {said}")
            failing += [] if verdict.met else [name]
        return failing

    def _failure(self, run: Run) -> None:
        assert run.error is not None  # noqa: S101 - `finish` looked already
        failed = [job for job in run.jobs if job.step == run.error.step]
        self._say(f"{click.style('failed', fg='red')}  {run.error.step}: {run.error.reason}")
        if not failed:
            self._say(f"run         {run.run}")
            self._try(run)
            return
        log = self.store / "jobs" / failed[-1].name / "log.txt"
        tail = list(self.lines.get(failed[-1].name, ()))
        if tail:
            self._say(f"last lines of {run.error.step}:")
            for line in tail:
                self._say(f"    {line}")
        self._say(f"full log    {short_path(log)}")
        self._say(f"run         {run.run}")
        self._try(run)

    def _try(self, run: Run) -> None:
        if run.error and (text := find_advice(run.error.reason)):
            self._say(f"try         {text}")

    def _say(self, text: str) -> None:
        self.terminal.write_line(text)

    def _paint(self) -> None:
        """Redraw the line of the newest job that runs, ten times a second."""
        turn = 0
        while not self.ended.wait(0.1):
            turn += 1
            with self.lock:
                for job, began in [*self.began.items()][-1:]:
                    last = self.lines[job][-1] if self.lines[job] else ""
                    step, seconds = self.steps[job], time.monotonic() - began
                    self.terminal.paint(f"{format_progress(step, seconds, self.usual.get(step), turn=turn)}  {last}")

    def _erase(self) -> None:
        self.terminal.paint("")

    def _stop_painting(self) -> None:
        self.ended.set()
        if self.painter.is_alive():
            self.painter.join()
        self._erase()


def _mark(good: bool) -> str:
    return click.style("✓", fg="green") if good else click.style("✗", fg="red")
