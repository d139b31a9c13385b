"""Intrinsic calls: their values in a run, and texts that are no calls."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pushtrain.local.states import intrinsics


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("States.Format('a'", "States.Format('a': expected ',' or ')' at ''"),
        ("States.Nothing('a')", "States.Nothing('a'): there is no such intrinsic function at \"States.Nothing('a')\""),
        ("States.Format('a') and more", "States.Format('a') and more: unexpected 'and more' after the call"),
        ("States.Format('a' 'b')", "States.Format('a' 'b'): expected ',' or ')' at \"'b')\""),
        ("Format('a')", "Format('a'): there is no such intrinsic function at \"Format('a')\""),
        ("States.Format(unquoted)", "States.Format(unquoted): there is no such intrinsic function at 'unquoted)'"),
    ],
)
def test_texts_that_are_no_calls(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)) as raised:
        intrinsics.parse(text, lambda function: function)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("call", "value"),
    [
        (
            r"States.Format('it\'s {} of {}', $.n, States.Array(1, -2.5, true, null))",
            "it's 1 of [1, -2.5, true, null]",
        ),
        ("States.Format('{}', $['a, (b)'])", "x"),
        ("States.Format( '{}' , $$.Execution.Input['a, (b)'] )", "x"),
        ("States.ArrayLength($.l[*])", 2),
        ("States.ArrayGetItem($.l, 1)", "c"),
        ("States.MathAdd($.n, -3)", -2),
    ],
)
def test_calls_in_a_run(engine: Any, call: str, value: Any) -> None:
    only = {"Type": "Pass", "Parameters": {"v.$": call}, "End": True}
    data = {"n": 1, "a, (b)": "x", "l": ["b", "c"]}
    assert engine.run({"StartAt": "Only", "States": {"Only": only}}, data)["output"] == {"v": value}
