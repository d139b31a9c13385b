"""What the handlers may do: those of pushes, decisions, approvals, ended runs and replays. In: Names and the key's ARN.

Out: a list of Grants for the role of each handler.
"""

from __future__ import annotations

from msgspec.structs import replace

from infra import grants as g
from infra import names as n
from infra.grants import MISSING_KEY, OWN_PREFIX, Grant
from infra.job_grants import see_jobs
from infra.names import Names
from infra.teams import build_only_team
from pushtrain import layout
from pushtrain.catalog.job_kinds import PROCESSING, TRAINING, TRANSFORM


def push_grants(names: Names, key: str) -> list[Grant]:
    """Handler of pushes: read the push, write definition and source, update the state machine, start a run."""
    keys = (
        layout.ALL_SOURCES,
        layout.ALL_DEFINITIONS,
        layout.ALL_PROBLEMS,
        layout.ALL_INPUTS,
        layout.ALL_UNFINISHED,
        layout.ALL_LISTINGS,
        layout.ALL_RUN_POINTERS,
        layout.ALL_STARTS,
    )
    reuse = (layout.ALL_INPUTS, layout.ALL_RESULTS, layout.ALL_REUSE_INDEXES, layout.ALL_FORGOTTEN)
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
    write = "The handler writes these eight kinds of objects for each model. Jobs write the others."
    find = (
        "A second push of the same revision writes code and definition only once. A result of an earlier run is reused "
        f"only if no object of it was written or deleted since. {MISSING_KEY}"
    )
    read_prices = "Pushes read the price table. They cannot change it."
    versions = "The handler notes here which state machine version runs a definition."
    records = (
        "If a push is delivered twice, the second delivery starts with the record that the first one wrote. The "
        "handler reads which results of earlier runs may be reused, and from which search another one goes on."
    )
    resume = "A run continues the checkpoints of an earlier one that did not finish the same step."
    approved = names.bucket_arn(n.SERVING, layout.ALL_APPROVED_DOCUMENTS)
    champion = "A run may compare its model with the one in service, which approved.json names."
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
        g.allow("ReadChampion", "s3:GetObject", approved, champion),
        g.list_bucket("TellMissingChampion", names, n.SERVING, reason=MISSING_KEY),
        g.use_key(names, key, "Decrypt GenerateDataKey"),
        g.allow("KeepAndStart", state_machines, names.state_machine_pattern, OWN_PREFIX),
        g.allow("SeeRuns", "states:DescribeExecution", names.execution_pattern, redelivered),
        g.see_digests(g.image_repositories(names)),
        g.pass_role(names, n.STATES, "states"),
        g.allow("ModelGroup", create_group, groups, OWN_PREFIX),
        *g.take_pushes(names, key),
        *g.run_handler(names, n.PUSH),
    ]


def decide_grants(names: Names, key: str) -> list[Grant]:
    """Handler of decisions: read the metrics in evaluation.json, write the verdict of a run."""
    files = (layout.ALL_EVALUATIONS, layout.ALL_PLOTS, layout.ALL_PREDICTIONS)
    evaluations = [names.bucket_arn(n.ARTIFACTS, pattern) for pattern in files]
    verdicts = names.bucket_arn(n.ARTIFACTS, layout.ALL_VERDICTS)
    describe = PROCESSING.build_operation("Describe")
    trained = TRAINING.build_operation("Describe")
    values = "SageMaker says which hyperparameters the best trial of a search had."
    metrics = (
        "The gate reads evaluation.json in the runs of any model. A report draws plots.json. A serving test compares "
        "answers with request_predictions.csv."
    )
    own = "A job tells SageMaker which files it wrote. Files that other jobs put in their place are not judged."
    pin = (
        "A model, evaluation.json and what lies beside it are judged only if each has exactly one version, that of its "
        "job."
    )
    write = "Only this role may write a verdict. If a run asks twice, the second answer is the verdict of the first."
    answers = names.bucket_arn(n.ARTIFACTS, layout.ALL_ANSWERS)
    test = "The verdict says if the model answered every request of its serving test."
    transform = f"sagemaker:{TRANSFORM.build_operation('Describe')}"
    return [
        g.allow("ReadMetrics", "s3:GetObjectVersion", evaluations, metrics),
        g.allow("ReadAnswers", "s3:GetObjectVersion", answers, test),
        g.allow("ReadRequests", "s3:GetObject", names.bucket_arn(n.CODE, layout.ALL_PUSHED_FILES), test),
        g.allow("SeeServingTest", transform, names.job_pattern(TRANSFORM), test),
        g.allow("SeeEvaluation", f"sagemaker:{describe}", names.job_pattern(PROCESSING), own),
        g.allow("SeeTraining", f"sagemaker:{trained}", names.job_pattern(TRAINING), values),
        g.allow("PinBytes", "s3:ListBucketVersions", names.bucket_arn(n.ARTIFACTS), pin),
        g.allow("Verdicts", "s3:GetObject PutObject", verdicts, write),
        g.list_bucket("TellMissingMetrics", names, n.ARTIFACTS, reason=MISSING_KEY),
        g.use_key(names, key, "Decrypt GenerateDataKey"),
        *g.run_handler(names, n.DECIDE),
    ]


def approval_grants(names: Names, key: str) -> list[Grant]:
    """Handler of approvals: read the decision, copy the approved model to the serving bucket, inform the topic."""
    describe = "sagemaker:DescribeModelPackage ListModelPackages"
    model = "The handler copies the approved model and its metrics."
    only_writer = "Only this role may write to the serving bucket."
    serving = "The handler reads which version is deployed."
    lineage = names.bucket_arn(n.ARTIFACTS, layout.ALL_LINEAGE_INDEXES)
    facts = "The index of versions has what each was built from."
    news = "The topic informs people when a model is deployed."
    return [
        g.allow("ReadDecision", describe, g.registry_arns(names), OWN_PREFIX),
        g.read_objects("ReadModel", names, n.ARTIFACTS, layout.ALL_RUN_FILES, reason=model),
        g.allow("ReadLineage", "s3:GetObject", lineage, facts),
        write_version_indexes(names),
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
        g.allow("DropModels", "sagemaker:DeleteModel", names.model_pattern, "A run that is stopped leaves its model."),
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
        write_version_indexes(names),
        g.allow("SeeOutputs", "s3:ListBucketVersions", names.bucket_arn(n.ARTIFACTS), outputs),
        g.use_key(names, key, "Decrypt GenerateDataKey"),
        *g.run_event_handler(names, n.RUN_END),
    ]


def write_version_indexes(names: Names) -> Grant:
    """Handlers of approvals and of ended runs: write the index of all versions, which lists read."""
    reason = "Lists show what this index says. Jobs and people cannot write it."
    return g.allow(
        "WriteVersions", "s3:GetObject PutObject", names.bucket_arn(n.ARTIFACTS, layout.ALL_VERSION_INDEXES), reason
    )


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
