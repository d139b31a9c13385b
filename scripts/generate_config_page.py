"""Write docs/config.md: every key of config.yaml, what it takes and what it means, out of the schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pushtrain.config.schema import build_json_schema

TARGET = Path(__file__).parents[1] / "docs" / "config.md"
HEAD = """# Every key of config.yaml

Written by `scripts/generate_config_page.py` from the schema that `pushtrain validate` goes by; a test keeps it so. The
[guide](guide.md) tells what the keys are for. In an editor with a YAML language server the same schema completes keys:
`pushtrain init` puts it beside config.yaml.

A key that is not listed is an error. An empty value (`max_wait:` and nothing after it) is an error too: leave the line
out, and the default holds.
"""
TAIL = """## environments

Under `environments.NAME` stand the keys that differ in that environment: any of this page but `model` and
`environments`. Mappings merge, lists and values replace, `null` removes. `pushtrain validate --environment NAME` shows
whether the whole is sound.
"""
KEYS = "keys"
KINDS = {"string": "text", "integer": "a whole number", "number": "a number", "boolean": "`true` or `false`"}

Schema = dict[str, Any]


def page() -> str:
    """The whole page, in Markdown."""
    schema = build_json_schema()
    return "\n".join([HEAD, *(_section(*each) for each in _sections("", schema, schema["$defs"])), TAIL])


def _sections(path: str, section: Schema, known: Schema) -> Iterator[tuple[str, Schema]]:
    """Each section with its place in config.yaml, outermost first."""
    yield path, section
    for key, field in section["properties"].items():
        for suffix, inner in _inside(field):
            yield from _sections(f"{path}.{key}{suffix}".lstrip("."), known[inner], known)


def _inside(field: Schema) -> Iterator[tuple[str, str]]:
    """Sections that a key holds: how they are reached from the key, and their names."""
    if "$ref" in field:
        yield "", field["$ref"].rpartition("/")[2]
    for choice in field.get("anyOf", ()):
        yield from _inside(choice)
    for holder, suffix in (("items", "[]"), ("additionalProperties", ".NAME")):
        inner = field.get(holder)
        if isinstance(inner, dict) and "environments" not in inner and "properties" not in inner:
            yield from ((f"{suffix}{deeper}", name) for deeper, name in _inside(inner))


def _section(path: str, section: Schema) -> str:
    required = section.get("required", ())
    rows = [_row(f"{path}.{key}", field, needed=key in required) for key, field in section["properties"].items()]
    head = [f"## {path or 'The file'}", "", section["description"].splitlines()[0], ""]
    return "\n".join([*head, "| key | takes | default | meaning |", "|---|---|---|---|", *rows, ""])


def _row(path: str, field: Schema, *, needed: bool) -> str:
    default = "**required**" if needed else _shown(field["default"]) if "default" in field else ""
    inner = next((suffix for suffix, _ in _inside(field)), "")
    takes = _takes(field).replace(KEYS, f"[{KEYS}](#{_anchor(path + inner)})")
    return f"| `{path.rpartition('.')[2]}` | {takes} | {default} | {_meaning(field)} |".replace("  ", " ")


def _anchor(path: str) -> str:
    """What a heading is linked by."""
    return re.sub(r"[^a-z_]", "", path.lower())


def _meaning(field: Schema) -> str:
    said = field.get("description", "")
    examples = [f"`{each}`" for each in field.get("examples", ()) if each not in said]
    return f"{said.rstrip('.')}. Such as {', '.join(examples)}." if examples else said


def _shown(value: object) -> str:
    if isinstance(value, list):
        return f"`[{', '.join(map(str, value))}]`" if value else ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`" if value != "" else ""


def _takes(field: Schema) -> str:
    """What may stand there, in words."""
    match field:
        case {"anyOf": choices}:
            said = " or ".join(dict.fromkeys(map(_takes, choices)))
        case {"enum": values}:
            said = ", ".join(f"`{each}`" for each in values)
        case {"$ref": _}:
            said = KEYS
        case {"type": "array", "items": items}:
            said = f"a list{_size(field)}: {_takes(items)}"
        case {"type": "object", "additionalProperties": {"type": _} | {"anyOf": _} as inner} if (
            "properties" not in inner
        ):
            said = f"names, each with {_takes(inner)}"
        case {"type": "object"}:
            said = "a mapping"
        case _:
            said = KINDS[field["type"]] + _range(field)
    return said


def _size(field: Schema) -> str:
    least, most = field.get("minItems", 0), field.get("maxItems")
    if most is None:
        return " that is not empty" if least else ""
    return f" of {least} to {most}" if least else f" of at most {most}"


def _range(field: Schema) -> str:
    least, most = field.get("minimum"), field.get("maximum")
    if least is None:
        return ""
    return f", {least} to {most}" if most is not None else f", {least} or more"


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
    print(f"wrote docs/{TARGET.name}")
