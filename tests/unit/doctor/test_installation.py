"""Checks that AWS denies, throttles or does not answer; credentials of another account."""

from __future__ import annotations

import msgspec
import pytest
from botocore.exceptions import EndpointConnectionError

from pushtrain.doctor.finding import Finding
from pushtrain.doctor.installation import check_credentials, check_installation, run_check
from pushtrain.teams import Team
from tests.unit.doctor.aws_answers import CALLER, DEV, VERSION, Installation, role_of

SIGN_IN = "sign in, for example with `aws sso login`, or set AWS_PROFILE and AWS_REGION"


def test_everything_of_a_sound_installation_is_checked_and_fine(installation: Installation) -> None:
    findings = list(check_installation(DEV, VERSION))
    assert {finding.state for finding in findings} == {"fine"}
    assert [finding.check for finding in findings] == [
        "code bucket",
        "notification",
        "artifact bucket",
        "serving bucket",
        "handler push",
        "handler approval",
        "handler run-end",
        "handler decide",
        "handler replay",
        "role of runs",
        "role of jobs",
        "push queue",
        "failure queue",
        "event rules",
        "batches",
        "GPU quotas",
    ]


@pytest.mark.parametrize(
    ("operation", "code", "fix"),
    [
        ("GetRole", "AccessDenied", "attach the policy pushtrain-operator to the role you work with"),
        ("DescribeStateMachine", "ThrottlingException", "see what AWS says, and try again"),
    ],
)
def test_a_check_that_aws_refuses_is_wrong(installation: Installation, operation: str, code: str, fix: str) -> None:
    installation.answers |= {operation: code, f"{operation} of pushtrain-jobs": code}
    (finding,) = [finding for finding in check_installation(DEV, VERSION) if finding.state != "fine"]
    message = f"could not be checked: An error occurred ({code}) when calling the {operation} operation: no"
    assert (finding.state, finding.message, finding.fix) == ("wrong", message, fix)


def test_a_check_that_does_not_reach_aws_says_what_to_look_at() -> None:
    def connect() -> list[Finding]:
        raise EndpointConnectionError(endpoint_url="https://sqs")

    (finding,) = run_check("queue", connect, "ask for the right")
    assert (finding.state, finding.fix) == (
        "wrong",
        "make sure that this computer reaches AWS in the platform's region",
    )
    assert finding.message == 'could not be checked: Could not connect to the endpoint URL: "https://sqs"'


def test_credentials(installation: Installation) -> None:
    assert check_credentials(None) == check_credentials(DEV) == [Finding.fine("credentials", CALLER)]
    (finding,) = check_credentials(msgspec.structs.replace(DEV, account="999988887777"))
    assert finding.message == f"{CALLER} belongs to account {DEV.account}, the platform is in account 999988887777"
    assert finding.fix == "use the platform's account, for example with AWS_PROFILE"
    installation.answers["GetCallerIdentity"] = "ExpiredToken"
    (finding,) = check_credentials(DEV)
    assert (finding.state, finding.fix) == ("wrong", SIGN_IN)


def test_the_role_of_each_teams_jobs_is_checked(installation: Installation) -> None:
    teams = tuple(Team(name=name, models=(f"{name}-*",)) for name in ("risk", "shop"))
    installation.answers["GetRole of pushtrain-jobs-risk"] = role_of("sagemaker")
    installation.answers["GetRole of pushtrain-jobs-shop"] = role_of("lambda")
    platform = msgspec.structs.replace(DEV, teams=teams)
    findings = [finding for finding in check_installation(platform, VERSION) if "jobs" in finding.check]
    assert [(finding.check, finding.state) for finding in findings] == [
        ("role of risk jobs", "fine"),
        ("role of shop jobs", "wrong"),
    ]
