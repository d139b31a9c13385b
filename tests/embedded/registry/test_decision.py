"""Decisions of approvers in the registry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from pushtrain.errors import RegistryError
from pushtrain.local.aws import up
from pushtrain.registry import decide, is_empty_note, read_version
from tests.embedded.serving.approvals import PLATFORM, register


@pytest.fixture(autouse=True)
def registered(tmp_path: Path) -> Iterator[None]:
    """Version 1 of churn, pending."""
    with up(tmp_path / "store", PLATFORM, handlers={}):
        register()
        yield


def test_a_note_that_the_registry_cannot_store_is_refused() -> None:
    with pytest.raises(RegistryError) as raised:
        decide(PLATFORM, "churn", 1, "Rejected", "x" * 1025)
    assert str(raised.value) == "the note has 1025 characters; the registry allows 1024. Shorten it"


def test_a_decision_without_a_note_says_so_and_replaces_an_older_note() -> None:
    assert decide(PLATFORM, "churn", 1, "Approved", "good\n enough").note == "good enough"
    assert decide(PLATFORM, "churn", 1, "Rejected").note == "Rejected without a note"


def test_the_same_decision_without_a_note_keeps_the_note() -> None:
    first = decide(PLATFORM, "churn", 1, "Approved", "good enough")
    assert decide(PLATFORM, "churn", 1, "Approved") == first


def test_a_note_that_would_change_the_screen_is_refused() -> None:
    with pytest.raises(RegistryError) as raised:
        decide(PLATFORM, "churn", 1, "Approved", "fine\u202e detcejer")
    assert (
        str(raised.value) == "the note has the character \\u202e, which cannot be seen. Write it without this character"
    )
    assert read_version(PLATFORM, "churn", 1).status == "PendingManualApproval"


@pytest.mark.parametrize("status", ["Approved", "Rejected"])
def test_a_platform_may_require_a_reason(status: Literal["Approved", "Rejected"]) -> None:
    strict = msgspec.structs.replace(PLATFORM, require_notes=True)
    with pytest.raises(RegistryError) as raised:
        decide(strict, "churn", 1, status, "  ")
    assert str(raised.value) == 'this platform requires a reason for each decision: say it with --note "…"'
    assert decide(strict, "churn", 1, status, "holdout of November").note == "holdout of November"


def test_a_repeated_decision_keeps_its_note_and_is_a_change_of_the_registry() -> None:
    first = decide(PLATFORM, "churn", 1, "Approved", "good enough")
    again = decide(PLATFORM, "churn", 1, "Approved", repeat=True)
    assert again.note == "good enough"
    assert again.modified > first.modified


def test_a_note_that_ends_like_the_text_of_a_decision_without_one_is_a_note() -> None:
    assert is_empty_note("Approved without a note")
    assert is_empty_note(" ")
    assert not is_empty_note("the last one went out without a note")
