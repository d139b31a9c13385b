"""A class of the training script is replaced, and its state is kept."""

from __future__ import annotations

import pickle
import sys

import pytest

from pushtrain.local.values.extraction_program.missing_classes import load_with_stand_ins

NET = b"\x80\x04c__main__\nOwnNet\n)\x81}X\x05\x00\x00\x00widthK\x07sb."
CALLED = b"\x80\x04c__main__\nOwnCalled\nK\x03\x85R."


@pytest.fixture(autouse=True)
def main(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OwnNet", "OwnCalled"):
        monkeypatch.setattr(sys.modules["__main__"], name, None, raising=False)
        monkeypatch.delattr(sys.modules["__main__"], name)


def test_the_state_of_a_missing_class_is_kept() -> None:
    net = load_with_stand_ins(lambda: pickle.loads(NET))  # noqa: S301
    assert (type(net).__name__, net.__dict__) == ("OwnNet", {"width": 7})
    assert load_with_stand_ins(lambda: pickle.loads(CALLED)).__dict__ == {"arguments": (3,)}  # noqa: S301


def test_another_error_is_raised() -> None:
    with pytest.raises(AttributeError, match="nosuch"):
        load_with_stand_ins(lambda: pickle.loads(b"\x80\x04cjson\nnosuch\n."))  # noqa: S301
