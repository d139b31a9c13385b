"""The document about a step that ended before it was finished: whose checkpoints the next run continues. Pure.

`on_run_end` writes it, and `launch` marks it as taken; no job can write it. It belongs to one model, one environment
and one step key. No other module knows the members of the document.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from pushtrain.record.document import read_document, write_document

SCHEMA = 1  # of <step key>.json; a new member with a default value needs no new number


class UnfinishedStep(Struct, frozen=True, kw_only=True):
    """The checkpoints of a step.

    `runs` are the runs with this step key that ended, the last one at the end. `checkpoints` is the run in whose folder
    the checkpoints lie; None if the last run finished the step: then nobody continues. `taken_by` is the run that
    continues; None if none does yet.
    """

    runs: tuple[str, ...]
    checkpoints: str | None
    taken_by: str | None = None

    def add_end(self, run: str, checkpoints: str | None) -> UnfinishedStep:
        """Return the document after a run has ended, whose checkpoints lie in the folder of the run `checkpoints`.

        None if it finished the step. An event about an end that was delivered before changes nothing, unless the run
        has finished the step since, in a redrive.
        """
        if run in self.runs and (checkpoints or run != self.runs[-1] or self.taken_by):
            return self
        earlier = tuple(name for name in self.runs if name != run)
        return UnfinishedStep(runs=(*earlier, run), checkpoints=checkpoints)

    def take(self, run: str) -> UnfinishedStep | None:
        """Return the document after a run has taken the checkpoints; None if there are none for it."""
        if not self.checkpoints or self.taken_by not in {None, run}:
            return None
        return msgspec.structs.replace(self, taken_by=run)

    def find_successor(self, run: str, checkpoints: str) -> str:
        """Return the run that continued the checkpoints of `run` in the same folder; empty if none did."""
        if run not in self.runs or checkpoints != self.checkpoints:
            return ""
        later = self.runs[self.runs.index(run) + 1 :]
        return (later or (self.taken_by or "",))[0]

    def to_json(self) -> str:
        """Return the document."""
        return write_document(self, SCHEMA)

    @classmethod
    def from_json(cls, document: bytes | str) -> UnfinishedStep:
        """Read the document. Raises ValueError if this version of pushtrain cannot read it."""
        return read_document(cls, document, SCHEMA)
