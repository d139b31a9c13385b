"""The questions that a definition asks of `decide`: the run, its model, its evaluation.json and its conditions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from pushtrain.config import Choose, Condition


class StepFile(Struct, frozen=True, kw_only=True):
    """A file that a job wrote: its step, its path in the container, its key in the artifact bucket, the job's name."""

    step: str
    path: str
    key: str
    job: str


class ChampionRequest(Struct, frozen=True, kw_only=True):
    """The model version in service, with which conditions compare.

    `version` is None if no version is in service. `fault` says why its job could not start; empty if it could.
    `is_overridden`: the run does not compare, as the push says, or because it reproduces a version: then
    `in_reproduction` is true. `passes_without`: what the conditions do without a champion.
    `job` is the evaluation.json of its job, None if no job has completed; then `job_error` is the error of the job as
    Step Functions has it, or its status.
    """

    version: int | None
    fault: str
    is_overridden: bool
    passes_without: bool
    in_reproduction: bool = False
    job: StepFile | None = None
    job_error: str = ""


class DecideRequest(Struct, frozen=True, kw_only=True):
    """One question to `decide`.

    `artifact` is model.tar.gz, `evaluation` evaluation.json, None without an evaluation step. `inference` is what the
    registry will say about serving: image and environment variables. `raw_fields` are those of `sagemaker:`, by step.
    `choose_metric` is the metric that candidates are compared by, empty if it is no candidate. `champion` is None if
    no condition depends on it. `tuned` are the hyperparameters that the step of the model searched; SageMaker says
    which values the job of the model had. `compare` is what the serving test compares with files of the evaluation.
    """

    model: str
    run: str
    artifact: StepFile
    evaluation: StepFile | None
    conditions: tuple[Condition, ...]
    inference: Mapping[str, Any]
    raw_fields: Mapping[str, Mapping[str, Any]]
    choose_metric: str = ""
    champion: ChampionRequest | None = None
    tuned: tuple[str, ...] = ()
    compare: tuple[str, ...] = ()

    @property
    def gate_metrics(self) -> tuple[str, ...]:
        """The metrics of the gate without those of groups, as config.yaml writes them."""
        return tuple(dict.fromkeys(condition.metric for condition in self.conditions if not condition.by))

    @property
    def needs_evaluation(self) -> bool:
        """True if evaluation.json must be there, and be JSON."""
        return bool(self.conditions or self.choose_metric)


class CandidateFiles(Struct, frozen=True, kw_only=True):
    """What a definition says of a candidate. `key` is its name in JSONPaths.

    In `artifact` and `evaluation`, `key` is that below the prefix of the job, `job` the step's name in JSONPaths.
    """

    name: str
    key: str
    artifact: StepFile
    evaluation: StepFile
    inference: Mapping[str, Any]
    raw_fields: Mapping[str, Mapping[str, Any]]
    tuned: tuple[str, ...] = ()
    compare: tuple[str, ...] = ()


class CandidateRequest(Struct, frozen=True, kw_only=True):
    """One candidate of a run. `request` is None if one of its jobs failed: then `error` is the name of the error."""

    name: str
    request: DecideRequest | None
    error: str = ""


class CandidatesRequest(Struct, frozen=True, kw_only=True):
    """The question which candidate is the best, in the order of config.yaml, and if it passes the gate."""

    model: str
    run: str
    candidates: tuple[CandidateRequest, ...]
    choose: Choose
    conditions: tuple[Condition, ...] = ()
    champion: ChampionRequest | None = None


class ServingRequest(Struct, frozen=True, kw_only=True):
    """The question if the model of a run has passed its serving test.

    `job` is the name of the transform job, empty if none was started. `error` is what Step Functions says instead.
    `within` is the limit of the p90 in milliseconds, None without one. `compare` is what is compared with the files of
    the evaluation: `predictions`, `features`.
    """

    model: str
    run: str
    job: str
    error: str
    within: int | None
    compare: tuple[str, ...] = ()
