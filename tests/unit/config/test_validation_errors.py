"""pydantic's errors in pushtrain's words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from pushtrain.config.issue import KeyPath
from pushtrain.config.model import Condition, Config, DataSource, Inference, Section, Train
from pushtrain.config.validation_errors import (
    describe_value,
    explain_errors,
    explain_unknown_key,
    find_section,
    list_keys,
)
from pushtrain.config.yaml.reader import read_document


def list_messages(text: str, root: type[Section] = Config) -> list[str]:
    document = read_document(text.encode())
    with pytest.raises(ValidationError) as raised:
        root.model_validate(document.tree)
    return [issue.message for issue in explain_errors(raised.value, document.mark, root)]


def test_an_error_type_without_words_of_its_own_is_still_reported() -> None:
    class Visit(Section):
        day: date

    assert list_messages("day: soon\n", Visit) == ["the text 'soon' is not valid here"]


@pytest.mark.parametrize(
    ("train", "message"),
    [
        ("inputs: raw", "expected a list or a mapping, found the text 'raw'. Write inputs: [raw]"),
        (
            "inputs: 'raw, clean.rows'",
            "expected a list or a mapping, found the text 'raw, clean.rows'. Write inputs: [raw, clean.rows]",
        ),
        ("channels: 5", "expected a list or a mapping, found the number 5"),
        ("after: clean", "expected a list, found the text 'clean'. Write after: [clean]"),
        ("after: 'a: b'", "expected a list, found the text 'a: b'"),
    ],
)
def test_a_text_instead_of_a_list_is_shown_as_a_list(train: str, message: str) -> None:
    assert list_messages(f"model: churn\ntrain: {{{train}}}\n") == [message]


def test_a_mistyped_key_is_not_also_missing() -> None:
    assert list_messages("modle: churn\ntrain: {framework: pytorch 2.6}\n") == ["unknown key. Did you mean 'model'?"]


def test_a_wrong_entry_does_not_also_make_its_list_too_short() -> None:
    text = "model: churn\ntrain: {channels: [code]}\n"
    assert list_messages(text) == ["'code' is a folder that pushtrain itself uses. Choose another name"]


@pytest.mark.parametrize(
    ("value", "description"),
    [
        ("high", "the text 'high'"),
        ("", "an empty text"),
        (True, "true"),
        (2.1, "the number 2.10"),
        ([], "a list"),
        ({}, "a mapping"),
        (None, "nothing"),
    ],
)
def test_values_are_described_as_they_are_written(value: Any, description: str) -> None:
    written = "2.10" if value == 2.1 else "true" if value is True else "x"
    assert describe_value(value, read_document(f"key: {written}".encode()).mark, ("key",)) == description


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (("train", "metric"), "unknown key. Did you mean 'metrics'?"),
        (("data", "raw", "folder"), "unknown key. Valid keys: s3, local, version, path, content_type"),
        (("limits", "spot"), "unknown key here. It belongs to train. Valid keys: max_cost"),
        (("registration",), "unknown key. Did you mean 'register'?"),
    ],
)
def test_unknown_keys(path: KeyPath, message: str) -> None:
    assert explain_unknown_key(path) == message


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ((), Config),
        (("train",), Train),
        (("data", "raw"), DataSource),
        (("register", "when", 0), Condition),
        (("register", "inference"), Inference),
        (("train", "script"), None),
        (("nothing", "there"), None),
    ],
)
def test_sections_by_path(path: KeyPath, section: type[Section] | None) -> None:
    assert find_section(path) is section


def test_keys_are_those_of_config_yaml() -> None:
    assert "register" in list_keys(Config)
    assert "registration" not in list_keys(Config)
