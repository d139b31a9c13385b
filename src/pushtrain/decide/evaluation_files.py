"""The files of an evaluation job that a gate, a report and a serving test read, pinned. Calls S3 and SageMaker.

A file is pinned only if it has exactly one version, and if this version is what the job of the step wrote.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from msgspec import Struct

from pushtrain import aws
from pushtrain.decide.job_files import JobFiles, read_job_files
from pushtrain.decide.pinned import PinnedObject, pin_object
from pushtrain.decide.request import StepFile
from pushtrain.decide.storage_errors import is_temporary
from pushtrain.errors import EvaluationMissing, EvaluationTooLarge, EvaluationUnreadable, FileNotFromJob
from pushtrain.hashes import hash_bytes
from pushtrain.layout import build_features_key, build_plots_key, build_predictions_key, split_uri
from pushtrain.platform import Platform

MIB = 1 << 20
# Larger documents are not read, here and where runs and reports show metrics. As Python objects they need up to twenty
# times as many bytes, so the function has memory for them.
MAX_BYTES = 16 * MIB


class EvaluationFiles(Struct, frozen=True, kw_only=True):
    """What an evaluation job wrote, each None if there is none. `body` is the text of evaluation.json.

    `predictions` is request_predictions.csv and `features` request_features.csv, None also if nothing is compared with
    them. Features are compared on this computer only.

    A larger file than MAX_BYTES is pinned without being read, and nothing shows it: then `body` is None.
    """

    evaluation: PinnedObject | None = None
    plots: PinnedObject | None = None
    predictions: PinnedObject | None = None
    features: PinnedObject | None = None
    body: bytes | None = None


def pin_evaluation_files(
    s3: Any, platform: Platform, file: StepFile | None, *, needs_metrics: bool, compare: Collection[str] = ()
) -> EvaluationFiles:
    """Return the files of an evaluation job. `file` is its evaluation.json, None without a job.

    `compare` is what a serving test compares with files of the evaluation: `predictions`, `features`.
    Raises EvaluationMissing or EvaluationTooLarge if `needs_metrics` and evaluation.json cannot be read,
    BytesChanged if somebody wrote a file again, FileNotFromJob if the job did not write a file that lies there.
    """
    bucket = platform.artifact_bucket
    if file is None:
        return EvaluationFiles()
    evaluation, plots = (pin_object(s3, bucket, key) for key in (file.key, build_plots_key(file.key)))
    if needs_metrics:
        _require_readable(evaluation, file)
    predictions = pin_object(s3, bucket, build_predictions_key(file.key)) if "predictions" in compare else None
    compares_features = "features" in compare and platform.local_option
    features = pin_object(s3, bucket, build_features_key(file.key)) if compares_features else None
    pinned_files = (evaluation, plots, predictions, features)
    if not any(pinned_files):
        return EvaluationFiles()
    job_files = read_job_files(aws.client("sagemaker", platform.region), file.job)
    body, *_ = [_read_own_file(s3, pinned, file, job_files) for pinned in pinned_files]
    return EvaluationFiles(evaluation=evaluation, plots=plots, predictions=predictions, features=features, body=body)


def _require_readable(evaluation: PinnedObject | None, file: StepFile) -> None:
    if evaluation is None:
        raise EvaluationMissing(f"the {file.step} job wrote no evaluation.json: write it to {file.path}")
    if evaluation.size > MAX_BYTES:
        raise EvaluationTooLarge(
            f"evaluation.json has {evaluation.size / MIB:.1f} MB; the gate reads at most {MAX_BYTES // MIB} MB. "
            "Move its arrays to plots.json"
        )


def _read_own_file(s3: Any, pinned: PinnedObject | None, file: StepFile, job_files: JobFiles) -> bytes | None:
    """Return the bytes of a pinned file; None if there is none, or if it is too large.

    Raises FileNotFromJob if they are not what the job wrote.
    """
    if pinned is None or pinned.size > MAX_BYTES:
        return None
    body, name = read_pinned_body(s3, pinned), pinned.uri.rpartition("/")[2]
    if (name, hash_bytes(body)) not in job_files:
        written = "another one" if name in dict(job_files) else "none"
        raise FileNotFromJob(
            f"{pinned.uri} is not from the {file.step} job {file.job}, which wrote {written}. Another job may have put "
            f"it there. The script must write it to {file.path.rpartition('/')[0]}; then push with --again"
        )
    return body


def read_pinned_body(s3: Any, pinned: PinnedObject) -> bytes:
    """Return the bytes of a pinned file. Raises EvaluationUnreadable if S3 does not give them."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    bucket, key = split_uri(pinned.uri)
    try:
        body: bytes = s3.get_object(Bucket=bucket, Key=key, VersionId=pinned.version)["Body"].read()
    except ClientError as error:
        if is_temporary(error):
            raise
        name = key.rpartition("/")[2]
        raise EvaluationUnreadable(f"{name} could not be read: {error.response['Error']['Message']}") from error
    return body
