"""Columns of a comparison: a model version or a run, with what is known of its run. Reads S3."""

from __future__ import annotations

from datetime import UTC, datetime

from pushtrain.config import Config
from pushtrain.platform import Platform
from pushtrain.record import UNKNOWN, RunRecord, RunResult
from pushtrain.registry import ModelVersion
from pushtrain.report.content import Column
from pushtrain.report.facts import read_config
from pushtrain.runs import Run, read_run_record, read_run_result


def build_version_column(
    version: ModelVersion, record: RunRecord | None, config: Config | None, result: RunResult | None = None
) -> Column:
    """Return the column of a model version."""
    return Column(
        number=version.version,
        run=version.run,
        metrics=version.metrics,
        revision=version.revision,
        commit=version.commit,
        repository=version.repository,
        status=version.status,
        created=version.created,
        record=record,
        config=config,
        packages=_list_packages(result),
        artifact=version.verdict.artifact if version.verdict else None,
    )


def build_run_column(run: Run, record: RunRecord | None, config: Config | None, result: RunResult | None) -> Column:
    """Return the column of a run. Its record is that of its input if `record` is None."""
    pushed = record or RunRecord.from_execution_input(run.input)
    return Column(
        number=run.run,
        run=run.run,
        metrics=run.metrics,
        revision=pushed.revision,
        commit=pushed.git.commit or UNKNOWN,
        repository=pushed.git.repository or UNKNOWN,
        status=run.outcome or run.status.lower(),
        created=datetime.fromtimestamp(run.started, UTC).isoformat(timespec="seconds"),
        record=record,
        config=config,
        packages=_list_packages(result),
    )


def read_version_column(platform: Platform, version: ModelVersion) -> Column:
    """Read what is known of a version's run, and return the column."""
    record = read_run_record(platform, version.model, version.run) if version.run else None
    result = read_run_result(platform, version.model, version.run) if version.run else None
    return build_version_column(version, record, read_config(platform, record), result)


def read_run_column(platform: Platform, run: Run) -> Column:
    """Read what is known of a run, and return the column."""
    record = read_run_record(platform, run.model, run.run)
    return build_run_column(run, record, read_config(platform, record), read_run_result(platform, run.model, run.run))


def _list_packages(result: RunResult | None) -> dict[str, dict[str, str]] | None:
    """Return the packages of each step's last job; None if no job of the run has a list of them."""
    jobs = result.jobs if result else ()
    packages = {job.step: dict(job.packages) for job in jobs if job.packages is not None}
    return packages or None
