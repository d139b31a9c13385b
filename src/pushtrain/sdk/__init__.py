"""What completes AWS's own SDKs, for templates written with their classes. Needs the extra `sdk`. Pure.

In: a Pipeline (config.yaml on a platform). Out: estimators, processors and steps of `sagemaker` and `stepfunctions`,
in which nothing is missing that pushtrain's own requests hold. It must not reach AWS, upload code or read this
machine's settings: the classes do all three unless they are given a session that cannot.

`docs/templates.md` lists what the SDKs drop or cannot say, and where each is completed.
"""

from pushtrain.sdk.embed import embed
from pushtrain.sdk.estimators import build_estimator, build_processor
from pushtrain.sdk.expression import Expression
from pushtrain.sdk.job_request import JobRequest
from pushtrain.sdk.rules import build_gate_rule
from pushtrain.sdk.session import OfflineSession
from pushtrain.sdk.steps import API_RETRY, Fail, ProcessingStep, Retry, Task, TrainingStep

__all__ = [
    "API_RETRY",
    "Expression",
    "Fail",
    "JobRequest",
    "OfflineSession",
    "ProcessingStep",
    "Retry",
    "Task",
    "TrainingStep",
    "build_estimator",
    "build_gate_rule",
    "build_processor",
    "embed",
]
