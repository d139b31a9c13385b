"""The place of a syntax mistake: often not where PyYAML stopped."""

from __future__ import annotations

import pytest

from pushtrain.config.yaml.reader import find_yaml_mistake


@pytest.mark.parametrize(
    ("text", "line", "start", "message"),
    [
        ('a: "b\nc: d\n', 1, 3, "this quote is never closed. Close it on its line"),
        ('a: "b\nc: "d"\n', 1, 3, "this quote is closed only on line 2. Close it on its line"),
        ("a:\n\tb: c\n", 2, 0, "found a tab; only spaces are allowed here. Indent with spaces"),
        ("a: {b: c\nd: e\n", 1, 3, "this { is never closed. Add }"),
        ("a: [b}\n", 1, 5, "found }, but [ is closed by ]"),
        ("a\nb: c\n", 1, 0, "expected `key: value`, found 'a'. Is the colon missing?"),
        ("a: b: c\n", 1, 4, "this line has a second `: `. Quote the value, or begin a new line"),
        ("a: @b\n", 1, 3, "a value cannot begin with @. Quote it"),
    ],
)
def test_mistakes(text: str, line: int, start: int, message: str) -> None:
    mistake = find_yaml_mistake(text)
    assert mistake is not None
    assert (mistake.line, mistake.start, mistake.message) == (line, start, message)
    assert mistake.end > mistake.start


@pytest.mark.parametrize("text", ["a: b\n", "", "- a\n", "a: !tag b\n", "[" * 100])
def test_valid_yaml_has_no_syntax_mistake(text: str) -> None:
    assert find_yaml_mistake(text) is None
