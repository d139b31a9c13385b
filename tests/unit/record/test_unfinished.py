"""Whose checkpoints a next run continues."""

from __future__ import annotations

import pytest

from pushtrain.record import UnfinishedStep

NONE = UnfinishedStep(runs=(), checkpoints=None)
STOPPED = NONE.add_end("a", "a")


def take(document: UnfinishedStep, run: str) -> UnfinishedStep:
    taken = document.take(run)
    assert taken
    return taken


def test_one_run_takes_the_checkpoints_of_an_unfinished_one() -> None:
    assert UnfinishedStep(runs=("a",), checkpoints="a") == STOPPED
    taken = take(STOPPED, "b")
    assert taken == UnfinishedStep(runs=("a",), checkpoints="a", taken_by="b")
    assert (taken.take("b"), taken.take("c")) == (taken, None)


def test_checkpoints_stay_in_their_folder_until_a_run_finishes_and_are_never_continued_then() -> None:
    again = take(STOPPED, "b").add_end("b", "a")
    assert again == UnfinishedStep(runs=("a", "b"), checkpoints="a")
    finished = take(again, "c").add_end("c", None)
    assert finished == UnfinishedStep(runs=("a", "b", "c"), checkpoints=None)
    assert finished.take("d") is None


def test_an_end_that_is_delivered_again_changes_nothing() -> None:
    taken = take(STOPPED, "b")
    finished = taken.add_end("b", None)
    for document in (STOPPED, taken, finished):
        assert document.add_end("a", "a") == document
    assert finished.add_end("b", None) == finished


def test_a_run_that_was_redriven_may_finish_the_step() -> None:
    assert STOPPED.add_end("a", None) == UnfinishedStep(runs=("a",), checkpoints=None)
    assert take(STOPPED, "b").add_end("a", None) == take(STOPPED, "b")  # another run has continued meanwhile


def test_the_successor_of_a_run_is_the_one_that_writes_into_its_folder() -> None:
    taken = take(STOPPED, "b")
    assert (STOPPED.find_successor("a", "a"), taken.find_successor("a", "a")) == ("", "b")
    assert taken.add_end("b", "a").find_successor("a", "a") == "b"
    independent = STOPPED.add_end("c", "c")
    assert (independent.find_successor("a", "a"), independent.find_successor("x", "c")) == ("", "")


def test_the_document_is_read_back() -> None:
    taken = take(STOPPED, "b")
    assert UnfinishedStep.from_json(taken.to_json()) == taken
    with pytest.raises(ValueError, match="its schema is 2, expected 1"):
        UnfinishedStep.from_json('{"schema": 2}')
