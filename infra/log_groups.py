"""Log groups: encrypted, with the retention of the settings. Those of the platform are deleted with the stack."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.names import Names
from infra.removal import DELETED


def create_log_group(
    scope: Construct, construct_id: str, name: str, names: Names, key: kms.IKey, removal: RemovalPolicy = DELETED
) -> logs.LogGroup:
    """Create the log group `name`. `workflows` archives the logs that must outlive the stack."""
    log_group = logs.LogGroup(scope, construct_id, log_group_name=name, encryption_key=key, removal_policy=removal)
    cfn_log_group = log_group.node.default_child
    assert isinstance(cfn_log_group, logs.CfnLogGroup)  # noqa: S101 - the CloudFormation resource of an L2 log group
    # The L2 construct takes an enum; the settings have a number of days.
    cfn_log_group.retention_in_days = names.settings.log_retention_days
    return log_group
