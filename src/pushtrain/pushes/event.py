"""S3 event -> the pushes it reports. The Lambda `on_push` receives such events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from msgspec import Struct

from pushtrain.errors import PushError
from pushtrain.layout import build_revision_prefix, parse_push_key
from pushtrain.workflow.names import build_run_id


class Push(Struct, frozen=True, kw_only=True):
    """One upload of config.yaml. Its S3 version id, `version`, tells it apart from every other push.

    `by` is the principal that uploaded it, as the S3 event names it; empty if the event does not.
    """

    bucket: str
    model: str
    revision: str
    version: str
    by: str = ""

    @property
    def prefix(self) -> str:
        """Key prefix of the revision's files, such as `model-repos/churn/3f1c9a/`."""
        return build_revision_prefix(self.model, self.revision)

    @property
    def run(self) -> str:
        """Id of the run that this push starts."""
        return build_run_id(self.revision, self.version)


def read_event(event: Mapping[str, Any]) -> tuple[Push, ...]:
    """Return the pushes in an S3 event. Other keys and other kinds of events are left out.

    Source: event message structure of Amazon S3 (keys are URL-encoded, `+` is a space).
    Raises PushError if the bucket is not versioned.
    """
    pushes = []
    for record in event.get("Records", ()):
        model_and_revision = parse_push_key(unquote_plus(record["s3"]["object"]["key"]))
        if model_and_revision and record["eventName"].startswith("ObjectCreated:"):
            s3 = record["s3"]
            version = s3["object"].get("versionId")
            if not version:
                raise build_unversioned_error(s3["bucket"]["name"])
            by = str(record.get("userIdentity", {}).get("principalId", "")).removeprefix("AWS:")
            model, revision = model_and_revision
            pushes.append(Push(bucket=s3["bucket"]["name"], model=model, revision=revision, version=version, by=by))
    return tuple(pushes)


def build_unversioned_error(bucket: str) -> PushError:
    """Return the error for a code bucket without versioning."""
    return PushError(
        f"bucket {bucket} is not versioned, so a push cannot be told apart from the next one. Turn its versioning on"
    )
