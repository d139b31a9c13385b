"""Show a run on this computer while it goes on: one line for each step that ended, and live lines for those that run.

In: events of embedded AWS, from any thread. Out: lines for a person.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from pushtrain.catalog.job_kinds import TRANSFORM
from pushtrain.cli.terminal.progress import format_progress, measure_steps
from pushtrain.cli.terminal.reuse_text import format_reuse
from pushtrain.cli.terminal.run_result import RunResult
from pushtrain.cli.terminal.run_text import format_experiment, format_same
from pushtrain.cli.terminal.stream import Terminal, cut
from pushtrain.cli.terminal.verdict_text import format_success
from pushtrain.config import Step, list_champion_evaluations, list_steps
from pushtrain.reuse import FIRST_RUN
from pushtrain.visible import show_on_line

if TYPE_CHECKING:
    from pushtrain.config import Config
    from pushtrain.local.events import Event
    from pushtrain.platform import Platform
    from pushtrain.registry import EarlierVersion
    from pushtrain.runs import Run, StepExplanation

TAIL = 20  # lines of a job that are shown if it fails
ENGINE_PREFIX = "pushtrain: "  # a line of a job's log that embedded AWS wrote, not the script
REASON_PREFIXES = ("AlgorithmError:", "ClientError:", "InternalServerError:")  # shown once, when the run has failed
MANY_FILES = 500  # from so many on, the upload to embedded AWS shows its progress
REPAINT_PAUSE = 0.1  # seconds


class Screen:
    """Prints a run on this computer. Use it as a context manager: leaving erases the live lines."""

    def __init__(self, config: Config, platform: Platform, store: Path, *, to_stderr: bool) -> None:
        self.config = config
        self.platform = platform
        self.store = store
        self.terminal = Terminal(sys.stderr if to_stderr else sys.stdout)
        self._descriptions = {
            step.name: f"{_describe_image(step)} · {step.settings.instance}" for step in list_steps(config)
        }
        self._descriptions |= {
            evaluation.name: f"image of the version in service · {evaluation.step.settings.instance}"
            for evaluation in list_champion_evaluations(config)
        }
        self._step_width = measure_steps(self._descriptions)
        self._width = max(len(description) for description in self._descriptions.values())
        self._lock = threading.Lock()
        self._steps: dict[str, str] = {}  # by job name, as the two below
        self._tails: dict[str, deque[str]] = {}
        self._start_times: dict[str, float] = {}  # of the jobs that are running
        self._notes: set[str] = set()
        self._file_count = self._uploaded = 0
        self._usual_seconds: Mapping[str, float] = {}
        self._stopped = threading.Event()
        self._painter = threading.Thread(target=self._paint_repeatedly, daemon=True)

    def __enter__(self) -> Self:
        if self.terminal.is_live:
            self._painter.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop_painting()

    def begin(self, revision: str) -> None:
        """Print the first line: which model and revision runs."""
        model, template = self.config.model, self.config.template
        self.terminal.write_line(f"{model} · revision {revision[:12]} · template {template} · on this computer")
        if self.platform.experiment is not None:
            self.terminal.write_line(f"    experiment: {format_experiment(self.platform.experiment)}")

    def begin_upload(self, file_count: int) -> None:
        """Say that the files are copied to embedded AWS, if they are so many that it takes a while."""
        if file_count >= MANY_FILES:
            self._file_count = file_count
            self.terminal.write_line(f"  uploading {file_count:,} files")

    def count_upload(self, _: object) -> None:
        """Take one uploaded file. With many files, the live line shows how many there are already."""
        self._uploaded += 1
        if self._file_count and self._uploaded % (MANY_FILES // 10) == 0:
            with self._lock:
                self.terminal.paint(f"  {self._uploaded:,} of {self._file_count:,} files")

    def explain(self, explanations: Sequence[StepExplanation]) -> None:
        """Print which steps are reused from earlier runs, and why the others run; nothing in a first run."""
        if all(explanation.reason == FIRST_RUN for explanation in explanations):
            return
        for line in format_reuse(explanations, width=self._step_width):
            self.terminal.write_line(f"    {line}")

    def expect(self, usual_seconds: Mapping[str, float]) -> None:
        """Set what each step usually takes, in seconds by step name. The live lines then have bars."""
        self._usual_seconds = usual_seconds

    def on_event(self, event: Event) -> None:
        """Take one event of embedded AWS."""
        from pushtrain.local import events

        with self._lock:
            match event:
                case events.JobStarted(job=job, step=step):
                    self._steps[job] = step
                    self._tails[job] = deque(maxlen=TAIL)
                    self._start_times[job] = time.monotonic()
                case events.JobLine(job=job, line=line) if job in self._tails and line.startswith(ENGINE_PREFIX):
                    self._write_note(line.removeprefix(ENGINE_PREFIX))
                case events.JobLine(job=job, line=line) if job in self._tails and line.strip():
                    self._tails[job].append(line)
                case events.JobEnded(job=job, status=status, seconds=seconds) if job in self._start_times:
                    del self._start_times[job]
                    self._erase()
                    self._write_step(job, status, seconds)

    def finish(self, run: Run, same_as: EarlierVersion | None = None) -> None:
        """Print how the run ended, and what to do next. `same_as`: an earlier version built from the same things."""
        self._stop_painting()
        result = RunResult(
            run=run,
            platform=self.platform,
            store=self.store,
            same_as=same_as,
            read_tail=self._read_tail,
        )
        for line in result.lines():
            self.terminal.write_line(line)

    def finish_unchanged(self, run: Run) -> None:
        """Print the earlier run that this one would only repeat, so that none was started."""
        self._stop_painting()
        self.terminal.write_line(f"unchanged   {format_same(run)}: nothing was started")
        self.terminal.write_line("next        add --again to start a run")

    def _read_tail(self, job: str) -> Sequence[str]:
        return list(self._tails.get(job, ()))

    def _write_note(self, text: str) -> None:
        """Write a message of embedded AWS, each one once."""
        if text not in self._notes and not text.startswith(REASON_PREFIXES):
            self._notes.add(text)
            self._erase()
            self.terminal.write_line(click.style(f"    {text}", dim=True))

    def _write_step(self, job: str, status: str, seconds: float) -> None:
        """Write the line of a step that has ended: mark, name, image, time, and the last line that it printed."""
        good, tail, step = status == "Completed", self._tails[job], self._steps[job]
        last_line = (tail[-1] if tail else "") if good else status.lower()
        head = f"{step:<{self._step_width}}  {self._descriptions.get(step, ''):<{self._width}}  {seconds:6.1f} s  "
        text = cut(show_on_line(last_line), self.terminal.columns - len(head) - 5)
        self.terminal.write_line(f"  {format_success(good)} {head}{text}")

    def _paint_repeatedly(self) -> None:
        """Repaint the live lines, until the run has ended."""
        turn = 0
        while not self._stopped.wait(REPAINT_PAUSE):
            turn += 1
            with self._lock:
                if self._start_times:
                    self.terminal.paint(*self._list_live_lines(turn))

    def _list_live_lines(self, turn: int) -> list[str]:
        """Return a line for each running job, in the order of their starts."""
        lines = []
        for job, start_time in self._start_times.items():
            step, seconds = self._steps[job], time.monotonic() - start_time
            usual, width = self._usual_seconds.get(step), self._step_width
            last_line = self._tails[job][-1] if self._tails[job] else ""
            lines.append(f"{format_progress(step, seconds, usual, turn=turn, width=width)}  {last_line}")
        return lines

    def _erase(self) -> None:
        self.terminal.paint()

    def _stop_painting(self) -> None:
        self._stopped.set()
        if self._painter.is_alive():
            self._painter.join()
        self._erase()


def _describe_image(step: Step) -> str:
    """Return what runs in a step's container: `sklearn 1.2-1`, `own image`, `the model` of a transform job."""
    return "the model" if step.kind is TRANSFORM else step.settings.framework or "own image"
