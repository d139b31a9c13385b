"""JSONPath and intrinsic calls, read as Step Functions reads them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pushtrain.local.states import intrinsics, paths

DATA = {"a": {"b.c": [{"d": 1}, {"d": None}]}, "it's": 2, "l": [[1, 2], [3]], "점수": 0.5, "f1-score": 0.7}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$", DATA),
        ("$.a['b.c'][0].d", 1),
        ('$.a["b.c"][1].d', None),
        ("$['a']['b.c'][-1]", {"d": None}),
        (r"$['it\'s']", 2),
        ("$.l[0][1]", 2),
        ("$.점수", 0.5),
        ("$['점수']", 0.5),
        ("$.f1-score", 0.7),
        ("$.l[*][0]", [1, 3]),
        ("$.l[0][0:2]", [1, 2]),
        ("$.l[0:1]", [[1, 2]]),
        ("$.a['b.c'][?(@.d==1)].d", [1]),
        ("$.a['b.c'][?(@.d==9)].d", []),
        ("$..d", [1, None]),
    ],
)
def test_values(path: str, value: Any) -> None:
    assert paths.value_at(path, DATA) == value


@pytest.mark.parametrize("path", ["$.none", "$.l[9]", "$.l.a", "$.a[0]", "$.점수.x"])
def test_definite_paths_that_lead_nowhere(path: str) -> None:
    with pytest.raises(paths.NoValue):
        paths.value_at(path, DATA)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("States.Format('a'", "States.Format('a': expected ',' or ')' at ''"),
        ("States.Nothing('a')", "States.Nothing('a'): there is no such intrinsic function at \"States.Nothing('a')\""),
        ("States.Format('a') and more", "States.Format('a') and more: unexpected 'and more' after the call"),
        ("States.Format('a' 'b')", "States.Format('a' 'b'): expected ',' or ')' at \"'b')\""),
        ("Format('a')", "Format('a'): there is no such intrinsic function at \"Format('a')\""),
        ("States.Format(unquoted)", "States.Format(unquoted): there is no such intrinsic function at 'unquoted)'"),
    ],
)
def test_texts_that_are_no_calls(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)) as told:
        intrinsics.parse(text, lambda function: function)
    assert str(told.value) == said


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
