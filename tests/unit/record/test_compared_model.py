"""How equal two models are is a document, which is shown and decides nothing."""

from __future__ import annotations

import pytest

from pushtrain.record import ComparedModel

DIFFERENT = ComparedModel(text="different", difference="m.joblib: coef_[0]: 0.5 → 0.25", within=0.1)


def test_it_is_read_as_it_was_written() -> None:
    assert ComparedModel.from_json(DIFFERENT.to_json()) == DIFFERENT
    assert str(DIFFERENT) == "different, m.joblib: coef_[0]: 0.5 → 0.25"
    assert str(ComparedModel(text="same bytes")) == "same bytes"


@pytest.mark.parametrize("document", [b"", b"{", b"[]", b'{"schema": 2, "text": "same"}', b'{"schema": 1, "text": 5}'])
def test_another_document_is_none(document: bytes) -> None:
    assert ComparedModel.from_json(document) is None
