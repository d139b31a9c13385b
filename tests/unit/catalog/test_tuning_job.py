"""The names of a tuning job are those of the API model."""

from __future__ import annotations

from pushtrain.catalog import tuning_job


def test_the_method_is_that_of_the_operation() -> None:
    assert tuning_job.LIST_TRIALS_METHOD.replace("_", "") == tuning_job.LIST_TRIALS.lower()
