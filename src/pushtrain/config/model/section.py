"""The base of all sections of config.yaml."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A mapping with fixed keys. Unknown keys are refused, types are not converted, values cannot be changed later."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with the fields of `update`. What was computed from the old fields is left out."""
        copy = super().model_copy(update=update, deep=deep)
        for key in copy.__dict__.keys() - type(self).model_fields.keys():
            del copy.__dict__[key]
        return copy


SectionType = TypeVar("SectionType", bound=Section)
Computed = TypeVar("Computed")


def compute_once(function: Callable[[SectionType], Computed]) -> Callable[[SectionType], Computed]:
    """Let a pure function of a section compute its value once for each section. The caller must not change the value.

    The section itself holds the value, as with `cached_property`, so that both are freed together.
    """
    key = f"_{function.__module__}.{function.__qualname__}"  # no field can have this name

    @wraps(function)
    def read_or_compute(section: SectionType) -> Computed:
        if key not in section.__dict__:  # two threads may both compute it: their values are equal
            section.__dict__[key] = function(section)
        computed: Computed = section.__dict__[key]
        return computed

    return read_or_compute
