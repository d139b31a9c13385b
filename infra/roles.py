"""Roles: the permissions of the handlers, the runs and the jobs. In: Names and the key's ARN. Out: a Roles.

No role here can approve a model. Only policies of `people` allow a change of the approval status. Only runs register
model versions, and each new version waits for approval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aws_cdk import aws_iam as iam
from constructs import Construct

from infra import grants as g
from infra import names as n
from infra.grants import MISSING_KEY, NO_RESOURCE, OWN_PREFIX, Grant
from infra.job_grants import network_grants, run_jobs, see_jobs
from infra.names import Names
from infra.policies import acknowledge_patterns, build_document
from infra.policy_sizes import check_role_size
from infra.teams import Team, build_only_team, list_job_roles, list_teams
from pushtrain import layout
from pushtrain.catalog.images import list_image_accounts
from pushtrain.catalog.job_kinds import KINDS, PROCESSING

# The eight actions that the Step Functions developer guide requires for logging.
LOG_DELIVERY = (
    "logs:CreateLogDelivery DeleteLogDelivery DescribeLogGroups DescribeResourcePolicies GetLogDelivery "
    "ListLogDeliveries PutResourcePolicy UpdateLogDelivery"
)


class Roles(Construct):
    """Roles `push`, `states`, `decide`, `approval`, `run_end` and `replay`, and the role of each team's jobs.

    With `registry_readers` there is also a role for other accounts.
    """

    def __init__(self, scope: Construct, name: str, names: Names, key: str) -> None:
        super().__init__(scope, name)
        self.names = names
        lambdas = iam.ServicePrincipal("lambda.amazonaws.com")
        states = self._limit_to_account("states", names.state_machine_pattern)
        sagemaker = self._limit_to_account("sagemaker", names.arn("sagemaker", "*"))
        self.push = self._add_role(n.PUSH, lambdas, push_grants(names, key))
        self.states = self._add_role(n.STATES, states, states_grants(names, key))
        self.decide = self._add_role(n.DECIDE, lambdas, decide_grants(names, key))
        for team in list_teams(names):
            self._add_role(team.kind(n.JOBS), sagemaker, jobs_grants(team, key))
        self.approval = self._add_role(n.APPROVAL, lambdas, approval_grants(names, key))
        self.run_end = self._add_role(n.RUN_END, lambdas, run_end_grants(names, key))
        self.replay = self._add_role(n.REPLAY, lambdas, replay_grants(names, key))
        if accounts := names.settings.registry_readers:
            readers = iam.CompositePrincipal(*(iam.AccountPrincipal(account) for account in accounts))
            self._add_role(n.READERS, readers, readers_grants(names, key))

    def _limit_to_account(self, service: str, source: str) -> iam.IPrincipal:
        """Return the service, limited to requests for this account. Other accounts cannot make it use the role."""
        conditions = {
            "StringEquals": {"aws:SourceAccount": self.names.settings.account},
            "ArnLike": {"aws:SourceArn": source},
        }
        return iam.ServicePrincipal(f"{service}.amazonaws.com", conditions=conditions)

    def _add_role(self, kind: str, principal: iam.IPrincipal, grants: Sequence[Grant]) -> iam.IRole:
        check_role_size(self.names.resource_name(kind), grants, self.names)
        role = iam.Role(
            self,
            kind.capitalize(),
            role_name=self.names.resource_name(kind),
            assumed_by=principal,
            inline_policies={"own": build_document(grants)},
        )
        acknowledge_patterns(role, grants)
        return role.without_policy_updates()  # constructs that use the role cannot add permissions to it


def push_grants(names: Names, key: str) -> list[Grant]:
    """Handler of pushes: read the push, write definition and source, update the state machine, start a run."""
    keys = (
        layout.ALL_SOURCES,
        layout.ALL_DEFINITIONS,
        layout.ALL_PROBLEMS,
        layout.ALL_INPUTS,
        layout.ALL_UNFINISHED,
    )
    reuse = (layout.ALL_INPUTS, layout.ALL_REUSE_INDEXES, layout.ALL_FORGOTTEN)
    read_back = [names.bucket_arn(n.ARTIFACTS, key) for key in reuse]
    written = [names.bucket_arn(n.ARTIFACTS, pattern) for pattern in keys]
    definitions = names.bucket_arn(n.ARTIFACTS, layout.ALL_DEFINITIONS)
    groups = names.arn("sagemaker", f"model-package-group/{names.settings.prefix}-*")
    state_machines = (
        "states:CreateStateMachine DeleteStateMachineVersion DescribeStateMachine PublishStateMachineVersion "
        "StartExecution TagResource UpdateStateMachine"
    )
    create_group = "sagemaker:AddTags CreateModelPackageGroup DescribeModelPackageGroup"
    prices = names.bucket_arn(n.ARTIFACTS, layout.PRICE_TABLE)
    pushed = "Every revision is under model-repos/."
    write = "The handler writes these five kinds of objects for each model. Jobs write the others."
    find = (
        "A second push of the same revision writes code and definition only once. A result of an earlier run is reused "
        f"only if no object of it was written or deleted since. {MISSING_KEY}"
    )
    read_prices = "Pushes read the price table. They cannot change it."
    versions = "The handler notes here which state machine version runs a definition."
    records = (
        "If a push is delivered twice, the second delivery starts with the record that the first one wrote. The "
        "handler reads which results of earlier runs may be reused."
    )
    resume = "A run continues the checkpoints of an earlier one that did not finish the same step."
    redelivered = "A second delivery of a push looks whether the first one started the run."
    return [
        g.read_objects("ReadPush", names, n.CODE, layout.ALL_PUSHED_FILES, reason=pushed),
        g.list_bucket("ListPush", names, n.CODE, layout.ALL_PUSHED_FILES, reason=pushed),
        *g.list_locations(names),
        g.allow("WriteMade", "s3:PutObject", written, write),
        g.allow("ReadPrices", "s3:GetObject", prices, read_prices),
        g.allow("ReadVersions", "s3:GetObject", definitions, versions),
        g.allow("ReadRecords", "s3:GetObject", read_back, records),
        g.allow("SeeArtifacts", "s3:ListBucket ListBucketVersions", names.bucket_arn(n.ARTIFACTS), find),
        g.allow("Resume", "s3:GetObject", names.bucket_arn(n.ARTIFACTS, layout.ALL_UNFINISHED), resume),
        g.use_key(names, key, "Decrypt GenerateDataKey"),
        g.allow("KeepAndStart", state_machines, names.state_machine_pattern, OWN_PREFIX),
        g.allow("SeeRuns", "states:DescribeExecution", names.execution_pattern, redelivered),
        g.pass_role(names, n.STATES, "states"),
        g.allow("ModelGroup", create_group, groups, OWN_PREFIX),
        *g.take_pushes(names, key),
        *g.run_handler(names, n.PUSH),
    ]


def states_grants(names: Names, key: str) -> list[Grant]:
    """Run: start jobs, ask for the verdict, register a version that waits for approval, log, trace."""
    condition = {"StringEquals": {"sagemaker:ModelApprovalStatus": "PendingManualApproval"}}
    xray = "xray:GetSamplingRules GetSamplingTargets PutTelemetryRecords PutTraceSegments"
    ask = "This function judges the metrics of a run. A run may invoke no other function."
    register = f"A run can only register versions that wait for approval. {OWN_PREFIX}"
    return [
        *(grant for kind in KINDS for grant in run_jobs(names, kind, key)),
        replace(g.pass_role(names, n.JOBS, "sagemaker"), resources=tuple(list_job_roles(names))),
        g.allow("Decide", "lambda:InvokeFunction", names.function_arn(n.DECIDE), ask),
        g.allow("Register", "sagemaker:CreateModelPackage", g.registry_arns(names), register, condition),
        g.allow("RunLogs", LOG_DELIVERY, "*", "Step Functions requires these actions on all resources for logging."),
        g.allow("Traces", xray, "*", NO_RESOURCE),
    ]


def decide_grants(names: Names, key: str) -> list[Grant]:
    """Handler of decisions: read the metrics in evaluation.json, write the verdict of a run."""
    evaluations = [names.bucket_arn(n.ARTIFACTS, pattern) for pattern in (layout.ALL_EVALUATIONS, layout.ALL_PLOTS)]
    verdicts = names.bucket_arn(n.ARTIFACTS, layout.ALL_VERDICTS)
    describe = PROCESSING.build_operation("Describe")
    metrics = "The gate reads evaluation.json in the runs of any model. A report draws plots.json."
    own = "A job tells SageMaker which files it wrote. Files that other jobs put in their place are not judged."
    pin = (
        "A model, evaluation.json and plots.json are registered only if each has exactly one version, that of its job."
    )
    write = "Only this role may write a verdict. If a run asks twice, the second answer is the verdict of the first."
    return [
        g.allow("ReadMetrics", "s3:GetObjectVersion", evaluations, metrics),
        g.allow("SeeEvaluation", f"sagemaker:{describe}", names.job_pattern(PROCESSING), own),
        g.allow("PinBytes", "s3:ListBucketVersions", names.bucket_arn(n.ARTIFACTS), pin),
        g.allow("Verdicts", "s3:GetObject PutObject", verdicts, write),
        g.list_bucket("TellMissingMetrics", names, n.ARTIFACTS, reason=MISSING_KEY),
        g.use_key(names, key, "Decrypt GenerateDataKey"),
        *g.run_handler(names, n.DECIDE),
    ]


def jobs_grants(team: Team, key: str) -> list[Grant]:
    """Job: read code and data, write only under runs/. No action on state machines, roles or the registry.

    What belongs to a model is that of the team's models only.
    """
    names, files = team.names, (layout.build_sources_pattern, layout.build_run_files_pattern)
    artifacts = team.object_arns(n.ARTIFACTS, *files)
    data = team.object_arns(n.CODE, layout.build_pushed_files_pattern)
    outputs = team.keys(layout.build_job_outputs_pattern)
    groups = [names.arn("logs", f"log-group:{group}*") for group in n.JOB_LOG_GROUPS.values()]
    for_volumes = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    create_logs = "logs:CreateLogGroup DescribeLogStreams"
    own_logs = "A log stream starts with the name of its job. The report reads the logs of a run's jobs."
    pull = "ecr:BatchCheckLayerAvailability BatchGetImage GetDownloadUrlForLayer"
    source = "A job reads its code and what earlier jobs of the run wrote."
    pushed = "Small data is part of the model repo."
    write = (
        "A job writes into the folders of its run. It cannot write the run's input.json, verdict, result and report."
    )
    volumes = "SageMaker uses the key for the volume of the instance."
    describe = "SageMaker checks whether the key can be used."
    images = "Images come from AWS, from this account and from the accounts in the settings."
    grants = [
        g.allow("ReadRuns", "s3:GetObject", artifacts, source),
        g.list_bucket("ListRuns", names, n.ARTIFACTS, *team.keys(*files), reason=source),
        g.write_objects("WriteRuns", names, n.ARTIFACTS, *outputs, reason=write),
        g.allow("ReadPushedData", "s3:GetObject", data, pushed),
        g.list_bucket("ListPushedData", names, n.CODE, *team.keys(layout.build_pushed_files_pattern), reason=pushed),
        g.use_key(names, key, "Decrypt Encrypt GenerateDataKey"),
        g.allow("KeyForVolumes", "kms:CreateGrant", key, volumes, for_volumes),
        g.allow("DescribeKey", "kms:DescribeKey", key, describe),
        *g.read_locations(team),
        *g.read_secrets(team),
        g.allow("CreateJobLogs", create_logs, groups, "SageMaker writes the log of a job with the job's role."),
        g.allow("JobLogs", "logs:CreateLogStream PutLogEvents", team.job_log_streams, own_logs),
        g.allow("JobMetrics", "cloudwatch:PutMetricData", "*", NO_RESOURCE),
        g.allow("ImageLogin", "ecr:GetAuthorizationToken", "*", NO_RESOURCE),
        g.allow("PullImages", pull, image_repositories(names), images),
    ]
    return [*grants, *network_grants(names)] if names.settings.network.subnets else grants


def approval_grants(names: Names, key: str) -> list[Grant]:
    """Handler of approvals: read the decision, copy the approved model to the serving bucket, inform the topic."""
    describe = "sagemaker:DescribeModelPackage ListModelPackages"
    model = "The handler copies the approved model and its metrics."
    only_writer = "Only this role may write to the serving bucket."
    serving = "The handler reads which version is deployed."
    news = "The topic informs people when a model is deployed."
    return [
        g.allow("ReadDecision", describe, g.registry_arns(names), OWN_PREFIX),
        g.read_objects("ReadModel", names, n.ARTIFACTS, layout.ALL_RUN_FILES, reason=model),
        g.list_bucket("TellMissingModel", names, n.ARTIFACTS, reason=MISSING_KEY),
        g.allow("ReadServing", "s3:GetObject", names.bucket_arn(n.SERVING, "*"), serving),
        g.list_bucket("TellMissingServing", names, n.SERVING, reason=MISSING_KEY),
        g.write_objects("WriteServing", names, n.SERVING, "*", reason=only_writer),
        g.use_key(names, key, "Decrypt GenerateDataKey"),
        g.allow("Tell", "sns:Publish", names.arn("sns", names.topic_name), news),
        g.use_key(names, key, "Decrypt GenerateDataKey", "sns"),
        *g.run_event_handler(names, n.APPROVAL),
    ]


def run_end_grants(names: Names, key: str) -> list[Grant]:
    """Handler of ended runs: read the run and what it wrote, write its result and its report."""
    outputs = names.bucket_arn(n.ARTIFACTS, layout.ALL_JOB_OUTPUTS)
    expiry = "The handler marks intermediate outputs, which a lifecycle rule then deletes."
    mark = [g.allow("MarkOutputs", "s3:PutObjectTagging", outputs, expiry)] if names.settings.intermediate_days else []
    artifacts = [names.bucket_arn(n.ARTIFACTS, pattern) for pattern in (layout.ALL_RUN_FILES, layout.PRICE_TABLE)]
    see_runs = "states:DescribeExecution GetExecutionHistory"
    see_versions = "sagemaker:DescribeModelPackage ListModelPackages"
    shown = (layout.ALL_APPROVED_DOCUMENTS, layout.ALL_DECISIONS)
    approved = [names.bucket_arn(n.SERVING, pattern) for pattern in shown]
    result = names.bucket_arn(n.ARTIFACTS, layout.ALL_RESULTS)
    report = names.bucket_arn(n.ARTIFACTS, layout.ALL_REPORTS)
    unfinished = names.bucket_arn(n.ARTIFACTS, layout.ALL_UNFINISHED)
    checkpoints = "The handler notes which checkpoints the next run may continue. Jobs cannot write it."
    versions = "The report compares the version with earlier versions of the same model."
    read_logs = (
        "The result quotes the error of a failed job; the report draws learning curves from a training job's log."
    )
    results = "Result and report contain what the run wrote, and its cost."
    data = "The version of data inside a push is a hash of its listing, also after the run."
    serving = "The report compares the version with the one that is deployed."
    evaluations = [names.bucket_arn(n.ARTIFACTS, pattern) for pattern in (layout.ALL_EVALUATIONS, layout.ALL_PLOTS)]
    pinned = "The report shows evaluation.json and plots.json as they were judged, not later ones."
    reuse = "Only this role writes which results later runs may reuse."
    indexes = names.bucket_arn(n.ARTIFACTS, layout.ALL_REUSE_INDEXES)
    lineage = names.bucket_arn(n.ARTIFACTS, layout.ALL_LINEAGE_INDEXES)
    uses = "The handler adds the data and images of each run to an index. Jobs cannot write it."
    outputs = "The index of results that may be reused has a hash of all objects of a job, with their versions."
    return [
        g.allow("SeeRun", see_runs, names.execution_pattern, OWN_PREFIX),
        see_jobs(build_only_team(names)),
        g.allow("SeeVersions", see_versions, g.registry_arns(names), versions),
        *(replace(grant, reason=read_logs) for grant in g.read_job_logs(build_only_team(names))),
        replace(g.read_configs(build_only_team(names)), actions=("s3:GetObjectVersion",)),
        g.list_bucket("ListPush", names, n.CODE, layout.ALL_PUSHED_FILES, reason=data),
        *g.list_locations(names),
        g.allow("ReadRuns", "s3:GetObject", artifacts, results),
        g.allow("ReadEvaluations", "s3:GetObjectVersion", evaluations, pinned),
        g.list_bucket("TellMissingRuns", names, n.ARTIFACTS, reason=MISSING_KEY),
        g.allow("ReadServing", "s3:GetObject", approved, serving),
        g.list_bucket("TellMissingServing", names, n.SERVING, reason=MISSING_KEY),
        g.allow("WriteResult", "s3:PutObject", result, "The handler writes how each run ended. Jobs cannot write it."),
        *mark,
        g.allow("WriteReport", "s3:PutObject", report, "The handler writes one report for each run."),
        g.allow("NoteCheckpoints", "s3:GetObject PutObject", unfinished, checkpoints),
        g.allow("WriteReuse", "s3:GetObject PutObject", indexes, reuse),
        g.allow("WriteLineage", "s3:GetObject PutObject", lineage, uses),
        g.allow("SeeOutputs", "s3:ListBucketVersions", names.bucket_arn(n.ARTIFACTS), outputs),
        g.use_key(names, key, "Decrypt GenerateDataKey"),
        *g.run_event_handler(names, n.RUN_END),
    ]


def replay_grants(names: Names, key: str) -> list[Grant]:
    """Handler of replays: take failed events from the queue, and hand them to their handlers again."""
    queue, pushes = (names.arn("sqs", name) for name in (names.failure_queue, names.push_queue))
    take = "sqs:ChangeMessageVisibility DeleteMessage GetQueueUrl ReceiveMessage"
    handlers = [names.function_arn(kind) for kind in (n.APPROVAL, n.RUN_END)]
    waiting = "Events that a handler failed to process wait in this queue."
    replay = "Only this role and AWS invoke these handlers. Their events come from AWS, by way of the queue."
    queued = "A push goes back to the push queue. Only S3 and this role put messages there."
    return [
        g.allow("TakeFailures", take, queue, waiting),
        g.allow("Replay", "lambda:InvokeFunction", handlers, replay),
        g.allow("ReplayPushes", "sqs:GetQueueUrl SendMessage", pushes, queued),
        g.use_key(names, key, "Decrypt GenerateDataKey", "sqs"),
        *g.run_handler(names, n.REPLAY),
    ]


def readers_grants(names: Names, key: str) -> list[Grant]:
    """Other accounts: read model versions and approved models."""
    approved = "The serving bucket contains approved models only."
    return [
        *g.read_registry(names),
        g.read_objects("ReadServing", names, n.SERVING, "*", reason=approved),
        g.list_bucket("ListServing", names, n.SERVING, reason=approved),
        g.use_key(names, key, "Decrypt"),
        g.read_platform(names),
    ]


def image_repositories(names: Names) -> list[str]:
    """Return ARN patterns of ECR repositories: of AWS's image accounts in this region, ours, those in the settings."""
    region = names.settings.region
    own = {names.settings.account, *names.settings.image_accounts}
    return [names.arn("ecr", "repository/*", account) for account in sorted(list_image_accounts(region) | own)]
