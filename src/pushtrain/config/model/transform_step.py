"""A step of `kind: transform` in config.yaml: the trained model answers all rows of its data.

Source: API shape CreateTransformJobRequest.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from pushtrain.catalog.job_kinds import TRANSFORM
from pushtrain.config.model.mounts import Inputs
from pushtrain.config.model.steps import StepSettings
from pushtrain.config.values.fields import NO_SCRIPT, ContentType, KindName, MountName
from pushtrain.config.values.instances import TransformInstances
from pushtrain.config.values.units import HOUR, CapacityWait, ProcessingTime

Split = Literal["line", "none"]
Strategy = Literal["multi", "single"]


def _require_one(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(names) != 1:
        raise ValueError(f"{len(names)} outputs; a transform job writes all answers into one")
    return names


class TransformStep(StepSettings):
    """A step of your own that lets the trained model answer all rows of its data, in a batch transform job.

    Image and environment variables of the container are those of `register.inference`. It runs no script, and the API
    has no key for the size of its disk.
    """

    kind = TRANSFORM
    input_folder = ""
    framework: ClassVar[str | None] = None  # type: ignore[misc]
    image: ClassVar[str | None] = None  # type: ignore[misc]
    script: ClassVar[str] = NO_SCRIPT  # type: ignore[misc]
    volume: ClassVar[int] = 0  # type: ignore[misc]
    environment: ClassVar[dict[str, str]] = {}  # type: ignore[misc]
    reads: ClassVar[tuple[str, ...] | None] = None  # type: ignore[misc]

    kind_name: KindName = Field(
        alias="kind",
        description="Kind of the job. `transform` has the output that it lists.",
        json_schema_extra={"enum": [TRANSFORM.name]},
    )
    instance_types: TransformInstances = Field(
        ("ml.m5.large",),
        alias="instance",
        description="Instance type for the batch transform job.",
        json_schema_extra={"default": "ml.m5.large"},
    )
    max_runtime: ProcessingTime = Field(
        HOUR,
        description="Time limit: 90s, 30m, 2h, 1h 30m, 3d; at most 9d. The run stops the job then.",
        json_schema_extra={"default": "1h"},
    )
    wait_for_capacity: CapacityWait = Field(
        2 * HOUR,
        description="How long the job waits, if the account uses all instances of its quota: 30m, 12h; at most 24h.",
        json_schema_extra={"default": "2h"},
    )
    inputs: Inputs | None = Field(
        None, description="Two sources: the model to register, such as train.model, and the data to answer."
    )
    outputs: Annotated[tuple[MountName, ...], Field(min_length=1, strict=False), AfterValidator(_require_one)] = Field(
        ("predictions",), description="Name of the folder with the answers: FILE.out for each file of the data."
    )
    content_type: ContentType | None = Field(
        None, description="MIME type of the data. Default: that of the data, or the first of register.inference."
    )
    accept: ContentType | None = Field(
        None, description="MIME type of the answers. Default: the first of register.inference.response_types."
    )
    split: Split = Field("line", description="What a request is made of: lines of a file, or none: the whole file.")
    strategy: Strategy = Field(
        "multi", description="How many lines a request has: as many as fit (multi), or one (single)."
    )

    @property
    def output_folders(self) -> dict[str, str]:
        """The output, which has no folder in the container."""
        return dict.fromkeys(self.outputs, "")
