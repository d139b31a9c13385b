"""Log groups as this platform keeps them: encrypted, for the days the settings name, gone with the stack."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.names import Names


def log_group(scope: Construct, title: str, group: str, names: Names, key: kms.IKey) -> logs.LogGroup:
    """A log group of the name `group`. What must outlive the stack is archived by `workflows`."""
    made = logs.LogGroup(scope, title, log_group_name=group, encryption_key=key, removal_policy=RemovalPolicy.DESTROY)
    raw = made.node.default_child
    assert isinstance(raw, logs.CfnLogGroup)  # noqa: S101 - what an L2 log group is made of
    raw.retention_in_days = names.settings.log_retention_days  # the L2's own type has words for days
    return made
