"""Gather everything that is known about one model version or one run, for its report. Changes nothing.

Sources: the registry, the run record and config.yaml, Step Functions, SageMaker's jobs and their logs,
evaluation.json and plots.json. Logs and histories expire; what is gone stays empty and is never guessed.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from pushtrain.catalog.job_fields import read_path
from pushtrain.catalog.job_kinds import TRAINING, TUNING
from pushtrain.config import Config, Direction, find_candidate, load_config
from pushtrain.config.values.money import Money
from pushtrain.decide import MAX_BYTES, Verdict
from pushtrain.errors import ConfigError, RunNotFound
from pushtrain.layout import EVALUATION_FILE, PLOTS_FILE
from pushtrain.lineage import Origin, complete_origin, find_versions_by_data
from pushtrain.platform import Platform
from pushtrain.record import EMPTY_RECORD, ComparedModel, RunRecord
from pushtrain.registry import EarlierVersion, ModelVersion, find_earlier_version, find_version
from pushtrain.report.curves import Curve, read_curves
from pushtrain.report.evaluated_data import list_differing_data
from pushtrain.report.plots import Plots, read_plots
from pushtrain.report.verdict import (
    JudgedCondition,
    LoweredCondition,
    judge_conditions,
    list_judged_conditions,
    list_lowered,
    read_directions,
)
from pushtrain.reproduction.outcome import read_outcome
from pushtrain.runs import (
    Job,
    ReusedSearch,
    Run,
    compute_run_cost,
    find_evaluation_uri,
    parse_evaluation,
    read_log_lines,
    read_object,
    read_reused_searches,
    read_run,
    read_run_record,
    read_run_result,
)
from pushtrain.serving import Decision, read_decisions, read_serving_arns

MAX_LOG_LINES = 200_000  # lines of a training job's log to read: twenty pages of GetLogEvents


class Facts(Struct, frozen=True, kw_only=True):
    """One model version, or a run that registered none, and the version to compare it with.

    `version` is None for a run without one; then `run` is known. `baseline` is the version in serving, or the previous
    one if this version is in serving; None if there is none. `config` is None if config.yaml is gone. `cost` is what
    the jobs cost, None if a price is unknown. `is_local`: the run was on this computer and cost nothing. `lost_files`
    are those of evaluation.json and plots.json that were judged and can no longer be read; then nothing is drawn from
    them. `is_judged` is False if no verdict names the files that are drawn, so jobs may have changed them since.
    `broken_files` are no JSON. `earlier_version` was built from the same code, data and parameters; None if there is
    none. `data_changed` are the data entries that were replaced while the run went on. `different_data` are the data
    entries of the evaluation that differ from those of the baseline. `decisions` are those about this version, oldest
    first. `compared` is how equal the model of a reproduction is to the version, None if nobody stored it. `origin` is
    what the run came from, None if its record is gone. `same_data` maps a data entry to the other versions of the model
    that came from the same data. `candidate_costs` are what each candidate's jobs cost, None if a price is unknown.
    `reused_searches` have the trials of earlier runs whose best one the run reused.
    """

    version: ModelVersion | None = None
    baseline: ModelVersion | None = None
    is_serving: bool = False
    config: Config | None = None
    run: Run | None = None
    record: RunRecord | None = None
    plots: Plots = field(default_factory=Plots)
    lost_files: tuple[str, ...] = ()
    is_judged: bool = True
    broken_files: tuple[str, ...] = ()
    curves: tuple[Curve, ...] = ()
    cost: Money | None = None
    is_local: bool = False
    earlier_version: EarlierVersion | None = None
    data_changed: tuple[str, ...] = ()
    different_data: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    origin: Origin | None = None
    compared: ComparedModel | None = None
    same_data: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    candidate_costs: Mapping[str, Money | None] = field(default_factory=dict)
    reused_searches: tuple[ReusedSearch, ...] = ()

    @property
    def model(self) -> str:
        """The name of the model."""
        return self._subject.model

    @property
    def run_id(self) -> str:
        """The id of the run; empty if no run of the model registered the version."""
        return self._subject.run

    @property
    def commit(self) -> str:
        """The commit of the model repo; UNKNOWN or empty if it is not known."""
        return self.version.commit if self.version else (self.record or EMPTY_RECORD).git.commit

    @property
    def metrics(self) -> Mapping[str, float]:
        """The metrics of the verdict, flat: dotted path -> number; of a run without a verdict, its evaluation.json."""
        return self._subject.metrics

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the run; None if it has none."""
        return self._subject.verdict

    @property
    def _subject(self) -> ModelVersion | Run:
        subject = self.version or self.run
        assert subject is not None  # noqa: S101 - see `version`
        return subject

    @property
    def experiment(self) -> Mapping[str, Any] | None:
        """The values of config.yaml that an experiment changed, by path; None if the run was none."""
        return self.record.experiment if self.record else None

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The run's jobs, retries included, oldest first."""
        return self.run.jobs if self.run else ()

    @property
    def verdicts(self) -> tuple[JudgedCondition, ...]:
        """The gate's conditions with the values of the metrics, as the verdict on the run has them."""
        if self.run and self.run.verdict:
            return list_judged_conditions(self.run.verdict)
        return judge_conditions(self.config.conditions, self.metrics, self.verdict) if self.config else ()

    @property
    def lowered(self) -> tuple[LoweredCondition, ...]:
        """The conditions that asked for more when the version to compare with was registered."""
        return tuple(list_lowered(self.verdict, self.baseline))

    @property
    def directions(self) -> Mapping[str, Direction]:
        """Which way is better for each of the gate's metrics."""
        return read_directions(self.config.conditions) if self.config else {}


