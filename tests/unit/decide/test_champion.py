"""The champion of a run: its values, or why there are none and what follows from that."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from pushtrain import aws
from pushtrain.config import Condition
from pushtrain.config.model.registration import GroupBound
from pushtrain.decide import ChampionRequest, StepFile, decide
from pushtrain.decide.champion import compare_champion
from pushtrain.decide.verdict import Verdict
from pushtrain.platform import Platform
from tests.unit.decide.bucket import EVALUATION, Bucket, build_request

PLATFORM = Platform.local()
FILE = StepFile(step="champion", path="/opt/ml/processing/evaluation/evaluation.json", key=EVALUATION, job="job-1")
CHAMPION = ChampionRequest(version=3, fault="", is_overridden=False, passes_without=True, job=FILE)
MARGIN = Condition(metric="auc", at_least="champion + 0.002")
NO_AUC = "evaluation.json has no metric 'auc', which config.yaml's register.when asks for. Did you mean 'acc'?"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Bucket:
    bucket = Bucket(b'{"auc": 0.9, "loss": 0.4, "groups": {"region": {"n": {"auc": 0.8}, "s": {"auc": 0.7}}}}')
    monkeypatch.setattr(aws, "client", lambda *_: bucket)
    return bucket


def test_the_champion_has_a_value_for_each_condition_that_can_be_read(bucket: Bucket) -> None:
    by_region = Condition(metric="auc", by="region", worst=GroupBound(at_least="champion - 1%"))
    conditions = [Condition(metric="loss", at_most=1), Condition(metric="new", above=0), MARGIN, by_region]
    comparison = compare_champion(bucket, CHAMPION, conditions, PLATFORM)
    assert comparison.values == {"auc": 0.9, "worst auc by region": 0.7, "loss": 0.4}
    assert (comparison.champion.status, comparison.champion.text) == ("compared", "version 3")
    assert comparison.champion.evaluation is not None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"fault": "its image is gone"}, "its image is gone"),
        ({"job": None, "job_error": "ClientError: no objects"}, "ClientError: no objects"),
        ({"job": replace(FILE, key="nowhere")}, f"the champion job wrote no evaluation.json: write it to {FILE.path}"),
    ],
)
def test_a_champion_that_cannot_be_evaluated_has_a_reason(bucket: Bucket, changes: dict[str, Any], reason: str) -> None:
    comparison = compare_champion(bucket, replace(CHAMPION, **changes), [MARGIN], PLATFORM)
    assert (comparison.champion.reason, comparison.holds_without) == (reason, False)
    assert comparison.champion.text == f"version 3 could not be evaluated: {reason}"


def test_a_metric_that_the_champion_lacks_is_the_reason(bucket: Bucket) -> None:
    bucket.bodies[EVALUATION] = b'{"acc": 0.9}'
    assert compare_champion(bucket, CHAMPION, [MARGIN], PLATFORM).champion.reason == NO_AUC


@pytest.mark.parametrize("passes", [True, False])
def test_without_a_champion_config_yaml_decides(bucket: Bucket, *, passes: bool) -> None:
    champion = replace(CHAMPION, version=None, job=None, passes_without=passes)
    comparison = compare_champion(bucket, champion, [MARGIN], PLATFORM)
    assert (comparison.champion.text, comparison.holds_without) == ("no version is in service", passes)


@pytest.mark.parametrize(("version", "name"), [(3, "version 3"), (None, "a version in service")])
def test_an_override_holds_and_says_so(bucket: Bucket, version: int | None, name: str) -> None:
    champion = replace(CHAMPION, version=version, is_overridden=True, passes_without=False, job=None)
    comparison = compare_champion(bucket, champion, [MARGIN], PLATFORM)
    assert comparison.holds_without
    assert comparison.champion.text == f"{name} was not compared: the run was started with --without-champion"
    comparison = compare_champion(bucket, replace(champion, in_reproduction=True), [MARGIN], PLATFORM)
    assert comparison.holds_without
    assert comparison.champion.text == f"{name} was not compared: a run that reproduces a version does not compare"


@pytest.mark.parametrize(
    ("champion", "passed", "reason"),
    [
        (CHAMPION, False, "gate not met: auc 0.9 (>= champion + 0.002 = 0.902; champion 0.9)"),
        (replace(CHAMPION, is_overridden=True), True, ""),
        (replace(CHAMPION, version=None), True, ""),
        (
            replace(CHAMPION, version=None, passes_without=False),
            False,
            "gate not met: auc 0.9 (>= champion + 0.002; no version is in service, and config.yaml says "
            "without_champion: fail)",
        ),
        (
            replace(CHAMPION, fault="its image is gone"),
            False,
            "champion: version 3 could not be evaluated: its image is gone. To leave the comparison out, start the run "
            "with --without-champion",
        ),
    ],
)
def test_the_verdict_says_what_became_of_the_champion(
    bucket: Bucket, champion: ChampionRequest, passed: bool, reason: str
) -> None:
    request = replace(build_request(MARGIN), champion=champion)
    verdict = decide(request, PLATFORM)
    assert (verdict.passed, verdict.reason) == (passed, reason)
    assert Verdict.from_json(verdict.to_json()) == verdict


def test_a_condition_has_both_values_and_their_exact_difference(bucket: Bucket) -> None:
    request = replace(build_request(Condition(metric="auc", at_least="champion - 1%")), champion=CHAMPION)
    (condition,) = decide(request, PLATFORM).conditions
    assert (condition.value, condition.bound, condition.champion, condition.difference) == (0.9, 0.891, 0.9, 0.0)
    assert (condition.holds, condition.relative) == (True, "champion - 1%")
    assert json.loads(decide(request, PLATFORM).to_json())["champion"]["version"] == 3
