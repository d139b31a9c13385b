"""Values of a run as text."""

from __future__ import annotations

REQUEST = {"Name.$": "$.name", "Tags": [{"Key": "run", "Value.$": "$$.Execution.Name"}], "Count": 1}


def test_a_request_becomes_arguments_of_the_sdk_and_back() -> None:
    from pushtrain.sdk.expression import Expression, mark_expressions, wrap_expressions

    arguments = wrap_expressions(REQUEST)
    assert arguments["Name"] == "$.name"
    assert isinstance(arguments["Name"], Expression)
    assert mark_expressions(arguments) == REQUEST


def test_an_expression_in_a_list_becomes_an_array() -> None:
    from pushtrain.sdk.expression import Expression, mark_expressions

    request = {"Arguments": ["--name", Expression("$.name"), "it's"]}
    assert mark_expressions(request) == {"Arguments.$": r"States.Array('--name', $.name, 'it\'s')"}


def test_members_that_are_none_are_left_out() -> None:
    from pushtrain.sdk.expression import mark_expressions

    assert mark_expressions({"A": None, "B": {"C": None}}) == {"B": {}}
