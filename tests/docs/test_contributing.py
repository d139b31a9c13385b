"""CONTRIBUTING.md and the changelog are true: the files they name exist, and the versions agree."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.docs.pages import ROOT

PATH = re.compile(r"`((?:src|templates|lambda|infra|tests|docs|scripts|benchmarks|model_repos)/[\w./-]+)`")
RELEASE = re.compile(r"^## (\d+\.\d+\.\d+) - (\d{4}-\d{2}-\d{2})$", re.MULTILINE)


PAGES = [ROOT / name for name in ("CONTRIBUTING.md", "README.md", "SECURITY.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)


@pytest.mark.parametrize("page", [page.relative_to(ROOT).as_posix() for page in PAGES])
def test_every_file_that_a_page_names_exists(page: str) -> None:
    paths = PATH.findall((ROOT / page).read_text("utf-8"))
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_contributing_names_files() -> None:
    assert len(PATH.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8"))) > 30


def test_the_changelog_the_package_and_the_page_about_jenkins_have_the_same_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    releases = RELEASE.findall((ROOT / "CHANGELOG.md").read_text("utf-8"))
    assert releases[0][0] == version
    assert f"\npushtrain=={version}\n" in (ROOT / "docs" / "jenkins.md").read_text("utf-8")
