"""What is known of a version, from documents that may hold anything."""

from __future__ import annotations

import msgspec
import pytest

from pushtrain.errors import RunNotFound
from pushtrain.platform import Platform
from pushtrain.record import RecordedData, RunRecord
from pushtrain.registry import EarlierVersion, ModelVersion
from pushtrain.report import facts
from pushtrain.runs import Run
from tests.sample_record import RECORD
from tests.sample_result import RESULT
from tests.sample_verdict import build_verdict
from tests.unit.report.report_facts import CONFIG, version

PLATFORM = Platform.local()


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 3 serves and version 2 served before; the run is gone."""

    def gone(*_: object) -> None:
        raise RunNotFound("gone")

    monkeypatch.setattr(facts, "read_run", gone)
    monkeypatch.setattr(facts, "read_run_record", lambda *_: RECORD)
    monkeypatch.setattr(facts, "read_run_result", lambda *_: msgspec.structs.replace(RESULT, data_changed=("raw",)))
    monkeypatch.setattr(facts, "read_serving_arns", lambda *_: (version(3).arn, version(2).arn))
    monkeypatch.setattr(facts, "read_decisions", lambda *_: [])
    monkeypatch.setattr(facts, "find_versions_by_data", lambda *_: {"raw": (1,)})
    monkeypatch.setattr(facts, "find_version", lambda _, arn: version(int(arn.rpartition("/")[2])))
    monkeypatch.setattr(facts, "read_object", lambda *_, version: CONFIG)
    monkeypatch.setattr(facts, "compute_run_cost", lambda *_: None)


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


RUN = Run(
    model="churn",
    run="r1",
    status="SUCCEEDED",
    started=0.0,
    seconds=1.0,
    outcome="not_registered",
    input=RECORD.execution_input(),
)
URI = "s3://artifacts/churn/runs/r1/evaluate/j/evaluation/"


def test_a_run_without_a_version_is_compared_with_the_one_that_serves() -> None:
    result = facts.gather_run_facts(
        PLATFORM, msgspec.structs.replace(RUN, verdict=build_verdict({}), metrics={"auc": 0.5})
    )
    assert (result.version, result.model, result.run_id, result.metrics) == (None, "churn", "r1", {"auc": 0.5})
    assert result.baseline == version(3)
    assert (result.is_serving, result.is_judged, result.verdict) == (False, True, build_verdict({}))


def test_a_run_that_registered_a_version_has_the_facts_of_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "find_earlier_version", lambda *_: None)
    run = msgspec.structs.replace(RUN, run=version(3).run, model_package=version(3).arn)
    assert facts.gather_run_facts(PLATFORM, run).version == version(3)
    of_another_run = msgspec.structs.replace(RUN, model_package=version(3).arn)
    assert facts.gather_run_facts(PLATFORM, of_another_run).version is None


def test_plots_of_a_run_without_a_verdict_are_those_that_exist_now(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = {f"{URI}evaluation.json": b'{"roc": 1}', f"{URI}plots.json": PLOTS}
    monkeypatch.setattr(facts, "find_evaluation_uri", lambda _: f"{URI}evaluation.json")
    monkeypatch.setattr(facts, "read_object", lambda _, uri, version="": bodies.get(uri, b""))
    result = facts.gather_run_facts(PLATFORM, RUN)
    assert (result.plots.residuals, result.is_judged) == (((1.0, 1.0), (2.0, 0.0)), False)
    del bodies[f"{URI}plots.json"], bodies[f"{URI}evaluation.json"]
    result = facts.gather_run_facts(PLATFORM, RUN)
    assert (result.plots.residuals, result.is_judged, result.lost_files) == (None, True, ())


PLOTS = b'{"residuals": {"predicted": [1, 2], "actual": [2, 2]}}'


def test_a_file_that_is_no_json_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = {f"{URI}evaluation.json": b"{}", f"{URI}plots.json": b"{'roc': 1}"}
    monkeypatch.setattr(facts, "find_evaluation_uri", lambda _: f"{URI}evaluation.json")
    monkeypatch.setattr(facts, "read_object", lambda _, uri, version="": bodies.get(uri, b""))
    assert facts.gather_run_facts(PLATFORM, RUN).broken_files == ("plots.json",)


def test_test_data_are_compared_with_those_of_the_baseline(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_record(_: Platform, model: str, run: str) -> RunRecord:
        data = {"raw": RecordedData(uri="s3://lake/", sha256=run)}
        return msgspec.structs.replace(RECORD, model=model, run=run, data=data)

    def read_version(_: Platform, arn: str) -> ModelVersion:
        return version(int(arn.rpartition("/")[2]), run="other")

    config = CONFIG + b"data: {raw: s3://lake/}\npreprocess: {framework: sklearn 1.2-1}\n"
    monkeypatch.setattr(facts, "read_run_record", read_record)
    monkeypatch.setattr(facts, "read_object", lambda *_, version: config)
    assert facts.gather_facts(PLATFORM, version(4), earlier_versions={}).different_data == ()
    monkeypatch.setattr(facts, "find_version", read_version)
    assert facts.gather_facts(PLATFORM, version(4), earlier_versions={}).different_data == ("raw",)
