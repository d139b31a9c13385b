"""Requests against AWS's own API model, before anything is created.

In: an operation and its request as a Task's Parameters spell it (`K.$` holds a path or an intrinsic).
Out: every ApiProblem of it. Knows the shapes of sagemaker.json, not the rules between two members.
Step Functions may take fewer fields than SageMaker: no list of those is published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pushtrain.catalog.data import load
from pushtrain.catalog.suggest import did_you_mean

_RESOURCE = re.compile(r"arn:aws[a-z-]*:states:[a-z0-9-]*:\d*:(?P<rest>.*)")
# Step Functions developer guide, "Create and manage SageMaker AI jobs": what the optimised integration has.
_SYNC = frozenset(
    {
        "createHyperParameterTuningJob",
        "createLabelingJob",
        "createProcessingJob",
        "createTrainingJob",
        "createTransformJob",
    }
)
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
    "map": (Mapping,),
    "structure": (Mapping,),
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
_FEW = 12


@dataclass(frozen=True, kw_only=True)
class ApiProblem:
    """One thing AWS would refuse; `path` is such as `ResourceConfig.InstanceType`."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class UnknownTask(ValueError):
    """A Task's Resource names no action that Step Functions has."""


def operation_of(resource: str) -> tuple[str, str] | None:
    """Return (service, operation) of a Task's Resource, such as `("sagemaker", "CreateTrainingJob")`.

    None for what cannot be checked here: other integrations, and operations not held in sagemaker.json.
    Raises UnknownTask for a SageMaker or S3 action that does not exist, or that has no `.sync`.
    """
    match = _RESOURCE.fullmatch(resource)
    parts = match["rest"].split(":") if match else []
    if parts[:1] == ["sagemaker"]:
        service, action = "sagemaker", _optimised(parts[1] if len(parts) == 2 else "")  # noqa: PLR2004
    elif parts[:1] == ["aws-sdk"] and len(parts) == 3 and parts[1] in load("sagemaker")["actions"]:  # noqa: PLR2004
        service, action = parts[1], _sdk_action(parts[1], parts[2])
    else:
        return None
    operation = action[:1].upper() + action[1:]
    return (service, operation) if operation in load("sagemaker")["operations"] else None


def problems_in(
    operation: str, request: Mapping[str, object], at: str = "", *, partial: bool = False
) -> list[ApiProblem]:
    """Return every problem of `request`, paths beginning with `at`; `partial`: members may be missing.

    `operation` is one that `operation_of` returned, or a key of sagemaker.json's operations; else KeyError.
    """
    return list(_Checker(partial=partial).check(load("sagemaker")["operations"][operation], request, at))


def _optimised(action: str) -> str:
    name, dot, pattern = action.partition(".")
    if name not in _OPTIMISED:
        raise UnknownTask(f"Step Functions has no sagemaker action {name!r}{did_you_mean(name, _OPTIMISED)}")
    if dot and (pattern != "sync" or name not in _SYNC):
        waits = ", ".join(sorted(_SYNC))
        raise UnknownTask(f"sagemaker:{name} has no .{pattern}: .sync is there for {waits}, nothing else waits")
    return name


def _sdk_action(service: str, action: str) -> str:
    name, dot, pattern = action.partition(".")
    known = [other[0].lower() + other[1:] for other in load("sagemaker")["actions"][service]]
    if name not in known:
        raise UnknownTask(f"{service} has no API action {name!r}{did_you_mean(name, known)}")
    if dot and pattern != "waitForTaskToken":
        raise UnknownTask(f"aws-sdk:{service}:{name} has no .{pattern}: aws-sdk tasks do not wait for jobs")
    return name


