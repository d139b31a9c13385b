"""Grants: what a role or a person may do, as values. One Grant for each need, with its reason. Pure: no CDK.

All actions are listed one by one, because the `grant_*` methods of the CDK use wildcards in actions. Source of
actions, resources and condition keys: the Service Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from infra import names as n
from infra.names import Names
from infra.setting_sections import DataLocation
from infra.teams import Team
from pushtrain import layout
from pushtrain.catalog.images import list_image_accounts
from pushtrain.catalog.job_kinds import ALL_LOG_GROUPS

Conditions = Mapping[str, Mapping[str, Any]]
SERVICE_NAMES = {"sagemaker": "SageMaker", "states": "Step Functions"}
NO_RESOURCE = "AWS has no resource-level permissions for these actions."
OWN_PREFIX = "The names start with the platform's prefix."
MISSING_KEY = "S3 answers 404 only if the role may list the bucket. Without it, a missing key looks forbidden."


class Grant(Struct, frozen=True, kw_only=True):
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
    """Run a handler: write its log, send traces, join the VPC of the settings."""
    log = names.log_group_arn(names.function_log_group(kind))
    return [
        allow("OwnLog", "logs:CreateLogStream PutLogEvents", log, "The handler writes to its own log group."),
        allow("Traces", "xray:PutTelemetryRecords PutTraceSegments", "*", NO_RESOURCE),
        *(join_network(names, kind) if names.settings.handler_network else ()),
    ]


def join_network(names: Names, kind: str) -> list[Grant]:
    """Let Lambda create a handler's network interfaces with the handler's role, and deny it to the code of the handler.

    Source: Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC": the actions of
    AWSLambdaVPCAccessExecutionRole, and the condition key lambda:SourceFunctionArn, which only requests of code have.
    """
    change = "ec2:AssignPrivateIpAddresses CreateNetworkInterface DeleteNetworkInterface UnassignPrivateIpAddresses"
    interfaces = names.arn("ec2", "*/*")  # AWS's own example: with less, Lambda may not reach the VPC
    code = {"ArnEquals": {"lambda:SourceFunctionArn": names.arn("lambda", f"function:{names.resource_name(kind)}")}}
    by_lambda = "Lambda creates the network interfaces of a handler with its role. It asks for all of them."
    by_code = "Only Lambda itself needs network interfaces, the code of the handler never."
    return [
        allow("HandlerNetwork", change, interfaces, by_lambda),
        allow("SeeNetwork", "ec2:DescribeNetworkInterfaces DescribeSubnets", "*", NO_RESOURCE),
        replace(allow("NeverByCode", change, interfaces, by_code, code), effect="Deny"),
    ]


def take_pushes(names: Names, key: str) -> list[Grant]:
    """Take messages from the push queue: Lambda does it with the role of its function."""
    queue = names.arn("sqs", names.push_queue)
    take = "sqs:ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl ReceiveMessage"
    reason = "Lambda takes pushes from the queue with this role; the handler postpones those that failed."
    return [allow("TakePushes", take, queue, reason), use_key(names, key, "Decrypt", "sqs")]


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


def registry_arns(names: Names) -> list[str]:
    """Return the ARN patterns of the platform's model versions and groups."""
    prefix = names.settings.prefix
    return [
        names.arn("sagemaker", f"model-package/{prefix}-*"),
        names.arn("sagemaker", f"model-package-group/{prefix}-*"),
    ]


def read_registry(names: Names) -> list[Grant]:
    """Read all models and their versions."""
    actions = "sagemaker:DescribeModelPackage DescribeModelPackageGroup ListModelPackages ListTags"
    return [
        allow("ReadRegistry", actions, registry_arns(names), OWN_PREFIX),
        allow("ListModels", "sagemaker:ListModelPackageGroups", "*", NO_RESOURCE),
    ]


