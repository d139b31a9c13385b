"""Every call of the handlers and of every definition is allowed by the shipped role, what must not happen is denied,
and no statement is there that nothing needs.
"""

from __future__ import annotations

import importlib
import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError

import pushtrain.serving.copy as keep_module
from infra import handler_grants, run_grants, score_grants
from infra.grants import Grant
from infra.names import Names
from infra.settings import parse_settings
from infra.teams import build_only_team
from pushtrain import aws
from pushtrain.catalog.job_kinds import TUNING
from pushtrain.config import Condition
from pushtrain.decide import ServingRequest
from pushtrain.decide import decide as judge_run
from pushtrain.decide.tuned import read_tuned
from pushtrain.errors import EvaluationMissing, RegistryError, ServingNotTested
from pushtrain.failures import replay_events
from pushtrain.launch import state_machine as machine
from pushtrain.launch.checkpoints import write_unfinished_step
from pushtrain.launch.deliveries import receive_message
from pushtrain.launch.launch import LaunchOutcome
from pushtrain.launch.start import Launched
from pushtrain.launch.state_machine import build_execution_arn as build_run_arn
from pushtrain.layout import PRICE_TABLE, build_answers_prefix, build_job_prefix, build_uri
from pushtrain.local.aws import up
from pushtrain.local.platform import describe_runtime
from pushtrain.local.states.run_end_events import build_run_end_event
from pushtrain.local.storage.store import Store
from pushtrain.local.triggers import HANDLERS, ON_DECIDE, ON_PUSH
from pushtrain.model_repo.contents import read_model_repo
from pushtrain.platform import PLATFORM_VARIABLE, Platform
from pushtrain.pushes.upload import upload
from pushtrain.record import UnfinishedStep
from pushtrain.registry import read_version
from pushtrain.report import gather_facts
from pushtrain.report.columns import build_version_column
from pushtrain.report.content import compare_content
from pushtrain.report.ended import receive as receive_end
from pushtrain.report.facts import read_config
from pushtrain.report.review import review_version
from pushtrain.runs import delete_left_models, read_run, read_run_record
from pushtrain.runs.trials import read_trials
from tests.embedded.evaluation_jobs import add_evaluation_job, add_transform_job
from tests.embedded.registered import build_execution_arn, write_verdict
from tests.infra.calls import Call, Needs, recording
from tests.infra.conftest import SETTINGS
from tests.infra.definitions import Walk, configs
from tests.infra.evaluator import Need, Statement, listed, may
from tests.infra.score_walk import ScoreWalk
from tests.infra.template_view import KEY_ID, View
from tests.unit.decide.bucket import build_request

CONFIG = b"""
model: churn
data: {raw: s3://lake/churn/}
train: {framework: sklearn 1.2-1, instance: ml.m5.large, checkpoint: /opt/ml/checkpoints}
evaluate: {framework: sklearn 1.2-1}
register: {}
"""
CHAMPION = b"{metric: auc, at_least: champion}"
# What Lambda asks for to put a function into a VPC. Source: Lambda developer guide, "Required IAM permissions".
INTERFACES = (
    *(("CreateNetworkInterface", resource) for resource in ("network-interface/*", "subnet/subnet-1a1b2c3d")),
    *((f"{verb}PrivateIpAddresses", "network-interface/eni-0a1b2c3d") for verb in ("Assign", "Unassign")),
    ("DeleteNetworkInterface", "network-interface/eni-0a1b2c3d"),
)
Needed = dict[str, list[Need]]
ROLES = ("push", "approval", "run-end", "decide", "replay", "states", "jobs", "score", "score-jobs")
REPOS = Path(__file__).parents[1] / "embedded" / "repos"
KEY = f"arn:aws:kms:us-east-1:123456789012:key/{KEY_ID}"


# --- what is called


def put(platform: Platform, revision: str, files: dict[str, bytes]) -> dict[str, Any]:
    """A push as `aws s3 cp` makes one; its event."""
    s3, key = aws.client("s3"), ""
    for name, body in files.items():
        key = f"model-repos/churn/{revision}/{name}"
        version = s3.put_object(Bucket=platform.code_bucket, Key=key, Body=body)["VersionId"]
    record = {"bucket": {"name": platform.code_bucket}, "object": {"key": key, "versionId": version}}
    return {"Records": [{"eventName": "ObjectCreated:Put", "s3": record}]}


