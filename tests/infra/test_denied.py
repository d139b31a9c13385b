"""What nobody, or nobody but one, may do: asked of the shipped policies, the serving bucket's own included."""

from __future__ import annotations

import pytest

from infra.job_grants import secure_jobs
from infra.names import Names
from infra.settings import parse_settings
from infra.teams import build_only_team
from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import KINDS as JOB_KINDS
from pushtrain.config import ARTIFACT_METADATA, REPORT_METADATA
from pushtrain.record import RUN_METADATA
from tests.infra.conftest import SETTINGS
from tests.infra.evaluator import Need, allowed, may
from tests.infra.template_view import KEY_ID, View

Context = dict[str, str | tuple[str, ...]]
HOME = "us-east-1:123456789012"
ROLES = ("push", "states", "jobs", "decide", "approval", "run-end", "replay", "score", "score-jobs")
ROLE = "arn:aws:iam::123456789012:role/"
KINDS = ("code", "artifacts", "serving")
CODE, ARTIFACTS, SERVING = (f"arn:aws:s3:::pushtrain-{kind}-123456789012-us-east-1" for kind in KINDS)
KEY = f"arn:aws:kms:{HOME}:key/{KEY_ID}"
VERSION = f"arn:aws:sagemaker:{HOME}:model-package/pushtrain-churn/1"
UPDATE, CREATE, PASS = "sagemaker:UpdateModelPackage", "sagemaker:CreateModelPackage", "iam:PassRole"
SECRET = "secretsmanager:GetSecretValue"
ANYTHING = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]


def status(text: str) -> dict[str, str]:
    return {"sagemaker:ModelApprovalStatus": text}


def to(service: str) -> dict[str, str]:
    return {"iam:PassedToService": f"{service}.amazonaws.com"}


