"""A new environment takes its bytecode from those that have the same packages."""

from __future__ import annotations

import os
import py_compile
import shutil
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from pushtrain.local.container.bytecode import FEW_MODULES, link_bytecode, list_compiler_options

SITE = "lib/python3.11/site-packages"
RECORD = "churn-1.0.dist-info/RECORD"
LINES = """churn/__init__.py,sha256=aaaa,10
churn/trees.py,sha256=bbbb,10
churn/_trees.so,sha256=cccc,10
../../../bin/churn,sha256=dddd,10
churn-1.0.dist-info/RECORD,,
"""


def create_environment(home: Path, record: str = LINES) -> Path:
    (home / SITE / "churn").mkdir(parents=True)
    (home / SITE / RECORD).parent.mkdir()
    (home / SITE / RECORD).write_text(record, encoding="utf-8")
    for name in ("__init__", "trees"):
        module = home / SITE / "churn" / f"{name}.py"
        module.write_text("answer = 1\n", encoding="utf-8")
        os.utime(module, (1_700_000_000, 1_700_000_000))
    return home


def find_bytecode(home: Path, name: str = "trees") -> Path:
    return Path(cache_from_source(str(home / SITE / "churn" / f"{name}.py")))


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    home = create_environment(tmp_path / "earlier")
    for name in ("__init__", "trees"):
        py_compile.compile(str(home / SITE / "churn" / f"{name}.py"), doraise=True)
    (home / "ready").touch()
    return home


def test_bytecode_of_the_same_modules_is_linked(tmp_path: Path, earlier: Path) -> None:
    home = create_environment(tmp_path / "new")
    link_bytecode(home, "ready")
    for name in ("__init__", "trees"):
        assert find_bytecode(home, name).samefile(find_bytecode(earlier, name))
    shutil.rmtree(earlier)
    assert find_bytecode(home).is_file()


def test_bytecode_of_another_version_of_a_module_is_not(tmp_path: Path, earlier: Path) -> None:
    home = create_environment(tmp_path / "new", LINES.replace("bbbb", "eeee"))
    link_bytecode(home, "ready")
    assert find_bytecode(home, "__init__").samefile(find_bytecode(earlier, "__init__"))
    assert not find_bytecode(home).exists()


def test_a_module_without_a_hash_is_not_compared(tmp_path: Path, earlier: Path) -> None:
    record = LINES.replace("sha256=bbbb,10", ",")
    (earlier / SITE / RECORD).write_text(record, encoding="utf-8")
    home = create_environment(tmp_path / "new", record)
    link_bytecode(home, "ready")
    assert not find_bytecode(home).exists()


def test_an_incomplete_environment_gives_nothing(tmp_path: Path, earlier: Path) -> None:
    (earlier / "ready").unlink()
    home = create_environment(tmp_path / "new")
    link_bytecode(home, "ready")
    assert not find_bytecode(home).exists()


def test_what_the_other_has_not_compiled_is_left_to_the_compiler(tmp_path: Path, earlier: Path) -> None:
    find_bytecode(earlier, "__init__").unlink()
    home = create_environment(tmp_path / "new")
    link_bytecode(home, "ready")
    assert not find_bytecode(home, "__init__").exists()
    assert find_bytecode(home).samefile(find_bytecode(earlier))


def test_without_other_environments_there_is_nothing_to_link(tmp_path: Path) -> None:
    home = create_environment(tmp_path / "new")
    link_bytecode(home, "ready")
    assert not find_bytecode(home).exists()


@pytest.mark.parametrize(
    "path", ["../../../../other/trees.py", "{folder}/other/trees.py", "churn/../../../../../other/trees.py"]
)
def test_nothing_is_linked_outside_of_the_packages(tmp_path: Path, earlier: Path, path: str) -> None:
    (tmp_path / "other").mkdir()
    line = f"{path.format(folder=tmp_path)},sha256=ffff,10\n"
    (earlier / SITE / RECORD).write_text(LINES + line, encoding="utf-8")
    link_bytecode(create_environment(tmp_path / "new", LINES + line), "ready")
    assert not any((tmp_path / "other").iterdir())


def test_few_modules_are_compiled_by_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    home = create_environment(tmp_path / "few")
    assert list_compiler_options(home)[1:3] == ("-j", "1")
    record = "".join(f"churn/tree{number}.py,sha256=aaaa,10\n" for number in range(FEW_MODULES + 1))
    home = create_environment(tmp_path / "many", record)
    assert list_compiler_options(home)[1:3] == ("-j", "4")
    home = create_environment(tmp_path / "pip", record.replace("churn/", "pip/"))
    assert list_compiler_options(home)[1:3] == ("-j", "1")
