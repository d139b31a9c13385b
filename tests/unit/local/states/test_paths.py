"""JSONPaths, read as Step Functions reads them."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.local.states import paths

DATA = {"a": {"b.c": [{"d": 1}, {"d": None}]}, "it's": 2, "l": [[1, 2], [3]], "점수": 0.5, "f1-score": 0.7}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$", DATA),
        ("$.a['b.c'][0].d", 1),
        ('$.a["b.c"][1].d', None),
        ("$['a']['b.c'][-1]", {"d": None}),
        (r"$['it\'s']", 2),
        ("$.l[0][1]", 2),
        ("$.점수", 0.5),
        ("$['점수']", 0.5),
        ("$.f1-score", 0.7),
        ("$.l[*][0]", [1, 3]),
        ("$.l[0][0:2]", [1, 2]),
        ("$.l[0:1]", [[1, 2]]),
        ("$.a['b.c'][?(@.d==1)].d", [1]),
        ("$.a['b.c'][?(@.d==9)].d", []),
        ("$..d", [1, None]),
    ],
)
def test_values(path: str, value: Any) -> None:
    assert paths.read_value(path, DATA) == value


@pytest.mark.parametrize("path", ["$.none", "$.l[9]", "$.l.a", "$.a[0]", "$.점수.x"])
def test_definite_paths_that_lead_nowhere(path: str) -> None:
    with pytest.raises(paths.NoValue):
        paths.read_value(path, DATA)
