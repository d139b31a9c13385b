"""What all sections have in common: no unknown keys, no converted types, no later changes."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pushtrain.config.model import Section


class Sample(Section):
    size: int = 1


@pytest.mark.parametrize("tree", [{"sise": 2}, {"size": "2"}, {"size": 2.0}, {"size": True}])
def test_unknown_keys_and_other_types_are_refused(tree: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Sample.model_validate(tree)


def test_a_section_cannot_be_changed() -> None:
    sample = Sample(size=2)
    with pytest.raises(ValidationError, match="frozen"):
        sample.__setattr__("size", 3)
