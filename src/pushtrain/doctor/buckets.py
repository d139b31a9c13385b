"""The platform's buckets: there, versioned, and the code bucket wakes the handler of pushes. Reads S3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain import aws
from pushtrain.doctor.finding import Finding, fine, wrong
from pushtrain.doctor.remedies import deploy
from pushtrain.failures import PUSH
from pushtrain.model_repo.manifest import CONFIG
from pushtrain.platform import Platform
from pushtrain.pushes.event import MODEL_REPOS_PREFIX

GONE = frozenset({"NoSuchBucket", "404"})


def plain_bucket(check: str, bucket: str, platform: Platform) -> Iterator[Finding]:
    """A bucket that keeps versions. GetBucketVersioning tells of none for a bucket that never had any."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    s3 = aws.client("s3", platform.region)
    try:
        versioning = s3.get_bucket_versioning(Bucket=bucket, ExpectedBucketOwner=platform.account).get("Status", "off")
    except ClientError as error:
        if error.response["Error"]["Code"] not in GONE:
            raise
        yield wrong(check, f"there is no bucket {bucket}", deploy(platform))
        return
    if versioning == "Enabled":
        yield fine(check, bucket)
    else:
        said = f"{bucket} keeps no versions (versioning: {versioning})"
        yield wrong(check, f"{said}: a push could not be told from the next", deploy(platform))


def code_bucket(platform: Platform) -> Iterator[Finding]:
    """The bucket of pushes, whose notification must wake the live alias for each config.yaml, and no other key."""
    found = list(plain_bucket("code bucket", platform.code_bucket, platform))
    yield from found
    if any(each.state != "fine" for each in found):
        return
    s3 = aws.client("s3", platform.region)
    told = s3.get_bucket_notification_configuration(
        Bucket=platform.code_bucket, ExpectedBucketOwner=platform.account
    ).get("LambdaFunctionConfigurations", ())
    alias = platform.function_arn(PUSH)
    if any(_wakes(each, alias) for each in told):
        yield fine("notification", f"config.yaml of a push wakes {platform.function_name(PUSH)}")
    else:
        yield wrong("notification", _instead(told, alias, platform), deploy(platform))


def _instead(told: list[Mapping[str, Any]], alias: str, platform: Platform) -> str:
    if any(each["LambdaFunctionArn"] == alias for each in told):
        return f"{platform.code_bucket} wakes {platform.function_name(PUSH)} for other keys or events than a push's"
    others = ", ".join(each["LambdaFunctionArn"] for each in told)
    return f"nothing in {platform.code_bucket} wakes {alias}" + (f"; it wakes {others}" if others else "")


def _wakes(notification: Mapping[str, Any], alias: str) -> bool:
    """S3 answers names of rules as `Prefix` and `Suffix`, however they were written."""
    rules = notification.get("Filter", {}).get("Key", {}).get("FilterRules", ())
    keys = {(rule["Name"].lower(), rule["Value"]) for rule in rules}
    return (
        notification["LambdaFunctionArn"] == alias
        and any(event.startswith("s3:ObjectCreated:") for event in notification["Events"])
        and keys == {("prefix", f"{MODEL_REPOS_PREFIX}/"), ("suffix", f"/{CONFIG}")}
    )
