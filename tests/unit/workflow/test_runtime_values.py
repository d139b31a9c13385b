"""Paths and intrinsics for values of a run."""

from __future__ import annotations

from pushtrain.catalog.expression import find_expression_problem, read_format_template
from pushtrain.config import Source, load_config
from pushtrain.platform import Platform
from pushtrain.workflow import runtime_values

PLATFORM = Platform.local()
CONFIG = load_config(
    b"model: churn\ndata: {raw: data/raw}\npreprocess: {framework: sklearn 1.2-1, outputs: [train]}\n"
    b"train: {framework: sklearn 1.2-1}\n"
).config


def test_a_job_has_another_name_for_each_run_and_redrive_but_not_for_each_retry() -> None:
    """An error may come although the job was created: a retry of another name would create a second job."""
    assert runtime_values.build_job_name(CONFIG, PLATFORM, "train") == (
        "States.Format('pushtrain-churn-train-{}-{}-0', $$.Execution.Name, $$.Execution.RedriveCount)"
    )


def test_a_job_that_waits_in_a_loop_has_another_name_after_each_wait() -> None:
    assert runtime_values.build_job_name(CONFIG, PLATFORM, "train", "$.waits.train.count") == (
        "States.Format('pushtrain-churn-train-{}-{}-{}', $$.Execution.Name, $$.Execution.RedriveCount, "
        "$.waits.train.count)"
    )


def test_an_input_is_below_the_prefix_of_the_job_that_wrote_it() -> None:
    source = Source(step="split-rows", output="train", path="train/")
    uri = runtime_values.build_source_uri(PLATFORM, source)
    assert uri == f"States.Format('s3://{PLATFORM.artifact_bucket}/{{}}/train/', $.jobs.split_rows.prefix)"
    assert (
        runtime_values.build_source_key(source, "a.csv") == "States.Format('{}/train/a.csv', $.jobs.split_rows.prefix)"
    )


def test_an_input_without_a_step_is_a_data_entry() -> None:
    assert runtime_values.build_source_uri(PLATFORM, Source(output="raw")) == "$$.Execution.Input.data['raw']"


def test_outputs_of_a_job_are_in_a_folder_of_their_own() -> None:
    uri = runtime_values.build_output_uri(CONFIG, PLATFORM, "preprocess", "train/")
    assert find_expression_problem(uri) is None
    assert str(read_format_template(uri)).endswith("/preprocess/pushtrain-churn-preprocess-{}-{}-0/train/")


def test_a_job_writes_below_its_prefix() -> None:
    uri = read_format_template(runtime_values.build_training_output_uri(CONFIG, PLATFORM, "train"))
    prefix = read_format_template(runtime_values.build_job_prefix(CONFIG, "train", "$.TrainingJobName"))
    assert f"s3://{PLATFORM.artifact_bucket}/{prefix}" == f"{uri}/{{}}"
