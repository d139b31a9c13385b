"""Errors that pushtrain raises on purpose."""

from __future__ import annotations

import re

from pushtrain import errors
from pushtrain.errors import ConfigError, Problem, PushtrainError


def classes(base: type[PushtrainError]) -> list[type[PushtrainError]]:
    return [base, *(inner for child in base.__subclasses__() for inner in classes(child))]


def test_the_tree_in_the_docstring_names_every_error_and_its_exit_code() -> None:
    lines = re.findall(r"(\w+) +exit (\d)", errors.__doc__ or "")
    ours = {kind for kind in classes(PushtrainError) if kind.__module__ == errors.__name__}
    assert {name: int(code) for name, code in lines} == {kind.__name__: kind.exit_code for kind in ours}


def test_a_problem_names_file_line_and_key() -> None:
    problem = Problem(message="is missing", key="train", line=3)
    assert str(problem) == "config.yaml:3  train: is missing"
    assert str(Problem(message="is empty", file="a.yaml")) == "a.yaml  is empty"


def test_all_problems_of_a_file_are_said_in_their_order() -> None:
    error = ConfigError(Problem(message=text) for text in ("b", "a"))
    assert str(error) == "config.yaml  b\nconfig.yaml  a"
