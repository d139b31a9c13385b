"""The texts of the pages."""

from __future__ import annotations

import pytest

from pushtrain.errors import UsageError
from pushtrain.report.english import ENGLISH
from pushtrain.report.korean import KOREAN
from pushtrain.report.translations import find_phrases


def test_both_languages_have_the_same_phrases_with_the_same_gaps() -> None:
    assert ENGLISH.keys() == KOREAN.keys()
    assert [key for key in ENGLISH if ENGLISH[key].count("{}") != KOREAN[key].count("{}")] == []


def test_another_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError) as raised:
        find_phrases("de")
    assert str(raised.value) == "language 'de': the pages are written in en and ko"