@dataclass(frozen=True, kw_only=True)
class _Checker:
    """Walks a request beside its shape."""

    partial: bool

    def check(self, name: str, value: object, at: str) -> Iterator[ApiProblem]:
        """Yield the problems of `value` against the shape `name`, and of all below it."""
        shape = load("sagemaker")["shapes"][name]
        kind = shape["type"]
        if not isinstance(value, _KINDS[kind]) or (isinstance(value, bool) and kind != "boolean"):
            yield ApiProblem(path=at, message=f"{_shown(value)} where {_NAMES.get(kind, 'text')} belongs")
            return
        yield from (ApiProblem(path=at, message=text) for text in _limits(name, shape, value))
        if isinstance(value, Mapping):
            walk = self._structure if kind == "structure" else self._map
            yield from _twice(value, at)
            yield from walk(shape, value, at)
        elif isinstance(value, list | tuple):
            for index, item in enumerate(value):
                yield from self.check(shape["member"], item, f"{at}[{index}]")

    def _structure(self, shape: dict[str, Any], value: Mapping[str, object], at: str) -> Iterator[ApiProblem]:
        members = shape["members"]
        for key, item in value.items():
            name = _plain(key)
            if name not in members:
                message = f"AWS has no such member{did_you_mean(name, members)}"
                yield ApiProblem(path=_below(at, name), message=message)
            elif name == key:
                yield from self.check(members[name], item, _below(at, name))
        given = {_plain(key) for key in value}
        for name in shape.get("required", ()):
            if name not in given and not self.partial:
                yield ApiProblem(path=_below(at, name), message="is required and missing")

    def _map(self, shape: dict[str, Any], value: Mapping[str, object], at: str) -> Iterator[ApiProblem]:
        for key, item in value.items():
            name = _plain(key)
            yield from self.check(shape["key"], name, f"{at} (key {_shown(name)})")
            if name == key:
                yield from self.check(shape["value"], item, _below(at, name))


def _twice(value: Mapping[str, object], at: str) -> Iterator[ApiProblem]:
    for key in value:
        if isinstance(key, str) and f"{key}.$" in value:
            yield ApiProblem(path=_below(at, key), message=f"given twice, as {key!r} and as {key + '.$'!r}")


def _plain(key: object) -> str:
    """Return the member that a key of a Task's Parameters sets: `K` for `K.$`."""
    return str(key).removesuffix(".$")


def _below(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def _shown(value: object) -> str:
    text = "null" if value is None else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."  # noqa: PLR2004  (one line of an error)


def _limits(name: str, shape: dict[str, Any], value: Any) -> Iterator[str]:
    """Yield how `value`, of the right type already, breaks length, range, enum and pattern."""
    sized = not isinstance(value, int | float)
    size, noun = (len(value), "characters" if isinstance(value, str) else "entries") if sized else (value, "")
    low, high = shape.get("min"), shape.get("max")
    found = f"has {size} {noun}" if sized else f"is {size}"
    if low is not None and size < low:
        yield f"{found}; AWS asks for at least {low}"
    elif high is not None and size > high:
        yield f"{found}; AWS takes at most {high}"
    elif "pattern" in shape and not matches_pattern(shape["pattern"], value):
        yield f"{_shown(value)} does not match AWS's pattern {shape['pattern']}"
    if "enum" in shape and value not in shape["enum"]:
        known = shape["enum"]
        listed = f" (one of {', '.join(known)})" if len(known) <= _FEW else f" ({name} has {len(known)})"
        yield f"{_shown(value)} is no value of it{did_you_mean(value, known)}{listed}"


def matches_pattern(pattern: str, value: str) -> bool:
    """Return True if a regular expression of the API model matches the whole `value`."""
    return _compile_pattern(pattern).fullmatch(value) is not None


@cache
def _compile_pattern(pattern: str) -> Any:
    r"""Compile a regular expression of the API model. Those are Java's, so `\w` and `\d` match ASCII only.

    Two spellings of the model mean nothing outside Java: `${1,128}` repeats the end of the value, and a pair of
    surrogates stands for one character.
    """
    import regex  # noqa: PLC0415 - takes 20 ms to import; unlike `re` it knows \p{L}

    pattern = re.sub(r"\$\{\d+,\d+\}$", "", pattern)
    pattern = pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")
    # ASCII would limit a category such as \p{L} to ASCII letters too.
    return regex.compile(pattern, 0 if re.search(r"\\p\{\w\}", pattern) else regex.ASCII)
