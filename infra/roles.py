"""Roles: what the handlers, the runs and the jobs may do, and no more. In: Names and the key's ARN. Out: a Roles.

Who trains cannot approve: only `people` has a policy that changes an approval status, and only runs register, as
versions that wait for approval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aws_cdk import aws_iam as iam
from constructs import Construct

from infra import grants as g
from infra import names as n
from infra.grants import Grant
from infra.names import Names
from infra.policies import accept_patterns, document
from pushtrain.catalog.data import load
from pushtrain.cost import PRICE_TABLE_KEY

# The eight that the Step Functions developer guide names for logging.
LOG_DELIVERY = (
    "logs:CreateLogDelivery DeleteLogDelivery DescribeLogGroups DescribeResourcePolicies GetLogDelivery "
    "ListLogDeliveries PutResourcePolicy UpdateLogDelivery"
)
MISSING = "What is absent must be told from what is forbidden."


class Roles(Construct):
    """`push`, `states`, `jobs`, `approval`, `run_end`; one for readers where other accounts may read the registry."""

    def __init__(self, scope: Construct, name: str, names: Names, key: str) -> None:
        super().__init__(scope, name)
        self.names = names
        lambdas = iam.ServicePrincipal("lambda.amazonaws.com")
        self.push = self._role(n.PUSH, lambdas, push_grants(names, key))
        self.states = self._role(n.STATES, self._only_ours("states", names.machines), states_grants(names, key))
        sagemaker = self._only_ours("sagemaker", names.arn("sagemaker", "*"))
        self.jobs = self._role(n.JOBS, sagemaker, jobs_grants(names, key))
        self.approval = self._role(n.APPROVAL, lambdas, approval_grants(names, key))
        self.run_end = self._role(n.RUN_END, lambdas, run_end_grants(names, key))
        if accounts := names.settings.registry_readers:
            readers = iam.CompositePrincipal(*(iam.AccountPrincipal(account) for account in accounts))
            self._role(n.READERS, readers, readers_grants(names, key))

    def _only_ours(self, service: str, source: str) -> iam.IPrincipal:
        """The service, when it acts for this account: another account's resource cannot borrow the role."""
        conditions = {
            "StringEquals": {"aws:SourceAccount": self.names.settings.account},
            "ArnLike": {"aws:SourceArn": source},
        }
        return iam.ServicePrincipal(f"{service}.amazonaws.com", conditions=conditions)

    def _role(self, kind: str, principal: iam.IPrincipal, grants: Sequence[Grant]) -> iam.IRole:
        role = iam.Role(
            self,
            kind.capitalize(),
            role_name=self.names.role(kind),
            assumed_by=principal,
            inline_policies={"own": document(grants)},
        )
        accept_patterns(role, grants)
        return role.without_policy_updates()  # constructs that take the role add nothing to it


def push_grants(names: Names, key: str) -> list[Grant]:
    """The handler of pushes: read the push, write what is made of it, keep the state machine, start it."""
    noted = ("*/source/*", "*/definitions/*")
    keys = (*noted, "*/pushes/*/problems.json", "*/runs/*/input.json")
    made = [names.bucket_arn(n.ARTIFACTS, each) for each in keys]
    versions = names.bucket_arn(n.ARTIFACTS, "*/definitions/*")
    pushed = "Every revision lies under model-repos/."
    groups = names.arn("sagemaker", "model-package-group/*")
    machines = (
        "states:CreateStateMachine DeleteStateMachineVersion DescribeStateMachine PublishStateMachineVersion "
        "StartExecution TagResource UpdateStateMachine"
    )
    return [
        g.read_objects("ReadPush", names, n.CODE, "model-repos/*", why=pushed),
        g.list_bucket("ListPush", names, n.CODE, "model-repos/*", why=pushed),
        g.allow("WriteMade", "s3:PutObject", made, "Each model has these four beside what jobs make."),
        g.list_bucket("FindMade", names, n.ARTIFACTS, *noted, why="A second push of the same makes neither anew."),
        g.list_bucket(
            "FindPrices", names, n.ARTIFACTS, PRICE_TABLE_KEY, why="A limit on cost goes by the platform's prices."
        ),
        g.allow(
            "ReadPrices",
            "s3:GetObject",
            names.bucket_arn(n.ARTIFACTS, PRICE_TABLE_KEY),
            "Pushes read them, none writes.",
        ),
        g.allow("ReadVersions", "s3:GetObject", versions, "Which version runs a definition is noted here."),
        g.use_key(names, key, "Decrypt GenerateDataKey"),
        g.allow("KeepAndStart", machines, names.machines, "State machines begin with the platform's prefix."),
        g.pass_role(names, n.STATES, "states"),
        g.allow(
            "ModelGroup",
            "sagemaker:AddTags CreateModelPackageGroup DescribeModelPackageGroup",
            groups,
            "A model's group is named as the model alone.",
        ),
        *g.own_log(names, n.PUSH),
    ]


