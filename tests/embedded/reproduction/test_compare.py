"""Two models in S3 are compared by their files, predictions and metrics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from pushtrain import aws
from pushtrain.errors import OperatorError
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from pushtrain.reproduction.compare import TrainedModel, compare_models, describe_run, find_step
from pushtrain.reproduction.ladder import MemberValues, Rung
from pushtrain.runs import Run
from tests.unit.reproduction.test_members import pack

PLATFORM = Platform.local()


@pytest.fixture(autouse=True)
def local_aws(tmp_path: Path) -> Iterator[None]:
    with up(tmp_path / "store", PLATFORM, handlers={}):
        yield


def put(run: str, body: bytes, prediction: bytes | None = None) -> TrainedModel:
    """Write a model, and predictions beside its evaluation.json."""
    s3, bucket, prefix = aws.client("s3"), PLATFORM.artifact_bucket, f"churn/runs/{run}"
    key, folder = f"{prefix}/train/job/output/model.tar.gz", f"{prefix}/evaluate/job/evaluation/"
    s3.put_object(Bucket=bucket, Key=key, Body=pack({"model.bin": body}).getvalue())
    s3.put_object(Bucket=bucket, Key=f"{folder}evaluation.json", Body=b"{}")
    if prediction is not None:
        s3.put_object(Bucket=bucket, Key=f"{folder}predictions.csv", Body=prediction)
    evaluation = f"s3://{bucket}/{folder}evaluation.json"
    return TrainedModel(artifact=f"s3://{bucket}/{key}", evaluation=evaluation, metrics={"auc": 0.5})


def test_predictions_are_the_other_files_of_the_evaluation() -> None:
    one, same, other = put("a", b"1", b"p"), put("b", b"2", b"p"), put("c", b"3", b"q")
    assert compare_models(PLATFORM, one, same).rung is Rung.PREDICTIONS
    assert compare_models(PLATFORM, one, other).rung is Rung.METRICS
    without = compare_models(PLATFORM, one, put("d", b"4"))
    assert without.not_compared == ("model.bin: only its bytes were compared", "predictions: evaluation wrote none")


def test_values_are_compared_by_whoever_can() -> None:
    def compare_values(first: Path, second: Path, members: Sequence[str]) -> list[MemberValues]:
        assert first.read_bytes() != second.read_bytes()
        return [MemberValues(member=name, is_same=True) for name in members]

    assert compare_models(PLATFORM, put("a", b"1"), put("b", b"2"), compare_values=compare_values).rung is Rung.VALUES


def test_a_model_that_is_gone_is_named() -> None:
    gone = msgspec.structs.replace(put("a", b"1"), artifact=f"s3://{PLATFORM.artifact_bucket}/gone.tar.gz")
    with pytest.raises(OperatorError) as refused:
        compare_models(PLATFORM, gone, put("b", b"2"))
    assert str(refused.value) == (
        f"s3://{PLATFORM.artifact_bucket}/gone.tar.gz cannot be read: The specified key does not exist."
    )


def test_a_run_without_a_model_is_refused() -> None:
    assert find_step(put("a", b"1").artifact) == "train"
    assert find_step("s3://bucket/model.tar.gz") == ""
    run = Run(model="churn", run="r1", status="SUCCEEDED", started=0, seconds=1, outcome="not_registered")
    with pytest.raises(OperatorError) as refused:
        describe_run(run, "train")
    assert str(refused.value) == "run r1 has no model of step train, so there is nothing to compare"
