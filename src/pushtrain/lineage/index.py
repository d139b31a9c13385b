"""The lineage index of a model: which data and images its ended runs used. Pure.

It is one document, `<model>/lineage.json`, so that one read tells for all runs of a model. Only `on_run_end` writes it.
It repeats what run records and run results say: a run that it does not have is read from those.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping

import msgspec
from msgspec import Struct, field

from pushtrain.decide import Verdict
from pushtrain.layout import is_uri
from pushtrain.record import RecordedData, RunRecord, RunResult
from pushtrain.record.document import read_document, write_document

SCHEMA = 1  # of lineage.json; a new member with a default value needs no new number
MAX_RUNS = 5_000  # in one document: about 4 MB; older runs are read from their records
MAX_METRICS = 50  # of a version; with more, its own documents are read
DIGEST = re.compile(r"sha256:[0-9a-f]{8,64}")  # of an image, or its beginning
HASH = re.compile(r"[0-9a-f]{8,64}")  # a data version, or its beginning


class RegisteredVersion(Struct, frozen=True, kw_only=True):
    """What lists show of the version that a run registered: facts that never change.

    `ended` is when the run ended, as `started` of the run. `metrics` are those of the verdict, `gate_metrics` the names
    of those that the gate compared. `version_key` is that of the run record; None if the data changed during the run.
    """

    revision: str
    ended: str
    metrics: Mapping[str, int | float]
    gate_metrics: tuple[str, ...]
    version_key: str | None


class RunInputs(Struct, frozen=True, kw_only=True):
    """The data and images of one run.

    `data` has the data entries by name, `images` the URIs of images by step, `digests` their known digests.
    `started` is when the run started, such as
    `2026-11-27T08:00:00.000+00:00`. `outcome` is registered, not_registered or failed. Both are empty if the run has no
    result yet. `model_version` is the number of the version that it registered, None if none, and `version` has more
    about it; None too if the version has more metrics than fit here.
    """

    model: str
    run: str
    environment: str
    data: Mapping[str, RecordedData]
    images: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    started: str = ""
    outcome: str = ""
    model_version: int | None = None
    is_experiment: bool = False
    version: RegisteredVersion | None = None

    def list_data(self, text: str) -> tuple[str, ...]:
        """Return the names of the data entries that `text` means: an S3 address, or a version or its first 8 digits.

        An address means what lies at it or below it, and the prefixes that an object at it belongs to.
        """
        if is_uri(text):
            return tuple(name for name, entry in self.data.items() if _overlaps(entry.uri, text))
        return tuple(name for name, entry in self.data.items() if _has_version(entry, text))

    def list_steps(self, image: str) -> tuple[str, ...]:
        """Return the steps that ran in an image: a whole URI, one without its tag, or a digest or its beginning."""
        if DIGEST.fullmatch(image):
            return tuple(step for step, digest in self.digests.items() if digest.startswith(image))
        return tuple(step for step, uri in self.images.items() if image in {uri, _remove_tag(uri)})


class LineageIndex(Struct, frozen=True, kw_only=True):
    """The inputs of a model's ended runs, the newest run first."""

    runs: tuple[RunInputs, ...] = ()

    def add(self, inputs: RunInputs) -> LineageIndex:
        """Return the index with a run. It replaces what the index has of this run."""
        others = [run for run in self.runs if run.run != inputs.run]
        return LineageIndex(runs=tuple(sort_runs([inputs, *others])[:MAX_RUNS]))

    def remove(self, runs: Container[str]) -> LineageIndex:
        """Return the index without these runs."""
        return LineageIndex(runs=tuple(inputs for inputs in self.runs if inputs.run not in runs))

    def to_json(self) -> str:
        """Return the document lineage.json."""
        return write_document(self, SCHEMA)

    @classmethod
    def from_json(cls, document: bytes | str) -> LineageIndex:
        """Read lineage.json. Raises ValueError if this version of pushtrain cannot read it."""
        return read_document(cls, document, SCHEMA)


def build_inputs(record: RunRecord, result: RunResult | None, verdict: Verdict | None = None) -> RunInputs:
    """Return the inputs of a run. The images of its jobs count, if they are known, before those of the record.

    With the verdict, there is also what lists show of the version that it registered.
    """
    images = {step: uri for step, uri in record.images.items() if uri}
    inputs = RunInputs(
        model=record.model,
        run=record.run,
        environment=record.environment,
        data=record.data,
        images=images,
        digests=_list_digests(record, images),
        is_experiment=record.experiment is not None,
    )
    if result is None:
        return inputs
    images |= {job.step: job.image for job in result.jobs if job.image}
    return msgspec.structs.replace(
        inputs,
        images=images,
        digests=_list_digests(record, images),
        started=result.times.started or "",
        outcome=result.outcome,
        model_version=result.model_version,
        version=_describe_version(record, result, verdict) if result.model_version and verdict else None,
    )


def _list_digests(record: RunRecord, images: Mapping[str, str]) -> dict[str, str]:
    """Return the known digests of images, by step."""
    digests = {step: record.image_digests.get(uri) for step, uri in images.items()}
    return {step: image.digest for step, image in digests.items() if image and image.digest}


def _describe_version(record: RunRecord, result: RunResult, verdict: Verdict) -> RegisteredVersion | None:
    if len(verdict.metrics) > MAX_METRICS:
        return None
    judged = dict.fromkeys(condition.label for condition in verdict.conditions)
    return RegisteredVersion(
        revision=record.revision,
        ended=result.times.ended or "",
        metrics=verdict.metrics,
        gate_metrics=tuple(name for name in judged if name in verdict.metrics),
        version_key=record.version_key if result.has_unchanged_data else None,
    )


def sort_runs(runs: Iterable[RunInputs]) -> list[RunInputs]:
    """Return runs with the newest first. Those that have no result yet are the newest."""
    return sorted(runs, key=lambda run: (run.started or "~", run.run), reverse=True)


def _overlaps(uri: str, text: str) -> bool:
    """Return True if what was read below `uri` has something in common with the address `text`."""
    folder = text if text.endswith("/") else f"{text}/"
    return uri == text or uri.startswith(folder) or text.startswith(uri)


def _has_version(entry: RecordedData, text: str) -> bool:
    return any(digest.startswith(text) for digest in (entry.version, entry.sha256) if digest)


def _remove_tag(uri: str) -> str:
    """Return an image URI without tag and digest: `registry/team/image` for `registry/team/image:1@sha256:…`."""
    name = uri.partition("@")[0]
    head, _, last = name.rpartition("/")
    return f"{head}/{last.partition(':')[0]}".removeprefix("/")
