"""Compare what versions or runs were built from, file by file. Reads S3.

Output: one ContentPart for each step's script, for the other code, for config.yaml and for each data entry. Files are
compared by their hashes in manifest.json, which `push` writes. Without a manifest, and for data known only by its
address, the result is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct, field

from pushtrain.config import Config
from pushtrain.decide.pinned import PinnedObject
from pushtrain.errors import PushError
from pushtrain.layout import CONFIG, MANIFEST
from pushtrain.model_repo.code import is_under, select_code_files
from pushtrain.model_repo.manifest import parse_manifest
from pushtrain.platform import Platform
from pushtrain.record import RunRecord
from pushtrain.runs import read_object

OTHER_CODE = "other code"
ADDRESS_ONLY = "only its address is recorded, not what lay there"

Files = Mapping[str, str]  # path -> SHA-256
Pick = Callable[["Column", Files], Files]


class Column(Struct, frozen=True, kw_only=True):
    """One column of a comparison: a version, or a run, with the record of the run and its config.yaml.

    `number` names it: the version's number, or the run's id. `status` is that of the version, or how the run ended;
    `created` is when it was registered, or started. `packages` are the Python packages of the run's jobs, by step, with
    their versions. `artifact` names the bytes of the model of a version. Record and config are None if they are gone,
    packages and artifact if they are not known.
    """

    number: int | str
    run: str
    metrics: Mapping[str, float]
    revision: str
    commit: str
    repository: str
    status: str
    created: str
    record: RunRecord | None
    config: Config | None
    packages: Mapping[str, Mapping[str, str]] | None = None
    artifact: PinnedObject | None = None

    @property
    def noun(self) -> str:
        """What `number` counts: `version` or `run`."""
        return "version" if isinstance(self.number, int) else "run"

    @property
    def push_uri(self) -> str:
        """S3 address of the pushed folder, ending with `/`; empty if unknown."""
        uri = self.record.config.uri if self.record else ""
        return uri.removesuffix(CONFIG) if uri.endswith(f"/{CONFIG}") else ""

    @property
    def data(self) -> dict[str, str]:
        """Address of each data entry; for data in the model repo the path, which is the same in every revision."""
        return {name: self._in_repo(address) or address for name, address in self._addresses.items()}

    def data_path(self, name: str, *, is_local: bool) -> str | None:
        """Return the path in the model repo of a data entry; None if its data lies elsewhere.

        On this computer a run reads the entry's `local` files instead of its address.
        """
        local_path = is_local and self.config and name in self.config.data and self.config.data[name].local
        return local_path or self._in_repo(self._addresses.get(name, ""))

    @property
    def _addresses(self) -> Mapping[str, str]:
        return self.record.data_uris if self.record else {}

    def _in_repo(self, address: str) -> str | None:
        inside = self.push_uri and address.startswith(self.push_uri)
        return address.removeprefix(self.push_uri) if inside else None


class ContentPart(Struct, frozen=True, kw_only=True):
    """`same` is None if it is unknown; then `unknown` says why.

    `files` are the differing files: path -> numbers of the columns that have it.
    """

    name: str
    same: bool | None
    files: Mapping[str, Sequence[int | str]] = field(default_factory=dict)
    unknown: str = ""


def compare_content(platform: Platform, columns: Sequence[Column]) -> list[ContentPart]:
    """Return each part of what the columns were built from, in the order of the workflow."""
    files_by_column = [_read_files(platform, column) for column in columns]
    is_local = bool(platform.local_option)
    archives = {column.record.code if column.record else "" for column in columns}
    same_archive = len(archives) == 1 and archives != {
        ""
    }  # an archive is named by the hash of all code and config.yaml

    def compared(name: str, pick: Pick) -> ContentPart:
        return (
            ContentPart(name=name, same=True) if same_archive else _compare_part(name, columns, files_by_column, pick)
        )

    steps = dict.fromkeys(name for column in columns if column.config for name in column.config.steps)
    scripts = {name: _list_scripts(columns, name) for name in steps}
    named_paths = {CONFIG}.union(*scripts.values())
    return [
        *(compared(name, _pick_paths(scripts[name])) for name in steps),
        compared(
            OTHER_CODE,
            lambda column, files: {name: files[name] for name in _list_code(column, files) if name not in named_paths},
        ),
        _compare_config(columns, compared(CONFIG, _pick_paths({CONFIG}))),
        *_compare_data(columns, files_by_column, is_local=is_local),
    ]


def _read_files(platform: Platform, source: Column) -> Files | None:
    """Return all files of the column's push; None without a manifest of exactly this revision."""
    body = read_object(platform, f"{source.push_uri}{MANIFEST}") if source.push_uri and source.config else b""
    try:
        return {file.path: file.sha256 for file in parse_manifest(body, source.revision).files} if body else None
    except PushError:  # the manifest is of another revision or not one of ours
        return None


