"""A job's request in the types of the SDKs."""

from __future__ import annotations

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import Pipeline

CONFIG = """model: churn
data: {raw: data/raw}
preprocess: {framework: sklearn 1.2-1, outputs: [train]}
train: {framework: pytorch 2.6, instance: ml.g5.xlarge}
evaluate: {framework: sklearn 1.2-1}
register: {when: [{metric: accuracy, at_least: 0.9}]}
"""
PIPELINE = Pipeline(load_config(CONFIG.encode()).config, Platform.local())


def test_inputs_and_outputs_are_those_of_the_request() -> None:
    from pushtrain.sdk import Expression, JobRequest

    job = JobRequest(PIPELINE, "preprocess")
    assert job.kind == "Processing"
    assert [member.input_name for member in job.inputs] == ["code", "raw"]
    assert [output.output_name for output in job.outputs] == ["train"]
    assert isinstance(job.job_name, Expression)


def test_a_training_job_has_a_channel_for_each_input() -> None:
    from pushtrain.sdk import JobRequest

    channels = JobRequest(PIPELINE, "train").channels
    assert channels is not None
    assert list(channels) == ["train"]


def test_a_job_without_network_settings_has_none() -> None:
    from pushtrain.sdk import JobRequest

    assert JobRequest(PIPELINE, "preprocess").network is None
