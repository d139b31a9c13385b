"""`choose:`: one metric, and which way is better."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pushtrain.config import Choose


def test_it_says_the_metric_and_the_direction() -> None:
    highest, lowest = Choose(maximize="auc"), Choose(minimize="loss.value")
    assert (highest.metric, highest.direction) == ("auc", 1)
    assert (lowest.metric, lowest.direction) == ("loss.value", -1)


@pytest.mark.parametrize("members", [{}, {"maximize": "a", "minimize": "b"}])
def test_exactly_one_metric_is_compared(members: dict[str, Any]) -> None:
    message = "expected exactly one of maximize and minimize, with a metric of evaluation.json"
    with pytest.raises(ValidationError, match=message):
        Choose(**members)
