"""The platform of this computer: the folder of its store, and how a command names it.

In: an environment name and a store folder. Out: a Platform. Nothing is started or written.
"""

from __future__ import annotations

import os
import platform as computer
import shlex
from pathlib import Path

import msgspec

from pushtrain.platform import Platform

STORE_VARIABLE = "PUSHTRAIN_STORE"
DEFAULT_STORE = Path(".pushtrain")


def default_store() -> Path:
    """Return the store folder that commands use without --store: $PUSHTRAIN_STORE, else `.pushtrain`."""
    return Path(os.environ.get(STORE_VARIABLE) or DEFAULT_STORE)


def local_platform(environment: str, store: Path) -> Platform:
    """Return the platform of this computer. If `store` is not the default store, hints name it: `--store DIR`.

    Costs are those of $AWS_REGION, else of $AWS_DEFAULT_REGION, else of the region that embedded AWS has.
    """
    price_region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION", "")
    platform = msgspec.structs.replace(
        Platform.local(environment), runtime=describe_runtime(), local_price_region=price_region
    )
    if store.resolve() == default_store().resolve():
        return platform
    return msgspec.structs.replace(
        platform, local_option=f"{platform.local_option} --store {shlex.quote(short_path(store))}"
    )


def describe_runtime(*, match_image: bool = False) -> str:
    """Return what runs the scripts of this computer's jobs: `Python 3.11.7, x86_64`.

    With `match_image` their framework has the version of the image, so results may differ from those without.
    """
    framework = ", framework as in the image" if match_image else ""
    return f"Python {computer.python_version()}, {computer.machine()}{framework}"


def short_path(path: Path) -> str:
    """Return a path as a person in this folder would type it: relative if it lies below, else as it is."""
    relative = os.path.relpath(path)
    return relative if not relative.startswith("..") else str(path)
