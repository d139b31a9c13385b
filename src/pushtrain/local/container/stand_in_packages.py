"""Put the stand-ins for packages that no index has into a Python environment.

In: the modules that a script imports, and the folder of an environment. Out: the packages of `stand_ins/` that it
needs, copied beside its site-packages, where Python looks last: an original that requirements.txt brings comes first.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

from pushtrain.hashes import hash_bytes, hash_files
from pushtrain.local.container.packages import normalize_name

SOURCE = Path(__file__).with_name("stand_ins")
FOLDER = "stand-ins"
PATH_FILE = "pushtrain-stand-ins.pth"
NEEDS = {"sagemaker_containers": "sagemaker_training"}  # a stand-in that imports another one


def list_stand_ins(modules: Collection[str], requirements: Collection[str]) -> tuple[str, ...]:
    """Return the stand-ins for these modules, each with a hash of its code: ("sagemaker_training 1f2e…",).

    `requirements` are the normalized names of the packages in requirements.txt; these have no stand-in.
    """
    names = {folder.name for folder in SOURCE.iterdir() if folder.is_dir()} & set(modules)
    names = {name for name in names if normalize_name(name) not in requirements}
    names |= {NEEDS[name] for name in names & NEEDS.keys()}
    return tuple(f"{name} {_hash(SOURCE / name)}" for name in sorted(names))


def add_stand_ins(stand_ins: Iterable[str], home: Path) -> None:
    """Copy stand-ins, as `list_stand_ins` returns them, into the environment `home`."""
    for stand_in in stand_ins:
        name = stand_in.partition(" ")[0]
        shutil.copytree(SOURCE / name, home / FOLDER / name, ignore=shutil.ignore_patterns("__pycache__"))
        for site in home.glob("lib/python*/site-packages"):
            (site / PATH_FILE).write_text(f"../../../{FOLDER}\n", encoding="utf-8")


def _hash(folder: Path) -> str:
    files = sorted(folder.rglob("*.py"))
    return hash_files((file.relative_to(folder).as_posix(), hash_bytes(file.read_bytes())) for file in files)[:16]
