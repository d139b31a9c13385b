"""Remove runs from the indexes of their models before they are deleted: lineage.json and reuse.json.

A process that is killed before it deletes the runs leaves true indexes: `lineage` reads runs that its index does not
have from their records. Embedded S3 starts only if there is an index.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pushtrain import aws, lineage
from pushtrain.layout import build_lineage_key, build_reuse_key
from pushtrain.local.cleaning.contents import StoredRun
from pushtrain.local.storage.store import Store
from pushtrain.platform import Platform
from pushtrain.reuse import storage as reuse


def remove_from_indexes(store: Store, platform: Platform, runs: Iterable[StoredRun]) -> None:
    """Remove runs from the indexes of their models. Raises StorageConflict if other runs write them each time."""
    runs_by_model: dict[str, set[str]] = defaultdict(set)
    for run in runs:
        if run.model in runs_by_model or _has_index(store, platform, run.model):
            runs_by_model[run.model].add(run.run)
    if not runs_by_model:
        return
    from pushtrain.local.aws import up  # noqa: PLC0415 - embedded AWS is slow to import

    with up(store.folder, platform, handlers={}):
        s3 = aws.client("s3", platform.region)
        for model, names in runs_by_model.items():
            lineage.remove_runs(s3, platform.artifact_bucket, model, names)
            reuse.remove_runs(s3, platform.artifact_bucket, model, names)


def _has_index(store: Store, platform: Platform, model: str) -> bool:
    keys = (build_lineage_key(model), build_reuse_key(model))
    return any(store.list_range("object", f"{platform.artifact_bucket}/{key}?") for key in keys)
