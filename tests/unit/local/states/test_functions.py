"""What Lambda answers when a handler raises."""

from __future__ import annotations

import json

import pytest

from pushtrain.decide.evaluation import read_metrics
from pushtrain.errors import MetricMissing
from pushtrain.local.states.functions import FunctionFailed


def test_the_answer_has_the_class_and_the_message_of_the_error() -> None:
    with pytest.raises(MetricMissing) as raised:
        read_metrics({}, ["auc"])
    answer = json.loads(FunctionFailed.from_error(raised.value).cause)
    assert (answer["errorType"], answer["errorMessage"]) == (
        "MetricMissing",
        "evaluation.json has no metric 'auc', which config.yaml's register.when asks for. It has no metric at all",
    )
    assert "test_functions.py" in answer["stackTrace"][0]
