"""Grants: what a role or a person may do, as values. One Grant for each need, with its reason. Pure: no CDK.

All actions are listed one by one, because the `grant_*` methods of the CDK use wildcards in actions. Source of
actions, resources and condition keys: the Service Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra import names as n
from infra.names import APPROVAL, LIVE, PUSH, RUN_END, Names
from infra.teams import Team
from pushtrain import layout
from pushtrain.catalog.job_kinds import KINDS, JobKind

Conditions = Mapping[str, Mapping[str, Any]]
SERVICE_NAMES = {"sagemaker": "SageMaker", "states": "Step Functions"}
MODEL_GROUP = (
    "A model package group is named after its model, without the platform's prefix. So this covers all models."
)
NO_RESOURCE = "AWS has no resource-level permissions for these actions."
OWN_PREFIX = "The names start with the platform's prefix."
MISSING_KEY = "S3 answers 404 only if the role may list the bucket. Without it, a missing key looks forbidden."


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One IAM statement. `reason` is shown in docs/permissions.md and given to cdk-nag."""

    sid: str
    reason: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Conditions = field(default_factory=dict)
    effect: str = "Allow"


def allow(
    sid: str, actions: str, resources: str | Sequence[str], reason: str, conditions: Conditions | None = None
) -> Grant:
    """Return an Allow. `actions` is one service and its actions, such as `s3:GetObject PutObject`."""
    service, _, action_names = actions.partition(":")
    return Grant(
        sid=sid,
        reason=reason,
        actions=tuple(f"{service}:{action}" for action in action_names.split()),
        resources=(resources,) if isinstance(resources, str) else tuple(resources),
        conditions=conditions or {},
    )


def read_objects(sid: str, names: Names, bucket: str, *keys: str, reason: str) -> Grant:
    """Read objects that match the patterns `keys`, including old versions."""
    return allow(sid, "s3:GetObject GetObjectVersion", [names.bucket_arn(bucket, key) for key in keys], reason)


def write_objects(sid: str, names: Names, bucket: str, *keys: str, reason: str) -> Grant:
    """Write objects that match the patterns `keys`, also with multipart uploads."""
    return allow(sid, "s3:AbortMultipartUpload PutObject", [names.bucket_arn(bucket, key) for key in keys], reason)


def list_bucket(sid: str, names: Names, bucket: str, *prefixes: str, reason: str) -> Grant:
    """List a bucket, or only the keys under `prefixes` if there are any.

    A role that asks for keys that may be missing needs the whole bucket: otherwise S3 answers 403, not NoSuchKey.
    """
    return allow(sid, "s3:ListBucket", names.bucket_arn(bucket), reason, _limit_to_prefixes(prefixes))


def use_key(names: Names, key: str, actions: str, service: str = "s3") -> Grant:
    """Use the platform's key, but only for data that `service` stores."""
    via = {"StringEquals": {"kms:ViaService": f"{service}.{names.settings.region}.amazonaws.com"}}
    reason = f"The platform's key encrypts the data in {service.upper()}."
    return allow(f"KeyFor{service.capitalize()}", f"kms:{actions}", key, reason, via)


def run_handler(names: Names, kind: str) -> list[Grant]:
    """Run a handler: write its log, send traces."""
    log = names.log_group_arn(names.function_log_group(kind))
    return [
        allow("OwnLog", "logs:CreateLogStream PutLogEvents", log, "The handler writes to its own log group."),
        allow("Traces", "xray:PutTelemetryRecords PutTraceSegments", "*", NO_RESOURCE),
    ]


def run_event_handler(names: Names, kind: str) -> list[Grant]:
    """Run a handler of events: also hand failed events to the queue."""
    queue = names.arn("sqs", names.failure_queue)
    failed = "Lambda uses the function's role to send failed events to the queue."
    return [*run_handler(names, kind), allow("FailedEvents", "sqs:SendMessage", queue, failed)]


def pass_role(names: Names, role: str, service: str) -> Grant:
    """Pass one role to one service."""
    condition = {"StringEquals": {"iam:PassedToService": f"{service}.amazonaws.com"}}
    reason = f"{SERVICE_NAMES[service]} uses this role. It may not be passed to another service."
    return allow(f"Pass{role.capitalize()}Role", "iam:PassRole", names.role_arn(role), reason, condition)


