"""S3 event -> the pushes it reports: what the Lambda reads."""

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
    """One PUT of config.yaml: `version` is the S3 version id that makes it one push and no other.

    `by` is the principal that S3 says put it, empty where it does not say.
    """

    bucket: str
    model: str
    revision: str
    version: str
    by: str = field(default="", compare=False)

    @property
    def prefix(self) -> str:
        """Where the revision's files lie, with a closing `/`."""
        return f"{MODEL_REPOS_PREFIX}/{self.model}/{self.revision}/"

    @property
    def run(self) -> str:
        """Id of the run that this push starts."""
        return build_run_id(self.revision, self.version)


def read_event(event: Mapping[str, Any]) -> tuple[Push, ...]:
    """The pushes an S3 event tells of; other keys and event types are none.

    Source: event message structure of Amazon S3 (keys are URL-encoded, `+` is a space).
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
    """Return the error of a code bucket that keeps no versions."""
    return PushError(
        f"bucket {bucket} is not versioned, so a push cannot be told from the next. Turn its versioning on"
    )
