"""`models compare`: metrics with the best value marked, what differs, and what cannot be compared."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from pushtrain.local.values import versions
from pushtrain.registry import ModelVersion
from pushtrain.reproduction.ladder import Comparison, Difference, Rung

Types = Callable[..., tuple[int, str, str]]


def test_two_versions_side_by_side(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert types("approve", "churn", 1)[0] == 0
    code, out, _ = types("compare", "churn", 1, 2)
    assert (code, out) == (
        0,
        """\
churn
          version 1 (serves)  version 2
  auc               0.9500     0.9700 *
  loss              0.3000 *   0.4000
  oddity            1.5000     2.5000
  * the better one, by the gate or the metric's common name
hyperparameters
         version 1 (serves)  version 2
  depth  4                   8
rest of config.yaml
                  version 1 (serves)  version 2
  train.instance  ml.m5.large         ml.m5.xlarge
  gate.auc        ≥ 0.9               ≥ 0.92
data
       version 1 (serves)  version 2
  raw  s3://lake/10/       s3://lake/11/
files
  train        unknown: no hashes of version 1, 2
  evaluate     unknown: no hashes of version 1, 2
  other code   unknown: no hashes of version 1, 2
  config.yaml  unknown: no hashes of version 1, 2
  data.raw     unknown: only its address is recorded, not what lay there
model: the same bytes
code: git log aaaaaaaaaaaa..bbbbbbbbbbbb
""",
    )


def test_the_json_of_a_comparison(types: Types) -> None:
    code, out, _ = types("compare", "churn", 2, 1, "--json")
    document = json.loads(out)
    assert code == 0
    assert [version["version"] for version in document["versions"]] == [2, 1]
    assert document["metrics"][:2] == [
        {"metric": "auc", "values": [0.97, 0.95], "better": "higher", "best": [2]},
        {"metric": "loss", "values": [0.4, 0.3], "better": "lower", "best": [1]},
    ]
    assert document["metrics"][2]["better"] is None
    assert document["hyperparameters"] == [{"name": "depth", "values": [8, 4]}]
    assert document["data"] == [{"name": "raw", "values": ["s3://lake/11/", "s3://lake/10/"]}]
    assert document["code"]["range"] == f"{'a' * 40}..{'b' * 40}"


def test_what_is_gone_is_not_called_the_same(types: Types) -> None:
    code, out, _ = types("compare", "churn", 1, 3)
    assert code == 0
    assert "  loss     0.3000          –\n" in out
    assert "hyperparameters: not known: the input of a run or its config.yaml is gone" in out
    assert "data: not known" in out
    assert "code: not known whether it differs, commits are not known: revisions version 1 one, version 3 three" in out


def test_a_narrow_terminal_gets_the_rest_below(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "24")
    _, out, _ = types("compare", "churn", 1, 2)
    assert out.splitlines()[1:5] == [
        "          version 1",
        "  auc      0.9500",
        "  loss     0.3000 *",
        "  oddity   1.5000",
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("churn", 1, 1), "a comparison needs two different versions or more"),
        (("churn", 1, 7, 9), "churn has no version 7, 9. There are: 1, 2, 3"),
        (("fraud", 1, 2), "there is no model 'fraud' in the registry. There are: churn"),
    ],
)
def test_what_cannot_be_compared(words: tuple[object, ...], message: str, types: Types) -> None:
    assert types("compare", *words) == (1, "", f"{message}\n")


def test_the_first_value_that_differs_is_named(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    def compare(_: object, first: ModelVersion, second: ModelVersion, **__: object) -> Comparison:
        difference = Difference(member="m.joblib", array="coef_", index="[0]", values=("1", "2"), differing=1, size=3)
        is_equal = second.version == 3
        return Comparison(
            rung=Rung.VALUES if is_equal else Rung.METRICS,
            members=2,
            equal_members=1,
            difference=None if is_equal else difference,
            metrics=(),
            not_compared=("notes.h5: only its bytes were compared", "predictions: evaluation wrote none"),
        )

    monkeypatch.setattr(versions, "compare_version_models", compare)
    _, out, _ = types("compare", "churn", 1, 2, 3, "--values")
    assert out.partition("\nmodels\n")[2] == (
        "  version 1 → 2  different · 1 of 2 files have the same bytes\n"
        "    first difference  m.joblib: coef_[0]: 1 → 2; 1 of 3 values differs, at most 0\n"
        "    not compared      notes.h5: only its bytes were compared\n"
        "  version 1 → 3  same values · 1 of 2 files have the same bytes\n"
    )
    documents = json.loads(types("compare", "churn", 1, 2, "--values", "--json")[1])["models"]
    assert [(document["versions"], document["rung"]) for document in documents] == [([1, 2], "metrics")]
    assert documents[0]["first_difference"]["index"] == "[0]"
