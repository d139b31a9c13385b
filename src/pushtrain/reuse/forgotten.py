"""The jobs of a model that no run may reuse any more, although the reuse index has them. Pure.

People who push write the document. It names jobs and says nothing else about them, so whatever it holds, it can only
make reuse rarer. If it cannot be read, nothing is reused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import Struct

from pushtrain.record.document import read_document, write_document

SCHEMA = 1  # of forgotten.json; a new member with a default value needs no new number
MAX_JOBS = 5000  # about 0.3 MB; the reuse index has at most 100 jobs of each step
MAX_BYTES = 1_000_000  # of the document; a larger one is damaged


class ForgottenJobs(Struct, frozen=True, kw_only=True):
    """The names of the jobs. `is_readable` is false if the document is damaged: then every job counts as forgotten."""

    jobs: tuple[str, ...] = ()
    is_readable: bool = True

    def __contains__(self, job: str) -> bool:
        return not self.is_readable or job in self.jobs

    def add(self, jobs: Iterable[str], reusable: Collection[str]) -> ForgottenJobs:
        """Return the document with more jobs. `reusable` are all jobs of the reuse index.

        If this document is damaged, nobody knows what it had: then all of them are forgotten. Jobs that the index does
        not have any more are left out when there are more than MAX_JOBS.
        """
        names = {*self.jobs, *(jobs if self.is_readable else reusable), *jobs}
        if len(names) > MAX_JOBS:
            names &= {*reusable, *jobs}
        return ForgottenJobs(jobs=tuple(sorted(names)))

    def to_json(self) -> str:
        """Return the document forgotten.json."""
        return write_document(ForgottenJobs(jobs=self.jobs), SCHEMA)

    @classmethod
    def from_json(cls, document: bytes | str) -> ForgottenJobs:
        """Read forgotten.json. A document that this version of pushtrain cannot read forgets every job."""
        try:
            return read_document(cls, document, SCHEMA)
        except ValueError:
            return cls(is_readable=False)
