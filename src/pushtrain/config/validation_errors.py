"""pydantic's errors in our words: what was found, what was expected, the remedy. Pure.

In: a ValidationError of Config (or of another tree of Sections, its `root`) and the marks of the file.
Out: Findings, never pydantic's own text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

from pydantic import ValidationError

from pushtrain.catalog.suggest import find_closest
from pushtrain.config.issue import Issue, KeyPath, format_key_path, is_inside, quote
from pushtrain.config.model import Config, Section
from pushtrain.config.values.mappings import EntryErrors
from pushtrain.config.yaml.mark import Mark

MAX_PROBLEMS = 100  # a hostile file has thousands, and each costs a search for what was meant

# pydantic's error types -> what was expected. Anything not named here is a plain "not valid here".
_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "dict_type": "a mapping of keys and values",
    "model_type": "a mapping of keys and values",
    "tuple_type": "a list",
}
_LIMITS = {
    "greater_than_equal": "expected {ge} or more",
    "less_than_equal": "expected {le} or less",
    "too_short": "expected {min_length} entry or more, found none",
    "too_long": "expected at most {max_length} entries",
    "string_too_short": "expected text, found an empty one",
    "string_too_long": "expected at most {max_length} characters",
}
# Sections whose keys are looked for in the wrong place, most likely first.
_OWNERS: tuple[KeyPath, ...] = (("train",), ("preprocess",), ("evaluate",), ("register", "inference"), ("register",))
_EXAMPLES = {
    "model": "a name such as churn",
    "train": "a mapping with at least `framework:`",
    "metric": "a path into evaluation.json such as accuracy",
}


def explain_errors(error: ValidationError, mark: Mark, root: type[Section] = Config) -> Iterator[Issue]:
    """One Issue per thing that is wrong, in pydantic's order, but not of thousands of errors."""
    details = error.errors(include_url=False)
    for detail in details[: MAX_PROBLEMS + 1]:
        cause = detail.get("ctx", {}).get("error")
        path = tuple(part for part in detail["loc"] if part != "[key]")
        if is_consequence(detail, details):
            continue
        if isinstance(cause, EntryErrors):
            yield from (Issue(path=(*path, key), message=message) for key, message in cause.faults)
        else:
            path = path if detail["type"] == "missing" else _written(path, mark)
            yield Issue(path=path, message=_message(detail, path, mark, root))


def is_consequence(detail: Any, details: list[Any]) -> bool:
    """Whether the error follows from another one that is reported.

    A wrong entry leaves a list too short; a mistyped key is missing under its right name.
    """
    if detail["type"] == "missing":
        return any(_mistyped(other, detail["loc"]) for other in details)
    if detail["type"] == "too_short":
        return any(is_inside(other["loc"], detail["loc"]) for other in details if other is not detail)
    return str(detail["type"]).startswith("default_factory")


def _mistyped(detail: Any, meant: KeyPath) -> bool:
    """Whether an unknown key beside `meant` is probably that one."""
    *above, key = detail["loc"] or ("",)
    unknown = detail["type"] == "extra_forbidden" and tuple(above) == meant[:-1]
    return unknown and find_closest(str(key), [str(meant[-1])]) is not None


def _written(path: KeyPath, mark: Mark) -> KeyPath:
    """`path` up to what the file says: `data.raw` where it is short for `data.raw.local`."""
    while path and not mark.has(path):
        path = path[:-1]
    return path


def _message(detail: Any, path: KeyPath, mark: Mark, root: type[Section]) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    what = describe_value(detail["input"], mark, path)
    match kind:
        case "value_error":
            text = str(context["error"])
        case "extra_forbidden":
            text = explain_unknown_key(path, root)
        case "missing":
            text = f"is required: {_EXAMPLES.get(str(path[-1]), 'it has no default')}"
        case _ if kind in _EXPECTED:
            text = f"expected {_EXPECTED[kind]}, found {what}{_quote_advice(kind, path, mark)}"
        case _ if kind in _LIMITS:
            text = _LIMITS[kind].format_map(context)
        case _:
            text = f"{what} is not valid here"
    return text


def describe_value(value: object, mark: Mark, path: KeyPath) -> str:
    """`value` as a person wrote it."""
    if isinstance(value, str):
        return f"the text {quote(value)}" if value else "an empty text"
    if isinstance(value, bool | int | float):
        text = (mark.find(path).text if mark.has(path) else None) or str(value).lower()
        return text if isinstance(value, bool) else f"the number {text[:40]}"
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return "nothing"


def _quote_advice(kind: str, path: KeyPath, mark: Mark) -> str:
    text = mark.find(path).text if kind == "string_type" and mark.has(path) else None
    return f'. Quote it: "{text}"' if text else ""


def explain_unknown_key(path: KeyPath, root: type[Section] = Config) -> str:
    """Says where the key belongs, or which is nearest, or which keys there are."""
    key, section = str(path[-1]), find_section(path[:-1], root)
    valid = list_keys(section) if section else []
    listed = f"Here are: {', '.join(valid)}"
    near = find_closest(key, valid)
    if near in {f"{key}s", key.removesuffix("s")}:  # `metrics` of the gate is a slip, not train's metrics
        return f"unknown key. Did you mean {near!r}?"
    for owner in _OWNERS:
        if (other := find_section(owner, root)) and other is not section and key in list_keys(other) and len(path) > 1:
            return f"unknown key here; it belongs to {format_key_path(owner)}. {listed}"
    return f"unknown key. Did you mean {near!r}?" if near else f"unknown key. {listed}"


def list_keys(section: type[Section]) -> list[str]:
    """The keys of a section as they are written."""
    return [field.alias or name for name, field in section.model_fields.items()]


def find_section(path: KeyPath, root: type[Section] = Config) -> type[Section] | None:
    """The section that config.yaml holds at `path`; None where it holds something else."""
    current: Any = root
    for part in path:
        if isinstance(current, type) and issubclass(current, Section):
            fields = {field.alias or name: field for name, field in current.model_fields.items()}
            current = _content(fields[part].annotation) if part in fields else None
        elif get_origin(current) in (dict, tuple):
            current = _content(get_args(current)[1 if get_origin(current) is dict else 0])
    return current if isinstance(current, type) and issubclass(current, Section) else None


def _content(annotation: Any) -> Any:
    """A section, dict or tuple out of its wrapping of Annotated and `| None`."""
    if get_origin(annotation) is Annotated:
        return _content(get_args(annotation)[0])
    if get_origin(annotation) in (dict, tuple) or isinstance(annotation, type):
        return annotation
    return next((_content(part) for part in get_args(annotation) if part is not type(None)), None)
