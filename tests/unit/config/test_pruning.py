"""Wrong values are removed; what is left can still be checked."""

from __future__ import annotations

from pushtrain.config.pruning import prune


def test_a_value_is_removed_and_the_tree_is_not_changed() -> None:
    tree = {"train": {"spot": "maybe", "script": "train.py"}}
    assert prune(tree, [("train", "spot")]) == ({"train": {"script": "train.py"}}, {("train", "spot")})
    assert tree["train"]["spot"] == "maybe"


def test_a_wrong_entry_removes_its_list_and_a_missing_key_its_section() -> None:
    tree = {"data": {"raw": [1, "two"]}, "register": {"when": []}}
    pruned, removed = prune(tree, [("data", "raw", 1), ("register", "inference")])
    assert (pruned, removed) == ({"data": {}}, {("data", "raw"), ("register",)})


def test_a_required_section_is_replaced() -> None:
    assert prune({"model": 5, "train": {}}, [("model",)]) == ({"model": "model", "train": {}}, {("model",)})
