"""The run record: everything that is known when a run starts. Pure.

`launch` writes it once, before the start, as `runs/<run>/input.json` in the artifact bucket. A second delivery of the
push reads it back, because what is reused depends on the time. No other module knows the members of the document.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct, field

from pushtrain.hashes import fingerprint, hash_text
from pushtrain.layout import read_job_run
from pushtrain.record.champion import IN_REPRODUCTION, RecordedChampion
from pushtrain.record.document import read_document, write_document
from pushtrain.record.image_digest import ImageDigest
from pushtrain.record.parent_searches import ParentSearches
from pushtrain.record.recorded_step import RecordedReuse, RecordedStep, ReusedJob, build_path_name
from pushtrain.record.reproduced import Reproduced, read_reproduced
from pushtrain.record.same_run import SameRun
from pushtrain.record.unknown import UNKNOWN

SCHEMA = 1  # of input.json; a new member with a default value needs no new number
# Members of input.json that no definition reads.
RECORD_ONLY = frozenset(
    {
        "trigger",
        "pushtrain_version",
        "images",
        "image_digests",
        "parameters",
        "step_keys",
        "version_key",
        "files",
        "template",
        "runtime",
        "steps",
        "run_key",
        "same_as",
        "definition",
    }
)
METADATA_VALUE_LIMIT = 256


class RecordedConfig(Struct, frozen=True, kw_only=True):
    """The config.yaml that the run reads: its S3 URI, S3 version id and SHA-256."""

    uri: str
    version: str
    sha256: str


class RecordedDefinition(Struct, frozen=True, kw_only=True):
    """The definition that the run executes: its key in the artifact bucket, and the ARN of the version that has it."""

    key: str
    version: str


class RecordedGit(Struct, frozen=True, kw_only=True):
    """Origin of the code; `unknown` without git. `dirty`: the push had uncommitted changes; None if unknown."""

    commit: str
    repository: str
    dirty: bool | None
    author: str


class RecordedData(Struct, frozen=True, kw_only=True):
    """A data entry when the run started: its S3 URI, and the number and bytes of its objects.

    `version` is the hash of the listing of its objects (key, size, ETag). `sha256` is the hash of the content of its
    files, if all of them were read. A fact is None if it is not known. `marker` is the S3 URI of the object whose ETag
    stands for the version; None if all objects do. `stand_in` is the path in the model repo whose files were read on
    this computer in place of the URI; None if those of the URI were.
    """

    uri: str
    version: str | None = None
    objects: int | None = None
    bytes: int | None = None
    sha256: str | None = None
    marker: str | None = None
    stand_in: str | None = None

    @property
    def address(self) -> str:
        """The URI, or what stood in for it: `s3://lake/raw/ (on this computer data/sample/)`."""
        return f"{self.uri} (on this computer {self.stand_in})" if self.stand_in else self.uri

    @property
    def identity(self) -> str | None:
        """The hash that stands for the data: that of its content, or if that is not known, of its listing."""
        return self.sha256 or self.version


class CandidateSteps(Struct, frozen=True, kw_only=True):
    """A candidate and the names of its own steps in the run: `boost` and ("boost-train", "boost-evaluate")."""

    name: str
    steps: tuple[str, ...]


class RunRecord(Struct, frozen=True, kw_only=True):
    """What a run starts with. Texts other than `environment` are never empty; a fact that is not known is `unknown`.

    `code` is the S3 URI of the code archive. `data` has the data entries by name. `metadata` are the values of
    CustomerMetadataProperties, encoded for AWS. `trigger` says why the run started: `push` or
    `reproduce`; then `reproduces` is the version, and the run is an experiment, which registers nothing.

    By the name of a step: `images` (URIs), `parameters` (the settings that can change its result) and `step_keys`.
    `resumed_from` has the steps that continue checkpoints of an earlier run, with the run in whose folder they lie.
    `version_key` is the key of everything that the model version depends on. An image or a key is None if it is not
    known. `pushtrain.reuse` builds the keys. `image_digests` says which image each URI named when the run started.
    It is empty on this computer.

    `files` maps the paths of the code to their SHA-256. `runtime` is what runs the images if it is not AWS, such as
    this computer's Python. `reuse` has an entry for each step with `cache`. `run_key` is the key of all that the run
    does, if every step has `cache`. `candidates` are in the order of config.yaml.
    `same_as` is the earlier run because of which no run started; None if one did.

    `definition` is None if nothing was started.

    `champion` is the version in service, None if there is none or if no condition of the gate depends on it.
    `without_champion`: the run does not compare with it, because the push says so, or because it reproduces a version.

    `searches` has the earlier searches of each step that goes on from some.

    `experiment` has the values of config.yaml that the run changed, by path, if it was an experiment on this computer:
    it may be empty. None for any other run.
    """

    run: str
    model: str
    revision: str
    environment: str
    code: str
    config: RecordedConfig
    data: Mapping[str, RecordedData]
    git: RecordedGit
    pushed_by: str
    trigger: str
    pushtrain_version: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    images: Mapping[str, str | None] = field(default_factory=dict)
    image_digests: Mapping[str, ImageDigest] = field(default_factory=dict)
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    step_keys: Mapping[str, str | None] = field(default_factory=dict)
    version_key: str | None = None
    definition: RecordedDefinition | None = None
    experiment: Mapping[str, Any] | None = None
    resumed_from: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    template: str = ""
    runtime: str = ""
    steps: Mapping[str, RecordedStep] = field(default_factory=dict)
    reuse: Mapping[str, RecordedReuse] = field(default_factory=dict)
    run_key: str | None = None
    same_as: SameRun | None = None
    candidates: tuple[CandidateSteps, ...] = ()
    reproduces: Reproduced | None = None
    champion: RecordedChampion | None = None
    without_champion: bool = False
    searches: Mapping[str, ParentSearches] = field(default_factory=dict)

    @property
    def reused_jobs(self) -> dict[str, ReusedJob]:
        """The job that stands in for each step that does not run, by the step's name."""
        return {step: reuse.job for step, reuse in self.reuse.items() if reuse.job}

    def find_digest(self, step: str) -> ImageDigest | None:
        """Return which image the URI of a step named; None if nobody asked."""
        return self.image_digests.get(self.images.get(step) or "")

    @property
    def short(self) -> str:
        """Eight hex digits of model and run, for names that have no room for both."""
        return hash_text(f"{self.model}/{self.run}")[:8]

    @property
    def data_uris(self) -> dict[str, str]:
        """The S3 URI of each data entry, by its name."""
        return {name: entry.uri for name, entry in self.data.items()}

    @property
    def checkpoints(self) -> dict[str, str]:
        """The run in whose folder the checkpoints of each step lie: its own, unless it continues an earlier one."""
        return {step: self.resumed_from.get(step, self.run) for step in self.parameters}

    def execution_input(self) -> dict[str, Any]:
        """Return the input of the run's execution: the values that the definition leaves open."""
        reused = {build_path_name(step): msgspec.to_builtins(job) for step, job in self.reused_jobs.items()}
        members = msgspec.to_builtins(self) | {"data": self.data_uris, "checkpoints": self.checkpoints, "reuse": reused}
        is_evaluated = not self.without_champion
        members["champion"] = self.champion.build_input(is_evaluated=is_evaluated) if self.champion else None
        if self.reproduces and self.without_champion:
            members["without_champion"] = IN_REPRODUCTION
        members["short"] = self.short
        members["candidates"] = [{"name": entry.name, "steps": list(entry.steps)} for entry in self.candidates]
        members["searches"] = {build_path_name(step): parents.build_input() for step, parents in self.searches.items()}
        optional = {"candidates": bool(self.candidates), "searches": bool(self.searches)}
        optional |= {name: getattr(self, name) is not None for name in ("experiment", "reproduces")}
        left_out = RECORD_ONLY | {name for name, is_present in optional.items() if not is_present}
        return {name: member for name, member in members.items() if name not in left_out}

    def with_metadata(self) -> RunRecord:
        """Return the record with its metadata, built from its other members."""
        values = {key: read_value(self) for key, read_value in RUN_METADATA.items()}
        values |= {build_data_key(name): uri for name, uri in self.data_uris.items()}
        return msgspec.structs.replace(
            self, metadata={key: encode_metadata_value(value) for key, value in values.items()}
        )

    def to_json(self) -> str:
        """Return the document input.json."""
        return write_document(self, SCHEMA)

    @classmethod
    def from_json(cls, document: bytes | str) -> RunRecord:
        """Read input.json. Raises ValueError if this version of pushtrain cannot read it."""
        return read_document(cls, document, SCHEMA)

    @classmethod
    def from_execution_input(cls, execution_input: Mapping[str, Any]) -> RunRecord:
        """Read the input of an execution. Texts are empty if they are missing or no texts.

        Anybody may start an execution by hand, with any input.
        """
        config, git = _read_mapping(execution_input, "config"), _read_mapping(execution_input, "git")
        dirty = git.get("dirty")
        return cls(
            run=_read_text(execution_input, "run"),
            model=_read_text(execution_input, "model"),
            revision=_read_text(execution_input, "revision"),
            environment=_read_text(execution_input, "environment"),
            code=_read_text(execution_input, "code"),
            config=RecordedConfig(
                uri=_read_text(config, "uri"),
                version=_read_text(config, "version"),
                sha256=_read_text(config, "sha256"),
            ),
            data={name: RecordedData(uri=uri) for name, uri in _read_texts(execution_input, "data").items()},
            git=RecordedGit(
                commit=_read_text(git, "commit"),
                repository=_read_text(git, "repository"),
                dirty=dirty if isinstance(dirty, bool) else None,
                author=_read_text(git, "author"),
            ),
            pushed_by=_read_text(execution_input, "pushed_by"),
            trigger="",
            pushtrain_version="",
            metadata=_read_texts(execution_input, "metadata"),
            experiment=read_experiment(execution_input),
            reproduces=read_reproduced(execution_input),
            resumed_from=_read_texts(execution_input, "resumed_from"),
            reuse=_read_reused_jobs(execution_input),
            candidates=read_candidates(execution_input),
        )


