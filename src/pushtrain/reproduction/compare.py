"""Compare a model version with the run that reproduced it, or with another version. Reads S3.

In: two TrainedModels. Out: a Comparison. The archives are downloaded to a temporary folder and read there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from pushtrain import aws
from pushtrain.errors import OperatorError
from pushtrain.layout import EVALUATION_FILE, FEATURES_FILE, PLOTS_FILE, split_uri
from pushtrain.platform import Platform
from pushtrain.registry import ModelVersion
from pushtrain.reproduction.ladder import Comparison, MemberValues, climb, compare_metrics, list_differing_members
from pushtrain.reproduction.members import ModelArchive, read_archive
from pushtrain.runs import Run

NO_PREDICTIONS = frozenset({EVALUATION_FILE, PLOTS_FILE, FEATURES_FILE})  # files of the evaluation that are none
# Compares the values of members of two archives: (first archive, second archive, members) -> MemberValues of each.
CompareValues = Callable[[Path, Path, Sequence[str]], Sequence[MemberValues]]


class TrainedModel(Struct, frozen=True, kw_only=True):
    """A model and what was measured of it: S3 URIs of model.tar.gz and of evaluation.json (may be empty), metrics."""

    artifact: str
    evaluation: str
    metrics: Mapping[str, float]


def describe_version(version: ModelVersion) -> TrainedModel:
    """Return the model of a version."""
    return TrainedModel(artifact=version.artifact, evaluation=version.evaluation, metrics=version.metrics)


def describe_run(run: Run, step: str) -> TrainedModel:
    """Return the model of a run: that of its verdict, else that of the last completed job of `step`.

    Raises OperatorError if it trained none.
    """
    uris = [job.model_uri for job in run.jobs if job.step == step and job.model_uri and job.status == "Completed"]
    verdict = run.verdict
    artifact = verdict.artifact.uri if verdict else uris[-1] if uris else ""
    if not artifact:
        raise OperatorError(f"run {run.run} has no model of step {step}, so there is nothing to compare")
    evaluation = verdict.evaluation.uri if verdict and verdict.evaluation else ""
    return TrainedModel(artifact=artifact, evaluation=evaluation, metrics=run.metrics)


def find_step(artifact: str) -> str:
    """Return the step in the URI of a model: `.../runs/<run>/<step>/<job>/output/model.tar.gz`."""
    parts = split_uri(artifact)[1].split("/")
    return parts[-4] if len(parts) > 4 else ""  # noqa: PLR2004 - as in the URI


def compare_models(
    platform: Platform,
    first: TrainedModel,
    second: TrainedModel,
    *,
    within: float = 0.0,
    compare_values: CompareValues | None = None,
) -> Comparison:
    """Return how equal two models are. Without `compare_values`, members with other bytes are not compared further.

    Raises OperatorError if a model is gone or no archive.
    """
    s3 = aws.client("s3", platform.region)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("first.tar.gz", "second.tar.gz")]
        one, other = (_read_model(s3, model, path) for model, path in zip((first, second), paths, strict=True))
        members = list_differing_members(one, other)
        values = compare_values(paths[0], paths[1], members) if compare_values and members else _skip_values(members)
    return climb(
        one,
        other,
        compare_metrics(first.metrics, second.metrics),
        values=tuple(values),
        has_same_predictions=_compare_predictions(s3, first.evaluation, second.evaluation),
        within=within,
    )


def _skip_values(members: Sequence[str]) -> list[MemberValues]:
    return [MemberValues(member=name, is_same=None, reason="only its bytes were compared") for name in members]


def _read_model(s3: Any, model: TrainedModel, path: Path) -> ModelArchive:
    """Download the archive of a model to `path`, and return what is in it."""
    _download(s3, model.artifact, path)
    with path.open("rb") as stream:
        return read_archive(stream, model.artifact)


def _download(s3: Any, uri: str, path: Path) -> None:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    bucket, key = split_uri(uri)
    try:
        body = s3.get_object(Bucket=bucket, Key=key)["Body"]
        with path.open("wb") as file:
            while block := body.read(1 << 20):
                file.write(block)
    except ClientError as error:
        raise OperatorError(f"{uri} cannot be read: {error.response['Error'].get('Message', error)}") from error


def _compare_predictions(s3: Any, first: str, second: str) -> bool | None:
    """Compare the files beside evaluation.json. None if one evaluation wrote no others."""
    listings = [_list_predictions(s3, uri) if uri else {} for uri in (first, second)]
    return listings[0] == listings[1] if all(listings) else None


def _list_predictions(s3: Any, evaluation: str) -> dict[str, tuple[int, str]]:
    """Return size and ETag of each file beside evaluation.json that may hold predictions, by its path."""
    bucket, key = split_uri(evaluation)
    folder = key.removesuffix(EVALUATION_FILE)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder)
    objects = (listed for page in pages for listed in page.get("Contents", ()))
    files = {listed["Key"].removeprefix(folder): (listed["Size"], listed["ETag"]) for listed in objects}
    return {name: facts for name, facts in files.items() if name not in NO_PREDICTIONS}
