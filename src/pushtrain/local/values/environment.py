"""The Python environment in which a model was trained, from the record of its run. Pure."""

from __future__ import annotations

from msgspec import Struct

from pushtrain.local.platform import describe_runtime
from pushtrain.record import RunRecord


class ModelEnvironment(Struct, frozen=True, kw_only=True):
    """The image of the step that trained a model, its script and the S3 URI of the code archive.

    `image` is empty if a template chose it. `matches_image`: the framework has the version of the image. That is so for
    a model that was trained on AWS.
    """

    step: str
    image: str
    script: str
    code: str
    matches_image: bool


def find_environment(record: RunRecord, step: str) -> ModelEnvironment:
    """Return the environment of a step of a run."""
    return ModelEnvironment(
        step=step,
        image=record.images.get(step) or "",
        script=str(record.parameters.get(step, {}).get("script", "")),
        code=record.code,
        matches_image=not record.runtime or record.runtime == describe_runtime(match_image=True),
    )
