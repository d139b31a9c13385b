"""Write docs/permissions.md: every IAM statement of the platform with its reason, from the grants in infra/.

The settings of the example use every option, so that no statement is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from infra import handler_grants, people, registry, roles, run_grants, score_grants, workflows
from infra.grants import Grant
from infra.names import (
    ACCESS_LOGS,
    APPROVAL,
    APPROVER,
    ARCHIVE,
    ARTIFACTS,
    CODE,
    DECIDE,
    DEPLOYER,
    JENKINS,
    JOBS,
    OPERATOR,
    PUSH,
    READERS,
    REPLAY,
    RUN_END,
    SCIENTIST,
    SCORE,
    SCORE_JOBS,
    SCORER,
    SERVING,
    STATES,
    Names,
)
from infra.setting_sections import DataLocation, HandlerNetwork, JobNetwork
from infra.settings import Settings
from infra.teams import build_only_team

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
        instance_types=("ml.m5.*", "ml.g5.xlarge"),
        registry_readers=("444455556666",),
        data_scientists_push=True,
        intermediate_days=60,
        network=JobNetwork(subnets=("subnet-0a1b2c3d4e5f60718",), security_groups=("sg-0c3d4e5f60718293a",)),
        handler_network=HandlerNetwork(
            subnets=("subnet-0b2c3d4e5f6071829",), security_groups=("sg-0d4e5f60718293a4b",)
        ),
    )
)
TEAM = build_only_team(NAMES)
HEAD = """# Every permission, and why

`scripts/generate_permissions.py` writes this page from `infra/`. A test fails if the page is out of date. The prefix is
`pushtrain`, and the settings use every option. The ARN of a resource in the platform's own account and region is
shortened to the resource. A bucket is shortened to its kind. With `teams`, the role of jobs, the two
roles of models that answer files, and the policies of data scientists, approvers, scorers and Jenkins exist once for
each team, with the names of its models in place of `*`
([who reaches what](reach.md)).
"""
SOURCES = {
    f"Role `{PUSH}`: the handler of pushes": handler_grants.push_grants(NAMES, KEY),
    f"Role `{STATES}`: a run": run_grants.states_grants(NAMES, KEY),
    f"Role `{JOBS}`: a job, which runs the data scientist's code": run_grants.jobs_grants(TEAM, KEY),
    f"Role `{DECIDE}`: the handler of decisions": handler_grants.decide_grants(NAMES, KEY),
    f"Role `{APPROVAL}`: the handler of approvals": handler_grants.approval_grants(NAMES, KEY),
    f"Role `{RUN_END}`: the handler of ended runs": handler_grants.run_end_grants(NAMES, KEY),
    f"Role `{REPLAY}`: the handler of replays": handler_grants.replay_grants(NAMES, KEY),
    f"Role `{SCORE}`: the state machine in which approved models answer files": score_grants.score_grants(TEAM, KEY),
    f"Role `{SCORE_JOBS}`: the container of such a model": score_grants.score_jobs_grants(TEAM, KEY),
    f"Role `{READERS}`: the accounts of `registry_readers`": roles.readers_grants(NAMES, KEY),
    f"Policy `{SCIENTIST}`: people who train": people.scientist_grants(TEAM, KEY),
    f"Policy `{APPROVER}`: people who approve": people.approver_grants(TEAM, KEY),
    f"Policy `{SCORER}`: people who let approved models answer files": people.scorer_grants(TEAM, KEY),
    f"Policy `{OPERATOR}`: people who operate the platform": people.operator_grants(NAMES, KEY),
    f"Policy `{JENKINS}`: Jenkins, where it pushes models": people.jenkins_grants(TEAM, KEY),
    f"Policy `{DEPLOYER}`: who deploys the platform": people.deployer_grants(NAMES),
    "EventBridge, to tell people how a run ended": registry.news_grants(NAMES, KEY),
    "Firehose, for each kind of log": workflows.archive_grants(NAMES, KEY, "runs"),
    "CloudWatch Logs, for each kind of log": workflows.feed_grants(NAMES, "runs"),
}


def build_page() -> str:
    """Return the complete page as Markdown."""
    return "\n".join([HEAD, *(_format_section(title, grants) for title, grants in SOURCES.items())])


def _format_section(title: str, grants: Sequence[Grant]) -> str:
    header = "| statement | actions | on | why |"
    return "\n".join([f"## {title}", "", header, "|---|---|---|---|", *map(_format_row, grants), ""])


def _format_row(grant: Grant) -> str:
    statement = grant.sid if grant.effect == "Allow" else f"{grant.sid}; **denied**"
    return f"| {statement} | {_format_actions(grant)} | {_format_resources(grant)} | {grant.reason} |"


def _format_actions(grant: Grant) -> str:
    service = grant.actions[0].partition(":")[0]
    return f"`{service}:` " + ", ".join(action.partition(":")[2] for action in grant.actions)


def _format_resources(grant: Grant) -> str:
    resources = "<br>".join(f"`{_shorten_arn(arn)}`" for arn in grant.resources)
    return resources + "".join(f"<br>only if {_format_condition(*item)}" for item in grant.conditions.items())


def _format_condition(operator: str, values: Mapping[str, object]) -> str:
    if operator == "Null":
        absent = [f"`{key}`" for key, is_null in values.items() if is_null == "true"]
        present = [f"`{key}`" for key, is_null in values.items() if is_null == "false"]
        parts = ([" and ".join(present)] if present else []) + (["none of " + ", ".join(absent)] if absent else [])
        return "the request has " + " and ".join(parts)
    texts = {key: ", ".join(map(str, value)) if isinstance(value, list) else value for key, value in values.items()}
    return " and ".join(f"`{key}` is `{text}`" for key, text in texts.items())


def _shorten_arn(arn: str) -> str:
    for kind in (CODE, ARTIFACTS, SERVING, ARCHIVE, ACCESS_LOGS):
        arn = arn.replace(f"arn:aws:s3:::{NAMES.bucket_name(kind)}", f"{kind} bucket")
    parts = arn.split(":", 5)
    is_own = len(parts) == 6 and parts[4] == NAMES.settings.account  # noqa: PLR2004 - parts of an ARN
    return parts[5] if is_own else arn


if __name__ == "__main__":
    TARGET.write_text(build_page(), encoding="utf-8")
    print(f"wrote docs/{TARGET.name}")