def run_jobs(names: Names, kind: JobKind, key: str) -> list[Grant]:
    """Run jobs with `.sync`: create, describe, stop and tag jobs. A managed rule reports their end."""
    create, describe, stop = (kind.build_operation(verb) for verb in ("Create", "Describe", "Stop"))
    actions = f"sagemaker:AddTags {describe} ListTags {stop}"
    secured = "Jobs use the network and the key of the platform. Names of jobs start with the platform's prefix."
    rule = names.arn("events", f"rule/{kind.managed_rule}")
    own_jobs = "Names of jobs start with the platform's prefix. The rest depends on the run."
    managed_rule = "This managed rule tells Step Functions when a job ends."
    return [
        allow(
            f"{kind.aws_name}Jobs",
            f"sagemaker:{create}",
            names.job_pattern(kind),
            secured,
            secure_jobs(names, kind, key),
        ),
        allow(f"Follow{kind.aws_name}Jobs", actions, names.job_pattern(kind), own_jobs),
        allow(f"{kind.aws_name}JobEvents", "events:DescribeRule PutRule PutTargets", rule, managed_rule),
    ]


def secure_jobs(names: Names, kind: JobKind, key: str) -> Conditions:
    """Return the conditions on a new job: what `workflow.checks.platform` checks before, IAM checks again.

    An instance with NVMe disks takes no volume key, so the condition on that key holds if there is none.
    """
    network = names.settings.network
    conditions: dict[str, dict[str, Any]] = {
        "ArnEquals": {"sagemaker:OutputKmsKey": key},
        "ArnEqualsIfExists": {"sagemaker:VolumeKmsKey": key},
    }
    if "RemoteDebugConfig" in kind.refused_fields:
        conditions["BoolIfExists"] = {"sagemaker:EnableRemoteDebug": "false"}
    required = {
        "sagemaker:NetworkIsolation": network.isolation,
        "sagemaker:InterContainerTrafficEncryption": network.encrypt_between_containers,
    }
    if kind.network is not None and any(required.values()):
        conditions["Bool"] = {name: "true" for name, is_required in required.items() if is_required}
    if kind.network is not None and network.subnets:
        vpc = {"sagemaker:VpcSubnets": network.subnets, "sagemaker:VpcSecurityGroupIds": network.security_groups}
        conditions["ForAllValues:StringEquals"] = {name: list(values) for name, values in vpc.items()}
        conditions["Null"] = dict.fromkeys(vpc, "false")  # without a VPC, all of no values are among them
    return conditions


def see_jobs(team: Team) -> Grant:
    """Read what became of the team's jobs of every kind."""
    actions = " ".join(sorted(kind.build_operation("Describe") for kind in KINDS))
    return allow("SeeJobs", f"sagemaker:{actions}", [team.job_arns(kind) for kind in KINDS], OWN_PREFIX)


def registry_arns(names: Names) -> list[str]:
    """Return the ARN patterns of all model versions and groups. A group's name is its model's, without the prefix."""
    return [names.arn("sagemaker", "model-package/*"), names.arn("sagemaker", "model-package-group/*")]


def read_registry(names: Names) -> list[Grant]:
    """Read all models and their versions."""
    actions = "sagemaker:DescribeModelPackage DescribeModelPackageGroup ListModelPackages ListTags"
    return [
        allow("ReadRegistry", actions, registry_arns(names), MODEL_GROUP),
        allow("ListModels", "sagemaker:ListModelPackageGroups", "*", NO_RESOURCE),
    ]


def read_locations(team: Team) -> list[Grant]:
    """Read the data locations of the platform and of the team, with their keys."""
    names, grants = team.names, []
    for index, location in enumerate(team.data_locations, start=1):
        bucket = f"arn:{names.partition}:s3:::{location.bucket}"
        reason = f"The settings list {location.s3} in data_locations."
        grants.append(allow(f"ReadData{index}", "s3:GetObject", f"{bucket}/{location.prefix}*", reason))
        prefixes = _limit_to_prefixes([f"{location.prefix}*"] if location.prefix else [])
        grants.append(allow(f"ListData{index}", "s3:ListBucket", bucket, reason, prefixes))
        if location.kms_key:
            grants.append(allow(f"DecryptData{index}", "kms:Decrypt", location.kms_key, reason))
    return grants


