"""Which files of a model repo are code, and whether they are too many bytes to be packed. Pure.

In: paths and sizes in bytes, and the Config. Out: the code's paths, or a line that names the biggest file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pushtrain.config import Config
from pushtrain.model_repo.manifest import MANIFEST

SIZE_LIMIT = 256 * 1024 * 1024  # bytes of code in one revision; data belongs under `data`
WARNING_SIZE = 64 * 1024 * 1024  # packed into an archive that each job downloads: more than code ever has


def select_code_files(names: Iterable[str], config: Config) -> list[str]:
    """The names, sorted, that are packed as code: all but what lies under `data`."""
    data = [source.local.rstrip("/") for source in config.data.values() if source.local]
    return [name for name in sorted(names) if name != MANIFEST and not is_under(name, data)]


def is_under(name: str, folders: Iterable[str]) -> bool:
    """Whether a path is one of `folders` (without a closing `/`), or lies in one."""
    return any(name == folder or name.startswith(f"{folder}/") for folder in folders)


def describe_size(sizes: Mapping[str, int]) -> str:
    """`the code has 300 MB, most of it in weights.bin (290 MB)`."""
    biggest = max(sizes, key=lambda name: sizes[name])
    return f"the code has {_megabytes(sum(sizes.values()))}, most of it in {biggest} ({_megabytes(sizes[biggest])})"


def find_size_problem(sizes: Mapping[str, int]) -> str:
    """What to say of code that cannot be packed; nothing where it can."""
    if sum(sizes.values()) <= SIZE_LIMIT:
        return ""
    return f"{describe_size(sizes)}; {_megabytes(SIZE_LIMIT)} is the limit. {REMEDY}"


def find_size_warning(sizes: Mapping[str, int]) -> str:
    """What to say of code that can be packed, but has more bytes than code has."""
    if not WARNING_SIZE < sum(sizes.values()) <= SIZE_LIMIT:
        return ""
    return f"{describe_size(sizes)}, and every job downloads it. {REMEDY}"


REMEDY = "Name data under `data`, and in .pushtrainignore what is not needed"


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.0f} MB"
