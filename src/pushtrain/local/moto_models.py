"""Let moto find botocore's models as fast as our clients do. Importing this module imports moto.

moto reads the models of the services that it imitates, and has additions for some of them. Its loader looks into the
folder of each of botocore's 400 services first, a twentieth of the processor time of a run that reuses everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from moto.core import loaders, utils

from pushtrain.local.patches import Patches
from pushtrain.service_models import ServiceModels


class MotoModels(ServiceModels, loaders.Loader):
    """moto's loader, with its additions, and our way to list the services."""


@contextmanager
def find_models_fast() -> Iterator[None]:
    """Replace moto's loader while the context lasts."""
    patches = Patches()
    try:
        patches.replace(utils, "create_loader", lambda: MotoModels(extra_search_paths=[loaders.moto_root]))
        yield
    finally:
        patches.undo()
