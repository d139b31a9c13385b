"""Each kind of job runs in its own way."""

from __future__ import annotations

import pytest

from pushtrain.catalog.job_kinds import KINDS, TRANSFORM
from pushtrain.local import every_job


def test_only_a_transform_job_runs_no_script(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[tuple[str, object]] = []
    monkeypatch.setattr(every_job, "run_job", lambda kind, _, *, aws_variables: runs.append((kind.name, aws_variables)))
    monkeypatch.setattr("pushtrain.local.inference.transform.run_transform", lambda _: runs.append(("served", None)))
    for kind in KINDS:
        every_job.run_every_job(kind, {}, aws_variables={"A": "b"})
    expected = [("served", None) if kind is TRANSFORM else (kind.name, {"A": "b"}) for kind in KINDS]
    assert runs == expected
