"""The reuse index of a model: jobs of earlier runs whose results later runs may reuse. Pure.

It is one document, `<model>/reuse.json`, so that one read decides about all steps of a push. Only `on_run_end` writes
it. For each step it has the newest jobs, one for each key, and for each environment the newest runs.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from msgspec import Struct

from pushtrain.record.document import read_document, write_document

SCHEMA = 1  # of reuse.json; a new member with a default value needs no new number
JOBS_PER_STEP = 100  # 10 steps then have about 1 MB
RUNS = 100  # of an environment; 10 steps then have about 0.1 MB


class ReusableJob(Struct, frozen=True, kw_only=True):
    """A completed job of a run that succeeded.

    `key` and `parts` are those of its step. `sources` are the jobs that it read from, by their steps. `ended` is when
    its run ended, such as `2026-11-27T08:15:10.123+00:00`. `outputs` is a hash of the versions of all objects below
    `prefix`. `cache` is what its step had: true, or for how many seconds the result may be reused.
    """

    step: str
    key: str
    parts: Mapping[str, str]
    environment: str
    run: str
    name: str
    arn: str
    prefix: str
    sources: Mapping[str, str]
    ended: str
    outputs: str
    cache: bool | int = True


class FinishedRun(Struct, frozen=True, kw_only=True):
    """A run that succeeded and whose steps all have `cache`. `key` is the run key of its record.

    `jobs` are the jobs whose results it used, by step: its own, and those that it reused. `outcome` and `model_version`
    are those of the run result.
    """

    key: str
    environment: str
    run: str
    ended: str
    outcome: str
    model_version: int | None
    jobs: Mapping[str, str]


class ReuseIndex(Struct, frozen=True, kw_only=True):
    """The jobs of a model that may be reused, and the runs that need not be repeated, the newest first."""

    jobs: tuple[ReusableJob, ...] = ()
    runs: tuple[FinishedRun, ...] = ()

    def find_job(self, environment: str, step: str, key: str) -> ReusableJob | None:
        """Return the newest job of a step with this key; None if there is none."""
        return next((job for job in self._list_jobs(environment, step) if job.key == key), None)

    def find_nearest(self, environment: str, step: str, parts: Mapping[str, str]) -> ReusableJob | None:
        """Return the job of a step that has the most parts in common, of several the newest; None if it has no job."""
        jobs = self._list_jobs(environment, step)
        return max(
            jobs, key=lambda job: sum(job.parts.get(part) == value for part, value in parts.items()), default=None
        )

    def find_run(self, environment: str, key: str) -> FinishedRun | None:
        """Return the newest run with this key; None if there is none."""
        return next((run for run in self.runs if (run.environment, run.key) == (environment, key)), None)

    def add(self, jobs: Iterable[ReusableJob], runs: Iterable[FinishedRun] = ()) -> ReuseIndex:
        """Return the index with more jobs and runs. A newer one replaces the one with the same step and key.

        A job that is in the index stays as it is: what lies below its prefix may have changed since.
        """
        ordered = sorted(
            {(job.run, job.name): job for job in (*jobs, *self.jobs)}.values(), key=_read_end, reverse=True
        )
        newest: dict[tuple[str, str, str], ReusableJob] = {}
        counts: dict[tuple[str, str], int] = {}
        for job in ordered:
            step = (job.environment, job.step)
            if (*step, job.key) not in newest and counts.get(step, 0) < JOBS_PER_STEP:
                newest[*step, job.key] = job
                counts[step] = counts.get(step, 0) + 1
        return ReuseIndex(jobs=tuple(newest.values()), runs=self._add_runs(runs))

    def remove(self, runs: Container[str]) -> ReuseIndex:
        """Return the index without these runs and their jobs."""
        return ReuseIndex(
            jobs=tuple(job for job in self.jobs if job.run not in runs),
            runs=tuple(finished for finished in self.runs if finished.run not in runs),
        )

    def to_json(self) -> str:
        """Return the document reuse.json."""
        return write_document(self, SCHEMA)

    @classmethod
    def from_json(cls, document: bytes | str) -> ReuseIndex:
        """Read reuse.json. Raises ValueError if this version of pushtrain cannot read it."""
        return read_document(cls, document, SCHEMA)

    def _add_runs(self, runs: Iterable[FinishedRun]) -> tuple[FinishedRun, ...]:
        ordered = sorted({run.run: run for run in (*runs, *self.runs)}.values(), key=_read_end, reverse=True)
        newest: dict[tuple[str, str], FinishedRun] = {}
        counts: dict[str, int] = {}
        for run in ordered:
            if (run.environment, run.key) not in newest and counts.get(run.environment, 0) < RUNS:
                newest[run.environment, run.key] = run
                counts[run.environment] = counts.get(run.environment, 0) + 1
        return tuple(newest.values())

    def _list_jobs(self, environment: str, step: str) -> list[ReusableJob]:
        return [job for job in self.jobs if (job.environment, job.step) == (environment, step)]


def _read_end(ended: ReusableJob | FinishedRun) -> str:
    return ended.ended