# What is asked -> the one role that may; empty where none may.
RESERVED: dict[str, tuple[str, Need]] = {
    "approve": ("", Need(UPDATE, VERSION, status("Approved"))),
    "register as Approved": ("", Need(CREATE, VERSION, status("Approved"))),
    "register without a status": ("", Need(CREATE, VERSION)),
    "register": ("states", Need(CREATE, VERSION, status("PendingManualApproval"))),
    "delete a version": ("", Need("sagemaker:DeleteModelPackage", VERSION)),
    "write the manifest": ("approval", Need("s3:PutObject", f"{SERVING}/churn/approved.json")),
    "delete the manifest": ("", Need("s3:DeleteObject", f"{SERVING}/churn/approved.json")),
    "write code": ("", Need("s3:PutObject", f"{CODE}/model-repos/churn/r/train.py")),
    "write a packed source": ("push", Need("s3:PutObject", f"{ARTIFACTS}/churn/source/0a/sourcedir.tar.gz")),
    "choose which version runs": ("push", Need("s3:PutObject", f"{ARTIFACTS}/churn/definitions/0a.json")),
    "write a trained model": ("jobs", Need("s3:PutObject", f"{ARTIFACTS}/churn/runs/r/train/j/output/model.tar.gz")),
    "write a verdict": ("decide", Need("s3:PutObject", f"{ARTIFACTS}/churn/runs/r/verdict.json")),
    "judge": ("states", Need("lambda:InvokeFunction", f"arn:aws:lambda:{HOME}:function:pushtrain-decide:live")),
    "call a handler of events": (
        "replay",
        Need("lambda:InvokeFunction", f"arn:aws:lambda:{HOME}:function:pushtrain-approval:live"),
    ),
    "call the handler of pushes": (
        "",
        Need("lambda:InvokeFunction", f"arn:aws:lambda:{HOME}:function:pushtrain-push:live"),
    ),
    "queue a push": ("replay", Need("sqs:SendMessage", f"arn:aws:sqs:{HOME}:pushtrain-pushes")),
    "take a push": ("push", Need("sqs:ReceiveMessage", f"arn:aws:sqs:{HOME}:pushtrain-pushes")),
    "write a report": ("run-end", Need("s3:PutObject", f"{ARTIFACTS}/churn/runs/r/report.html")),
    "write how a run ended": ("run-end", Need("s3:PutObject", f"{ARTIFACTS}/churn/runs/r/result.json")),
    "write which results may be reused": ("run-end", Need("s3:PutObject", f"{ARTIFACTS}/churn/reuse.json")),
    "write which results are forgotten": ("", Need("s3:PutObject", f"{ARTIFACTS}/.forgotten/churn.json")),
    "write what a run was told": ("push", Need("s3:PutObject", f"{ARTIFACTS}/churn/runs/r/input.json")),
    "delete artifacts": ("", Need("s3:DeleteObject", f"{ARTIFACTS}/churn/runs/r/train/j/output/model.tar.gz")),
    "read named data": ("jobs", Need("s3:GetObject", "arn:aws:s3:::lake/churn/2026.csv")),
    "read data beside it": ("", Need("s3:GetObject", "arn:aws:s3:::lake/payroll/2026.csv")),
    "list data beside it": ("", Need("s3:ListBucket", "arn:aws:s3:::lake", {"s3:prefix": "payroll/"})),
    "list all of that bucket": ("", Need("s3:ListBucket", "arn:aws:s3:::lake")),
    "read a named secret": ("jobs", Need(SECRET, f"arn:aws:secretsmanager:{HOME}:secret:churn/token-AbCdEf")),
    "read a secret beside it": ("", Need(SECRET, f"arn:aws:secretsmanager:{HOME}:secret:payroll/token-AbCdEf")),
    "read another bucket": ("", Need("s3:GetObject", "arn:aws:s3:::somebody-elses/churn/data.csv")),
    "pass the jobs' role": ("states", Need(PASS, f"{ROLE}pushtrain-jobs", to("sagemaker"))),
    "pass the states' role": ("push", Need(PASS, f"{ROLE}pushtrain-states", to("states"))),
    "pass the role of such containers": ("score", Need(PASS, f"{ROLE}pushtrain-score-jobs", to("sagemaker"))),
    "pass that role elsewhere": ("", Need(PASS, f"{ROLE}pushtrain-score-jobs", to("states"))),
    "write answers": ("score-jobs", Need("s3:PutObject", f"{ARTIFACTS}/.scores/answers/churn/8c1f/8c1f.out")),
    "write rows": ("", Need("s3:PutObject", f"{ARTIFACTS}/.scores/requests/churn/8c1f")),
    "change the machine that answers": (
        "",
        Need("states:UpdateStateMachine", f"arn:aws:states:{HOME}:stateMachine:pushtrain_score"),
    ),
    "start the machine that answers": (
        "",
        Need("states:StartExecution", f"arn:aws:states:{HOME}:stateMachine:pushtrain_score"),
    ),
    "pass the jobs' role elsewhere": ("", Need(PASS, f"{ROLE}pushtrain-jobs", to("ec2"))),
    "pass the states' role elsewhere": ("", Need(PASS, f"{ROLE}pushtrain-states", to("lambda"))),
    "pass another role to SageMaker": ("", Need(PASS, f"{ROLE}admin", to("sagemaker"))),
    "pass another role to Step Functions": ("", Need(PASS, f"{ROLE}admin", to("states"))),
    "start others' jobs": ("", Need("sagemaker:CreateTrainingJob", f"arn:aws:sagemaker:{HOME}:training-job/theirs-1")),
    "start others' machines": ("", Need("states:StartExecution", f"arn:aws:states:{HOME}:stateMachine:theirs")),
    "start a run": ("push", Need("states:StartExecution", f"arn:aws:states:{HOME}:stateMachine:pushtrain-churn:1")),
    "lend the key to anybody": ("", Need("kms:CreateGrant", KEY, {"kms:GrantIsForAWSResource": "false"})),
    "use the key by hand": ("", Need("kms:Decrypt", KEY)),
    "change a role": ("", Need("iam:PutRolePolicy", f"{ROLE}pushtrain-jobs")),
    "become another role": ("", Need("sts:AssumeRole", f"{ROLE}pushtrain-approval")),
    "pull a stranger's image": ("", Need("ecr:BatchGetImage", "arn:aws:ecr:us-east-1:666655554444:repository/x")),
    "change others' rules": ("", Need("events:PutRule", f"arn:aws:events:{HOME}:rule/theirs")),
}


