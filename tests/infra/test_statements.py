"""Every IAM statement of the stack as a page to read: `--update-golden` rewrites it, a reviewer reads the diff."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.infra.evaluator import listed
from tests.infra.template_view import View

NAMES = ("RoleName", "ManagedPolicyName", "Bucket")


def page(view: View) -> str:
    return "\n".join(line for line in lines(view)) + "\n"


def lines(view: View) -> Iterator[str]:
    for logical, resource in sorted(view.resources.items()):
        properties = resource["Properties"]
        called = next((str(properties[key]) for key in NAMES if isinstance(properties.get(key), str)), logical)
        for what, document in documents(properties):
            yield from ("", f"{resource['Type'].removeprefix('AWS::')} {called}{what}")
            for statement in document["Statement"]:
                yield from describe_statement(statement)


def documents(properties: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if trust := properties.get("AssumeRolePolicyDocument"):
        yield ": who may take it", trust
    yield from (("", policy["PolicyDocument"]) for policy in properties.get("Policies", ()))
    yield from (("", properties[key]) for key in ("PolicyDocument", "KeyPolicy") if key in properties)


def describe_statement(statement: dict[str, Any]) -> Iterator[str]:
    yield f"  {statement['Effect'].lower()} {statement.get('Sid', '')}".rstrip()
    yield f"    {' '.join(listed(statement['Action']))}"
    for resource in listed(statement.get("Resource", [])):
        yield f"      on {resource}"
    principal = statement.get("Principal", {})
    for kind, who in ({"": principal} if isinstance(principal, str) else principal).items():
        yield f"      to {kind} {', '.join(listed(who))}".replace("  ", " ")
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items():
            yield f"      if {key} {operator} {', '.join(listed(values))}"


def test_every_statement_is_the_one_that_was_reviewed(view: View, golden: Callable[[Path, str], None]) -> None:
    golden(Path(__file__).with_name("iam.txt"), page(view).lstrip("\n"))


def test_no_action_is_a_pattern(view: View) -> None:
    """But where a policy denies, and in the key's own policy, which gives the account its key."""
    roles = [policy["PolicyDocument"] for role in view.of("IAM::Role") for policy in role["Policies"]]
    documents = roles + [policy["PolicyDocument"] for policy in view.of("IAM::ManagedPolicy")]
    statements = [statement for document in documents for statement in document["Statement"]]
    assert len(statements) > 60
    assert [action for statement in statements for action in listed(statement["Action"]) if "*" in action] == []


def test_every_policy_is_written_here_and_bounded(view: View) -> None:
    """No managed policy of AWS's, no policy that a construct added on its own, and the boundary on every role."""
    assert view.of("IAM::Policy") == []
    for role in view.of("IAM::Role"):
        assert "ManagedPolicyArns" not in role
        assert role["PermissionsBoundary"] == "arn:aws:iam::123456789012:policy/boundary"


def test_a_service_takes_a_role_only_for_this_account(view: View) -> None:
    for kind, source in {"states": "stateMachine:pushtrain-*", "jobs": "*"}.items():
        [trust] = view.one("IAM::Role", RoleName=f"pushtrain-{kind}")["AssumeRolePolicyDocument"]["Statement"]
        service = "states" if kind == "states" else "sagemaker"
        assert trust["Condition"] == {
            "StringEquals": {"aws:SourceAccount": "123456789012"},
            "ArnLike": {"aws:SourceArn": f"arn:aws:{service}:us-east-1:123456789012:{source}"},
        }


def test_other_accounts_that_the_settings_name_may_take_the_readers_role_and_none_else(view: View) -> None:
    [trust] = view.one("IAM::Role", RoleName="pushtrain-readers")["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"AWS": "arn:aws:iam::999988887777:root"}
