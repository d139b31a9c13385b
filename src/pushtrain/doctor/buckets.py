"""Checks the platform's buckets: they exist, keep versions, and the code bucket fills the push queue.

Source: Amazon S3 API reference: GetBucketVersioning (no Status if versioning was never set),
GetBucketNotificationConfiguration. Reads S3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain import aws
from pushtrain.doctor.finding import Finding
from pushtrain.doctor.remedies import suggest_deployment
from pushtrain.layout import PUSH_FILTER
from pushtrain.platform import Platform

NOT_FOUND = frozenset({"NoSuchBucket", "404"})


def check_versioned_bucket(check: str, bucket: str, platform: Platform) -> Iterator[Finding]:
    """Check that `bucket` exists and that its versioning is enabled."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    s3 = aws.client("s3", platform.region)
    try:
        versioning = s3.get_bucket_versioning(Bucket=bucket, ExpectedBucketOwner=platform.account).get("Status", "off")
    except ClientError as error:
        if error.response["Error"]["Code"] not in NOT_FOUND:
            raise
        yield Finding.wrong(check, f"there is no bucket {bucket}", suggest_deployment(platform))
        return
    if versioning == "Enabled":
        yield Finding.fine(check, bucket)
    else:
        message = f"{bucket} does not keep versions (versioning: {versioning}): a push would overwrite the one before"
        yield Finding.wrong(check, message, suggest_deployment(platform))


def check_code_bucket(platform: Platform) -> Iterator[Finding]:
    """Check the bucket of pushes: only the config.yaml of a push goes to the push queue."""
    findings = list(check_versioned_bucket("code bucket", platform.code_bucket, platform))
    yield from findings
    if any(finding.state != "fine" for finding in findings):
        return
    s3 = aws.client("s3", platform.region)
    notifications = s3.get_bucket_notification_configuration(
        Bucket=platform.code_bucket, ExpectedBucketOwner=platform.account
    ).get("QueueConfigurations", ())
    if any(_is_for_pushes(notification, platform) for notification in notifications):
        yield Finding.fine("notification", f"config.yaml of a push goes to {platform.push_queue}")
    else:
        message = _explain_difference(notifications, platform)
        yield Finding.wrong("notification", message, suggest_deployment(platform))


def _explain_difference(notifications: list[Mapping[str, Any]], platform: Platform) -> str:
    arns = [notification["QueueArn"] for notification in notifications]
    if platform.push_queue_arn in arns:
        return f"{platform.code_bucket} notifies {platform.push_queue}, but of the wrong keys or events"
    instead = f"; it notifies {', '.join(arns)}" if arns else ""
    return f"{platform.code_bucket} does not notify {platform.push_queue_arn}{instead}"


def _is_for_pushes(notification: Mapping[str, Any], platform: Platform) -> bool:
    """Compare one notification with that of a push. S3 returns rule names as `Prefix`, even if set as `prefix`."""
    rules = notification.get("Filter", {}).get("Key", {}).get("FilterRules", ())
    filters = {(rule["Name"].lower(), rule["Value"]) for rule in rules}
    return (
        notification["QueueArn"] == platform.push_queue_arn
        and any(event.startswith("s3:ObjectCreated:") for event in notification["Events"])
        and filters == set(PUSH_FILTER.items())
    )
