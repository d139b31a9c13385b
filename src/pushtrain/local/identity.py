"""Who one is on this machine: the user's name, wherever AWS would tell a principal. Changes moto's STS on first use."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pushtrain.local.patches import Patches
from pushtrain.platform import Platform


def user_name() -> str:
    """The name of the user of this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return "unknown"


def user_arn(platform: Platform) -> str:
    """The ARN that the user has in embedded AWS."""
    return f"arn:{platform.partition}:iam::{platform.account}:user/{user_name()}"


@contextmanager
def answer_with_user(platform: Platform) -> Iterator[None]:
    """GetCallerIdentity answers with the user, from the moment that somebody asks: the import is not free."""
    import moto.backends  # noqa: PLC0415

    patches, stock = Patches(), moto.backends.get_backend
    served: list[bool] = []

    def get_caller_identity(*_: Any) -> tuple[str, str, str]:
        return user_name(), user_arn(platform), platform.account

    def get_backend(name: str) -> Any:
        backend = stock(name)
        if name == "sts" and not served:
            from moto.sts.models import STSBackend  # noqa: PLC0415

            served.append(True)
            patches.replace(STSBackend, "get_caller_identity", get_caller_identity)
        return backend

    patches.replace(moto.backends, "get_backend", get_backend)
    try:
        yield
    finally:
        patches.undo()
