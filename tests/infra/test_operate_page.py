"""What docs/operate.md and docs/jenkins.md tell an operator to type is what the stack and AWS have."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import botocore.session
import click
import pytest
from botocore import xform_name

from infra.settings import Settings
from pushtrain.cli import program
from pushtrain.doctor.endpoints import ENDPOINTS
from pushtrain.failures import failed_event
from pushtrain.platform import DECIDE, REPLAY, Platform
from tests.infra.evaluator import listed
from tests.infra.template_view import View

DOCS = Path(__file__).parents[2] / "docs"
PAGE = "".join((DOCS / page).read_text(encoding="utf-8") for page in ("operate.md", "jenkins.md"))
GLOBAL = {"query", "output", "cli-read-timeout"}  # options of the AWS command line itself
OURS = sorted(set(re.findall(r"(?:^|`)pushtrain ([a-z][^`]*?)(?=`|$)", PAGE, re.MULTILINE)))
COMMANDS = re.findall(r"\baws (\w+) ([a-z]+-[a-z-]+|invoke)([^\n)`]*)", PAGE)


def table(title: str) -> list[list[str]]:
    """Cells of the first table under a heading, but for its first two rows."""
    rows = re.search(rf"^{title}$.*?((?:^\|[^\n]*\n)+)", PAGE, re.MULTILINE | re.DOTALL)
    assert rows, title
    return [[cell.strip() for cell in row[1:-1].split("|")] for row in rows[1].splitlines()[2:]]


def named(view: View, kind: str, key: str) -> set[str]:
    return {
        resource[key].removeprefix("pushtrain-") for resource in view.of(kind) if isinstance(resource.get(key), str)
    }


@pytest.mark.parametrize(("service", "operation", "rest"), COMMANDS, ids=lambda text: text.strip().partition(" ")[0])
def test_every_command_of_aws_is_one_with_these_options(service: str, operation: str, rest: str) -> None:
    model = botocore.session.get_session().get_service_model(service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(operations[operation]).input_shape
    assert shape
    allowed = {xform_name(name, "-") for name in shape.members} | GLOBAL
    used = {option.removeprefix("no-") for option in re.findall(r"--([a-z-]+)", rest)}
    assert used <= allowed
    assert {xform_name(name, "-") for name in shape.required_members} <= used


def test_there_are_commands_to_replay_redrive_and_stop() -> None:
    assert {"runs redrive", "runs stop", "push-failures replay"} <= {" ".join(line.split()[:2]) for line in OURS}


@pytest.mark.parametrize("line", OURS)
def test_every_command_of_pushtrain_is_one_with_these_options(line: str) -> None:
    arguments = line.partition("#")[0].split()
    command: click.Command = program
    while arguments and isinstance(command, click.Group):
        subcommand = command.get_command(click.Context(command), arguments.pop(0))
        assert subcommand, line
        command = subcommand
    allowed = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in arguments if word.startswith("-")} <= allowed


def test_every_name_it_gives_is_one_of_the_stack(view: View) -> None:
    policies = named(view, "IAM::ManagedPolicy", "ManagedPolicyName")
    names_of_stack = (
        policies
        | {"monthly", "data-events", "access-"}
        | {"failures", "pushes", "push", "approval", "decide", "readers"}
    )
    assert {"push", "approval", "readers"} <= named(view, "IAM::Role", "RoleName")
    assert {"failures", "pushes"} == named(view, "SQS::Queue", "QueueName")
    documented = set(re.findall(r"<prefix>-([a-z-]+)", PAGE))
    assert policies <= documented
    assert documented <= names_of_stack


def test_the_command_line_calls_things_as_the_stack_does(view: View) -> None:
    platform = Platform.local("test")
    assert {alias["Name"] for alias in view.of("Lambda::Alias")} == {platform.alias}
    queues = {queue["QueueName"] for queue in view.of("SQS::Queue")}
    assert queues == {platform.failure_queue, platform.push_queue}
    kinds = (failed_event.PUSH, failed_event.APPROVAL, failed_event.RUN_END, DECIDE, REPLAY)
    names_of_stack = {properties["FunctionName"] for properties in view.of("Lambda::Function")}
    assert names_of_stack == {platform.function_name(kind) for kind in kinds}


def test_every_alarm_is_in_its_table(view: View) -> None:
    documented = [name for row in table("## Recover") for name in row[0].split(", ")]
    assert sorted(documented) == sorted(named(view, "CloudWatch::Alarm", "AlarmName"))


def test_every_setting_is_in_its_table() -> None:
    documented = [name for row in table("## Settings") for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(documented) == sorted(set(Settings.model_fields) - {"environment"})


def test_every_endpoint_that_the_handlers_need_is_named(view: View) -> None:
    """Lambda writes logs and traces itself; S3, SNS and SQS use the key; SageMaker's API has a longer name."""
    by_code = [
        action
        for function in view.of("Lambda::Function")
        for statement in view.role(function["FunctionName"])
        if statement["Sid"] not in {"OwnLog", "Traces"}
        for action in listed(statement["Action"])
    ]
    services = {action.partition(":")[0] for action in by_code} - {"ec2", "iam", "kms"}
    assert services == {endpoint.partition(".")[0] for endpoint in ENDPOINTS}
    assert [row[0].strip("`") for row in table("## Handlers in a VPC")] == list(ENDPOINTS)


def test_the_policy_of_a_key_of_your_own_is_that_of_ours(view: View) -> None:
    [text] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    policy: dict[str, Any] = json.loads(
        text.replace("eu-west-1", "us-east-1").replace("111122223333", "123456789012").replace("PREFIX", "pushtrain")
    )
    [key] = view.of("KMS::Key")
    ours = key["KeyPolicy"]["Statement"]
    assert [statement for statement in policy["Statement"] if statement not in ours] == []
    assert {properties["Sid"] for properties in ours if "Sid" in properties} <= {
        properties.get("Sid") for properties in policy["Statement"]
    }


def test_what_costs_while_idle_is_counted(view: View) -> None:
    rows = {row[0]: row for row in table("## What it costs idle")}
    cached = [function["MemorySize"] for function in view.of("Lambda::Function") if "SnapStart" in function]
    memory = sum(cached) / 1024
    assert rows["SnapStart's cache"][1] == f"{len(cached)} handlers, {memory:.2f} GB, 720 h"
    price = float(rows["SnapStart's cache"][2].partition("*")[0])
    assert float(rows["SnapStart's cache"][3]) == round(memory * 720 * 3600 * price, 2)
    alarms = [1 + len(alarm.get("Metrics", ())) for alarm in view.of("CloudWatch::Alarm")]
    assert rows["alarms"][1] == f"{sum(alarms)}, of one metric each"
    assert float(rows["alarms"][3]) == pytest.approx(sum(alarms) * 0.10)
    assert (len(view.of("CloudWatch::Dashboard")), len(view.of("KMS::Key"))) == (1, 1)
    sums = [row[3] for row in table("## What it costs idle")]
    assert float(sums[-1].strip("*")) == pytest.approx(sum(map(float, sums[:-1])))
    assert view.of("EC2::VPCEndpoint") == view.of("EC2::NatGateway") == []
    assert not [
        properties
        for properties in view.raw.values()
        if properties["Type"] == "AWS::Lambda::Version" and "DeletionPolicy" in properties
    ]