def states_grants(names: Names, key: str) -> list[Grant]:
    """A run: its jobs, the metrics of evaluation.json, a version that waits for approval, logs and traces."""
    waiting = {"StringEquals": {"sagemaker:ModelApprovalStatus": "PendingManualApproval"}}
    evaluation = names.bucket_arn(n.ARTIFACTS, "*/runs/*/evaluation/*/evaluation.json")
    xray = "xray:GetSamplingRules GetSamplingTargets PutTelemetryRecords PutTraceSegments"
    register = "A model's group is named as the model alone; nothing is registered but what waits for approval."
    return [
        *g.run_jobs(names, "Training"),
        *g.run_jobs(names, "Processing"),
        g.pass_role(names, n.JOBS, "sagemaker"),
        g.allow("ReadMetrics", "s3:GetObject", evaluation, "The gate reads evaluation.json of any model's run."),
        g.list_bucket("TellMissingMetrics", names, n.ARTIFACTS, why=MISSING),
        g.use_key(names, key, "Decrypt"),
        g.allow("Register", "sagemaker:CreateModelPackage", g.registry(names), register, waiting),
        g.allow("RunLogs", LOG_DELIVERY, "*", "Vended log delivery knows no resource."),
        g.allow("Traces", xray, "*", "X-Ray knows no resource."),
    ]


def jobs_grants(names: Names, key: str) -> list[Grant]:
    """A job: read code and data, write under runs alone. No action on state machines, roles or the registry."""
    settings, read = names.settings, ["*/source/*", "*/runs/*"]
    made = [names.bucket_arn(n.ARTIFACTS, each) for each in read]
    data = names.bucket_arn(n.CODE, "model-repos/*")
    logs = [names.arn("logs", f"log-group:{group}*") for group in n.JOB_LOG_GROUPS.values()]
    volumes = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    code, pushed = "Code and what earlier jobs of a run made.", "Small data lies in the model repo itself."
    inside = "A job writes in folders of its run, not what lies beside them: input.json and the report."
    write_logs = "logs:CreateLogGroup CreateLogStream DescribeLogStreams PutLogEvents"
    pull = "ecr:BatchCheckLayerAvailability BatchGetImage GetDownloadUrlForLayer"
    grants = [
        g.allow("ReadRuns", "s3:GetObject", made, code),
        g.list_bucket("ListRuns", names, n.ARTIFACTS, *read, why=code),
        g.write_objects("WriteRuns", names, n.ARTIFACTS, "*/runs/*/*/*", why=inside),
        g.allow("ReadPushedData", "s3:GetObject", data, pushed),
        g.list_bucket("ListPushedData", names, n.CODE, "model-repos/*", why=pushed),
        g.use_key(names, key, "Decrypt Encrypt GenerateDataKey"),
        g.allow("KeyForVolumes", "kms:CreateGrant", key, "SageMaker lends the key to the machine's disk.", volumes),
        g.allow("DescribeKey", "kms:DescribeKey", key, "SageMaker looks whether the key is usable."),
        *g.read_locations(names, settings.data_locations),
        *g.read_secrets(names),
        g.allow("JobLogs", write_logs, logs, "SageMaker writes a job's log with the job's role."),
        g.allow("JobMetrics", "cloudwatch:PutMetricData", "*", "PutMetricData knows no resource."),
        g.allow("ImageLogin", "ecr:GetAuthorizationToken", "*", "The login to ECR knows no resource."),
        g.allow("PullImages", pull, image_repositories(names), "AWS's framework images, ours, and named accounts'."),
    ]
    return [*grants, *network_grants(names)] if settings.network.subnets else grants