def pushes(platform: Platform) -> list[Call]:
    """A first push, its second delivery, code alone changed, the definition changed, two refused, with a champion."""
    scripts = {"train.py": b"raise SystemExit(1)", "evaluation.py": b""}
    changed = {"train.py": b"raise SystemExit(2)", "evaluation.py": b""}
    aws.client("s3").create_bucket(Bucket="lake")
    first = put(platform, "a" * 40, {**scripts, "config.yaml": CONFIG})
    events = [
        first,
        first,
        put(platform, "b" * 40, {**changed, "config.yaml": CONFIG}),
        put(platform, "c" * 40, {**changed, "config.yaml": CONFIG.replace(b"ml.m5.large", b"ml.m5.xlarge")}),
        put(platform, "d" * 40, {"config.yaml": b"model: churn"}),
        put(platform, "e" * 40, {**scripts, "config.yaml": CONFIG + b"limits: {max_cost: 1 USD}"}),
        put(platform, "f" * 40, {**scripts, "config.yaml": CONFIG.replace(b"{}", b"{when: [" + CHAMPION + b"]}")}),
    ]
    aws.client("s3").put_object(Bucket=platform.artifact_bucket, Key=PRICE_TABLE, Body=b"prices: []")
    with recording() as calls:
        [launched] = deliver_event(first, platform)
        assert isinstance(launched, Launched)
        answers = [type(answer).__name__ for event in events[1:] for answer in deliver_event(event, platform)]
    assert answers == ["Launched"] * 3 + ["Refused"] * 2 + ["Launched"]
    leave_checkpoints(platform, "churn", launched.run)
    again = put(platform, "a" * 40, {**scripts, "config.yaml": CONFIG})
    with recording() as later:
        deliver_event(again, platform)
    return calls + later


def deliver_event(event: Mapping[str, Any], platform: Platform) -> tuple[LaunchOutcome, ...]:
    """Hand an S3 event to the handler as the queue does."""
    delivery = receive_message({"messageId": "m", "receiptHandle": "", "body": json.dumps(event)}, platform)
    assert delivery.error is None
    return delivery.outcomes


def leave_checkpoints(platform: Platform, model: str, run: str) -> None:
    """Let an earlier run with the step key of this one have stopped while it trained."""
    record = read_run_record(platform, model, run)
    assert record
    stopped, s3 = UnfinishedStep(runs=("earlier",), checkpoints="earlier"), aws.client("s3")
    assert write_unfinished_step(s3, record, "train", stopped, {}, platform)


