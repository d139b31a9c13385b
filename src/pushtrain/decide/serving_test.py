"""Judge the serving test of a run, and put its result into the verdict. Calls S3 and SageMaker.

What is believed is what a job cannot write: SageMaker's own status of the transform job, and that its answers have
exactly one version. Times of answers come from this computer only, where runs have no other tenant.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from pushtrain import aws
from pushtrain.aws import CONFLICT_CODES
from pushtrain.catalog.content_types import has_rows
from pushtrain.catalog.job_fields import read_path
from pushtrain.catalog.job_kinds import CAPACITY_ERROR, TRANSFORM
from pushtrain.decide.pinned import PinnedObject, pin_object
from pushtrain.decide.request import ServingRequest
from pushtrain.decide.row_comparison import RowComparison
from pushtrain.decide.serving_comparison import Answers, compare_answers, compare_features, skip_features
from pushtrain.decide.serving_result import ServingResult
from pushtrain.decide.verdict import Verdict
from pushtrain.documents import read_with_etag
from pushtrain.errors import BytesChanged, ServingNotTested
from pushtrain.layout import build_latency_key, build_verdict_key, split_uri
from pushtrain.platform import Platform

# FailureReason of a job on this computer whose image cannot be imitated begins so. AWS never writes it.
NOT_HERE = "NotOnThisComputer"
ENGINE_ERRORS = ("InternalServerError", CAPACITY_ERROR)  # of SageMaker, not of the model
NO_JOB_CODES = frozenset({"ValidationException", "ResourceNotFound"})
AGAIN = "Start the run anew with: pushtrain push DIR --again"


def judge_serving_test(s3: Any, request: ServingRequest, platform: Platform) -> Verdict:
    """Return the run's verdict with the result of its serving test, and write it.

    If an earlier invocation has written one, return that. Raises ServingNotTested if the test could not take place.
    """
    key = build_verdict_key(request.model, request.run)
    document, etag = read_with_etag(s3, platform.artifact_bucket, key)
    verdict = Verdict.from_json(document)
    if verdict.serving is not None:
        return verdict
    serving = _judge(s3, request, verdict, platform)
    passed, reason = verdict.passed and serving.holds, verdict.reason or serving.fault
    judged = msgspec.structs.replace(verdict, passed=passed, reason=reason, serving=serving)
    return _save(s3, platform, key, judged, etag)


def _judge(s3: Any, request: ServingRequest, verdict: Verdict, platform: Platform) -> ServingResult:
    described = _describe_job(platform, request.job) if request.job else {}
    status, reason = described.get(TRANSFORM.status_member, ""), str(described.get("FailureReason", ""))
    if status not in {"Completed", "Failed"} or reason.startswith(ENGINE_ERRORS):
        cause = reason or request.error or f"its job ended as {status}"
        raise ServingNotTested(f"the serving test did not take place: {cause}. {AGAIN}")
    requests = read_path(described, ("TransformInput", "DataSource", "S3DataSource"))["S3Uri"]
    result = ServingResult(outcome="failed", job=request.job, requests=requests, within=request.within)
    _require_same_model(s3, verdict.artifact)
    if status == "Failed":
        kind, _, text = reason.partition(": ")
        if platform.local_option and kind == NOT_HERE:
            return msgspec.structs.replace(result, outcome="skipped", reason=text)
        return msgspec.structs.replace(result, reason=text or reason)
    folder = read_path(described, TRANSFORM.outputs)["S3OutputPath"]
    file = _pin_answers(s3, folder)
    rows, answers = _count_lines(s3, requests), _count_answers(s3, file, requests)
    p50, p90 = _read_latency(s3, folder, platform)
    answered = _check_answers(msgspec.structs.replace(result, rows=rows, answers=answers, p50=p50, p90=p90))
    if answers < rows:
        return answered
    accept = read_path(described, TRANSFORM.outputs).get("Accept", "")
    given = Answers(file=file, accept=accept, is_one=not has_rows(requests))
    comparisons = (_compare(s3, subject, verdict, given, platform) for subject in request.compare)
    return msgspec.structs.replace(answered, comparisons=tuple(comparisons))


def _compare(s3: Any, subject: str, verdict: Verdict, answers: Answers, platform: Platform) -> RowComparison:
    if subject == "predictions":
        return compare_answers(s3, verdict.predictions, answers)
    if not platform.local_option:
        return skip_features()
    return compare_features(s3, verdict.features, answers.file.uri.rpartition("/")[0])


def _require_same_model(s3: Any, artifact: PinnedObject) -> None:
    """Raise BytesChanged if the model that was tested may not be the one that was evaluated."""
    bucket, key = split_uri(artifact.uri)
    if pin_object(s3, bucket, key) != artifact:
        raise BytesChanged(f"{artifact.uri} was deleted while it was tested. Push with --again")


def _check_answers(result: ServingResult) -> ServingResult:
    """Return the result of a test whose job completed, with outcome and reason."""
    if result.answers < result.rows:
        return msgspec.structs.replace(
            result, reason=f"{result.rows} requests have only {result.answers} lines of answers"
        )
    if result.within and result.p90 is not None and result.p90 > result.within:
        reason = (
            f"p90 is {result.p90:.0f} ms on this computer, and register.inference.test.within is {result.within} ms"
        )
        return msgspec.structs.replace(result, reason=reason)
    return msgspec.structs.replace(result, outcome="passed")


def _describe_job(platform: Platform, job: str) -> Mapping[str, Any]:
    """Return what SageMaker says of the transform job; empty if it was never created."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    describe = getattr(aws.client("sagemaker", platform.region), TRANSFORM.build_method("describe"))
    try:
        response: Mapping[str, Any] = describe(**{TRANSFORM.name_member: job})
    except ClientError as error:
        if error.response["Error"]["Code"] not in NO_JOB_CODES:
            raise
        return {}
    return response


