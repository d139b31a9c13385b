"""Decisions that on_approval gets: approvals, rejections, two of them in the wrong order, a version that is deleted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from pushtrain import aws
from pushtrain.layout import build_decisions_prefix
from tests.embedded.serving.approvals import (
    SERVING,
    Bus,
    Event,
    current,
    decide,
    read_messages,
    register,
)
from tests.torture.fault_trials import Trial, import_handler

handler = import_handler("on_approval")

Prepare = Callable[
    ["ApprovalTrial"], None
]  # make the decisions before the event, and set `event`, `late` and `version`


class ApprovalTrial(Trial):
    """A decision about a model of its own, whose people subscribe to a topic.

    `late` is an event that comes after it, or in its middle. `version` serves in the end. `gone` is deleted if the
    first delivery fails, and then `version_if_gone` serves.
    """

    event: Event
    version: int | None

    def __init__(self, bus: Bus, topic: str, prepare: Prepare, number: int) -> None:
        self.bus, self.topic, self.model = bus, topic, f"model-{number}"
        self.late: Event | None = None
        self.gone = ""
        self.version_if_gone: int | None = None
        self.decisions: list[tuple[str, str]] = []  # the ARN of a version, and its new status
        prepare(self)

    def approve(self, arn: str) -> Event:
        return self.decide(arn, "Approved")

    def decide(self, arn: str, status: str) -> Event:
        self.decisions.append((arn, status))
        return decide(self.bus, arn, status)

    def deliver(self) -> None:
        handler(self.event, None)

    def deliver_meanwhile(self, operation: str) -> None:
        handler(self.late or self.event, None)

    def prepare_retry(self) -> None:
        if self.gone:
            aws.client("sagemaker").delete_model_package(ModelPackageName=self.gone)
            self.decisions = [decision for decision in self.decisions if decision[0] != self.gone]
            self.gone, self.version = "", self.version_if_gone

    def complete(self) -> None:
        if self.late:
            handler(self.late, None)

    def find_problems(self) -> Iterator[str]:
        document = self._read_current()
        if document.get("version") != self.version:
            yield f"lost: {document.get('version')} serves, not {self.version}"
            return
        if document.get("version") and not _is_copy(document):
            yield "untrue: the copy is not what approved.json says"
        yield from self._find_wrong_news(document)
        for arn, status in self.decisions:
            count = len(self._list_decisions(int(arn.rpartition("/")[2]), status))
            if count != 1:
                yield f"{'doubled' if count else 'lost'}: {count} decisions {status} about {arn}"

    def _find_wrong_news(self, document: dict[str, Any]) -> Iterator[str]:
        """People must know what serves. They may read it twice."""
        if document.get("told") is False:
            yield "news lost: approved.json waits to be announced"
        prefix = f"{self.model}: "
        subjects = [subject for subject, _ in read_messages(self.topic) if subject.startswith(prefix)]
        is_unknown = "version" not in document and not subjects
        headline = f"version {self.version} goes to serving" if self.version else "nothing is approved any more"
        if not is_unknown and subjects[-1:] != [prefix + headline]:
            yield f"news lost: the last message is {subjects[-1:]}, not {headline!r}"

    def _read_current(self) -> dict[str, Any]:
        try:
            return current(self.model)
        except aws.client("s3").exceptions.NoSuchKey:
            return {}

    def _list_decisions(self, version: int, status: str) -> list[str]:
        prefix = build_decisions_prefix(self.model, version)
        listed = aws.client("s3").list_objects_v2(Bucket=SERVING, Prefix=prefix).get("Contents", ())
        return [item["Key"] for item in listed if item["Key"].endswith(f"-{status}.json")]


def _is_copy(document: dict[str, Any]) -> bool:
    file = document["file"]
    key = file["uri"].removeprefix(f"s3://{SERVING}/")
    body = aws.client("s3").get_object(Bucket=SERVING, Key=key, VersionId=file["version_id"])["Body"].read()
    return bool(hashlib.sha256(body).hexdigest() == document["sha256"])


def prepare_first_approval(trial: ApprovalTrial) -> None:
    [arn] = register(trial.model)
    trial.event, trial.version = trial.approve(arn), 1


def prepare_next_approval(trial: ApprovalTrial) -> None:
    arns = register(trial.model, versions=2)
    handler(trial.approve(arns[0]), None)
    trial.event, trial.version = trial.approve(arns[1]), 2


def prepare_rejection(trial: ApprovalTrial) -> None:
    """Reject what serves: an older version that is still approved follows."""
    arns = register(trial.model, versions=2)
    for arn in arns:
        handler(trial.approve(arn), None)
    trial.event, trial.version = trial.decide(arns[1], "Rejected"), 1


def prepare_last_rejection(trial: ApprovalTrial) -> None:
    """Reject the only version that is approved."""
    [arn] = register(trial.model)
    handler(trial.approve(arn), None)
    trial.event, trial.version = trial.decide(arn, "Rejected"), None


def prepare_swapped_approvals(trial: ApprovalTrial) -> None:
    """The event of the second approval comes before that of the first."""
    arns = register(trial.model, versions=2)
    trial.late, trial.event, trial.version = trial.approve(arns[0]), trial.approve(arns[1]), 2


def prepare_overtaken_approval(trial: ApprovalTrial) -> None:
    """Two approvals in the right order: the second may come in the middle of the first."""
    arns = register(trial.model, versions=2)
    trial.event, trial.late, trial.version = trial.approve(arns[0]), trial.approve(arns[1]), 2


def prepare_swapped_rejection(trial: ApprovalTrial) -> None:
    """A version is approved and rejected at once, and the event of the rejection comes first."""
    arns = register(trial.model, versions=2)
    handler(trial.approve(arns[0]), None)
    trial.late, trial.event, trial.version = trial.approve(arns[1]), trial.decide(arns[1], "Rejected"), 1


def prepare_deletion(trial: ApprovalTrial) -> None:
    """A version is deleted after the handler of its approval has failed."""
    arns = register(trial.model, versions=2)
    handler(trial.approve(arns[0]), None)
    trial.event, trial.version = trial.approve(arns[1]), 2
    trial.gone, trial.version_if_gone = arns[1], 1


PREPARATIONS: dict[str, Prepare] = {
    "approval, first": prepare_first_approval,
    "approval, next": prepare_next_approval,
    "approval, swapped with the next": prepare_swapped_approvals,
    "approval, overtaken by the next": prepare_overtaken_approval,
    "approval, then deleted": prepare_deletion,
    "rejection, back to an older version": prepare_rejection,
    "rejection of the last version": prepare_last_rejection,
    "rejection, swapped with its approval": prepare_swapped_rejection,
}
