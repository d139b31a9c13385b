"""States in small blocks, joined to a definition."""

from __future__ import annotations

import pytest

from pushtrain.errors import TemplateError
from pushtrain.workflow.states import (
    EMPTY,
    build_api_retry,
    build_choice,
    build_path,
    build_state,
    build_task,
    chain,
    escape,
    fail,
    format_string,
    guard,
)

PASS = {"Type": "Pass"}
RULE = {"Variable": "$.a", "IsPresent": True}
MINUTE, HOUR = 60, 3600


def test_states_of_a_chain_lead_to_the_next_and_the_last_ends_the_run() -> None:
    definition = chain(build_state("a", PASS), EMPTY, build_state("b", PASS)).build_definition("two")
    assert definition == {
        "Comment": "two",
        "StartAt": "a",
        "States": {"a": {"Type": "Pass", "Next": "b"}, "b": {"Type": "Pass", "End": True}},
    }


def test_a_guard_leaves_the_chain_if_its_rule_holds() -> None:
    states = chain(guard("ok?", [(RULE, fail("stop", "Stopped", "why"))]), build_state("b", PASS)).states
    assert states["ok?"] == {"Type": "Choice", "Choices": [{**RULE, "Next": "stop"}], "Default": "b"}
    assert states["stop"] == {"Type": "Fail", "Error": "Stopped", "Cause": "why"}


def test_both_ends_of_a_choice_lead_to_the_next_state() -> None:
    choice = build_choice("which?", RULE, then=build_state("a", PASS), otherwise=build_state("b", PASS))
    states = chain(choice, build_state("c", PASS)).states
    assert (states["a"]["Next"], states["b"]["Next"]) == ("c", "c")


def test_a_choice_at_the_end_gets_a_state_to_end_in() -> None:
    definition = guard("ok?", [(RULE, fail("stop", "Stopped", "why"))]).build_definition("")
    assert definition["States"][definition["States"]["ok?"]["Default"]] == {"Type": "Succeed"}


def test_two_states_of_one_name_are_an_error() -> None:
    with pytest.raises(TemplateError, match="two states are named 'a': a state's name must be unique"):
        chain(build_state("a", PASS), build_state("a", PASS))


def test_a_task_retries_throttling() -> None:
    errors = {error for retry in build_task("a", "arn", {}).states["a"]["Retry"] for error in retry["ErrorEquals"]}
    assert "ThrottlingException" in errors
    assert "States.TaskFailed" not in errors


def test_text_in_an_intrinsic_is_escaped() -> None:
    assert format_string(escape("it's {}") + " {}", "$.a") == r"States.Format('it\'s \{\} {}', $.a)"
    assert build_path("binary", "it's.so") == r"['binary']['it\'s.so']"


@pytest.mark.parametrize(
    ("wait", "interval", "attempts"),
    [(60, 60, 1), (30 * MINUTE, 15 * MINUTE, 2), (2 * HOUR, 15 * MINUTE, 8), (24 * HOUR, 15 * MINUTE, 96)],
)
def test_a_call_over_quota_is_repeated_every_quarter_of_an_hour_for_the_whole_wait(
    wait: int, interval: int, attempts: int
) -> None:
    quota = build_api_retry(wait)[0]
    assert (quota["IntervalSeconds"], quota["MaxAttempts"]) == (interval, attempts)
    assert quota["IntervalSeconds"] * quota["MaxAttempts"] >= wait
    assert quota["BackoffRate"] == 1.0
    assert "JitterStrategy" not in quota  # jitter would shorten the wait by half on average
