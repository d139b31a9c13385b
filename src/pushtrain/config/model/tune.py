"""`tune:` of a training step: which hyperparameters to search, and how.

Source of the limits: API shapes HyperParameterTuningJobConfig and ParameterRanges; SageMaker guide, "Resource limits of
automatic model tuning", "How hyperparameter tuning works" (a grid has only lists of values).
"""

from __future__ import annotations

import json
import re
from math import prod
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, WithJsonSchema, model_validator

from pushtrain.config.issue import quote
from pushtrain.config.model.mounts import LIST, MAPPING, find_shape
from pushtrain.config.model.section import Section
from pushtrain.config.values import mappings

MAX_RANGES = 30
MAX_CHOICES = 30  # ParameterValues
MAX_CHOICE = 256  # characters: ParameterValue
MAX_TRIALS = 750  # without a higher quota
MAX_PARALLEL = 10  # without a higher quota
MAX_PARENTS = 5  # ParentHyperParameterTuningJobs
MIN_PATIENCE = 3  # MaxNumberOfTrainingJobsNotImproving
GRID = "grid"

Scale = Literal["linear", "log", "reverse_log"]
Strategy = Literal["bayesian", "random", "grid", "hyperband"]


_RUN = re.compile(r"[0-9a-f]{12}-[0-9a-f]{6}")


def _check_run(text: str) -> str:
    if not _RUN.fullmatch(text):
        raise ValueError(f"{quote(text)} is not the id of a run, such as 3f9c1e2a4b5c-0a1b2c: `pushtrain runs list`")
    return text


def _list_one(written: object) -> object:
    """Turn the short form `from: RUN` into a list of one run."""
    return (written,) if isinstance(written, str) else written


RunId = Annotated[str, AfterValidator(_check_run)]
ParentRuns = Annotated[
    tuple[RunId, ...],
    Field(max_length=MAX_PARENTS, strict=False),
    BeforeValidator(_list_one, json_schema_input_type=str | Annotated[list[str], Field(max_length=MAX_PARENTS)]),
]


class Range(Section):
    """The numbers between two bounds, both included."""

    min: int | float = Field(description="Smallest value.")
    max: int | float = Field(description="Largest value. Two whole numbers are a range of whole numbers.")
    scale: Scale | None = Field(
        None, description="Where to search more densely: `log` near `min`, `reverse_log` near 1. Default: AWS chooses."
    )

    @model_validator(mode="after")
    def _check_bounds(self) -> Self:
        if not self.min < self.max:
            raise ValueError(f"min {self.min} must be less than max {self.max}")
        if self.scale == "log" and self.min <= 0:
            raise ValueError(f"`scale: log` needs a min above 0, found {self.min}")
        if self.scale == "reverse_log" and not (self.min >= 0 and self.max < 1):
            raise ValueError(f"`scale: reverse_log` needs 0 <= min and max < 1, found {self.min} and {self.max}")
        return self

    @property
    def is_whole(self) -> bool:
        """True if only whole numbers are searched: both bounds are."""
        return isinstance(self.min, int) and isinstance(self.max, int)


def _check_choices(values: tuple[Any, ...]) -> tuple[Any, ...]:
    texts = [json.dumps(value, ensure_ascii=False) for value in values]
    for value, text in zip(values, texts, strict=True):
        if not isinstance(value, str | int | float | bool):
            raise ValueError(f"expected texts, numbers, true or false, found {text[:60]}")  # noqa: TRY004  (pydantic collects ValueErrors)
        if len(text) > MAX_CHOICE:
            raise ValueError(
                f"{quote(text)} has {len(text)} characters as JSON; SageMaker accepts at most {MAX_CHOICE}"
            )
    if repeated := next((text for text in texts if texts.count(text) > 1), None):
        raise ValueError(f"{repeated} is listed twice")
    return values


_Choice = Annotated[Any, WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]})]
_Choices = Annotated[
    tuple[_Choice, ...], Field(min_length=1, max_length=MAX_CHOICES, strict=False), AfterValidator(_check_choices)
]


def _find_tag(searched: object) -> str:
    """Return the tag of a list or a range. A range that is written out again is a model."""
    return MAPPING if isinstance(searched, Range) else find_shape(searched)


Searched = Annotated[Annotated[_Choices, Tag(LIST)] | Annotated[Range, Tag(MAPPING)], Discriminator(_find_tag)]


class Tune(Section):
    """A search for the hyperparameters with the best value of a metric: several trials, each one training job."""

    maximize: str | None = Field(
        None, description="Name in `metrics`. The trial with the highest value wins.", examples=["validation_auc"]
    )
    minimize: str | None = Field(
        None, description="Name in `metrics`. The trial with the lowest value wins.", examples=["validation_loss"]
    )
    ranges: Annotated[
        dict[str, Searched],
        Field(min_length=1),
        mappings.limit_entries(MAX_RANGES, "ranges", mappings.check_hyperparameter_name),
    ] = Field(
        description="Hyperparameter to its range, {min: 0.001, max: 0.1, scale: log}, or to a list of values. "
        "It takes the place of a value in `hyperparameters`."
    )
    trials: Annotated[int, Field(ge=1, le=MAX_TRIALS)] | None = Field(
        None, description="Number of trials. A grid has one for each combination."
    )
    parallel: Annotated[int, Field(ge=1, le=MAX_PARALLEL)] = Field(1, description="Trials at the same time.")
    strategy: Strategy = Field(
        "bayesian", description="How to choose the next values. On this computer, all but `grid` are a random search."
    )
    patience: Annotated[int, Field(ge=MIN_PATIENCE)] | None = Field(
        None, description="End the search after so many trials without a better one."
    )

    parents: ParentRuns = Field(
        (),
        alias="from",
        description="Runs of this model, at most 5, from whose searches in this step the search goes on (warm start).",
        examples=["3f9c1e2a4b5c-0a1b2c"],
    )

    @model_validator(mode="after")
    def _check_search(self) -> Self:
        if (self.maximize is None) == (self.minimize is None):
            raise ValueError("expected exactly one of maximize and minimize, with a name in `metrics`")
        if self.strategy != GRID and self.trials is None:
            raise ValueError("`trials` is required. Write how many training jobs the search has, such as trials: 20")
        if self.strategy == GRID:
            self._check_grid()
        return self

    def _check_grid(self) -> None:
        if numbers := [name for name, searched in self.ranges.items() if isinstance(searched, Range)]:
            raise ValueError(f"a grid has only lists of values. Write a list for {', '.join(numbers)}")
        if self.grid_size > MAX_TRIALS:
            raise ValueError(f"this grid has {self.grid_size} combinations; at most {MAX_TRIALS} are possible")
        if self.trials not in {None, self.grid_size}:
            raise ValueError(f"this grid has {self.grid_size} combinations. Remove `trials`, or set it to that number")
        if self.parents:
            raise ValueError("a grid tries every combination, whatever an earlier search found. Remove `from`")
        if self.patience is not None:
            raise ValueError("a grid tries every combination. Remove `patience`, or use `strategy: random`")

    @property
    def objective(self) -> str:
        """The metric that decides, as `metrics` names it."""
        return self.maximize or self.minimize or ""

    @property
    def is_maximized(self) -> bool:
        """True if the highest value wins, False if the lowest."""
        return self.maximize is not None

    @property
    def grid_size(self) -> int:
        """The number of combinations of all lists."""
        return prod(len(searched) for searched in self.ranges.values() if isinstance(searched, tuple))

    @property
    def trial_count(self) -> int:
        """The number of trials at most."""
        return self.trials or self.grid_size