def version(platform: Platform, number: int, *, there: bool = True) -> str:
    key = f"churn/runs/r{number}/train/job/output/model.tar.gz"
    s3, run = aws.client("s3"), f"r{number}"
    written = s3.put_object(Bucket=platform.artifact_bucket, Key=key, Body=b"model")
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/x:1"
    write_verdict("churn", run, key, image=image, bucket=platform.artifact_bucket)
    if not there:
        s3.delete_object(Bucket=platform.artifact_bucket, Key=key, VersionId=written["VersionId"])
    evaluation = f"churn/runs/r{number}/evaluate/job/evaluation/evaluation.json"
    aws.client("s3").put_object(Bucket=platform.artifact_bucket, Key=evaluation, Body=b'{"accuracy": 1}')
    uri = f"s3://{platform.artifact_bucket}"
    container = {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/x:1", "ModelDataUrl": f"{uri}/{key}"}
    statistics = {"ContentType": "application/json", "S3Uri": f"{uri}/{evaluation}"}
    arn: str = aws.client("sagemaker").create_model_package(
        ModelPackageGroupName="pushtrain-churn",
        InferenceSpecification={"Containers": [container]},
        ModelApprovalStatus="PendingManualApproval",
        ModelMetrics={"ModelQuality": {"Statistics": statistics}},
        MetadataProperties={"GeneratedBy": build_execution_arn("churn", run)},
    )["ModelPackageArn"]
    return arn


def decisions(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """Two approvals, the second of a model copied in parts, both taken back, and one of a model that is gone."""
    aws.client("sns").create_topic(Name=platform.topic.rpartition(":")[2])
    aws.client("sagemaker").create_model_package_group(ModelPackageGroupName="pushtrain-churn")
    first, second, gone = version(platform, 1), version(platform, 2), version(platform, 3, there=False)
    calls = decide(platform, first, "Approved")
    monkeypatch.setattr(keep_module, "PART", 1)
    calls += decide(platform, second, "Approved")
    calls += decide(platform, second, "Rejected")
    calls += decide(platform, first, "Rejected")
    return calls + decide(platform, gone, "Approved", says="is gone")


def decide(platform: Platform, arn: str, status: str, *, says: str = "") -> list[Call]:
    event = json.loads((Path(__file__).parents[1] / "events" / "model-package-approved.json").read_text())
    event["detail"] |= {"ModelPackageGroupName": "pushtrain-churn", "ModelPackageArn": arn}
    aws.client("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus=status)
    refusal = pytest.raises(RegistryError, match=says) if says else nullcontext()
    with pytest.MonkeyPatch.context() as patch, recording() as calls, refusal:
        patch.setenv(PLATFORM_VARIABLE, platform.to_json())
        importlib.import_module("pushtrain_lambda.on_approval").handler(event, None)
    return calls


def ends(platform: Platform, folder: Path) -> tuple[list[Call], list[Call], list[Call]]:
    """A run that really runs and registers: its end heard before anything is approved, and after; people look at it.

    The last calls are those of a push that may reuse its steps.
    """
    repo = shutil.copytree(REPOS / "plain", folder / "plain")
    config = (repo / "config.yaml").read_text()
    config = config.replace("train:\n", "train:\n  checkpoint: /opt/ml/saved\n  metrics: {mean: 'mean=(.*);'}\n")
    config += "defaults: {cache: true}\n"
    (repo / "config.yaml").write_text(config.replace("data: {", "data: {lake: s3://lake/churn/, "))
    handlers = {name: HANDLERS[name] for name in (ON_PUSH, ON_DECIDE)}
    with up(folder / "store", platform, handlers=handlers) as machine:
        aws.client("s3").create_bucket(Bucket="lake")
        aws.client("s3").put_object(Bucket="lake", Key="churn/rows.csv", Body=b"1")
        push = upload(read_model_repo(repo), "plain", platform).push
        described = machine.wait(build_run_arn(platform, "plain", push.run))
        package = json.loads(described["output"])["model_package"]
        event = build_run_end_event(described, platform)
        run = described["name"]
        leave_checkpoints(platform, "plain", run)
        another = f"plain/runs/{run[:12]}-another/input.json"  # of the same revision, so other versions are looked at
        aws.client("s3").put_object(Bucket=platform.artifact_bucket, Key=another, Body=b"{}")
        with recording() as calls:
            assert receive_end(event, platform)
        serving = {"version": 1, "model_package": package}
        body = json.dumps(serving).encode()
        aws.client("s3").put_object(Bucket=platform.serving_bucket, Key="plain/approved.json", Body=body)
        aws.client("s3").put_object(Bucket=platform.artifact_bucket, Key=PRICE_TABLE, Body=b"prices: []")
        with recording() as later:
            assert receive_end(event, platform)
        add_transform_job(
            machine.store, platform, tested := f"{platform.prefix}-plain-serving-test", requests="", answers=""
        )
        with recording() as swept:
            stopped = msgspec.structs.replace(read_run(platform, "plain", run), left_models=(tested,))
            assert delete_left_models(platform, stopped) == ()
            aws.client("sagemaker").describe_transform_job(TransformJobName=tested)
            searched = {TUNING.name_member: f"{platform.prefix}-0a1b2c3d-aa-0-0"}
            with suppress(ClientError):
                aws.client("sagemaker").describe_hyper_parameter_tuning_job(**searched)
            with suppress(ClientError):
                read_trials(aws.client("sagemaker"), searched)
        s3_object = {"key": f"{push.prefix}config.yaml", "versionId": push.version}
        s3 = {"bucket": {"name": push.bucket}, "object": s3_object}
        same_computer = msgspec.structs.replace(platform, runtime=describe_runtime())
        with recording() as pushed:
            assert deliver_event({"Records": [{"eventName": "ObjectCreated:Put", "s3": s3}]}, same_computer)
        with recording() as looks:
            version = read_version(platform, "plain", 1)
            assert gather_facts(platform, version).verdicts
            assert not review_version(platform, version).warnings
            record = read_run_record(platform, "plain", run)
            source = build_version_column(version, record, read_config(platform, record))
            assert all(part.same for part in compare_content(platform, [source]))
    return calls + later + swept, looks, pushed


@pytest.fixture(scope="module")
def platform(view: View) -> Platform:
    """The platform as the stack publishes it."""
    return Platform.from_json(view.one("SSM::Parameter", Name="/pushtrain/test/platform")["Value"])


@pytest.fixture(scope="module")
def needed(
    view: View, names: Names, platform: Platform, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Need]]:
    """Role -> everything it is needed for."""
    store, needs = tmp_path_factory.mktemp("store"), Needs(names)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(machine, "KEPT_VERSIONS", 1)
        with up(store / "pushes", platform, handlers={}):
            pushed = pushes(platform)
        with up(store / "approvals", platform, handlers={}):
            decided = decisions(platform, patch)
        with up(store / "verdicts", platform, handlers={}) as running:
            judged = verdicts(platform, running.store)
        ended, looks, pushed_again = ends(platform, store)
    walks = [Walk(names, config, platform) for config in configs().values()]
    return {
        "push": [need for call in (*pushed, *pushed_again) for need in needs.of(call)]
        + lambda_itself(view, "push", events=False)
        + postponed(platform),
        "approval": [need for call in decided for need in needs.of(call)] + lambda_itself(view, "approval"),
        "run-end": [need for call in ended for need in needs.of(call)] + lambda_itself(view, "run-end"),
        "decide": [need for call in judged for need in needs.of(call)] + lambda_itself(view, "decide", events=False),
        "replay": replays(platform) + lambda_itself(view, "replay", events=False),
        "states": [need for walk in walks for need in walk.run()],
        "jobs": [need for walk in walks for need in walk.jobs()],
        "score": list(ScoreWalk(names, platform).run()),
        "score-jobs": list(ScoreWalk(names, platform).jobs()),
        "people": [need for call in looks for need in needs.of(call)],
    }


def verdicts(platform: Platform, store: Store) -> list[Call]:
    """`decide` for runs without evaluation.json and with it; asked again, it gives the same verdict."""
    request, body = build_request(Condition(metric="auc", at_least=0.5)), b'{"auc": 1}'
    s3, bucket = aws.client("s3"), platform.artifact_bucket
    s3.put_object(Bucket=bucket, Key=request.artifact.key, Body=b"model")
    with recording() as calls, pytest.raises(EvaluationMissing):
        judge_run(request, platform)
    assert request.evaluation
    file = msgspec.structs.replace(request.evaluation, job=f"{platform.prefix}-churn-evaluate-1")
    request = msgspec.structs.replace(request, evaluation=file)
    add_evaluation_job(store, platform, file.job, {"evaluation.json": body})
    s3.put_object(Bucket=bucket, Key=file.key, Body=body)
    for run in ("r1", "r2", "r3"):
        with recording() as more:
            asked = msgspec.structs.replace(request, run=run)
            assert judge_run(asked, platform) == judge_run(asked, platform)
        calls += more
    trial = msgspec.structs.replace(request.artifact, job=f"{platform.prefix}-0a1b2c3d-aa-0-0-001-0a1b2c3d")
    with recording() as searched, pytest.raises(ClientError):  # there is no such job; the call is what counts
        read_tuned(aws.client("sagemaker"), msgspec.structs.replace(request, artifact=trial, tuned=("lr",)))
    return calls + searched + serving_tests(platform, store)


def serving_tests(platform: Platform, store: Store) -> list[Call]:
    """`decide` puts the result of a serving test into the verdict of the run r1; of r2 no job was created."""
    job, key = f"{platform.prefix}-churn-serving-test-1", "model-repos/churn/3f1c9a/rows.csv"
    answers = build_answers_prefix(build_job_prefix("churn", "r1", "serving-test", job))
    s3, requests = aws.client("s3"), build_uri(platform.code_bucket, key)
    s3.put_object(Bucket=platform.code_bucket, Key=key, Body=b"1")
    s3.put_object(Bucket=platform.artifact_bucket, Key=f"{answers}/rows.csv.out", Body=b"1")
    add_transform_job(store, platform, job, requests=requests, answers=build_uri(platform.artifact_bucket, answers))
    request = ServingRequest(model="churn", run="r1", job=job, error="", within=None)
    with recording() as calls:
        assert judge_run(request, platform).serving
    with recording() as more, pytest.raises(ServingNotTested):
        judge_run(msgspec.structs.replace(request, run="r2", job=f"{job}-no"), platform)
    return calls + more


class Queue:
    """SQS with one failed event for each of the handlers that take events, and Lambda; notes what each call needs."""

    exceptions = SimpleNamespace(QueueDoesNotExist=KeyError)

    def __init__(self, platform: Platform) -> None:
        self.needs: list[Need] = []
        self.queue = f"arn:aws:sqs:us-east-1:123456789012:{platform.failure_queue}"
        self.pushes = platform.push_queue_arn
        self.key = {"kms:ViaService": "sqs.us-east-1.amazonaws.com"}
        decision = {"source": "aws.sagemaker", "detail": {}}
        end = {"source": "aws.states", "detail": {}}
        s3_object = {"key": f"model-repos/churn/{'a' * 40}/config.yaml", "versionId": "v1"}
        record = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "code"}, "object": s3_object}}
        self.waiting = {"a": decision, "b": end, "c": {"Records": [record]}}

    def get_queue_url(self, **request: str) -> dict[str, str]:
        self.needs.append(Need("sqs:GetQueueUrl", f"arn:aws:sqs:us-east-1:123456789012:{request['QueueName']}"))
        return {"QueueUrl": "url"}

    def send_message(self, **_: str) -> None:
        self.needs.append(Need("sqs:SendMessage", self.pushes))
        self.needs += [Need(f"kms:{action}", KEY, self.key) for action in ("Decrypt", "GenerateDataKey")]

    def change_message_visibility(self, **_: object) -> None:
        self.needs.append(Need("sqs:ChangeMessageVisibility", self.pushes))

    def receive_message(self, **_: object) -> dict[str, Any]:
        self.needs.append(Need("sqs:ReceiveMessage", self.queue))
        messages = [
            {"MessageId": name, "Body": json.dumps(event), "ReceiptHandle": name}
            for name, event in self.waiting.items()
        ]
        return {"Messages": messages}

    def delete_message(self, **_: object) -> None:
        self.needs.append(Need("sqs:DeleteMessage", self.queue))

    def change_message_visibility_batch(self, **_: object) -> None:
        self.needs.append(Need("sqs:ChangeMessageVisibility", self.queue))

    def invoke(self, **request: str) -> dict[str, int]:
        function = f"arn:aws:lambda:us-east-1:123456789012:function:{request['FunctionName']}:{request['Qualifier']}"
        self.needs.append(Need("lambda:InvokeFunction", function))
        return {"StatusCode": 202}


