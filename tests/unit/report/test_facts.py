"""What is known of a version, from documents that may hold anything."""

from __future__ import annotations

import dataclasses

import pytest

from pushtrain.errors import RunNotFound
from pushtrain.platform import Platform
from pushtrain.registry import EarlierVersion
from pushtrain.report import facts
from tests.sample_record import RECORD
from tests.sample_result import RESULT
from tests.unit.report.report_facts import CONFIG, version

PLATFORM = Platform.local()


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 3 serves and version 2 served before; the run is gone."""

    def gone(*_: object) -> None:
        raise RunNotFound("gone")

    monkeypatch.setattr(facts, "read_run", gone)
    monkeypatch.setattr(facts, "read_run_record", lambda *_: RECORD)
    monkeypatch.setattr(facts, "read_run_result", lambda *_: dataclasses.replace(RESULT, data_changed=("raw",)))
    monkeypatch.setattr(facts, "read_serving_arns", lambda *_: (version(3).arn, version(2).arn))
    monkeypatch.setattr(facts, "read_decisions", lambda *_: [])
    monkeypatch.setattr(facts, "find_version", lambda _, arn: version(int(arn.rpartition("/")[2])))
    monkeypatch.setattr(facts, "read_object", lambda *_, version: CONFIG)


@pytest.mark.parametrize(("number", "is_serving", "baseline"), [(3, True, 2), (4, False, 3)])
def test_the_baseline_is_the_version_in_serving_or_the_one_before_it(
    number: int, is_serving: bool, baseline: int
) -> None:
    result = facts.gather_facts(PLATFORM, version(number), earlier_versions={})
    assert result.baseline is not None
    assert (result.is_serving, result.baseline.version) == (is_serving, baseline)


def test_what_is_gone_stays_empty() -> None:
    result = facts.gather_facts(PLATFORM, version(4), earlier_versions={})
    assert (result.run, result.jobs, result.cost, result.curves) == (None, (), None, ())
    assert result.data_changed == ("raw",)
    assert [verdict.met for verdict in result.verdicts] == [True, False]


def test_the_earlier_version_is_looked_up_by_arn() -> None:
    earlier = EarlierVersion(numbers=(1,))
    result = facts.gather_facts(PLATFORM, version(4), earlier_versions={version(4).arn: earlier})
    assert result.earlier_version == earlier


def test_the_config_of_a_run_without_a_record_is_not_known() -> None:
    assert facts.read_config(PLATFORM, None) is None