def network_grants(names: Names) -> list[Grant]:
    """In a VPC, SageMaker puts network interfaces into the subnets with the job's own role."""
    network, interfaces = names.settings.network, names.arn("ec2", "network-interface/*")
    places = [names.arn("ec2", f"subnet/{each}") for each in network.subnets]
    places += [names.arn("ec2", f"security-group/{each}") for each in network.security_groups]
    change = "ec2:CreateNetworkInterfacePermission DeleteNetworkInterface DeleteNetworkInterfacePermission"
    see = "ec2:DescribeDhcpOptions DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets DescribeVpcs"
    unborn = "An interface has no name before it is made."
    return [
        g.allow("JoinNetwork", "ec2:CreateNetworkInterface", [interfaces, *places], unborn),
        g.allow("KeepInterfaces", change, interfaces, unborn),
        g.allow("SeeNetwork", see, "*", "EC2 describes without naming a resource."),
    ]


def approval_grants(names: Names, key: str) -> list[Grant]:
    """The handler of approvals: read what was decided, copy the model to serving, tell the topic."""
    decision, whole = (
        "A model's group is named as the model alone.",
        "The serving bucket is this role's alone to write.",
    )
    return [
        g.allow("ReadDecision", "sagemaker:DescribeModelPackage ListModelPackages", g.registry(names), decision),
        g.read_objects("ReadModel", names, n.ARTIFACTS, "*/runs/*", why="The approved model and its metrics."),
        g.list_bucket("TellMissingModel", names, n.ARTIFACTS, why=MISSING),
        g.allow("ReadServing", "s3:GetObject", names.bucket_arn(n.SERVING, "*"), whole),
        g.list_bucket("TellMissingServing", names, n.SERVING, why=MISSING),
        g.write_objects("WriteServing", names, n.SERVING, "*", why=whole),
        g.use_key(names, key, "Decrypt GenerateDataKey"),
        g.allow("Tell", "sns:Publish", names.arn("sns", names.topic), "People hear what goes to serving."),
        g.use_key(names, key, "Decrypt GenerateDataKey", "sns"),
        *g.own_log(names, n.APPROVAL),
    ]


def run_end_grants(names: Names, key: str) -> list[Grant]:
    """The handler of runs' ends: read what a run was and became, write its report."""
    jobs = [names.arn("sagemaker", f"{kind}-job/{names.settings.prefix}-*") for kind in ("training", "processing")]
    read = [names.bucket_arn(n.ARTIFACTS, each) for each in ("*/runs/*", PRICE_TABLE_KEY)]
    runs = "states:DescribeExecution GetExecutionHistory"
    log = names.log_group_arn(n.JOB_LOG_GROUPS["training"])
    ours = "Names begin with the platform's prefix."
    serving = "The version that serves is what others are compared with."
    return [
        g.allow("SeeRun", runs, names.executions, ours),
        g.allow("SeeJobs", "sagemaker:DescribeProcessingJob DescribeTrainingJob", jobs, ours),
        g.allow(
            "SeeVersions",
            "sagemaker:DescribeModelPackage ListModelPackages",
            g.registry(names),
            "Any model's run may end; whether an earlier version was made of the very same.",
        ),
        g.allow("ReadLog", "logs:DescribeLogStreams GetLogEvents", log, "Curves are made of what training logged."),
        replace(g.read_configs(names), actions=("s3:GetObjectVersion",)),
        g.allow("ReadRuns", "s3:GetObject", read, "What runs made, and the prices of the platform."),
        g.list_bucket("TellMissingRuns", names, n.ARTIFACTS, why=MISSING),
        g.allow("ReadServing", "s3:GetObject", names.bucket_arn(n.SERVING, "*/approved.json"), serving),
        g.list_bucket("TellMissingServing", names, n.SERVING, why=MISSING),
        g.allow(
            "WriteReport", "s3:PutObject", names.bucket_arn(n.ARTIFACTS, "*/runs/*/report.html"), "One for each run."
        ),
        g.use_key(names, key, "Decrypt GenerateDataKey"),
        *g.own_log(names, n.RUN_END),
    ]


def readers_grants(names: Names, key: str) -> list[Grant]:
    """Other accounts: see versions, read what was approved."""
    approved = "Everything in the serving bucket was approved."
    return [
        *g.read_registry(names),
        g.read_objects("ReadServing", names, n.SERVING, "*", why=approved),
        g.list_bucket("ListServing", names, n.SERVING, why=approved),
        g.use_key(names, key, "Decrypt"),
        g.read_platform(names),
    ]


def image_repositories(names: Names) -> list[str]:
    """AWS's own accounts for framework images in this region, ours, and those the settings name."""
    region = names.settings.region
    aws = {accounts[region] for accounts in load("images")["accounts"] if region in accounts}
    own = {names.settings.account, *names.settings.image_accounts}
    return [names.arn("ecr", "repository/*", account) for account in sorted(aws | own)]