# Metadata of every model version of a run: key -> value in the record. The keys of data entries are added.
RUN_METADATA: Mapping[str, Callable[[RunRecord], str]] = {
    "revision": lambda record: record.revision,
    "run": lambda record: record.run,
    "config": lambda record: record.config.sha256,
    "environment": lambda record: record.environment or UNKNOWN,
    "pushed_by": lambda record: record.pushed_by,
    "author": lambda record: record.git.author,
}
VERDICT_HASH = "verdict_sha256"  # metadata key of the hash of verdict.json, if a model version names that


def list_metadata_keys(data_names: Iterable[str]) -> list[str]:
    """Return the keys of a record's metadata, for data entries with these names."""
    return [*RUN_METADATA, *(build_data_key(name) for name in data_names)]


def build_data_key(name: str) -> str:
    """Return the metadata key of a data entry's S3 URI, such as `data.raw`."""
    return f"data.{name}"


def encode_metadata_value(text: str) -> str:
    """Return `text` if CustomerMetadataProperties can hold it, else `sha256:<hash of it>`.

    AWS would refuse it only when the model version is registered, after the training.
    Source: CustomerMetadataValue, 1 to 256 characters: letters, spaces, numbers and `_.:/=+-@`.
    """
    allowed = all(unicodedata.category(char)[0] in "LZN" or char in "_.:/=+-@" for char in text)
    return text if allowed and 1 <= len(text) <= METADATA_VALUE_LIMIT else f"sha256:{fingerprint(text)}"


