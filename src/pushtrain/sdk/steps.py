"""The steps of `stepfunctions`, completed: same names, same arguments, and those that the originals lack. Pure.

The originals refuse `ResultSelector`, `MaxDelaySeconds`, `JitterStrategy` and `CausePath`, leave out half of an
estimator's settings, take the AWS partition from this computer's region, and write the current time into the
hyperparameters, so that no two definitions are equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from sagemaker.estimator import EstimatorBase
from sagemaker.processing import Processor
from stepfunctions.steps import states
from stepfunctions.steps.sagemaker import ProcessingStep as _ProcessingStep
from stepfunctions.steps.sagemaker import TrainingStep as _TrainingStep

from pushtrain.config.overlay import merge
from pushtrain.sdk.expression import Expression, mark_expressions
from pushtrain.sdk.missing_members import read_missing_members
from pushtrain.workflow import Pipeline
from pushtrain.workflow.context import select_job_retry
from pushtrain.workflow.states import API_RETRY as PLAIN_RETRY
from pushtrain.workflow.states import build_api_retry as build_plain_retry

TIMESTAMPED = "sagemaker_job_name"  # contains the current time; the toolkit reads the job's name elsewhere


class _NewField(Enum):
    """Fields of the States Language that are newer than the SDK's last release."""

    CausePath = "cause_path"
    JitterStrategy = "jitter_strategy"
    MaxDelaySeconds = "max_delay_seconds"
    ResultSelector = "result_selector"


class Retry(states.Retry):  # type: ignore[misc]
    """Takes `max_delay_seconds` and `jitter_strategy` too."""

    def allowed_fields(self) -> list[Enum]:
        """Return the arguments that the constructor takes."""
        return [*super().allowed_fields(), _NewField.MaxDelaySeconds, _NewField.JitterStrategy]


class Fail(states.Fail):  # type: ignore[misc]
    """Takes `cause_path` too."""

    def allowed_fields(self) -> list[Enum]:
        """Return the arguments that the constructor takes."""
        return [*super().allowed_fields(), _NewField.CausePath]


class Task(states.Task):  # type: ignore[misc]
    """Takes `result_selector` too, and Expressions anywhere in `parameters`."""

    def allowed_fields(self) -> list[Enum]:
        """Return the arguments that the constructor takes."""
        return [*super().allowed_fields(), _NewField.ResultSelector]

    def to_dict(self) -> dict[str, Any]:
        """Return the state as the States Language writes it."""
        state: dict[str, Any] = super().to_dict()
        return state | {"Parameters": mark_expressions(state.get("Parameters") or {})}


class Parallel(states.Parallel):  # type: ignore[misc]
    """Takes `result_selector` too."""

    def allowed_fields(self) -> list[Enum]:
        """Return the arguments that the constructor takes."""
        return [*super().allowed_fields(), _NewField.ResultSelector]


class ProcessingStep(Task, _ProcessingStep):  # type: ignore[misc]
    """Processing with the processor's `output_kms_key`, in the given AWS partition."""

    def __init__(self, state_id: str, processor: Processor, *, partition: str = "aws", **arguments: Any) -> None:
        arguments.setdefault("kms_key_id", processor.output_kms_key)
        super().__init__(state_id, processor, **arguments)
        _set_partition(self, partition)


class TrainingStep(Task, _TrainingStep):  # type: ignore[misc]
    """Training with all settings of the estimator.

    `hyperparameters` are merged, unchanged, over the estimator's. `code` is the S3 URI of the run's code, for the code
    channel of an isolated job: the estimator's own URI is fixed when the definition is built.
    """

    def __init__(
        self,
        state_id: str,
        estimator: EstimatorBase,
        *,
        hyperparameters: Mapping[str, str] | None = None,
        parameters: Mapping[str, Any] | None = None,
        code: Expression | None = None,
        partition: str = "aws",
        **arguments: Any,
    ) -> None:
        super().__init__(state_id, estimator, **arguments)
        request = merge(self.fields["parameters"], read_missing_members(estimator), null_removes=False)
        request["HyperParameters"] = request.get("HyperParameters", {}) | dict(hyperparameters or {})
        request["HyperParameters"].pop(TIMESTAMPED, None)
        for channel in request.get("InputDataConfig", ()):
            if code is not None and channel["ChannelName"] == estimator.code_channel_name:
                channel["DataSource"]["S3DataSource"]["S3Uri"] = code
        self.fields["parameters"] = merge(request, parameters or {}, null_removes=False)
        _set_partition(self, partition)


def build_api_retry(wait_for_capacity: int) -> list[Retry]:
    """Return the Retry of a job's Task: see `pushtrain.workflow.states.build_api_retry`."""
    return [_build_retry(rule) for rule in build_plain_retry(wait_for_capacity)]


def build_job_retry(pipeline: Pipeline, step: str) -> list[Retry]:
    """Return the Retry of the Task of a step in config.yaml."""
    return [_build_retry(rule) for rule in select_job_retry(pipeline, step)]


def _build_retry(rule: Mapping[str, Any]) -> Retry:
    optional = {"max_delay_seconds": rule.get("MaxDelaySeconds"), "jitter_strategy": rule.get("JitterStrategy")}
    return Retry(
        error_equals=rule["ErrorEquals"],
        interval_seconds=rule["IntervalSeconds"],
        backoff_rate=rule["BackoffRate"],
        max_attempts=rule["MaxAttempts"],
        **{name: value for name, value in optional.items() if value is not None},
    )


API_RETRY = [_build_retry(rule) for rule in PLAIN_RETRY]


def _set_partition(step: states.Task, partition: str) -> None:
    """Set the partition of the step's Resource. The original takes that of this computer's region."""
    service = step.fields["resource"].split(":", 2)[2]
    step.fields["resource"] = f"arn:{partition}:{service}"
