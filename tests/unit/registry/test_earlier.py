"""Versions that were built from the same content as an earlier one, by the keys in their run records."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError

from pushtrain import aws
from pushtrain.platform import Platform
from pushtrain.record import RunRecord, RunResult
from pushtrain.registry import EarlierVersion, ModelVersion, earlier, find_earlier_version, find_earlier_versions
from tests.sample_record import RECORD
from tests.sample_result import RESULT

PLATFORM = Platform.local()
KEYS = {"1": "a", "2": "b", "3": "a", "4": "a", "5": None, "6": None}  # run -> key; run 7 has no record
RESULTS: dict[str, RunResult | None] = {}  # run -> result; that of other runs is RESULT
SAME = EarlierVersion(numbers=(1,))
AGAIN = EarlierVersion(numbers=(1, 3))


def version(number: int, model: str = "churn", **members: Any) -> ModelVersion:
    values: dict[str, Any] = dict.fromkeys(
        ("status", "revision", "created", "artifact", "image", "commit", "repository"), ""
    )
    arn = f"{model}/{number}"
    return ModelVersion(
        **{**values, "model": model, "version": number, "arn": arn, "metrics": {}, "run": str(number)} | members
    )


@pytest.fixture(autouse=True)
def records(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(_platform: Platform, _model: str, run: str, _s3: Any) -> RunRecord | None:
        return msgspec.structs.replace(RECORD, version_key=KEYS[run]) if run in KEYS else None

    monkeypatch.setattr(earlier, "read_run_record", read)
    monkeypatch.setattr(earlier, "read_run_result", lambda _, __, run, ___: RESULTS.get(run, RESULT))
    monkeypatch.setattr(earlier, "list_summaries", lambda *_: [version(number) for number in (7, 2, 1, 4, 3, 5, 6)])
    monkeypatch.setattr(aws, "client", lambda *_: None)


def test_later_versions_are_the_same_as_the_first() -> None:
    versions = [version(number) for number in (4, 1, 3, 2)]
    assert find_earlier_versions(PLATFORM, versions) == {"churn/3": SAME, "churn/4": AGAIN}
    assert [find_earlier_version(PLATFORM, other) for other in versions] == [AGAIN, None, SAME, None]
    assert str(SAME) == "same code, data and parameters as version 1"


def test_records_that_are_known_are_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier, "read_run_record", None)
    versions = [version(1), version(2), version(3)]
    same = msgspec.structs.replace(RECORD, version_key="same")
    known = {"churn/1": same, "churn/2": None, "churn/3": same}
    assert find_earlier_versions(PLATFORM, versions, known) == {"churn/3": SAME}


def test_a_version_without_a_key_is_not_the_same_as_another_without_one() -> None:
    versions = [version(5), version(6), version(7), version(8, run="")]
    assert find_earlier_versions(PLATFORM, versions) == {}
    assert [find_earlier_version(PLATFORM, other) for other in versions] == [None] * 4


@pytest.mark.parametrize(
    "result",
    [
        pytest.param(msgspec.structs.replace(RESULT, data_changed=("raw",)), id="data changed"),
        pytest.param(msgspec.structs.replace(RESULT, data_after={"raw": None}), id="not known if data changed"),
        pytest.param(None, id="no result"),
    ],
)
def test_a_version_whose_data_may_have_changed_equals_nothing(
    result: RunResult | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RESULTS, "3", result)
    assert find_earlier_versions(PLATFORM, [version(1), version(3)]) == {}
    assert find_earlier_version(PLATFORM, version(3)) is None
    monkeypatch.setitem(RESULTS, "1", result)
    assert find_earlier_version(PLATFORM, version(4)) is None


def test_other_models_are_not_the_same() -> None:
    assert find_earlier_versions(PLATFORM, [version(1), version(3, "digits")]) == {}


@pytest.mark.parametrize(("code", "is_raised"), [("AccessDeniedException", False), ("ThrottlingException", True)])
def test_who_may_not_read_other_versions_learns_nothing(
    code: str, is_raised: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "ListModelPackages")

    monkeypatch.setattr(earlier, "list_summaries", refuse)
    if is_raised:
        with pytest.raises(ClientError):
            find_earlier_version(PLATFORM, version(3))
    else:
        assert find_earlier_version(PLATFORM, version(3)) is None
