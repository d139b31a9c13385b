"""A reader who types what the pages for data scientists and approvers say gets what they show.

Each page in a folder of its own, from its first command to its last. Comments above a block: `aws`: not run. `local`:
each command with --local. `into FOLDER`: the block is laid over that config.yaml, and the model repo is run. `said`:
the last output has these lines, numbers and ids aside. `answer`: the last output is JSON of this shape.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from pushtrain.cli import program, run_command
from pushtrain.local.container import environments
from tests.docs.pages import ROOT, Block, blocks, spoken
from tests.docs.test_pages import laid_over

pytestmark = pytest.mark.slow
PLAIN = ROOT / "tests" / "embedded" / "repos" / "plain"
VERSIONS = 3  # that the approver's page speaks of


class Reader:
    """Types commands, and remembers what the last one said."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys
        self.said = ""
        self.run = ""

    def types(self, line: str) -> str:
        words = [self.run if word == "RUN" else word for word in shlex.split(line, comments=True)[1:]]
        code = run_command(lambda: program.main(words, standalone_mode=False))
        captured = self.capsys.readouterr()
        assert code == 0, f"{line}: {captured.out}{captured.err}"
        self.said = captured.out
        if ran := re.search(r"^run +(\S+)$", captured.out, re.MULTILINE):
            self.run = ran[1]
        return captured.out

    def follows(self, block: Block) -> None:
        match block.marks:
            case ("aws",):
                pass
            case ("said",):
                assert set(bare(block.text)) <= set(bare(self.said)), f"{block}: {self.said}"
            case ("answer",):
                assert shape(json.loads(block.text)) == shape(json.loads(self.said)), str(block)
            case ("into", folder):
                config = Path(folder, "config.yaml")
                whole = laid_over(yaml.safe_load(config.read_text()), yaml.safe_load(block.text))
                config.write_text(yaml.safe_dump(whole))
                self.types(f"pushtrain run {folder}")
            case marks:
                for line in block.commands:
                    if "--watch" not in line:  # it never ends; tests/unit/cli/commands/test_validate.py ends it
                        self.types(f"{line} --local" if "local" in marks else line)


def bare(text: str) -> list[str]:
    """Lines without what differs from one time to the next."""
    text = re.sub(r"\b[0-9a-f]{12}(-[0-9a-f]{6})?\b", "ID", text)
    return [" ".join(line.split()) for line in re.sub(r"\d[\d.]*", "N", text).splitlines() if line.strip()]


def shape(value: Any) -> Any:
    """Keys and kinds of values; of metrics only that they are numbers, for a page shows some."""
    if isinstance(value, dict):
        kinds = {key: shape(inner) for key, inner in value.items()}
        return {**kinds, "metrics": set(kinds["metrics"].values())} if "metrics" in kinds else kinds
    if isinstance(value, list):
        return [shape(inner) for inner in value[:1]]
    return type(value).__name__


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Reader:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        environments, "_reported_frameworks", set()
    )  # what is said once in a process is said to each reader
    return Reader(capsys)


@pytest.mark.parametrize("page", ["start.md", "guide.md"])
def test_a_data_scientist_gets_what_the_page_shows(page: str, reader: Reader) -> None:
    for block in blocks(ROOT / "docs" / page):
        reader.follows(block)
    assert reader.run


def test_the_demo_ends_as_the_readme_shows(reader: Reader) -> None:
    """Lines with a path, or with how pushtrain was called, differ from one machine to the next."""
    (shown,) = [block for block in blocks(ROOT / "README.md") if block.marks == ("said",)]
    reader.types(f"pushtrain run {shlex.quote(str(ROOT / 'model_repos' / 'breast-cancer'))}")
    lines = [line for line in shown.text.splitlines() if not line.startswith(("model ", "next "))]
    assert set(bare("\n".join(lines))) <= set(bare(reader.said)), reader.said


def test_an_approver_gets_what_the_page_shows(reader: Reader) -> None:
    page = ROOT / "docs" / "approve.md"
    config = Path(shutil.copytree(PLAIN, "churn"), "config.yaml")
    config.write_text(config.read_text().replace("model: plain", "model: churn"))
    for _ in range(VERSIONS):
        reader.types("pushtrain run churn")
    reader.types(f"pushtrain models approve churn {VERSIONS - 1} --local")  # serves when the one after it is rejected
    for block in blocks(page):
        reader.follows(block)
    (keys,) = [text for text in spoken(page) if text.startswith('{"model", ')]
    assert [f'"{key}"' for key in json.loads(reader.types("pushtrain models fetch churn -o m --local --json"))] == (
        keys.strip("{}").split(", ")
    )
