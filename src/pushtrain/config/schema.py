"""The JSON Schema of config.yaml, which lets editors complete and check. Pure.

Out: a plain mapping, drawn from the models. It is looser than the models where a rule needs Python to be said.
"""

from __future__ import annotations

from typing import Any

from pushtrain.config.model import Config

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NULL = {"type": "null"}
_OVERLAY = "Overlay"
_SPOKEN = ("description", "examples")


def build_json_schema() -> dict[str, Any]:
    """The schema of the whole file, `environments:` included."""
    schema = Config.model_json_schema(mode="validation", by_alias=True)
    sections = {name: _section(section) for name, section in schema.pop("$defs").items()}
    root = _section(schema)
    overlay = _overlay(root)
    del overlay["properties"]["model"]  # one name in every environment
    root["properties"]["environments"] = {
        "type": "object",
        "description": "What differs in each environment: mappings merge, lists and values replace, null removes.",
        "additionalProperties": overlay,
    }
    overlays = {f"{name}{_OVERLAY}": _overlay(section) for name, section in sections.items()}
    return {"$schema": DIALECT, "title": "pushtrain config.yaml", **root, "$defs": {**sections, **overlays}}


def _section(section: dict[str, Any]) -> dict[str, Any]:
    """A section as config.yaml has it: pydantic's titles say nothing new, and null is no value of any key."""
    properties = {name: _field(field) for name, field in section.get("properties", {}).items()}
    rest = {key: value for key, value in section.items() if key not in {"properties", "title"}}
    return {**rest, "properties": properties}


def _field(field: dict[str, Any]) -> dict[str, Any]:
    field = {key: value for key, value in field.items() if key != "title"}
    if field.get("default") is None or isinstance(field["default"], dict):
        field.pop("default", None)
    choices = [choice for choice in field.pop("anyOf", []) if choice != NULL]
    return {**choices[0], **field} if len(choices) == 1 else {**({"anyOf": choices} if choices else {}), **field}


def _overlay(section: dict[str, Any]) -> dict[str, Any]:
    """`section` with nothing required, and every key removable by null."""
    properties = {name: _removable(field) for name, field in section["properties"].items()}
    rest = {key: value for key, value in section.items() if key != "required"}
    return {**rest, "properties": properties}


def _removable(field: dict[str, Any]) -> dict[str, Any]:
    spoken: dict[str, Any] = {key: field[key] for key in _SPOKEN if key in field}
    value = {key: inner for key, inner in field.items() if key not in {*_SPOKEN, "default"}}
    return {**spoken, "anyOf": [_merging(value), NULL]}


def _merging(value: Any) -> Any:
    """Sections inside become overlays and entries of mappings removable; a list replaces, so it stays whole."""
    if isinstance(value, list):
        return [_merging(inner) for inner in value]
    if not isinstance(value, dict) or value.get("type") == "array":
        return value
    if "$ref" in value:
        return {"$ref": value["$ref"] + _OVERLAY}
    merging = {key: _merging(inner) for key, inner in value.items()}
    if isinstance(entries := merging.get("additionalProperties"), dict):
        merging["additionalProperties"] = {"anyOf": [entries, NULL]}
    return merging
