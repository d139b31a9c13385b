"""The earlier searches of a step, as the definition reads them."""

from __future__ import annotations

from pushtrain.catalog.api import find_request_problems
from pushtrain.record import IDENTICAL, TRANSFER, ParentSearches


def test_they_are_members_of_warm_start_config() -> None:
    for kind in (IDENTICAL, TRANSFER):
        members = ParentSearches(runs=("r",), jobs=("pushtrain-1-aa-0-0",), type=kind).build_input()
        config = {"ParentHyperParameterTuningJobs": members["jobs"], "WarmStartType": members["type"]}
        request = {"WarmStartConfig": config}
        assert find_request_problems("CreateHyperParameterTuningJob", request, partial=True) == []
