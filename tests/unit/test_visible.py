"""Characters that a terminal obeys are written out; text of any language stays as it is."""

from __future__ import annotations

import json

import pytest

from pushtrain.visible import escape_json, find_control, show_controls, show_controls_but_styles, show_on_line

BIDI = [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C]
CONTROLS = [code for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (0x09, 0x0A)]


@pytest.mark.parametrize("code", [*CONTROLS, *BIDI])
def test_a_control_is_written_out(code: int) -> None:
    written = f"a\\x{code:02x}b" if code < 0x100 else f"a\\u{code:04x}b"
    assert show_controls(f"a{chr(code)}b") == written
    assert show_controls_but_styles(f"a{chr(code)}b") == written


@pytest.mark.parametrize("text", ["정확도 0.91", "👩‍💻 and 한국어", "a\tb\nc", "näıve"])
def test_text_stays_as_it_is(text: str) -> None:
    assert show_controls(text) == show_controls_but_styles(text) == text


def test_line_ends_of_windows_are_newlines_and_a_lone_return_is_not() -> None:
    assert show_controls("a\r\nb\rc") == "a\nb\\x0dc"


def test_our_own_colours_stay_and_other_sequences_do_not() -> None:
    assert (
        show_controls_but_styles("\x1b[31mno\x1b[0m \x1b[8mhidden\x1b[2K") == "\x1b[31mno\x1b[0m \\x1b[8mhidden\\x1b[2K"
    )


def test_json_keeps_its_strings() -> None:
    document = json.dumps({"정확도\u202e\x9b\x1b": 1}, ensure_ascii=False)
    assert escape_json(document) == '{"정확도\\u202e\\u009b\\u001b": 1}'
    assert json.loads(escape_json(document)) == json.loads(document)


def test_a_text_on_one_line_stays_there() -> None:
    assert show_on_line("auc\n  ✓ f1\t1\r\x1b[2K \x1b[32m✓\x1b[0m") == (
        "auc\\x0a  ✓ f1\\x091\\x0d\\x1b[2K \x1b[32m✓\x1b[0m"
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("auc\x1b[2K", "\\x1b"),
        ("auc\n", "\\x0a"),
        ("a\tb", "\\x09"),
        ("auc\u202e", "\\u202e"),
        ("a\u200buc", "\\u200b"),  # no width: it looks like auc
        ("a\u00aduc", "\\xad"),
        ("\ufeffauc", "\\ufeff"),
        ("\ud83d", "\\ud83d"),  # half an emoji, as JSON may hold it
        ("정확도 · naïve 👩\u200d💻", ""),
    ],
)
def test_a_recorded_name_has_only_what_can_be_seen(text: str, written: str) -> None:
    assert find_control(text) == written


def test_half_a_character_can_be_printed_as_json() -> None:
    document = json.dumps({"a\ud83d\u200b": 1}, ensure_ascii=False)
    assert escape_json(document).encode() == b'{"a\\ud83d\\u200b": 1}'
