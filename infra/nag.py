"""Acknowledged rules of cdk-nag. In: a construct, the id of the rule, and the reason, which is required."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import IConstruct


def acknowledge_rule(construct: IConstruct, rule: str, reason: str) -> None:
    """Acknowledge one rule, such as `AwsSolutions-IAM5[Resource::*]`, for one construct."""
    acknowledge_rules(construct, {rule: reason})


def acknowledge_rules(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Acknowledge several rules for one construct: the reason of each, by its rule."""
    rules = [cdk.Acknowledgment(id=rule, reason=reason) for rule, reason in reasons.items()]
    cdk.Validations.of(construct).acknowledge(*rules)
