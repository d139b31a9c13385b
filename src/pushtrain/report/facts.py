"""All that is known of one model version: what its report and a comparison are made of. Reads AWS, changes nothing.

Source: the registry, the run's input.json and config.yaml, Step Functions, SageMaker's jobs, their log, evaluation.json
and plots.json. Whatever is gone by now (logs and histories do not last) is left empty, never guessed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pushtrain.config import Config, load_config
from pushtrain.config.values.money import Money
from pushtrain.errors import ConfigError, RunNotFound
from pushtrain.platform import Platform
from pushtrain.registry import EarlierVersion, ModelVersion, find_earlier_version, find_version
from pushtrain.report.curves import Curve, read_curves
from pushtrain.report.plots import Plots, read_plots
from pushtrain.report.verdict import Direction, Verdict, judge_conditions, read_directions
from pushtrain.runs import Job, Run, compute_run_cost, read_evaluation, read_log_lines, read_object, read_run
from pushtrain.serving import read_serving_arns
from pushtrain.workflow import names

LINES = 200_000  # of a training job's log: twenty pages of GetLogEvents


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One model version and what it is measured against.

    `beside` is the version that serves, or the one that served before where this one does; None where there is none.
    `config` is None where config.yaml is gone. `cost` is what the jobs cost, None where a price is not known; a run
    `here`, on this machine, cost nothing. `earlier` is a version made of the very same, None where none is known.
    """

    version: ModelVersion
    baseline: ModelVersion | None = None
    is_serving: bool = False
    config: Config | None = None
    run: Run | None = None
    input: Mapping[str, Any] = field(default_factory=dict)
    plots: Plots = field(default_factory=Plots)
    curves: tuple[Curve, ...] = ()
    cost: Money | None = None
    is_local: bool = False
    earlier_version: EarlierVersion | None = None

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The run's jobs, retries included, oldest first."""
        return self.run.jobs if self.run else ()

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The gate's conditions and what the metrics were."""
        return judge_conditions(self.config.conditions, self.version.metrics) if self.config else ()

    @property
    def directions(self) -> Mapping[str, Direction]:
        """Which way the gate's metrics are better."""
        return read_directions(self.config.conditions) if self.config else {}


def gather_facts(
    platform: Platform, version: ModelVersion, run: Run | None = None, again: Mapping[str, EarlierVersion] | None = None
) -> Facts:
    """Everything of one version; its run is looked up unless given, and the version made of the same unless `again`
    names them by ARN. Raises what AWS raises, but for what is gone.
    """
    run = run or _run(platform, version)
    told = run.input if run else read_run_input(platform, version.model, version.run)
    serving, before = read_serving_arns(platform, version.model)
    serves = serving == version.arn
    other = before if serves else serving
    return Facts(
        version=version,
        baseline=find_version(platform, other) if other else None,
        is_serving=serves,
        config=read_config(platform, told),
        run=run,
        input=told,
        plots=_plots(platform, version),
        curves=_curves(platform, run.jobs if run else ()),
        cost=compute_run_cost(platform, run.jobs) if run else None,
        is_local=platform == Platform.local(platform.environment),
        earlier_version=find_earlier_version(platform, version) if again is None else again.get(version.arn),
    )


def read_config(platform: Platform, told: Mapping[str, Any]) -> Config | None:
    """config.yaml as a run read it, in its environment; None where it is gone or no longer one of ours."""
    config = read_section(told, "config")
    body = read_object(platform, str(config.get("uri", "")), version=str(config.get("version", "")))
    try:
        return load_config(body, environment=str(told.get("environment", ""))).config if body else None
    except ConfigError:  # an older pushtrain took it
        return None


def read_section(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What a run was told under a name; who started it by hand may have written anything."""
    found = told.get(name)
    return found if isinstance(found, Mapping) else {}


def is_dirty(told: Mapping[str, Any]) -> bool | None:
    """Whether a run's push had changes that its commit lacks; None where the run was not told, or that is gone."""
    found = read_section(told, "git").get("dirty")
    return found if isinstance(found, bool) else None


def read_run_input(platform: Platform, model: str, run: str) -> Mapping[str, Any]:
    """What a run was told, from its input.json; empty when that is gone."""
    found = read_evaluation(platform, names.build_artifact_uri(platform, model, "runs", run, "input.json"))
    return found if isinstance(found, Mapping) else {}


def _run(platform: Platform, version: ModelVersion) -> Run | None:
    """Step Functions forgets a run 90 days after its end."""
    try:
        return read_run(platform, version.model, version.run) if version.run else None
    except RunNotFound:
        return None


def _plots(platform: Platform, version: ModelVersion) -> Plots:
    if not version.evaluation:
        return Plots()
    folder = version.evaluation.rpartition("/")[0]
    return read_plots(read_evaluation(platform, version.evaluation), read_evaluation(platform, f"{folder}/plots.json"))


def _curves(platform: Platform, jobs: Iterable[Job]) -> tuple[Curve, ...]:
    """Of the training job that made the model: the last one that completed."""
    trained = [job for job in jobs if job.kind == "Training" and job.status == "Completed"]
    definitions = trained[-1].described.get("AlgorithmSpecification", {}).get("MetricDefinitions") if trained else None
    if not definitions:
        return ()
    return read_curves(itertools.islice(read_log_lines(platform, trained[-1]), LINES), definitions)
