"""The identity of the user on this computer, for each answer in which AWS names a principal.

In: the user that the operating system reports. Out: a name and an ARN. Patches moto's STS when it is first used.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pushtrain.local.patches import Patches
from pushtrain.platform import Platform


def user_name() -> str:
    """Return the login name of the user, or "unknown" if the system has none (as in some containers)."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def user_arn(platform: Platform) -> str:
    """Return the user's ARN in embedded AWS, such as arn:aws:iam::123456789012:user/minji."""
    return f"arn:{platform.partition}:iam::{platform.account}:user/{user_name()}"


@contextmanager
def answer_with_user(platform: Platform) -> Iterator[None]:
    """Let GetCallerIdentity return the user. moto's STS is imported on the first call only: importing it takes time."""
    import moto.backends  # noqa: PLC0415

    patches, stock = Patches(), moto.backends.get_backend
    patched_backends: list[str] = []

    def get_caller_identity(*_: Any) -> tuple[str, str, str]:
        return user_name(), user_arn(platform), platform.account

    def get_backend(name: str) -> Any:
        backend = stock(name)
        if name == "sts" and not patched_backends:
            from moto.sts.models import STSBackend  # noqa: PLC0415

            patched_backends.append(name)
            patches.replace(STSBackend, "get_caller_identity", get_caller_identity)
        return backend

    patches.replace(moto.backends, "get_backend", get_backend)
    try:
        yield
    finally:
        patches.undo()
