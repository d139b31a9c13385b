"""The permissions boundary: what a deployment may create, and what the roles that it creates may do at most.

`cdk bootstrap` gives CloudFormation the rights of an administrator. With this policy as the boundary of that role
(`--custom-permissions-boundary`) and of every role of the stack (`permission_boundary`), whoever changes the stack
controls this platform, and nothing beside it. `python -m infra.boundary SETTINGS` prints the policy as JSON.

Source: Service Authorization Reference of IAM: these actions on roles have the condition key `iam:PermissionsBoundary`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from infra import grants as g
from infra.grants import Grant
from infra.names import Names
from infra.settings import load_settings
from pushtrain.errors import PushtrainError

SERVICES = (
    *("cloudformation", "cloudwatch", "ecr", "events", "firehose", "kms", "lambda", "logs", "s3", "sagemaker"),
    *("servicequotas", "sns", "sqs", "ssm", "states", "xray"),
)
ACTIONS = (  # of other services, only what the platform's roles do
    *(
        "ec2:*NetworkInterface*",
        "ec2:*PrivateIpAddresses",
        "ec2:Describe*",
        "pricing:GetProducts",
        "secretsmanager:GetSecretValue",
    ),
)
READ_ROLES = "GetRole GetRolePolicy ListAttachedRolePolicies ListRolePolicies ListRoleTags"
READ_POLICIES = "GetPolicy GetPolicyVersion ListPolicyVersions"
BUDGETS = "ListTagsForResource ModifyBudget TagResource UntagResource ViewBudget"
TRAILS = (
    "AddTags CreateTrail DeleteTrail GetEventSelectors GetInsightSelectors GetTrail GetTrailStatus ListTags "
    "PutEventSelectors RemoveTags StartLogging StopLogging UpdateTrail"
)
CREATE_ROLES = "AttachRolePolicy CreateRole DeleteRolePolicy DetachRolePolicy PutRolePermissionsBoundary PutRolePolicy"
KEEP_ROLES = "DeleteRole PassRole TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription"
WRITE_POLICIES = "CreatePolicyVersion DeletePolicy DeletePolicyVersion SetDefaultPolicyVersion"


def boundary_grants(names: Names) -> list[Grant]:
    """Everything in the platform's services; roles and policies of the platform only, each role with this boundary."""
    roles, policies = (
        names.iam_arn(f"role/{names.settings.prefix}-*"),
        names.iam_arn(f"policy/{names.settings.prefix}-*"),
    )
    budgets = f"arn:{names.partition}:budgets::{names.settings.account}:budget/{names.settings.prefix}-*"
    trails = names.arn("cloudtrail", f"trail/{names.settings.prefix}-*")
    bounded = {"StringEquals": {"iam:PermissionsBoundary": names.boundary_arn}}
    escape = g.allow("NeverChangeBoundary", f"iam:{WRITE_POLICIES}", names.boundary_arn, "The boundary stays.")
    remove = g.allow("NeverRemoveBoundary", "iam:DeleteRolePermissionsBoundary", "*", "A role keeps its boundary.")
    return [
        Grant(
            sid="Services",
            reason="The platform consists of resources of these services.",
            actions=(*(f"{service}:*" for service in SERVICES), *ACTIONS),
            resources=("*",),
        ),
        g.allow("SeeRoles", f"iam:{READ_ROLES}", roles, g.OWN_PREFIX),
        g.allow("CreateRoles", f"iam:{CREATE_ROLES}", roles, "A role of the platform has this boundary.", bounded),
        g.allow("KeepRoles", f"iam:{KEEP_ROLES}", roles, g.OWN_PREFIX),
        g.allow(
            "Policies",
            f"iam:CreatePolicy {READ_POLICIES} {WRITE_POLICIES} TagPolicy UntagPolicy",
            policies,
            g.OWN_PREFIX,
        ),
        g.allow("Budgets", f"budgets:{BUDGETS}", budgets, "`monthly_budget`: only budgets of the platform."),
        g.allow(
            "Trails", f"cloudtrail:{TRAILS}", trails, "`data_events`: no other trail of the account can be stopped."
        ),
        replace(escape, effect="Deny"),
        replace(remove, effect="Deny"),
    ]


def build_boundary(names: Names) -> dict[str, Any]:
    """Return the policy as a JSON document. IAM allows 6,144 characters."""
    return {"Version": "2012-10-17", "Statement": [_build_statement(grant) for grant in boundary_grants(names)]}


def _build_statement(grant: Grant) -> dict[str, Any]:
    statement = {"Sid": grant.sid, "Effect": grant.effect, "Action": grant.actions, "Resource": grant.resources}
    return {**statement, "Condition": grant.conditions} if grant.conditions else statement


def main() -> None:
    """Print the boundary for a settings file. Exit with a message if the settings are wrong."""
    try:
        policy = build_boundary(Names(load_settings(Path(sys.argv[1]))))
        sys.stdout.write(json.dumps(policy, indent=2) + "\n")
    except PushtrainError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
