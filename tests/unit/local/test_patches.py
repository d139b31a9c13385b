"""Attributes of other modules are replaced, and later restored exactly."""

from __future__ import annotations

import json
import json.encoder
from types import SimpleNamespace

import pytest

from pushtrain.errors import LocalError
from pushtrain.local.patches import Patches


def test_a_missing_name_says_that_moto_changed() -> None:
    with pytest.raises(LocalError) as raised:
        Patches().replace(json, "gone", None)
    assert str(raised.value) == (
        "moto changed: json has no 'gone'. pushtrain corrects moto by name and knows releases 5.2.x: "
        "install one with `pip install 'moto>=5.2,<5.3'`"
    )


def test_undo_restores_values_and_removes_added_names() -> None:
    owner = SimpleNamespace(old="first")
    patches = Patches()
    patches.replace(owner, "old", "second")
    patches.replace(owner, "old", "third")
    patches.add(owner, "new", "added")
    assert vars(owner) == {"old": "third", "new": "added"}
    patches.undo()
    assert vars(owner) == {"old": "first"}
    owner.old = "changed later"
    patches.undo()
    assert owner.old == "changed later"


def test_a_function_is_replaced_in_every_module_that_imported_it() -> None:
    stock, substitute = json.JSONEncoder, SimpleNamespace()
    patches = Patches()
    patches.replace_everywhere("json", "JSONEncoder", stock, substitute)
    try:
        assert [vars(module)["JSONEncoder"] for module in (json, json.encoder)] == [substitute, substitute]
    finally:
        patches.undo()
    assert (json.JSONEncoder, json.encoder.JSONEncoder) == (stock, stock)
