"""What changes in a definition is told state by state."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.plans.state_changes import MAX_LENGTH, list_state_changes

TRAIN = {"Type": "Task", "Parameters": {"StoppingCondition": {"MaxRuntimeInSeconds": 3600}}, "Next": "evaluate"}
EVALUATE = {"Type": "Task", "End": True}


def build(**states: Any) -> dict[str, Any]:
    return {"StartAt": "train", "States": states}


def list_texts(current: dict[str, Any], pushed: dict[str, Any]) -> list[str]:
    return [f"{change.state}: {change.text}" for change in list_state_changes(current, pushed)]


def test_equal_definitions_have_no_changes() -> None:
    assert list_texts(build(train=TRAIN), build(train=TRAIN)) == []


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        (
            {"Parameters": {"StoppingCondition": {"MaxRuntimeInSeconds": 2400}}},
            "StoppingCondition.MaxRuntimeInSeconds 3600 → 2400",
        ),
        ({"Parameters": {"StoppingCondition": {}}}, "StoppingCondition.MaxRuntimeInSeconds removed"),
        ({"Next": "구별"}, "Next evaluate → 구별"),
        ({"TimeoutSeconds": 60}, "TimeoutSeconds added: 60"),
        ({"Retry": [{"MaxAttempts": 1}]}, "Retry added"),
        ({"Comment": ""}, 'Comment added: ""'),
        ({"Comment": "x" * 100}, f"Comment added: {'x' * (MAX_LENGTH - 1)}…"),
    ],
)
def test_a_changed_value_is_shown_with_its_field(changed: dict[str, Any], text: str) -> None:
    assert list_texts(build(train=TRAIN), build(train=TRAIN | changed)) == [f"train: {text}"]


def test_members_of_lists_are_compared_in_their_order() -> None:
    before, after = ({"Retry": [{"MaxAttempts": number} for number in numbers]} for numbers in ((1, 2), (1, 3, 4)))
    texts = ["train: Retry[1].MaxAttempts 2 → 3", "train: Retry[2] added"]
    assert list_texts(build(train=before), build(train=after)) == texts


def test_the_requests_of_two_operations_are_not_compared() -> None:
    before = {"Type": "Task", "Resource": "a", "Parameters": {"TrainingJobName": "t"}}
    after = {"Type": "Task", "Resource": "b", "Parameters": {"HyperParameterTuningJobName": "t"}, "End": True}
    assert list_texts(build(train=before), build(train=after)) == [
        "train: Resource a → b",
        "train: End added: true",
        "train: Parameters are those of the other operation",
    ]


def test_true_is_not_one() -> None:
    assert list_texts(build(a={"x": 1}), build(a={"x": True})) == ["a: x 1 → true"]


def test_new_and_removed_states_are_named() -> None:
    before, after = build(train=TRAIN, old=EVALUATE), {**build(train=TRAIN, embed=EVALUATE), "StartAt": "embed"}
    assert list_texts(before, after) == ["definition: StartAt train → embed", "embed: new", "old: removed"]


def test_a_state_of_a_branch_has_its_own_changes() -> None:
    def branches(start: str, train: dict[str, Any]) -> dict[str, Any]:
        return build(steps={"Type": "Parallel", "Branches": [{"StartAt": start, "States": {"train": train}}]})

    assert list_texts(branches("train", TRAIN), branches("clean", TRAIN | {"Next": "x"})) == [
        "steps: Branches[0] train → clean",
        "train: Next evaluate → x",
    ]
