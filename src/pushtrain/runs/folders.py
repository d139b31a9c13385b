"""List the models that have runs, and their runs, as folders of the artifact bucket.

Step Functions keeps an execution for 90 days after its end; the folder of a run stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pushtrain.platform import Platform


def list_folders(s3: Any, platform: Platform, prefix: str, text: str = "") -> Iterator[str]:
    """Yield the names of the folders below `prefix` that start with `text`."""
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=platform.artifact_bucket, Prefix=f"{prefix}{text}", Delimiter="/"
    )
    for page in pages:
        yield from (entry["Prefix"].removeprefix(prefix)[:-1] for entry in page.get("CommonPrefixes", ()))


def list_models(s3: Any, platform: Platform) -> list[str]:
    """Return the models that have a folder. Names of models contain no dot; pushtrain's own folders begin with one."""
    return [name for name in list_folders(s3, platform, "") if not name.startswith(".")]
