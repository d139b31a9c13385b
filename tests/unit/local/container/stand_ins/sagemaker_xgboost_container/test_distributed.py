"""Training with one host, as scripts for AWS's XGBoost images start it."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.local.container.stand_ins.sagemaker_xgboost_container.distributed import rabit_run


def test_the_function_runs_once_and_learns_that_it_is_the_master() -> None:
    calls: list[dict[str, Any]] = []
    rabit_run(lambda **options: calls.append(options), {"x": 1}, True, ["algo-1"], "algo-1", update_rabit_args=True)
    rabit_run(lambda **options: calls.append(options), {"x": 2}, False, ["algo-1"], "algo-1")
    assert calls == [{"x": 1, "is_master": True}]


def test_several_hosts_are_refused() -> None:
    with pytest.raises(RuntimeError) as error:
        rabit_run(print, {}, True, ["algo-1", "algo-2"], "algo-1")
    assert str(error.value) == "2 hosts, such as algo-1: on this computer a job has one"
