"""Freeze the earlier searches from which a search goes on: `tune: {from: RUN}`. Reads records and results of runs.

AWS continues a search only with the same hyperparameters and the same objective metric. It says so when the tuning job
is created, perhaps after an hour of preprocessing; here the push is refused.
Source: SageMaker guide, "Run a warm start hyperparameter tuning job" (restrictions).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from pushtrain.catalog.job_kinds import TUNING
from pushtrain.config import list_steps
from pushtrain.config.issue import format_key_path
from pushtrain.errors import PushError
from pushtrain.layout import build_input_key, build_result_key
from pushtrain.platform import Platform
from pushtrain.record import IDENTICAL, TRANSFER, ParentSearches, RunRecord, RunResult

if TYPE_CHECKING:
    from pushtrain.config import Config, Step

SAME_PARTS = ("files", "image", "inputs")  # of a step key: the algorithm and its data


def freeze_parent_searches(s3: Any, config: Config, record: RunRecord, platform: Platform) -> RunRecord:
    """Return the record with the searches that `from` names. Raises PushError if one of them cannot be continued."""
    parents = {
        step.name: _find_parents(s3, step, runs, record, platform)
        for step in list_steps(config)
        if (runs := list_parent_runs(step))
    }
    return replace(record, searches=parents)


def list_parent_runs(step: Step) -> tuple[str, ...]:
    """Return the runs from whose searches a step goes on: `from` of config.yaml."""
    tune = getattr(step.settings, "tune", None)
    return tune.parents if tune else ()


def _find_parents(s3: Any, step: Step, runs: tuple[str, ...], record: RunRecord, platform: Platform) -> ParentSearches:
    jobs, parts = [], []
    key = f"{format_key_path(step.key_path)}.tune.from"
    for run in runs:
        earlier, ended = _read_run(s3, run, record, platform, key)
        names = [job.name for job in ended.jobs if job.step == step.name and job.kind == TUNING.name]
        if not names:
            raise PushError(f"{key}: run {run} has no search in the step {step.name!r}. Name a run that searched there")
        if message := _compare(earlier.parameters[step.name], record.parameters[step.name]):
            raise PushError(f"{key}: the search of run {run} {message}")
        jobs.append(names[-1])
        parts.append(earlier.steps[step.name].parts)
    own = record.steps[step.name].parts
    is_same = all(own.get(name) and own.get(name) == part.get(name) for part in parts for name in SAME_PARTS)
    return ParentSearches(runs=runs, jobs=tuple(jobs), type=IDENTICAL if is_same else TRANSFER)


def _read_run(s3: Any, run: str, record: RunRecord, platform: Platform, key: str) -> tuple[RunRecord, RunResult]:
    """Return record and result of an earlier run of the model. Raises PushError if there is none that has ended."""
    try:
        earlier = RunRecord.from_json(_read(s3, platform, build_input_key(record.model, run)))
        ended = RunResult.from_json(_read(s3, platform, build_result_key(record.model, run)))
    except s3.exceptions.NoSuchKey as error:
        raise PushError(f"{key}: {record.model} has no run {run} that has ended on this platform") from error
    except ValueError as error:
        raise PushError(f"{key}: this version of pushtrain cannot read run {run}: {error}") from error
    if earlier.environment != record.environment:
        raise PushError(
            f"{key}: run {run} is of environment {earlier.environment or 'none'}, and this one of "
            f"{record.environment or 'none'}. Name a run of the same environment"
        )
    return earlier, ended


def _read(s3: Any, platform: Platform, key: str) -> bytes:
    body: bytes = s3.get_object(Bucket=platform.artifact_bucket, Key=key)["Body"].read()
    return body


def _compare(earlier: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Return why AWS would not go on from an earlier search, for the end of a sentence; empty if it would."""
    metrics, names = [], []
    for settings in (earlier, now):
        tune = settings["tune"]
        metrics.append({key: tune.get(key) for key in ("maximize", "minimize") if tune.get(key)})
        names.append(sorted({*settings.get("hyperparameters", {}), *tune["ranges"]}))
    if metrics[0] != metrics[1]:
        texts = [" ".join(f"{key} {name}" for key, name in metric.items()) for metric in metrics]
        return f"has {texts[0]}, and this one {texts[1]}. AWS goes on only with the same metric"
    if names[0] != names[1]:
        listed = [", ".join(group) for group in names]
        return f"has the hyperparameters {listed[0]}, and this one {listed[1]}. AWS goes on only with the same ones"
    return ""
