"""`register:` of config.yaml: the gate, and how the registered model is served."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from pushtrain.catalog.suggest import did_you_mean
from pushtrain.config.conditions import (
    ABOVE,
    AT_LEAST,
    AT_MOST,
    BELOW,
    CHAMPION,
    CONDITION_KINDS,
    Bound,
    ChampionBound,
    ConditionKind,
    build_label,
    parse_champion_bound,
)
from pushtrain.config.issue import quote
from pushtrain.config.model.section import Section
from pushtrain.config.values import mappings
from pushtrain.config.values.fields import ContentType, Description, ImageUri, MetricPath, RepoPath
from pushtrain.config.values.inference_code import CODE_VARIABLES
from pushtrain.config.values.instances import Framework, HostingInstance
from pushtrain.config.values.units import Latency
from pushtrain.layout import FEATURES_FILE, PREDICTIONS_FILE

AGGREGATES = ("worst", "spread")  # keys of a condition on groups
# pydantic puts these tags into the path of an error. `validation_errors` takes them out.
PASS, FAIL = "pass", "fail"  # values of `without_champion`
NUMBER = "[number]"
RELATIVE = "[relative]"
Compared = Literal["predictions", "features"]  # of the serving test
FOLDER = "[folder]"
ENTRIES = "[entries]"


def _find_bound_tag(written: object) -> str:
    return RELATIVE if isinstance(written, str) else NUMBER


def _find_code_tag(written: object) -> str:
    return FOLDER if isinstance(written, str) else ENTRIES


def _check_outcome(text: str) -> str:
    if text not in {PASS, FAIL}:
        raise ValueError(f"expected {PASS} or {FAIL}, found {quote(text)}{did_you_mean(text, (PASS, FAIL))}")
    return text


def _check_relative(text: str) -> str:
    return str(parse_champion_bound(text))


Number = Annotated[float, Field(allow_inf_nan=False)]
RelativeBound = Annotated[
    str, AfterValidator(_check_relative), Field(json_schema_extra={"pattern": f"^{CHAMPION}( *[+-] *[0-9.]+ *%?)?$"})
]
BoundField = Annotated[
    Annotated[Number, Tag(NUMBER)] | Annotated[RelativeBound, Tag(RELATIVE)], Discriminator(_find_bound_tag)
]


_CodeEntries = Annotated[tuple[RepoPath, ...], Field(min_length=1, max_length=20, strict=False)]
InferenceCode = Annotated[
    Annotated[RepoPath, Tag(FOLDER)] | Annotated[_CodeEntries, Tag(ENTRIES)], Discriminator(_find_code_tag)
]


class GroupBound(Section):
    """The bound of a condition on groups: exactly one."""

    at_least: BoundField | None = Field(None, description=AT_LEAST.description)
    at_most: BoundField | None = Field(None, description=AT_MOST.description)
    above: BoundField | None = Field(None, description=ABOVE.description)
    below: BoundField | None = Field(None, description=BELOW.description)

    @model_validator(mode="after")
    def _check_one_bound(self) -> Self:
        _require_one_bound(_list_bounds(self))
        return self


class Condition(Section):
    """One condition of the gate: a path into evaluation.json and exactly one bound.

    With `by`, the bound is for groups of rows: for the worst of them, or for the spread between them.
    """

    metric: MetricPath = Field(
        description="Path into evaluation.json: keys joined by dots, metrics[0].value for an element of a list. "
        "Quote a key that contains a dot or a bracket: 'a.b'.value",
        examples=["accuracy"],
    )
    at_least: BoundField | None = Field(None, description=AT_LEAST.description)
    at_most: BoundField | None = Field(None, description=AT_MOST.description)
    above: BoundField | None = Field(None, description=ABOVE.description)
    below: BoundField | None = Field(None, description=BELOW.description)
    by: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        None,
        description="Name of a grouping in `groups` of evaluation.json. Needs worst or spread.",
        examples=["region"],
    )
    worst: GroupBound | None = Field(None, description="Bound for the group with the worst value.")
    spread: GroupBound | None = Field(
        None, description="Bound for the difference between the highest and the lowest value: at_most or below."
    )

    @model_validator(mode="after")
    def _check_one_bound(self) -> Self:
        aggregates = [key for key in AGGREGATES if getattr(self, key) is not None]
        if self.by is None and aggregates:
            raise ValueError(f"{aggregates[0]} needs `by:`, the name of a grouping in `groups` of evaluation.json")
        if self.by is not None and (len(aggregates) != 1 or _list_bounds(self)):
            raise ValueError("with `by`, write either worst or spread with the bound in it: worst: {at_least: 0.8}")
        if self.spread and self.kind.direction > 0:
            raise ValueError(f"a spread is small if groups are alike. Write at_most or below, not {self.kind.key}")
        _require_one_bound(self.bounds)
        return self

    @property
    def aggregate(self) -> str:
        """What the bound is for, if there are groups: `worst` or `spread`; empty without groups."""
        return next((key for key in AGGREGATES if getattr(self, key) is not None), "")

    @property
    def label(self) -> str:
        """The metric with its groups: `recall`, `worst recall by region`."""
        return build_label(self.metric, self.by or "", self.aggregate)

    @property
    def bounds(self) -> dict[ConditionKind, Bound]:
        """The bounds that are set, such as {AT_LEAST: 0.9}. A valid condition has one."""
        return _list_bounds(self.worst or self.spread or self)

    @property
    def kind(self) -> ConditionKind:
        """How a valid condition compares, such as AT_LEAST."""
        (kind,) = self.bounds
        return kind

    @property
    def bound(self) -> Bound:
        """What a valid condition compares with: a number such as 0.9, or one that depends on the champion."""
        (bound,) = self.bounds.values()
        return bound

    @property
    def compares_champion(self) -> bool:
        """True if the bound depends on the champion."""
        return isinstance(self.bound, ChampionBound)


def _list_bounds(section: GroupBound | Condition) -> dict[ConditionKind, Bound]:
    written = {kind: getattr(section, kind.key) for kind in CONDITION_KINDS}
    return {kind: _read_bound(bound) for kind, bound in written.items() if bound is not None}


def _read_bound(written: float | str) -> Bound:
    return parse_champion_bound(written) if isinstance(written, str) else written


def _require_one_bound(bounds: Collection[ConditionKind]) -> None:
    """Raise ValueError unless there is one bound."""
    if len(bounds) != 1:
        keys = ", ".join(kind.key for kind in CONDITION_KINDS)
        listed = " and ".join(kind.key for kind in bounds) or "none"
        raise ValueError(f"expected exactly one of {keys}, found {listed}. Write one condition for each bound")


class ServingTest(Section):
    """Real requests that the model must answer before it is registered."""

    requests: RepoPath = Field(
        description="File in the model repo. Each line is one request; a .json or .npy file is one as a whole.",
        examples=["samples/requests.csv"],
    )
    content_type: ContentType | None = Field(
        None, description="MIME type of the requests. Default: by the ending of the file's name."
    )
    within: Latency | None = Field(
        None, description="Time in which 90 % of the requests must be answered, measured on this computer only."
    )
    compare: Annotated[tuple[Compared, ...], Field(strict=False)] = Field(
        (),
        description="What must be equal to what evaluation.py wrote for the requests beside evaluation.json: "
        f"predictions, in {PREDICTIONS_FILE}; on this computer also features, in {FEATURES_FILE}.",
        examples=["[predictions]", "[predictions, features]"],
    )


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
    code: InferenceCode | None = Field(
        None,
        description="Files and folders of the model repo that go into the model's code/ when the training script has "
        "ended, or one folder with all of them. inference.py must be there.",
        examples=["[inference.py, features/]"],
    )
    test: ServingTest | None = Field(
        None, description="Requests that the model must answer before it is registered. Without it, no test runs."
    )

    @property
    def variables(self) -> dict[str, str]:
        """Variables of the model's container: those of `environment`, and those that `code` needs."""
        return {**(CODE_VARIABLES if self.code else {}), **self.environment}


class Registration(Section):
    """When and how a model version is registered. Without conditions, every model is registered."""

    when: Annotated[tuple[Condition, ...], Field(max_length=200, strict=False)] = Field(
        (), description="The gate: all conditions must hold. Without conditions, every model is registered."
    )
    without_champion: Annotated[str, AfterValidator(_check_outcome)] = Field(
        PASS,
        description="What becomes of conditions with `champion` while no version is in service: pass or fail.",
        json_schema_extra={"enum": [PASS, FAIL]},
    )
    inference: Inference = Field(Inference(), description="How the model is served.")
    model: str | None = Field(None, description="Training step with the model to register. Default: `train`.")
    evaluation: str | None = Field(
        None, description="Step with an output `evaluation` that holds evaluation.json. Default: `evaluate`."
    )
    description: Description = Field("", description="Text that the model registry shows.")