def read_experiment(execution_input: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the values of config.yaml that an experiment changed, by path; None if the run was no experiment."""
    experiment = execution_input.get("experiment")
    return experiment if isinstance(experiment, Mapping) else None


def read_candidates(execution_input: Mapping[str, Any]) -> tuple[CandidateSteps, ...]:
    """Return the candidates of a run, in the order of config.yaml; empty if it has none."""
    entries = execution_input.get("candidates")
    return tuple(
        CandidateSteps(name=entry["name"], steps=tuple(map(str, entry["steps"])))
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, Mapping) and isinstance(entry.get("name"), str) and isinstance(entry.get("steps"), list)
    )


def _read_text(mapping: Mapping[str, Any], name: str) -> str:
    member = mapping.get(name)
    return member if isinstance(member, str) else ""


def _read_mapping(mapping: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    member = mapping.get(name)
    return member if isinstance(member, Mapping) else {}


def _read_texts(mapping: Mapping[str, Any], name: str) -> dict[str, str]:
    """Return the texts of a mapping; anything else in it is left out."""
    return {key: text for key, text in _read_mapping(mapping, name).items() if isinstance(text, str)}


def _read_reused_jobs(execution_input: Mapping[str, Any]) -> dict[str, RecordedReuse]:
    """Return the jobs that are reused, by step, with the run that each is of."""
    members = _read_mapping(execution_input, "reuse")
    documents = {name: _read_texts(members, name) for name in members}
    jobs = {
        name.replace("_", "-"): ReusedJob(**{key: document.get(key, "") for key in ("name", "status", "arn", "prefix")})
        for name, document in documents.items()
    }
    return {step: RecordedReuse(run=read_job_run(job.prefix), job=job) for step, job in jobs.items()}


EMPTY_RECORD = RunRecord.from_execution_input({})
