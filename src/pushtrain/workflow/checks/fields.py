"""Values that several fields of a state share: paths, payload templates, whole numbers. Pure.

In: a value as a template wrote it, of any type. Out: its problems, which begin with the field's name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pushtrain.catalog import expression

# Members of SageMaker requests with a user's own text, which may look like an expression.
FREE_TEXT_MEMBERS = frozenset({"ContainerArguments", "Environment", "HyperParameters"})


def find_path_problems(field: str, value: object, *, reference: bool = False) -> Iterator[str]:
    """Yield the problems of a JSONPath. `reference`: it must name a single node, as ResultPath must."""
    if not isinstance(value, str):
        yield f"{field} must be a path, not {value!r}"
    elif problem := expression.find_path_problem(value, reference=reference):
        yield f"{field}: {problem}"


def find_result_path_problems(value: object) -> Iterator[str]:
    """Yield the problems of a ResultPath."""
    yield from find_path_problems("ResultPath", value, reference=True)
    if isinstance(value, str) and value.startswith("$$"):
        yield "ResultPath: the context object cannot be written to"


def find_payload_problems(value: object, field: str) -> Iterator[str]:
    """Yield the problems of a payload template: `K.$` has an expression, `K` a plain value, and not both are given."""
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from _find_member_problems(str(key), member, f"{field}.{key}", value)
    elif isinstance(value, list | tuple):
        for index, element in enumerate(value):
            yield from find_payload_problems(element, f"{field}[{index}]")
    elif isinstance(value, str) and expression.looks_like_expression(value):
        yield f"{field}: {value!r} is taken as plain text; only a key that ends in '.$' is evaluated"


def is_whole_number(value: object, minimum: int) -> bool:
    """Return True if `value` is an integer of at least `minimum`."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= minimum


def _find_member_problems(key: str, value: object, field: str, siblings: Mapping[str, object]) -> Iterator[str]:
    if key in FREE_TEXT_MEMBERS:
        members = value.items() if isinstance(value, Mapping) else ()
        yield from find_payload_problems({name: text for name, text in members if str(name).endswith(".$")}, field)
        return
    if not key.endswith(".$"):
        yield from find_payload_problems(value, field)
        return
    if key.removesuffix(".$") in siblings:
        yield f"{field}: {key.removesuffix('.$')!r} is given beside it; AWS takes one of the two"
    problem = expression.find_expression_problem(value) if isinstance(value, str) else f"{value!r} is not a path"
    if problem:
        yield f"{field}: {problem}"
