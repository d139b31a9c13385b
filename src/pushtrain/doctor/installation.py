"""An installation on AWS, looked at piece by piece. Reads AWS, changes nothing.

In: a platform. Out: Findings. What AWS refuses to show is a Finding too, so that silence never looks like health.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pushtrain import aws
from pushtrain.doctor.buckets import code_bucket, plain_bucket
from pushtrain.doctor.finding import Finding, fine, wrong
from pushtrain.doctor.gpus import gpus
from pushtrain.doctor.handlers import handler
from pushtrain.doctor.roles_and_queue import queue, role
from pushtrain.failures import HANDLER_KINDS
from pushtrain.platform import Platform

Check = Callable[[], Iterable[Finding]]
DENIED = ("AccessDenied", "Forbidden", "NotAuthorized", "UnauthorizedOperation", "403")


def examine(platform: Platform, version: str) -> Iterator[Finding]:
    """Everything of the platform; `version` is that of pushtrain here. `who` has looked at the credentials."""
    checks: dict[str, Check] = {
        "code bucket": lambda: code_bucket(platform),
        "artifact bucket": lambda: plain_bucket("artifact bucket", platform.artifact_bucket, platform),
        "serving bucket": lambda: plain_bucket("serving bucket", platform.serving_bucket, platform),
        **{f"handler {kind}": lambda kind=kind: handler(kind, platform, version) for kind in HANDLER_KINDS},  # type: ignore[misc]
        "role of runs": lambda: role("role of runs", platform.states_role, "states", platform),
        "role of jobs": lambda: role("role of jobs", platform.job_role, "sagemaker", platform),
        "failure queue": lambda: queue(platform),
        "GPU quotas": lambda: gpus(platform),
    }
    for check, examined in checks.items():
        yield from look(check, examined, f"attach the policy {platform.prefix}-operator to the role you work with")


def who(platform: Platform | None) -> list[Finding]:
    """Whose credentials these are, and whether they are of the platform's account."""

    def caller() -> Iterator[Finding]:
        found = aws.client("sts", platform.region if platform else None).get_caller_identity()
        if platform and found["Account"] != platform.account:
            said = f"{found['Arn']} is of account {found['Account']}, the platform lies in {platform.account}"
            yield wrong("credentials", said, "choose the platform's account, such as with AWS_PROFILE")
        else:
            yield fine("credentials", found["Arn"])

    return look("credentials", caller, "sign in, such as with `aws sso login`, or set AWS_PROFILE and AWS_REGION")


def look(check: str, examined: Check, denied: str) -> list[Finding]:
    """What a check finds. One that AWS refuses or that cannot reach it is wrong; `denied` mends a refusal."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        return list(examined())
    except ClientError as error:
        told = " ".join(str(error).split())
        refused = any(word in error.response["Error"]["Code"] for word in DENIED)
        remedy = denied if refused or check == "credentials" else "see what AWS says, and try again"
        return [wrong(check, f"could not be looked at: {told}", remedy)]
    except BotoCoreError as error:
        remedy = "see that this machine reaches AWS in the platform's region"
        told = f"could not be looked at: {' '.join(str(error).split())}"
        return [wrong(check, told, denied if check == "credentials" else remedy)]