def read_locations(team: Team) -> list[Grant]:
    """Read the data locations of the platform and of the team, with their keys."""
    names, grants = team.names, []
    for index, location in enumerate(team.data_locations, start=1):
        bucket = f"arn:{names.partition}:s3:::{location.bucket}"
        reason = f"The settings list {location.s3} in data_locations."
        grants.append(allow(f"ReadData{index}", "s3:GetObject", f"{bucket}/{location.prefix}*", reason))
        grants.append(_list_location(names, index, location, reason))
        if location.kms_key:
            grants.append(allow(f"DecryptData{index}", "kms:Decrypt", location.kms_key, reason))
    return grants


def list_locations(names: Names) -> list[Grant]:
    """List the data locations of the platform and of all teams. Their objects stay unreadable."""
    settings = names.settings
    of_teams = (location for team in settings.teams.values() for location in team.data_locations)
    locations = dict.fromkeys((*settings.data_locations, *of_teams))
    reason = "The version of data is a hash of its listing. A run record has it, and the run's result has it again."
    return [_list_location(names, index, location, reason) for index, location in enumerate(locations, start=1)]


def _list_location(names: Names, index: int, location: DataLocation, reason: str) -> Grant:
    bucket = f"arn:{names.partition}:s3:::{location.bucket}"
    prefixes = _limit_to_prefixes([f"{location.prefix}*"] if location.prefix else [])
    return allow(f"ListData{index}", "s3:ListBucket", bucket, reason, prefixes)


def read_secrets(team: Team) -> list[Grant]:
    """Read the secrets of the settings. Secrets do not belong in config.yaml: runs and logs show its values."""
    action, reason = "secretsmanager:GetSecretValue", "The settings list these secrets."
    return [allow("ReadSecrets", action, team.secrets, reason)] if team.secrets else []


def image_repositories(names: Names) -> list[str]:
    """Return ARN patterns of ECR repositories: of AWS's image accounts in this region, ours, those in the settings."""
    region = names.settings.region
    own = {names.settings.account, *names.settings.image_accounts}
    return [names.arn("ecr", "repository/*", account) for account in sorted(list_image_accounts(region) | own)]


def see_digests(repositories: str | Sequence[str]) -> Grant:
    """Ask which image a tag names now."""
    reason = "A result of an earlier run is reused only if the tag of its image still names the same image."
    return allow("SeeDigests", "ecr:BatchGetImage", repositories, reason)


def read_platform(names: Names) -> Grant:
    """Read the published platform document."""
    parameter = names.arn("ssm", f"parameter{names.parameter_name}")
    reason = "The command line reads from this parameter what the platform consists of."
    return allow("ReadPlatform", "ssm:GetParameter", parameter, reason)


def read_job_logs(team: Team) -> list[Grant]:
    """Read the logs of the team's jobs. The log groups also have the jobs of everybody else in the account."""
    groups = team.names.log_group_arn(ALL_LOG_GROUPS)
    own = team.names.arn("logs", f"log-group:{ALL_LOG_GROUPS}:log-stream:{team.job_stem}-*")
    streams = "A log stream starts with the name of its job. Log groups cannot be searched: they have everybody's jobs."
    find = "People find the log streams of a job by its name."
    return [
        allow("FindLogs", "logs:DescribeLogStreams", groups, find),
        allow("ReadLogs", "logs:GetLogEvents", own, streams),
    ]


def read_configs(team: Team) -> Grant:
    """Read the config.yaml of any push of the team's models, and the hashes of its files, but not the files."""
    reason = "A report compares the metrics with the gate in config.yaml, and versions by the hashes of their files."
    keys = team.keys(layout.build_pushed_configs_pattern, layout.build_pushed_manifests_pattern)
    return read_objects("ReadConfigs", team.names, n.CODE, *keys, reason=reason)


def _limit_to_prefixes(prefixes: Sequence[str]) -> Conditions | None:
    return {"StringLike": {"s3:prefix": list(prefixes)}} if prefixes else None