def _compare_part(
    name: str, columns: Sequence[Column], files_by_column: Sequence[Files | None], pick: Pick
) -> ContentPart:
    numbers = [column.number for column in columns]
    if missing := [str(number) for number, files in zip(numbers, files_by_column, strict=True) if files is None]:
        return ContentPart(name=name, same=None, unknown=f"no hashes of {columns[0].noun} {', '.join(missing)}")
    picked = [pick(column, files or {}) for column, files in zip(columns, files_by_column, strict=True)]
    differing = {
        path: [number for number, files in zip(numbers, picked, strict=True) if path in files]
        for path in sorted(set[str]().union(*picked))
        if len({files.get(path) for files in picked}) > 1
    }
    return ContentPart(name=name, same=not differing, files=differing)


def _compare_config(columns: Sequence[Column], part: ContentPart) -> ContentPart:
    """Compare config.yaml by the hash in the run record, which needs no manifest."""
    hashes = [column.record.config.sha256 if column.record else "" for column in columns]
    if part.same is not None or not all(hashes):
        return part
    if len(set(hashes)) == 1:
        return ContentPart(name=CONFIG, same=True)
    return ContentPart(name=CONFIG, same=False, files={CONFIG: [column.number for column in columns]})


def _compare_data(
    columns: Sequence[Column], files_by_column: Sequence[Files | None], *, is_local: bool
) -> Iterator[ContentPart]:
    for entry in dict.fromkeys(name for column in columns for name in column.data):
        paths = [column.data_path(entry, is_local=is_local) for column in columns]
        is_outside = any(path is None and entry in column.data for path, column in zip(paths, columns, strict=True))
        is_same = _has_same_data(columns, entry)
        if is_outside:
            unknown = ADDRESS_ONLY if is_same is None else ""
            yield ContentPart(name=f"data.{entry}", same=is_same, unknown=unknown)
        else:
            folders = {column.number: (path or "").rstrip("/") for column, path in zip(columns, paths, strict=True)}
            part = _compare_part(f"data.{entry}", columns, files_by_column, _pick_folders(folders))
            # Files that were replaced after the push are not those of manifest.json.
            yield msgspec.structs.replace(part, same=False) if part.same and is_same is False else part


def _has_same_data(columns: Sequence[Column], entry: str) -> bool | None:
    """Compare a data entry by what the run records say of its content; None if one of them does not know it."""
    entries = [column.record.data.get(entry) if column.record else None for column in columns]
    for facts in ([data and data.sha256 for data in entries], [data and data.version for data in entries]):
        if all(facts):
            return len(set(facts)) == 1
    return None


def _pick_paths(paths: set[str]) -> Pick:
    return lambda _, files: {path: files[path] for path in paths if path in files}


def _pick_folders(folders: Mapping[int | str, str]) -> Pick:
    """Pick the files in each version's folder (or at its path); none for an empty one."""
    return lambda source, files: {
        path: sha256 for path, sha256 in files.items() if is_under(path, filter(None, [folders[source.number]]))
    }


def _list_scripts(columns: Sequence[Column], step: str) -> set[str]:
    """Return the script of a step in each version that has the step."""
    return {column.config.steps[step].script for column in columns if column.config and step in column.config.steps}


def _list_code(source: Column, files: Files) -> list[str]:
    return select_code_files(files, source.config) if source.config else list(files)
