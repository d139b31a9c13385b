"""Write docs/permissions.md: every IAM statement of the platform, and why it is there, out of the grants themselves.

The example's settings use every option, so that no statement is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from infra import people, roles, workflows
from infra.grants import Grant
from infra.names import (
    ACCESS_LOGS,
    APPROVAL,
    APPROVER,
    ARCHIVE,
    ARTIFACTS,
    CODE,
    JENKINS,
    JOBS,
    OPERATOR,
    PUSH,
    READERS,
    RUN_END,
    SCIENTIST,
    SERVING,
    STATES,
    Names,
)
from infra.settings import DataLocation, JobNetwork, Settings

TARGET = Path(__file__).parents[1] / "docs" / "permissions.md"
KEY = "the platform's key"
NAMES = Names(
    Settings(
        environment="dev",
        account="111122223333",
        region="eu-west-1",
        prefix="pushtrain",
        data_locations=(DataLocation(s3="s3://lake/churn/", kms_key="arn:aws:kms:eu-west-1:111122223333:key/lake"),),
        secrets=("arn:aws:secretsmanager:eu-west-1:111122223333:secret:churn/token-AbCdEf",),
        registry_readers=("444455556666",),
        data_scientists_push=True,
        network=JobNetwork(subnets=("subnet-0a1b2c3d4e5f60718",), security_groups=("sg-0c3d4e5f60718293a",)),
    )
)
HEAD = """# Every permission, and why

Written by `scripts/generate_permissions.py` from `infra/`, for the prefix `pushtrain` and settings that use every
option; a test keeps it so. ARNs are shortened to the resource where it lies in the platform's own account and region,
buckets to their kind.
"""
SOURCES = {
    f"Role `{PUSH}`: the handler of pushes": roles.push_grants(NAMES, KEY),
    f"Role `{STATES}`: a run": roles.states_grants(NAMES, KEY),
    f"Role `{JOBS}`: a job, so the data scientist's code": roles.jobs_grants(NAMES, KEY),
    f"Role `{APPROVAL}`: the handler of approvals": roles.approval_grants(NAMES, KEY),
    f"Role `{RUN_END}`: the handler of runs' ends": roles.run_end_grants(NAMES, KEY),
    f"Role `{READERS}`: the accounts of `registry_readers`": roles.readers_grants(NAMES, KEY),
    f"Policy `{SCIENTIST}`: people who train": people.scientist_grants(NAMES, KEY),
    f"Policy `{APPROVER}`: people who approve": people.approver_grants(NAMES, KEY),
    f"Policy `{OPERATOR}`: people who keep the platform": people.operator_grants(NAMES, KEY),
    f"Policy `{JENKINS}`": people.jenkins_grants(NAMES, KEY),
    "Firehose, for each kind of log": workflows.archive_grants(NAMES, KEY, "runs"),
    "CloudWatch Logs, for each kind of log": workflows.feed_grants(NAMES, "runs"),
}


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([HEAD, *(_section(title, grants) for title, grants in SOURCES.items())])


def _section(title: str, grants: Sequence[Grant]) -> str:
    rows = [
        f"| {'; '.join((grant.sid, *_deny(grant)))} | {_actions(grant)} | {_where(grant)} | {grant.why} |"
        for grant in grants
    ]
    return "\n".join([f"## {title}", "", "| statement | actions | on | why |", "|---|---|---|---|", *rows, ""])


def _deny(grant: Grant) -> tuple[str, ...]:
    return () if grant.effect == "Allow" else ("**denied**",)


def _actions(grant: Grant) -> str:
    service = grant.actions[0].partition(":")[0]
    return f"`{service}:` " + ", ".join(action.partition(":")[2] for action in grant.actions)


def _where(grant: Grant) -> str:
    resources = "<br>".join(f"`{_short(each)}`" for each in grant.resources)
    return resources + "".join(f"<br>only where {_condition(values)}" for values in grant.conditions.values())


def _condition(values: Mapping[str, object]) -> str:
    said = {key: ", ".join(map(str, found)) if isinstance(found, list) else found for key, found in values.items()}
    return " and ".join(f"`{key}` is `{found}`" for key, found in said.items())


def _short(arn: str) -> str:
    for kind in (CODE, ARTIFACTS, SERVING, ARCHIVE, ACCESS_LOGS):
        arn = arn.replace(f"arn:aws:s3:::{NAMES.bucket(kind)}", f"{kind} bucket")
    parts = arn.split(":", 5)
    own = len(parts) == 6 and parts[4] == NAMES.settings.account  # noqa: PLR2004 - parts of an ARN
    return parts[5] if own else arn


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
    print(f"wrote docs/{TARGET.name}")
