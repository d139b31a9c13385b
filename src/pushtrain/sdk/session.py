"""The session that estimators and processors get: it knows region and bucket, and has no way to AWS. Pure."""

from __future__ import annotations

from types import SimpleNamespace

from sagemaker.session import Session
from sagemaker.session_settings import SessionSettings

from pushtrain.platform import Platform


class OfflineSession(Session):  # type: ignore[misc]
    """A SageMaker session for writing definitions.

    The SDK's own makes five clients, reads two files of this machine (whose defaults would silently change requests)
    and asks for an account. This one has no clients: what would call AWS fails at once.
    """

    def __init__(self, platform: Platform) -> None:
        self._region_name = platform.region
        self._default_bucket = platform.artifact_bucket
        self._default_bucket_set_by_sdk = False  # else its owner would be asked of AWS
        self._config = None
        self.boto_session = SimpleNamespace(region_name=platform.region)
        self.default_bucket_prefix = None
        self.local_mode = False
        self.s3_resource = None  # read, but used only where there is code to upload
        self.sagemaker_config: dict[str, object] = {}
        self.settings = SessionSettings()
