"""What the policy of the platform's key allows to AWS services. In: Names. Out: IAM statements.

A key from the settings needs the same statements; docs/operate.md shows them.
"""

from __future__ import annotations

from aws_cdk import aws_iam as iam

from infra.names import Names

CLOUDTRAIL, BUDGETS = "cloudtrail.amazonaws.com", "budgets.amazonaws.com"


def build_key_statements(names: Names) -> list[iam.PolicyStatement]:
    """Return what the key's policy must allow to CloudWatch Logs, to S3, and to alarms that publish to the topic.

    With `data_events` also to CloudTrail, with `monthly_budget` to AWS Budgets.

    EventBridge is not here: its rules publish with a role, which may use the key. Source of the condition: SNS
    developer guide, "Enable compatibility between event sources from AWS services and encrypted topics".
    """
    settings = names.settings
    audit = [_build_audit_statement(names)] if settings.data_events else []
    budget = [_build_budget_statement(names)] if settings.monthly_budget else []
    logs = iam.ServicePrincipal(f"logs.{names.settings.region}.amazonaws.com")
    own_log_groups = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": names.arn("logs", "log-group:*")}}
    return [
        iam.PolicyStatement(
            sid="LogGroups",
            principals=[logs],
            actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
            resources=["*"],
            conditions=own_log_groups,
        ),
        iam.PolicyStatement(
            sid="Pushes",  # no condition: what AWS documents for S3 and an encrypted queue has none
            principals=[iam.ServicePrincipal("s3.amazonaws.com")],
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=["*"],
        ),
        iam.PolicyStatement(
            sid="News",
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=["*"],
            conditions={"StringEquals": {"aws:SourceAccount": names.settings.account}},
        ),
        *audit,
        *budget,
    ]


def _build_audit_statement(names: Names) -> iam.PolicyStatement:
    """Return what CloudTrail needs, for this trail only. With an S3 Bucket Key it also decrypts."""
    return iam.PolicyStatement(
        sid="DataEvents",
        principals=[iam.ServicePrincipal(CLOUDTRAIL)],
        actions=["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"],
        resources=["*"],
        conditions={"StringEquals": {"aws:SourceArn": names.trail_arn}},
    )


def _build_budget_statement(names: Names) -> iam.PolicyStatement:
    """Return what AWS Budgets needs to publish to the encrypted topic."""
    return iam.PolicyStatement(
        sid="Budgets",
        principals=[iam.ServicePrincipal(BUDGETS)],
        actions=["kms:Decrypt", "kms:GenerateDataKey*"],
        resources=["*"],
        conditions=build_budget_conditions(names),
    )


def build_budget_conditions(names: Names) -> dict[str, dict[str, str]]:
    """Return the conditions on requests of AWS Budgets: they are for budgets of this account."""
    account = names.settings.account
    return {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": f"arn:{names.partition}:budgets::{account}:*"},
    }
