"""What people and Jenkins need for their work, as values: push, watch, decide, operate. Pure: no CDK.

In: Names, or a Team. Out: Grants. `people` puts them together.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import compress

from msgspec.structs import replace

from infra import grants
from infra import names as n
from infra.grants import (
    MISSING_KEY,
    NO_RESOURCE,
    OWN_PREFIX,
    Grant,
    allow,
    list_bucket,
    read_configs,
    read_objects,
    read_registry,
)
from infra.job_grants import see_jobs
from infra.names import Names
from infra.teams import Team
from pushtrain import layout
from pushtrain.catalog.job_kinds import ALL_LOG_GROUPS, LOGGED_KINDS


def push_model_repos(team: Team) -> list[Grant]:
    """Upload model repos of the team's models."""
    names, files = team.names, team.keys(layout.build_pushed_files_pattern)
    reason = "Model repos are under model-repos/. Each model has its folder, and each revision one below it."
    forgotten = [names.bucket_arn(n.ARTIFACTS, key) for key in team.keys(layout.build_forgotten_key)]
    forget = "`pushtrain cache forget` notes here which results no run may reuse. The note can only make reuse rarer."
    transfer = "s3:AbortMultipartUpload GetObject GetObjectVersion PutObject"
    return [
        allow("Forget", "s3:PutObject", forgotten, forget),
        allow("Push", transfer, [names.bucket_arn(n.CODE, key) for key in files], reason),
        list_bucket("FindPushes", names, n.CODE, reason="A push first looks for its revision. " + MISSING_KEY),
    ]


def watch_runs(team: Team, *, control: bool = False) -> list[Grant]:
    """Read the runs of the team's models, their jobs and artifacts. With `control`, also stop and redrive them.

    A redrive uses the definition, the input and the role of the run. It needs neither PassRole nor new code.
    """
    names = team.names
    runs = "states:DescribeExecution DescribeStateMachineForExecution GetExecutionHistory"
    seen = "Those who start runs, and operators, may also stop and redrive them." if control else OWN_PREFIX
    runs += " RedriveExecution StopExecution" if control else ""
    artifacts = "People look at what their runs wrote: models, metrics and reports. A plan reads the price table."
    list_artifacts = f"{MISSING_KEY} A plan looks whether the results that a run would reuse are unchanged."
    files = team.keys(layout.build_model_files_pattern)
    others = (*team.keys(layout.build_forgotten_key), layout.build_version_index_key(team.name))
    is_new = [not any(fnmatchcase(key, pattern) for pattern in files) for key in others]  # `*/*` has all of them
    keys = (*files, *compress(others, is_new), layout.PRICE_TABLE)
    return [
        allow("SeeMachines", "states:DescribeStateMachine ListExecutions", team.state_machine_arns, OWN_PREFIX),
        allow("KeepRuns" if control else "SeeRuns", runs, team.execution_arns, seen),
        allow("ListMachines", "states:ListStateMachines", "*", NO_RESOURCE),
        see_jobs(team),
        read_objects("ReadArtifacts", names, n.ARTIFACTS, *keys, reason=artifacts),
        allow("ListArtifacts", "s3:ListBucket ListBucketVersions", names.bucket_arn(n.ARTIFACTS), list_artifacts),
    ]


def search_logs(names: Names) -> list[Grant]:
    """Search the logs of runs and of all jobs of the account with the saved queries."""
    logs = [names.log_group_arn(group) for group in (names.runs_log_group, ALL_LOG_GROUPS)]
    kinds = " and ".join(f"{kind.name} jobs" for kind in LOGGED_KINDS)
    read_logs = "logs:DescribeLogStreams FilterLogEvents GetLogEvents StartQuery"
    read_queries = "logs:DescribeLogGroups DescribeQueryDefinitions GetQueryResults StopQuery"
    return [
        allow("SearchLogs", read_logs, logs, f"These are the logs of runs, {kinds}."),
        allow("ReadQueries", read_queries, "*", "CloudWatch Logs lists log groups and queries of the whole account."),
    ]


def view_models(team: Team, *, pushes: bool = False) -> list[Grant]:
    """Read the team's versions and reports. Deployed models stay unreadable.

    The registry itself, and which versions are deployed, are readable as a whole: they list the models of all teams.
    With `pushes`, other grants already read what was pushed.
    """
    serving, names = "A version is shown next to the one that is deployed, with the decisions about it.", team.names
    decisions = team.keys(layout.build_decisions_pattern)
    return [
        *read_registry(names),
        *(() if pushes else (read_configs(team),)),
        read_objects("ReadServing", names, n.SERVING, layout.ALL_APPROVED_DOCUMENTS, *decisions, reason=serving),
        list_bucket("ListServing", names, n.SERVING, reason=serving),
    ]


