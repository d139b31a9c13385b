"""A pushed revision, read from the code bucket, and the archive of its code. Writes only below `<model>/source/`."""

from __future__ import annotations

import gzip
import io
import re
import tarfile
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from pushtrain.brief import format_brief
from pushtrain.errors import IncompletePush, Problem, PushError
from pushtrain.hashes import hash_bytes, hash_files
from pushtrain.layout import CONFIG, MANIFEST, START_FILE, build_source_key, build_uri, split_uri
from pushtrain.model_repo.code import find_size_problem, select_code_files
from pushtrain.model_repo.manifest import GitFacts, Manifest, parse_manifest
from pushtrain.parallel import call_all
from pushtrain.platform import Platform
from pushtrain.pushes.event import Push
from pushtrain.pushes.fresh import AGAIN, FRESH, WITHOUT_CHAMPION, parse_fresh, parse_reproduction
from pushtrain.record import Reproduced

if TYPE_CHECKING:
    from pushtrain.config import Config

CONTENT_HASH = re.compile(r"[0-9a-f]{64}")  # the revision of `pushtrain push`
MANIFEST_LIMIT = 16 * 1024 * 1024
TEXT_SUFFIXES = (".py", ".txt")  # scripts and requirements
CONFIG_LIMIT = 1024 * 1024


class Revision(Struct, frozen=True, kw_only=True):
    """The files of a push: config.yaml in full, the sizes of all in bytes, and their ETags.

    `hashes` maps path to SHA-256 and `listed_sizes` to bytes, as manifest.json lists them. Without a manifest.json,
    `hashes` is None. `fresh` are the steps that the push wants to run although an earlier result is known, or `*`.
    `allow_same` is true if it wants a run even if that only repeats an earlier one, `without_champion` if its run is
    not to compare with the model in service. `reproduces` is the version that its run reproduces, None for any other.
    """

    push: Push
    config: bytes
    sizes: Mapping[str, int]
    etags: Mapping[str, str]
    hashes: Mapping[str, str] | None
    listed_sizes: Mapping[str, int]
    git: GitFacts
    fresh: frozenset[str] = frozenset()
    allow_same: bool = False
    without_champion: bool = False
    reproduces: Reproduced | None = None

    def has_path(self, path: str) -> bool:
        """Return True if `path` is a file of the revision, or a folder with files in it."""
        prefix = path.rstrip("/") + "/"
        return any(name == path or name.startswith(prefix) for name in self.sizes)


class SourceArchive(Struct, frozen=True, kw_only=True):
    """The packed code of a push: its S3 URI. `files` maps the paths in it to their SHA-256, without config.yaml.

    `texts` has the content of each Python file and text file (.txt) in it.
    """

    uri: str
    files: Mapping[str, str]
    texts: Mapping[str, bytes] = field(default_factory=dict)

    def __repr__(self) -> str:
        return format_brief(self, "texts")


def read_revision(s3: Any, push: Push) -> Revision:
    """List the files of a push. Read manifest.json, and config.yaml in the version that the push names.

    Raises IncompletePush if a file that manifest.json lists has not arrived.
    """
    head = s3.head_object(Bucket=push.bucket, Key=push.prefix + CONFIG, VersionId=push.version)
    config = _read(s3, push, CONFIG, push.version) if head["ContentLength"] <= CONFIG_LIMIT else b"\0" * CONFIG_LIMIT
    listing = _list_files(s3, push)
    sizes = {name: file["Size"] for name, file in listing.items()}
    etags = {name: file["ETag"].strip('"') for name, file in listing.items()}
    manifest = _read_manifest(s3, push, sizes) if MANIFEST in sizes else None
    hashes = {file.path: file.sha256 for file in manifest.files} if manifest else None
    metadata = head.get("Metadata", {})
    _require(push, hashes or (), sizes)
    return Revision(
        push=push,
        config=config,
        sizes=sizes,
        etags=etags,
        hashes=hashes,
        listed_sizes={file.path: file.size for file in manifest.files} if manifest else {},
        git=manifest.git if manifest else GitFacts(),
        fresh=parse_fresh(metadata.get(FRESH, "")),
        allow_same=bool(metadata.get(AGAIN)),
        without_champion=bool(metadata.get(WITHOUT_CHAMPION)),
        reproduces=parse_reproduction(metadata),
    )


def require_files(revision: Revision, config: Config) -> None:
    """Raise IncompletePush if there is no manifest.json, and it is required or a script has not arrived.

    It is required for data inside the model repo, because only it says if all files have arrived, and for a revision
    that is a hash of its files.
    """
    if revision.hashes is not None:
        return
    has_data = any(source.local and not source.s3 for source in config.data.values())
    if has_data or CONTENT_HASH.fullmatch(revision.push.revision):
        raise IncompletePush(
            f"{_name_push(revision.push)}: not arrived yet: {MANIFEST}, which lists the files of a push. "
            "`pushtrain push DIR` uploads it"
        )
    _require(revision.push, (step.script for step in config.steps.values() if step.has_script), revision.sizes)


