"""What a run record says about a step: what decides its result, and whether an earlier job stands in for it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field


class RecordedStep(Struct, frozen=True, kw_only=True):
    """What decides the result of a step, beside its settings and its image.

    `parts` are the hashes that its key is made of. `inputs` are sources by name, such as `split.train`, `data.raw`.
    `unread` are the files of the code that its script cannot read; if none is left out because of what a script does,
    `reads_all_because` says what. `cache` is whether an earlier result may be reused: true, false, or for how many
    seconds.
    """

    cache: bool | int = False
    parts: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    reads_all_because: str = ""

    @property
    def is_cached(self) -> bool:
        """True if an earlier result may be reused."""
        return self.cache is not False


class ReusedJob(Struct, frozen=True, kw_only=True):
    """A completed job of an earlier run: what `$.jobs.<step>` has of it. `prefix` is where its outputs are."""

    name: str
    status: str
    arn: str
    prefix: str


class RecordedReuse(Struct, frozen=True, kw_only=True):
    """Whether a step with `cache` runs, decided before the run started.

    `job` is the earlier job that stands in for it, None if the step runs. `run` is the run of that job; if the step
    runs, the earlier run that it has most in common with, empty if there is none. `ended` is when that run ended, such
    as `2026-11-27T08:15:10.123+00:00`. `hindrance` says why the step runs although an equal result is known.
    """

    run: str = ""
    ended: str = ""
    job: ReusedJob | None = None
    hindrance: str = ""


def build_path_name(step: str) -> str:
    """Return the name of a step in JSONPaths, below `reuse` and `$.jobs`: `split_rows` for `split-rows`.

    Some ASL interpreters misread a hyphen in a path. Names of steps have no `_`, so keys stay unique.
    """
    return step.replace("-", "_")
