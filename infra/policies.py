"""Grants -> IAM policy documents. The reason of a grant also answers cdk-nag when a resource is a pattern."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.grants import Grant
from infra.nag import acknowledge_rules
from infra.names import Names
from infra.policy_sizes import build_statement, check_role_size


def build_document(grants: Iterable[Grant]) -> iam.PolicyDocument:
    """Return a policy document with one statement for each grant. It takes one call of the CDK's process."""
    statements = [build_statement(grant) for grant in grants]
    return iam.PolicyDocument.from_json(json.loads(json.dumps({"Statement": statements})))  # without tuples


def acknowledge_patterns(construct: Construct, grants: Sequence[Grant]) -> None:
    """Acknowledge AwsSolutions-IAM5 for every resource with `*`, with the reason of its grant."""
    reasons = {resource: grant.reason for grant in grants for resource in grant.resources if "*" in resource}
    acknowledge_rules(construct, {f"AwsSolutions-IAM5[Resource::{name}]": reason for name, reason in reasons.items()})


def create_service_role(
    scope: Construct, construct_id: str, service: str, names: Names, grants: Sequence[Grant]
) -> iam.IRole:
    """Create a role for a service, such as `firehose`, that it uses for requests of this account only."""
    check_role_size(construct_id, grants, names)
    source = {"StringEquals": {"aws:SourceAccount": names.settings.account}}
    principal = iam.ServicePrincipal(f"{service}.amazonaws.com", conditions=source)
    role = iam.Role(scope, construct_id, assumed_by=principal, inline_policies={"own": build_document(grants)})
    acknowledge_patterns(role, grants)
    return role.without_policy_updates()
