"""`register:` of config.yaml: the gate, and how the registered model is served."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from pushtrain.config.conditions import ABOVE, AT_LEAST, AT_MOST, BELOW, CONDITION_KINDS, ConditionKind
from pushtrain.config.model.section import Section
from pushtrain.config.values import mappings
from pushtrain.config.values.fields import ContentType, Description, ImageUri, MetricPath
from pushtrain.config.values.instances import Framework, HostingInstance

Number = Annotated[float, Field(allow_inf_nan=False)]


class Condition(Section):
    """One condition of the gate: a path into evaluation.json and exactly one bound."""

    metric: MetricPath = Field(
        description="Path into evaluation.json: keys joined by dots, metrics[0].value for an element of a list. "
        "Quote a key that contains a dot or a bracket: 'a.b'.value",
        examples=["accuracy"],
    )
    at_least: Number | None = Field(None, description=AT_LEAST.description)
    at_most: Number | None = Field(None, description=AT_MOST.description)
    above: Number | None = Field(None, description=ABOVE.description)
    below: Number | None = Field(None, description=BELOW.description)

    @model_validator(mode="after")
    def _check_one_bound(self) -> Self:
        if len(self.bounds) != 1:
            keys = ", ".join(kind.key for kind in CONDITION_KINDS)
            listed = " and ".join(kind.key for kind in self.bounds) or "none"
            raise ValueError(f"expected exactly one of {keys}, found {listed}. Write one condition for each bound")
        return self

    @property
    def bounds(self) -> dict[ConditionKind, float]:
        """The bounds that are set, such as {AT_LEAST: 0.9}. A valid condition has one."""
        numbers = {kind: getattr(self, kind.key) for kind in CONDITION_KINDS}
        return {kind: number for kind, number in numbers.items() if number is not None}

    @property
    def kind(self) -> ConditionKind:
        """How a valid condition compares, such as AT_LEAST."""
        (kind,) = self.bounds
        return kind

    @property
    def bound(self) -> float:
        """The number that a valid condition compares with, such as 0.9."""
        (bound,) = self.bounds.values()
        return bound


class Inference(Section):
    """How the registered model is served. The framework is that of `train` unless it is set here."""

    framework: Framework | None = Field(
        None, description="Framework that serves the model. Default: as in train.", examples=["pytorch 2.6"]
    )
    image: ImageUri | None = Field(None, description="URI of your own image, instead of framework.")
    instances: Annotated[tuple[HostingInstance, ...], Field(min_length=1, max_length=20, strict=False)] = Field(
        ("ml.m5.large",), description="Instance types that may serve the model: all with GPUs or all without."
    )
    content_types: Annotated[tuple[ContentType, ...], Field(min_length=1, max_length=20, strict=False)] = Field(
        ("text/csv", "application/json"), description="MIME types of requests."
    )
    response_types: Annotated[tuple[ContentType, ...], Field(min_length=1, max_length=20, strict=False)] = Field(
        ("text/csv", "application/json"), description="MIME types of responses."
    )
    environment: Annotated[dict[str, str], mappings.limit_environment(1024)] = Field(
        {}, description="Environment variables."
    )


class Registration(Section):
    """When and how a model version is registered. Without conditions, every model is registered."""

    when: Annotated[tuple[Condition, ...], Field(max_length=40, strict=False)] = Field(
        (), description="The gate: all conditions must hold. Without conditions, every model is registered."
    )
    inference: Inference = Field(Inference(), description="How the model is served.")
    model: str | None = Field(None, description="Training step with the model to register. Default: `train`.")
    evaluation: str | None = Field(
        None, description="Step with an output `evaluation` that holds evaluation.json. Default: `evaluate`."
    )
    description: Description = Field("", description="Text that the model registry shows.")