def read_quotas() -> Grant:
    """Read how many GPU instances the account may use."""
    reason = f"A plan reports GPU quotas that are too small. {NO_RESOURCE}"
    return allow("SeeQuotas", "servicequotas:ListAWSDefaultServiceQuotas ListServiceQuotas", "*", reason)


def validate_definitions() -> Grant:
    """Let AWS validate a definition that does not exist yet, and evaluate its states. They get no role."""
    reason = f"A plan shows what AWS says about a definition, and `doctor --definition` about each state. {NO_RESOURCE}"
    return allow("Validate", "states:TestState ValidateStateMachineDefinition", "*", reason)


def see_digests(names: Names) -> Grant:
    """Ask which image a tag names now. One pattern for all accounts: a list of them does not fit into the policy."""
    reason = "A plan asks whether a tag still names the same image. The owner of an image must allow it too."
    return replace(grants.see_digests(names.arn("ecr", "repository/*", "*")), reason=reason)


def update_prices(names: Names) -> list[Grant]:
    """Ask AWS for prices, and replace the price table that cost limits use."""
    reason = "Cost limits use this price table. Those who push may not change it."
    return [
        allow("AskPrices", "pricing:GetProducts", "*", NO_RESOURCE),
        allow("KeepPrices", "s3:PutObject", names.bucket_arn(n.ARTIFACTS, layout.PRICE_TABLE), reason),
    ]


def replay_failures(names: Names) -> list[Grant]:
    """List the failed events in the queue, and let the function `on_replay` hand them to their handlers again."""
    queue = names.arn("sqs", names.failure_queue)
    see = "sqs:ChangeMessageVisibility GetQueueAttributes GetQueueUrl ReceiveMessage"
    logs = names.log_group_arn(names.function_log_group("*"))
    read = "logs:DescribeLogStreams FilterLogEvents GetLogEvents StartQuery"
    waiting = "Events that a handler failed to process wait in this queue. An operator cannot add or delete one."
    replay = "This function takes ids only and reads the events in the queue itself, so nobody can invent an event."
    return [
        allow("SeeFailures", see, queue, waiting),
        allow("Replay", "lambda:InvokeFunction", names.function_arn(n.REPLAY), replay),
        allow("ReadHandlerLogs", read, logs, "The log of a handler contains the errors that it raised."),
    ]


def run_doctor(names: Names) -> list[Grant]:
    """Check with `pushtrain doctor` that the installation is as it was deployed."""
    buckets = names.bucket_arn("*")
    functions = names.arn("lambda", f"function:{names.resource_name('*')}")
    read_functions = "lambda:GetFunctionConfiguration GetFunctionEventInvokeConfig"
    pushes, read_queue = names.arn("sqs", names.push_queue), "sqs:GetQueueAttributes GetQueueUrl"
    settings_only = "`pushtrain doctor` reads settings only, no objects and no code."
    roles = [names.role_arn(n.STATES), names.role_arn(f"{n.JOBS}*")]
    in_vpc = names.settings.handler_network is not None
    rules = names.arn("events", f"rule/{names.resource_name('*')}")
    read_roles = "`pushtrain doctor` checks that the roles of runs and jobs exist."
    return [
        allow("SeeBuckets", "s3:GetBucketNotification GetBucketVersioning", buckets, settings_only),
        allow("SeeHandlers", read_functions, functions, settings_only),
        allow("SeePushes", read_queue, pushes, settings_only),
        allow("SeeEventSources", "lambda:ListEventSourceMappings", "*", NO_RESOURCE),
        allow("SeeRoles", "iam:GetRole", roles, read_roles),
        *([allow("SeeEndpoints", "ec2:DescribeVpcEndpoints", "*", NO_RESOURCE)] if in_vpc else ()),
        allow("SeeRules", "events:DescribeRule ListTargetsByRule", rules, OWN_PREFIX),
    ]


def view_alarms(names: Names) -> list[Grant]:
    """Read the dashboard and the alarms."""
    dashboard = f"arn:{names.partition}:cloudwatch::{names.settings.account}:dashboard/{names.settings.prefix}"
    own = f"{OWN_PREFIX} The name of the dashboard is the prefix."
    alarms = names.arn("cloudwatch", f"alarm:{names.settings.prefix}-*")
    return [
        allow("SeeAlarms", "cloudwatch:DescribeAlarms GetDashboard", [alarms, dashboard], own),
        allow("SeeNumbers", "cloudwatch:GetMetricData ListDashboards", "*", NO_RESOURCE),
    ]
