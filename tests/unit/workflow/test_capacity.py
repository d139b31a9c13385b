"""The loop in which a step waits for capacity, as plain states."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.scarcity import holds
from pushtrain.catalog.job_kinds import PROCESSING, TRAINING
from pushtrain.config import load_config
from pushtrain.config.dataflow import find_step
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow
from pushtrain.workflow.capacity import (
    WaitLoop,
    build_wait_rule,
    find_wait_loop,
    is_wait_choice,
    list_capacity_waits,
)

HOUR = 3600
NO_INSTANCE = "CapacityError: Unable to provision requested ML compute capacity."
LIMIT = (
    "The account-level service limit 'ml.g5.xlarge for training job usage' is {} Instances, with current utilization of"
)
QUOTA = "SageMaker.ResourceLimitExceededException"
FAILED = "States.TaskFailed"
TEXT = "model: churn\ntrain: {{framework: sklearn 1.2-1{}}}\n"


def describe(**members: Any) -> str:
    """The Cause of a failed Task, as Step Functions writes it."""
    return json.dumps({"TrainingJobName": "j", "TrainingJobStatus": "Failed", **members}, separators=(",", ":"))


@pytest.mark.parametrize(
    ("error", "cause", "may_wait"),
    [
        (FAILED, describe(FailureReason=NO_INSTANCE), True),
        (FAILED, describe(FailureReason="AlgorithmError: CapacityError, exit code: 1"), False),
        (FAILED, describe(FailureReason=NO_INSTANCE, TrainingStartTime=1), False),  # it has cost something
        (FAILED, describe(FailureReason="x", HyperParameters={"a": '"FailureReason":"CapacityError'}), False),
        (FAILED, NO_INSTANCE, False),
        (FAILED, "", False),
        (QUOTA, LIMIT.format(2) + " 2 Instances", True),
        (QUOTA, LIMIT.format(10) + " 10 Instances", True),
        (QUOTA, LIMIT.format(2) + " 0 Instances", True),
        (QUOTA, LIMIT.format(0) + " 0 Instances", False),
        ("SageMaker.AmazonSageMakerException", describe(FailureReason=NO_INSTANCE), False),
    ],
)
def test_it_waits_only_if_aws_had_no_instance_and_nothing_was_paid(error: str, cause: str, may_wait: bool) -> None:
    document: dict[str, Any] = {"waits": {"train": {"count": 7}}, "errors": {"train": {"Error": error, "Cause": cause}}}
    rule = build_wait_rule(TRAINING, "$.waits.train.count", "$.errors.train", 8)
    assert holds(rule, document) == may_wait
    document["waits"]["train"]["count"] = 8
    assert not holds(rule, document)


@pytest.mark.parametrize(("seconds", "attempts", "wait"), [(1, 1, 1), (900, 1, 900), (1000, 2, 500), (86_400, 96, 900)])
def test_the_waits_last_as_long_as_written_and_their_number_has_two_digits(
    seconds: int, attempts: int, wait: int
) -> None:
    loop = WaitLoop(step="train", kind=TRAINING, seconds=seconds)
    assert (loop.attempts, loop.repeat().states["train waits for capacity"]["Seconds"]) == (attempts, wait)


@pytest.mark.parametrize(
    ("more", "seconds"),
    [("", None), (", wait_for_capacity: 2h", 2 * HOUR), ("}\ndefaults: {wait_for_capacity: 1h", HOUR)],
)
def test_there_is_a_loop_only_if_the_wait_is_written(more: str, seconds: int | None) -> None:
    config = load_config(TEXT.format(more).encode()).config
    loop = find_wait_loop(find_step(config, "train"))
    assert (loop and loop.seconds) == seconds
    definition = compile_workflow(config, Platform.local())
    assert list_capacity_waits(definition) == ({"train": seconds} if seconds else {})
    assert (QUOTA in json.dumps(definition["States"]["train"]["Retry"])) == (loop is None)


def test_only_the_choice_of_a_loop_is_one() -> None:
    loop = WaitLoop(step="split-rows", kind=PROCESSING, seconds=HOUR)
    states = loop.repeat().states
    assert [name for name, state in states.items() if is_wait_choice(state)] == ["split-rows may wait?"]
    assert loop.count_path == "$.waits.split_rows.count"
    assert not is_wait_choice(
        {"Type": "Choice", "Choices": [{"Not": {"Variable": "$.a", "IsNull": True}, "Next": "b"}]}
    )
