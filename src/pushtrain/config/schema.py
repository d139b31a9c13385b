"""The JSON Schema of config.yaml, for editors that complete and check keys. Pure.

Built from the pydantic models. The schema accepts more than the models do: some rules can only be written in Python.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pushtrain.config.candidate_overlays import MAX_CANDIDATES, OWN_KEYS, OWN_REGISTER_KEYS
from pushtrain.config.candidates import CANDIDATES
from pushtrain.config.model import Config

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NULL = {"type": "null"}
_OVERLAY = "Overlay"
_CANDIDATE = f"Candidate{_OVERLAY}"
_HELP_KEYS = ("description", "examples")


def build_json_schema() -> dict[str, Any]:
    """Return the schema of the whole file, including `candidates:` and `environments:`."""
    schema = _relax(Config.model_json_schema(mode="validation", by_alias=True))
    sections = {name: _clean_section(section) for name, section in schema.pop("$defs").items()}
    root = _clean_section(schema)
    sections[_CANDIDATE] = _build_candidate(root, sections["Registration"])
    root["properties"][CANDIDATES] = {
        "type": "object",
        "description": "Models that a run trains side by side: by name, what differs from the rest of the file. "
        "Mappings merge, lists and values replace, null removes.",
        "maxProperties": MAX_CANDIDATES,
        "additionalProperties": {"$ref": f"#/$defs/{_CANDIDATE}"},
    }
    overlay = _build_overlay(root)
    root["anyOf"] = [{"required": ["train"]}, {"required": ["steps"]}]
    del overlay["properties"]["model"]  # the model name is the same in every environment
    root["properties"]["environments"] = {
        "type": "object",
        "description": "Keys that differ in each environment. Mappings merge, lists and values replace, null removes.",
        "additionalProperties": overlay,
    }
    overlays = {
        f"{name}{_OVERLAY}": _build_overlay(section) for name, section in sections.items() if name != _CANDIDATE
    }
    return {"$schema": DIALECT, "title": "pushtrain config.yaml", **root, "$defs": {**sections, **overlays}}


def _relax(schema: Any) -> Any:
    """Replace `oneOf` by `anyOf`: in an overlay, a part of a step fits several kinds of steps."""
    if isinstance(schema, list):
        return [_relax(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    return {"anyOf" if key == "oneOf" else key: _relax(inner) for key, inner in schema.items()}


def _clean_section(section: dict[str, Any]) -> dict[str, Any]:
    """Return `section` without pydantic's titles and without null, which config.yaml does not accept as a value."""
    fields = section.get("properties", {})
    names = sorted(fields, key=lambda name: name != "kind")  # the kind of a step says which other keys it has
    properties = {name: _clean_field(fields[name]) for name in names}
    remaining = {key: value for key, value in section.items() if key not in {"properties", "title"}}
    return {**remaining, "properties": properties}


def _clean_field(field: dict[str, Any]) -> dict[str, Any]:
    field = {key: value for key, value in field.items() if key != "title"}
    if field.get("default") is None or isinstance(field["default"], dict):
        field.pop("default", None)
    choices = [choice for choice in field.pop("anyOf", []) if choice != NULL]
    return {**choices[0], **field} if len(choices) == 1 else {**({"anyOf": choices} if choices else {}), **field}


def _build_overlay(section: dict[str, Any]) -> dict[str, Any]:
    """Return `section` as it may stand in an environment: no key is required, and null removes any key."""
    properties = {name: _accept_null(field) for name, field in section["properties"].items()}
    remaining = {key: value for key, value in section.items() if key != "required"}
    return {**remaining, "properties": properties}


def _build_candidate(root: dict[str, Any], registration: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a candidate's overlay: the keys of the file that may differ between candidates."""
    properties = _select(_build_overlay(root)["properties"], OWN_KEYS)
    register = {**registration, "properties": _select(registration["properties"], OWN_REGISTER_KEYS)}
    properties["register"] = _build_overlay(register) | {"description": "How this candidate is served."}
    return {
        "type": "object",
        "description": "What differs in one candidate. `{}` is the file as it is.",
        "additionalProperties": False,
        "properties": properties,
    }


def _select(properties: dict[str, Any], keys: Collection[str]) -> dict[str, Any]:
    return {key: field for key, field in properties.items() if key in keys}


def _accept_null(field: dict[str, Any]) -> dict[str, Any]:
    help_keys: dict[str, Any] = {key: field[key] for key in _HELP_KEYS if key in field}
    content = {key: inner for key, inner in field.items() if key not in {*_HELP_KEYS, "default"}}
    return {**help_keys, "anyOf": [_refer_to_overlays(content), NULL]}


def _refer_to_overlays(schema: Any) -> Any:
    """Replace sections by their overlays and let null remove entries of mappings. Lists replace, so they stay."""
    if isinstance(schema, list):
        return [_refer_to_overlays(inner) for inner in schema]
    if not isinstance(schema, dict) or schema.get("type") == "array":
        return schema
    if "$ref" in schema:
        return schema if schema["$ref"].endswith(_OVERLAY) else {"$ref": schema["$ref"] + _OVERLAY}
    overlay = {key: _refer_to_overlays(inner) for key, inner in schema.items()}
    if isinstance(entries := overlay.get("additionalProperties"), dict):
        overlay["additionalProperties"] = {"anyOf": [entries, NULL]}
    return overlay
