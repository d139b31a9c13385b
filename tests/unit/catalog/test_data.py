"""Data files are read once."""

from __future__ import annotations

import pytest

from pushtrain.catalog.data import load


def test_a_data_file_is_read_once() -> None:
    assert load("images") is load("images")
    assert "sklearn" in load("images")["images"]


def test_a_data_file_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        load("no-such-file")
