"""A run that Step Functions no longer has is read from the documents that it left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from pushtrain import aws
from pushtrain.catalog import job_kinds
from pushtrain.catalog.job_fields import read_instances
from pushtrain.cli import program, run_command
from pushtrain.config.values.money import Money
from pushtrain.errors import RunNotFound
from pushtrain.layout import build_input_key, build_result_key
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from pushtrain.record import RunResult
from pushtrain.runs import Failure
from pushtrain.runs.recorded import find_recorded_run, find_run_or_recorded
from tests.sample_record import RECORD
from tests.sample_result import RESULT

PLATFORM = Platform.local()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    with up(tmp_path / "store", PLATFORM, handlers={}):
        yield tmp_path / "store"


def leave(result: RunResult) -> None:
    """Write the result as `on_run_end` does, and the record as `launch` does."""
    bodies = {build_result_key(result.model, result.run): result.to_json()}
    bodies[build_input_key(result.model, result.run)] = msgspec.structs.replace(RECORD, run=result.run).to_json()
    for key, body in bodies.items():
        aws.client("s3").put_object(Bucket=PLATFORM.artifact_bucket, Key=key, Body=body.encode())


@pytest.mark.usefixtures("store")
def test_a_run_is_read_from_its_documents() -> None:
    leave(RESULT)
    recorded = find_recorded_run(PLATFORM, "a1b2c3")
    assert recorded
    run = recorded.run
    assert (run.model, run.run, run.status, run.outcome, run.model_version) == (
        "churn",
        RESULT.run,
        "SUCCEEDED",
        "registered",
        3,
    )
    assert recorded.cost == Money(amount=Decimal("0.01"), currency="USD")
    [job] = run.jobs
    assert (job.step, job.kind, job.status, job.seconds) == ("preprocess", job_kinds.PROCESSING, "Completed", 61.5)
    assert read_instances(job.described) == {"InstanceType": "ml.m5.large", "InstanceCount": 1}
    assert run.input["revision"] == RECORD.revision
    assert run.error is None


@pytest.mark.usefixtures("store")
def test_a_run_that_failed_says_why() -> None:
    failure = {"status": "FAILED", "outcome": "failed", "reason": "no rows", "failed_step": "preprocess"}
    leave(msgspec.structs.replace(RESULT, **failure))
    recorded = find_recorded_run(PLATFORM, RESULT.run)
    assert recorded
    assert recorded.run.error == Failure(step="preprocess", reason="no rows")


@pytest.mark.usefixtures("store")
def test_several_runs_and_none_are_not_found() -> None:
    leave(RESULT)
    leave(msgspec.structs.replace(RESULT, run="a1b2c3d4e5f6-999999"))
    assert find_recorded_run(PLATFORM, "a1b2") is None
    assert find_recorded_run(PLATFORM, "b") is None


def test_runs_show_falls_back_to_the_documents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with up(tmp_path / "store", PLATFORM, handlers={}):
        leave(RESULT)
    words = ["--local", "--store", str(tmp_path / "store")]
    assert run_command(lambda: program.main(["runs", "show", "a1b2", *words], standalone_mode=False)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "churn · run a1b2c3d4e5f6-0a1b2c · SUCCEEDED"
    assert lines[1] == "  read from its result.json: Step Functions no longer has this run"
    assert lines[-1] == "  registered as version 3"
    arguments = ["runs", "show", "a1b2", "--json", *words]
    assert run_command(lambda: program.main(arguments, standalone_mode=False)) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["jobs"][0]["instance"] == "ml.m5.large"
    assert document["origin"]["data"]["raw"]["uri"] == "s3://lake/raw/"
    assert document["origin"]["code"] == RECORD.code
    assert document["origin"]["pushtrain_version"] == RECORD.pushtrain_version
    assert run_command(lambda: program.main(["runs", "show", "ffff", *words], standalone_mode=False)) == 1
    assert capsys.readouterr().err.startswith("there is no run 'ffff'. `pushtrain runs list --local")


@pytest.mark.usefixtures("store")
def test_a_run_is_read_from_step_functions_or_from_its_documents() -> None:
    leave(RESULT)
    recorded = find_recorded_run(PLATFORM, "a1b2c3")
    assert recorded
    assert find_run_or_recorded(PLATFORM, "a1b2c3") == recorded.run
    with pytest.raises(RunNotFound) as error:
        find_run_or_recorded(PLATFORM, "ffff")
    assert str(error.value) == "there is no run 'ffff'. `pushtrain runs list --local` shows them"
