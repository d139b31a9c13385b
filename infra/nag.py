"""Acknowledged rules of cdk-nag. In: a construct, the id of the rule, and the reason, which is required."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import IConstruct


def acknowledge_rule(construct: IConstruct, rule: str, reason: str) -> None:
    """Acknowledge one rule, such as `AwsSolutions-IAM5[Resource::*]`, for one construct."""
    cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=rule, reason=reason))
