"""Characters that a terminal obeys are written out; text of any language stays as it is."""

from __future__ import annotations

import json

import pytest

from pushtrain.visible import escape_json, show_controls, show_controls_but_styles

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
