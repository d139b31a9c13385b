"""`models fetch`: the approved model, until it is rejected."""

from __future__ import annotations

import hashlib
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


def test_an_approved_model_is_fetched_until_it_is_rejected(types: Types, store: Path, tmp_path: Path) -> None:
    file = tmp_path / "model.tar.gz"
    code, _, message = types("fetch", "churn", "-o", str(file))
    list_command = f"`pushtrain models list churn --local --store {store}`"
    assert (code, message) == (1, f"no version of churn is approved. See {list_command}\n")
    assert types("approve", "churn", "1", "--note", "시험 통과")[0] == 0
    assert json.loads((store / "s3" / PLATFORM.serving_bucket / "churn" / "approved.json").read_text())["note"] == (
        "시험 통과"
    )
    code, out, _ = types("fetch", "churn", "-o", str(file), "--json")
    sha256 = hashlib.sha256(b"one").hexdigest()
    assert (code, json.loads(out)) == (0, {"model": "churn", "version": 1, "sha256": sha256, "file": str(file)})
    assert file.read_bytes() == b"one"
    code, out, _ = types("fetch", "churn", "-o", str(file), "--version", "1")
    assert (code, out.startswith("churn version 1 · ")) == (0, True)
    assert types("reject", "churn", "1")[0] == 0
    assert types("fetch", "churn", "-o", str(file))[0] == 1
