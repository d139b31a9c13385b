"""`decide` reads evaluation.json, and writes the verdict once."""

from __future__ import annotations

import json

import msgspec
import pytest
from botocore.exceptions import ClientError

from pushtrain import aws
from pushtrain.config import Condition
from pushtrain.decide import MAX_BYTES, PinnedObject, Verdict, decide
from pushtrain.errors import (
    BytesChanged,
    EvaluationMissing,
    EvaluationTooLarge,
    EvaluationUnreadable,
    MetricNameUnreadable,
    ModelMissing,
)
from pushtrain.platform import Platform
from tests.unit.decide.bucket import EVALUATION, INFERENCE, MODEL, RAW_FIELDS, VERDICT, Bucket, build_request

PLATFORM = Platform.local()
REQUEST = build_request(Condition(metric="metrics[0].value", at_least=0.9))


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Bucket:
    empty_bucket = Bucket()
    monkeypatch.setattr(aws, "client", lambda *_: empty_bucket)
    return empty_bucket


def test_the_verdict_is_written_with_all_metrics(bucket: Bucket) -> None:
    bucket.bodies[EVALUATION] = json.dumps({"metrics": [{"value": 0.95}, {"value": 0.1}], "rows": 20}).encode()
    verdict = decide(REQUEST, PLATFORM)
    assert verdict.passed
    assert list(verdict.metrics.items()) == [("metrics[0].value", 0.95), ("rows", 20)]
    assert verdict.artifact == PinnedObject(uri=f"s3://pushtrain-artifacts/{MODEL}", version="v1", etag="0a1b", size=5)
    assert verdict.evaluation is not None
    assert (verdict.evaluation.uri, verdict.evaluation.version) == (f"s3://pushtrain-artifacts/{EVALUATION}", "v1")
    assert (verdict.inference, verdict.raw_fields) == (INFERENCE, RAW_FIELDS)
    assert Verdict.from_json(bucket.bodies[VERDICT]) == verdict


def test_a_repeated_invocation_gives_the_first_verdict(bucket: Bucket) -> None:
    bucket.bodies[EVALUATION] = b'{"metrics": [{"value": 0.5}]}'
    verdict = decide(REQUEST, PLATFORM)
    document = bucket.bodies[VERDICT]
    bucket.bodies[EVALUATION] = b'{"metrics": [{"value": 1}]}'
    assert decide(REQUEST, PLATFORM) == verdict
    assert bucket.bodies[VERDICT] == document


