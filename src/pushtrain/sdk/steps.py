"""The steps of `stepfunctions` without their gaps: same names, same arguments, and what the originals cannot say. Pure.

The originals refuse `ResultSelector`, `MaxDelaySeconds`, `JitterStrategy` and `CausePath`, drop half of an estimator's
settings, ask this machine for its AWS partition, and stamp a time on the hyperparameters, so that no two definitions
are equal.
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
from pushtrain.sdk.dropped import read_missing_members
from pushtrain.sdk.expression import Expression, mark_expressions
from pushtrain.workflow.states import API_RETRY as PLAIN_RETRY

STAMPED = "sagemaker_job_name"  # holds the moment the definition was built; the toolkit knows the job's name anyway


class _Added(Enum):
    """Fields of the States Language that came after the SDK's last release."""

    CausePath = "cause_path"
    JitterStrategy = "jitter_strategy"
    MaxDelaySeconds = "max_delay_seconds"
    ResultSelector = "result_selector"


class Retry(states.Retry):  # type: ignore[misc]
    """Takes `max_delay_seconds` and `jitter_strategy` too."""

    def allowed_fields(self) -> list[Enum]:
        """What the constructor takes."""
        return [*super().allowed_fields(), _Added.MaxDelaySeconds, _Added.JitterStrategy]


class Fail(states.Fail):  # type: ignore[misc]
    """Takes `cause_path` too."""

    def allowed_fields(self) -> list[Enum]:
        """What the constructor takes."""
        return [*super().allowed_fields(), _Added.CausePath]


class Task(states.Task):  # type: ignore[misc]
    """Takes `result_selector` too, and Expressions anywhere in `parameters`."""

    def allowed_fields(self) -> list[Enum]:
        """What the constructor takes."""
        return [*super().allowed_fields(), _Added.ResultSelector]

    def to_dict(self) -> dict[str, Any]:
        """The state as the States Language has it."""
        state: dict[str, Any] = super().to_dict()
        return state | {"Parameters": mark_expressions(state.get("Parameters") or {})}


class ProcessingStep(Task, _ProcessingStep):  # type: ignore[misc]
    """Processing with the processor's `output_kms_key`, and in the partition that is asked for."""

    def __init__(self, state_id: str, processor: Processor, *, partition: str = "aws", **arguments: Any) -> None:
        arguments.setdefault("kms_key_id", processor.output_kms_key)
        super().__init__(state_id, processor, **arguments)
        _place(self, partition)


class TrainingStep(Task, _TrainingStep):  # type: ignore[misc]
    """Training with all that the estimator says.

    `hyperparameters` are taken as they are, over the estimator's. `code` is where the run's code lies, for the channel
    of it that an isolated job has: an estimator must be told an address when the definition is built.
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
        request["HyperParameters"].pop(STAMPED, None)
        for channel in request.get("InputDataConfig", ()):
            if code is not None and channel["ChannelName"] == estimator.code_channel_name:
                channel["DataSource"]["S3DataSource"]["S3Uri"] = code
        self.fields["parameters"] = merge(request, parameters or {}, null_removes=False)
        _place(self, partition)


API_RETRY = [
    Retry(
        error_equals=rule["ErrorEquals"],
        interval_seconds=rule["IntervalSeconds"],
        backoff_rate=rule["BackoffRate"],
        max_attempts=rule["MaxAttempts"],
        max_delay_seconds=rule["MaxDelaySeconds"],
        jitter_strategy=rule["JitterStrategy"],
    )
    for rule in PLAIN_RETRY
]


def _place(step: states.Task, partition: str) -> None:
    """The original takes the partition of this machine's region, and `aws` where it has none."""
    service = step.fields["resource"].split(":", 2)[2]
    step.fields["resource"] = f"arn:{partition}:{service}"
