"""What versions of a model were made of, file by file: which parts are the same, and which files differ. Reads S3.

In: what the run of each version was told, and its config.yaml. Out: a Part for each step's script, for the rest of the
code, config.yaml and each data entry. Files are told apart by their hashes in manifest.json, which `push` writes;
where there is none, and of data of which a run was told an address alone, nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pushtrain.config import Config
from pushtrain.errors import PushError
from pushtrain.model_repo.code import is_under, select_code_files
from pushtrain.model_repo.manifest import CONFIG, MANIFEST, parse_manifest
from pushtrain.platform import Platform
from pushtrain.registry import ModelVersion
from pushtrain.report.facts import read_section
from pushtrain.runs import read_object

OTHER_CODE = "other code"
ADDRESS_ONLY = "only its address is recorded, not what lay there"

Files = Mapping[str, str]  # path -> SHA-256
Pick = Callable[["VersionSource", Files], Files]


@dataclass(frozen=True, kw_only=True)
class VersionSource:
    """One column: a version, what its run was told, and its config.yaml, None where that is gone."""

    version: ModelVersion
    run_input: Mapping[str, Any]
    config: Config | None

    @property
    def push_uri(self) -> str:
        """Where its push lies, with a closing `/`; empty where that is not known."""
        uri = str(read_section(self.run_input, "config").get("uri", ""))
        return uri.removesuffix(CONFIG) if uri.endswith(f"/{CONFIG}") else ""

    @property
    def data(self) -> dict[str, Any]:
        """Where its data lay; of data in the model repo the path in it, which a new revision leaves as it was."""
        return {
            name: self._in_repo(address) or address for name, address in read_section(self.run_input, "data").items()
        }

    def data_path(self, name: str, *, here: bool) -> str | None:
        """The path in the model repo of a data entry whose files went into the run; None for any other.

        On this machine a stand-in did, wherever the address of the entry points.
        """
        stands_in = here and self.config and name in self.config.data and self.config.data[name].local
        return stands_in or self._in_repo(read_section(self.run_input, "data").get(name))

    def _in_repo(self, address: object) -> str | None:
        inside = isinstance(address, str) and self.push_uri and address.startswith(self.push_uri)
        return str(address).removeprefix(self.push_uri) if inside else None


@dataclass(frozen=True, kw_only=True)
class ContentPart:
    """`same` is None where that is not known, and `unknown` tells why.

    `files` are those that differ: path -> the versions that have it.
    """

    name: str
    same: bool | None
    files: Mapping[str, Sequence[int]] = field(default_factory=dict)
    unknown: str = ""


def compare_content(platform: Platform, columns: Sequence[VersionSource]) -> list[ContentPart]:
    """Each part of what made the versions, in the order of the workflow."""
    held = [_files(platform, made) for made in columns]
    here = platform == Platform.local(platform.environment)
    archives = {str(made.run_input.get("code", "")) for made in columns}
    one_archive = len(archives) == 1 and archives != {""}  # named by the hash of all code and config.yaml

    def compared(name: str, pick: Pick) -> ContentPart:
        return ContentPart(name=name, same=True) if one_archive else _compared(name, columns, held, pick)

    steps = dict.fromkeys(name for made in columns if made.config for name in made.config.steps)
    scripts = {name: _scripts(columns, name) for name in steps}
    named = {CONFIG}.union(*scripts.values())
    return [
        *(compared(name, _these(scripts[name])) for name in steps),
        compared(
            OTHER_CODE, lambda made, files: {name: files[name] for name in _code(made, files) if name not in named}
        ),
        _config(columns, compared(CONFIG, _these({CONFIG}))),
        *_data(columns, held, here=here),
    ]


def _files(platform: Platform, made: VersionSource) -> Files | None:
    """All files of the version's push; None without a manifest of that very revision."""
    body = read_object(platform, f"{made.push_uri}{MANIFEST}") if made.push_uri and made.config else b""
    try:
        return {file.path: file.sha256 for file in parse_manifest(body, made.version.revision).files} if body else None
    except PushError:  # somebody wrote another one
        return None


def _compared(name: str, columns: Sequence[VersionSource], held: Sequence[Files | None], pick: Pick) -> ContentPart:
    numbers = [made.version.version for made in columns]
    if missing := [str(number) for number, files in zip(numbers, held, strict=True) if files is None]:
        return ContentPart(name=name, same=None, unknown=f"no hashes of version {', '.join(missing)}")
    picked = [pick(made, files or {}) for made, files in zip(columns, held, strict=True)]
    differing = {
        path: [number for number, files in zip(numbers, picked, strict=True) if path in files]
        for path in sorted(set[str]().union(*picked))
        if len({files.get(path) for files in picked}) > 1
    }
    return ContentPart(name=name, same=not differing, files=differing)


def _config(columns: Sequence[VersionSource], found: ContentPart) -> ContentPart:
    """A run was told the hash of its config.yaml, manifest or not."""
    hashes = [read_section(made.run_input, "config").get("sha256") for made in columns]
    if found.same is not None or None in hashes:
        return found
    if len(set(hashes)) == 1:
        return ContentPart(name=CONFIG, same=True)
    return ContentPart(name=CONFIG, same=False, files={CONFIG: [made.version.version for made in columns]})


def _data(columns: Sequence[VersionSource], held: Sequence[Files | None], *, here: bool) -> Iterator[ContentPart]:
    for entry in dict.fromkeys(name for made in columns for name in read_section(made.run_input, "data")):
        paths = [made.data_path(entry, here=here) for made in columns]
        outside = any(path is None and entry in made.data for path, made in zip(paths, columns, strict=True))
        if outside:
            yield ContentPart(name=f"data.{entry}", same=None, unknown=ADDRESS_ONLY)
        else:
            folders = {made.version.arn: (path or "").rstrip("/") for made, path in zip(columns, paths, strict=True)}
            yield _compared(f"data.{entry}", columns, held, _below(folders))


def _these(paths: set[str]) -> Pick:
    return lambda _, files: {path: files[path] for path in paths if path in files}


def _below(folders: Mapping[str, str]) -> Pick:
    """Files under the folder (or of the path) that belongs to the version; none for an empty one."""
    return lambda made, files: {
        path: sha256 for path, sha256 in files.items() if is_under(path, filter(None, [folders[made.version.arn]]))
    }


def _scripts(columns: Sequence[VersionSource], step: str) -> set[str]:
    """The script of a step, in each version that has the step."""
    return {made.config.steps[step].script for made in columns if made.config and step in made.config.steps}


def _code(made: VersionSource, files: Files) -> list[str]:
    return select_code_files(files, made.config) if made.config else list(files)
