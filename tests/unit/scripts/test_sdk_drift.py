"""`make sdk-drift`: the differences between images.json and the SDK."""

from __future__ import annotations

from typing import Any

from scripts.sdk_drift import compare_catalogs


def catalogue(accounts: list[dict[str, str]], versions: dict[str, int]) -> dict[str, Any]:
    """Return a catalog of sklearn with these versions. The number is the index of the accounts."""
    scope = {name: {"accounts": table, "tags": {"cpu": name}} for name, table in versions.items()}
    return {"accounts": accounts, "images": {"sklearn": {"training": scope}}}


def test_new_removed_and_changed_versions_are_named() -> None:
    own = catalogue([{"us-east-1": "1"}], {"1.0-1": 0, "1.2-1": 0})
    sdk = catalogue([{"us-east-1": "1", "eu-west-1": "2"}], {"1.2-1": 0, "1.9-0": 0})
    (line,) = compare_catalogs(own, sdk)
    assert line.split(maxsplit=2) == [
        "sklearn",
        "training",
        "missing in images.json: 1.9-0; removed from the SDK: 1.0-1; with other images or regions: 1.2-1",
    ]


def test_another_index_of_the_same_table_is_no_difference() -> None:
    first, second = {"us-east-1": "1"}, {"us-east-1": "2"}
    own, sdk = catalogue([first, second], {"1.2-1": 0}), catalogue([second, first], {"1.2-1": 1})
    assert [line.split(maxsplit=2)[2] for line in compare_catalogs(own, sdk)] == ["the same"]
