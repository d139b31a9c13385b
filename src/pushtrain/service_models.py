"""Finds botocore's models of AWS's services without looking through all of them.

botocore looks into the folder of each of its 400 services, for each kind of file, before it reads one. That took
about 70 ms of processor time for each session. Importing this module imports botocore.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path

from botocore.loaders import Loader, instance_cache

RESOURCES = "resources-1"  # boto3's own; few services have them


class ServiceModels(Loader):
    """botocore's loader; it takes each folder for a service, and finds out what the folder has when it reads it."""

    @instance_cache
    def list_available_services(self, type_name: str) -> list[str]:
        """Return the names of all services, sorted. botocore's method tests whether each has a file of this type."""
        if type_name == RESOURCES:
            return sorted(super().list_available_services(type_name))
        folders = (folder for path in self.search_paths if Path(path).is_dir() for folder in Path(path).iterdir())
        return sorted({folder.name for folder in folders if folder.is_dir()})


@functools.cache
def find_loader(data_path: str | None = None) -> ServiceModels:
    """Return the loader of all sessions of this process: each model is read once.

    `data_path` is botocore's setting of this name (AWS_DATA_PATH): folders to look into first.
    """
    folders = (data_path or "").split(os.pathsep)
    return ServiceModels([str(Path(folder).expanduser()) for folder in folders if folder])
