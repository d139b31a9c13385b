"""The run result: what is written, and what is read back."""

from __future__ import annotations

import json
import re

import msgspec
import pytest

from pushtrain.record import RunResult
from tests.sample_result import RESULT


def test_a_result_is_read_back_as_it_was_written() -> None:
    assert RunResult.from_json(RESULT.to_json()) == RESULT
    assert RunResult.from_json(RESULT.to_json().encode()) == RESULT


def test_the_same_result_gives_the_same_text() -> None:
    assert RunResult.from_json(RESULT.to_json()).to_json() == RESULT.to_json()


def test_what_is_not_known_is_null() -> None:
    job = msgspec.structs.replace(RESULT.jobs[0], cost=None, packages=None)
    document = json.loads(msgspec.structs.replace(RESULT, jobs=(job,), verdict=None, cost=None).to_json())
    assert (document["schema"], document["verdict"], document["cost"]) == (1, None, None)
    assert (document["jobs"][0]["cost"], document["jobs"][0]["packages"]) == (None, None)


def test_a_result_of_another_schema_is_refused() -> None:
    with pytest.raises(ValueError, match=re.escape("its schema is 2, expected 1")):
        RunResult.from_json(json.dumps({**json.loads(RESULT.to_json()), "schema": 2}))
