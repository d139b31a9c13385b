"""Make characters visible that a terminal or a browser obeys instead of showing them. Pure.

Metric names, commit subjects and logs are written by others. A person who decides must see what they hold: an escape
sequence could repaint the line above, and a bidirectional mark could turn `rejected` around.
"""

from __future__ import annotations

import re

# Marks that change the direction of text (Unicode annex 9), separators of lines, and characters without a width of
# their own: with them, two names that differ look alike. The joiners U+200C and U+200D are not among them: emoji and
# several scripts need them.
HIDDEN = "\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
SURROGATES = "\ud800-\udfff"  # half a character: no output can hold it
# C0 and C1 controls without tab and newline, and the above.
CONTROLS = f"[\x00-\x08\x0b-\x1f\x7f-\x9f{HIDDEN}{SURROGATES}]"
LAST_BYTE = 0xFF
OWN_STYLES = "\x1b\\[(?:0|1|2|31|32|33)m"  # the only sequences that our commands print: bold, dim, red, green, yellow
_CONTROL = re.compile(CONTROLS)
_CONTROL_OR_STYLE = re.compile(f"({OWN_STYLES})|{CONTROLS}")
_LINE_CONTROL = re.compile(f"({OWN_STYLES})|{CONTROLS}|[\t\n]")
_REFUSED = re.compile(f"{CONTROLS}|[\t\n]")
_JSON_CONTROL = re.compile(f"[\x7f-\x9f{HIDDEN}{SURROGATES}]")


def show_controls(text: str) -> str:
    r"""Return `text` with each control character written out, such as `\x1b` or `\u202e`. Tabs and newlines stay."""
    return _CONTROL.sub(lambda match: _write_out(match[0]), text.replace("\r\n", "\n"))


def show_controls_but_styles(text: str) -> str:
    """Return `text` as `show_controls` does, but keep the colours that our own commands print."""
    return _CONTROL_OR_STYLE.sub(lambda match: match[1] or _write_out(match[0]), text.replace("\r\n", "\n"))


def show_on_line(text: str) -> str:
    r"""Return `text` as `show_controls_but_styles` does, with tabs and newlines written out too (`\x0a`).

    So the text stays on its line and in its column.
    """
    return _LINE_CONTROL.sub(lambda match: match[1] or _write_out(match[0]), text)


def find_control(text: str) -> str:
    r"""Return the first character, written out, that a recorded name or note may not have: `\x1b`. Else empty."""
    match = _REFUSED.search(text)
    return _write_out(match[0]) if match else ""


def escape_json(document: str) -> str:
    """Return a JSON document whose strings hold such characters as JSON escapes. A reader gets the same strings."""
    return _JSON_CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", document)


def _write_out(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code <= LAST_BYTE else f"\\u{code:04x}"
