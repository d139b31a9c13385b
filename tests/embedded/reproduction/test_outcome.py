"""How equal the model of a reproduction is, is stored for `runs show` and the report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest

from pushtrain import aws
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from pushtrain.record import ComparedModel
from pushtrain.reproduction.ladder import Comparison, Difference, Rung
from pushtrain.reproduction.outcome import read_outcome, write_outcome
from pushtrain.runs import Run

PLATFORM = Platform.local()
RUN = Run(model="churn", run="r1", status="SUCCEEDED", started=0, seconds=1, outcome="not_registered")
DIFFERENT = Comparison(
    rung=Rung.METRICS,
    members=1,
    equal_members=0,
    difference=Difference(member="m.joblib", array="depth", values=("6", "7")),
    metrics=(),
)


@pytest.fixture(autouse=True)
def local_aws(tmp_path: Path) -> Iterator[None]:
    with up(tmp_path / "store", PLATFORM, handlers={}):
        yield


def test_what_was_found_is_read_again() -> None:
    assert read_outcome(PLATFORM, "churn", "r1") is None
    assert write_outcome(PLATFORM, RUN, DIFFERENT, 0.5) == ""
    expected = ComparedModel(text="metrics within the tolerance", difference="m.joblib: depth: 6 → 7", within=0.5)
    assert read_outcome(PLATFORM, "churn", "r1") == expected


def test_a_role_that_may_neither_write_nor_read_it_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        def put_object(self, **_: object) -> None:
            error: Any = {"Error": {"Code": "AccessDenied", "Message": "not allowed"}}
            raise botocore.exceptions.ClientError(error, "PutObject")

        get_object = put_object

    monkeypatch.setattr(aws, "client", lambda *_: Refusing())
    assert "not allowed" in write_outcome(PLATFORM, RUN, DIFFERENT, 0)
    assert read_outcome(PLATFORM, "churn", "r1") is None
