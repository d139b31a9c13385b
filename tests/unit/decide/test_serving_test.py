"""The serving test of a run becomes part of its verdict, which no job can write."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from pushtrain import aws
from pushtrain.decide import DecideRequest, ServingRequest, Verdict, decide, parse_payload
from pushtrain.errors import BytesChanged, ServingNotTested
from pushtrain.layout import build_answers_prefix, build_latency_key, build_served_features_key
from pushtrain.platform import Platform
from tests.unit.decide.bucket import EVALUATION, FEATURES, MODEL, PREDICTIONS, VERDICT, Bucket, build_request

HERE = Platform.local()
AWS = msgspec.structs.replace(HERE, local_option="")
JOB_PREFIX = "churn/runs/r1/serving-test/job-2"
ANSWERS = f"{build_answers_prefix(JOB_PREFIX)}/rows.csv.out"
REQUESTS = "model-repos/churn/3f1c9a/rows.csv"
REQUEST = ServingRequest(model="churn", run="r1", job="job-2", error="", within=500)


class Platforms(Bucket):
    """The bucket with a verdict and answers, and SageMaker with a transform job. `described` is None without a job."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies |= {REQUESTS: b"1\n2\n\n3\n", ANSWERS: b"0.1\n0.2\n0.3\n"}
        self.bodies[build_latency_key(JOB_PREFIX)] = json.dumps({"p50": 2.5, "p90": 400.0}).encode()
        self.described: dict[str, Any] | None = {
            "TransformJobStatus": "Completed",
            "TransformInput": {"DataSource": {"S3DataSource": {"S3Uri": f"s3://pushtrain-code/{REQUESTS}"}}},
            "TransformOutput": {"S3OutputPath": f"s3://pushtrain-artifacts/{build_answers_prefix(JOB_PREFIX)}"},
        }

    def describe_transform_job(self, *, TransformJobName: str) -> Mapping[str, Any]:  # noqa: N803 - names of the API
        if self.described is None or TransformJobName != "job-2":
            raise ClientError({"Error": {"Code": "ValidationException", "Message": "no job"}}, "DescribeTransformJob")
        return self.described

    def list_objects_v2(self, *, Bucket: str, Prefix: str) -> Mapping[str, Any]:  # noqa: N803
        return {"Contents": [{"Key": key} for key in self.bodies if key.startswith(Prefix)]}

    def get_object(self, *, Bucket: str, Key: str, VersionId: str = "") -> Mapping[str, Any]:  # noqa: N803
        response = super().get_object(Bucket=Bucket, Key=Key)
        body = response["Body"].read()
        return {**response, "ETag": '"e1"', "Body": StreamingBody(io.BytesIO(body), len(body))}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, IfMatch: str = "", **conditions: str) -> None:  # noqa: N803
        if IfMatch:
            assert IfMatch == '"e1"'
            conditions["IfNoneMatch"] = "*"
        super().put_object(Bucket=Bucket, Key=Key, Body=Body, **conditions)


@pytest.fixture
def platforms(monkeypatch: pytest.MonkeyPatch) -> Platforms:
    """A run with a verdict, whose serving test has completed."""
    client = Platforms()
    monkeypatch.setattr(aws, "client", lambda *_: client)
    request: DecideRequest = msgspec.structs.replace(build_request(), evaluation=None)
    decide(request, HERE)
    return client


def test_a_model_that_answers_every_request_passes(platforms: Platforms) -> None:
    verdict = decide(REQUEST, HERE)
    assert verdict.serving is not None
    assert (verdict.passed, verdict.serving.outcome, verdict.serving.rows) == (True, "passed", 3)
    assert (verdict.serving.p50, verdict.serving.p90, verdict.serving.job) == (2.5, 400.0, "job-2")
    assert Verdict.from_json(platforms.bodies[VERDICT]) == verdict


def test_on_aws_no_file_of_a_job_says_how_fast_the_model_is(platforms: Platforms) -> None:
    platforms.bodies[build_latency_key(JOB_PREFIX)] = b'{"p50": 9000, "p90": 9000}'
    verdict = decide(REQUEST, AWS)
    assert verdict.serving is not None
    assert (verdict.passed, verdict.serving.p50, verdict.serving.p90) == (True, None, None)


def test_a_model_that_is_too_slow_here_does_not_pass(platforms: Platforms) -> None:
    verdict = decide(msgspec.structs.replace(REQUEST, within=399), HERE)
    assert (verdict.passed, verdict.reason) == (
        False,
        "does not serve: p90 is 400 ms on this computer, and register.inference.test.within is 399 ms",
    )


