"""The values of two models, each read in its own environment."""

from __future__ import annotations

from pathlib import Path

from pushtrain.local.values.comparison import build_comparison
from pushtrain.reproduction.ladder import Difference, MemberValues
from tests.embedded.local.values.models import ENVIRONMENT, Code, write_model

LEAVE = b"\x80\x04cos\n_exit\nK\x03\x85R."


def test_each_file_is_the_same_or_its_first_difference_is_named(tmp_path: Path) -> None:
    compare = build_comparison(Code(), (ENVIRONMENT, ENVIRONMENT), print)
    first = write_model(tmp_path / "first.tar.gz", same={"a": 1, "b": 2}, other={"lr": 0.5}, notes=b"abc")
    second = write_model(tmp_path / "second.tar.gz", same={"b": 2, "a": 1}, other={"lr": 0.25}, notes=b"abd")
    assert compare(first, second, ["notes", "other", "same"]) == [
        MemberValues(
            member="notes",
            is_same=None,
            reason="only its bytes were compared: its format is not one whose values pushtrain reads",
        ),
        MemberValues(
            member="other", is_same=False, difference=Difference(member="other", array="lr", values=("0.5", "0.25"))
        ),
        MemberValues(member="same", is_same=True),
    ]


def test_a_model_that_cannot_be_read_leaves_the_reason_for_each_file(tmp_path: Path) -> None:
    compare = build_comparison(Code(), (ENVIRONMENT, ENVIRONMENT), print)
    first, second = write_model(tmp_path / "1.tar.gz", a=1, b=1), write_model(tmp_path / "2.tar.gz", a=LEAVE, b=2)
    reason = "the program that reads the values ended with exit code 3"
    assert compare(first, second, ["a", "b"]) == [
        MemberValues(member=name, is_same=None, reason=reason) for name in ("a", "b")
    ]