def test_of_two_invocations_at_the_same_time_the_first_to_write_wins(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.bodies[EVALUATION] = b'{"metrics": [{"value": 0.5}]}'
    verdict = decide(REQUEST, PLATFORM)

    def put_object(**_: object) -> None:
        bucket.bodies[VERDICT] = document
        raise ClientError({"Error": {"Code": "PreconditionFailed", "Message": ""}}, "PutObject")

    document = bucket.bodies.pop(VERDICT)
    bucket.bodies[EVALUATION] = b'{"metrics": [{"value": 1}]}'
    monkeypatch.setattr(bucket, "put_object", put_object)
    assert decide(REQUEST, PLATFORM) == verdict


def test_a_verdict_that_cannot_be_written_is_an_error(bucket: Bucket) -> None:
    bucket.bodies[EVALUATION] = b'{"metrics": [{"value": 0.5}]}'
    bucket.put_error = "AccessDenied"
    with pytest.raises(ClientError):
        decide(REQUEST, PLATFORM)


def test_the_gates_metrics_come_first_and_the_rest_has_a_bound(bucket: Bucket) -> None:
    bucket.bodies[EVALUATION] = json.dumps({f"m{n}": n for n in range(20_000)} | {"metrics": [{"value": 1}]}).encode()
    metrics = list(decide(REQUEST, PLATFORM).metrics)
    assert (metrics[:2], metrics[-1], len(metrics)) == (["metrics[0].value", "m0"], "m9999", 10_001)


def test_a_missing_evaluation_says_which_file_to_write(bucket: Bucket) -> None:
    with pytest.raises(EvaluationMissing) as raised:
        decide(REQUEST, PLATFORM)
    assert str(raised.value) == (
        "the evaluate job wrote no evaluation.json: write it to /opt/ml/processing/evaluation/evaluation.json"
    )


def test_an_evaluation_that_s3_withholds_is_told_with_its_words(bucket: Bucket) -> None:
    bucket.bodies[EVALUATION] = b"{}"
    bucket.get_error = "AccessDenied"
    with pytest.raises(EvaluationUnreadable) as raised:
        decide(REQUEST, PLATFORM)
    assert str(raised.value) == "evaluation.json could not be read: Access Denied"


def test_an_evaluation_that_is_too_large_says_what_to_move(bucket: Bucket) -> None:
    bucket.bodies[EVALUATION] = b" " * (MAX_BYTES + 900_000)
    with pytest.raises(EvaluationTooLarge) as raised:
        decide(REQUEST, PLATFORM)
    assert str(raised.value) == (
        "evaluation.json has 16.9 MB; the gate reads at most 16 MB. Move its arrays to plots.json"
    )


@pytest.mark.parametrize("key", [MODEL, EVALUATION])
@pytest.mark.parametrize("change", ["rewritten", "deleted"])
def test_bytes_that_somebody_touched_after_the_job_are_not_registered(bucket: Bucket, key: str, change: str) -> None:
    bucket.bodies[EVALUATION] = b'{"metrics": [{"value": 1}]}'
    getattr(bucket, change).add(key)
    with pytest.raises(BytesChanged) as raised:
        decide(REQUEST, PLATFORM)
    versions, deletions = (2, 0) if change == "rewritten" else (1, 1)
    assert str(raised.value) == (
        f"s3://pushtrain-artifacts/{key} was written or deleted again after the job that made it: it has {versions} "
        f"versions and {deletions} deletions. So nobody can say which of them was evaluated. Push with --again"
    )
    assert VERDICT not in bucket.bodies


def test_a_key_that_only_starts_like_the_models_does_not_count(bucket: Bucket) -> None:
    bucket.bodies[EVALUATION] = b'{"metrics": [{"value": 1}]}'
    bucket.bodies[f"{MODEL}.backup"] = b"other"
    assert decide(REQUEST, PLATFORM).artifact.size == len(b"model")


def test_a_missing_model_says_where_to_save_one(bucket: Bucket) -> None:
    del bucket.bodies[MODEL]
    with pytest.raises(ModelMissing) as raised:
        decide(REQUEST, PLATFORM)
    assert str(raised.value) == "the train job left no model: its script must save one in SM_MODEL_DIR (/opt/ml/model)"


@pytest.mark.parametrize("evaluation", [None, b"no JSON", b'{"auc": NaN}'])
def test_without_conditions_any_evaluation_is_registered(bucket: Bucket, evaluation: bytes | None) -> None:
    if evaluation:
        bucket.bodies[EVALUATION] = evaluation
    verdict = decide(build_request(), PLATFORM)
    assert (verdict.passed, dict(verdict.metrics), verdict.artifact.version) == (True, {}, "v1")
    assert decide(msgspec.structs.replace(build_request(), run="r2", evaluation=None), PLATFORM).evaluation is None


@pytest.mark.parametrize("conditions", [(), (Condition(metric="auc", at_least=0),)], ids=["no gate", "gate"])
def test_a_hidden_character_in_the_name_of_a_metric_reaches_no_verdict(
    bucket: Bucket, conditions: tuple[Condition, ...]
) -> None:
    bucket.bodies[EVALUATION] = json.dumps({"auc": 1, "auc\x1b[1A": 0}).encode()
    with pytest.raises(MetricNameUnreadable):
        decide(build_request(*conditions), PLATFORM)
    assert VERDICT not in bucket.bodies
