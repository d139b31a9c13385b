"""The only place where boto3 clients are made. In embedded AWS the same clients reach this machine."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.client import BaseClient

_making = threading.Lock()  # clients may be shared by threads, but boto3 may not make two at once


def client(service: str, region: str | None = None) -> Any:
    """A boto3 client that retries throttling by itself (botocore's standard mode).

    Where no region is given, AWS_REGION names it, as in AWS's other SDKs; boto3 alone looks only at AWS_DEFAULT_REGION
    and the configuration file. Imports boto3 on first use, so that commands which never reach AWS stay fast.
    """
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    retries = Config(retries={"mode": "standard", "max_attempts": 5})
    with _making:
        made: BaseClient = boto3.client(service, region_name=region or os.environ.get("AWS_REGION"), config=retries)  # type: ignore[call-overload]
    return made
