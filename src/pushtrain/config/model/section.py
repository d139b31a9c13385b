"""The base of all sections of config.yaml."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A mapping with fixed keys. Unknown keys are refused, types are not converted, values cannot be changed later."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
