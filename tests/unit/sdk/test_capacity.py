"""The loop around a step of the SDK. `test_train_sdk` compares whole definitions with those of `train`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pushtrain.catalog.job_kinds import TRAINING
from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import Pipeline, build_state
from pushtrain.workflow.capacity import WaitLoop

if TYPE_CHECKING:
    from pushtrain.sdk import JobRequest

CONFIG = load_config(b"model: churn\ntrain: {framework: sklearn 1.2-1, wait_for_capacity: 1h}\n").config
PIPELINE = Pipeline(CONFIG, Platform.local())
TASK = {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": {}}


def build(job: JobRequest) -> object:
    from stepfunctions.steps import Chain, Graph

    from pushtrain.sdk import Task, wait_for_capacity

    task = Task("train", resource=TASK["Resource"])
    return Graph(Chain([wait_for_capacity(job, task)])).to_dict()


def test_a_step_with_a_loop_comes_back_to_itself() -> None:
    from pushtrain.sdk import JobRequest

    loop = PIPELINE.find_wait_loop("train")
    assert loop == WaitLoop(step="train", kind=TRAINING, seconds=3600)
    assert build(JobRequest(PIPELINE, "train", loop)) == loop.wrap(build_state("train", TASK)).build_scope()


def test_a_step_without_a_loop_stays_as_it_is() -> None:
    from pushtrain.sdk import JobRequest

    assert build(JobRequest(PIPELINE, "train")) == {"StartAt": "train", "States": {"train": {**TASK, "End": True}}}
