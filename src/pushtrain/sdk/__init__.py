"""Additions to AWS's own SDKs, for templates written with their classes. Needs the extra `sdk`. Pure.

In: a Pipeline (config.yaml on a platform). Out: estimators, processors and steps of `sagemaker` and `stepfunctions`,
with all members that pushtrain's own requests have. They must not call AWS, upload code or read settings of this
computer: the SDKs' classes do all three, unless their session is an OfflineSession.

`docs/templates.md` lists what the SDKs leave out or cannot express, and the addition for each.
"""

from pushtrain.sdk.capacity import wait_for_capacity
from pushtrain.sdk.embed import embed
from pushtrain.sdk.estimators import build_estimator, build_processor
from pushtrain.sdk.expression import Expression
from pushtrain.sdk.job_request import JobRequest
from pushtrain.sdk.reuse import reuse_or_run
from pushtrain.sdk.rules import build_gate_rule
from pushtrain.sdk.session import OfflineSession
from pushtrain.sdk.steps import (
    API_RETRY,
    Fail,
    Parallel,
    ProcessingStep,
    Retry,
    Task,
    TrainingStep,
    build_api_retry,
    build_job_retry,
)

__all__ = [
    "API_RETRY",
    "Expression",
    "Fail",
    "JobRequest",
    "OfflineSession",
    "Parallel",
    "ProcessingStep",
    "Retry",
    "Task",
    "TrainingStep",
    "build_api_retry",
    "build_estimator",
    "build_gate_rule",
    "build_job_retry",
    "build_processor",
    "embed",
    "reuse_or_run",
    "wait_for_capacity",
]
