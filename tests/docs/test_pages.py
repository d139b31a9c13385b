"""Everything on the pages is valid: each config.yaml, price list and JSON, each command and its options."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import click
import pytest
import yaml

from infra.settings import Settings, parse_settings
from pushtrain.cli import COMMANDS, program
from pushtrain.config import Config, load_config
from pushtrain.config.values.units import parse_duration
from pushtrain.cost import PlannedJob, estimate_cost, parse_prices, read_shipped_prices
from tests.docs.pages import PAGES, ROOT, Block, blocks, inline_code

ALL = [block for page in PAGES for block in blocks(page)]
SETTINGS = {"account": "111122223333", "region": "eu-west-1", "prefix": "ml"}
STEP = {"framework": "sklearn 1.2-1"}
AROUND = {"model": "churn", "preprocess": STEP, "train": STEP, "evaluate": STEP}
SHOWN = [block for block in ALL if block.language == "yaml" and block.marks[:1] != ("refused",)]


def merge_config(base: Any, part: Any) -> Any:
    """Return `base` with the values of `part`; mappings are merged."""
    if not isinstance(base, Mapping) or not isinstance(part, Mapping):
        return part
    return {**base, **{key: merge_config(base.get(key), value) for key, value in part.items()}}


@pytest.mark.parametrize("block", SHOWN, ids=str)
def test_yaml_is_a_config_or_a_part_of_one_or_a_price_list(block: Block) -> None:
    part = yaml.safe_load(block.text)
    if "prices" in part:
        assert parse_prices(block.text.encode(), file="prices.yaml")
    elif "model" in part and "train" in part:
        load_config(block.text.encode())
    elif part.keys() <= set(Settings.model_fields) and not part.keys() <= set(Config.model_fields):
        parse_settings(yaml.safe_dump(SETTINGS | part).encode(), environment="dev")
    else:
        load_config(yaml.safe_dump(merge_config(AROUND, part)).encode())


@pytest.mark.parametrize("block", [block for block in ALL if block.language == "json"], ids=str)
def test_json_is_json(block: Block) -> None:
    json.loads(block.text)


@pytest.mark.parametrize("block", [block for block in ALL if block.marks == ("costs",)], ids=str)
def test_the_cost_of_a_run_follows_from_the_shipped_prices(block: Block) -> None:
    rows = re.findall(r"^  (\w+) +(ml\.\S+) +× (\d+)  at most (\w+)  *(?:spot)? +(\S+ USD)$", block.text, re.MULTILINE)
    planned = [
        PlannedJob(
            step=step,
            instance=instance,
            instances=int(count),
            max_runtime=parse_duration(limit),
            kind="training" if step == "train" else "processing",
        )
        for step, instance, count, limit, _ in rows
    ]
    estimate = estimate_cost(planned, read_shipped_prices(), "us-east-1")
    assert [str(line.cost) for line in estimate.lines] == [row[-1] for row in rows] != []
    assert f"costs at most {estimate.total} a run, by prices of {estimate.as_of} in us-east-1;" in block.text


@pytest.mark.parametrize("block", [block for block in ALL if block.language in {"toml", "ini"}], ids=str)
def test_settings_of_other_tools_can_be_read(block: Block) -> None:
    if block.language == "toml":
        assert tomllib.loads(block.text)
    else:
        configparser.ConfigParser().read_string(block.text)


def commands() -> Iterator[tuple[str, str]]:
    """Yield each command of the pages, with the block or the page that has it."""
    for block in ALL:
        yield from ((str(block), line) for line in block.commands)
    for page in PAGES:
        texts = (text.replace("\\|", "|") for text in inline_code(page))
        yield from ((page.name, text) for text in texts if text.startswith("pushtrain "))


@pytest.mark.parametrize(("where", "line"), sorted(set(commands())))
def test_every_command_exists_with_its_options(where: str, line: str) -> None:
    words = line.split()[1:]
    for name in words[0].split("|"):
        command, rest = find_command(name, words[1:])
        allowed = {
            option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
        } | {"--help"}
        used = {word.partition("=")[0].rstrip(".,") for word in rest if word.startswith("-")}
        assert used <= allowed, f"{where}: {line}"


def list_group_words() -> dict[str, set[str]]:
    """Each command of the program with the words below it; a command that is no group has none."""
    context = click.Context(program)
    programs = {name: program.get_command(context, name) for name in program.list_commands(context)}
    return {
        name: set(command.list_commands(context)) if isinstance(command, click.Group) else set()
        for name, command in programs.items()
    }


def test_the_table_of_the_readme_has_every_command() -> None:
    rows = re.findall(r"^\| `pushtrain (\S+)(.*?)` \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    words = list_group_words()
    assert {name: set(rest.strip().split("\\|")) if words.get(name) else set() for name, rest in rows} == words


@pytest.mark.parametrize(("name", "words"), [(name, words) for name, words in list_group_words().items() if words])
def test_both_summaries_of_a_group_list_its_words(name: str, words: set[str]) -> None:
    command = program.get_command(click.Context(program), name)
    assert command is not None
    summary = (command.help or "").splitlines()[0]
    assert set(summary.partition(": ")[2].rstrip(".").split(", ")) == words
    assert COMMANDS[name] == summary


def find_command(name: str, rest: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command of a name, or its subcommand, and the remaining words.

    Of `list|show`, it returns the last subcommand; all must exist.
    """
    if name.startswith("-"):
        return program, [name, *rest]
    context = click.Context(program)
    command = program.get_command(context, name)
    assert command is not None, name
    if not isinstance(command, click.Group) or not rest:
        return command, rest
    subcommands = [command.get_command(context, word) for word in rest[0].split("|")]
    assert all(subcommands), rest[0]
    return subcommands[-1] or command, rest[1:]


def test_the_pages_have_configs_and_commands() -> None:
    lines = {line for _, line in commands()}
    assert len(SHOWN) > 10
    assert {"pushtrain run churn", "pushtrain completion --help"} <= lines
    assert any(re.match(r"pushtrain push .* --again", line) for line in lines)


def test_the_index_of_decisions_has_each_of_them_in_order() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"^- \[(.+)\]\((\d{4}-.+\.md)\)$", (folder / "index.md").read_text("utf-8"), re.MULTILINE)
    notes = sorted(folder.glob("0*.md"))
    assert [name for _, name in listed] == [note.name for note in notes]
    assert [title for title, _ in listed] == [note.read_text("utf-8").splitlines()[0][2:] for note in notes]