def pack_source(s3: Any, revision: Revision, config: Config, platform: Platform) -> SourceArchive:
    """Upload the code as `<model>/source/<content hash>/sourcedir.tar.gz`, unless it exists.

    Paths under `data` are left out; START_FILE is added. The archive is deterministic: same files, same bytes.
    Raises PushError if the code is too large, or a file differs from the one that manifest.json lists.
    """
    contents = _read_contents(s3, revision, config)
    source = _describe_source(contents, config, platform)
    _, key = split_uri(source.uri)
    if not object_exists(s3, platform.artifact_bucket, key):
        s3.put_object(Bucket=platform.artifact_bucket, Key=key, Body=_build_archive(contents))
    return source


def read_source(s3: Any, revision: Revision, config: Config, platform: Platform) -> SourceArchive:
    """Return what `pack_source` would pack. Uploads nothing. Raises PushError as it does."""
    return _describe_source(_read_contents(s3, revision, config), config, platform)


def _read_contents(s3: Any, revision: Revision, config: Config) -> dict[str, bytes]:
    names = select_code_files(revision.sizes, config)
    if problem := find_size_problem({name: revision.sizes[name] for name in names}):
        raise PushError(problem)
    return _download(s3, revision, names) | {START_FILE: read_start_file()}


def _describe_source(contents: Mapping[str, bytes], config: Config, platform: Platform) -> SourceArchive:
    hashes = {name: hash_bytes(body) for name, body in contents.items()}
    key = build_source_key(config.model, hash_files(hashes.items())[:32])
    files = {name: content_hash for name, content_hash in hashes.items() if name != CONFIG}
    texts = {name: body for name, body in contents.items() if name.endswith(TEXT_SUFFIXES)}
    return SourceArchive(uri=build_uri(platform.artifact_bucket, key), files=files, texts=texts)


def build_difference_error(name: str) -> PushError:
    """Return the error for a file that was replaced or added after its revision was pushed."""
    return PushError(f"{name} is not the file that {MANIFEST} lists. Push with --again, which uploads the files again")


def read_start_file() -> bytes:
    """Return pushtrain's own file of the archive. It starts the script of a step in the container."""
    return files("pushtrain.pushes").joinpath(START_FILE).read_bytes()


def object_exists(s3: Any, bucket: str, key: str) -> bool:
    """Return True if the bucket has an object with this key."""
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents", ())
    return any(s3_object["Key"] == key for s3_object in listed)


def _download(s3: Any, revision: Revision, names: list[str]) -> dict[str, bytes]:
    contents = dict(zip(names, call_all(lambda name: _read_code(s3, revision, name), names), strict=True))
    for name, body in contents.items():
        if revision.hashes is not None and hash_bytes(body) != revision.hashes.get(name):
            raise build_difference_error(name)
    return contents


def _read_code(s3: Any, revision: Revision, name: str) -> bytes:
    return revision.config if name == CONFIG else _read(s3, revision.push, name)


def _build_archive(contents: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for name, body in contents.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(body), 0o755 if body.startswith(b"#!") else 0o644
            tar.addfile(member, io.BytesIO(body))
    return buffer.getvalue()


def _require(push: Push, names: Iterable[str], sizes: Mapping[str, int]) -> None:
    missing = sorted(name for name in names if name not in sizes)
    if missing:
        listed = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")  # noqa: PLR2004
        raise IncompletePush(f"{_name_push(push)}: not arrived yet: {listed}")


def _name_push(push: Push) -> str:
    return f"{push.model} {push.revision[:12]}"


def _list_files(s3: Any, push: Push) -> dict[str, Any]:
    """Return what S3 lists of each file, by its path."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=push.bucket, Prefix=push.prefix)
    objects = (s3_object for page in pages for s3_object in page.get("Contents", ()))
    files = {file["Key"].removeprefix(push.prefix): file for file in objects if not file["Key"].endswith("/")}
    for name in files:  # names become members of an archive that containers unpack
        if name.startswith("/") or ".." in name.split("/"):
            raise PushError(f"{name!r} is no path inside a model repo. Remove it from the bucket and push again")
    return files


def _read_manifest(s3: Any, push: Push, sizes: Mapping[str, int]) -> Manifest:
    if sizes[MANIFEST] > MANIFEST_LIMIT:
        raise PushError(f"{MANIFEST} has {sizes[MANIFEST]} bytes; {MANIFEST_LIMIT} is the limit. Push fewer files")
    return parse_manifest(_read(s3, push, MANIFEST), push.revision)


def _read(s3: Any, push: Push, name: str, version: str | None = None) -> bytes:
    version_id = {"VersionId": version} if version else {}
    body: bytes = s3.get_object(Bucket=push.bucket, Key=push.prefix + name, **version_id)["Body"].read()
    return body


def to_problem(error: PushError) -> Problem:
    """Return a push's error as a Problem, for problems.json."""
    return Problem(message=str(error), file="push")
