"""Paths and intrinsics are taken or refused as Step Functions does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pushtrain.catalog import expression

GOOD = [
    "$",
    "$.a.b[0]['c d'][\"e\"]",
    "$.read.evaluation['정확도']['a.b']['it\\'s']",
    "$$.Execution.Input.metadata['data.raw']",
    "$$.Map.Item.Value.x",
    "$name.x",
    "$.a[*].b",
    "$..b",
    "$.a[?(@.b == 1)].c",
    "States.UUID()",
    "States.Format('a-{}-{}', $$.Execution.Name, $$.State.RetryCount)",
    "States.Format('it\\'s \\{{}\\}', $.a)",
    "States.Array($.a['x, )'], States.Hash($$.Execution.Id, 'MD5'), -1.5, true, null)",
]
BAD = [
    ("static", "no path and no intrinsic at 'static' in 'static'"),
    ("", "no path and no intrinsic at '' in ''"),
    ("$.a[", "'$.a[' is not a JSONPath"),
    ("$.a b", "'$.a b' is not a JSONPath"),
    ("$$.Execution.Nam", "the context object's Execution has no 'Nam'. Did you mean 'Name'?"),
    ("$$.Exec.Name", "the context object has no 'Exec'. Did you mean 'Execution'?"),
    (
        "States.Formatt('{}', $.a)",
        ("there is no intrinsic States.Formatt. Did you mean 'States.Format'? in \"States.Formatt('{}', $.a)\""),
    ),
    (
        "States.Format('{}', $.a",
        "expected ',' or ')' behind '$.a': unbalanced or misquoted in \"States.Format('{}', $.a\"",
    ),
    ("States.Format('{}', $.a))", "')' is left over behind States.Format(…) in \"States.Format('{}', $.a))\""),
    (
        "States.Format('{}, $.a)",
        ("\"'{}, $.a)\" is no path, intrinsic, 'text', number, true, false or null in \"States.Format('{}, $.a)\""),
    ),
    ("States.Format('{} {}', $.a)", "States.Format has 2 '{}' for 1 values in \"States.Format('{} {}', $.a)\""),
    (
        "States.Format('{a}', $.a)",
        "a brace of States.Format that is no '{}' needs a backslash in \"States.Format('{a}', $.a)\"",
    ),
    ("States.MathAdd($.a)", "States.MathAdd takes 2 arguments, not 1 in 'States.MathAdd($.a)'"),
    ("States.Array($.a,)", "')' is no path, intrinsic, 'text', number, true, false or null in 'States.Array($.a,)'"),
    (
        "States.Array($$.Task.Tokn)",
        "the context object's Task has no 'Tokn'. Did you mean 'Token'? in 'States.Array($$.Task.Tokn)'",
    ),
    (
        "States.Array(" * 11 + ")" * 11,
        (
            "more than 10 intrinsics are nested in "
            "'States.Array(States.Array(States.Array(States.Array(States.Array(States.Array(States.Array(States.Array(States.Array(States.Array(States.Array()))))))))))'"
        ),
    ),
]


@pytest.mark.parametrize("text", GOOD)
def test_what_aws_takes_is_taken(text: str) -> None:
    assert expression.find_expression_problem(text) is None


@pytest.mark.parametrize(("text", "hint"), BAD)
def test_what_aws_refuses_is_refused_with_the_reason(text: str, hint: str) -> None:
    assert str(expression.find_expression_problem(text)) == hint


def test_a_reference_path_names_one_node() -> None:
    assert expression.find_path_problem("$.a['b c'][0]", reference=True) is None
    assert expression.find_path_problem("$.a[*]", reference=True)
    assert expression.find_path_problem("p..[", reference=True)


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("$.job", True),
        ("$$.Execution.Name", True),
        ("States.UUID()", True),
        ("$5 off", False),
        ("$", False),
        ("States", False),
    ],
)
def test_plain_text_that_reads_like_an_expression_is_noticed(text: str, looks: bool) -> None:
    assert expression.looks_like_expression(text) is looks


def test_the_template_of_a_format_is_found_without_its_escapes() -> None:
    assert expression.read_format_template("States.Format('it\\'s {}', $.a)") == "it's {}"
    assert expression.read_format_template("$.a") is None


@given(text=st.text(max_size=30) | st.text(alphabet="$.[]'(){},\\ States.Format", max_size=60))
def test_any_text_is_judged_not_crashed_on(text: str) -> None:
    expression.find_expression_problem(text)
    expression.looks_like_expression(text)


@given(key=st.text(min_size=1, max_size=20))
def test_any_key_can_be_reached_in_bracket_form(key: str) -> None:
    escaped = key.replace("\\", "\\\\").replace("'", "\\'")
    assert expression.find_path_problem(f"$['{escaped}']", reference=True) is None
