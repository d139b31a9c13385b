"""Grants as IAM policy documents, with cdk-nag's question about each pattern answered by the grant's own reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.grants import Grant
from infra.nag import accept


def document(grants: Iterable[Grant]) -> iam.PolicyDocument:
    """The policy document that says just these grants."""
    return iam.PolicyDocument(statements=[_statement(grant) for grant in grants])


def accept_patterns(construct: Construct, grants: Sequence[Grant]) -> None:
    """AwsSolutions-IAM5 asks for evidence where a resource is a pattern."""
    patterns = {resource: grant.why for grant in grants for resource in grant.resources if "*" in resource}
    for resource, why in patterns.items():
        accept(construct, f"AwsSolutions-IAM5[Resource::{resource}]", why)


def _statement(grant: Grant) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=grant.sid,
        effect=iam.Effect.ALLOW if grant.effect == "Allow" else iam.Effect.DENY,
        actions=list(grant.actions),
        resources=list(grant.resources),
        conditions=dict(grant.conditions),
    )
