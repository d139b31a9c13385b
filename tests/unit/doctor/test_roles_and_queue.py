"""Roles that are missing or that their service may not assume; a failure queue that is missing or not empty."""

from __future__ import annotations

from pushtrain.doctor.finding import Finding
from pushtrain.doctor.roles_and_queue import check_failure_queue, check_role
from pushtrain.platform import Platform
from tests.unit.doctor.aws_answers import DEPLOY, DEV, QUEUE, Installation, role_of

DEPLOYED = Platform.from_json(DEV.to_json())


def test_a_role_that_does_not_exist(installation: Installation) -> None:
    installation.answers["GetRole of pushtrain-jobs"] = "NoSuchEntity"
    assert list(check_role("role of jobs", DEV.job_role, "sagemaker", DEV)) == [
        Finding.wrong("role of jobs", "there is no role pushtrain-jobs", DEPLOY)
    ]


def test_a_role_that_its_service_may_not_assume(installation: Installation) -> None:
    installation.answers["GetRole of pushtrain-states"] = role_of("ec2")
    assert list(check_role("role of runs", DEV.states_role, "states", DEV)) == [
        Finding.wrong("role of runs", "states.amazonaws.com may not assume the role pushtrain-states", DEPLOY)
    ]


def test_a_queue_that_does_not_exist(installation: Installation) -> None:
    installation.answers["GetQueueUrl of pushtrain-failures"] = "QueueDoesNotExist"
    assert list(check_failure_queue(DEV)) == [
        Finding.wrong("failure queue", "there is no queue pushtrain-failures", DEPLOY)
    ]


def test_events_that_wait_must_be_replayed(installation: Installation) -> None:
    installation.answers[f"GetQueueAttributes of {QUEUE}"] = {"Attributes": {"ApproximateNumberOfMessages": "3"}}
    message = "about 3 events that no handler could process wait in pushtrain-failures"
    fix = "pushtrain push-failures list --environment dev shows the reasons; then replay them"
    assert list(check_failure_queue(DEPLOYED)) == [Finding.wrong("failure queue", message, fix)]
