"""The session of estimators and processors: it has a region and a bucket, and cannot call AWS. Pure."""

from __future__ import annotations

from types import SimpleNamespace

from sagemaker.session import Session
from sagemaker.session_settings import SessionSettings

from pushtrain.platform import Platform


class OfflineSession(Session):  # type: ignore[misc]
    """A SageMaker session for writing definitions.

    The SDK's own session creates five clients and asks AWS for the account. It also reads two files of this computer:
    their defaults would change requests without notice. This session has no clients: a call to AWS fails at once.
    """

    def __init__(self, platform: Platform) -> None:
        self._region_name = platform.region
        self._default_bucket = platform.artifact_bucket
        self._default_bucket_set_by_sdk = False  # else the SDK would ask AWS for the bucket's owner
        self._config = None
        self.boto_session = SimpleNamespace(region_name=platform.region)
        self.default_bucket_prefix = None
        self.local_mode = False
        self.s3_resource = None  # the SDK reads it, but uses it only to upload code
        self.sagemaker_config: dict[str, object] = {}
        self.settings = SessionSettings()
