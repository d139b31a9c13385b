"""Buckets: missing, without versions, and notifications that do not fit a push."""

from __future__ import annotations

import pytest

from pushtrain.doctor.buckets import check_code_bucket, check_versioned_bucket
from pushtrain.doctor.finding import Finding
from tests.unit.doctor.aws_answers import DEPLOY, DEV, Answer, Installation, notification

WRONG_FILTER = "pushtrain-code notifies pushtrain-pushes, but of the wrong keys or events"


def test_a_bucket_that_does_not_exist(installation: Installation) -> None:
    installation.answers["GetBucketVersioning of pushtrain-serving"] = "NoSuchBucket"
    assert list(check_versioned_bucket("serving bucket", "pushtrain-serving", DEV)) == [
        Finding.wrong("serving bucket", "there is no bucket pushtrain-serving", DEPLOY)
    ]


def test_without_versions_the_notification_is_not_checked(installation: Installation) -> None:
    installation.answers["GetBucketVersioning"] = {}
    message = "pushtrain-code does not keep versions (versioning: off): a push would overwrite the one before"
    assert list(check_code_bucket(DEV)) == [Finding.wrong("code bucket", message, DEPLOY)]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({}, f"pushtrain-code does not notify {DEV.push_queue_arn}"),
        (
            notification(QueueArn="arn:theirs"),
            f"pushtrain-code does not notify {DEV.push_queue_arn}; it notifies arn:theirs",
        ),
        (notification(Filter={}), WRONG_FILTER),
        (notification(Events=["s3:ObjectRemoved:*"]), WRONG_FILTER),
    ],
    ids=["none", "another queue", "every key", "deletions"],
)
def test_a_notification_that_does_not_fit_a_push(installation: Installation, answer: Answer, message: str) -> None:
    installation.answers["GetBucketNotificationConfiguration"] = answer
    assert list(check_code_bucket(DEV)) == [
        Finding.fine("code bucket", "pushtrain-code"),
        Finding.wrong("notification", message, DEPLOY),
    ]
