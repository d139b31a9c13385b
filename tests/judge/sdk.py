"""AWS's SDKs, imported and kept from talking: to the metadata service, to AWS's telemetry, to the terminal.

Out: `session(region)`, whose client keeps the request that an estimator or processor would have sent.
"""

from __future__ import annotations

import inspect
import logging
import warnings
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

with warnings.catch_warnings(), pytest.MonkeyPatch.context() as _patch:
    warnings.simplefilter("ignore")  # of being SDK version 2, and of a regular expression or two
    _patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    _patch.setenv("SAGEMAKER_SUPPRESS_V2_WARNING", "1")
    logging.disable(logging.CRITICAL)
    from sagemaker import estimator, image_uris, utils
    from sagemaker import session as sdk_session
    from sagemaker.session import Session
    from sagemaker.telemetry import telemetry_logging
    from sagemaker.workflow import utilities

    logging.disable(logging.NOTSET)

__all__ = ["CachedSession", "image_uris", "session"]

estimator.TensorBoardApp = lambda region: None  # makes a client of AWS for each estimator
telemetry_logging._send_telemetry_request = lambda *_: None
for _module in (sdk_session, utils):
    _module.validate_sagemaker_config = lambda *_: None  # a second for each session; ours has no settings
# These two read files anew at each call, 50 ms of them; their answers depend on their arguments alone.
image_uris.config_for_framework = cache(image_uris.config_for_framework)
utils._botocore_resolver = cache(utils._botocore_resolver)
utilities.inspect = SimpleNamespace(signature=cache(inspect.signature))  # looked at in every call of the SDK


class Client:
    """Stands where boto3's SageMaker client would: keeps the request."""

    def __init__(self) -> None:
        self.request: dict[str, Any] = {}

    def create_training_job(self, **request: Any) -> None:
        self.request = request

    def create_hyper_parameter_tuning_job(self, **request: Any) -> None:
        self.request = request

    def create_transform_job(self, **request: Any) -> None:
        self.request = request

    def create_model(self, **request: Any) -> None:
        self.request = request

    def create_processing_job(self, **request: Any) -> None:
        self.request = request


class CachedSession(Session):  # type: ignore[misc]
    """A session that sends nothing; `request` is what it would have sent last."""

    def __init__(self, region: str) -> None:
        self._kept = Client()
        super().__init__(
            boto_session=boto3.Session("no", "secret", region_name=region),
            sagemaker_client=self._kept,
            sagemaker_runtime_client=object(),
            sagemaker_featurestore_runtime_client=object(),
            sagemaker_metrics_client=object(),
            sagemaker_config={"SchemaVersion": "1.0"},  # else it looks for files of this machine
        )
        self.sagemaker_config = None  # where there is one it is validated a hundred times for each job

    @property
    def request(self) -> dict[str, Any]:
        return self._kept.request

    def default_bucket(self) -> str:
        """FrameworkProcessor asks for it, though nothing is put there."""
        return "the-sdk-would-make-it"

    def upload_string_as_file_body(self, *_: object, **__: object) -> None:
        """FrameworkProcessor uploads the shell script that starts the user's."""


@cache
def session(region: str) -> CachedSession:
    return CachedSession(region)
