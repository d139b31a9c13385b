"""`models reject`: a version leaves serving, with a note and without warnings."""

from __future__ import annotations

import json
from collections.abc import Callable

Types = Callable[..., tuple[int, str, str]]


def test_a_rejected_version_leaves_serving(types: Types) -> None:
    types("approve", "churn", 1)
    code, out, review = types("reject", "churn", 1, "--note", "오류가 있음", "--json")
    document = json.loads(out)
    assert (code, document["status"], document["warnings"], document["serves"]) == (0, "Rejected", [], None)
    assert review.splitlines()[1:] == ["  image: image", "  ✓ auc 0.95 ≥ 0.9"]
    assert json.loads(types("show", "churn", 1, "--json")[1])["note"] == "오류가 있음"


def test_a_version_without_a_known_gate_is_rejected_without_a_warning(types: Types) -> None:
    code, out, review = types("reject", "churn", 3)
    assert (code, out) == (0, "rejected  churn version 3 · auc 0.97\nserves    nothing\n")
    assert "warning" not in review
