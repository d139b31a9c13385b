"""Keys of S3, and the IAM patterns that match them. Only `pushtrain.layout` spells keys."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pushtrain import layout
from tests.layout_keys import KEYS, build_example

ROOT = Path(__file__).parents[3]
MODULES = ("src/**/*.py", "templates/**/*.py", "lambda/*.py", "infra/*.py")
PIECES = re.compile(
    r"^s3://$|/(runs|source|definitions|pushes|checkpoints)/|/output/model\.tar\.gz|model-repos|sourcedir\.tar\.gz"
    r"|\b(approved|problems|input|verdict)\.json|\breport\.html|/(config\.yaml|manifest\.json|evaluation\.json)"
)
PLACEHOLDERS = {
    "model": "<model>",
    "team": "<team>",
    "revision": "<revision>",
    "content_hash": "<content hash>",
    "definition_hash": "<hash>",
    "countdown": "<countdown>",
    "run": "<run id>",
    "identity": "<data version>",
    "step_hash": "<step key>",
    "step": "<step>",
    "job": "<job>",
    "evaluation_key": "<model>/runs/<run id>/<step>/<job>/<output>/evaluation.json",
    "job_prefix": "<model>/runs/<run id>/<step>/<job>",
    "path": "<output>/",
    "score": "<id>",
    "version": "<version>",
    "decided_at": "<time>",
    "status": "<status>",
}
NOT_KEYS = {
    ("src/pushtrain/report/page.py", "report.html"): "the page's template",
}


@pytest.mark.parametrize(("name", "key"), KEYS.items())
def test_each_key_is_the_one_that_its_docstring_shows(name: str, key: str) -> None:
    assert build_example(name) == key
    assert f"`{key}`" in str(inspect.getdoc(getattr(layout, name)))


def test_the_package_offers_every_name_of_its_modules() -> None:
    modules = [module for module in vars(layout).values() if inspect.ismodule(module)]
    assert len(modules) == len(list(Path(str(layout.__file__)).parent.glob("[a-z]*.py")))
    names = [name for module in modules for name in list_names(Path(str(module.__file__)))]
    assert sorted(names) == sorted(layout.__all__)


def list_names(file: Path) -> Iterator[str]:
    """Yield the names that a module defines at its top. Names that begin with `_` are its own."""
    for node in ast.parse(file.read_text("utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else [node]
        for target in targets:
            name = target.id if isinstance(target, ast.Name) else getattr(target, "name", "_")
            if not name.startswith("_"):
                yield name


def test_every_function_that_builds_a_key_is_tested() -> None:
    functions = dict(inspect.getmembers(layout, inspect.isfunction))
    assert KEYS.keys() == {name for name in functions if re.fullmatch(r"build_\w+_(key|prefix)", name)}


@pytest.mark.parametrize("name", KEYS)
def test_the_page_about_the_architecture_shows_each_key(name: str) -> None:
    key = build_example(name, PLACEHOLDERS).removeprefix("<model>/runs/<run id>")
    assert key in (ROOT / "docs" / "architecture.md").read_text("utf-8")


def list_texts(file: Path) -> Iterator[str]:
    """Yield the texts of a module. Docstrings are left out."""
    tree = ast.parse(file.read_text("utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def find_spelled_keys() -> Iterator[tuple[str, str]]:
    """Yield module and text of each key that is spelled outside the layout. A message has spaces, a key has none."""
    for file in (file for pattern in MODULES for file in sorted(ROOT.glob(pattern))):
        name = file.relative_to(ROOT).as_posix()
        if name.startswith("src/pushtrain/layout/"):
            continue
        for text in list_texts(file):
            if PIECES.search(text) and not re.search(r"\s", text) and (name, text) not in NOT_KEYS:
                yield name, text


def test_no_other_module_spells_a_key() -> None:
    assert list(find_spelled_keys()) == []
