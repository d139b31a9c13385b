"""Checks an installation on AWS, one resource after the other. It changes nothing.

In: a platform. Out: Findings. If AWS denies a request, that is a Finding too: a skipped check must not look healthy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from pushtrain import aws
from pushtrain.doctor.buckets import check_code_bucket, check_versioned_bucket
from pushtrain.doctor.endpoints import check_endpoints
from pushtrain.doctor.event_rules import check_event_rules
from pushtrain.doctor.finding import Finding
from pushtrain.doctor.gpu_quotas import check_gpu_quotas
from pushtrain.doctor.handlers import check_handler
from pushtrain.doctor.push_queue import check_push_queue
from pushtrain.doctor.roles_and_queue import check_failure_queue, check_role
from pushtrain.doctor.score_machines import check_score_machines
from pushtrain.failures import HANDLER_KINDS
from pushtrain.platform import DECIDE, REPLAY, Platform
from pushtrain.teams import ONLY_TEAM

HANDLERS = (*HANDLER_KINDS, DECIDE, REPLAY)
Check = Callable[[], Iterable[Finding]]
DENIED = ("AccessDenied", "Forbidden", "NotAuthorized", "UnauthorizedOperation", "403")


def check_installation(platform: Platform, version: str) -> Iterator[Finding]:
    """Check everything of the platform except credentials. `version` is that of pushtrain on this computer."""
    checks: dict[str, Check] = {
        "code bucket": lambda: check_code_bucket(platform),
        "artifact bucket": lambda: check_versioned_bucket("artifact bucket", platform.artifact_bucket, platform),
        "serving bucket": lambda: check_versioned_bucket("serving bucket", platform.serving_bucket, platform),
        **{f"handler {kind}": partial(check_handler, kind, platform, version) for kind in HANDLERS},
        "role of runs": lambda: check_role("role of runs", platform.states_role, "states", platform),
        **{name: partial(check_role, name, arn, "sagemaker", platform) for name, arn in _name_job_roles(platform)},
        "push queue": lambda: check_push_queue(platform),
        "failure queue": lambda: check_failure_queue(platform),
        "VPC endpoints": lambda: check_endpoints(platform),
        "event rules": lambda: check_event_rules(platform),
        "batches": lambda: check_score_machines(platform),
        "GPU quotas": lambda: check_gpu_quotas(platform),
    }
    for name, check in checks.items():
        yield from run_check(name, check, f"attach the policy {platform.prefix}-operator to the role you work with")


def _name_job_roles(platform: Platform) -> Iterator[tuple[str, str]]:
    """Yield (name of the check, ARN) for the role of each team's jobs."""
    for team, arn in zip(platform.teams or (ONLY_TEAM,), platform.job_roles, strict=True):
        yield f"role of {team.name} jobs" if team.name else "role of jobs", arn


def check_credentials(platform: Platform | None) -> list[Finding]:
    """Check that there are credentials and, if a platform is given, that they belong to its account."""

    def check_caller() -> Iterator[Finding]:
        caller = aws.client("sts", platform.region if platform else None).get_caller_identity()
        if platform and caller["Account"] != platform.account:
            message = (
                f"{caller['Arn']} belongs to account {caller['Account']}, the platform is in account {platform.account}"
            )
            yield Finding.wrong("credentials", message, "use the platform's account, for example with AWS_PROFILE")
        else:
            yield Finding.fine("credentials", caller["Arn"])

    fix = "sign in, for example with `aws sso login`, or set AWS_PROFILE and AWS_REGION"
    return run_check("credentials", check_caller, fix)


def run_check(name: str, check: Check, fix_if_denied: str) -> list[Finding]:
    """Return the findings of a check. If AWS denies it or cannot be reached, return one `wrong` finding."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        return list(check())
    except ClientError as error:
        is_denied = any(code in error.response["Error"]["Code"] for code in DENIED)
        fix = fix_if_denied if is_denied or name == "credentials" else "see what AWS says, and try again"
        reason = " ".join(str(error).split())
    except BotoCoreError as error:
        unreachable = "make sure that this computer reaches AWS in the platform's region"
        fix = fix_if_denied if name == "credentials" else unreachable
        reason = " ".join(str(error).split())
    return [Finding.wrong(name, f"could not be checked: {reason}", fix)]