@pytest.mark.parametrize("what", RESERVED)
def test_only_the_one_role_may_and_no_other(what: str, view: View) -> None:
    one, need = RESERVED[what]
    policy = view.bucket_policy("serving")
    able = [role for role in ROLES if may(view.role(f"pushtrain-{role}"), need, policy, f"pushtrain-{role}")]
    assert able == ([one] if one else [])


def test_only_an_approver_changes_an_approval_status_and_only_to_a_decision(view: View) -> None:
    approver = view.managed("pushtrain-approver")
    assert allowed(approver, Need(UPDATE, VERSION, status("Approved")))
    assert allowed(approver, Need(UPDATE, VERSION, status("Rejected")))
    assert not allowed(approver, Need(UPDATE, VERSION, status("PendingManualApproval")))
    assert not allowed(approver, Need(UPDATE, VERSION))  # an edit that decides nothing
    others = [
        view.managed(f"pushtrain-{policy}")
        for policy in ("data-scientist", "operator", "jenkins", "scorer", "deployer")
    ]
    others += [view.role(role["RoleName"]) for role in view.of("IAM::Role") if "RoleName" in role]
    assert len(others) == 15
    assert not any(allowed(statements, Need(UPDATE, VERSION, status("Approved"))) for statements in others)


KEYS = [*RUN_METADATA, *ARTIFACT_METADATA, REPORT_METADATA]


@pytest.mark.parametrize(
    "more",
    [
        *({f"sagemaker:CustomerMetadataProperties/{key}": "x"} for key in KEYS),
        {"sagemaker:CustomerMetadataPropertiesToRemove": ("pushed_by",)},
    ],
    ids=[*KEYS, "remove"],
)
def test_an_approving_call_cannot_rewrite_where_a_version_comes_from(more: Context, view: View) -> None:
    approver = view.managed("pushtrain-approver")
    assert not allowed(approver, Need(UPDATE, VERSION, {**status("Approved"), **more}))


def test_a_data_scientist_cannot_approve_even_with_the_approvers_policy(view: View) -> None:
    both = view.managed("pushtrain-data-scientist") + view.managed("pushtrain-approver")
    assert not allowed(both, Need(UPDATE, VERSION, status("Approved")))


@pytest.mark.parametrize("action", ["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObjectTagging"])
def test_whoever_may_do_anything_still_cannot_write_what_serving_reads(action: str, view: View) -> None:
    policy, need = view.bucket_policy("serving"), Need(action, f"{SERVING}/churn/1/model.tar.gz")
    assert not may(ANYTHING, need, policy, "admin")
    assert may(ANYTHING, need, policy, "pushtrain-approval")
    assert may(ANYTHING, Need("s3:GetObject", need.resource), policy, "admin")


def test_every_bucket_refuses_plain_http(view: View) -> None:
    policies = view.of("S3::BucketPolicy")
    assert len(policies) == len(view.of("S3::Bucket")) == 5
    for policy in policies:
        need = Need("s3:GetObject", f"arn:aws:s3:::{policy['Bucket']}/key", {"aws:SecureTransport": "false"})
        assert not allowed(ANYTHING, need, policy["PolicyDocument"]["Statement"])


