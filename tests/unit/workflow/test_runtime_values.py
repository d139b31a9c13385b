"""Paths and intrinsics for values of a run."""

from __future__ import annotations

from pushtrain.catalog.expression import find_expression_problem, read_format_template
from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import runtime_values

PLATFORM = Platform.local()
CONFIG = load_config(
    b"model: churn\ndata: {raw: data/raw}\npreprocess: {framework: sklearn 1.2-1, outputs: [train]}\n"
    b"train: {framework: sklearn 1.2-1}\n"
).config


def test_a_job_has_another_name_for_each_run_redrive_and_retry() -> None:
    assert runtime_values.build_job_name(CONFIG, PLATFORM, "train") == (
        "States.Format('pushtrain-churn-train-{}-{}-{}', $$.Execution.Name, $$.Execution.RedriveCount, "
        "$$.State.RetryCount)"
    )


def test_an_input_is_an_output_of_preprocess_or_a_data_entry() -> None:
    output = runtime_values.build_source_uri(CONFIG, PLATFORM, "train")
    assert read_format_template(output) == f"s3://{PLATFORM.artifact_bucket}/churn/runs/{{}}/preprocess/{{}}/train/"
    assert runtime_values.build_source_uri(CONFIG, PLATFORM, "raw") == "$$.Execution.Input.data['raw']"


def test_outputs_of_a_job_are_in_a_folder_of_their_own() -> None:
    uri = runtime_values.build_preprocess_output_uri(CONFIG, PLATFORM, "train")
    assert find_expression_problem(uri) is None
    assert str(read_format_template(uri)).endswith("/preprocess/pushtrain-churn-preprocess-{}-{}-{}/train/")


def test_key_and_uri_of_the_evaluation_are_the_same_object() -> None:
    key = read_format_template(runtime_values.build_evaluation_key(CONFIG))
    uri = read_format_template(runtime_values.build_evaluation_uri(CONFIG, PLATFORM))
    assert uri == f"s3://{PLATFORM.artifact_bucket}/{key}"
