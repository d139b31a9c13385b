"""Which hyperparameters the model of a search was trained with. Reads SageMaker.

SageMaker itself knows them: a job cannot change what DescribeTrainingJob says of it. It says so for a reused job too.
"""

from __future__ import annotations

from typing import Any

from pushtrain.catalog.job_kinds import TRAINING
from pushtrain.decide.request import DecideRequest
from pushtrain.record import UNKNOWN
from pushtrain.record.trial import decode_hyperparameter


def read_tuned(sagemaker: Any, request: DecideRequest) -> dict[str, str]:
    """Return the hyperparameters that were searched, with their values as texts. Raises what SageMaker raises.

    [unverified] on AWS: that a trial's HyperParameters have them. One that is missing there is `unknown` in the verdict
    and in the version's metadata; `aws sagemaker describe-training-job` for the job of the model shows what there is.
    """
    describe = getattr(sagemaker, TRAINING.build_method("describe"))
    hyperparameters = describe(**{TRAINING.name_member: request.artifact.job})["HyperParameters"]
    return {
        name: decode_hyperparameter(hyperparameters[name]) if name in hyperparameters else UNKNOWN
        for name in request.tuned
    }
