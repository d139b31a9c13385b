"""botocore parses the model of a service once in a process, and pushtrain's sessions and clients outlive embedded AWS.

Each start of embedded AWS begins with a new boto3 session: half a second, and a quarter of the time of the tests.
"""

from __future__ import annotations

import functools
import os
from typing import Any

import boto3
import botocore.loaders
import botocore.session
from botocore.client import ClientCreator

from pushtrain import aws


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


def share_sessions() -> None:
    """Let starts of embedded AWS with the same variables, such as the region, share a session, and so its clients.

    A test that changes a client makes its own: `create_client`.
    """
    create_session = aws._create_session

    @functools.cache
    def find_session(_variables: tuple[tuple[str, str], ...]) -> boto3.Session:
        return create_session()

    aws._create_session = lambda: find_session(
        tuple(sorted(item for item in os.environ.items() if aws._is_aws(item[0])))
    )
