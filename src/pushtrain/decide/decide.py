"""Decide whether a run may register its model: read evaluation.json, judge it, write the verdict. Calls S3.

In: a DecideRequest. Out: a Verdict, which is also written as verdict.json. Only the function `on_decide` may write that
key, so what a verdict says cannot be changed by a job. The document is written once: an invocation that is repeated
returns the verdict of the first one, even if evaluation.json has changed in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from pushtrain import aws
from pushtrain.config.values.metric import format_metric_path, parse_metric
from pushtrain.decide.evaluation import parse_evaluation, read_metrics
from pushtrain.decide.metrics import flatten_metrics
from pushtrain.decide.request import DecideRequest
from pushtrain.decide.verdict import Verdict, build_reason, judge
from pushtrain.errors import EvaluationMissing, EvaluationTooLarge, EvaluationUnreadable
from pushtrain.layout import build_uri, build_verdict_key
from pushtrain.platform import Platform

CONFLICT_CODES = {"PreconditionFailed", "ConditionalRequestConflict"}
MAX_METRICS = 10_000  # metrics in verdict.json, which then has at most a few MB
MIB = 1 << 20
# Larger documents are not read, here and where runs and reports show metrics. As Python objects they need up to twenty
# times as many bytes, so the function has memory for them.
MAX_BYTES = 16 * MIB


@dataclass(frozen=True, kw_only=True)
class _Evaluation:
    """The bytes of evaluation.json and their S3 version id, which is empty in a bucket without versions."""

    body: bytes
    version: str


def decide(request: DecideRequest, platform: Platform) -> Verdict:
    """Return the verdict on a run, and write it as verdict.json unless an earlier invocation has written one.

    Raises a DecideError if the metrics of the gate cannot be read.
    """
    s3 = aws.client("s3", platform.region)
    if verdict := _read_earlier(s3, platform.artifact_bucket, request.model, request.run):
        return verdict
    verdict = _build_verdict(request, platform, _read_evaluation(s3, platform.artifact_bucket, request))
    return _save_verdict(s3, platform, verdict)


def _read_earlier(s3: Any, bucket: str, model: str, run: str) -> Verdict | None:
    """Return the verdict of an earlier invocation; None if there is none. Raises ValueError if it cannot be read."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        response = s3.get_object(Bucket=bucket, Key=build_verdict_key(model, run))
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        return None
    return Verdict.from_json(response["Body"].read())


def _read_evaluation(s3: Any, bucket: str, request: DecideRequest) -> _Evaluation:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        response = s3.get_object(Bucket=bucket, Key=request.evaluation_key)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            raise EvaluationMissing(
                f"the {request.step} job wrote no evaluation.json: write it to {request.path}"
            ) from error
        raise EvaluationUnreadable(
            f"evaluation.json could not be read: {error.response['Error']['Message']}"
        ) from error
    if response["ContentLength"] > MAX_BYTES:
        size = response["ContentLength"] / MIB
        raise EvaluationTooLarge(
            f"evaluation.json has {size:.1f} MB; the gate reads at most {MAX_BYTES // MIB} MB. "
            "Move its arrays to plots.json"
        )
    return _Evaluation(body=response["Body"].read(), version=response.get("VersionId", ""))


def _build_verdict(request: DecideRequest, platform: Platform, evaluation: _Evaluation) -> Verdict:
    document = parse_evaluation(evaluation.body)
    values = read_metrics(document, (condition.metric for condition in request.conditions))
    results = judge(request.conditions, values)
    gate_metrics = {format_metric_path(parse_metric(metric)): value for metric, value in values.items()}
    other_metrics = islice(flatten_metrics(document).items(), MAX_METRICS)
    return Verdict(
        model=request.model,
        run=request.run,
        passed=all(result.holds for result in results),
        reason=build_reason(results),
        conditions=results,
        metrics=gate_metrics | dict(other_metrics),
        evaluation=build_uri(platform.artifact_bucket, request.evaluation_key),
        evaluation_version=evaluation.version,
    )


def _save_verdict(s3: Any, platform: Platform, verdict: Verdict) -> Verdict:
    """Write the verdict. If another invocation has written one in the meantime, return that one instead."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    key = build_verdict_key(verdict.model, verdict.run)
    try:
        s3.put_object(Bucket=platform.artifact_bucket, Key=key, Body=verdict.to_json().encode(), IfNoneMatch="*")
    except ClientError as error:
        earlier = _read_earlier(s3, platform.artifact_bucket, verdict.model, verdict.run)
        if error.response["Error"]["Code"] not in CONFLICT_CODES or earlier is None:
            raise
        return earlier
    return verdict
