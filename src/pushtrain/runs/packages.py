"""The Python packages of a job: as the job listed them. Reads S3 or the log of the job.

On this computer, the job runner writes `packages.json` beside the outputs. On AWS, the start file of a job prints its
packages before the script starts. A training job whose script is at the root of the model repo has no start file: there
the toolkit's pip says what it added to the image.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import msgspec
from msgspec import Struct

from pushtrain.layout import build_packages_key, build_uri
from pushtrain.platform import Platform
from pushtrain.pushes.pushtrain_start import PACKAGES
from pushtrain.runs.evaluation import read_object
from pushtrain.runs.logs import read_raw_lines
from pushtrain.runs.model import Job

MAX_LINES = 10_000  # of the beginning of a log: one page of GetLogEvents
COMPLETED = "Completed"
LISTED = re.compile(rf"{PACKAGES} (\d+)/(\d+) (\{{.*\}})")
INSTALLED = re.compile(r"Successfully installed (\S+-\S+(?: \S+-\S+)*)\s*")  # the last line of pip


class Packages(Struct, frozen=True, kw_only=True):
    """The packages of a job with their versions. `all` are all of them, `added` are those that pip added to the image.

    Each is None if it is not known.
    """

    all: Mapping[str, str] | None = None
    added: Mapping[str, str] | None = None


def read_packages(platform: Platform, job: Job, prefix: str | None) -> Packages:
    """Return the packages of a completed job; nothing is known of another one.

    `prefix` is where the job wrote in the artifact bucket.
    """
    if job.status != COMPLETED or prefix is None:
        return Packages()
    if platform.local_option:
        document = read_object(platform, build_uri(platform.artifact_bucket, build_packages_key(prefix)))
        return Packages(all=_parse_versions(document) if document else None)
    return parse_packages(islice(read_raw_lines(platform, job), MAX_LINES))


def parse_packages(lines: Iterable[str]) -> Packages:
    """Return the packages that the first lines of a log list.

    Only the first complete list counts: what a script prints comes later. Without one, the last line of pip does.
    """
    parts: dict[str, Mapping[str, str]] = {}
    added: Mapping[str, str] | None = None
    for line in lines:
        if match := LISTED.fullmatch(line.rstrip()):
            number, count, document = match.groups()
            versions = _parse_versions(document)
            parts |= {} if versions is None else {number: versions}
            if len(parts) == int(count):
                return Packages(all=dict(item for part in parts.values() for item in part.items()), added=added)
        elif added is None and (match := INSTALLED.fullmatch(line)):
            added = dict(sorted(_split_names(match[1])))
    return Packages(added=added)


def _split_names(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and version of `numpy-1.26.4 scikit-learn-1.2.1`."""
    for word in text.split():
        name, _, version = word.rpartition("-")
        yield re.sub(r"[-_.]+", "-", name).lower(), version


def _parse_versions(document: bytes | str) -> dict[str, str] | None:
    try:
        return msgspec.json.decode(document, type=dict[str, str])
    except (ValueError, RecursionError):  # a script may write anything
        return None