def test_a_job_that_failed_says_why_the_model_does_not_serve(platforms: Platforms) -> None:
    platforms.described = {
        **(platforms.described or {}),
        "TransformJobStatus": "Failed",
        "FailureReason": "AlgorithmError: rows.csv, line 2: inference.py, line 12: ValueError: no (500)",
    }
    verdict = decide(REQUEST, AWS)
    assert (verdict.passed, verdict.reason) == (
        False,
        "does not serve: rows.csv, line 2: inference.py, line 12: ValueError: no (500)",
    )


def test_fewer_answers_than_requests_are_not_enough(platforms: Platforms) -> None:
    platforms.bodies[ANSWERS] = b"0.1\n\n0.2\n"
    assert decide(REQUEST, AWS).reason == "does not serve: 3 requests have only 2 lines of answers"


@pytest.mark.parametrize(("platform", "outcome"), [(HERE, "skipped"), (AWS, "failed")])
def test_an_image_of_one_s_own_is_not_tested_on_this_computer_only(
    platforms: Platforms, platform: Platform, outcome: str
) -> None:
    reason = "NotOnThisComputer: the image is not one of AWS's"
    platforms.described = {**(platforms.described or {}), "TransformJobStatus": "Failed", "FailureReason": reason}
    verdict = decide(REQUEST, platform)
    assert verdict.serving is not None
    assert (verdict.serving.outcome, verdict.serving.reason) == (outcome, "the image is not one of AWS's")


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> Platforms:
    """The same run, whose answers are compared with what its evaluation wrote."""
    client = Platforms()
    client.bodies |= {EVALUATION: b"{}", PREDICTIONS: b"0.1\n0.2\n0.3\n"}
    monkeypatch.setattr(aws, "client", lambda *_: client)
    decide(msgspec.structs.replace(build_request(), compare=("predictions",)), AWS)
    return client


COMPARING = msgspec.structs.replace(REQUEST, compare=("predictions",))


def test_a_model_that_answers_as_in_its_evaluation_passes(compared: Platforms) -> None:
    verdict = decide(COMPARING, AWS)
    assert verdict.serving is not None
    assert (verdict.passed, verdict.reason) == (True, "")
    assert [comparison.describe() for comparison in verdict.serving.comparisons] == ["3 rows as in evaluation"]
    assert Verdict.from_json(compared.bodies[VERDICT]) == verdict


def test_a_model_that_answers_otherwise_does_not_pass(compared: Platforms) -> None:
    compared.bodies[ANSWERS] = b"0.1\n0.4\n0.6\n"
    verdict = decide(COMPARING, AWS)
    assert (verdict.passed, verdict.reason) == (
        False,
        "answers: 2 of 3 rows differ from evaluation's predictions; first: row 2, evaluation 0.2, model 0.4",
    )
    assert verdict.serving is not None
    assert (verdict.serving.serves, verdict.serving.describe()) == (True, "3 of 3 requests answered")
    assert Verdict.from_json(compared.bodies[VERDICT]) == verdict


def test_a_prediction_that_is_written_after_the_evaluation_is_not_read(compared: Platforms) -> None:
    del compared.bodies[VERDICT], compared.bodies[PREDICTIONS]
    decide(msgspec.structs.replace(build_request(), compare=("predictions",)), AWS)
    compared.bodies[PREDICTIONS] = compared.bodies[ANSWERS]
    assert decide(COMPARING, AWS).reason == (
        "answers: not compared: evaluation.py wrote no request_predictions.csv beside evaluation.json"
    )


def test_a_model_that_is_too_slow_and_answers_otherwise_says_both(compared: Platforms) -> None:
    compared.bodies[ANSWERS] = b"0.1\n0.4\n0.3\n"
    assert decide(msgspec.structs.replace(COMPARING, within=399), HERE).reason == (
        "does not serve: p90 is 400 ms on this computer, and register.inference.test.within is 399 ms; answers: 1 of 3 "
        "rows differs from evaluation's predictions; first: row 2, evaluation 0.2, model 0.4"
    )


@pytest.mark.parametrize(
    ("platform", "reason", "text"),
    [
        (
            HERE,
            "features: 1 of 3 rows differs from evaluation's features in age; first: row 3, column age, evaluation 40, "
            "model 4",
            "1 of 3 rows differs",
        ),
        (AWS, "", "not compared: a transform job shows no features"),
    ],
)
def test_features_that_differ_close_the_gate_on_this_computer(
    platforms: Platforms, platform: Platform, reason: str, text: str
) -> None:
    served = {"columns": None, "rows": [["31"], ["35"], ["4"]], "fault": ""}
    platforms.bodies |= {EVALUATION: b"{}", FEATURES: b"age\n31\n35\n40\n"}
    platforms.bodies[build_served_features_key(JOB_PREFIX)] = json.dumps(served).encode()
    del platforms.bodies[VERDICT]
    decide(msgspec.structs.replace(build_request(), compare=("features",)), platform)
    verdict = decide(msgspec.structs.replace(REQUEST, compare=("features",)), platform)
    assert verdict.serving is not None
    assert (verdict.passed, verdict.reason) == (not reason, reason)
    assert verdict.serving.comparisons[0].describe().startswith(text)
    assert Verdict.from_json(platforms.bodies[VERDICT]) == verdict


