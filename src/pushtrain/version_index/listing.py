"""List the versions of all models. Reads the index, and asks the registry about models that it does not have."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from pushtrain.platform import Platform
from pushtrain.registry import Versions, list_model_names, list_summaries_of
from pushtrain.version_index.storage import read_indexed_models


class Listing(Struct, frozen=True, kw_only=True):
    """Versions, oldest first, and by model the one that serves, if the index said so; None is no version."""

    versions: Versions
    serving: Mapping[str, int | None]


def list_all_versions(platform: Platform, *, use_index: bool = True) -> Listing:
    """Return the versions of all models.

    A group that was deleted is left out, whatever the index has. `use_index=False` asks the registry about each model;
    on this computer that costs no call, and there is no index.
    """
    names = list(list_model_names(platform))
    models = read_indexed_models(platform) if use_index and not platform.local_option else {}
    indexed = {name: models[name] for name in names if name in models}
    versions = list_summaries_of(platform, [name for name in names if name not in indexed])
    versions += [version for model in indexed.values() for version in model.versions]
    return Listing(
        versions=sorted(versions, key=lambda version: (version.created, version.model, version.version)),
        serving={name: model.serves for name, model in indexed.items()},
    )
