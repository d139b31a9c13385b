"""What a role or a person may do, as values: one Grant for each need, with the reason beside it. Pure; knows no CDK.

Actions are written out: `grant_*` of CDK gives wildcards of actions. Source of actions, resources and condition keys:
the Service Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra import names as n
from infra.names import APPROVAL, LIVE, PUSH, RUN_END, Names
from infra.settings import DataLocation
from pushtrain.cost import PRICE_TABLE_KEY

Conditions = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One IAM statement. `sid` names it in the template, `why` in the docs and where cdk-nag asks."""

    sid: str
    why: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Conditions = field(default_factory=dict)
    effect: str = "Allow"


def allow(
    sid: str, actions: str, resources: str | Sequence[str], why: str, conditions: Conditions | None = None
) -> Grant:
    """An Allow; `actions` is `service:One Two Three`."""
    service, _, listed = actions.partition(":")
    return Grant(
        sid=sid,
        why=why,
        actions=tuple(f"{service}:{action}" for action in listed.split()),
        resources=(resources,) if isinstance(resources, str) else tuple(resources),
        conditions=conditions or {},
    )


def read_objects(sid: str, names: Names, bucket: str, *keys: str, why: str) -> Grant:
    """Read objects that match `keys`, old versions too."""
    return allow(sid, "s3:GetObject GetObjectVersion", [names.bucket_arn(bucket, each) for each in keys], why)


def write_objects(sid: str, names: Names, bucket: str, *keys: str, why: str) -> Grant:
    """Write objects that match `keys`, in parts too."""
    return allow(sid, "s3:AbortMultipartUpload PutObject", [names.bucket_arn(bucket, each) for each in keys], why)


def list_bucket(sid: str, names: Names, bucket: str, *prefixes: str, why: str) -> Grant:
    """List a bucket, under `prefixes` alone where given.

    Whoever asks for a key that may be absent lists the whole bucket: else S3 answers 403, not NoSuchKey.
    """
    return allow(sid, "s3:ListBucket", names.bucket_arn(bucket), why, _under(prefixes))


def use_key(names: Names, key: str, actions: str, service: str = "s3") -> Grant:
    """Use the platform's key, but only for what `service` stores."""
    via = {"StringEquals": {"kms:ViaService": f"{service}.{names.settings.region}.amazonaws.com"}}
    why = f"What {service.upper()} keeps is encrypted with the platform's key."
    return allow(f"KeyFor{service.capitalize()}", f"kms:{actions}", key, why, via)


def own_log(names: Names, kind: str) -> list[Grant]:
    """What every handler does beside its work."""
    log, queue = names.log_group_arn(names.function_log(kind)), names.arn("sqs", names.failures)
    return [
        allow("OwnLog", "logs:CreateLogStream PutLogEvents", log, "The handler writes streams of its own log group."),
        allow("Traces", "xray:PutTelemetryRecords PutTraceSegments", "*", "X-Ray knows no resource."),
        allow("FailedEvents", "sqs:SendMessage", queue, "Lambda puts events it gave up with the function's role."),
    ]


def pass_role(names: Names, role: str, service: str) -> Grant:
    """Hand one role to one service."""
    only = {"StringEquals": {"iam:PassedToService": f"{service}.amazonaws.com"}}
    why = f"{service} works with this role, and nobody else gets it."
    return allow(f"Pass{role.capitalize()}Role", "iam:PassRole", names.role_arn(role), why, only)


def run_jobs(names: Names, kind: str) -> list[Grant]:
    """What `create<kind>Job.sync` does: make, watch, stop and tag jobs; a managed rule tells of their end."""
    jobs = names.arn("sagemaker", f"{kind.lower()}-job/{names.settings.prefix}-*")
    actions = f"sagemaker:AddTags Create{kind}Job Describe{kind}Job ListTags Stop{kind}Job"
    rule = names.arn("events", f"rule/StepFunctionsGetEventsForSageMaker{kind}JobsRule")
    why = "Step Functions hears of the end of a job through this managed rule."
    return [
        allow(f"{kind}Jobs", actions, jobs, "Names of jobs begin with the platform's prefix; the rest is the run's."),
        allow(f"{kind}JobEvents", "events:DescribeRule PutRule PutTargets", rule, why),
    ]


