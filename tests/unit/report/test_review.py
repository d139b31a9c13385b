"""What an approver is told before a decision."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError

from pushtrain.config import load_config
from pushtrain.decide import ConditionResult
from pushtrain.errors import RegistryError
from pushtrain.platform import Platform
from pushtrain.record import RecordedData, RunRecord
from pushtrain.registry import EarlierVersion, ModelVersion
from pushtrain.report import review
from pushtrain.serving import Decision
from tests.sample_record import RECORD
from tests.sample_result import RESULT
from tests.sample_verdict import build_verdict
from tests.unit.report.report_facts import BEFORE, CONFIG, METRICS, TWO_AUCS, version

PLATFORM = Platform.local()
SERVING = version(2, metrics=BEFORE)


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 2 serves; today's gate is that of CONFIG."""
    monkeypatch.setattr(review, "find_newest_run", lambda *_: "r9")
    monkeypatch.setattr(
        review,
        "read_run_record",
        lambda *_: msgspec.structs.replace(RECORD, git=msgspec.structs.replace(RECORD.git, dirty=True)),
    )
    monkeypatch.setattr(review, "read_run_result", lambda *_: RESULT)
    monkeypatch.setattr(review, "read_config", lambda *_: load_config(CONFIG).config)
    monkeypatch.setattr(review, "read_serving_arns", lambda *_: (SERVING.arn, ""))
    monkeypatch.setattr(review, "find_version", lambda *_: SERVING)
    monkeypatch.setattr(review, "find_earlier_version", lambda *_: None)
    monkeypatch.setattr(review, "read_decisions", lambda *_: [])
    monkeypatch.setattr(review, "list_archive_warnings", lambda *_: ())


def test_a_metric_that_misses_the_gate_or_is_worse_is_a_warning() -> None:
    result = review.review_version(PLATFORM, version(3))
    assert result.warnings == (
        "it no longer meets today's gate: loss is 0.3500, asked for is ≤ 0.3000",
        "it is worse than version 2, which serves: auc is 0.9700, there 0.9900",
    )
    assert (result.baseline, result.serving, result.dirty) == (SERVING, SERVING.arn, True)


def test_a_metric_that_is_gone_is_a_warning() -> None:
    metrics = {name: value for name, value in METRICS.items() if "auc" not in name}
    assert (
        "today's gate asks for binary_classification_metrics.auc.value ≥ 0.9000, "
        "which this version's evaluation.json does not tell"
    ) in review.review_version(PLATFORM, version(3, metrics=metrics)).warnings


def test_metrics_with_the_same_last_part_have_their_whole_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review, "read_config", lambda *_: load_config(TWO_AUCS).config)
    metrics = {"test.auc.value": 0.95, "valid.auc.value": 0.7}
    serving = version(2, metrics={**metrics, "test.auc.value": 0.96})
    monkeypatch.setattr(review, "find_version", lambda *_: serving)
    assert review.review_version(PLATFORM, version(3, metrics=metrics)).warnings == (
        "it no longer meets today's gate: valid.auc.value is 0.7000, asked for is ≥ 0.8000",
        "it is worse than version 2, which serves: test.auc.value is 0.9500, there 0.9600",
    )


def test_data_that_changed_during_the_run_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = msgspec.structs.replace(RESULT, data_changed=("raw",))
    monkeypatch.setattr(review, "read_run_result", lambda *_: changed)
    assert review.review_version(PLATFORM, version(3)).warnings[0] == (
        "data.raw changed during its run, so which data it was built from is not known"
    )


def test_a_result_that_aws_denies_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: Any) -> None:
        raise ClientError({"Error": {"Code": "KMS.DisabledException", "Message": ""}}, "GetObject")

    monkeypatch.setattr(review, "read_run_result", deny)
    assert review.review_version(PLATFORM, version(3)).warnings[0] == (
        "the result of this version's run could not be read (KMS.DisabledException), "
        "so whether its data changed during the run is not known"
    )


def test_the_version_in_serving_is_not_compared_with_itself() -> None:
    assert review.review_version(PLATFORM, SERVING).baseline is None


def test_what_aws_denies_is_a_warning_that_names_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "GetObject")

    monkeypatch.setattr(review, "read_serving_arns", deny)
    result = review.review_version(PLATFORM, version(3))
    assert result.warnings[0] == (
        "s3://pushtrain-serving/churn/approved.json could not be read (AccessDenied), "
        "so this version was not compared with the one that serves"
    )
    assert (result.serving, result.baseline) == ("", None)


def decision(status: str, note: str = "", approver: str = "arn:aws:sts::123456789012:assumed-role/ml/jin") -> Decision:
    return Decision(
        model="churn",
        version=3,
        status=status,
        decided_at="2026-11-20T10:00:00.000+00:00",
        approver=approver,
        note=note,
        environment="prod",
        gate=(),
    )


def decide(monkeypatch: pytest.MonkeyPatch, **decisions: Decision) -> None:
    """Let the list of decisions about version 1 be `v1`."""
    monkeypatch.setattr(
        review, "read_decisions", lambda _, __, number: [decisions[f"v{number}"]] if f"v{number}" in decisions else []
    )


