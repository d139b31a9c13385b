"""`push-failures list|replay` against an SQS of moto, and a Lambda that answers as it is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from pushtrain import aws
from pushtrain.failures import queue
from pushtrain.platform import PLATFORM_VARIABLE, Platform

DEV = Platform.local("dev")
Types = Callable[..., tuple[int, str, str]]


class Lambda:
    """Answers Invoke with a status, or refuses."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.status, self.refusals = 202, set[str]()

    def invoke(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        if asked["FunctionName"] in self.refusals:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "no function"}}, "Invoke")
        return {"StatusCode": self.status}


@pytest.fixture
def function() -> Lambda:
    return Lambda()


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch, function: Lambda) -> Iterator[Any]:
    monkeypatch.setenv(PLATFORM_VARIABLE, DEV.to_json())
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setattr(queue, "LONG_POLL", 0)
    for word in ("list", "replay"):
        monkeypatch.setattr(f"pushtrain.cli.commands.push_failures.{word}.find_program", lambda: "pushtrain")
    with mock_aws():
        client = boto3.client("sqs", DEV.region)
        monkeypatch.setattr(aws, "client", lambda service, region: {"sqs": client, "lambda": function}[service])
        yield client


@pytest.fixture
def url(sqs: Any) -> str:
    made: str = sqs.create_queue(QueueName=DEV.failure_queue)["QueueUrl"]
    return made


@pytest.fixture
def types(typed: Types) -> Types:
    return lambda *words: typed("push-failures", *words)


def push_event(revision: str, model: str = "churn") -> dict[str, Any]:
    place = {"key": f"model-repos/{model}/{revision}/config.yaml", "versionId": "v1"}
    return {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "code"}, "object": place}}]}


DECISION = {"source": "aws.sagemaker", "detail": {"ModelPackageGroupName": "churn", "ModelPackageVersion": 2}}


def given_up(sqs: Any, url: str, *events: object) -> list[str]:
    """Message ids, in order."""
    raised = {"errorType": "ClientError", "errorMessage": "속도 제한\n  exceeded"}
    context = {"condition": "RetriesExhausted", "approximateInvokeCount": 3}
    bodies = [
        {"requestContext": context, "requestPayload": event, "responsePayload": raised} if event else "?"
        for event in events
    ]
    return [sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body))["MessageId"] for body in bodies]


def left(sqs: Any, url: str) -> int:
    """How many messages anybody would see now."""
    names = ["ApproximateNumberOfMessages"]
    return int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"][names[0]])


def test_an_empty_queue(sqs: Any, url: str, types: Types) -> None:
    assert types("list") == (0, "nothing waits in pushtrain-failures\n", "")
    assert types("list", "--json")[1] == "[]\n"
    assert types("replay", "--all") == (0, "nothing to replay in pushtrain-failures\n", "")


def test_looking_takes_nothing_out(sqs: Any, url: str, types: Types) -> None:
    ids = given_up(sqs, url, push_event("3f9c1e2ab1234567"), DECISION, None)
    for _ in range(2):
        code, out, err = types("list")
        assert (code, left(sqs, url)) == (0, 3)
    lines = out.splitlines()
    assert lines[0].split() == ["ID", "GIVEN", "UP", "HANDLER", "ABOUT"]
    assert sorted(line.split(maxsplit=4)[0] + line[26:] for line in lines[1:4]) == sorted(
        f"{each[:8]}{about}"
        for each, about in zip(
            ids,
            (
                "  push      churn revision 3f9c1e2ab123",
                "  approval  churn version 2",
                "  ?         no event that a handler takes",
            ),
            strict=True,
        )
    )
    assert f"{ids[0][:8]}  ClientError: 속도 제한 exceeded (tried 3 times)" in lines
    assert f"{ids[2][:8]}  it is not told why" in lines
    assert err == "hand one to its handler again: pushtrain push-failures replay ID --environment dev\n"
    told = {each["id"]: each for each in json.loads(types("list", "--json")[1])}
    assert told[ids[0]]["event"] == push_event("3f9c1e2ab1234567")
    assert (told[ids[2]]["handler"], told[ids[0]]["tries"]) == (None, 3)


