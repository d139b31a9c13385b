"""Cause the messages of docs/faq.md that do not come from a config.yaml. Each function returns one message."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from pushtrain import aws
from pushtrain.catalog import job_kinds
from pushtrain.cli import program, run_command
from pushtrain.cli.commands.push import check_quotas
from pushtrain.cli.terminal.screen import Screen
from pushtrain.config import Condition, load_config
from pushtrain.cost import PlannedJob, Prices, estimate_cost, parse_prices
from pushtrain.cost.limit import check_cost_limit
from pushtrain.decide import decide
from pushtrain.errors import DecideError, PushError, RegistryError
from pushtrain.local.aws import up
from pushtrain.local.container.hardcoded import find_hardcoded_path
from pushtrain.local.states.functions import FunctionFailed
from pushtrain.model_repo.code import find_size_problem
from pushtrain.plans import quotas
from pushtrain.platform import Platform
from pushtrain.registry import four_eyes as four_eyes_module
from pushtrain.registry.four_eyes import refuse_own_approval
from pushtrain.registry.identity import Identity
from pushtrain.registry.versions import ModelVersion
from pushtrain.runs.failure import explain_failure
from pushtrain.runs.model import Job, Run
from pushtrain.serving.copy import Approval, copy_to_serving
from pushtrain.starters import create_model_repo
from pushtrain.workflow import compile_workflow
from tests.sample_record import RECORD
from tests.sample_verdict import build_verdict
from tests.unit.decide.bucket import EVALUATION as EVALUATION_KEY
from tests.unit.decide.bucket import Bucket, build_request

PLAIN = Path(__file__).parents[1] / "embedded" / "repos" / "plain"
LIMITED = "model: churn\ntrain: {framework: pytorch 2.6}\nlimits:\n  max_cost: 50.00 USD\n"
EVALUATION = {"binary_classification_metrics": {"accuracy": {"value": 0.9}}}


def missing_script(request: pytest.FixtureRequest) -> str:
    create_model_repo(_enter_folder(request) / "churn", "sklearn")
    Path("churn/preprocessing.py").unlink()
    return _run_and_read(request, "validate", "churn")


def too_large_code(_: pytest.FixtureRequest) -> str:
    return find_size_problem({"weights.bin": 290 << 20, "train.py": 10 << 20})


def over_limit(_: pytest.FixtureRequest) -> str:
    table = "prices: [{region: eu-west-1, as_of: '2026-03-01', source: ours, training: {ml.g5.xlarge: 7.00 USD}}]"
    return _check_limit(parse_prices(table.encode(), file="prices.yaml"))


def no_price(_: pytest.FixtureRequest) -> str:
    return _check_limit(Prices(tables=()))


def _check_limit(prices: Prices) -> str:
    hours = 10 * 3600 - 120  # plus the two minutes that training gets to save its work
    job = PlannedJob(step="train", instance="ml.g5.xlarge", instances=1, max_runtime=hours, kind="training")
    platform = msgspec.structs.replace(Platform.local(), local_option="")
    return str(check_cost_limit(load_config(LIMITED.encode()), estimate_cost([job], prices, "eu-west-1"), platform))


def gpu_quota(_: pytest.FixtureRequest) -> str:
    config = load_config(b"model: churn\ntrain: {framework: pytorch 2.6, instance: ml.g5.xlarge}\n").config
    push = SimpleNamespace(model="churn", definition=compile_workflow(config, Platform.local()))
    none = {name: quotas.Quota(name=name, code="L-1", value=0) for name in ["ml.g5.xlarge for training job usage"]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quotas, "read_quotas", lambda *_: none)
        with pytest.raises(PushError) as raised:
            check_quotas([push], Platform.local())  # type: ignore[list-item]
    return str(raised.value)


def max_runtime(_: pytest.FixtureRequest) -> str:
    job = Job(step="train", name="j", kind=job_kinds.TRAINING, status="Stopped", seconds=3600.0, limit=3600)
    return _failure("JobNotCompleted", "train did not complete", job=job)


def no_metric(_: pytest.FixtureRequest) -> str:
    return _decide_failure(json.dumps(EVALUATION).encode())


def no_evaluation(_: pytest.FixtureRequest) -> str:
    return _decide_failure(None)


def not_finite(_: pytest.FixtureRequest) -> str:
    return _decide_failure(b'{"auc": NaN}')


def too_long(_: pytest.FixtureRequest) -> str:
    return _decide_failure(b" " * (17 << 20))


def not_from_job(_: pytest.FixtureRequest) -> str:
    return _decide_failure(json.dumps(EVALUATION).encode(), is_planted=True)


def _decide_failure(evaluation: bytes | None, *, is_planted: bool = False) -> str:
    """Return what `run` prints if `decide` cannot judge this evaluation.json; None if there is none.

    `is_planted`: another job put it there.
    """
    bucket = Bucket(evaluation)
    bucket.planted |= {EVALUATION_KEY} if is_planted else set()
    request = build_request(Condition(metric="accuracy", at_least=0.9))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aws, "client", lambda *_: bucket)
        with pytest.raises(DecideError) as raised:
            decide(request, Platform.local())
    return _failure(type(raised.value).__name__, "decide", cause=FunctionFailed.from_error(raised.value).cause)


def _failure(error: str, state: str, *, cause: str = "", job: Job | None = None) -> str:
    """Return the line that `run` prints about a failed run."""
    described = {"status": "FAILED", "error": error, "cause": cause}
    entered = {"id": 1, "type": "TaskStateEntered", "stateEnteredEventDetails": {"name": state}}
    failure = explain_failure(described, [entered], [job] if job else [])
    assert failure is not None
    return f"failed  {failure.step}: {failure.reason}"


def hard_coded(request: pytest.FixtureRequest) -> str:
    (_enter_folder(request) / "train.py").write_text('open("/opt/ml/model/x", "w")\n')
    return str(find_hardcoded_path(["python3", "train.py"], Path()))


def no_stand_in(request: pytest.FixtureRequest) -> str:
    repo = shutil.copytree(PLAIN, _enter_folder(request) / "plain")
    text = (repo / "config.yaml").read_text().replace("data: {numbers: data/}", "data: {raw: s3://lake/churn/}")
    (repo / "config.yaml").write_text(text)
    return _run_and_read(request, "run", "plain")


def not_registered(request: pytest.FixtureRequest) -> str:
    gate = (
        "model: m\ntrain: &t {framework: sklearn 1.2-1}\nevaluate: *t\nregister: {when: [{metric: auc, at_least: 1}]}\n"
    )
    config = load_config(gate.encode()).config
    run = Run(
        model="m",
        run="r",
        status="SUCCEEDED",
        started=0,
        seconds=1,
        outcome="not_registered",
        verdict=build_verdict({"auc": 0.5}, *config.conditions),
    )
    capsys: pytest.CaptureFixture[str] = request.getfixturevalue("capsys")
    Screen(config, Platform.local(), _enter_folder(request), to_stderr=False).finish(run)
    return capsys.readouterr().out


def which_platform(request: pytest.FixtureRequest) -> str:
    request.getfixturevalue("monkeypatch").delenv("PUSHTRAIN_PLATFORM", raising=False)
    return _run_and_read(request, "models", "list")


def folder_taken(request: pytest.FixtureRequest) -> str:
    _enter_folder(request)
    Path("churn").mkdir()
    Path("churn/notes.txt").touch()
    return _run_and_read(request, "init", "churn", "--starter", "sklearn")


def nothing_approved(request: pytest.FixtureRequest) -> str:
    with up(_enter_folder(request) / ".pushtrain", Platform.local(), handlers={}):
        sagemaker = aws.client("sagemaker")
        sagemaker.create_model_package_group(ModelPackageGroupName="pushtrain-churn")
        container = {"Image": "image", "ModelDataUrl": "s3://pushtrain-artifacts/m"}
        inference = {"Containers": [container]}
        sagemaker.create_model_package(ModelPackageGroupName="pushtrain-churn", InferenceSpecification=inference)
    return _run_and_read(request, "models", "fetch", "churn", "--local", "-o", "model.tar.gz")


def replaced_model(request: pytest.FixtureRequest) -> str:
    """S3 returns a file that has other bytes than the one that was evaluated."""
    monkeypatch = request.getfixturevalue("monkeypatch")
    monkeypatch.setattr(aws, "client", lambda *_, **__: _Bucket())
    monkeypatch.setattr("pushtrain.serving.copy.read_run_record", lambda *_: None)
    with pytest.raises(RegistryError) as raised:
        copy_to_serving(Platform.local(), _version(), Approval(approved_at="2026-11-21T10:00:00+00:00"))
    return str(raised.value)


def four_eyes(request: pytest.FixtureRequest) -> str:
    record = msgspec.structs.replace(RECORD, pushed_by="AROAEXAMPLE:jin@example.org")
    request.getfixturevalue("monkeypatch").setattr(four_eyes_module, "read_run_record", lambda *_: record)
    platform = msgspec.structs.replace(Platform.local(), four_eyes=True)
    with pytest.raises(RegistryError) as raised:
        refuse_own_approval(platform, _version(), Identity(principal="AROAOTHER:Jin", names=("Jin",)))
    return str(raised.value)


def unnamed_session(request: pytest.FixtureRequest) -> str:
    record = msgspec.structs.replace(RECORD, pushed_by="AROAEXAMPLE:botocore-session-1700000000")
    request.getfixturevalue("monkeypatch").setattr(four_eyes_module, "read_run_record", lambda *_: record)
    platform = msgspec.structs.replace(Platform.local(), four_eyes=True)
    with pytest.raises(RegistryError) as raised:
        refuse_own_approval(platform, _version(), Identity(principal="AROAOTHER:jin", names=("jin",)))
    return str(raised.value)


VERDICT = build_verdict({"auc": 0.9})


def _version() -> ModelVersion:
    return ModelVersion(
        model="churn",
        version=1,
        status="Approved",
        metrics={},
        run="r",
        revision="f",
        created="2026-11-21T08:00:00+00:00",
        arn="arn",
        artifact=VERDICT.artifact.uri,
        image=VERDICT.inference["image"],
        verdict=VERDICT,
        inference=VERDICT.inference,
        commit="",
        repository="",
    )


class _Bucket:
    """A bucket with one object, of ten bytes."""

    exceptions = SimpleNamespace(NoSuchKey=KeyError)

    def head_object(self, **_: str) -> dict[str, Any]:
        return {"ETag": '"2c3d"', "ContentLength": 10}

    def get_object(self, **_: str) -> dict[str, Any]:
        raise KeyError


def _enter_folder(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue("tmp_path")
    request.getfixturevalue("monkeypatch").chdir(folder)
    return folder


def _run_and_read(request: pytest.FixtureRequest, *words: str) -> str:
    """Run a command that fails, and return its stderr."""
    capsys: pytest.CaptureFixture[str] = request.getfixturevalue("capsys")
    assert run_command(lambda: program.main(list(words), standalone_mode=False)) in {1, 2}
    return capsys.readouterr().err
