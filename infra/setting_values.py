"""Texts and numbers of a settings file. Each function takes a value and returns it, or raises ValueError. Pure.

`check_team_name` checks a key and yields messages instead, as `mappings.limit_entries` needs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import AfterValidator

from pushtrain.config.issue import quote
from pushtrain.config.values.money import Money
from pushtrain.platform import PREFIX_PATTERN
from pushtrain.teams import MODEL_PATTERN, TEAM_NAME

# CloudWatch Logs API reference, PutRetentionPolicy.retentionInDays: the only allowed numbers of days.
RETENTION_DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
JOB_LOGS = ("create", "existing", "none")


def check_account(text: str) -> str:
    """An AWS account: `111122223333`."""
    if not re.fullmatch(r"\d{12}", text):
        raise ValueError(f"{quote(text)} is not an AWS account id: 12 digits, in quotes")
    return text


def check_region(text: str) -> str:
    """An AWS region: `eu-west-1`."""
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", text):
        raise ValueError(f"{quote(text)} is not an AWS region such as eu-west-1")
    return text


def check_prefix(text: str) -> str:
    """The start of names: `mldev`."""
    if not PREFIX_PATTERN.fullmatch(text):
        raise ValueError(f"{quote(text)} is not a prefix: 1 to 16 lower-case letters and digits")
    return text


def check_qualifier(text: str) -> str:
    """The qualifier of `cdk bootstrap`: `hnb659fds`."""
    if not re.fullmatch(r"[a-z0-9]{1,10}", text):
        raise ValueError(f"{quote(text)} is not a qualifier: 1 to 10 lower-case letters and digits")
    return text


def check_overlay(text: str) -> str:
    """An overlay of config.yaml: `prod`."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}", text):
        raise ValueError(f"{quote(text)} is not the name of an overlay, such as prod")
    return text


def check_team_name(text: str, _: object) -> Iterator[str]:
    """A key of `teams`: `risk`. Yield what is wrong."""
    if not TEAM_NAME.fullmatch(text):
        yield f"{quote(text)} is not a team's name: a lower-case letter, then at most 7 lower-case letters and digits"


def check_model_pattern(text: str) -> str:
    """A pattern of models: `churn`, `churn-*`."""
    if not MODEL_PATTERN.fullmatch(text):
        raise ValueError(
            f"{quote(text)} matches no models. Write a model's name, or its beginning and *, as in churn-*"
        )
    return text


def build_arn_check(kind: str, service: str, resource: str) -> AfterValidator:
    """Return a check of ARNs. `kind` names the resource in messages: `a KMS key`."""

    def check(text: str) -> str:
        if not re.fullmatch(rf"arn:aws[a-z-]*:{service}:[a-z0-9-]*:\d{{12}}:{resource}/[\w+=,.@/-]+", text):
            raise ValueError(f"{quote(text)} is not the ARN of {kind}")
        return text

    return AfterValidator(check)


def check_secret(text: str) -> str:
    """The ARN of a secret in Secrets Manager."""
    if not re.fullmatch(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+", text):
        raise ValueError(f"{quote(text)} is not the ARN of a secret. `aws secretsmanager describe-secret` shows it")
    return text


def check_instance_pattern(text: str) -> str:
    """A type of instances, or a family and `*`: `ml.m5.xlarge`, `ml.g5.*`."""
    if not re.fullmatch(r"ml\.[a-z0-9-]+\.([a-z0-9-]+|\*)", text):
        raise ValueError(f"{quote(text)} is no instance type. Write ml.m5.xlarge, or ml.m5.* for its family")
    return text


def check_retention(days: int) -> int:
    """A retention in days that CloudWatch Logs has: `90`."""
    if days not in RETENTION_DAYS:
        nearest = min(RETENTION_DAYS, key=lambda allowed: abs(allowed - days))
        allowed_days = ", ".join(map(str, RETENTION_DAYS))
        raise ValueError(f"CloudWatch keeps logs for {allowed_days} days, not {days}. Try {nearest}")
    return days


def check_job_logs(text: str) -> str:
    """What the platform does with SageMaker's log groups: `create`."""
    if text not in JOB_LOGS:
        raise ValueError(f"expected one of {', '.join(JOB_LOGS)}, found {quote(text)}")
    return text


def check_usd(money: Money) -> Money:
    """An amount in US dollars, in which AWS counts budgets."""
    if money.currency != "USD":
        raise ValueError(f"AWS counts budgets in US dollars, not in {money.currency}. Write 500 USD")
    return money


def check_email(text: str) -> str:
    """An e-mail address."""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        raise ValueError(f"{quote(text)} is not an e-mail address")
    return text