def _count_lines(s3: Any, requests: str) -> int:
    """Return the number of requests in a file: one, or its lines."""
    if not has_rows(requests):
        return 1
    bucket, key = split_uri(requests)
    return _count_filled_lines(s3.get_object(Bucket=bucket, Key=key)["Body"])


def _pin_answers(s3: Any, folder: str) -> PinnedObject:
    """Return the answers. Raises BytesChanged if somebody wrote them again, ServingNotTested if there are none."""
    bucket, prefix = split_uri(folder)
    listing = s3.list_objects_v2(Bucket=bucket, Prefix=f"{prefix.rstrip('/')}/")
    keys = [entry["Key"] for entry in listing.get("Contents", ()) if entry["Key"].endswith(".out")]
    pinned = pin_object(s3, bucket, keys[0]) if len(keys) == 1 else None
    if pinned is None:
        raise ServingNotTested(f"the transform job completed and wrote {len(keys)} files of answers, not one. {AGAIN}")
    return pinned


def _count_answers(s3: Any, answers: PinnedObject, requests: str) -> int:
    """Return the lines of the answers, or 1 for the answer to a whole file."""
    if not has_rows(requests):
        return int(answers.size > 0)
    bucket, key = split_uri(answers.uri)
    return _count_filled_lines(s3.get_object(Bucket=bucket, Key=key, VersionId=answers.version)["Body"])


def _count_filled_lines(body: Any) -> int:
    return sum(bool(line.strip()) for line in body.iter_lines())


def _read_latency(s3: Any, folder: str, platform: Platform) -> tuple[float | None, float | None]:
    """Return p50 and p90 in milliseconds, which a job of this computer wrote; None on AWS."""
    if not platform.local_option:
        return None, None
    bucket, prefix = split_uri(folder)
    times = json.loads(s3.get_object(Bucket=bucket, Key=build_latency_key(prefix.rpartition("/")[0]))["Body"].read())
    return float(times["p50"]), float(times["p90"])


def _save(s3: Any, platform: Platform, key: str, verdict: Verdict, etag: str) -> Verdict:
    """Replace the verdict. If another invocation has replaced it in the meantime, return that one instead."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    bucket = platform.artifact_bucket
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=verdict.to_json().encode(), IfMatch=etag)
    except ClientError as error:
        if error.response["Error"]["Code"] not in CONFLICT_CODES:
            raise
        return Verdict.from_json(read_with_etag(s3, bucket, key)[0])
    return verdict