def replays(platform: Platform) -> list[Need]:
    """Three replays of one event of each kind."""
    queue = Queue(platform)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aws, "client", lambda *_: queue)
        for _ in range(3):
            assert replay_events(platform, ["a", "b", "c"]).refused == {}
    return queue.needs


def postponed(platform: Platform) -> list[Need]:
    """A message of the push queue that failed, and what Lambda does with each message in the role of its function."""
    queue, attributes = Queue(platform), {"ApproximateReceiveCount": "1"}
    record = {"messageId": "m", "receiptHandle": "r", "attributes": attributes, "body": "no JSON"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aws, "client", lambda *_: queue)
        assert receive_message(record, platform).error
    taken = [Need(f"sqs:{action}Message", queue.pushes) for action in ("Receive", "Delete")]
    return [
        *queue.needs,
        *taken,
        Need("sqs:GetQueueAttributes", queue.pushes),
        Need("kms:Decrypt", KEY, queue.key),
    ]


def lambda_itself(view: View, kind: str, *, events: bool = True) -> list[Need]:
    """What Lambda does with the function's role, on the log group, queue and tracing that the template names."""
    function = view.one("Lambda::Function", FunctionName=f"pushtrain-{kind}")
    group = function["LoggingConfig"]["LogGroup"]
    queues = [
        Need("sqs:SendMessage", invoke["DestinationConfig"]["OnFailure"]["Destination"])
        for invoke in view.of("Lambda::EventInvokeConfig")
        if invoke["FunctionName"] == f"pushtrain-{kind}"
    ]
    assert len(queues) == events
    assert function["TracingConfig"] == {"Mode": "Active"}
    stream = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}:log-stream:2026/11/21/[1]abc"
    return [
        Need("logs:CreateLogStream", stream),
        Need("logs:PutLogEvents", stream),
        Need("xray:PutTraceSegments", "*"),
        Need("xray:PutTelemetryRecords", "*"),
        *(Need(f"ec2:{action}", f"arn:aws:ec2:us-east-1:123456789012:{resource}") for action, resource in INTERFACES),
        *(Need(f"ec2:{action}", "*") for action in ("DescribeNetworkInterfaces", "DescribeSubnets")),
        *queues,
    ]


