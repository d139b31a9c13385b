"""The permissions boundary: the platform can be deployed and can work with it, and nothing beside the platform can."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.boundary import build_boundary
from infra.names import Names
from infra.settings import parse_settings
from tests.infra.evaluator import Need, allowed, listed, matches
from tests.infra.template_view import View

BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"  # that of SETTINGS
ROLE = "arn:aws:iam::123456789012:role/"
WITH_BOUNDARY = {"iam:PermissionsBoundary": BOUNDARY}
SERVICES = {"KinesisFirehose": "firehose", "StepFunctions": "states"}


@pytest.fixture(scope="module")
def boundary(names: Names) -> list[dict[str, Any]]:
    """The statements of the boundary, as IAM reads them."""
    statements: list[dict[str, Any]] = json.loads(json.dumps(build_boundary(names)))["Statement"]
    return statements


def test_every_action_of_the_platforms_roles_lies_inside_the_boundary(
    view: View, boundary: list[dict[str, Any]]
) -> None:
    for role in view.of("IAM::Role"):
        for statement in view.role_statements(role):
            for action in listed(statement["Action"]):
                resource = listed(statement["Resource"])[0]
                assert allowed(boundary, Need(action, resource)), (role.get("RoleName"), action)


def test_every_resource_of_the_stack_is_of_a_service_inside_the_boundary(
    view: View, boundary: list[dict[str, Any]]
) -> None:
    namespaces = {resource["Type"].split("::")[1] for resource in view.raw.values()} - {"IAM", "CDK"}
    assert len(namespaces) > 8
    for namespace in namespaces:
        service = SERVICES.get(namespace, namespace.lower())
        actions = [action for statement in boundary for action in statement["Action"] if statement["Effect"] == "Allow"]
        assert any(matches(f"{service}:*", action) for action in actions), service


def test_a_deployment_creates_the_platforms_roles_with_the_boundary_and_no_others(
    boundary: list[dict[str, Any]],
) -> None:
    for action in ("iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"):
        assert allowed(boundary, Need(action, f"{ROLE}pushtrain-jobs", WITH_BOUNDARY))
        assert not allowed(boundary, Need(action, f"{ROLE}pushtrain-jobs"))
        other = {"iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess"}
        assert not allowed(boundary, Need(action, f"{ROLE}pushtrain-jobs", other))
        assert not allowed(boundary, Need(action, f"{ROLE}payroll", WITH_BOUNDARY))


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:DeleteRolePermissionsBoundary", f"{ROLE}pushtrain-jobs"),
        ("iam:CreatePolicyVersion", BOUNDARY),
        ("iam:SetDefaultPolicyVersion", BOUNDARY),
        ("iam:DeletePolicy", BOUNDARY),
        ("iam:CreateUser", "arn:aws:iam::123456789012:user/pushtrain-me"),
        ("iam:CreateAccessKey", "arn:aws:iam::123456789012:user/admin"),
        ("iam:PassRole", f"{ROLE}admin"),
        ("iam:UpdateAssumeRolePolicy", f"{ROLE}cdk-hnb659fds-cfn-exec-role-123456789012-us-east-1"),
        ("sts:AssumeRole", f"{ROLE}admin"),
        ("cloudtrail:StopLogging", "arn:aws:cloudtrail:us-east-1:123456789012:trail/organization"),
        ("budgets:ModifyBudget", "arn:aws:budgets::123456789012:budget/company"),
        ("ec2:RunInstances", "arn:aws:ec2:us-east-1:123456789012:instance/*"),
        ("organizations:LeaveOrganization", "*"),
    ],
)
def test_a_deployment_cannot_widen_its_own_rights(action: str, resource: str, boundary: list[dict[str, Any]]) -> None:
    assert not allowed(boundary, Need(action, resource, WITH_BOUNDARY))


def test_own_boundary_policy_is_named_after_the_prefix_and_cannot_be_changed() -> None:
    settings = parse_settings(b'account: "123456789012"\nregion: us-east-1\nprefix: pushtrain\n', environment="test")
    statements = json.loads(json.dumps(build_boundary(Names(settings))))["Statement"]
    own = "arn:aws:iam::123456789012:policy/pushtrain-boundary"
    assert not allowed(statements, Need("iam:CreatePolicyVersion", own))
    assert allowed(statements, Need("iam:CreatePolicyVersion", own.replace("boundary", "approver")))


def test_the_command_prints_a_policy_that_iam_has_room_for(settings_file: Path, names: Names) -> None:
    command = [sys.executable, "-m", "infra.boundary", str(settings_file)]
    process = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(process.stdout) == json.loads(json.dumps(build_boundary(names)))
    assert len("".join(process.stdout.split())) <= 6144  # characters of a managed policy, without white space
    command[-1] = str(settings_file.with_name("none.yaml"))
    wrong = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "there is no such file" in wrong.stderr