def test_answers_that_are_too_few_are_not_compared(compared: Platforms) -> None:
    compared.bodies[ANSWERS] = b"0.1\n"
    assert decide(COMPARING, AWS).reason == "does not serve: 3 requests have only 1 lines of answers"


def test_a_second_invocation_gives_the_first_result(platforms: Platforms) -> None:
    first = decide(REQUEST, HERE)
    platforms.described = None
    assert decide(REQUEST, HERE) == first


def test_whoever_wrote_first_is_believed(platforms: Platforms) -> None:
    earlier = decide(REQUEST, HERE)
    document = platforms.bodies[VERDICT]
    platforms.bodies[VERDICT] = msgspec.structs.replace(earlier, serving=None).to_json().encode()

    def write_first(**_: object) -> None:
        platforms.bodies[VERDICT] = document
        raise ClientError({"Error": {"Code": "PreconditionFailed", "Message": ""}}, "PutObject")

    platforms.put_object = write_first  # type: ignore[method-assign]
    platforms.bodies[ANSWERS] = b""
    assert decide(REQUEST, HERE) == earlier


@pytest.mark.parametrize(
    ("described", "request_of_run", "message"),
    [
        (None, REQUEST, "its job ended as "),
        (
            None,
            msgspec.structs.replace(REQUEST, job="", error="SageMaker.ResourceLimitExceededException: 0 Instances"),
            "SageMaker.ResourceLimitExceededException: 0 Instances",
        ),
        ({"TransformJobStatus": "Stopped"}, REQUEST, "its job ended as Stopped"),
        (
            {"TransformJobStatus": "Failed", "FailureReason": "InternalServerError: try again"},
            REQUEST,
            "InternalServerError: try again",
        ),
    ],
)
def test_a_test_that_did_not_take_place_fails_the_run(
    platforms: Platforms, described: dict[str, Any] | None, request_of_run: ServingRequest, message: str
) -> None:
    platforms.described = described
    with pytest.raises(ServingNotTested) as raised:
        decide(request_of_run, AWS)
    assert str(raised.value) == (
        f"the serving test did not take place: {message}. Start the run anew with: pushtrain push DIR --again"
    )


def test_answers_that_are_missing_prove_nothing(platforms: Platforms) -> None:
    del platforms.bodies[ANSWERS]
    with pytest.raises(ServingNotTested) as raised:
        decide(REQUEST, AWS)
    assert str(raised.value) == (
        "the transform job completed and wrote 0 files of answers, not one. Start the run anew with: pushtrain push "
        "DIR --again"
    )


def test_answers_that_were_written_again_prove_nothing(platforms: Platforms) -> None:
    platforms.rewritten.add(ANSWERS)
    with pytest.raises(BytesChanged):
        decide(REQUEST, AWS)


def test_the_model_that_was_tested_is_the_one_that_was_evaluated(platforms: Platforms) -> None:
    platforms.rewritten.add(MODEL)
    with pytest.raises(BytesChanged):
        decide(REQUEST, AWS)
    platforms.rewritten.clear()
    del platforms.bodies[MODEL]
    with pytest.raises(BytesChanged) as raised:
        decide(REQUEST, AWS)
    assert str(raised.value) == f"s3://pushtrain-artifacts/{MODEL} was deleted while it was tested. Push with --again"


@pytest.mark.parametrize(
    ("serving", "job", "error"),
    [
        ({"name": "n", "job": {"name": "n-2"}}, "n-2", ""),
        ({"name": "n", "error": {"Error": "States.TaskFailed", "Cause": "{}"}}, "n", "States.TaskFailed: {}"),
        ({"Error": "SageMaker.AmazonSageMakerException"}, "", "SageMaker.AmazonSageMakerException"),
    ],
)
def test_the_payload_has_what_became_of_the_job(serving: dict[str, Any], job: str, error: str) -> None:
    request = parse_payload({"model": "churn", "run": "r1", "serving": serving, "compare": ["predictions"]})
    expected = ServingRequest(model="churn", run="r1", job=job, error=error, within=None, compare=("predictions",))
    assert request == expected
