"""The caret stands under the fault: of a key, a value, a line that is no YAML, a script."""

from __future__ import annotations

import click
import pytest

from pushtrain.cli.terminal.excerpt import draw_excerpt
from pushtrain.config import load_config
from pushtrain.errors import ConfigError, Problem

HEAD = "model: m\ntrain: {framework: pytorch 2.6}\n"


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as raised:
        load_config(text.encode())
    return raised.value.problems


def pointed(problem: Problem, text: str, columns: int = 80) -> str:
    """What the carets stand under."""
    *_, line, carets = [click.unstyle(row) for row in draw_excerpt(problem, text, columns)]
    return line[carets.index("^") : carets.rindex("^") + 1]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (HEAD + "evaluate:\n  framework: pytoch 2.6\n", "pytoch 2.6"),
        (HEAD + "evaluate:\n  framwork: pytorch 2.6\n", "framwork"),
        (HEAD + "environments:\n  a: {train: {instances: 1}, evaluate: {instances: x}}\n", "x"),
        (HEAD + "register:\n  when:\n    - {metric: a, at_least: b}\n", "b"),
        (HEAD + "tags: {a: 1}\n", "1"),
        (HEAD + "model: other\n", "model"),
        (HEAD + "'tag s': x\n", "'tag s'"),
        (HEAD + "description:\n", "description"),
        (HEAD + "tags: {a: b]\n", "]"),
        ("model: m\ntrain: pytorch\n", "pytorch"),
        ("model: m\n\ttrain: 1\n", " "),  # the tab
    ],
)
def test_the_caret_stands_under_the_fault(text: str, what: str) -> None:
    assert what in [pointed(problem, text) for problem in problems(text) if problem.line]


def test_a_caret_after_wide_characters_is_where_a_terminal_shows_it() -> None:
    text = "model: m\ntrain: {framework: pytorch 2.6}\nregister: {description: 고객 이탈, whn: []}\n"
    (problem,) = problems(text)
    *_, line, carets = [click.unstyle(row) for row in draw_excerpt(problem, text, 80)]
    assert carets.index("^") == line.index("whn") + 4  # four characters of two columns each stand before it


def test_a_fault_far_to_the_right_is_brought_into_sight() -> None:
    text = f"model: m\ntrain: {{framework: pytorch 2.6, environment: {{a: {'x' * 300}}}, spott: true}}\n"
    (problem,) = problems(text)
    rows = [click.unstyle(row) for row in draw_excerpt(problem, text, 60)]
    assert all(len(row) <= 60 for row in rows)
    assert pointed(problem, text, 60) == "spott"


def test_a_script_is_pointed_into_as_python_does() -> None:
    text = "import os\nprint((1, 2]\n"
    problem = Problem(message="not valid Python", line=2, file="a/train.py")
    assert pointed(problem, text) == "]"


def test_what_moves_the_cursor_is_not_shown() -> None:
    text = "model: m\ntrain: \x1b[2J\n"
    rows = draw_excerpt(Problem(message="a control character", line=2), text, 80)
    assert not any("\x1b[2J" in row for row in rows)


@pytest.mark.parametrize("line", [None, 0, 99])
def test_a_problem_without_a_place_has_no_excerpt(line: int | None) -> None:
    assert draw_excerpt(Problem(message="m", line=line), "model: m\n", 80) == []


def test_a_bomb_of_aliases_is_pointed_into_at_once() -> None:
    text = "model: m\na0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    assert draw_excerpt(Problem(message="unknown key", key="a5", line=7), text, 80)
