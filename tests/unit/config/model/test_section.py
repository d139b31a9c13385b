"""What all sections have in common: no unknown keys, no converted types, no later changes."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pushtrain.config.model import Section, compute_once


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


def test_compute_once_computes_once_for_each_section() -> None:
    calls: list[Sample] = []

    @compute_once
    def double(sample: Sample) -> int:
        calls.append(sample)
        return 2 * sample.size

    sample, other = Sample(size=2), Sample(size=5)
    assert [double(sample), double(sample), double(other)] == [4, 4, 10]
    assert calls == [sample, other]


def test_a_computed_value_is_no_part_of_the_section() -> None:
    sample = Sample(size=2)
    compute_once(lambda section: section)(sample)
    assert sample == Sample(size=2)
    assert repr(sample) == "Sample(size=2)"
    assert sample.model_dump() == {"size": 2}


@pytest.mark.parametrize("deep", [False, True])
def test_a_copy_with_other_values_computes_again(*, deep: bool) -> None:
    @compute_once
    def double(sample: Sample) -> int:
        return 2 * sample.size

    sample = Sample(size=2)
    assert double(sample) == 4
    assert double(sample.model_copy(update={"size": 5}, deep=deep)) == 10
    assert double(sample) == 4
