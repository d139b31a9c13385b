"""Sizes of IAM policies, checked before anything is deployed. In: grants. Raises UsageError with what to shorten.

Source: IAM user guide, "IAM and AWS STS quotas": a managed policy has at most 6,144 characters, all inline policies of
a role together at most 10,240. White space does not count.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from infra.grants import Grant
from infra.names import Names
from infra.settings import Settings
from pushtrain.catalog.job_kinds import KINDS
from pushtrain.errors import UsageError

POLICY_LIMIT = 6144  # characters of a managed policy
ROLE_LIMIT = 10240  # characters of all inline policies of a role
KEY_ID = "0" * 36  # as long as the id of a KMS key
_TOKEN = re.compile(r"\$\{Token\[[^\]]*\]\}")  # takes the place of a key's ARN until CloudFormation creates the key
# The setting that makes statements long, by the name of the statement without its number.
_SETTINGS = {
    "data_locations": ("ReadData", "ListData", "DecryptData"),
    "secrets": ("ReadSecrets",),
    "network": ("JoinNetwork", *(f"{kind.aws_name}Jobs" for kind in KINDS)),
    "handler_network": ("HandlerNetwork", "NeverByCode"),
    "image_accounts": ("PullImages",),
    "teams": ("PassJobsRole", "ReadRuns", "ListRuns", "WriteRuns", "ReadPushedData", "ListPushedData"),
}
_SETTING_BY_STATEMENT = {name: setting for setting, statements in _SETTINGS.items() for name in statements}


def check_size(name: str, grants: Sequence[Grant], names: Names) -> None:
    """Raise UsageError if a managed policy with these grants would have more characters than IAM allows."""
    if (size := measure_policy(grants, names)) > POLICY_LIMIT:
        raise UsageError(
            f"the policy {name} would have {size} characters; IAM allows {POLICY_LIMIT}. Give the team fewer patterns "
            "of models in the settings, or shorter ones"
        )


def check_role_size(role: str, grants: Sequence[Grant], names: Names) -> None:
    """Raise UsageError if the inline policies of a role would have more characters than IAM allows."""
    if (size := measure_policy(grants, names)) <= ROLE_LIMIT:
        return
    sizes = _measure_settings(grants, names)
    shares = ", ".join(f"`{setting}` {count}" for setting, count in sizes.most_common())
    raise UsageError(
        f"the inline policies of the role {role} would have {size} characters; IAM allows {ROLE_LIMIT}. Settings that "
        f"take most of them: {shares}. Remove entries there, or merge several into one with a shorter prefix"
    )


def measure_policy(grants: Iterable[Grant], names: Names) -> int:
    """Return the number of characters of the policy document that the template will have for these grants."""
    statements = [build_statement(grant) for grant in grants]
    return _measure({"Statement": statements, "Version": "2012-10-17"}, names)


def _measure_settings(grants: Iterable[Grant], names: Names) -> Counter[str]:
    """Return the characters of the statements that grow with a setting of the file, by the name of the setting."""
    sizes: Counter[str] = Counter()
    for grant in grants:
        setting = _SETTING_BY_STATEMENT.get(grant.sid.rstrip("0123456789"), "")
        if setting and getattr(names.settings, setting) != Settings.model_fields[setting].default:
            sizes[setting] += _measure(build_statement(grant), names)
    return sizes


def _measure(document: dict[str, Any], names: Names) -> int:
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return len("".join(_TOKEN.sub(names.arn("kms", f"key/{KEY_ID}"), text).split()))


def build_statement(grant: Grant) -> dict[str, Any]:
    """Return a statement as the CDK writes it: a list with one value becomes that value."""
    action, resource = (values[0] if len(values) == 1 else values for values in (grant.actions, grant.resources))
    statement = {"Action": action, "Effect": grant.effect, "Resource": resource, "Sid": grant.sid}
    return {**statement, "Condition": grant.conditions} if grant.conditions else statement
