"""The document about forgotten jobs: whatever it holds, it can only make reuse rarer."""

from __future__ import annotations

import pytest

from pushtrain.reuse import ForgottenJobs, forgotten

EVERYTHING = ForgottenJobs(is_readable=False)


def test_jobs_are_added() -> None:
    document = ForgottenJobs().add(["job-1"], ["job-1", "job-2"]).add(["job-2"], ())
    assert document == ForgottenJobs(jobs=("job-1", "job-2"))
    assert "job-1" in document
    assert "job-3" not in document
    assert ForgottenJobs.from_json(document.to_json()) == document


@pytest.mark.parametrize(
    "planted",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"schema": 2, "jobs": []}',
        b'{"schema": 1, "jobs": {"job-1": "reusable"}}',
        b'{"schema": 1, "jobs": [], "is_readable": false}',
    ],
)
def test_a_document_that_cannot_be_read_forgets_every_job(planted: bytes) -> None:
    document = ForgottenJobs.from_json(planted)
    assert "any job" in document
    repaired = document.add(["job-1"], ["job-1", "job-2"])
    assert repaired == ForgottenJobs(jobs=("job-1", "job-2"))


def test_members_that_nobody_knows_change_nothing() -> None:
    planted = b'{"schema": 1, "jobs": ["job-1"], "remembered": ["job-1"], "runs": [{"jobs": {}}]}'
    assert ForgottenJobs.from_json(planted) == ForgottenJobs(jobs=("job-1",))


def test_a_large_document_leaves_out_jobs_that_the_index_does_not_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgotten, "MAX_JOBS", 3)
    document = ForgottenJobs(jobs=("job-1", "job-2", "job-3"))
    assert document.add(["job-4"], ["job-2", "job-4"]) == ForgottenJobs(jobs=("job-2", "job-4"))
