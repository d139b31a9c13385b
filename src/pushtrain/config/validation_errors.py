"""Translate pydantic's errors into Issues: what was found, what is expected and what to do. Pure.

In: a ValidationError of Config, or of another Section (`root`), and the marks of the file. Out: Issues. pydantic's own
texts never reach the user.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

from pydantic import ValidationError

from pushtrain.catalog.not_offered import answer_key
from pushtrain.catalog.suggest import find_closest
from pushtrain.config.issue import Issue, KeyPath, format_key_path, is_inside, quote
from pushtrain.config.model import OWN_STEPS, Config, Section
from pushtrain.config.model.mounts import LIST, MAPPING
from pushtrain.config.model.registration import ENTRIES, FOLDER, NUMBER, RELATIVE, Inference
from pushtrain.config.model.transform_step import TransformStep
from pushtrain.config.values.mappings import EntryErrors
from pushtrain.config.yaml.mark import Mark

MAX_PROBLEMS = 100  # a hostile file has thousands, and each costs a search for similar keys

# pydantic's error type -> what was expected. Any other type becomes "... is not valid here".
_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "dict_type": "a mapping of keys and values",
    "model_type": "a mapping of keys and values",
}
_LIMITS = {
    "greater_than_equal": "expected {ge} or more",
    "less_than_equal": "expected {le} or less",
    "too_short": "expected {min_length} entry or more, found none",
    "too_long": "expected at most {max_length} entries",
    "string_too_short": "expected text, found an empty one",
    "string_too_long": "expected at most {max_length} characters",
}
_PLAIN_LIST = re.compile(r"[\w./-]{1,60}(, ?[\w./-]{1,60}){0,9}")  # texts that a list need not quote
_SHAPES = {LIST: tuple, MAPPING: dict}
_TAGS = frozenset({"[key]", NUMBER, RELATIVE, FOLDER, ENTRIES, *_SHAPES, *OWN_STEPS})
# Sections in which an unknown key is searched, the most likely first.
_OWNERS: tuple[KeyPath, ...] = (("train",), ("preprocess",), ("evaluate",), ("register", "inference"), ("register",))
_REMEDIES = {
    "model": "Write a name such as churn",
    "train": "Write a mapping with at least `framework:`",
    "metric": "Write a path into evaluation.json such as accuracy",
}


def explain_errors(error: ValidationError, mark: Mark, root: type[Section] = Config) -> Iterator[Issue]:
    """Yield one Issue for each mistake, in pydantic's order, from the first MAX_PROBLEMS errors."""
    details = error.errors(include_url=False)
    for detail in details[: MAX_PROBLEMS + 1]:
        cause = detail.get("ctx", {}).get("error")
        path = remove_tags(detail["loc"])
        if is_consequence(detail, details):
            continue
        if isinstance(cause, EntryErrors):
            yield from (Issue(path=(*path, key), message=message) for key, message in cause.errors)
        else:
            path = path if detail["type"] == "missing" else _cut_to_written(path, mark)
            yield Issue(path=path, message=_explain(detail, path, mark, root))


def remove_tags(path: KeyPath) -> KeyPath:
    """Return the path of an error as config.yaml has it, without what pydantic adds: `[list]`, `[training]`."""
    return tuple(part for part in path if part not in _TAGS)


def is_consequence(detail: Any, details: list[Any]) -> bool:
    """Return True if this error only follows from another one in `details`.

    A wrong entry makes its list too short; a mistyped key is also missing under its right name.
    """
    if detail["type"] == "missing":
        return any(_is_typo_of(other, detail["loc"]) for other in details)
    if detail["type"] == "too_short":
        return any(is_inside(other["loc"], detail["loc"]) for other in details if other is not detail)
    return str(detail["type"]).startswith("default_factory")


def _is_typo_of(detail: Any, missing: KeyPath) -> bool:
    """Return True if the error is about an unknown key that is similar to the `missing` one in the same section."""
    *section, key = detail["loc"] or ("",)
    is_sibling = detail["type"] == "extra_forbidden" and tuple(section) == missing[:-1]
    return is_sibling and find_closest(str(key), [str(missing[-1])]) is not None


def _cut_to_written(path: KeyPath, mark: Mark) -> KeyPath:
    """Cut `path` to the part that the file has: the short form `data.raw: x` has no `data.raw.local`."""
    while path and not mark.has(path):
        path = path[:-1]
    return path


