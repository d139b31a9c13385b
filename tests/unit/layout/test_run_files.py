"""Keys of a run: where its jobs write, and which run a key belongs to."""

from __future__ import annotations

from pushtrain import layout
from pushtrain.catalog.job_kinds import TRAINING
from tests.layout_keys import KEYS


def test_the_trained_model_lies_where_sagemaker_puts_it() -> None:
    output_path = layout.build_step_prefix("churn", "r", "train")
    prefix = layout.build_job_prefix("churn", "r", "train", "job-1")
    model = layout.build_output_key(prefix, TRAINING.build_output_path("model"))
    assert model == f"{output_path}/job-1/output/model.tar.gz"


def test_the_prefix_of_a_job_names_its_run() -> None:
    assert layout.read_job_run(layout.build_job_prefix("churn", "3f1c9a-0b42de", "train", "job-1")) == "3f1c9a-0b42de"
    for other in ("", "churn/runs/r1/train", "churn/runs/r1/train/job/model.tar.gz", "churn/sources/r1/train/job"):
        assert layout.read_job_run(other) == ""


def test_the_key_of_an_output_names_its_step() -> None:
    assert layout.read_job_step(KEYS["build_output_key"]) == "train"
    for other in ("", KEYS["build_input_key"], KEYS["build_job_prefix"], KEYS["build_source_key"]):
        assert layout.read_job_step(other) == ""


def test_a_file_of_a_run_names_its_model_and_its_run() -> None:
    for name in ("build_input_key", "build_output_key", "build_report_key"):
        assert layout.parse_run_file_key(KEYS[name]) == ("churn", "3f1c9a-0b42de")
    for other in ("", KEYS["build_runs_prefix"], KEYS["build_source_key"], KEYS["build_reuse_key"]):
        assert layout.parse_run_file_key(other) is None
