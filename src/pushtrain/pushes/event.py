"""S3 event -> the pushes it reports. The Lambda `on_push` receives such events."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from pushtrain.errors import PushError
from pushtrain.workflow.names import build_run_id

MODEL_REPOS_PREFIX = "model-repos"
PUSH_KEY = re.compile(rf"{MODEL_REPOS_PREFIX}/(?P<model>[^/]+)/(?P<revision>[^/]+)/config\.yaml")


@dataclass(frozen=True, kw_only=True)
class Push:
    """One upload of config.yaml. Its S3 version id, `version`, tells it apart from every other push.

    `by` is the principal that uploaded it, as the S3 event names it; empty if the event does not.
    """

    bucket: str
    model: str
    revision: str
    version: str
    by: str = field(default="", compare=False)

    @property
    def prefix(self) -> str:
        """Key prefix of the revision's files, such as `model-repos/churn/3f1c9a/`."""
        return f"{MODEL_REPOS_PREFIX}/{self.model}/{self.revision}/"

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
        match = PUSH_KEY.fullmatch(unquote_plus(record["s3"]["object"]["key"]))
        if match and record["eventName"].startswith("ObjectCreated:"):
            s3 = record["s3"]
            version = s3["object"].get("versionId")
            if not version:
                raise build_unversioned_error(s3["bucket"]["name"])
            by = str(record.get("userIdentity", {}).get("principalId", "")).removeprefix("AWS:")
            pushes.append(Push(bucket=s3["bucket"]["name"], version=version, by=by, **match.groupdict()))
    return tuple(pushes)


def build_unversioned_error(bucket: str) -> PushError:
    """Return the error for a code bucket without versioning."""
    return PushError(
        f"bucket {bucket} is not versioned, so a push cannot be told apart from the next one. Turn its versioning on"
    )