def test_people_may_do_their_work_and_no_other(view: View) -> None:
    work = {
        "push": Need("s3:PutObject", f"{CODE}/model-repos/churn/r/config.yaml"),
        "deploy": Need("sts:AssumeRole", f"{ROLE}cdk-hnb659fds-deploy-role-123456789012-us-east-1"),
        "deploy elsewhere": Need("sts:AssumeRole", f"{ROLE}cdk-hnb659fds-deploy-role-123456789012-eu-west-1"),
        "deploy another platform": Need("sts:AssumeRole", f"{ROLE}cdk-other-deploy-role-123456789012-us-east-1"),
        "be CloudFormation": Need("sts:AssumeRole", f"{ROLE}cdk-hnb659fds-cfn-exec-role-123456789012-us-east-1"),
        "find the platform": Need("ssm:GetParameter", f"arn:aws:ssm:{HOME}:parameter/pushtrain/test/platform"),
        "see runs": Need("states:DescribeExecution", f"arn:aws:states:{HOME}:execution:pushtrain-churn:r"),
        "stop a run": Need("states:StopExecution", f"arn:aws:states:{HOME}:execution:pushtrain-churn:r"),
        "redrive a run": Need("states:RedriveExecution", f"arn:aws:states:{HOME}:execution:pushtrain-churn:r"),
        "stop others' runs": Need("states:StopExecution", f"arn:aws:states:{HOME}:execution:theirs:r"),
        "start a run by hand": Need("states:StartExecution", f"arn:aws:states:{HOME}:stateMachine:pushtrain-churn:1"),
        "change a machine": Need("states:UpdateStateMachine", f"arn:aws:states:{HOME}:stateMachine:pushtrain-churn"),
        "let a model answer": Need("states:StartExecution", f"arn:aws:states:{HOME}:stateMachine:pushtrain_score"),
        "send rows": Need("s3:PutObject", f"{ARTIFACTS}/.scores/requests/churn/8c1f"),
        "read answers": Need("s3:GetObject", f"{ARTIFACTS}/.scores/answers/churn/8c1f/8c1f.out"),
        "stop answers": Need("states:StopExecution", f"arn:aws:states:{HOME}:execution:pushtrain_score:8c1f"),
        "forge answers": Need("s3:PutObject", f"{ARTIFACTS}/.scores/answers/churn/8c1f/8c1f.out"),
        "create a model": Need("sagemaker:CreateModel", f"arn:aws:sagemaker:{HOME}:model/pushtrain--score-8c1f"),
        "see a failed event": Need("sqs:ReceiveMessage", f"arn:aws:sqs:{HOME}:pushtrain-failures"),
        "replay by id": Need("lambda:InvokeFunction", f"arn:aws:lambda:{HOME}:function:pushtrain-replay:live"),
        "forge a push": Need("lambda:InvokeFunction", f"arn:aws:lambda:{HOME}:function:pushtrain-push:live"),
        "queue a push": Need("sqs:SendMessage", f"arn:aws:sqs:{HOME}:pushtrain-pushes"),
        "take a push": Need("sqs:ReceiveMessage", f"arn:aws:sqs:{HOME}:pushtrain-pushes"),
        "see the push queue": Need("sqs:GetQueueAttributes", f"arn:aws:sqs:{HOME}:pushtrain-pushes"),
        "forge an end": Need("lambda:InvokeFunction", f"arn:aws:lambda:{HOME}:function:pushtrain-run-end:live"),
        "forge a decision": Need("lambda:InvokeFunction", f"arn:aws:lambda:{HOME}:function:pushtrain-approval:live"),
        "forge a verdict": Need("lambda:InvokeFunction", f"arn:aws:lambda:{HOME}:function:pushtrain-decide:live"),
        "forge a failed event": Need("sqs:SendMessage", f"arn:aws:sqs:{HOME}:pushtrain-failures"),
        "lose a failed event": Need("sqs:DeleteMessage", f"arn:aws:sqs:{HOME}:pushtrain-failures"),
        "invoke an old version": Need("lambda:InvokeFunction", f"arn:aws:lambda:{HOME}:function:pushtrain-push:1"),
        "see a handler": Need("lambda:GetFunctionConfiguration", f"arn:aws:lambda:{HOME}:function:pushtrain-push:live"),
        "see a notification": Need("s3:GetBucketNotification", CODE),
        "see a role": Need("iam:GetRole", f"{ROLE}pushtrain-jobs"),
        "give prices": Need("s3:PutObject", f"{ARTIFACTS}/prices.yaml"),
        "see quotas": Need("servicequotas:ListServiceQuotas", "*"),
        "ask AWS for prices": Need("pricing:GetProducts", "*"),
        "see versions": Need("sagemaker:DescribeModelPackage", VERSION),
        "decide": Need(UPDATE, VERSION, status("Rejected")),
    }
    may_do = {
        policy: {what for what, need in work.items() if allowed(view.managed(f"pushtrain-{policy}"), need)}
        for policy in ("data-scientist", "approver", "scorer", "operator", "jenkins", "deployer")
    }
    see = {"find the platform", "see runs", "read answers"}
    answers = {"let a model answer", "send rows", "stop answers"}
    keep = {"stop a run", "redrive a run"}
    prices = {"give prices", "ask AWS for prices"}
    replay = {"see a failed event", "replay by id"}
    examine = {"see a handler", "see the push queue", "see a notification", "see a role"}
    assert may_do == {
        "data-scientist": {"push", *see, "see quotas", "see versions", *keep},
        "scorer": {"find the platform", "read answers", "see versions", *answers},
        "approver": {*see, "see versions", "decide"},
        "operator": {*see, "see quotas", "see versions", *keep, *replay, *prices, *examine, "stop answers"},
        "jenkins": {"push", *see, "see quotas"},
        "deployer": {"deploy"},
    }


