"""The document of the index: what it holds, and what it leaves to the registry."""

from __future__ import annotations

import msgspec
import pytest

from pushtrain.registry import VersionSummary
from pushtrain.version_index import IndexedModel, VersionIndex, document

VERSION = VersionSummary(
    model="churn",
    version=1,
    status="Approved",
    created="2026-11-21T07:00:00+00:00",
    arn="arn:aws:sagemaker:eu-central-1:123456789012:model-package/ml-churn/1",
    run="3f1c9a-0b42de",
    revision="3f1c9a",
    environment="prod",
    metrics={"auc": 0.95, "rows": 7},
    gate_metrics=("auc",),
    version_key=None,
)
MODEL = IndexedModel(versions=(VERSION,), serves=1)


def test_a_document_is_read_as_it_was_written() -> None:
    index = VersionIndex().replace("churn", MODEL)
    again = VersionIndex.from_json(index.to_json())
    assert again == index
    assert repr(again.models["churn"].versions[0].metrics) == "{'auc': 0.95, 'rows': 7}"


def test_a_model_with_very_many_versions_is_left_to_the_registry() -> None:
    versions = tuple(msgspec.structs.replace(VERSION, version=number) for number in range(1, 1_000))
    index = VersionIndex().replace("churn", MODEL)
    assert "churn" in index.replace("churn", IndexedModel(versions=versions[:200], serves=1)).models
    assert index.replace("churn", IndexedModel(versions=versions, serves=1)).models == {}


def test_a_model_that_is_gone_is_removed() -> None:
    assert VersionIndex().replace("churn", MODEL).replace("churn", None) == VersionIndex()


def test_a_document_that_would_be_too_long_lacks_the_model_that_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    index = VersionIndex().replace("other", MODEL)
    monkeypatch.setattr(document, "MAX_SIZE", len(index.to_json()))
    assert VersionIndex.from_json(index.replace("churn", MODEL).to_json("churn")) == index
