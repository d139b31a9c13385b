"""`choose:` of config.yaml: which candidate wins."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from pushtrain.config.model.section import Section
from pushtrain.config.values.fields import MetricPath


class Choose(Section):
    """Which candidate wins: the one with the highest or the lowest value of a metric. Of equal ones, the first."""

    maximize: MetricPath | None = Field(
        None, description="Path into evaluation.json. The candidate with the highest value wins.", examples=["auc"]
    )
    minimize: MetricPath | None = Field(
        None, description="Path into evaluation.json. The candidate with the lowest value wins.", examples=["loss"]
    )

    @model_validator(mode="after")
    def _check_one_metric(self) -> Self:
        if (self.maximize is None) == (self.minimize is None):
            raise ValueError("expected exactly one of maximize and minimize, with a metric of evaluation.json")
        return self

    @property
    def metric(self) -> str:
        """The metric that is compared, as config.yaml writes it."""
        return self.maximize or self.minimize or ""

    @property
    def direction(self) -> Literal[1, -1]:
        """1 if the highest value wins, -1 if the lowest."""
        return 1 if self.maximize else -1
