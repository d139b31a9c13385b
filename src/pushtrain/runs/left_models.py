"""Delete the SageMaker models that a run created for its serving test and left, because it was stopped in between.

In: a run that has ended. Out: the names of the models that were deleted. Calls SageMaker.
"""

from __future__ import annotations

from pushtrain import aws
from pushtrain.platform import Platform
from pushtrain.runs.model import Run

GONE = frozenset({"ValidationException", "ResourceNotFound"})  # "Could not find model"


def delete_left_models(platform: Platform, run: Run) -> tuple[str, ...]:
    """Delete the models that the run left. A second event about the same end finds them gone."""
    return tuple(name for name in run.left_models if delete_model(platform, name))


def delete_model(platform: Platform, name: str) -> bool:
    """Delete a SageMaker model. Return False if there is none of this name."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        aws.client("sagemaker", platform.region).delete_model(ModelName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] not in GONE:
            raise
        return False
    return True
