"""The commands on the pages for data scientists and approvers print what the pages show.

Each page runs in its own folder, from its first command to its last. Comments above a block: `aws`: not run. `server`:
not run, as it ends with Ctrl-C only; tests/embedded/cli/commands/models/ has its commands. `local`: each command gets
--local. `into FOLDER`: the block is merged into that config.yaml, and the model repo is run.
`output`: the last output has these lines, except for numbers and ids. `json`: the last output is JSON of this shape.
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
from tests.docs.pages import ROOT, Block, blocks, inline_code
from tests.docs.test_pages import merge_config
from tests.trained import STORE, Trained

pytestmark = pytest.mark.slow
PLAIN = ROOT / "tests" / "embedded" / "repos" / "plain"
VERSIONS = 3  # versions that the approver's page mentions


class Reader:
    """Types commands, and stores the last output and the ids of the last two runs.

    The first run of the starter `churn` was made before, because all pages begin with it: it is copied.
    """

    def __init__(self, capsys: pytest.CaptureFixture[str], churn: Trained) -> None:
        self.capsys, self.churn = capsys, churn
        self.output = ""
        self.run = self.other_run = ""

    def types(self, line: str) -> str:
        runs = {"RUN": self.run, "OTHER-RUN": self.other_run}
        words = [runs.get(word, word) for word in shlex.split(line, comments=True)[1:]]
        self.output = self.copy_first_run() if self.begins_with(words) else self.execute(words)
        ran = re.search(r"^run +(\S+)$", self.output, re.MULTILINE)
        if ran and ran[1] != self.run:
            self.run, self.other_run = ran[1], self.run
        return self.output

    def execute(self, words: list[str]) -> str:
        code = run_command(lambda: program.main(words, standalone_mode=False))
        captured = self.capsys.readouterr()
        assert code == 0, f"{words}: {captured.out}{captured.err}"
        return captured.out

    def begins_with(self, words: list[str]) -> bool:
        """Return whether this is the run that was made before: the first one, of the same files."""
        return words == ["run", "churn"] and not Path(STORE).exists() and read_files("churn") == self.trained_files

    def copy_first_run(self) -> str:
        shutil.copytree(self.churn.store, STORE)
        return self.churn.text

    @property
    def trained_files(self) -> dict[str, bytes]:
        return read_files(self.churn.repo)

    def follows(self, block: Block) -> None:
        match block.marks:
            case ("aws",) | ("server",):
                pass
            case ("output",):
                assert set(bare(block.text)) <= set(bare(self.output)), f"{block}: {self.output}"
            case ("json",):
                assert shape(json.loads(block.text)) == shape(json.loads(self.output)), str(block)
            case ("into", folder):
                config = Path(folder, "config.yaml")
                whole = merge_config(yaml.safe_load(config.read_text()), yaml.safe_load(block.text))
                config.write_text(yaml.safe_dump(whole))
                self.types(f"pushtrain run {folder}")
            case marks:
                for line in block.commands:
                    if "--watch" not in line:  # it never ends; tests/unit/cli/commands/test_validate.py ends it
                        self.types(f"{line} --local" if "local" in marks else line)


def read_files(folder: Path | str) -> dict[str, bytes]:
    paths = (path for path in Path(folder).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def bare(text: str) -> list[str]:
    """Return the lines, with ids and numbers replaced: they differ between runs."""
    text = re.sub(r"\b[0-9a-f]{12}(-[0-9a-f]{6})?\b", "ID", text)
    return [" ".join(line.split()) for line in re.sub(r"\d[\d.]*", "N", text).splitlines() if line.strip()]


def shape(value: Any) -> Any:
    """Return the keys and types of a JSON value; of metrics only the types, because a page shows only some."""
    if isinstance(value, dict):
        kinds = {key: shape(inner) for key, inner in value.items()}
        return {**kinds, "metrics": set(kinds["metrics"].values())} if "metrics" in kinds else kinds
    if isinstance(value, list):
        return [shape(inner) for inner in value[:1]]
    return type(value).__name__


@pytest.fixture
def reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], churn: Trained
) -> Reader:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        environments, "_reported_frameworks", set()
    )  # each reader gets the messages that are printed once per process
    return Reader(capsys, churn)


def test_the_commands_of_the_first_five_minutes_print_what_the_page_shows(reader: Reader) -> None:
    for block in blocks(ROOT / "docs" / "start.md"):
        reader.follows(block)
    assert reader.run


def test_the_commands_of_a_data_scientist_print_what_the_page_shows(reader: Reader) -> None:
    """The page runs a starter twice, unchanged: the second time nothing starts, because the starter has `cache`."""
    for block in blocks(ROOT / "docs" / "guide.md"):
        reader.follows(block)
    assert reader.run
    [only] = json.loads(reader.types("pushtrain models list churn --local --json"))
    assert only["version"] == 1


def test_the_demo_ends_as_the_readme_shows(breast_cancer: Trained) -> None:
    """Lines with a path, or with the way pushtrain was called, differ between computers."""
    (demo,) = [block for block in blocks(ROOT / "README.md") if block.marks == ("output",)]
    lines = [line for line in demo.text.splitlines() if not line.startswith(("model ", "next "))]
    assert set(bare("\n".join(lines))) <= set(bare(breast_cancer.text)), breast_cancer.text


def test_the_commands_of_an_approver_print_what_the_page_shows(reader: Reader) -> None:
    page = ROOT / "docs" / "approve.md"
    config = Path(shutil.copytree(PLAIN, "churn"), "config.yaml")
    config.write_text(config.read_text().replace("model: plain", "model: churn"))
    for _ in range(VERSIONS):
        reader.types("pushtrain run churn")
    reader.types(
        f"pushtrain models approve churn {VERSIONS - 1} --local"
    )  # serves when the version after it is rejected
    for block in blocks(page):
        reader.follows(block)
    (keys,) = [text for text in inline_code(page) if text.startswith('{"model", ')]
    assert [f'"{key}"' for key in json.loads(reader.types("pushtrain models fetch churn -o m --local --json"))] == (
        keys.strip("{}").split(", ")
    )