def test_an_operator_may_look_at_all_that_doctor_examines_and_redrive_and_replay(view: View) -> None:
    """One need for each request of `doctor`, `push-failures` and `runs redrive`."""
    operator, alias = view.managed("pushtrain-operator"), f"arn:aws:lambda:{HOME}:function:pushtrain-replay:live"
    run, queue = f"arn:aws:states:{HOME}:execution:pushtrain-churn:r", f"arn:aws:sqs:{HOME}:pushtrain-failures"
    needs = {
        "ssm:GetParameter": f"arn:aws:ssm:{HOME}:parameter/pushtrain/test/platform",
        "s3:GetBucketVersioning": SERVING,
        "s3:GetBucketNotification": CODE,
        "lambda:GetFunctionConfiguration": alias,
        "lambda:GetFunctionEventInvokeConfig": alias,
        "lambda:ListEventSourceMappings": "*",
        "lambda:InvokeFunction": alias,
        "iam:GetRole": f"{ROLE}pushtrain-states",
        "ec2:DescribeVpcEndpoints": "*",
        "events:DescribeRule": f"arn:aws:events:{HOME}:rule/pushtrain-decisions",
        "events:ListTargetsByRule": f"arn:aws:events:{HOME}:rule/pushtrain-decisions",
        "sqs:GetQueueUrl": queue,
        "sqs:GetQueueAttributes": queue,
        "sqs:ReceiveMessage": queue,
        "sqs:ChangeMessageVisibility": queue,
        "states:ListStateMachines": "*",
        "states:DescribeStateMachine": f"arn:aws:states:{HOME}:stateMachine:pushtrain-churn",
        "states:DescribeExecution": run,
        "states:GetExecutionHistory": run,
        "states:RedriveExecution": run,
        "servicequotas:ListServiceQuotas": "*",
        "servicequotas:ListAWSDefaultServiceQuotas": "*",
    }
    denied = {action for action, resource in needs.items() if not allowed(operator, Need(action, resource))}
    assert denied == set()


def test_where_people_do_not_push_they_neither_stop_nor_redrive() -> None:
    """As in prod: Jenkins pushes there, an operator keeps what runs."""
    from infra.people import scientist_grants

    names = Names(parse_settings(SETTINGS.replace("data_scientists_push: true", "").encode(), environment="test"))
    grants = [grant for grant in scientist_grants(build_only_team(names), KEY) if grant.effect == "Allow"]
    actions = {action for grant in grants for action in grant.actions}
    assert "states:DescribeExecution" in actions
    assert not actions & {"s3:PutObject", "states:StopExecution", "states:RedriveExecution"}