def list_locations(names: Names) -> list[Grant]:
    """List the data locations of the platform and of all teams. Their objects stay unreadable."""
    settings, grants = names.settings, []
    locations = dict.fromkeys(
        (*settings.data_locations, *(d for t in settings.teams.values() for d in t.data_locations))
    )
    reason = "The version of data is a hash of its listing. A run record has it, and the run's result has it again."
    for index, location in enumerate(locations, start=1):
        bucket = f"arn:{names.partition}:s3:::{location.bucket}"
        prefixes = _limit_to_prefixes([f"{location.prefix}*"] if location.prefix else [])
        grants.append(allow(f"ListData{index}", "s3:ListBucket", bucket, reason, prefixes))
    return grants


def read_secrets(team: Team) -> list[Grant]:
    """Read the secrets of the settings. Secrets do not belong in config.yaml: runs and logs show its values."""
    action, reason = "secretsmanager:GetSecretValue", "The settings list these secrets."
    return [allow("ReadSecrets", action, team.secrets, reason)] if team.secrets else []


def read_platform(names: Names) -> Grant:
    """Read the published platform document."""
    parameter = names.arn("ssm", f"parameter{names.parameter_name}")
    reason = "The command line reads from this parameter what the platform consists of."
    return allow("ReadPlatform", "ssm:GetParameter", parameter, reason)


