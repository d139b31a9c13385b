"""Find a registered model version and download exactly the model.tar.gz of its verdict.

In: a platform, a model, a version or none for the newest. Out: a StoredModel. The status does not matter: people serve
a model on their computer before they approve it.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from pushtrain import aws
from pushtrain.decide.pinned import PinnedObject
from pushtrain.errors import RegistryError, VerdictChanged
from pushtrain.layout import split_uri
from pushtrain.platform import Platform
from pushtrain.registry import ModelVersion, read_version
from pushtrain.registry.versions import list_version_arns


class StoredModel(Struct, frozen=True, kw_only=True):
    """A model version whose model.tar.gz is on this computer.

    `version` is 0 for a model that is not registered yet. `image` and `environment` are what an endpoint would get.
    `region` is that of its platform.
    """

    model: str
    version: int
    status: str
    image: str
    environment: Mapping[str, str]
    region: str
    archive: Path

    @property
    def label(self) -> str:
        """What messages call the model: `churn version 3`, or `the model` if it is not registered yet."""
        return f"{self.model} version {self.version}" if self.version else "the model"


def find_stored_version(platform: Platform, model: str, version: int | None = None) -> ModelVersion:
    """Return a version, or the newest one. Raises ModelNotFound or VersionNotFound."""
    if version is None:
        version = max((int(arn.rpartition("/")[2]) for arn in list_version_arns(platform, model)), default=0)
    return read_version(platform, model, version)


def download_model(platform: Platform, version: ModelVersion, archive: Path) -> StoredModel:
    """Download the model of a version to the file `archive`: the very bytes that its verdict speaks of.

    Raises RegistryError if its verdict is gone, if an endpoint would need more than one container, or if S3 does not
    give these bytes.
    """
    name = f"{version.model} version {version.version}"
    if version.verdict_fault:
        raise VerdictChanged(f"{name} cannot be served: {version.verdict_fault}. Push again")
    if version.verdict is None:
        raise RegistryError(f"{name} has no verdict.json, which names the bytes of its model. Push again")
    if not version.inference:
        raise RegistryError(f"{name} was not registered with one container, so nobody knows how to serve it")
    _download(platform, version.verdict.artifact, archive)
    return StoredModel(
        model=version.model,
        version=version.version,
        status=version.status,
        image=version.inference["image"],
        environment=version.inference["environment"],
        region=platform.region,
        archive=archive,
    )


def _download(platform: Platform, artifact: PinnedObject, archive: Path) -> None:
    """Download one version of an object. S3 refuses it if its ETag is another one."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    bucket, key = split_uri(artifact.uri)
    s3 = aws.client("s3", platform.region)
    try:
        response = s3.get_object(Bucket=bucket, Key=key, VersionId=artifact.version, IfMatch=f'"{artifact.etag}"')
    except ClientError as error:
        raise RegistryError(f"{artifact.uri} is not the file that was evaluated, or it is gone: {error}") from error
    with archive.open("wb") as file:
        shutil.copyfileobj(response["Body"], file)
    if archive.stat().st_size != artifact.size:
        size = archive.stat().st_size
        raise RegistryError(f"{artifact.uri} has {size} bytes, but {artifact.size} bytes were evaluated")
