"""Push a revision once more, to reproduce a model version: config.yaml is uploaded again, with the same bytes.

The files of the revision are in the code bucket, so the model repo on disk is not needed. The upload is a new version
of config.yaml, so it starts a run of its own; its metadata say which version that run reproduces.
"""

from __future__ import annotations

from pushtrain import aws
from pushtrain.errors import PushError
from pushtrain.hashes import hash_bytes
from pushtrain.layout import split_uri
from pushtrain.platform import Platform
from pushtrain.pushes.event import Push
from pushtrain.pushes.fresh import format_reproduction
from pushtrain.pushes.upload import put_object
from pushtrain.record import Reproduced, RunRecord


def push_reproduction(platform: Platform, record: RunRecord, model_version: int) -> Push:
    """Upload the config.yaml that a run read. `record` is the run's, `model_version` what it registered.

    Raises PushError if the bucket refuses, or if its config.yaml is not what the record says.
    """
    s3 = aws.client("s3", platform.region)
    bucket, key = split_uri(record.config.uri)
    body = s3.get_object(Bucket=bucket, Key=key, VersionId=record.config.version)["Body"].read()
    if hash_bytes(body) != record.config.sha256:
        raise PushError(
            f"{record.config.uri} in version {record.config.version} is not the config.yaml that run {record.run} read"
        )
    reproduces = Reproduced(model_version=model_version, run=record.run)
    version = put_object(s3, bucket, key, body, format_reproduction(reproduces))
    return Push(bucket=bucket, model=record.model, revision=record.revision, version=version)
