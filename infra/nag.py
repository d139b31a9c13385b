"""Accepted findings of cdk-nag. In: a construct, the finding's id, the reason. It hides nothing without a reason."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import IConstruct


def accept(construct: IConstruct, finding: str, reason: str) -> None:
    """Acknowledge one finding, such as `AwsSolutions-IAM5[Resource::*]`, on one construct."""
    cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=finding, reason=reason))
