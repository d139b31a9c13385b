"""Each correction of moto's interpreter: what AWS answers, ours equals it, and stock moto does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

BODY = {"accuracy": 0.9, "macro avg": {"f1-score": 0.8}}


def state(**members: Any) -> dict[str, Any]:
    """A definition of one state that ends."""
    return {"StartAt": "A", "States": {"A": {"End": True, **members}}}


def shaped(**parameters: Any) -> dict[str, Any]:
    """One Pass state with Parameters."""
    return state(Type="Pass", Parameters=parameters)


def choice(*rules: Any, **members: Any) -> dict[str, Any]:
    """A Choice whose first matching rule goes to Yes, else to No."""
    choices = [{**rule, "Next": "Yes"} for rule in rules]
    ends = {
        "Yes": {"Type": "Pass", "Result": {"went": "yes"}, "End": True},
        "No": {"Type": "Pass", "Result": {"went": "no"}, "End": True},
    }
    return {"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": choices, "Default": "No", **members}, **ends}}


def get_object(**members: Any) -> dict[str, Any]:
    resource = "arn:aws:states:::aws-sdk:s3:getObject"
    return state(Type="Task", Resource=resource, **members)


NO_RULE = choice({"Variable": "$.x", "NumericEquals": 2})
del NO_RULE["States"]["A"]["Default"], NO_RULE["States"]["No"]

READS = {
    "ResultSelector": {"body.$": "States.StringToJson($.Body)"},
    "Parameters": {"Bucket": "bucket", "Key": "e.json"},
}
CAUGHT = {
    **choice({"Variable": "$.x", "IsPresent": True}),
    "StartAt": "Try",
}
CAUGHT["States"] = {
    "Try": {
        "Type": "Parallel",
        "Branches": [choice({"Variable": "$.missing", "NumericEquals": 1})],
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
        "End": True,
    },
    "Caught": {"Type": "Pass", "Result": {"went": "caught"}, "End": True},
}
SUCCEEDED = "SUCCEEDED"
MISSING_PARAMETER = get_object(
    Parameters={"Bucket.$": "$.missing"}, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]
)
MISSING_PARAMETER["States"]["Caught"] = {"Type": "Pass", "Result": {"went": "caught"}, "End": True}
UNICODE = json.dumps(choice({"Variable": "$.m['점수']", "NumericEquals": 1}), ensure_ascii=True)
SDK_ERROR = state(
    Type="Task",
    Resource="arn:aws:states:::aws-sdk:sagemaker:describeModelPackage",
    Parameters={"ModelPackageName": "arn:aws:sagemaker:us-east-1:123456789012:model-package/none/1"},
)

FAILING = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "States.TaskFailed", "Cause": "c"}}}

# name, definition, input, what AWS answers: status and output, or status and error.
CASES: list[tuple[str, Any, Any, tuple[str, Any]]] = [
    ("list item", shaped(**{"v.$": "$.l[0].a"}), {"l": [{"a": 1}]}, (SUCCEEDED, {"v": 1})),
    (
        "list item in a Choice",
        choice({"Variable": "$.l[0].a", "NumericEquals": 1}),
        {"l": [{"a": 1}]},
        (SUCCEEDED, {"went": "yes"}),
    ),
    ("Hangul in dot form", shaped(**{"v.$": "$.m.점수"}), {"m": {"점수": 1}}, (SUCCEEDED, {"v": 1})),
    ("Hangul written as escapes", UNICODE, {"m": {"점수": 1}}, (SUCCEEDED, {"went": "yes"})),
    ("double quotes in a path", shaped(**{"v.$": '$["a b"]'}), {"a b": 1}, (SUCCEEDED, {"v": 1})),
    (
        "double quotes in a Choice",
        choice({"Variable": '$["a b"]', "NumericEquals": 1}),
        {"a b": 1},
        (SUCCEEDED, {"went": "yes"}),
    ),
    (
        "bracket path in an intrinsic",
        shaped(**{"v.$": "States.Format('{}', $.m['macro avg']['f1-score'])"}),
        {"m": BODY},
        (SUCCEEDED, {"v": "0.8"}),
    ),
    (
        "bracket path in JsonToString",
        shaped(**{"v.$": "States.JsonToString($.m['macro avg']['f1-score'])"}),
        {"m": BODY},
        (SUCCEEDED, {"v": "0.8"}),
    ),
    (
        "hyphen in an intrinsic",
        shaped(**{"v.$": "States.Format('{}', $.f1-score)"}),
        {"f1-score": 1},
        (SUCCEEDED, {"v": "1"}),
    ),
    ("missing in a Choice", choice({"Variable": "$.x", "NumericEquals": 1}), {}, ("FAILED", "States.Runtime")),
    ("no rule, no Default", NO_RULE, {"x": 1}, ("FAILED", "States.NoChoiceMatched")),
    ("States.ALL and Runtime", MISSING_PARAMETER, {}, ("FAILED", "States.Runtime")),
    ("States.ALL and Runtime, out of a branch", CAUGHT, {}, ("FAILED", "States.Runtime")),
    ("error of a branch", state(Type="Parallel", Branches=[FAILING]), {}, ("FAILED", "States.TaskFailed")),
    (
        "error of an item",
        state(Type="Map", ItemsPath="$.l", ItemProcessor=FAILING),
        {"l": [1]},
        ("FAILED", "States.TaskFailed"),
    ),
    ("NaN", shaped(**{"v.$": "States.StringToJson($.t)"}), {"t": '{"a": NaN}'}, ("FAILED", "States.IntrinsicFailure")),
    ("not JSON", shaped(**{"v.$": "States.StringToJson($.t)"}), {"t": "{"}, ("FAILED", "States.IntrinsicFailure")),
    ("RedriveCount", shaped(**{"v.$": "$$.Execution.RedriveCount"}), {}, (SUCCEEDED, {"v": 0})),
    ("RetryCount in a Pass", shaped(**{"v.$": "$$.State.RetryCount"}), {}, (SUCCEEDED, {"v": 0})),
    ("body of an object", get_object(**READS), {}, (SUCCEEDED, {"body": BODY})),
    ("error of aws-sdk:sagemaker", SDK_ERROR, {}, ("FAILED", "SageMaker.SageMakerException")),
]
BY_NAME = {name: case for name, *case in CASES}


def outcome(aws: Any, name: str) -> tuple[str, Any]:
    definition, data, _ = BY_NAME[name]
    aws.s3.create_bucket(Bucket="bucket")
    aws.s3.put_object(Bucket="bucket", Key="e.json", Body=json.dumps(BODY))
    ended = aws.run(definition, data, name="run")
    return ended["status"], ended["output"] if ended["status"] == SUCCEEDED else ended.get("error")


@pytest.mark.parametrize("name", BY_NAME)
def test_answers_as_aws_does(engine: Any, name: str) -> None:
    assert outcome(engine, name) == BY_NAME[name][2]


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", BY_NAME)
def test_stock_moto_still_answers_otherwise(stock: Any, name: str) -> None:
    assert outcome(stock, name) != BY_NAME[name][2], f"moto changed: it answers {name!r} right by itself now"


def test_escapes_in_values_are_decoded_once(engine: Any) -> None:
    assert engine.run(shaped(v='say "hi"\n\\'))["output"] == {"v": 'say "hi"\n\\'}


def test_start_time_is_text(engine: Any) -> None:
    ended = engine.run(shaped(**{"v.$": "States.Format('{}', $$.Execution.StartTime)"}))
    assert ended["output"]["v"].endswith("Z")
    assert ended["output"]["v"].startswith(f"{ended['startDate'].year}-")


def test_stock_moto_cannot_format_the_start_time(stock: Any) -> None:
    assert stock.run(shaped(**{"v.$": "States.Format('{}', $$.Execution.StartTime)"}), name="run")["status"] == "FAILED"


def test_dates_of_aws_sdk_results_are_text(engine: Any) -> None:
    engine.s3.create_bucket(Bucket="bucket")
    ended = engine.run(
        state(Type="Task", Resource="arn:aws:states:::aws-sdk:s3:listBuckets", OutputPath="$.Buckets[0].CreationDate")
    )
    assert ended["output"].endswith("Z")


def test_missing_object_is_caught_by_its_name(engine: Any) -> None:
    engine.s3.create_bucket(Bucket="bucket")
    definition = get_object(
        Parameters={"Bucket": "bucket", "Key": "none"},
        Catch=[{"ErrorEquals": ["S3.NoSuchKeyException"], "Next": "Caught"}],
    )
    definition["States"]["Caught"] = {"Type": "Pass", "Result": {"went": "caught"}, "End": True}
    assert engine.run(definition)["output"] == {"went": "caught"}


def test_present_guards_a_missing_variable(engine: Any) -> None:
    guarded = {"And": [{"Variable": "$.x", "IsPresent": True}, {"Variable": "$.x", "NumericEquals": 1}]}
    assert engine.run(choice(guarded))["output"] == {"went": "no"}


def test_an_error_named_in_full_is_still_caught(engine: Any) -> None:
    definition = json.loads(json.dumps(MISSING_PARAMETER).replace("States.ALL", "States.Runtime"))
    assert engine.run(definition)["output"] == {"went": "caught"}


def test_retries_count_in_the_task(engine: Any) -> None:
    definition = get_object(
        Parameters={"Bucket.$": "States.Format('none-{}', $$.State.RetryCount)", "Key": "k"},
        Retry=[{"ErrorEquals": ["S3.NoSuchBucketException"], "IntervalSeconds": 1, "MaxAttempts": 1, "BackoffRate": 1}],
    )
    engine.s3.create_bucket(Bucket="none-1")
    engine.s3.put_object(Bucket="none-1", Key="k", Body=b"x")
    assert engine.run(definition)["output"]["Body"] == "x"
