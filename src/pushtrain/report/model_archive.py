"""What the files of a model's archive tell about serving, before an approver decides. Reads S3.

In: a model version. Out: warnings about symbolic links, which SageMaker's hosting cannot unpack, and about an inference
program that the archive lacks. The archive is read as a stream; nothing is unpacked.
Sources: AWS knowledge centre, "Why can't I deploy my model"; aws/sagemaker-inference-toolkit, environment.py.
"""

from __future__ import annotations

import posixpath
import tarfile
import zlib
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from pushtrain import aws
from pushtrain.layout import split_uri
from pushtrain.platform import Platform
from pushtrain.registry import ModelVersion

MAX_BYTES = 2 * 1024**3  # of the archive; a larger one takes minutes to read
MODEL_FOLDER = "/opt/ml/model"  # where an endpoint unpacks the archive
PROGRAM, FOLDER = "SAGEMAKER_PROGRAM", "SAGEMAKER_SUBMIT_DIRECTORY"
_GIB = 1024**3


class ArchiveListing(Struct, frozen=True, kw_only=True):
    """The paths in an archive: of all its members, and of those that are symbolic links."""

    paths: frozenset[str]
    links: tuple[str, ...]


def list_archive_warnings(platform: Platform, version: ModelVersion) -> Iterator[str]:
    """Yield why an endpoint may not serve this version's model.tar.gz. Raises ClientError if S3 refuses to read it."""
    bucket, key = split_uri(version.artifact)
    stored = aws.client("s3", platform.region).get_object(Bucket=bucket, Key=key)
    if stored["ContentLength"] > MAX_BYTES:
        size = f"{stored['ContentLength'] / _GIB:.1f} GB"
        yield f"model.tar.gz has {size}, so it was not searched for symbolic links, with which no endpoint starts"
        return
    try:
        listing = read_listing(stored["Body"])
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        yield f"model.tar.gz cannot be unpacked ({error}), so no endpoint starts with it"
        return
    yield from _list_warnings(listing, version.inference.get("environment", {}))


def read_listing(stream: Any) -> ArchiveListing:
    """Return the listing of a tar.gz stream. Raises TarError, EOFError, OSError or zlib.error if it is damaged."""
    with tarfile.open(fileobj=stream, mode="r|gz") as tar:
        members = [(posixpath.normpath(member.name), member.issym()) for member in tar]
    return ArchiveListing(
        paths=frozenset(path for path, _ in members), links=tuple(sorted(path for path, is_link in members if is_link))
    )


def _list_warnings(listing: ArchiveListing, environment: dict[str, str]) -> Iterator[str]:
    if listing.links:
        count = "a symbolic link" if len(listing.links) == 1 else f"{len(listing.links)} symbolic links, such as"
        yield (
            f"model.tar.gz contains {count} {listing.links[0]}, and no endpoint can unpack it. Train again, and save "
            "files instead of links"
        )
    program, folder = environment.get(PROGRAM, ""), environment.get(FOLDER, f"{MODEL_FOLDER}/code")
    path = posixpath.relpath(posixpath.join(folder, program), MODEL_FOLDER)
    if program and path not in listing.paths:
        yield f"{PROGRAM} names {program}, and model.tar.gz has no {path}. Name it in register.inference.code"
