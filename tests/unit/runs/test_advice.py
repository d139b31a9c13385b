"""What to try after a failure."""

from __future__ import annotations

import pytest

from pushtrain.runs.advice import find_advice


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("ModuleNotFoundError: No module named 'xgb'", "name the package of xgb in requirements.txt"),
        ("OSError: [Errno 28] No space left on device", "a larger `volume`"),
        ("AlgorithmError: , exit code: 137", "the instance had too little memory"),
        ("CapacityError: Unable to provision", "AWS has no free instance of this type now"),
        ("Job name must be unique (Error Code: ResourceInUse)", "an answer of AWS about this job was lost"),
    ],
)
def test_a_common_failure_has_advice(reason: str, advice: str) -> None:
    assert find_advice(reason).startswith(advice)


def test_a_reason_that_explains_itself_has_no_advice() -> None:
    assert find_advice("ValueError: no rows") == ""
