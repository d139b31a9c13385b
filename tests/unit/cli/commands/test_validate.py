"""`validate`: scripts that are no Python, stray files, misnamed files, what a terminal shows, and watching."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain.cli import file_changes as watch
from pushtrain.starters import create_model_repo

Types = Callable[..., tuple[int, str, str]]


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    create_model_repo(tmp_path / "churn", "sklearn")
    return tmp_path / "churn"


def test_a_script_that_is_no_python_is_found_before_the_push(repo: Path, typed: Types) -> None:
    (repo / "train.py").write_text("import os\ndef main(:\n")
    code, _, said = typed("validate", repo)
    assert (code, said) == (1, f"{repo}/train.py:2  not valid Python: invalid syntax\n{repo}: 1 problem\n")


def test_a_script_without_a_seed_is_a_remark(repo: Path, typed: Types) -> None:
    script = repo / "train.py"
    script.write_text(script.read_text().replace(", random_state=args.seed", "").replace("seed", "number"))
    code, said, warned = typed("validate", repo)
    assert code == 0
    advice = "Set one: `random_state=7` in RandomForestClassifier"
    lost = "no seed is set, so RandomForestClassifier gives another result in each run"
    assert re.search(rf"^remark   {repo}/train\.py:\d+  {lost}\. {advice}$", warned, re.MULTILINE), warned
    assert "is valid" in said
    _, document, _ = typed("validate", repo, "--json")
    assert [remark["file"] for remark in json.loads(document)["remarks"]] == [f"{repo}/train.py"]


def test_another_file_that_is_no_python_is_a_warning(repo: Path, typed: Types) -> None:
    (repo / "old.py").write_text("print 'hello'\n")
    code, _, said = typed("validate", repo)
    assert code == 0
    assert f"warning  {repo}/old.py:1  not valid Python: Missing parentheses" in said


def test_a_script_for_an_image_of_ones_own_may_be_for_a_newer_python(repo: Path, typed: Types) -> None:
    config = (repo / "config.yaml").read_text()
    own = "train:\n  image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/mine:1"
    (repo / "config.yaml").write_text(config.replace("train:\n  framework: sklearn 1.2-1", own))
    (repo / "train.py").write_text("def f(:\n")
    code, _, said = typed("validate", repo)
    assert code == 0
    here = f"(checked with Python {sys.version_info.major}.{sys.version_info.minor}; the image's may be newer)"
    assert f"warning  {repo}/train.py:1  not valid Python: invalid syntax {here}\n" in said


@pytest.mark.parametrize("source", [b"x = 1\0", b"\xff\xfe", b"(" * 5000, b"x = '\xea'\n", b"\treturn"])
def test_a_script_may_hold_anything(source: bytes, repo: Path, typed: Types) -> None:
    (repo / "train.py").write_bytes(source)
    code, _, said = typed("validate", repo)
    assert code == 1
    assert f"{repo}/train.py" in said


def test_a_script_that_cannot_be_read_is_a_line_not_a_traceback(
    repo: Path, typed: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Path.read_bytes

    def refused(path: Path) -> bytes:
        if path.name == "train.py":
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refused)  # root may read anything, so no mode would do
    code, _, said = typed("validate", repo)
    remedy = "Make it readable, or list it in .pushtrainignore"
    assert (code, said) == (1, f"{repo}/train.py: cannot be read (Permission denied). {remedy}\n")


def test_an_environment_that_is_typed_where_the_file_has_none(repo: Path, typed: Types) -> None:
    code, _, err = typed("validate", repo, "-e", "prod")
    said = "environments: there is none, and 'prod' was asked for, so the file applies as it stands"
    assert (code, f"warning  {repo}/config.yaml  {said}\n" in err) == (0, True)
    assert "environments" not in typed("validate", repo)[2]
    (repo / "config.yaml").write_text((repo / "config.yaml").read_text() + "environments: {prod: {}}\n")
    assert "environments" not in typed("validate", repo, "-e", "prod")[2]


def test_an_odd_escape_and_a_byte_order_mark_are_fine(repo: Path, typed: Types) -> None:
    (repo / "train.py").write_bytes(b"\xef\xbb\xbfpattern = '\\d'\n")
    assert typed("validate", repo)[0] == 0


def test_a_stray_file_is_named_with_its_size(repo: Path, typed: Types) -> None:
    with (repo / "weights.bin").open("wb") as file:
        file.truncate(300 * 2**20)
    code, _, said = typed("validate", repo)
    assert code == 1
    assert "the code has 300 MB, most of it in weights.bin (300 MB); 256 MB is the limit. Name data" in said
    os.truncate(repo / "weights.bin", 100 * 2**20)
    code, _, said = typed("validate", repo)
    assert code == 0
    assert "warning" in said
    assert (
        "the code has 100 MB, most of it in weights.bin (100 MB), and every job downloads it. "
        "Name data under `data`, and in .pushtrainignore what is not needed\n"
    ) in said


def test_large_data_is_nobodys_business(repo: Path, typed: Types) -> None:
    with (repo / "data" / "large.csv").open("wb") as file:
        file.truncate(300 * 2**20)
    assert typed("validate", repo, "--json")[0] == 0


@pytest.mark.parametrize("name", ["config.yml", "Config.yaml"])
def test_a_config_of_another_name_is_pointed_out(name: str, repo: Path, typed: Types) -> None:
    (repo / "config.yaml").rename(repo / name)
    code, _, said = typed("validate", repo)
    assert (code, said) == (
        1,
        f"{repo}: there is no config.yaml in it, so it is not a model repo. Rename {name} to config.yaml\n",
    )


def seen(folder: Path, *words: str, **variables: str) -> str:
    """What a person at a terminal of 80 columns sees."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", **variables}
    command = [sys.executable, "-m", "pushtrain", *words]
    with subprocess.Popen(command, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as shown:
        os.close(theirs)
        shown.wait(timeout=30)
    text = os.read(ours, 100_000).decode()
    os.close(ours)
    return text.replace("\r\n", "\n")


@pytest.mark.parametrize("word", ["validate", "compile"])
def test_a_terminal_shows_the_place(word: str, repo: Path) -> None:
    text = (repo / "config.yaml").read_text().replace("trees: 100", "trees: yes")
    (repo / "config.yaml").write_text(text)
    said = seen(repo, word, ".", NO_COLOR="1")
    assert "\x1b" not in said
    _, before, line, carets, *_ = said.splitlines()
    assert before.startswith("  15 |   max_runtime: 1h")
    assert line[carets.index("^") : carets.rindex("^") + 1] == "yes"


def test_nothing_is_bold_without_colour(repo: Path) -> None:
    assert "\x1b[1m" in seen(repo, "plan", ".", "--local")
    assert "\x1b" not in seen(repo, "plan", ".", "--local", NO_COLOR="1")


def test_a_terminal_has_colour(repo: Path) -> None:
    (repo / "config.yaml").write_text("model: m\n")
    assert "\x1b[31m" in seen(repo, "validate", ".")


def test_json_is_as_it_was(repo: Path, typed: Types) -> None:
    (repo / "train.py").write_text("def f(:\n")
    document = json.loads(typed("validate", repo, "--json")[1])
    (problem,) = document["problems"]
    assert problem == {
        "message": "not valid Python: invalid syntax",
        "key": "",
        "line": 1,
        "file": f"{repo}/train.py",
    }


def test_watching_tells_again_after_each_change_until_interrupted(
    repo: Path, typed: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    train, config, other = repo / "train.py", repo / "config.yaml", repo / "config.yml"
    steps: list[Callable[[], object]] = [
        lambda: train.write_text("def f(:\n"),
        lambda: config.rename(other),
        lambda: other.rename(config),
        lambda: train.write_text("x = 1\n"),
    ]

    def wait(seconds: float) -> None:
        if not steps:
            raise KeyboardInterrupt
        steps.pop(0)()

    monkeypatch.setattr(watch, "wait", wait)
    code, out, err = typed("validate", repo, "--watch")
    assert code == 0
    assert out.count("churn is valid") == 2
    assert err.count("train.py:1  not valid Python") == 2
    assert err.count("Rename config.yml") == 1
    assert "interrupted" not in err


def test_watching_and_json_exclude_each_other(repo: Path, typed: Types) -> None:
    assert typed("validate", repo, "--watch", "--json")[0] == 2
