"""Say why a document of the run that registered a version is missing: not yet written, not readable, or never.

In: a version and the document's key. Out: an error for the first two. A later try helps against those only.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pushtrain import aws
from pushtrain.errors import RegistryError
from pushtrain.platform import Platform
from pushtrain.registry.versions import ModelVersion

# All documents of a run are written minutes after its version is registered, or never. Lambda tries for 3 minutes.
WAIT = timedelta(minutes=15)


def find_missing_error(platform: Platform, version: ModelVersion, key: str, document: str) -> RegistryError | None:
    """Return why `document` ("record" or "verdict") could not be read now; None if no later try would help.

    S3 denies access to a key that the role may not list, so AWS's words are shown.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    prefix = f"{version.model} version {version.version} cannot go to serving: the {document} of its run"
    try:
        aws.client("s3", platform.region).head_object(Bucket=platform.artifact_bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"404", "NoSuchKey"}:
            return RegistryError(f"{prefix} cannot be read: {error}. Fix that, then decide again")
    if _is_recent(version):
        return RegistryError(f"{prefix} is not written yet. Try again in a minute")
    return None


def _is_recent(version: ModelVersion) -> bool:
    return datetime.now(UTC) - datetime.fromisoformat(version.created) < WAIT