def registry(names: Names) -> list[str]:
    """ARNs of all model versions and groups: a group is named as its model, without the prefix."""
    return [names.arn("sagemaker", "model-package/*"), names.arn("sagemaker", "model-package-group/*")]


def read_registry(names: Names) -> list[Grant]:
    """See all models and their versions."""
    one = "sagemaker:DescribeModelPackage DescribeModelPackageGroup ListModelPackages ListTags"
    return [
        allow("ReadRegistry", one, registry(names), "A model's group is named as the model alone."),
        allow("ListModels", "sagemaker:ListModelPackageGroups", "*", "The list of groups knows no resource."),
    ]


def read_locations(names: Names, locations: Iterable[DataLocation]) -> list[Grant]:
    """Read the data the settings name, with the keys they name."""
    grants = []
    for index, place in enumerate(locations, start=1):
        bucket = f"arn:{names.partition}:s3:::{place.bucket}"
        why = f"data_locations names {place.s3}."
        grants.append(allow(f"ReadData{index}", "s3:GetObject", f"{bucket}/{place.prefix}*", why))
        pinned = _under([f"{place.prefix}*"] if place.prefix else [])
        grants.append(allow(f"ListData{index}", "s3:ListBucket", bucket, why, pinned))
        if place.kms_key:
            grants.append(allow(f"DecryptData{index}", "kms:Decrypt", place.kms_key, why))
    return grants


def read_secrets(names: Names) -> list[Grant]:
    """Read the secrets the settings name: values in config.yaml can be read by whoever sees a run or its logs."""
    action, why = "secretsmanager:GetSecretValue", "The settings name these secrets."
    return [allow("ReadSecrets", action, names.settings.secrets, why)] if names.settings.secrets else []


def read_platform(names: Names) -> Grant:
    """Read the published Platform."""
    parameter = names.arn("ssm", f"parameter{names.parameter}")
    return allow("ReadPlatform", "ssm:GetParameter", parameter, "The command line finds the platform by it.")


def push(names: Names) -> list[Grant]:
    """Upload a model repo."""
    why = "Model repos lie under model-repos/, each revision in a folder of its own."
    return [
        write_objects("Push", names, n.CODE, "model-repos/*", why=why),
        read_objects("ReadPushes", names, n.CODE, "model-repos/*", why=why),
        list_bucket("FindPushes", names, n.CODE, why="A push looks first whether its revision is there."),
    ]


def watch_runs(names: Names) -> list[Grant]:
    """See runs, their jobs, logs and results."""
    jobs = [names.arn("sagemaker", f"{kind}-job/{names.settings.prefix}-*") for kind in ("training", "processing")]
    logs = [names.log_group_arn(group) for group in (names.runs_log, *n.JOB_LOG_GROUPS.values())]
    runs = "states:DescribeExecution DescribeStateMachineForExecution GetExecutionHistory"
    ours = "Names begin with the platform's prefix."
    no_arn = "These actions know no resource."
    return [
        allow("SeeMachines", "states:DescribeStateMachine ListExecutions", names.machines, ours),
        allow("SeeRuns", runs, names.executions, ours),
        allow("ListMachines", "states:ListStateMachines", "*", no_arn),
        allow("SeeJobs", "sagemaker:DescribeProcessingJob DescribeTrainingJob", jobs, ours),
        allow(
            "ReadLogs",
            "logs:DescribeLogStreams FilterLogEvents GetLogEvents StartQuery",
            logs,
            "Streams of three logs.",
        ),
        allow("ReadQueries", "logs:DescribeLogGroups DescribeQueryDefinitions GetQueryResults StopQuery", "*", no_arn),
        read_objects("ReadArtifacts", names, n.ARTIFACTS, "*", why="What runs made is there to be looked at."),
        list_bucket("ListArtifacts", names, n.ARTIFACTS, why="What is absent must be told from what is forbidden."),
    ]


def read_configs(names: Names) -> Grant:
    """Read config.yaml of any push."""
    return read_objects("ReadConfigs", names, n.CODE, "model-repos/*/config.yaml", why="A report judges by its gate.")


def read_manifests(names: Names) -> Grant:
    """Read the hashes of the files of any push, not the files."""
    key = names.bucket_arn(n.CODE, "model-repos/*/manifest.json")
    return allow("ReadManifests", "s3:GetObject", key, "Versions are compared file by file, by their hashes.")


