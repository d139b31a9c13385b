"""evaluation.json and plots.json are pinned only as the evaluation job wrote them."""

from __future__ import annotations

import msgspec
import pytest

from pushtrain import aws
from pushtrain.config import Condition
from pushtrain.decide.evaluation_files import MAX_BYTES, EvaluationFiles, pin_evaluation_files
from pushtrain.errors import BytesChanged, FileNotFromJob
from pushtrain.platform import Platform
from tests.unit.decide.bucket import EVALUATION, FEATURES, PLOTS, PREDICTIONS, Bucket, build_request

PLATFORM = Platform.local()
AWS = msgspec.structs.replace(PLATFORM, local_option="")
GATE = (Condition(metric="auc", at_least=0.9),)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Bucket:
    bucket = Bucket(b'{"auc": 1}')
    monkeypatch.setattr(aws, "client", lambda *_: bucket)
    return bucket


def pin(
    bucket: Bucket, *conditions: Condition, compare: tuple[str, ...] = (), platform: Platform = PLATFORM
) -> EvaluationFiles:
    evaluation, needs_metrics = build_request().evaluation, bool(conditions)
    return pin_evaluation_files(bucket, platform, evaluation, needs_metrics=needs_metrics, compare=compare)


def test_both_files_are_pinned(bucket: Bucket) -> None:
    bucket.bodies[PLOTS] = b"{}"
    files = pin(bucket, *GATE)
    assert (files.evaluation, files.plots, files.body) != (None, None, None)
    assert files.plots is not None
    assert (files.plots.uri, files.plots.size) == (f"s3://pushtrain-artifacts/{PLOTS}", 2)
    assert files.body == b'{"auc": 1}'
    assert pin(Bucket()) == EvaluationFiles()
    assert pin_evaluation_files(bucket, PLATFORM, None, needs_metrics=False) == EvaluationFiles()


def test_predictions_are_pinned_if_answers_are_compared_with_them(bucket: Bucket) -> None:
    bucket.bodies[PREDICTIONS] = b"0.5\n"
    assert pin(bucket).predictions is None
    predictions = pin(bucket, compare=("predictions",)).predictions
    assert predictions is not None
    assert (predictions.uri, predictions.size) == (f"s3://pushtrain-artifacts/{PREDICTIONS}", 4)
    bucket.rewritten.add(PREDICTIONS)
    with pytest.raises(BytesChanged):
        pin(bucket, compare=("predictions",))


def test_features_are_pinned_on_this_computer_only(bucket: Bucket) -> None:
    bucket.bodies[FEATURES] = b"age\n31\n"
    features = pin(bucket, compare=("features",)).features
    assert features is not None
    assert features.uri == f"s3://pushtrain-artifacts/{FEATURES}"
    bucket.planted.add(FEATURES)
    with pytest.raises(FileNotFromJob):
        pin(bucket, compare=("features",))
    assert pin(bucket, compare=("features",), platform=AWS).features is None


@pytest.mark.parametrize("conditions", [(), GATE], ids=["no gate", "gate"])
@pytest.mark.parametrize("key", [EVALUATION, PLOTS, PREDICTIONS])
def test_a_file_in_place_of_one_that_the_job_did_not_write_is_refused(
    bucket: Bucket, key: str, conditions: tuple[Condition, ...]
) -> None:
    bucket.bodies |= {PLOTS: b"{}", PREDICTIONS: b"0.5"}
    bucket.planted.add(key)
    with pytest.raises(FileNotFromJob) as raised:
        pin(bucket, *conditions, compare=("predictions",))
    assert str(raised.value) == (
        f"s3://pushtrain-artifacts/{key} is not from the evaluate job job-1, which wrote none. Another job may have "
        "put it there. The script must write it to /opt/ml/processing/evaluation; then push with --again"
    )


def test_a_file_with_other_bytes_than_the_job_wrote_is_refused(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    message = {"ExitMessage": f"pushtrain-files: evaluation.json={'0' * 64}\n"}
    monkeypatch.setattr(bucket, "describe_processing_job", lambda **_: message)
    with pytest.raises(FileNotFromJob, match="job-1, which wrote another one"):
        pin(bucket)


def test_plots_that_somebody_wrote_again_are_refused(bucket: Bucket) -> None:
    bucket.bodies[PLOTS] = b"{}"
    bucket.rewritten.add(PLOTS)
    with pytest.raises(BytesChanged):
        pin(bucket)


def test_files_that_are_too_large_to_be_shown_are_pinned_unread(bucket: Bucket) -> None:
    bucket.bodies |= {EVALUATION: b" " * (MAX_BYTES + 1), PLOTS: b" " * (MAX_BYTES + 1)}
    bucket.planted |= {EVALUATION, PLOTS}
    files = pin(bucket)
    assert files.body is None
    assert files.evaluation is not None
    assert files.plots is not None
