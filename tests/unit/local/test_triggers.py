"""Which event calls which Lambda function on this computer."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import pytest

from pushtrain.local.api import ApiError
from pushtrain.local.states.functions import FunctionFailed
from pushtrain.local.triggers import HANDLERS, ON_DECIDE, ON_PUSH, Triggers
from pushtrain.platform import Platform

PLATFORM = Platform.local()
PUT = {
    "bucket_name": PLATFORM.code_bucket,
    "name": "model-repos/churn/3f9c1e2ab123/config.yaml",
    "contentsize": 3,
    "_etag": "e",
    "_version_id": "v",
}


def build_triggers(*names: str) -> Triggers:
    return Triggers(dict.fromkeys(names, f"{__name__}.record"), PLATFORM, runtime="Python")


def record(event: Mapping[str, Any], _context: object) -> Mapping[str, Any]:
    """Stand for each handler: it fails if the event says so."""
    if "fails" in event:
        raise ValueError(event["fails"])
    return {"seen": event}


def list_calls(triggers: Triggers) -> list[str]:
    return [invocation.function for invocation in triggers.functions.invocations]


def test_the_functions_that_are_called_by_default_exist() -> None:
    for handler in HANDLERS.values():
        module, _, function = handler.rpartition(".")
        assert callable(getattr(importlib.import_module(module), function))


def test_a_config_in_the_code_bucket_calls_on_push_and_other_objects_call_nothing() -> None:
    triggers = build_triggers(ON_PUSH)
    triggers.report_put(PUT | {"name": "model-repos/churn/3f9c1e2ab123/train.py"})
    triggers.report_put(PUT | {"bucket_name": PLATFORM.artifact_bucket})
    assert list_calls(triggers) == []
    triggers.report_put(PUT)
    assert list_calls(triggers) == [ON_PUSH]
    assert triggers.event_sources == {PLATFORM.push_queue_arn: "arn:aws:lambda:us-east-1:123456789012:function:on_push"}


def test_an_event_whose_function_is_left_out_calls_nothing() -> None:
    triggers = build_triggers()
    triggers.report_put(PUT)
    assert list_calls(triggers) == []
    assert (triggers.event_sources, triggers.on_update, triggers.on_end) == ({}, None, None)


def test_a_run_invokes_on_decide_alone_and_fails_with_it() -> None:
    triggers = build_triggers(ON_DECIDE)
    assert triggers.invoke_decide(PLATFORM.decide_function, {"run": "r"}) == {"seen": {"run": "r"}}
    with pytest.raises(FunctionFailed, match="no metrics"):
        triggers.invoke_decide(PLATFORM.decide_function, {"fails": "no metrics"})
    with pytest.raises(ApiError, match="Function not found: mine"):
        triggers.invoke_decide("mine", {})
    assert list_calls(triggers) == [ON_DECIDE, ON_DECIDE]
