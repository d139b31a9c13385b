"""Create boto3 clients. No other code creates them. With embedded AWS the same clients reach this computer."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.client import BaseClient

_creating = threading.Lock()  # threads may share clients, but boto3 must not create two at once


def client(service: str, region: str | None = None) -> Any:
    """Return a boto3 client that retries throttled requests (botocore's standard mode).

    Without `region` it uses AWS_REGION, as AWS's other SDKs do; boto3 itself reads only AWS_DEFAULT_REGION and the
    configuration file. Imports boto3 on first use, so that commands without AWS stay fast.
    """
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    retries = Config(retries={"mode": "standard", "max_attempts": 5})
    with _creating:
        new_client: BaseClient = boto3.client(
            service, region_name=region or os.environ.get("AWS_REGION"), config=retries
        )  # type: ignore[call-overload]
    return new_client
