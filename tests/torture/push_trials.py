"""Pushes that on_push gets: a new model, a new definition, the same one, and a config.yaml with an error."""

from __future__ import annotations

import importlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from pushtrain import aws
from pushtrain.launch.checkpoints import read_unfinished_step, write_unfinished_step
from pushtrain.launch.deliveries import Delivery, receive_message
from pushtrain.launch.launch import LaunchOutcome
from pushtrain.launch.run_record import serialize_execution_input
from pushtrain.launch.start import Launched
from pushtrain.launch.state_machine import build_state_machine_arn
from pushtrain.layout import build_input_key, build_problems_key
from pushtrain.model_repo.contents import read_model_repo
from pushtrain.platform import Platform
from pushtrain.pushes.event import Push
from pushtrain.pushes.upload import upload
from pushtrain.record import RunRecord, UnfinishedStep
from tests.embedded.launch.plain import PLAIN, PLATFORM, build_message
from tests.torture.fault_trials import Trial

CHECKPOINT = ("train:\n", "train:\n  checkpoint: /opt/ml/checkpoints\n")
on_push: Any = importlib.import_module("pushtrain_lambda.on_push")


class PushTrial(Trial):
    """A push of the model repo `plain` as a model of its own. It must have one run."""

    def __init__(self, folder: Path, number: int, *, change: tuple[str, str] = ("", ""), earlier: bool = False) -> None:
        self.model, self.answers = f"model-{number}", list[LaunchOutcome]()
        self.starts_at_once = False
        repo = Path(shutil.copytree(PLAIN, folder / self.model))
        config = (repo / "config.yaml").read_text().replace("model: plain", f"model: {self.model}")
        (repo / "config.yaml").write_text(config)
        if earlier:
            _deliver(_upload(repo, self.model))
        (repo / "config.yaml").write_text(config.replace(*change) if any(change) else config)
        self.push = _upload(repo, self.model, repeat=True)
        self.earlier_runs = _list_runs(self.model)

    def deliver(self) -> None:
        self.answers += _deliver(self.push)

    def deliver_meanwhile(self, operation: str) -> None:
        self.starts_at_once = operation == "StartExecution"  # AWS does not say which of the two has started the run
        super().deliver_meanwhile(operation)

    def find_problems(self) -> Iterator[str]:
        runs = [run for run in _list_runs(self.model) if run not in self.earlier_runs]
        if self.push.run not in runs:
            yield "lost: no run has started"
            return
        if len(runs) > 1:
            yield f"doubled: {len(runs)} runs have started"
        record = RunRecord.from_json(_read(build_input_key(self.model, self.push.run)))
        if _read_execution_input(self.model, self.push.run) != serialize_execution_input(record):
            yield "untrue: the run did not start with its record"
        if sum(isinstance(answer, Launched) and answer.fresh for answer in self.answers) > 1 + self.starts_at_once:
            yield "untrue: two deliveries say that they started the run"
        aws.client("sagemaker").describe_model_package_group(ModelPackageGroupName=f"pushtrain-{self.model}")


class ResumingTrial(PushTrial):
    """A push of the same code as an earlier run that did not finish `train`: it must continue its checkpoints."""

    def __init__(self, folder: Path, number: int) -> None:
        super().__init__(folder, number, change=CHECKPOINT)
        _deliver(self.push)
        record = self._read_record()
        stopped = UnfinishedStep(runs=("earlier",), checkpoints="earlier")
        write_unfinished_step(aws.client("s3"), record, "train", stopped, {}, PLATFORM)
        self.push = _upload(folder / self.model, self.model, repeat=True)
        self.earlier_runs = _list_runs(self.model)

    def find_problems(self) -> Iterator[str]:
        yield from super().find_problems()
        record = self._read_record()
        document, _ = read_unfinished_step(aws.client("s3"), record, "train", PLATFORM)
        if record.resumed_from != {"train": "earlier"}:
            yield f"lost: the run continues {record.resumed_from or 'nothing'}"
        if document is None or document.taken_by != self.push.run:
            yield f"doubled: another run may continue, {document}"

    def _read_record(self) -> RunRecord:
        return RunRecord.from_json(_read(build_input_key(self.model, self.push.run)))


class RefusedTrial(PushTrial):
    """A push whose config.yaml has an error. It must have no run, and its problems must be where people look."""

    def find_problems(self) -> Iterator[str]:
        if _list_runs(self.model):
            yield "untrue: a refused push has a run"
        try:
            document = json.loads(_read(build_problems_key(self.model, self.push.revision)))
        except aws.client("s3").exceptions.NoSuchKey:
            yield "lost: no problems.json"
            return
        if document["version"] != self.push.version or not document["problems"]:
            yield f"untrue: problems.json has {document}"


def _upload(repo: Path, model: str, *, repeat: bool = False) -> Push:
    return upload(read_model_repo(repo), model, PLATFORM, repeat=repeat).push


def _deliver(push: Push) -> list[LaunchOutcome]:
    """Deliver the message of a push; return what the handler logs about it."""
    outcomes: list[LaunchOutcome] = []

    def receive(record: dict[str, Any], platform: Platform) -> Delivery:
        delivery = receive_message(record, platform)
        outcomes.extend(delivery.outcomes)
        return delivery

    with mock.patch.object(on_push, "receive_message", receive):
        on_push.handler({"Records": [build_message(push)]}, None)
    assert outcomes
    return outcomes


def _list_runs(model: str) -> list[str]:
    states = aws.client("stepfunctions")
    try:
        listed = states.list_executions(stateMachineArn=build_state_machine_arn(PLATFORM, model))["executions"]
    except states.exceptions.StateMachineDoesNotExist:
        return []
    return [execution["name"] for execution in listed]


def _read_execution_input(model: str, run: str) -> str:
    arn = build_state_machine_arn(PLATFORM, model).replace(":stateMachine:", ":execution:")
    text: str = aws.client("stepfunctions").describe_execution(executionArn=f"{arn}:{run}")["input"]
    return text


def _read(key: str) -> bytes:
    body: bytes = aws.client("s3").get_object(Bucket=PLATFORM.artifact_bucket, Key=key)["Body"].read()
    return body
