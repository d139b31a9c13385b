"""Find or delete everything old on this computer: of one store, and of the user's cache.

In: the store folder, and a time in epoch seconds. Out: a Cleaning, with sizes in bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from pushtrain.local.cleaning.environments import OldEnvironments, find_old_environments, remove_old_environments
from pushtrain.local.cleaning.leftovers import Leftover
from pushtrain.local.cleaning.plan import CleaningPlan, measure
from pushtrain.local.cleaning.removal import clean_store, plan_store_cleaning
from pushtrain.local.container.environments import find_cache_folder
from pushtrain.local.platform import local_platform
from pushtrain.local.storage.store import Store

NOTHING = CleaningPlan(versions=(), runs=(), pushes=(), needed_runs=())
NO_LEFTOVERS: Sequence[Leftover] = ()


class Cleaning(Struct, frozen=True, kw_only=True):
    """What is old, or was deleted: runs, versions, pushes and leftovers of `store`, environments of `cache`."""

    store: Path
    cache: Path
    plan: CleaningPlan
    leftovers: Sequence[Leftover]
    environments: OldEnvironments

    @property
    def runs_size(self) -> int:
        """The size in bytes of all objects of the old runs."""
        return sum(old_run.size for old_run in self.plan.runs)

    @property
    def pushes_size(self) -> int:
        """The size in bytes of the old model repos and packed code."""
        return sum(measure(push) for push in self.plan.pushes)

    @property
    def leftovers_size(self) -> int:
        """The size in bytes of the files that killed processes left behind."""
        return sum(leftover.size for leftover in self.leftovers)

    @property
    def size(self) -> int:
        """The size in bytes of everything that is old."""
        return self.runs_size + self.pushes_size + self.leftovers_size + self.environments.size


def find_old(store_folder: Path, cutoff: float) -> Cleaning:
    """Return what is older than `cutoff`, without changes. Raises LocalError if the store cannot be read."""
    environments = find_old_environments(cutoff)
    return _clean(store_folder, cutoff, environments, is_confirmed=False)


def clean_computer(store_folder: Path, cutoff: float) -> Cleaning:
    """Delete what is older than `cutoff`, and return it. Raises LocalError if the store cannot be written."""
    environments = remove_old_environments(cutoff)
    return _clean(store_folder, cutoff, environments, is_confirmed=True)


def _clean(store_folder: Path, cutoff: float, environments: OldEnvironments, *, is_confirmed: bool) -> Cleaning:
    plan, leftovers = NOTHING, NO_LEFTOVERS
    if (store_folder / "store.db").is_file():
        with Store(store_folder) as store:
            clean = clean_store if is_confirmed else plan_store_cleaning
            plan, leftovers = clean(store, local_platform("", store_folder), cutoff)
    return Cleaning(
        store=store_folder, cache=find_cache_folder(), plan=plan, leftovers=leftovers, environments=environments
    )
