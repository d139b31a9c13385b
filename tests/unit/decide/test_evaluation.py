"""The metrics of a gate in evaluation.json, and what its author reads if they cannot be judged."""

from __future__ import annotations

import json
import math

import pytest

from pushtrain.decide.evaluation import check_names, parse_evaluation, read_metrics
from pushtrain.errors import EvaluationNotJson, MetricMissing, MetricNameUnreadable, MetricNotANumber

BINARY = {"binary": {"accuracy": {"value": 0.9}, "auc": {"value": 0.8}}}


def test_metrics_are_read_by_their_paths() -> None:
    evaluation = {"a": {"b.c": 1}, "metrics": [{"value": 0.5}]}
    assert read_metrics(evaluation, ["a.'b.c'", "metrics[0].value"]) == {"a.'b.c'": 1, "metrics[0].value": 0.5}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"accuracy: 1", "Expecting value: line 1 column 1 (char 0)"),
        (b"", "Expecting value: line 1 column 1 (char 0)"),
        (b"[" * 100_000, "it is nested too deeply"),
    ],
)
def test_what_is_not_json_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(EvaluationNotJson) as raised:
        parse_evaluation(body)
    assert str(raised.value) == f"evaluation.json is not JSON: {reason}. Write it with json.dump"


def test_bytes_that_are_no_text_are_not_json() -> None:
    with pytest.raises(
        EvaluationNotJson, match=r"^evaluation.json is not JSON: .*can't decode.* Write it with json.dump"
    ):
        parse_evaluation(b"\xff\xff")


def test_nan_and_infinity_are_named_by_metric() -> None:
    evaluation = {"accuracy": math.nan, "f1": {"value": math.inf}, "curve": [1.0, math.nan], "ok": 1.0}
    with pytest.raises(MetricNotANumber) as raised:
        parse_evaluation(json.dumps(evaluation).encode())
    assert str(raised.value) == (
        "evaluation.json: accuracy, f1.value, curve[1] is NaN or Infinity, which JSON cannot hold. "
        "Write a finite number"
    )


def test_of_many_metrics_that_are_nan_a_few_are_listed() -> None:
    with pytest.raises(MetricNotANumber, match=r"evaluation.json: c\[0\], c\[1\], c\[2\], c\[3\], c\[4\] … is NaN"):
        parse_evaluation(json.dumps({"c": [math.nan] * 9}).encode())


def find_hint(metric: str, evaluation: object) -> str:
    """Return what is suggested for a metric that evaluation.json does not have."""
    with pytest.raises(MetricMissing) as raised:
        read_metrics(evaluation, [metric])
    message = f"evaluation.json has no metric {metric!r}, which config.yaml's register.when asks for."
    assert str(raised.value).startswith(message)
    return str(raised.value).removeprefix(message)


@pytest.mark.parametrize(
    ("metric", "evaluation", "hint"),
    [
        ("accuracy", BINARY, " Did you mean 'binary.accuracy.value'?"),
        ("accuracy.value", BINARY, " Did you mean 'binary.accuracy.value'?"),
        ("binary.acuracy.value", BINARY, " Did you mean 'binary.accuracy.value'?"),
        ("zz", BINARY, " It has: binary.accuracy.value, binary.auc.value"),
        ('"it\'s"', BINARY, " It has: binary.accuracy.value, binary.auc.value"),
        ("value", BINARY, " Did you mean 'binary.auc.value'?"),
        ("metrics[1].value", {"metrics": [{"value": 0.9}]}, " Did you mean 'metrics[0].value'?"),
        ("metrics.value", {"metrics": [{"value": 0.9}]}, " Did you mean 'metrics[0].value'?"),
        ("zz", {"metrics": [{"value": 0.9}]}, " It has: metrics[0].value"),
        ("zz", {"$": 1, "curve": [1] * 5000}, " It has: '$', curve[0], curve[1], curve[2], curve[3] …"),
        ("zz", {f"m{n}": n for n in range(9)}, " It has: m0, m1, m2, m3, m4 …"),
        ("zz", {}, " It has no metric at all"),
        ("zz", {"it's a 'name'": 1}, " It has no metric at all"),
    ],
)
def test_a_missing_metric_is_told_with_the_one_that_was_meant(metric: str, evaluation: object, hint: str) -> None:
    assert find_hint(metric, evaluation) == hint


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("0.9", ""),
        (None, ""),
        (True, ""),
        (10**400, ""),
        (math.nan, ""),
        ({"value": 1}, " Did you mean 'accuracy.value'?"),
        ([0.9], " Did you mean 'accuracy[0]'?"),
        ([], ""),
    ],
)
def test_a_metric_that_is_no_finite_number_is_told_with_the_number_inside(value: object, hint: str) -> None:
    with pytest.raises(MetricNotANumber) as raised:
        read_metrics({"accuracy": value}, ["accuracy"])
    assert str(raised.value) == (
        f"metric 'accuracy' of evaluation.json is not a finite number, so the gate cannot judge it.{hint}"
    )


def test_a_missing_metric_is_told_before_one_that_is_no_number() -> None:
    with pytest.raises(MetricMissing):
        read_metrics({"a": "text"}, ["a", "b"])


@pytest.mark.parametrize(
    ("name", "shown", "control"),
    [
        ("auc\x1b", "'auc\\x1b'", "\\x1b"),
        ("auc\n  ✓ f1", "'auc\\n  ✓ f1'", "\\x0a"),
        ("\u202ecua", "'\\u202ecua'", "\\u202e"),
        ("\ud83d", "'\\ud83d'", "\\ud83d"),
    ],
)
def test_a_name_that_would_change_the_screen_of_an_approver_is_refused(name: str, shown: str, control: str) -> None:
    for evaluation in ({name: 1}, {"m": {name: {"value": 1}}}, {"l": [{name: 1}]}):
        with pytest.raises(MetricNameUnreadable) as error:
            check_names(evaluation)
        assert str(error.value).endswith(
            f"has the character {control}, which cannot be seen. Write it without this character"
        )
    with pytest.raises(MetricNameUnreadable) as error:
        check_names({name: 1})
    assert str(error.value) == (
        f"evaluation.json: the name of the metric {shown} has the character {control}, which cannot be seen. Write it "
        "without this character"
    )


def test_names_of_any_language_are_fine() -> None:
    check_names({"정확도": 1, "précision · naïve": {"value": 2}, "👩\u200d💻": 3})
    check_names({"labels": ["\x1b"]})  # a text is no metric


def test_the_message_names_the_key_that_asks_for_the_metric() -> None:
    with pytest.raises(MetricMissing) as raised:
        read_metrics({"auc": 1}, ["aucc"], key="choose")
    assert str(raised.value) == (
        "evaluation.json has no metric 'aucc', which config.yaml's choose asks for. Did you mean 'auc'?"
    )
