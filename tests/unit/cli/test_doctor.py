"""`doctor`: what it says of a sound installation, and of each way in which one can be broken."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import metadata
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.validate import validate_parameters

from pushtrain import aws
from pushtrain.cli.commands import doctor as doctor_command
from pushtrain.doctor import gpus
from pushtrain.doctor.finding import Finding
from pushtrain.doctor.installation import look
from pushtrain.plans.quotas import Quota
from pushtrain.platform import PLATFORM_VARIABLE, Platform

DEV = Platform.local("dev")
HERE = metadata.version("pushtrain")
ME = f"arn:aws:sts::{DEV.account}:assumed-role/operators/mina"
WHEN = datetime(2026, 11, 21, tzinfo=UTC)
QUEUE = f"https://sqs.us-east-1.amazonaws.com/{DEV.account}/pushtrain-failures"
DEPLOY = "fix: deploy the platform again: make deploy ENVIRONMENT=dev"
Answer = Mapping[str, Any] | str  # what AWS answers, or the code of its refusal
Types = Callable[..., tuple[int, str, str]]


def function(kind: str, **changes: Any) -> dict[str, Any]:
    found = {
        "FunctionName": f"pushtrain-{kind}",
        "Version": "7",
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "Description": f"pushtrain {HERE}",
        "Environment": {"Variables": {PLATFORM_VARIABLE: DEV.to_json()}},
    }
    return found | changes


def wakes(**changes: Any) -> dict[str, Any]:
    rules = [{"Name": "Prefix", "Value": "model-repos/"}, {"Name": "Suffix", "Value": "/config.yaml"}]
    told = {
        "LambdaFunctionArn": DEV.function_arn("push"),
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": rules}},
    }
    return {"LambdaFunctionConfigurations": [told | changes]}


def trusted(service: str) -> dict[str, Any]:
    role = {
        "Path": "/",
        "RoleName": f"of-{service}",
        "RoleId": "A" * 16,
        "Arn": "arn:aws:iam::1:role/x",
        "CreateDate": WHEN,
    }
    trust = {"Statement": [{"Principal": {"Service": f"{service}.amazonaws.com"}}]}
    return {"Role": role | {"AssumeRolePolicyDocument": json.dumps(trust)}}


def definition(instance: str = "ml.m5.large", count: int = 1) -> str:
    machines = {"InstanceType": instance, "InstanceCount": count}
    parameters = {"ResourceConfig": machines, "StoppingCondition": {"MaxRuntimeInSeconds": 60}}
    job = {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": parameters}
    return json.dumps({"StartAt": "train", "States": {"train": {**job, "End": True}}})


def machine(text: str) -> dict[str, Any]:
    arn = f"arn:aws:states:us-east-1:{DEV.account}:stateMachine:pushtrain-churn"
    return {
        "stateMachineArn": arn,
        "name": "pushtrain-churn",
        "definition": text,
        "roleArn": DEV.states_role,
        "type": "STANDARD",
        "creationDate": WHEN,
    }


def listed() -> dict[str, Any]:
    kept = {key: machine("")[key] for key in ("stateMachineArn", "name", "type", "creationDate")}
    return {"stateMachines": [kept, kept | {"name": "theirs"}]}


def sound() -> dict[str, Answer]:
    """An installation as it must be: `Operation` or `Operation of what` -> answer."""
    policy = {"Statement": [{"Principal": {"Service": "s3.amazonaws.com"}, "Condition": DEV.code_bucket}]}
    kept = {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:1:pushtrain-failures"}}}
    return {
        "GetCallerIdentity": {"Account": DEV.account, "Arn": ME},
        "GetBucketVersioning": {"Status": "Enabled"},
        "GetBucketNotificationConfiguration": wakes(),
        **{f"GetFunctionConfiguration of pushtrain-{kind}": function(kind) for kind in ("push", "approval", "run-end")},
        "GetFunctionEventInvokeConfig": kept,
        "GetPolicy": {"Policy": json.dumps(policy)},
        "GetRole of pushtrain-states": trusted("states"),
        "GetRole of pushtrain-jobs": trusted("sagemaker"),
        "GetQueueUrl": {"QueueUrl": QUEUE},
        "GetQueueAttributes": {"Attributes": {"ApproximateNumberOfMessages": "0"}},
        "ListStateMachines": listed(),
        "DescribeStateMachine": machine(definition()),
    }


class Installation:
    """Answers every request as its table says; what the table does not hold is a failure of the test."""

    def __init__(self) -> None:
        self.answers = sound()

    def client(self, service: str, region: str | None = None) -> Any:
        made: Any = boto3.client(  # type: ignore[call-overload]
            service, region_name=region or "us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        made.meta.events.register("before-parameter-build", self._keep)
        made.meta.events.register("before-call", self._answer)
        return made

    def _keep(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["asked"] = [str(value) for value in params.values()]

    def _answer(self, model: Any, context: dict[str, Any], **_: Any) -> tuple[Any, Any]:
        names = [model.name, *(f"{model.name} of {each}" for each in context["asked"])]
        answer = next(self.answers[name] for name in reversed(names) if name in self.answers)
        if isinstance(answer, str):
            return SimpleNamespace(status_code=400), {"Error": {"Code": answer, "Message": "no"}}
        validate_parameters(answer, model.output_shape)
        return SimpleNamespace(status_code=200), copy.deepcopy(dict(answer))


@pytest.fixture
def installation(monkeypatch: pytest.MonkeyPatch) -> Installation:
    made = Installation()
    monkeypatch.setattr(aws, "client", made.client)
    monkeypatch.setenv(PLATFORM_VARIABLE, DEV.to_json())
    return made


@pytest.fixture
def types(typed: Types) -> Types:
    return lambda *words: typed("doctor", *words)


def test_a_sound_installation(installation: Installation, types: Types) -> None:
    code, out, err = types("--environment", "dev")
    assert (code, err) == (0, "")
    assert out == (
        "  ✓ platform          PUSHTRAIN_PLATFORM: pushtrain in us-east-1\n"
        f"  ✓ credentials       {ME}\n"
        "  ✓ code bucket       pushtrain-code\n"
        "  ✓ notification      config.yaml of a push wakes pushtrain-push\n"
        "  ✓ artifact bucket   pushtrain-artifacts\n"
        "  ✓ serving bucket    pushtrain-serving\n"
        f"  ✓ handler push      pushtrain-push:live, version 7, pushtrain {HERE}\n"
        f"  ✓ handler approval  pushtrain-approval:live, version 7, pushtrain {HERE}\n"
        f"  ✓ handler run-end   pushtrain-run-end:live, version 7, pushtrain {HERE}\n"
        "  ✓ role of runs      pushtrain-states\n"
        "  ✓ role of jobs      pushtrain-jobs\n"
        "  ✓ failure queue     pushtrain-failures is empty\n"
        "  ✓ GPU quotas        no model uses a GPU\n"
        "nothing must be fixed\n"
    )
    told = json.loads(types("--json")[1])
    assert told["fine"] is True
    assert told["checks"][2] == {"check": "code bucket", "state": "fine", "found": "pushtrain-code", "fix": ""}


OTHER = dataclasses.replace(DEV, kms_key="arn:aws:kms:us-east-1:1:key/other").to_json()
BROKEN: dict[str, tuple[dict[str, Answer], str, str, str]] = {
    "no bucket": (
        {"GetBucketVersioning of pushtrain-serving": "NoSuchBucket"},
        "serving bucket",
        "there is no bucket pushtrain-serving",
        DEPLOY,
    ),
    "no versions": (
        {"GetBucketVersioning of pushtrain-code": {}},
        "code bucket",
        "pushtrain-code keeps no versions (versioning: off): a push could not be told from the next",
        DEPLOY,
    ),
    "no notification": (
        {"GetBucketNotificationConfiguration": {}},
        "notification",
        f"nothing in pushtrain-code wakes {DEV.function_arn('push')}",
        DEPLOY,
    ),
    "another notification": (
        {"GetBucketNotificationConfiguration": wakes(LambdaFunctionArn="arn:theirs")},
        "notification",
        f"nothing in pushtrain-code wakes {DEV.function_arn('push')}; it wakes arn:theirs",
        DEPLOY,
    ),
    "every key": (
        {"GetBucketNotificationConfiguration": wakes(Filter={})},
        "notification",
        "pushtrain-code wakes pushtrain-push for other keys or events than a push's",
        DEPLOY,
    ),
    "deletions": (
        {"GetBucketNotificationConfiguration": wakes(Events=["s3:ObjectRemoved:*"])},
        "notification",
        "pushtrain-code wakes pushtrain-push for other keys or events than a push's",
        DEPLOY,
    ),
    "no function": (
        {"GetFunctionConfiguration of pushtrain-approval": "ResourceNotFoundException"},
        "handler approval",
        "there is no function pushtrain-approval with an alias live",
        DEPLOY,
    ),
    "a function that fails": (
        {"GetFunctionConfiguration of pushtrain-push": function("push", State="Failed", StateReason="no key")},
        "handler push",
        "pushtrain-push cannot run: no key",
        DEPLOY,
    ),
    "half a deployment": (
        {
            "GetFunctionConfiguration of pushtrain-push": function(
                "push", Environment={"Variables": {PLATFORM_VARIABLE: OTHER}}
            )
        },
        "handler push",
        "pushtrain-push works for another platform document than the one that is published",
        DEPLOY,
    ),
    "no platform there": (
        {"GetFunctionConfiguration of pushtrain-push": function("push", Environment={"Variables": {}})},
        "handler push",
        "pushtrain-push works for another platform document than the one that is published",
        DEPLOY,
    ),
    "another version": (
        {"GetFunctionConfiguration of pushtrain-run-end": function("run-end", Description="pushtrain 9.9")},
        "versions",
        f"the handler run-end runs pushtrain 9.9, here is {HERE}: they may judge a config.yaml differently",
        "fix: install pushtrain 9.9 here, or deploy this one",
    ),
    "failures go nowhere": (
        {"GetFunctionEventInvokeConfig of pushtrain-push": "ResourceNotFoundException"},
        "handler push",
        "what pushtrain-push gives up goes nowhere, not to pushtrain-failures",
        DEPLOY,
    ),
    "failures go elsewhere": (
        {
            "GetFunctionEventInvokeConfig of pushtrain-push": {
                "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:1:theirs"}}
            }
        },
        "handler push",
        "what pushtrain-push gives up goes to arn:aws:sqs:us-east-1:1:theirs, not to pushtrain-failures",
        DEPLOY,
    ),
    "no permission": (
        {"GetPolicy": "ResourceNotFoundException"},
        "handler push",
        "S3 may not wake pushtrain-push for pushtrain-code",
        DEPLOY,
    ),
    "permission of others": (
        {"GetPolicy": {"Policy": '{"Statement": [{"Principal": {"Service": "s3.amazonaws.com"}}]}'}},
        "handler push",
        "S3 may not wake pushtrain-push for pushtrain-code",
        DEPLOY,
    ),
    "no role": (
        {"GetRole of pushtrain-jobs": "NoSuchEntity"},
        "role of jobs",
        "there is no role pushtrain-jobs",
        DEPLOY,
    ),
    "a role that nobody takes": (
        {"GetRole of pushtrain-states": trusted("ec2")},
        "role of runs",
        "states.amazonaws.com may not take the role pushtrain-states",
        DEPLOY,
    ),
    "no queue": (
        {"GetQueueUrl": "QueueDoesNotExist"},
        "failure queue",
        "there is no queue pushtrain-failures",
        DEPLOY,
    ),
    "events that wait": (
        {"GetQueueAttributes": {"Attributes": {"ApproximateNumberOfMessages": "3"}}},
        "failure queue",
        "about 3 events that no handler could take in wait in pushtrain-failures",
        "fix: pushtrain push-failures list --environment dev tells why; then replay them",
    ),
    "not allowed": (
        {"GetRole of pushtrain-jobs": "AccessDenied"},
        "role of jobs",
        "could not be looked at: An error occurred (AccessDenied) when calling the GetRole operation: no",
        "fix: attach the policy pushtrain-operator to the role you work with",
    ),
    "throttled": (
        {"ListStateMachines": "ThrottlingException"},
        "GPU quotas",
        "could not be looked at: An error occurred (ThrottlingException) when calling the ListStateMachines "
        "operation: no",
        "fix: see what AWS says, and try again",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_told_with_what_to_do(name: str, installation: Installation, types: Types) -> None:
    changes, check, found, fix = BROKEN[name]
    installation.answers |= changes
    code, out, _ = types("-e", "dev", "--json")
    told = json.loads(out)
    bad = [each for each in told["checks"] if each["state"] != "fine"]
    assert (code, told["fine"]) == (1, False)
    assert bad == [{"check": check, "state": "wrong", "found": found, "fix": fix.removeprefix("fix: ")}]
    text = types("-e", "dev")[1]
    assert f"  ✗ {check:<18}" in text
    assert f"\n{'':22}{fix}\n" in text
    assert text.endswith("checks: something must be fixed\n")


def test_it_fits_80_columns(installation: Installation, types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_command, "Terminal", lambda _: SimpleNamespace(columns=80))
    installation.answers |= BROKEN["failures go elsewhere"][0]
    assert max(map(len, types()[1].splitlines())) <= 84  # a word that is longer than a line is not broken


def test_a_handler_that_sleeps_is_worth_a_note(installation: Installation, types: Types) -> None:
    """Lambda puts a version with SnapStart to sleep that nothing woke for 14 days."""
    installation.answers["GetFunctionConfiguration of pushtrain-push"] = function("push", State="Inactive")
    code, out, _ = types("--json")
    found = [each["found"] for each in json.loads(out)["checks"] if each["state"] == "note"]
    late = "the first event after two weeks of sleep is delivered late"
    assert (code, found) == (0, [f"pushtrain-push:live is Inactive: {late}"])


def test_a_bundle_that_does_not_tell_its_version_is_worth_a_note(installation: Installation, types: Types) -> None:
    installation.answers["GetFunctionConfiguration of pushtrain-push"] = function("push", Description="")
    code, out, _ = types()
    assert code == 0
    assert f"  ! versions          the handler push does not tell which pushtrain it runs; here is {HERE}\n" in out


def test_quotas_that_are_too_small_for_the_models_there_are(
    installation: Installation, types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.answers["DescribeStateMachine"] = machine(definition("ml.g5.xlarge", 2))
    name = "ml.g5.xlarge for training job usage"
    monkeypatch.setattr(gpus, "read_quotas", lambda *_: {name: Quota(name=name, code="L-1", value=1)})
    code, out, _ = types("--json")
    assert code == 1
    assert json.loads(out)["checks"][-1] == {
        "check": "GPU quotas",
        "state": "wrong",
        "found": f"pushtrain-churn, train needs 2, and the quota '{name}' is 1 in us-east-1",
        "fix": "aws service-quotas request-service-quota-increase --service-code sagemaker --quota-code L-1 "
        "--desired-value 2 --region us-east-1",
    }
    monkeypatch.setattr(gpus, "read_quotas", lambda *_: {name: Quota(name=name, code="L-1", value=2)})
    assert "enough for the 1 kinds of GPU machines in use" in types()[1]


def test_a_definition_that_is_not_ours_is_passed_by(installation: Installation, types: Types) -> None:
    installation.answers["DescribeStateMachine"] = machine(
        '{"States": {"a": {"Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync"}}}'
    )
    code, out, _ = types()
    assert code == 0
    assert "  ! GPU quotas        the jobs of pushtrain-churn cannot be read from its definition\n" in out


def test_credentials_of_another_account_end_the_examination(installation: Installation, types: Types) -> None:
    arn = "arn:aws:iam::999988887777:user/kim"
    installation.answers["GetCallerIdentity"] = {"Account": "999988887777", "Arn": arn}
    code, out, _ = types("--json")
    (_, bad) = json.loads(out)["checks"]
    assert (code, bad["found"]) == (
        1,
        f"{arn} is of account 999988887777, the platform lies in {DEV.account}",
    )
    assert bad["fix"] == "choose the platform's account, such as with AWS_PROFILE"


def test_credentials_that_are_refused_are_the_only_finding(installation: Installation, types: Types) -> None:
    installation.answers["GetCallerIdentity"] = "ExpiredToken"
    assert types("-e", "dev") == (
        1,
        "  ✗ credentials       could not be looked at: An error occurred (ExpiredToken) when calling the\n"
        "                      GetCallerIdentity operation: no\n"
        "                      fix: sign in, such as with `aws sso login`, or set AWS_PROFILE and AWS_REGION\n"
        "1 of 1 checks: something must be fixed\n",
        "",
    )


def test_a_platform_that_is_not_deployed(
    installation: Installation, types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PLATFORM_VARIABLE)
    installation.answers["GetParameter"] = "ParameterNotFound"
    code, out, _ = types("-e", "prod", "--json")
    (bad,) = json.loads(out)["checks"]
    assert (code, bad["check"]) == (1, "platform")
    assert bad["found"].startswith(
        "there is no SSM parameter /pushtrain/prod/platform in us-east-1: is 'prod' deployed"
    )
    assert bad["fix"] == "name the environment, account and region that are meant; or deploy: make deploy"
    installation.answers["GetParameter"] = "AccessDeniedException"
    (bad,) = json.loads(types("-e", "prod", "--json")[1])["checks"]
    assert bad["fix"] == "ask for a policy of the platform, such as the one for operators"


def test_without_a_platform_named_it_says_how_to_name_one(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PLATFORM_VARIABLE, raising=False)
    code, out, err = types()
    assert (code, out) == (2, "")
    assert err.startswith(
        "which platform? Give --environment NAME (its SSM parameter /pushtrain/NAME/platform), or set"
    )
    assert err.endswith("\nFor this computer add --local\n")


def test_a_check_that_does_not_reach_aws_says_where_to_look() -> None:
    def unreachable() -> list[Finding]:
        raise EndpointConnectionError(endpoint_url="https://sqs")

    (found,) = look("queue", unreachable, "ask for the right")
    assert (found.state, found.fix) == ("wrong", "see that this machine reaches AWS in the platform's region")
    assert found.found == 'could not be looked at: Could not connect to the endpoint URL: "https://sqs"'
