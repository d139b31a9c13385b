"""Several calls at the same time, and one after the other with embedded AWS."""

from __future__ import annotations

import threading

import pytest

from pushtrain.parallel import PARALLEL, call_all, call_each, call_in_turn


def test_calls_run_at_the_same_time() -> None:
    together = threading.Barrier(PARALLEL, timeout=60)

    def call(item: int) -> int:
        together.wait()  # returns only if the others are there too
        return item * 2

    assert sorted(call_each(call, range(PARALLEL))) == [item * 2 for item in range(PARALLEL)]


def test_an_outcome_is_there_before_a_slower_call_has_ended() -> None:
    is_first_seen = threading.Event()

    def call(item: int) -> int:
        if item == 0:
            assert is_first_seen.wait(timeout=60)
        return item

    outcomes = call_each(call, range(2))
    assert next(outcomes) == 1
    is_first_seen.set()
    assert list(outcomes) == [0]


def test_all_outcomes_keep_the_order_of_the_items() -> None:
    has_second_ended = threading.Event()

    def call(item: str) -> str:
        if item == "a":
            assert has_second_ended.wait(timeout=60)
        has_second_ended.set()
        return item * 2

    assert call_all(call, "ab") == ["aa", "bb"]


def test_with_embedded_aws_each_outcome_is_there_before_the_next_call() -> None:
    calls: list[tuple[int, str]] = []

    def call(item: int) -> int:
        calls.append((item, threading.current_thread().name))
        return item

    with call_in_turn(), call_in_turn():
        outcomes = call_each(call, range(3))
        assert next(outcomes) == 0
        assert calls == [(0, threading.current_thread().name)]
        assert list(outcomes) == [1, 2]
    list(call_each(call, [3]))
    assert calls[-1][1] != threading.current_thread().name


def test_after_an_error_no_further_call_begins() -> None:
    begun: list[int] = []

    def call(item: int) -> int:
        begun.append(item)
        raise OSError(item)

    with pytest.raises(OSError, match="0"), call_in_turn():
        list(call_each(call, range(5)))
    assert begun == [0]
    begun.clear()
    with pytest.raises(OSError):  # noqa: PT011 - any of the first calls
        list(call_each(call, range(1000)))
    assert 1 <= len(begun) <= PARALLEL