# --- allowed


@pytest.mark.parametrize("role", ROLES)
def test_every_call_is_allowed_by_the_shipped_role(role: str, needed: Needed, view: View) -> None:
    statements = view.role(f"pushtrain-{role}")
    serving = view.bucket_policy("serving")
    assert len(needed[role]) > 25
    assert [need for need in needed[role] if not may(statements, need, serving, f"pushtrain-{role}")] == []


@pytest.mark.parametrize("policy", ["data-scientist", "approver", "operator"])
def test_who_sees_models_sees_their_reports(policy: str, needed: Needed, view: View) -> None:
    statements, serving = view.managed(f"pushtrain-{policy}"), view.bucket_policy("serving")
    assert len(needed["people"]) > 30
    assert [need for need in needed["people"] if not may(statements, need, serving, f"pushtrain-{policy}")] == []


# --- no statement, and no action, that nothing needs


def granted() -> list[tuple[str, str, str]]:
    """(role, Sid, action) of the roles, told without a synthesis; `test_statements` compares them with the template."""
    names = Names(parse_settings(SETTINGS.encode(), environment="test"))
    of: dict[str, Callable[[Names, str], list[Grant]]] = {
        "push": handler_grants.push_grants,
        "approval": handler_grants.approval_grants,
        "run-end": handler_grants.run_end_grants,
        "decide": handler_grants.decide_grants,
        "replay": handler_grants.replay_grants,
        "states": run_grants.states_grants,
        "jobs": lambda names, key: run_grants.jobs_grants(build_only_team(names), key),
        "score": lambda names, key: score_grants.score_grants(build_only_team(names), key),
        "score-jobs": lambda names, key: score_grants.score_jobs_grants(build_only_team(names), key),
    }
    grants = [(role, g) for role, make in of.items() for g in make(names, KEY) if g.effect == "Allow"]
    return [(role, g.sid, action) for role, g in grants for action in g.actions]


@pytest.mark.parametrize(("role", "sid", "action"), granted())
def test_without_any_one_action_some_call_is_denied(
    role: str, sid: str, action: str, needed: Needed, view: View
) -> None:
    left = [without(statement, sid, action) for statement in view.role(f"pushtrain-{role}")]
    assert not all(may(left, need, (), f"pushtrain-{role}") for need in needed[role])


def without(statement: Statement, sid: str, action: str) -> Statement:
    if statement["Sid"] != sid:
        return statement
    return {**statement, "Action": [candidate for candidate in listed(statement["Action"]) if candidate != action]}
