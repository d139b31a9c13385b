"""What whole local runs share: a model repo to run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

REPOS = Path(__file__).with_name("repos")

MakeRepo = Callable[..., Path]


@pytest.fixture
def make_repo(tmp_path: Path) -> MakeRepo:
    """`make_repo("raises", {"train.py": "..."})`: a new folder with a copy of tests/embedded/repos/<name>.

    A repo that is not whole is laid over `plain`; `files` (path to text) are laid over the result.
    """

    def make(name: str = "plain", files: dict[str, str] | None = None) -> Path:
        folder = tmp_path / "model repos" / name
        whole = all((REPOS / name / script).exists() for script in ("preprocessing.py", "train.py", "evaluation.py"))
        for source in (REPOS / name,) if whole else (REPOS / "plain", REPOS / name):
            shutil.copytree(source, folder, dirs_exist_ok=True)
        for path, text in (files or {}).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        return folder

    return make
