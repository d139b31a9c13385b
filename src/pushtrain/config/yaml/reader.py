"""Read a YAML file into a plain tree and the lines of its values. Pure; safe against hostile files.

In: bytes. Out: a Document: dicts with text keys, lists and scalars, and a tree of Marks with the same shape. YAML tags
never create Python objects. The size of the file, the number of values and their depth are limited.
"""

from __future__ import annotations

import yaml

from pushtrain.config.yaml.syntax import YamlMistake, explain_yaml_error
from pushtrain.config.yaml.tree import CONTROL, Document, StopReading, build_document
from pushtrain.errors import ConfigError, Problem

MAX_BYTES = 256 * 1024

_BOMS = {b"\xff\xfe\x00\x00": "UTF-32", b"\x00\x00\xfe\xff": "UTF-32", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


def read_document(data: bytes, *, file: str = "config.yaml", needs: str = "`model:` and `train:`") -> Document:
    """Return the mapping in `data`. Raises ConfigError if the file is not YAML or holds no mapping.

    `needs` names the required keys, for the message about an empty file.
    """
    try:
        text = _decode(data)
        return build_document(text, needs)
    except StopReading as stop:
        raise ConfigError([Problem(message=stop.message, line=stop.line, file=file)]) from None
    except yaml.MarkedYAMLError as error:
        raise ConfigError([_explain_syntax(error, text, file)]) from None


def find_yaml_mistake(text: str) -> YamlMistake | None:
    """Return the syntax mistake in `text`. None if it is valid YAML, or if only its size or depth is wrong."""
    try:
        build_document(text, "")
    except yaml.MarkedYAMLError as error:
        return explain_yaml_error(error, text)
    except (StopReading, yaml.YAMLError):
        pass  # not a mistake of syntax
    return None


def _decode(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise StopReading(
            f"the file has {len(data):,} bytes; at most {MAX_BYTES:,} are allowed. Put data into separate files", None
        )
    for bom, name in _BOMS.items():
        if data.startswith(bom):
            raise StopReading(f"the file is {name}. Save it as UTF-8", 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise StopReading(f"byte 0x{data[error.start]:02x} is not UTF-8. Save the file as UTF-8", line) from None
    if control := CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        raise StopReading(f"the file holds the control character U+{ord(control[0]):04X}. Remove it", line)
    return text


def _explain_syntax(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    mistake = explain_yaml_error(error, text)
    if mistake is None:
        return Problem(message=f"this is not valid YAML: {error.problem}", file=file)
    return Problem(message=mistake.message, line=mistake.line, file=file)
