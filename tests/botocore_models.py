"""botocore parses the model of a service once in a process, and makes one class of clients for each service.

Each start of embedded AWS needs a new boto3 session, which would do both again: half a second.
"""

from __future__ import annotations

import functools
from typing import Any

import botocore.loaders
import botocore.session
from botocore.client import ClientCreator


def share_models() -> None:
    """Let all sessions of this process share a loader, and all clients of a service share a class."""
    botocore.session.create_loader = functools.cache(botocore.loaders.create_loader)
    creator: Any = ClientCreator  # its stub lacks the method
    create_client_class = creator._create_client_class
    classes: dict[str, type] = {}

    def find_client_class(self: Any, service_name: str, service_model: Any) -> type:
        if service_name not in classes:
            classes[service_name] = create_client_class(self, service_name, service_model)
        return classes[service_name]

    creator._create_client_class = find_client_class
