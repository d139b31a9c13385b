"""Values that several fields of a state share: paths, payload templates, whole numbers. Pure.

In: a value as a template wrote it, of any type. Out: its problems, which begin with the field's name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pushtrain.catalog import expression

# Members of SageMaker requests with a user's own text, which may look like an expression.
FREE_TEXT_MEMBERS = frozenset({"ContainerArguments", "Environment", "HyperParameters", "InputFilter", "OutputFilter"})

_MAPPINGS, _LISTS = (dict, Mapping), (list, tuple)
_PathAndProblem = tuple[str, str]  # the path of a value below its field, such as `.Tags[0].Key`, and its problem


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
    return (f"{field}{path}: {problem}" for path, problem in _find_value_problems(value))


def is_whole_number(value: object, minimum: int) -> bool:
    """Return True if `value` is an integer of at least `minimum`."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= minimum


def _find_value_problems(value: object) -> Sequence[_PathAndProblem]:
    if isinstance(value, str):
        if not expression.looks_like_expression(value):
            return ()
        return [("", f"{value!r} is taken as plain text; only a key that ends in '.$' is evaluated")]
    problems: list[_PathAndProblem] = []
    if isinstance(value, _LISTS):
        for index, element in enumerate(value):
            for path, problem in _find_value_problems(element):
                problems.append((f"[{index}]{path}", problem))
    elif isinstance(value, _MAPPINGS):
        for key, member in value.items():
            name = str(key)
            if isinstance(member, str) and not member.startswith(expression.EXPRESSION_STARTS) and name[-2:] != ".$":
                continue  # plain text, as most members are
            for path, problem in _find_member_problems(name, member, value):
                problems.append((f".{name}{path}", problem))
    return problems


def _find_member_problems(key: str, member: object, siblings: Mapping[str, object]) -> Sequence[_PathAndProblem]:
    if key.endswith(".$"):
        return [("", problem) for problem in _find_computed_problems(key, member, siblings)]
    if key in FREE_TEXT_MEMBERS:
        members = member.items() if isinstance(member, Mapping) else ()
        return _find_value_problems({name: text for name, text in members if str(name).endswith(".$")})
    return _find_value_problems(member)


def _find_computed_problems(key: str, value: object, siblings: Mapping[str, object]) -> Iterator[str]:
    """Yield the problems of a `K.$` key, whose value is an expression."""
    if key.removesuffix(".$") in siblings:
        yield f"{key.removesuffix('.$')!r} is given beside it; AWS takes one of the two"
    problem = expression.find_expression_problem(value) if isinstance(value, str) else f"{value!r} is not a path"
    if problem:
        yield problem