def test_a_replay_gives_the_handler_the_event_itself_and_then_forgets_it(
    sqs: Any, url: str, types: Types, function: Lambda
) -> None:
    first, _ = given_up(sqs, url, push_event("aaaaaaaaaaaa", model="이탈"), DECISION)
    code, out, err = types("replay", first[:8])
    assert (code, out) == (0, f"accepted  {first[:8]}  push  이탈 revision aaaaaaaaaaaa\n")
    assert (
        err == "An event that fails again is back after some minutes: pushtrain push-failures list --environment dev\n"
    )
    (asked,) = function.asked
    assert json.loads(asked.pop("Payload")) == push_event("aaaaaaaaaaaa", model="이탈")
    assert asked == {"FunctionName": "pushtrain-push", "Qualifier": "live", "InvocationType": "Event"}
    assert left(sqs, url) == 1


def test_all_are_replayed_but_what_no_handler_takes(sqs: Any, url: str, types: Types, function: Lambda) -> None:
    ids = given_up(sqs, url, *(push_event(f"{number:012}") for number in range(12)), DECISION, None)
    code, out, _ = types("replay", "--all", "--json")
    assert (code, {each["id"] for each in json.loads(out)}) == (0, set(ids[:-1]))
    assert {asked["FunctionName"] for asked in function.asked} == {"pushtrain-push", "pushtrain-approval"}
    assert left(sqs, url) == 1


def test_what_lambda_does_not_accept_stays(sqs: Any, url: str, types: Types, function: Lambda) -> None:
    (message,) = given_up(sqs, url, DECISION)
    function.status = 500
    said = f"pushtrain-approval did not accept {message}: status 500. It stays queued\n"
    assert types("replay", "--all") == (1, "", said)
    function.refusals = {"pushtrain-approval"}
    code, out, err = types("replay", "--all")
    assert (code, out) == (1, "")
    assert err == "AWS: An error occurred (ResourceNotFoundException) when calling the Invoke operation: no function\n"
    assert left(sqs, url) == 1


def test_what_came_before_a_refusal_is_told_and_gone(sqs: Any, url: str, types: Types, function: Lambda) -> None:
    done, refused = given_up(sqs, url, push_event("aaaaaaaaaaaa"), DECISION)
    function.refusals = {"pushtrain-approval"}
    code, out, _ = types("replay", done, refused)
    assert (code, out) == (1, f"accepted  {done[:8]}  push  churn revision aaaaaaaaaaaa\n")
    assert [each["id"] for each in json.loads(types("list", "--json")[1])] == [refused]


def test_an_id_must_mean_one_event_that_a_handler_takes(
    sqs: Any, url: str, types: Types, function: Lambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = "in pushtrain-failures. `pushtrain push-failures list --environment dev` shows what waits\n"
    assert types("replay", "zz") == (1, "", f"no event begins with 'zz' {where}")
    given_up(sqs, url, DECISION)
    (unknown,) = given_up(sqs, url, None)
    assert types("replay", "") == (1, "", f"2 events begin with '' {where}")
    assert types("replay", unknown) == (
        1,
        "",
        f"{unknown}: no event that a handler takes, so it cannot be replayed. `pushtrain push-failures list "
        "--environment dev --json` shows it; "
        "the queue drops it after 14 days\n",
    )
    assert (function.asked, left(sqs, url)) == ([], 2)


@pytest.mark.parametrize("words", [[], ["a1", "--all"]])
def test_a_replay_is_of_named_events_or_of_all(types: Types, words: list[str]) -> None:
    code, _, err = types("replay", *words)
    assert code == 2
    assert err.splitlines()[-1] == "Error: name the events to replay by their ids, or give --all"


def test_what_somebody_else_holds_is_counted(sqs: Any, url: str, types: Types) -> None:
    given_up(sqs, url, DECISION)
    sqs.receive_message(QueueUrl=url)
    code, out, err = types("list")
    assert (code, out) == (0, "nothing waits in pushtrain-failures\n")
    assert err == HELD
    code, out, err = types("replay", "a1")
    seen = "`pushtrain push-failures list --environment dev` shows what waits"
    gone = f"no event begins with 'a1' in pushtrain-failures. {seen}\n"
    assert (code, out, err) == (1, "", HELD + gone)


HELD = "not shown: about 1, because somebody else is listing or replaying them. Try again in five minutes\n"


def test_a_platform_without_its_queue(sqs: Any, types: Types) -> None:
    said = (
        "there is no queue pushtrain-failures in us-east-1: deploy the platform again. "
        "`pushtrain doctor --environment dev` tells what else is missing\n"
    )
    for words in (("list",), ("replay", "--all")):
        assert types(*words) == (1, "", said)
