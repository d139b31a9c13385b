"""Write docs/config.md from the schema: every key of config.yaml, what it accepts and what it means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pushtrain.catalog.job_kinds import PROCESSING
from pushtrain.config.model import OWN_STEPS
from pushtrain.config.schema import build_json_schema

TARGET = Path(__file__).parents[1] / "docs" / "config.md"
HEAD = """# Every key of config.yaml

`scripts/generate_config_page.py` writes this page from the schema that `pushtrain validate` uses. The
[guide](guide.md) explains how to use the keys. Editors with a YAML language server complete keys from the same schema:
`pushtrain init` puts it beside config.yaml.

A key that is not listed is an error. An empty value (`max_wait:` and nothing after it) is an error too: remove the line
to get the default.
"""
TAIL = """## candidates

`candidates.NAME` holds what differs in one of at most 10 candidates. It may hold `defaults`, `preprocess`, `train`,
`evaluate`, `steps` and `register.inference`. The order is file, environment, candidate: mappings merge, lists and
values replace, `null` removes. `{}` is the file as it is.

## environments

`environments.NAME` holds the keys that differ in that environment. It may hold every key of this page except `model`
and `environments`. Mappings merge, lists and values replace, `null` removes.
`pushtrain validate --environment NAME` checks the merged config.
"""
KEYS = "keys"
KINDS = {
    "null": "null",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
}

# Sections that share the path `steps.NAME` with the one of a processing step.
VARIANTS = {step.__name__: f" of kind {step.kind.name}" for step in OWN_STEPS.values() if step.kind is not PROCESSING}

Schema = dict[str, Any]
Sections = dict[str, tuple[str, Schema]]  # name of a definition -> its path in config.yaml, its schema


def build_page() -> str:
    """Return the page in Markdown."""
    schema = build_json_schema()
    sections = {"": ("", schema), **_find_sections("", schema, schema["$defs"], {})}
    paths = {name: path for name, (path, _) in sections.items()}
    return "\n".join([HEAD, *(_write_section(path, section, paths) for path, section in sections.values()), TAIL])


def _find_sections(path: str, section: Schema, definitions: Schema, sections: Sections) -> Sections:
    """Add each section below `section` to `sections`, with its first path in config.yaml, outermost first."""
    for key, field in section["properties"].items():
        for suffix, name in _find_references(field):
            if name not in sections:
                inner_path = f"{path}.{key}{suffix}{VARIANTS.get(name, '')}".lstrip(".")
                sections[name] = (inner_path, definitions[name])
                _find_sections(inner_path, definitions[name], definitions, sections)
    return sections


def _find_references(field: Schema) -> Iterator[tuple[str, str]]:
    """Yield the sections in a key as (suffix, name): ("", "Train"), ("[]", "Condition"), (".NAME", "DataSource")."""
    if "$ref" in field and not _is_overlay(field):
        yield "", field["$ref"].rpartition("/")[2]
    for choice in field.get("anyOf", ()):
        yield from _find_references(choice)
    for keyword, suffix in (("items", "[]"), ("additionalProperties", ".NAME")):
        inner = field.get(keyword)
        if isinstance(inner, dict) and "environments" not in inner and "properties" not in inner:
            yield from ((f"{suffix}{inner_suffix}", name) for inner_suffix, name in _find_references(inner))


def _is_overlay(field: Schema) -> bool:
    """Return True for the overlay of a candidate, which has a section of its own at the end of the page."""
    return str(field["$ref"]).endswith("/CandidateOverlay")


def _write_section(path: str, section: Schema, paths: Mapping[str, str]) -> str:
    required = section.get("required", ())
    rows = [_write_row(key, field, paths, required=key in required) for key, field in section["properties"].items()]
    head = [f"## {path or 'The file'}", "", section["description"].splitlines()[0], ""]
    return "\n".join([*head, "| key | accepts | default | meaning |", "|---|---|---|---|", *rows, ""])


def _write_row(key: str, field: Schema, paths: Mapping[str, str], *, required: bool) -> str:
    default = "**required**" if required else _format_default(field["default"]) if "default" in field else ""
    name = next((name for _, name in _find_references(field)), "")
    values = _describe_values(field).replace(KEYS, f"[{KEYS}](#{_build_anchor(paths[name])})")
    return f"| `{key}` | {values} | {default} | {_describe_meaning(field)} |".replace("  ", " ")


def _build_anchor(path: str) -> str:
    """Return the link target of a heading."""
    return re.sub(r"[^a-z_-]", "", path.lower().replace(" ", "-"))


def _describe_meaning(field: Schema) -> str:
    description = field.get("description", "")
    examples = [f"`{example}`" for example in field.get("examples", ()) if example not in description]
    return f"{description.rstrip('.')}. Such as {', '.join(examples)}." if examples else description


def _format_default(value: object) -> str:
    if isinstance(value, list):
        return f"`[{', '.join(map(str, value))}]`" if value else ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`" if value != "" else ""


def _describe_values(field: Schema) -> str:
    """Describe the values that a key accepts: "a whole number, 1 to 100"."""
    match field:
        case {"anyOf": choices}:
            text = " or ".join(dict.fromkeys(map(_describe_values, choices)))
        case {"enum": values}:
            text = ", ".join(f"`{value}`" for value in values)
        case {"$ref": _}:
            text = "a mapping" if _is_overlay(field) else KEYS
        case {"type": "array", "items": items}:
            text = f"a list{_describe_length(field)}: {_describe_values(items)}"
        case {"type": "object", "additionalProperties": {"type": _} | {"anyOf": _} | {"$ref": _} as inner} if (
            "properties" not in inner
        ):
            text = f"names, each with {_describe_values(inner)}"
        case {"type": "object"}:
            text = "a mapping"
        case _:
            text = KINDS[field["type"]] + _describe_range(field)
    return text


def _describe_length(field: Schema) -> str:
    minimum, maximum = field.get("minItems", 0), field.get("maxItems")
    if maximum is None:
        return " that is not empty" if minimum else ""
    return f" of {minimum} to {maximum}" if minimum else f" of at most {maximum}"


def _describe_range(field: Schema) -> str:
    minimum, maximum = field.get("minimum"), field.get("maximum")
    if minimum is None:
        return ""
    return f", {minimum} to {maximum}" if maximum is not None else f", {minimum} or more"


if __name__ == "__main__":
    TARGET.write_text(build_page(), encoding="utf-8")
    print(f"wrote docs/{TARGET.name}")