def test_other_accounts_read_what_was_approved_and_no_more(view: View) -> None:
    readers = view.role("pushtrain-readers")
    assert allowed(readers, Need("s3:GetObject", f"{SERVING}/churn/1/model.tar.gz"))
    assert allowed(readers, Need("sagemaker:DescribeModelPackage", VERSION))
    assert not allowed(readers, Need("s3:GetObject", f"{ARTIFACTS}/churn/runs/r/train/j/output/model.tar.gz"))
    assert not allowed(readers, Need("s3:PutObject", f"{SERVING}/churn/approved.json"))


SECURE: dict[str, str | tuple[str, ...]] = {
    "sagemaker:VpcSubnets": ("subnet-0a1b2c3d",),
    "sagemaker:VpcSecurityGroupIds": ("sg-0a1b2c3d",),
    "sagemaker:NetworkIsolation": "false",
    "sagemaker:OutputKmsKey": KEY,
    "sagemaker:VolumeKmsKey": KEY,
}
OTHER_KEY = f"arn:aws:kms:{HOME}:key/other"


@pytest.mark.parametrize(
    ("change", "is_allowed"),
    [
        ({}, True),
        ({"sagemaker:VolumeKmsKey": None}, True),  # NVMe disks take none
        ({"sagemaker:EnableRemoteDebug": "false"}, True),
        ({"sagemaker:VpcSubnets": None}, False),
        ({"sagemaker:VpcSubnets": ("subnet-0a1b2c3d", "subnet-ffffffff")}, False),
        ({"sagemaker:VpcSecurityGroupIds": ("sg-ffffffff",)}, False),
        ({"sagemaker:OutputKmsKey": None}, False),
        ({"sagemaker:OutputKmsKey": OTHER_KEY}, False),
        ({"sagemaker:VolumeKmsKey": OTHER_KEY}, False),
        ({"sagemaker:EnableRemoteDebug": "true"}, False),
    ],
)
def test_a_run_starts_jobs_only_in_the_network_and_with_the_key_of_the_platform(
    change: dict[str, str | tuple[str, ...] | None], *, is_allowed: bool, view: View
) -> None:
    context: dict[str, str | tuple[str, ...]] = {
        name: value for name, value in {**SECURE, **change}.items() if value is not None
    }
    need = Need("sagemaker:CreateTrainingJob", f"arn:aws:sagemaker:{HOME}:training-job/pushtrain-churn-1", context)
    assert allowed(view.role("pushtrain-states"), need) is is_allowed


def test_an_isolated_platform_starts_isolated_jobs_only() -> None:
    settings = SETTINGS.replace("\nnetwork:", "\nnetwork:\n  isolation: true\n  encrypt_between_containers: true")
    names = Names(parse_settings(settings.encode(), environment="test"))
    for kind in JOB_KINDS:
        if kind.network is None:
            continue
        conditions = secure_jobs(names, kind, KEY)
        assert conditions["Bool"] == {
            "sagemaker:NetworkIsolation": "true",
            "sagemaker:InterContainerTrafficEncryption": "true",
        }


def build_job_statement(kind: JobKind, more: str) -> dict[str, object]:
    """Return the statement that lets a run create jobs of a kind on a platform with `more` settings."""
    names = Names(parse_settings(f"{SETTINGS}{more}\n".encode(), environment="test"))
    conditions = secure_jobs(names, kind, KEY)
    return {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": conditions}


@pytest.mark.parametrize("kind", JOB_KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize(
    ("types", "is_allowed"),
    [
        (("ml.m5.large",), True),
        (("ml.m5.large", "ml.g5.xlarge"), True),
        (("ml.m5.large", "ml.p4d.24xlarge"), False),
        (("ml.m5d.large",), False),
        (None, False),
    ],
)
def test_a_run_starts_jobs_only_on_instances_of_the_settings(
    types: tuple[str, ...] | None, *, is_allowed: bool, kind: JobKind
) -> None:
    context = {**SECURE, **({"sagemaker:InstanceTypes": types} if types else {})}
    need = Need(f"sagemaker:{kind.build_operation('Create')}", "*", context)
    assert allowed([build_job_statement(kind, "instance_types: [ml.m5.*, ml.g5.xlarge]")], need) is is_allowed
    assert allowed([build_job_statement(kind, "")], need)
