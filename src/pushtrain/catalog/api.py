"""Requests against AWS's own API model, before anything is created.

In: an operation and its request as a Task's Parameters write it (`K.$` has a path or an intrinsic). Out: every
ApiProblem of it. Rules that connect two members are not in the model (sagemaker.json). Step Functions may take fewer
members than SageMaker: AWS publishes no list of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from typing import Any

from msgspec import Struct

from pushtrain.catalog.data import load
from pushtrain.catalog.job_kinds import BY_ACTION, OTHER_ACTIONS
from pushtrain.catalog.suggest import did_you_mean

_RESOURCE = re.compile(r"arn:aws[a-z-]*:states:[a-z0-9-]*:\d*:(?P<rest>.*)")
# Step Functions developer guide, "Create and manage SageMaker AI jobs": actions of the optimised integration.
_SYNC = frozenset({*OTHER_ACTIONS, *BY_ACTION})
_OPTIMISED = _SYNC | {"createEndpoint", "createEndpointConfig", "createModel", "updateEndpoint"}
_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "timestamp": (str,),
    "blob": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "list": (list, tuple),
    "map": (dict, Mapping),
    "structure": (dict, Mapping),
}
_NAMES = {
    "string": "text",
    "integer": "a whole number",
    "long": "a whole number",
    "float": "a number",
    "boolean": "true or false",
    "list": "a list",
    "map": "a mapping",
    "structure": "a mapping",
}
# The ASCII characters of the categories in the patterns of tags and metadata, for use inside [...].
_ASCII_CATEGORIES = {r"\p{L}": "a-zA-Z", r"\p{N}": "0-9", r"\p{Z}": " "}
_CACHED_TEXTS = 512
_LISTED_VALUES = 12  # at most, in a message


class ApiProblem(Struct, frozen=True, kw_only=True):
    """One thing that AWS would refuse. `path` names the member: `ResourceConfig.InstanceType`."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


_PathAndProblem = tuple[str, str]  # the path of a value below the request, such as `.Tags[0].Key`, and its problem


class UnknownTask(ValueError):
    """Step Functions does not have the action that a Task's Resource names."""


@lru_cache(_CACHED_TEXTS)
def find_operation(resource: str) -> tuple[str, str] | None:
    """Return (service, operation) of a Task's Resource, such as `("sagemaker", "CreateTrainingJob")`.

    None if it cannot be checked: another integration, or an operation that is not in sagemaker.json.
    Raises UnknownTask for a SageMaker or S3 action that does not exist, or that has no `.sync`.
    """
    match = _RESOURCE.fullmatch(resource)
    parts = match["rest"].split(":") if match else []
    if parts[:1] == ["sagemaker"]:
        service, action = "sagemaker", _parse_optimised_action(parts[1] if len(parts) == 2 else "")  # noqa: PLR2004
    elif parts[:1] == ["aws-sdk"] and len(parts) == 3 and parts[1] in load("sagemaker")["actions"]:  # noqa: PLR2004
        service, action = parts[1], _parse_sdk_action(parts[1], parts[2])
    else:
        return None
    operation = action[:1].upper() + action[1:]
    return (service, operation) if operation in load("sagemaker")["operations"] else None


def find_request_problems(
    operation: str, request: Mapping[str, object], path: str = "", *, partial: bool = False
) -> list[ApiProblem]:
    """Return every problem of `request`. Their paths begin with `path`. `partial`: members may be missing.

    `operation` is a key of the operations in sagemaker.json, as `find_operation` returns it; else KeyError.
    """
    problems = _Checker(partial=partial).check(load("sagemaker")["operations"][operation], request)
    return [ApiProblem(path=(path + below).removeprefix("" if path else "."), message=text) for below, text in problems]


def _parse_optimised_action(action: str) -> str:
    name, dot, pattern = action.partition(".")
    if name not in _OPTIMISED:
        raise UnknownTask(f"Step Functions has no sagemaker action {name!r}{did_you_mean(name, _OPTIMISED)}")
    if dot and (pattern != "sync" or name not in _SYNC):
        waits = ", ".join(sorted(_SYNC))
        raise UnknownTask(f"sagemaker:{name} has no .{pattern}: .sync is there for {waits}, nothing else waits")
    return name


def _parse_sdk_action(service: str, action: str) -> str:
    name, dot, pattern = action.partition(".")
    actions = [action[0].lower() + action[1:] for action in load("sagemaker")["actions"][service]]
    if name not in actions:
        raise UnknownTask(f"{service} has no API action {name!r}{did_you_mean(name, actions)}")
    if dot and pattern != "waitForTaskToken":
        raise UnknownTask(f"aws-sdk:{service}:{name} has no .{pattern}: aws-sdk tasks do not wait for jobs")
    return name


