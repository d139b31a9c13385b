"""The run result: how a run ended. Pure.

`on_run_end` writes it as `runs/<run>/result.json` in the artifact bucket, for every end: succeeded, failed, aborted and
timed out. There is no clock in it: the same end gives the same document. After a redrive the next end replaces it.
No other module knows the members of the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from pushtrain.record.document import read_document, write_document
from pushtrain.record.trial import Trial

SCHEMA = 1  # of result.json; a new member with a default value needs no new number


class RecordedTimes(Struct, frozen=True, kw_only=True):
    """When something started and ended, in UTC: `2026-11-27T08:15:10.123+00:00`. A time is None if it is not known."""

    started: str | None
    ended: str | None


class RecordedCost(Struct, frozen=True, kw_only=True):
    """An amount of money: `amount` is a decimal number such as `1.25`, `as_of` the date of the oldest price in it."""

    amount: str
    currency: str
    as_of: str


class RecordedJob(Struct, frozen=True, kw_only=True):
    """One SageMaker job of the run. A step has one job for each attempt.

    `kind` is `training`, `processing` or `tuning`, `status` SageMaker's, or `NotCreated` if SageMaker refused the
    request. `reason` says why the job failed. `image_digest` is what the image's URI named when the run started.
    `prefix` is where the job wrote in the artifact bucket, `outputs` are the
    S3 URIs of its outputs by name. `cost` is None if it is not known. `packages` are the installed Python packages and
    their versions. `added_packages` are those that pip added to the image of a job on AWS. Each is None if it is not
    known. `trials` are those of a tuning job; then `prefix`, `outputs` and packages are those of its best trial.
    """

    step: str
    kind: str
    name: str
    status: str
    seconds: float
    times: RecordedTimes
    reason: str = ""
    instance: str | None = None
    instances: int | None = None
    spot: bool = False
    image: str | None = None
    image_digest: str | None = None
    prefix: str | None = None
    outputs: Mapping[str, str] = field(default_factory=dict)
    cost: RecordedCost | None = None
    packages: Mapping[str, str] | None = None
    added_packages: Mapping[str, str] | None = None
    trials: tuple[Trial, ...] = ()


class RecordedCandidate(Struct, frozen=True, kw_only=True):
    """One candidate of the run and what became of it.

    `steps` are its own steps. `rank` is 1 for the winner, None without a rank; `reason` says why it failed. `value` is
    that of the metric by which candidates are compared, `metrics` are numbers of its evaluation.json by path. `seconds`
    is the time from the start of its first job to the end of its last one. `cost` is None if it is not known.
    """

    name: str
    steps: tuple[str, ...]
    rank: int | None = None
    value: int | float | None = None
    reason: str = ""
    metrics: Mapping[str, int | float] = field(default_factory=dict)
    seconds: float = 0.0
    cost: RecordedCost | None = None


class RunResult(Struct, frozen=True, kw_only=True):
    """How a run ended.

    `status` is Step Functions' status of the execution: SUCCEEDED, FAILED, ABORTED or TIMED_OUT. `outcome` is
    registered, not_registered or failed. `reason` says why nothing was registered, `failed_step` which step failed.
    `model_version` and `model_package` name the registered version. `jobs` are in the order in which they started.
    `verdict` is the document verdict.json; None if the run wrote none. `cost` is the sum for all jobs; None if the
    price of one job is not known, or if the run was on this computer. `data_after` maps the name of
    a data entry to its version after the run; None if it is not known. `data_changed` are the entries whose version was
    another one when the run started. `candidates` are in the order of config.yaml.
    """

    run: str
    model: str
    status: str
    outcome: str
    reason: str
    failed_step: str | None
    model_version: int | None
    model_package: str | None
    definition_version: int | None
    redrives: int
    times: RecordedTimes
    seconds: float
    jobs: tuple[RecordedJob, ...]
    verdict: Mapping[str, Any] | None
    cost: RecordedCost | None
    data_after: Mapping[str, str | None] = field(default_factory=dict)
    data_changed: tuple[str, ...] = ()
    candidates: tuple[RecordedCandidate, ...] = ()

    @property
    def has_unchanged_data(self) -> bool:
        """True if all data were known after the run, and as they were before it."""
        return not self.data_changed and None not in self.data_after.values()

    def to_json(self) -> str:
        """Return the document result.json."""
        return write_document(self, SCHEMA)

    @classmethod
    def from_json(cls, document: bytes | str) -> RunResult:
        """Read result.json. Raises ValueError if this version of pushtrain cannot read it."""
        return read_document(cls, document, SCHEMA)