def gather_facts(
    platform: Platform,
    version: ModelVersion,
    run: Run | None = None,
    earlier_versions: Mapping[str, EarlierVersion] | None = None,
) -> Facts:
    """Gather the facts of one version. Raises what AWS raises, except for documents that are gone.

    Pass `run` and `earlier_versions` (by ARN) if they are known already; otherwise they are looked up.
    """
    run = run or _find_run(platform, version)
    if earlier_versions is None:
        earlier_version = find_earlier_version(platform, version)
    else:
        earlier_version = earlier_versions.get(version.arn)
    return replace(
        _gather_run(platform, version.model, version.run, run, version),
        earlier_version=earlier_version,
        decisions=tuple(read_decisions(platform, version.model, version.version)),
    )


def gather_run_facts(platform: Platform, run: Run) -> Facts:
    """Gather the facts of one run, whatever became of it. If it registered a version, they are those of the version."""
    version = find_version(platform, run.model_package) if run.model_package else None
    if version and (version.model, version.run) == (run.model, run.run):
        return gather_facts(platform, version, run)
    return _gather_run(platform, run.model, run.run, run, None)


def _gather_run(platform: Platform, model: str, run_id: str, run: Run | None, version: ModelVersion | None) -> Facts:
    """Gather what is known of a run and of its `version`, if it has one."""
    stored_record = read_run_record(platform, model, run_id)
    record = RunRecord.from_execution_input(run.input) if run else stored_record
    config = read_config(platform, record)
    result = read_run_result(platform, model, run_id) if run_id else None
    serving_arn, previous_arn = read_serving_arns(platform, model)
    is_serving = version is not None and serving_arn == version.arn
    baseline_arn = previous_arn if is_serving else serving_arn
    verdict = version.verdict if version else run.verdict if run else None
    is_judged = version is not None or verdict is not None
    files = _read_judged_files(platform, verdict) if is_judged else _read_last_files(platform, run)
    baseline = find_version(platform, baseline_arn) if baseline_arn else None
    baseline_record = read_run_record(platform, model, baseline.run) if baseline and baseline.run else None
    return Facts(
        version=version,
        baseline=baseline,
        is_serving=is_serving,
        config=config,
        run=run,
        record=record,
        plots=read_plots(*(parse_evaluation(files.get(name, b"")) for name in (EVALUATION_FILE, PLOTS_FILE))),
        lost_files=tuple(name for name, body in files.items() if not body),
        is_judged=is_judged or not files,
        broken_files=tuple(name for name, body in files.items() if body and not _is_json(body)),
        curves=_read_curves(platform, _list_own_jobs(run, config, verdict)),
        cost=compute_run_cost(platform, run.jobs) if run else None,
        candidate_costs=_compute_candidate_costs(platform, run) if run else {},
        reused_searches=read_reused_searches(platform, model, stored_record.reuse.items()) if stored_record else (),
        is_local=bool(platform.local_option),
        data_changed=result.data_changed if result else (),
        compared=read_outcome(platform, model, run_id) if run and run.reproduces else None,
        origin=complete_origin(platform, stored_record, result) if stored_record else None,
        same_data=find_versions_by_data(platform, stored_record) if stored_record else {},
        different_data=list_differing_data([stored_record, baseline_record], [config]) if baseline_record else (),
    )