class _Checker(Struct, frozen=True, kw_only=True):
    """Walk through a request together with its shape."""

    partial: bool

    def check(self, name: str, value: Any) -> list[_PathAndProblem]:
        """Return the problems of `value` and of all inside it. `name` is its shape."""
        shape = _read_shape(name)
        if not isinstance(value, shape.types) or (isinstance(value, bool) and shape.kind != "boolean"):
            return [("", f"{_quote(value)} where {_NAMES.get(shape.kind, 'text')} belongs")]
        if shape.kind == "structure":
            return self._check_structure(shape, value)
        problem = None
        if shape.is_limited:
            problem = _find_text_problem(name, value) if isinstance(value, str) else _find_number_problem(shape, value)
        problems = [("", problem)] if problem else []
        if shape.kind == "map":
            problems += self._check_map(shape, value)
        elif shape.kind == "list":
            for index, element in enumerate(value):
                for path, text in self.check(shape.element, element):
                    problems.append((f"[{index}]{path}", text))
        return problems

    def _check_structure(self, shape: _Shape, value: Mapping[str, object]) -> list[_PathAndProblem]:
        members = shape.members
        problems = _find_duplicates(value) if value.keys() - members.keys() else []
        for key, member in value.items():
            if key in members:
                for path, text in self.check(members[key], member):
                    problems.append((f".{key}{path}", text))
            elif (name := _strip_suffix(key)) not in members:
                problems.append((f".{name}", f"AWS has no such member{did_you_mean(name, members)}"))
        for name in () if self.partial else shape.required:
            if name not in value and f"{name}.$" not in value:
                problems.append((f".{name}", "is required and missing"))
        return problems

    def _check_map(self, shape: _Shape, value: Mapping[str, object]) -> list[_PathAndProblem]:
        problems = _find_duplicates(value)
        for key, member in value.items():
            name = _strip_suffix(key)
            for path, text in self.check(shape.key, name):
                problems.append((f" (key {_quote(name)}){path}", text))
            if name == key:
                for path, text in self.check(shape.element, member):
                    problems.append((f".{name}{path}", text))
        return problems


class _Shape(Struct, frozen=True, kw_only=True):
    """A shape of the API model. `key` is the shape of a map's keys, `element` that of a list's or a map's values."""

    name: str
    kind: str
    types: tuple[Any, ...]
    members: Mapping[str, str]
    required: tuple[str, ...]
    key: str
    element: str
    low: float | None
    high: float | None
    pattern: str | None
    values: Mapping[str, None]  # in the order of the model
    is_limited: bool


@cache
def _read_shape(name: str) -> _Shape:
    shape = load("sagemaker")["shapes"][name]
    kind = shape["type"]
    return _Shape(
        name=name,
        kind=kind,
        types=_KINDS[kind],
        members=shape.get("members", {}),
        required=tuple(shape.get("required", ())),
        key=shape.get("key", ""),
        element=shape["value"] if kind == "map" else shape.get("member", ""),
        low=shape.get("min"),
        high=shape.get("max"),
        pattern=shape.get("pattern"),
        values=dict.fromkeys(shape.get("enum", ())),
        is_limited=bool(shape.keys() & {"min", "max", "pattern", "enum"}),
    )


def _find_duplicates(value: Mapping[str, object]) -> list[_PathAndProblem]:
    computed = [key.removesuffix(".$") for key in value if isinstance(key, str) and key.endswith(".$")]
    if not computed:
        return []
    return [(f".{key}", f"given twice, as {key!r} and as {key + '.$'!r}") for key in value if key in computed]


def _strip_suffix(key: object) -> str:
    """Return the member that a key sets: `K` for `K.$`."""
    return str(key).removesuffix(".$")


def _quote(value: object) -> str:
    text = "null" if value is None else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."  # noqa: PLR2004  (one line of an error)


@lru_cache(_CACHED_TEXTS)
def _find_text_problem(name: str, text: str) -> str | None:
    """Return the first problem of a text in the shape `name`. The jobs of a definition repeat most of their texts."""
    shape = _read_shape(name)
    if problem := _find_size_problem(shape, len(text), f"has {len(text)} characters"):
        return problem
    if shape.pattern is not None and not matches_pattern(shape.pattern, text):
        return f"{_quote(text)} does not match AWS's pattern {shape.pattern}"
    if shape.values and text not in shape.values:
        count = len(shape.values)
        listed = f" (one of {', '.join(shape.values)})" if count <= _LISTED_VALUES else f" ({shape.name} has {count})"
        return f"{_quote(text)} is no value of it{did_you_mean(text, shape.values)}{listed}"
    return None


def _find_number_problem(shape: _Shape, value: float | Collection[object]) -> str | None:
    """Return the problem of a number's range, or of the number of entries of a list or a mapping."""
    if isinstance(value, int | float):
        return _find_size_problem(shape, value, f"is {value}")
    return _find_size_problem(shape, len(value), f"has {len(value)} entries")


def _find_size_problem(shape: _Shape, size: float, description: str) -> str | None:
    if shape.low is not None and size < shape.low:
        return f"{description}; AWS asks for at least {shape.low}"
    if shape.high is not None and size > shape.high:
        return f"{description}; AWS takes at most {shape.high}"
    return None


def matches_pattern(pattern: str, value: str) -> bool:
    """Return True if a regular expression of the API model matches the whole `value`."""
    return _compile_pattern(pattern, value.isascii()).fullmatch(value) is not None


@cache
def _compile_pattern(pattern: str, is_ascii: bool) -> Any:
    r"""Compile a regular expression of the API model. Those are Java's, so `\w` and `\d` match ASCII only.

    `is_ascii` says that the value has ASCII characters only; then the categories of tags and metadata need no `regex`.
    Python does not know two spellings of the model: `${1,128}` repeats the end of the value, and a pair of
    surrogates stands for one character.
    """
    pattern = re.sub(r"\$\{\d+,\d+\}$", "", pattern)
    pattern = pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")
    if is_ascii:
        for category, characters in _ASCII_CATEGORIES.items():
            pattern = pattern.replace(category, characters)
    if r"\p{" not in pattern:
        return re.compile(pattern, re.ASCII)
    import regex  # noqa: PLC0415 - takes 20 ms to import; unlike `re` it knows \p{L}

    # ASCII would limit a category such as \p{L} to ASCII letters too.
    return regex.compile(pattern, 0 if re.search(r"\\p\{\w\}", pattern) else regex.ASCII)
