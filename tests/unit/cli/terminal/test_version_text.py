"""A model version as people and programs read it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pushtrain.cli.terminal.version_text import (
    build_version_summary,
    format_changes,
    format_gate_metrics,
    list_model_facts,
)
from pushtrain.registry import ModelVersion
from tests.sample_serving import SAID, SERVING
from tests.sample_verdict import build_verdict

VERSION = ModelVersion(
    model="churn",
    version=3,
    status="Approved",
    metrics={"loss": 0.3, "auc": 0.95123, "f1": 0.8, "recall": 0.7},
    run="r1",
    revision="3f9c",
    created="2026-11-21T07:00:00+00:00",
    arn="arn",
    artifact="s3://b/model.tar.gz",
    image="image",
    commit="c",
    repository="git@example.org:churn.git",
)


def test_the_metrics_of_the_gate_come_before_all_others() -> None:
    gated = replace(VERSION, properties={"metric.auc": "0.95123"})
    assert format_gate_metrics(gated) == "auc 0.9512"
    assert format_gate_metrics(VERSION) == "loss 0.3, auc 0.9512, f1 0.8"


def test_metrics_with_the_same_last_part_have_their_whole_paths() -> None:
    version = replace(VERSION, metrics={"valid.auc": 0.9, "test.auc": 0.8, "test.loss": 0.3})
    assert format_gate_metrics(version) == "valid.auc 0.9, test.auc 0.8, loss 0.3"


def test_the_summary_has_few_keys() -> None:
    assert build_version_summary(VERSION) == {
        "model": "churn",
        "version": 3,
        "status": "Approved",
        "metrics": VERSION.metrics,
        "run": "r1",
        "revision": "3f9c",
        "created": "2026-11-21T07:00:00+00:00",
        "environment": "",
    }


@pytest.mark.parametrize(("dirty", "text"), [(True, " and changes"), (False, ""), (None, "")])
def test_only_changes_that_are_known_are_named(dirty: bool | None, text: str) -> None:
    assert format_changes(dirty) == text


def test_what_an_endpoint_would_run_is_listed() -> None:
    verdict = replace(
        build_verdict({"auc": 1.0}), raw_fields={"train": {"InfraCheckConfig": {"EnableInfraCheck": True}}}
    )
    version = replace(VERSION, inference={"image": "image", "environment": {"THRESHOLD": "0.5"}}, verdict=verdict)
    assert list_model_facts(version) == [
        ("endpoint variable THRESHOLD", "0.5"),
        ("raw fields of train", '{"InfraCheckConfig": {"EnableInfraCheck": true}}'),
    ]
    assert list_model_facts(VERSION) == []


def test_what_a_search_found_is_shown_as_people_write_it() -> None:
    tuned = {"lr": "0.0123456789", "depth": "7", "booster": '"gbtree"'}
    version = replace(VERSION, verdict=replace(build_verdict({}), tuned=tuned))
    assert list_model_facts(version) == [("tuned", "lr 0.01235, depth 7, booster gbtree")]


def test_an_approver_sees_if_the_answers_are_those_of_the_evaluation() -> None:
    version = replace(VERSION, verdict=replace(build_verdict({}), serving=SERVING))
    assert list_model_facts(version)[:2] == [("serving test", "5 of 5 requests answered"), ("answers", SAID)]