def test_what_was_rejected_is_approved_with_a_reason_only(monkeypatch: pytest.MonkeyPatch) -> None:
    decide(monkeypatch, v3=decision("Rejected", "recall is too low"))
    result = review.review_version(PLATFORM, version(3))
    objection = "version 3 was rejected on 2026-11-20 by jin: recall is too low"
    assert (result.objections, result.warnings[0]) == ((objection,), objection)
    with pytest.raises(RegistryError) as raised:
        review.refuse_approval(result, " ")
    assert str(raised.value) == (
        "version 3 was rejected on 2026-11-20 by jin: recall is too low. To approve churn version 3 nevertheless, say "
        'why with --note "…"'
    )
    review.refuse_approval(result, "recall was measured again")
    approved = msgspec.structs.replace(result, version=version(3, status="Approved"), baseline=None)
    review.refuse_approval(approved, "")  # decides nothing


def test_what_equals_a_rejected_version_is_objected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = EarlierVersion(numbers=(1, 2))
    monkeypatch.setattr(review, "find_earlier_version", lambda *_: earlier)
    decide(monkeypatch, v1=decision("Approved"), v2=decision("Rejected", "Rejected without a note", approver=""))
    assert review.review_version(PLATFORM, version(3)).objections == (
        "version 2, which has the same code, data and parameters, was rejected on 2026-11-20",
    )


def test_decisions_that_aws_denies_are_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListObjectsV2")

    monkeypatch.setattr(review, "read_decisions", denied)
    assert (
        "the decisions about version 3 could not be read (AccessDenied), so whether it was rejected is not known"
    ) in review.review_version(PLATFORM, version(3)).warnings


def with_gate(number: int, **bounds: tuple[str, float]) -> ModelVersion:
    """Return a version whose verdict has these conditions: metric=(kind, bound)."""
    conditions = tuple(
        ConditionResult(metric=metric, condition=kind, bound=bound, value=1, holds=True)
        for metric, (kind, bound) in bounds.items()
    )
    return version(number, verdict=msgspec.structs.replace(build_verdict({}), conditions=conditions))


def test_a_gate_that_was_lowered_since_the_version_in_serving_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {"auc": ("at_least", 0.9), "loss": ("at_most", 0.2), "recall": ("at_least", 0.7), "f1": ("at_least", 0.5)}
    monkeypatch.setattr(review, "find_version", lambda *_: with_gate(2, **before))
    now = with_gate(3, auc=("at_least", 0.8), loss=("at_most", 0.3), f1=("at_least", 0.6))
    assert [text for text in review.review_version(PLATFORM, now).warnings if "asks for less" in text] == [
        "its gate asks for less than that of version 2, which serves: auc ≥ 0.8000 instead of 0.9000",
        "its gate asks for less than that of version 2, which serves: loss ≤ 0.3000 instead of 0.2000",
        "its gate asks for less than that of version 2, which serves: no longer for recall ≥ 0.7000",
    ]


def test_an_approval_without_effect_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    decide(monkeypatch, v3=decision("Approved"))
    result = review.review_version(PLATFORM, version(3, status="Approved"))
    assert not review.needs_repetition(result)  # version 2 serves
    assert review.needs_repetition(msgspec.structs.replace(result, serving=""))
    assert not review.needs_repetition(msgspec.structs.replace(result, serving="", version=version(3)))


def test_an_approval_that_the_handler_has_not_recorded_is_repeated_although_an_older_version_serves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decide(monkeypatch, v3=decision("Rejected", "recall is too low"))
    result = review.review_version(PLATFORM, version(3, status="Approved"))
    assert review.needs_repetition(result)
    review.refuse_approval(result, "")  # not refused as useless


def test_what_aws_denies_counts_as_an_approval_that_took_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListObjectsV2")

    monkeypatch.setattr(review, "read_decisions", denied)
    assert not review.needs_repetition(review.review_version(PLATFORM, version(3, status="Approved")))


DATA = b"data: {raw: s3://lake/}\npreprocess: {framework: sklearn 1.2-1}\n"


def test_a_version_that_was_evaluated_on_other_data_is_not_worse(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_record(_: Platform, __: str, run: str) -> RunRecord:
        return msgspec.structs.replace(RECORD, data={"raw": RecordedData(uri="s3://lake/", sha256=run)})

    monkeypatch.setattr(review, "read_run_record", read_record)
    monkeypatch.setattr(review, "read_config", lambda *_: load_config(CONFIG + DATA).config)
    assert "it is worse than version 2" in review.review_version(PLATFORM, version(3)).warnings[-1]
    monkeypatch.setattr(review, "find_version", lambda *_: msgspec.structs.replace(SERVING, run="other"))
    assert review.review_version(PLATFORM, version(3)).warnings[-1] == (
        "its metrics cannot be compared with those of version 2, which serves: data.raw differs"
    )


def test_a_record_of_the_version_in_serving_that_aws_denies_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_record(_: Platform, __: str, run: str) -> RunRecord:
        if run == "other":
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "GetObject")
        return RECORD

    monkeypatch.setattr(review, "read_run_record", read_record)
    monkeypatch.setattr(review, "find_version", lambda *_: msgspec.structs.replace(SERVING, run="other"))
    assert (
        "what the run of the version in serving was told could not be read (AccessDenied), "
        "so whether both were evaluated on the same data is not known"
    ) in review.review_version(PLATFORM, version(3)).warnings


def test_an_archive_that_no_endpoint_unpacks_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review, "list_archive_warnings", lambda *_: iter(["model.tar.gz contains a symbolic link x"]))
    assert "model.tar.gz contains a symbolic link x" in review.review_version(PLATFORM, version(3)).warnings


def test_an_archive_that_cannot_be_read_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject")

    monkeypatch.setattr(review, "list_archive_warnings", refuse)
    assert (
        "model.tar.gz could not be read (AccessDenied), so whether an endpoint can unpack it is not known"
    ) in review.review_version(PLATFORM, version(3)).warnings
