"""`models approve`: the approval handler runs, and its errors are printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.embedded.cli.commands.models.stores import fill_with_artifacts
from tests.embedded.registered import PLATFORM

Types = Callable[..., tuple[int, str, str]]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with three versions of churn; the artifact of the second is gone."""
    return fill_with_artifacts(tmp_path / "store")


def test_an_approval_that_is_there_already_does_not_seem_to_go_back(types: Types) -> None:
    for version in ("1", "1", "3"):
        assert types("approve", "churn", version)[0] == 0
    code, out, message = types("approve", "churn", "1")
    assert (code, out) == (1, "")
    assert message.splitlines()[-1] == (
        "churn version 1 is approved already, and version 3, approved later, serves. To go back, reject that: "
        "the highest version that is approved then serves"
    )
    assert types("reject", "churn", "3")[1].splitlines()[-1] == "serves    churn version 1 (before: version 3)"


def test_what_the_handler_raises_is_said_and_then_nothing_is_decided(types: Types) -> None:
    code, out, message = types("approve", "churn", "2")
    assert (code, out) == (1, "")
    assert "churn version 2 cannot go to serving: s3://pushtrain-artifacts/two is gone. Train again" in message
    assert json.loads(types("show", "churn", "2", "--json")[1])["status"] == "PendingManualApproval"


def test_looking_wakes_nobody(types: Types, store: Path) -> None:
    assert types("list")[0] == types("show", "churn", "1")[0] == 0
    assert not (store / "s3" / PLATFORM.serving_bucket).exists()