def read_config(platform: Platform, record: RunRecord | None) -> Config | None:
    """Return config.yaml as the run read it, with its environment and settings; None if it is gone or not valid."""
    if record is None:
        return None
    body = read_object(platform, record.config.uri, version=record.config.version)
    try:
        environment = platform.overlay or record.environment
        return load_config(body, environment=environment, settings=record.experiment).config if body else None
    except ConfigError:  # an older pushtrain accepted it
        return None


def _find_run(platform: Platform, version: ModelVersion) -> Run | None:
    """Return the version's run; None if Step Functions has deleted it, 90 days after its end."""
    try:
        return read_run(platform, version.model, version.run) if version.run else None
    except RunNotFound:
        return None


def _read_judged_files(platform: Platform, verdict: Verdict | None) -> dict[str, bytes]:
    """Return what evaluation.json and plots.json held when they were judged, by name; empty if it is gone.

    Jobs can still write to their addresses, so exactly the versions in the verdict are read. Files that are too large
    to be shown are left out.
    """
    pinned_files = (verdict.evaluation, verdict.plots) if verdict else ()
    return {
        pinned.uri.rpartition("/")[2]: read_object(platform, pinned.uri, version=pinned.version)
        for pinned in pinned_files
        if pinned and 0 < pinned.size <= MAX_BYTES
    }


def _read_last_files(platform: Platform, run: Run | None) -> dict[str, bytes]:
    """Return the evaluation.json and plots.json that exist now, by name, of a run that came to no verdict."""
    uri = find_evaluation_uri(run.jobs) if run else ""
    folder = uri.removesuffix(EVALUATION_FILE)
    bodies = {name: read_object(platform, f"{folder}{name}") for name in (EVALUATION_FILE, PLOTS_FILE)} if uri else {}
    return {name: body for name, body in bodies.items() if body}


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _compute_candidate_costs(platform: Platform, run: Run) -> dict[str, Money | None]:
    return {candidate.name: compute_run_cost(platform, candidate.select_jobs(run.jobs)) for candidate in run.candidates}


def _list_own_jobs(run: Run | None, config: Config | None, verdict: Verdict | None) -> tuple[Job, ...]:
    """Return the jobs of a run; if it has candidates, without those of the candidates that lost."""
    winner = find_candidate(config, verdict.candidate) if config and verdict else None
    others = {step for candidate in config.candidates for step in candidate.run_steps} if config and winner else set()
    lost = others - {*winner.run_steps} if winner else others
    return tuple(job for job in run.jobs if job.step not in lost) if run else ()


def _read_curves(platform: Platform, jobs: Iterable[Job]) -> tuple[Curve, ...]:
    """Read the curves of the last training job that completed; if none did, of the last one."""
    started = [job for job in jobs if job.kind in (TRAINING, TUNING) and job.described]
    trained = [job for job in started if job.status == "Completed"] or started
    if not trained:
        return ()
    request = read_path(trained[-1].described, trained[-1].kind.trial)  # that of the best trial, if it searched
    definitions = request.get("AlgorithmSpecification", {}).get("MetricDefinitions")
    if not definitions:
        return ()
    return read_curves(itertools.islice(read_log_lines(platform, trained[-1]), MAX_LOG_LINES), definitions)
