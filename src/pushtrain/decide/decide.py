"""Decide whether a run may register its model: pin its bytes, judge its metrics, write the verdict. Calls S3.

In: a DecideRequest. Out: a Verdict, which is also written as verdict.json. Only the function `on_decide` may write that
key, so what a verdict says cannot be changed by a job. The document is written once: an invocation that is repeated
returns the verdict of the first one, even if evaluation.json has changed in between.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

import msgspec

from pushtrain import aws
from pushtrain.aws import CONFLICT_CODES
from pushtrain.config.values.metric import format_metric_path, parse_metric
from pushtrain.decide.champion import compare_champion
from pushtrain.decide.evaluation import check_names, parse_evaluation, read_metrics
from pushtrain.decide.evaluation_files import EvaluationFiles, pin_evaluation_files
from pushtrain.decide.groups import read_groups
from pushtrain.decide.metrics import flatten_metrics
from pushtrain.decide.pinned import PinnedObject, pin_object
from pushtrain.decide.ranking import Judged, rank_candidates
from pushtrain.decide.request import CandidatesRequest, DecideRequest, ServingRequest, StepFile
from pushtrain.decide.serving_test import judge_serving_test
from pushtrain.decide.storage_errors import name_temporary_errors
from pushtrain.decide.tuned import read_tuned
from pushtrain.decide.verdict import Comparison, Verdict, build_reason, judge
from pushtrain.errors import DecideError, ModelMissing
from pushtrain.layout import build_verdict_key
from pushtrain.platform import Platform

MAX_METRICS = 10_000  # metrics in verdict.json, which then has at most a few MB


def decide(request: DecideRequest | CandidatesRequest | ServingRequest, platform: Platform) -> Verdict:
    """Return the verdict on a run, and write it as verdict.json unless an earlier invocation has written one.

    With candidates it is about the best one. A candidate that cannot be judged leaves the others. After the serving
    test, a second call puts its result into the verdict.

    Raises a DecideError if there is no model, if somebody wrote the model or evaluation.json again after their jobs or
    in their place, if the name of a metric has a character that cannot be seen, or if the metrics of the gate cannot be
    read, or if the serving test could not take place. Raises StorageUnavailable if the same call may succeed later.
    """
    with name_temporary_errors():
        return _decide(aws.client("s3", platform.region), request, platform)


def _decide(s3: Any, request: DecideRequest | CandidatesRequest | ServingRequest, platform: Platform) -> Verdict:
    if isinstance(request, ServingRequest):
        return judge_serving_test(s3, request, platform)
    if verdict := _read_earlier(s3, platform.artifact_bucket, request.model, request.run):
        return verdict
    champion = request.champion
    comparison = compare_champion(s3, champion, request.conditions, platform) if champion else None
    if isinstance(request, CandidatesRequest):
        judged = [
            _try_judge(s3, candidate.request, candidate.error, platform, comparison) for candidate in request.candidates
        ]
        return _save_verdict(s3, platform, rank_candidates(request, judged))
    return _save_verdict(s3, platform, _judge(s3, request, platform, comparison))


def _try_judge(
    s3: Any, request: DecideRequest | None, error: str, platform: Platform, comparison: Comparison | None
) -> Judged:
    """Return the verdict on one candidate, or why it cannot be judged. `error` is that of its job, if one failed."""
    if request is None:
        return f"a job failed ({error})"
    try:
        return _judge(s3, request, platform, comparison)
    except DecideError as cause:
        return str(cause)


def _judge(s3: Any, request: DecideRequest, platform: Platform, comparison: Comparison | None) -> Verdict:
    artifact = _pin_artifact(s3, platform.artifact_bucket, request.artifact)
    files = pin_evaluation_files(
        s3, platform, request.evaluation, needs_metrics=request.needs_evaluation, compare=request.compare
    )
    document = _parse_document(files.body, request)
    check_names(document)
    tuned = read_tuned(aws.client("sagemaker", platform.region), request) if request.tuned else {}
    return msgspec.structs.replace(_build_verdict(request, artifact, files, document, comparison), tuned=tuned)


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


def _pin_artifact(s3: Any, bucket: str, file: StepFile) -> PinnedObject:
    if artifact := pin_object(s3, bucket, file.key):
        return artifact
    raise ModelMissing(f"the {file.step} job left no model: its script must save one in SM_MODEL_DIR ({file.path})")


def _parse_document(body: bytes | None, request: DecideRequest) -> object:
    """Return evaluation.json as plain values. If nobody needs a metric, any text is allowed: then None."""
    if body is None:
        return None
    try:
        return parse_evaluation(body)
    except DecideError:
        if request.needs_evaluation:
            raise
        return None


def _build_verdict(
    request: DecideRequest,
    artifact: PinnedObject,
    files: EvaluationFiles,
    document: object,
    comparison: Comparison | None,
) -> Verdict:
    values = read_metrics(document, request.gate_metrics)
    if request.choose_metric:
        values |= read_metrics(document, (request.choose_metric,), key="choose")
    results = judge(request.conditions, values, read_groups(document, request.conditions), comparison)
    champion = comparison.champion if comparison else None
    gate_metrics = {format_metric_path(parse_metric(metric)): value for metric, value in values.items()}
    other_metrics = islice(flatten_metrics(document).items(), MAX_METRICS)
    return Verdict(
        model=request.model,
        run=request.run,
        passed=all(result.holds for result in results),
        reason=build_reason(results, champion),
        conditions=results,
        metrics=gate_metrics | dict(other_metrics),
        artifact=artifact,
        evaluation=files.evaluation,
        plots=files.plots,
        predictions=files.predictions,
        features=files.features,
        inference=request.inference,
        raw_fields=request.raw_fields,
        champion=champion,
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
