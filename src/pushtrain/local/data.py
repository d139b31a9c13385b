"""Local stand-ins for S3 data: upload them to embedded S3, at the addresses that config.yaml names.

In: a model repo, its config, and embedded AWS that is up. Out: objects in embedded S3, so that a script that downloads
its data finds them too.
"""

from __future__ import annotations

from pushtrain import aws
from pushtrain.config import Config
from pushtrain.errors import LocalError
from pushtrain.layout import split_uri
from pushtrain.model_repo.contents import ModelRepo
from pushtrain.pushes.stand_ins import list_stand_ins
from pushtrain.pushes.upload import upload_file


def upload_stand_ins(repo: ModelRepo, config: Config, region: str) -> None:
    """Upload the `local` stand-in of each data entry to the entry's `s3` address in embedded S3.

    Raises LocalError for an entry without a stand-in whose objects are not in embedded S3, PushError if a large file
    changed since it was hashed.
    """
    s3 = aws.client("s3", region)
    for name, source in config.data.items():
        if not source.s3:
            continue
        bucket, prefix = split_uri(source.s3)
        bucket_exists = any(listed["Name"] == bucket for listed in s3.list_buckets()["Buckets"])
        if source.local:
            if not bucket_exists:
                s3.create_bucket(Bucket=bucket)
            for key, file in list_stand_ins(repo, source.local, prefix):
                upload_file(s3, repo, file, bucket, key)
        elif not (bucket_exists and s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1).get("Contents")):
            raise LocalError(
                f"data.{name}: {source.s3} is not on this computer. Give a stand-in for local runs:\n"
                f"  {name}: {{s3: {source.s3}, local: data/}}"
            )
