"""What a value shows of itself, for example in a log: no contents of files, events or requests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pushtrain.catalog.job_kinds import TRAINING
from pushtrain.failures.failed_event import FailedEvent
from pushtrain.model_repo.contents import ModelRepo
from pushtrain.model_repo.manifest import GitFacts
from pushtrain.pushes.revision import SourceArchive
from pushtrain.runs.model import Job

SECRET = "s3cr3t"
EVENT: dict[str, Any] = {"id": "1", "handler": "push", "about": "churn", "error": "e", "tries": 1, "since": 0.0}
JOB: dict[str, Any] = {"step": "train", "name": "churn-train", "kind": TRAINING, "status": "Completed", "seconds": 1.0}


@pytest.mark.parametrize(
    ("value", "start"),
    [
        (Job(**JOB, described={"Environment": {"KEY": SECRET}}), "Job(step='train', name='churn-train', kind="),
        (FailedEvent(**EVENT, event={"key": SECRET}, receipt=SECRET), "FailedEvent(id='1', handler='push', "),
        (
            SourceArchive(uri="s3://a/b", files={}, texts={"train.py": SECRET.encode()}),
            "SourceArchive(uri='s3://a/b', ",
        ),
        (
            ModelRepo(folder=Path("a"), files=(), revision="r", git=GitFacts(), contents={"train.py": SECRET.encode()}),
            "ModelRepo(folder=",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_shows_no_contents(value: object, start: str) -> None:
    assert repr(value).startswith(start)
    assert SECRET not in f"{value} {value!r}"