def push_model_repos(team: Team) -> list[Grant]:
    """Upload model repos of the team's models."""
    names, files = team.names, team.keys(layout.build_pushed_files_pattern)
    reason = "Model repos are under model-repos/. Each model has its folder, and each revision one below it."
    transfer = "s3:AbortMultipartUpload GetObject GetObjectVersion PutObject"
    return [
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
    keys = (*team.keys(layout.build_model_files_pattern), layout.PRICE_TABLE)
    return [
        allow("SeeMachines", "states:DescribeStateMachine ListExecutions", team.state_machine_arns, OWN_PREFIX),
        allow("KeepRuns" if control else "SeeRuns", runs, team.execution_arns, seen),
        allow("ListMachines", "states:ListStateMachines", "*", NO_RESOURCE),
        see_jobs(team),
        read_objects("ReadArtifacts", names, n.ARTIFACTS, *keys, reason=artifacts),
        list_bucket("ListArtifacts", names, n.ARTIFACTS, reason=MISSING_KEY),
    ]


def read_job_logs(team: Team) -> list[Grant]:
    """Read the logs of the team's jobs. The log groups also have the jobs of everybody else in the account."""
    groups = [team.names.log_group_arn(group) for group in n.JOB_LOG_GROUPS.values()]
    streams = "A log stream starts with the name of its job. Log groups cannot be searched: they have everybody's jobs."
    find = "People find the log streams of a job by its name."
    return [
        allow("FindLogs", "logs:DescribeLogStreams", groups, find),
        allow("ReadLogs", "logs:GetLogEvents", team.job_log_streams, streams),
    ]


def search_logs(names: Names) -> list[Grant]:
    """Search the logs of runs and of all jobs of the account with the saved queries."""
    logs = [names.log_group_arn(group) for group in (names.runs_log_group, *n.JOB_LOG_GROUPS.values())]
    kinds = " and ".join(f"{kind.name} jobs" for kind in KINDS)
    read_logs = "logs:DescribeLogStreams FilterLogEvents GetLogEvents StartQuery"
    read_queries = "logs:DescribeLogGroups DescribeQueryDefinitions GetQueryResults StopQuery"
    return [
        allow("SearchLogs", read_logs, logs, f"These are the logs of runs, {kinds}."),
        allow("ReadQueries", read_queries, "*", "CloudWatch Logs lists log groups and queries of the whole account."),
    ]


def read_configs(team: Team) -> Grant:
    """Read the config.yaml of any push of the team's models, and the hashes of its files, but not the files."""
    reason = "A report compares the metrics with the gate in config.yaml, and versions by the hashes of their files."
    keys = team.keys(layout.build_pushed_configs_pattern, layout.build_pushed_manifests_pattern)
    return read_objects("ReadConfigs", team.names, n.CODE, *keys, reason=reason)


def view_models(team: Team, *, pushes: bool = False) -> list[Grant]:
    """Read the team's versions and reports. Deployed models stay unreadable.

    The registry itself, and which versions are deployed, are readable as a whole: they list the models of all teams.
    With `pushes`, other grants already read what was pushed.
    """
    serving, names = "A version is shown next to the one that is deployed.", team.names
    return [
        *read_registry(names),
        *(() if pushes else (read_configs(team),)),
        read_objects("ReadServing", names, n.SERVING, layout.ALL_APPROVED_DOCUMENTS, reason=serving),
        list_bucket("ListServing", names, n.SERVING, reason=serving),
    ]


def read_quotas() -> Grant:
    """Read how many GPU instances the account may use."""
    reason = f"A plan reports GPU quotas that are too small. {NO_RESOURCE}"
    return allow("SeeQuotas", "servicequotas:ListAWSDefaultServiceQuotas ListServiceQuotas", "*", reason)


def validate_definitions() -> Grant:
    """Let AWS validate a definition that does not exist yet."""
    reason = f"A plan shows what AWS says about a definition. {NO_RESOURCE}"
    return allow("ValidateDefinitions", "states:ValidateStateMachineDefinition", "*", reason)


def update_prices(names: Names) -> list[Grant]:
    """Ask AWS for prices, and replace the price table that cost limits use."""
    reason = "Cost limits use this price table. Those who push may not change it."
    return [
        allow("AskPrices", "pricing:GetProducts", "*", NO_RESOURCE),
        allow("KeepPrices", "s3:PutObject", names.bucket_arn(n.ARTIFACTS, layout.PRICE_TABLE), reason),
    ]


def replay_failures(names: Names) -> list[Grant]:
    """Take failed events from the queue, and invoke the handlers with them again."""
    queue = names.arn("sqs", names.failure_queue)
    take = "sqs:ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl ReceiveMessage"
    handlers = [
        names.arn("lambda", f"function:{names.resource_name(kind)}:{LIVE}") for kind in (PUSH, APPROVAL, RUN_END)
    ]
    logs = names.log_group_arn(names.function_log_group("*"))
    read = "logs:DescribeLogStreams FilterLogEvents GetLogEvents StartQuery"
    replay = "A handler reads the state from AWS. It does not trust the content of an event."
    return [
        allow("TakeFailures", take, queue, "Events that a handler failed to process wait in this queue."),
        allow("Replay", "lambda:InvokeFunction", handlers, replay),
        allow("ReadHandlerLogs", read, logs, "The log of a handler contains the errors that it raised."),
    ]


def run_doctor(names: Names) -> list[Grant]:
    """Check with `pushtrain doctor` that the installation is as it was deployed."""
    buckets = names.bucket_arn("*")
    functions = names.arn("lambda", f"function:{names.resource_name('*')}")
    read_functions = "lambda:GetFunctionConfiguration GetFunctionEventInvokeConfig GetPolicy"
    settings_only = "`pushtrain doctor` reads settings only, no objects and no code."
    roles = [names.role_arn(n.STATES), names.role_arn(f"{n.JOBS}*")]
    read_roles = "`pushtrain doctor` checks that the roles of runs and jobs exist."
    return [
        allow("SeeBuckets", "s3:GetBucketNotification GetBucketVersioning", buckets, settings_only),
        allow("SeeHandlers", read_functions, functions, settings_only),
        allow("SeeRoles", "iam:GetRole", roles, read_roles),
    ]


def view_alarms(names: Names) -> list[Grant]:
    """Read the dashboard and the alarms."""
    dashboard = f"arn:{names.partition}:cloudwatch::{names.settings.account}:dashboard/{names.settings.prefix}"
    alarms = names.arn("cloudwatch", f"alarm:{names.settings.prefix}-*")
    return [
        allow("SeeDashboard", "cloudwatch:GetDashboard", dashboard, "The name of the dashboard is the prefix."),
        allow("SeeAlarms", "cloudwatch:DescribeAlarms", alarms, OWN_PREFIX),
        allow("SeeNumbers", "cloudwatch:GetMetricData ListDashboards", "*", NO_RESOURCE),
    ]


def _limit_to_prefixes(prefixes: Sequence[str]) -> Conditions | None:
    return {"StringLike": {"s3:prefix": list(prefixes)}} if prefixes else None
