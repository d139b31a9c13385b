"""The names that follow from what AWS calls a kind of job."""

from __future__ import annotations

from pushtrain.catalog import job_kinds


def test_names_are_those_of_sagemaker() -> None:
    kind = job_kinds.TRAINING
    assert (kind.build_operation("Create"), kind.build_method("stop")) == ("CreateTrainingJob", "stop_training_job")
    assert (kind.name_member, kind.arn_member, kind.status_member) == (
        "TrainingJobName",
        "TrainingJobArn",
        "TrainingJobStatus",
    )
    assert (kind.start_member, kind.end_member) == ("TrainingStartTime", "TrainingEndTime")
    assert kind.summaries_member == "TrainingJobSummaries"
