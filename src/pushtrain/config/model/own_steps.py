"""The steps of `steps:` in config.yaml: one class for each kind of job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Discriminator, Tag

from pushtrain.config.model.steps import ProcessingStep, StepSettings, TrainingStep
from pushtrain.config.model.transform_step import TransformStep

# pydantic puts these tags into the path of an error. `validation_errors` takes them out.
OWN_STEPS: Mapping[str, type[StepSettings]] = {
    "[processing]": ProcessingStep,
    "[training]": TrainingStep,
    "[transform]": TransformStep,
}


def find_step_tag(written: object) -> str:
    """Return the tag of a step in `steps:`: that of its `kind`, which is processing unless it is given.

    A step that is written out again is a model.
    """
    kind = written.get("kind") if isinstance(written, dict) else getattr(written, "kind_name", None)
    tag = f"[{kind}]"
    return tag if tag in OWN_STEPS else "[processing]"


OwnStep = Annotated[
    Annotated[ProcessingStep, Tag("[processing]")]
    | Annotated[TrainingStep, Tag("[training]")]
    | Annotated[TransformStep, Tag("[transform]")],
    Discriminator(find_step_tag),
]
