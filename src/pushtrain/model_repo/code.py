"""The files of a model repo that are code, and limits for their size. Pure.

In: paths and sizes in bytes, and the Config. Out: the code's paths, or a message that names the largest file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pushtrain.layout import MANIFEST

if TYPE_CHECKING:
    from pushtrain.config import Config

SIZE_LIMIT = 256 * 1024 * 1024  # bytes of code in one revision; data belongs under `data`
WARNING_SIZE = 64 * 1024 * 1024  # bytes; each job downloads the packed code
REMEDY = "Name data under `data`, and in .pushtrainignore what is not needed"


def select_code_files(names: Iterable[str], config: Config) -> list[str]:
    """Return the sorted paths that are packed as code: all but those under `data` and manifest.json."""
    data = [source.local.rstrip("/") for source in config.data.values() if source.local]
    return [name for name in sorted(names) if name != MANIFEST and not is_under(name, data)]


def is_under(name: str, folders: Iterable[str]) -> bool:
    """Return True if a path is one of `folders`, which have no `/` at the end, or is inside one."""
    return any(name == folder or name.startswith(f"{folder}/") for folder in folders)


def describe_size(sizes: Mapping[str, int]) -> str:
    """Return text such as `the code has 300 MB, most of it in weights.bin (290 MB)`."""
    largest = max(sizes, key=lambda name: sizes[name])
    total = _format_megabytes(sum(sizes.values()))
    return f"the code has {total}, most of it in {largest} ({_format_megabytes(sizes[largest])})"


def find_size_problem(sizes: Mapping[str, int]) -> str:
    """Return a message if the code is too large to be packed, else ""."""
    if sum(sizes.values()) <= SIZE_LIMIT:
        return ""
    return f"{describe_size(sizes)}; {_format_megabytes(SIZE_LIMIT)} is the limit. {REMEDY}"


def find_size_warning(sizes: Mapping[str, int]) -> str:
    """Return a message if the code can be packed but is so large that it probably has data in it, else ""."""
    if not WARNING_SIZE < sum(sizes.values()) <= SIZE_LIMIT:
        return ""
    return f"{describe_size(sizes)}, and every job downloads it. {REMEDY}"


def _format_megabytes(size: int) -> str:
    return f"{size / 2**20:.0f} MB"