def see_models(names: Names) -> list[Grant]:
    """See all models, their versions and reports, and which version serves; not the models that serve."""
    serving = "A version is shown beside the one that serves."
    return [
        *read_registry(names),
        read_configs(names),
        read_manifests(names),
        read_objects("ReadServing", names, n.SERVING, "*/approved.json", why=serving),
        list_bucket("ListServing", names, n.SERVING, why=serving),
    ]


def keep_runs(names: Names) -> Grant:
    """Stop runs, and redrive those that failed.

    A redrive goes on with the definition, the input and the role of the run: it passes no role and takes no code.
    """
    why = "Who may start runs, or keeps the platform, may stop them and go on with them."
    return allow("KeepRuns", "states:RedriveExecution StopExecution", names.executions, why)


def see_quotas() -> Grant:
    """See how many GPUs the account may use."""
    why = "A plan tells of GPU quotas that are too small; lists of quotas know no resource."
    return allow("SeeQuotas", "servicequotas:ListAWSDefaultServiceQuotas ListServiceQuotas", "*", why)


def keep_prices(names: Names) -> list[Grant]:
    """Ask AWS for prices, and put the table in force by which limits on cost are kept."""
    why = "Limits on cost go by this table; who pushes does not write it."
    return [
        allow("AskPrices", "pricing:GetProducts", "*", "The price list knows no resource."),
        allow("KeepPrices", "s3:PutObject", names.bucket_arn(n.ARTIFACTS, PRICE_TABLE_KEY), why),
    ]


def replay_failures(names: Names) -> list[Grant]:
    """Take what no handler could take in from the queue, and hand it to the handler again."""
    queue = names.arn("sqs", names.failures)
    take = "sqs:ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl ReceiveMessage"
    handlers = [names.arn("lambda", f"function:{names.role(kind)}:{LIVE}") for kind in (PUSH, APPROVAL, RUN_END)]
    logs = [names.log_group_arn(names.function_log(kind)) for kind in (PUSH, APPROVAL, RUN_END)]
    read = "logs:DescribeLogStreams FilterLogEvents GetLogEvents StartQuery"
    return [
        allow("TakeFailures", take, queue, "Events that were given up wait here."),
        allow("Replay", "lambda:InvokeFunction", handlers, "All ask AWS itself, whatever an event says."),
        allow("ReadHandlerLogs", read, logs, "What a handler raised stands in its log."),
    ]


def examine(names: Names) -> list[Grant]:
    """See whether the installation is as it was deployed: `pushtrain doctor`."""
    buckets = [names.bucket_arn(kind) for kind in (n.CODE, n.ARTIFACTS, n.SERVING)]
    functions = [names.arn("lambda", f"function:{names.role(kind)}") for kind in (PUSH, APPROVAL, RUN_END)]
    look = "lambda:GetFunctionConfiguration GetFunctionEventInvokeConfig GetPolicy"
    seen = "Settings alone: no object, no code."
    roles = [names.role_arn(kind) for kind in (n.STATES, n.JOBS)]
    return [
        allow("SeeBuckets", "s3:GetBucketNotification GetBucketVersioning", buckets, seen),
        allow("SeeHandlers", look, [*functions, *(f"{each}:{LIVE}" for each in functions)], seen),
        allow("SeeRoles", "iam:GetRole", roles, "Whether runs and jobs still have their roles."),
    ]


def look_at_alarms(names: Names) -> list[Grant]:
    """See the dashboard and the alarms."""
    board = f"arn:{names.partition}:cloudwatch::{names.settings.account}:dashboard/{names.settings.prefix}"
    alarms = names.arn("cloudwatch", f"alarm:{names.settings.prefix}-*")
    return [
        allow("SeeDashboard", "cloudwatch:GetDashboard", board, "There is one, named as the platform."),
        allow("SeeAlarms", "cloudwatch:DescribeAlarms", alarms, "Alarms begin with the platform's prefix."),
        allow("SeeNumbers", "cloudwatch:GetMetricData ListDashboards", "*", "These actions know no resource."),
    ]


def _under(prefixes: Sequence[str]) -> Conditions | None:
    return {"StringLike": {"s3:prefix": list(prefixes)}} if prefixes else None
