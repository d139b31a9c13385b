"""`inputs:` and `outputs:` of a step. Each is a list, or a mapping if the user chooses names or folders."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated

from msgspec import Struct
from pydantic import BeforeValidator, Discriminator, Field, Tag

from pushtrain.catalog.job_kinds import KINDS, PROCESSING
from pushtrain.config.model.section import Section
from pushtrain.config.values import mappings
from pushtrain.config.values.fields import ContentType, DataName, MountName, MountPath, SourceText

# pydantic puts these tags into the path of an error. `validation_errors` takes them out.
LIST = "[list]"
MAPPING = "[mapping]"
MAX_INPUTS = max(kind.input_limit for kind in KINDS)  # one kind of job may have fewer: rules/counts.py
MAX_OUTPUTS = PROCESSING.output_limit


class Mount(Section):
    """One input: where it comes from, and the folder in which the script of a processing job finds it."""

    source: SourceText = Field(description="Where it comes from: data.NAME or STEP.OUTPUT.")
    path: MountPath | None = Field(
        None,
        description="Folder in the container of a processing job. Default: that of the data, or a folder of this name.",
    )
    content_type: ContentType | None = Field(
        None, description="MIME type of a channel of a training job: text/csv. Default: that of the data."
    )


def find_shape(written: object) -> str:
    """Return the tag of a value that may be a list or a mapping."""
    return MAPPING if isinstance(written, dict) else LIST


def _expand_source(mount: object) -> object:
    """Turn the short form `train: split.train` into the mapping `{source: split.train}`."""
    if not isinstance(mount, str | dict | Mount):
        raise ValueError("expected data.NAME, STEP.OUTPUT, or a mapping with source and path")  # noqa: TRY004  (pydantic collects ValueErrors)
    return {"source": mount} if isinstance(mount, str) else mount


MountOrSource = Annotated[Mount, BeforeValidator(_expand_source, json_schema_input_type=str | Mount)]
SourceList = Annotated[tuple[SourceText, ...], Field(min_length=1, max_length=MAX_INPUTS, strict=False)]
SourceMapping = Annotated[dict[MountName, MountOrSource], mappings.limit_entries(MAX_INPUTS, "inputs")]
Inputs = Annotated[Annotated[SourceList, Tag(LIST)] | Annotated[SourceMapping, Tag(MAPPING)], Discriminator(find_shape)]

_OutputList = Annotated[tuple[MountName, ...], Field(min_length=1, max_length=MAX_OUTPUTS, strict=False)]
_PreprocessList = Annotated[tuple[DataName, ...], Field(min_length=1, max_length=MAX_OUTPUTS, strict=False)]
_OutputMapping = Annotated[dict[MountName, MountPath], mappings.limit_entries(MAX_OUTPUTS, "outputs")]
Outputs = Annotated[
    Annotated[_OutputList, Tag(LIST)] | Annotated[_OutputMapping, Tag(MAPPING)], Discriminator(find_shape)
]
PreprocessOutputs = Annotated[
    Annotated[_PreprocessList, Tag(LIST)] | Annotated[_OutputMapping, Tag(MAPPING)], Discriminator(find_shape)
]


class WrittenInput(Struct, frozen=True, kw_only=True):
    """One entry of `inputs:`. `key` is its index in the list or its key in the mapping, `source` the text there."""

    key: int | str
    name: str
    source: str
    path: str | None = None
    content_type: str | None = None


def read_inputs(inputs: Collection[str] | Mapping[str, Mount], words: Collection[str] = ()) -> tuple[WrittenInput, ...]:
    """Return the entries of `inputs:`. An entry of a list is named by its last word: `split.train` is `train`.

    `words` are names that are no STEP.OUTPUT although they may hold a dot: `train.csv` stays `train.csv`.
    """
    if isinstance(inputs, Mapping):
        return tuple(
            WrittenInput(key=name, name=name, source=mount.source, path=mount.path, content_type=mount.content_type)
            for name, mount in inputs.items()
        )
    return tuple(
        WrittenInput(key=index, name=_find_last_word(source, words), source=source)
        for index, source in enumerate(inputs)
    )


def _find_last_word(source: str, words: Collection[str]) -> str:
    return source if source in words else source.partition(".")[2] or source


def read_outputs(outputs: Collection[str] | Mapping[str, str], folder: str) -> dict[str, str]:
    """Return the folder of each output: {"train": "/opt/ml/processing/train"}. `folder` is the default parent."""
    return dict(outputs) if isinstance(outputs, Mapping) else {name: f"{folder}/{name}" for name in outputs}
