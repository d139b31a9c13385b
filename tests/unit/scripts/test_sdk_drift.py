"""What `make sdk-drift` tells of two catalogues."""

from __future__ import annotations

from typing import Any

from scripts.sdk_drift import drift


def catalogue(accounts: list[dict[str, str]], versions: dict[str, int]) -> dict[str, Any]:
    """sklearn with these versions, each of them in the regions of one table."""
    scope = {name: {"accounts": table, "tags": {"cpu": name}} for name, table in versions.items()}
    return {"accounts": accounts, "images": {"sklearn": {"training": scope}}}


def test_versions_that_came_and_went_and_changed_are_named() -> None:
    ours = catalogue([{"us-east-1": "1"}], {"1.0-1": 0, "1.2-1": 0})
    theirs = catalogue([{"us-east-1": "1", "eu-west-1": "2"}], {"1.2-1": 0, "1.9-0": 0})
    (line,) = drift(ours, theirs)
    assert line.split(maxsplit=2) == [
        "sklearn",
        "training",
        "missing here: 1.9-0; gone from the SDK: 1.0-1; with other images or regions: 1.2-1",
    ]


def test_other_numbers_of_the_same_tables_are_no_change() -> None:
    one, other = {"us-east-1": "1"}, {"us-east-1": "2"}
    ours, theirs = catalogue([one, other], {"1.2-1": 0}), catalogue([other, one], {"1.2-1": 1})
    assert [line.split(maxsplit=2)[2] for line in drift(ours, theirs)] == ["the same"]
