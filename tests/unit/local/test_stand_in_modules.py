"""Stand-ins let a module be imported without what it imports, and find the real names when they are used."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from pushtrain.local.stand_in_modules import StandIn, build_bare_package, remove_modules, replace_modules

MODULE = "a_module_of_this_test"


@pytest.fixture
def real_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package, whose `__init__` may not be imported, with a module that has a class and a constant."""
    package = tmp_path / "a_package_of_this_test"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError\n")
    (package / "module.py").write_text("class Shape:\n    sides = 4\nNAME = 'square'\n")
    monkeypatch.syspath_prepend(tmp_path)
    return package.name


def test_a_name_is_imported_when_it_is_used(real_module: str) -> None:
    prepared: list[bool] = []
    package = build_bare_package(real_module)
    module = StandIn(f"{real_module}.module", lambda: prepared.append(True), {"NAME": "set"})
    shape = module.Shape
    assert (module.NAME, prepared) == ("set", [])
    with replace_modules([package]):
        assert shape.sides == 4
        assert isinstance(shape(), shape)
        assert not isinstance("", shape)
        assert prepared
    assert shape | None is shape


def test_a_module_that_is_imported_already_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    real = ModuleType(MODULE)
    monkeypatch.setitem(sys.modules, MODULE, real)
    with replace_modules([StandIn(MODULE, list, {})]):
        assert sys.modules[MODULE] is real
    assert sys.modules[MODULE] is real


def test_stand_ins_are_removed_but_not_what_took_their_places() -> None:
    stand_in = StandIn(MODULE, list, {})
    with replace_modules([stand_in]):
        assert sys.modules[MODULE] is stand_in
        assert not hasattr(stand_in, "__path__")
    assert MODULE not in sys.modules
    sys.modules[MODULE] = real = ModuleType(MODULE)
    remove_modules([stand_in])
    assert sys.modules.pop(MODULE) is real


def test_a_package_that_is_not_installed_is_an_error() -> None:
    with pytest.raises(ModuleNotFoundError, match="No module named 'a_package_that_nobody_has'"):
        build_bare_package("a_package_that_nobody_has")
