"""Make characters visible that a terminal or a browser obeys instead of showing them. Pure.

Metric names, commit subjects and logs are written by others. A person who decides must see what they hold: an escape
sequence could repaint the line above, and a bidirectional mark could turn `rejected` around.
"""

from __future__ import annotations

import re

# C0 and C1 controls without tab and newline, and the marks that change the direction of text (Unicode annex 9).
# The joiner U+200D is not one of them: emoji and several scripts need it.
CONTROLS = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
LAST_BYTE = 0xFF
OWN_STYLES = "\x1b\\[(?:0|1|2|31|32|33)m"  # the only sequences that our commands print: bold, dim, red, green, yellow
_CONTROL = re.compile(CONTROLS)
_CONTROL_OR_STYLE = re.compile(f"({OWN_STYLES})|{CONTROLS}")
_JSON_CONTROL = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def show_controls(text: str) -> str:
    r"""Return `text` with each control character written out, such as `\x1b` or `\u202e`. Tabs and newlines stay."""
    return _CONTROL.sub(lambda match: _write_out(match[0]), text.replace("\r\n", "\n"))


def show_controls_but_styles(text: str) -> str:
    """Do the same, but keep the colours that our own commands print."""
    return _CONTROL_OR_STYLE.sub(lambda match: match[1] or _write_out(match[0]), text.replace("\r\n", "\n"))


def escape_json(document: str) -> str:
    """Return a JSON document whose strings hold such characters as JSON escapes. A reader gets the same strings."""
    return _JSON_CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", document)


def _write_out(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code <= LAST_BYTE else f"\\u{code:04x}"
