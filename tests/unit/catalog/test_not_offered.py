"""What pushtrain does not do: each word has one answer, and none is a word that pushtrain has."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from pushtrain.catalog.not_offered import NOT_OFFERED, OTHER_WORDS, answer_command, answer_key, answer_word
from pushtrain.cli import COMMANDS, program

ROOT = Path(__file__).parents[3]
WORDS = [word for entry in NOT_OFFERED for word in entry.words]
ANSWERS = {
    "schedule": (
        "pushtrain does not start runs by itself: each push starts one. Let the scheduler of your CI "
        "call `pushtrain push DIR --again`, which runs the same code on new data."
    ),
    "deploy": (
        "pushtrain does not start endpoints. `pushtrain models serve MODEL` answers requests on this "
        "computer. For an endpoint, an approved model is in the serving bucket: `pushtrain models fetch "
        "MODEL` copies it, and approved.json has the image and the variables. An approval of an earlier "
        "version puts that one back."
    ),
    "drift": (
        "pushtrain does not watch a model that serves. SageMaker Model Monitor watches endpoints. The "
        "conditions of the gate judge the model on new data at the next push."
    ),
}
TYPED_IN_VAIN = ("tune", "sweep", "schedule", "deploy", "cache", "batch", "endpoint", "drift", "set")


def list_command_words() -> Iterator[str]:
    """Yield each command, each word of a group, and each option without its hyphens."""
    context = click.Context(program)
    for name in COMMANDS:
        command = program.get_command(context, name)
        assert command is not None
        words = command.commands if isinstance(command, click.Group) else {}
        yield from (name, *words)
        for member in (command, *words.values()):
            for parameter in member.params:
                if isinstance(parameter, click.Option):
                    yield from (text.lstrip("-") for text in (*parameter.opts, *parameter.secondary_opts))


def list_keys(node: Any) -> Iterator[str]:
    """Yield the names of all properties of a JSON schema."""
    if isinstance(node, dict):
        yield from node.get("properties", {})
        for part in node.values():
            yield from list_keys(part)
    elif isinstance(node, list):
        for part in node:
            yield from list_keys(part)


def test_every_word_has_one_answer() -> None:
    assert [word for word, count in Counter(WORDS).items() if count > 1] == []
    assert [word for word in TYPED_IN_VAIN if word not in COMMANDS and not answer_command(word)] == []


def test_the_words_of_other_commands_are_no_commands_and_are_on_the_page() -> None:
    assert set(OTHER_WORDS) & {*COMMANDS, *WORDS} == set()
    page = (ROOT / "docs" / "not-offered.md").read_text("utf-8")
    assert [line for line in page.splitlines() if line.startswith("| pushtrain ")] == [
        f"| pushtrain `{word}` | {answer} |" for word, answer in OTHER_WORDS.items()
    ]


def test_a_word_of_another_command_is_answered_as_a_command_only() -> None:
    assert {word: answer_command(word.upper()) for word in OTHER_WORDS} == {
        "approve": "Versions are approved: `pushtrain models approve MODEL VERSION`.",
        "compare": "Runs are compared: `pushtrain runs compare RUN RUN`; "
        "versions: `pushtrain models compare MODEL V1 V2`.",
        "fetch": "Approved models are copied: `pushtrain models fetch MODEL`.",
        "logs": "Logs belong to a run: `pushtrain runs logs RUN`.",
        "report": "Reports belong to a run or a version: `pushtrain runs report RUN`, `pushtrain models report MODEL`.",
        **dict.fromkeys(
            ("hpo", "sweep", "tune", "tuning"),
            "A search is a key of config.yaml, `train.tune`; `pushtrain run` and `pushtrain push` do it.",
        ),
        **dict.fromkeys(
            ("batch", "predict", "score", "transform"),
            "`pushtrain models score MODEL FILE -o OUT` lets a model answer a file, with --on-aws on AWS. In a run, a "
            "step of `kind: transform` does it.",
        ),
        "set": "Values of config.yaml are set for one run on this computer: `pushtrain run DIR --set KEY=VALUE`.",
    }
    assert (answer_word("set"), answer_command("runz")) == ("", "")


def test_no_word_is_a_command_an_option_or_a_key() -> None:
    assert set(WORDS) & set(list_command_words()) == set()
    schema = json.loads((ROOT / "config.schema.json").read_text("utf-8"))
    assert set(WORDS) & set(list_keys(schema)) == set()


@pytest.mark.parametrize(("word", "answers_key"), [("Drift", True), ("set", False), ("epochs", False)])
def test_a_key_is_answered_if_people_mean_it(word: str, answers_key: bool) -> None:
    assert bool(answer_key(word)) == answers_key


def test_the_page_has_the_same_table() -> None:
    page = (ROOT / "docs" / "not-offered.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| {', '.join(f'`{word}`' for word in entry.words)} | {entry.text} | {entry.instead} |"
        for entry in NOT_OFFERED
    ]


def test_an_answer_names_the_thing_and_what_to_do() -> None:
    assert {entry.words[0]: answer_word(entry.words[0].upper()) for entry in NOT_OFFERED} == ANSWERS
    assert answer_word("runz") == ""