def _explain(detail: Any, path: KeyPath, mark: Mark, root: type[Section]) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    description = describe_value(detail["input"], mark, path)
    match kind:
        case "value_error":
            text = str(context["error"])
        case "extra_forbidden":
            text = explain_unknown_key(detail["loc"], root)
        case "literal_error":
            text = f"expected {context['expected']}, found {description}"
        case "missing":
            text = explain_missing(str(path[-1]))
        case "tuple_type":
            expected = "a list or a mapping" if detail["loc"][-1] == LIST else "a list"
            text = f"expected {expected}, found {description}{_show_list(path, detail['input'])}"
        case _ if kind in _EXPECTED:
            text = f"expected {_EXPECTED[kind]}, found {description}{_advise_quotes(kind, path, mark)}"
        case _ if kind in _LIMITS:
            text = _LIMITS[kind].format_map(context)
        case _:
            text = f"{description} is not valid here"
    return text


def explain_missing(key: str) -> str:
    """Return a message about a required key that the file does not have."""
    return f"is required. {_REMEDIES.get(key, 'It has no default')}"


def describe_value(value: object, mark: Mark, path: KeyPath) -> str:
    """Describe the value at `path` as the user wrote it: "the text 'high'", "the number 2.10", "a list"."""
    if isinstance(value, str):
        return f"the text {quote(value)}" if value else "an empty text"
    if isinstance(value, bool | int | float):
        text = (mark.find(path).text if mark.has(path) else None) or str(value).lower()
        return text if isinstance(value, bool) else f"the number {text[:40]}"
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return "nothing"


def _advise_quotes(kind: str, path: KeyPath, mark: Mark) -> str:
    text = mark.find(path).text if kind == "string_type" and mark.has(path) else None
    return f'. Quote it: "{text}"' if text else ""


def _show_list(path: KeyPath, text: object) -> str:
    """Return how to write a text as a list, for the end of a message: `. Write inputs: [data.raw]`."""
    is_plain = isinstance(text, str) and _PLAIN_LIST.fullmatch(text) and isinstance(path[-1], str)
    return f". Write {path[-1]}: [{text}]" if is_plain else ""


def explain_unknown_key(path: KeyPath, root: type[Section] = Config) -> str:
    """Return a message with the section that the key belongs to, the most similar key, or all valid keys.

    `path` may have pydantic's tags: ("steps", "embed", "[training]", "spott").
    """
    key, section = str(path[-1]), find_section(path[:-1], root)
    valid_keys = list_keys(section) if section else []
    listed = f"Valid keys: {', '.join(valid_keys)}"
    near = find_closest(key, valid_keys)
    if near in {f"{key}s", key.removesuffix("s")}:  # `metrics` in a gate condition is a typo of `metric`
        return f"unknown key. Did you mean {near!r}?"
    if section is TransformStep and key in list_keys(Inference):
        return f"unknown key here: the container is that of `register.inference`. Write {key} there. {listed}"
    for other_step in OWN_STEPS.values():
        if section in OWN_STEPS.values() and key in list_keys(other_step):
            return f"unknown key here. A step of `kind: {other_step.kind.name}` has it. {listed}"
    for owner in _OWNERS:
        other = find_section(owner, root)
        if other and other is not section and key in list_keys(other) and len(path) > 1:
            return f"unknown key here. It belongs to {format_key_path(owner)}. {listed}"
    if answer := answer_key(key):
        return f"unknown key: {answer}"
    return f"unknown key. Did you mean {near!r}?" if near else f"unknown key. {listed}"


def list_keys(section: type[Section]) -> list[str]:
    """Return the keys of a section as config.yaml writes them: `register`, not `registration`."""
    return [field.alias or name for name, field in section.model_fields.items()]


def find_section(path: KeyPath, root: type[Section] = Config) -> type[Section] | None:
    """Return the section class at `path`, such as Train for ("train",). None if there is no section.

    Without a tag, a step in `steps:` is a ProcessingStep.
    """
    types: list[Any] = [root]
    for part in path:
        if part in OWN_STEPS:
            types = [OWN_STEPS[str(part)]]
        elif part in _SHAPES:
            types = [type_ for type_ in types if get_origin(type_) is _SHAPES[str(part)]]
        else:
            types = [inner for type_ in types for inner in _enter(type_, part)]
    return next((type_ for type_ in types if isinstance(type_, type) and issubclass(type_, Section)), None)


def _enter(type_: Any, part: str | int) -> list[Any]:
    """Return the types that the value at the key `part` of a section, mapping or list may have."""
    if isinstance(type_, type) and issubclass(type_, Section):
        fields = {field.alias or name: field for name, field in type_.model_fields.items()}
        return _unwrap(fields[part].annotation) if part in fields else []
    if get_origin(type_) in (dict, tuple):
        return _unwrap(get_args(type_)[1 if get_origin(type_) is dict else 0])
    return []


def _unwrap(annotation: Any) -> list[Any]:
    """Return the types inside Annotated and unions: the sections, mappings and lists among them, and simple types."""
    if get_origin(annotation) is Annotated:
        return _unwrap(get_args(annotation)[0])
    if get_origin(annotation) in (dict, tuple) or isinstance(annotation, type):
        return [annotation]
    return [type_ for part in get_args(annotation) for type_ in _unwrap(part)]
