"""Which hyperparameters the best trial had: SageMaker says so."""

from __future__ import annotations

from pushtrain.decide.request import DecideRequest, StepFile
from pushtrain.decide.tuned import read_tuned

REQUEST = DecideRequest(
    model="m",
    run="r",
    artifact=StepFile(
        step="train", path="/opt/ml/model", key="m/runs/r/train/trial-7/output/model.tar.gz", job="trial-7"
    ),
    evaluation=None,
    conditions=(),
    inference={},
    raw_fields={},
    tuned=("rate", "kind"),
)


def test_only_the_searched_hyperparameters_of_the_job_of_the_model_are_read() -> None:
    class SageMaker:
        def describe_training_job(self, **request: str) -> dict[str, dict[str, str]]:
            assert request == {"TrainingJobName": "trial-7"}
            return {"HyperParameters": {"rate": "0.5", "kind": '"a b"', "sagemaker_program": '"train.py"'}}

    assert read_tuned(SageMaker(), REQUEST) == {"rate": "0.5", "kind": "a b"}


def test_a_value_that_sagemaker_does_not_say_is_unknown_and_ends_no_run() -> None:
    class SageMaker:
        def describe_training_job(self, **_: str) -> dict[str, dict[str, str]]:
            return {"HyperParameters": {"rate": "0.5"}}

    assert read_tuned(SageMaker(), REQUEST) == {"rate": "0.5", "kind": "unknown"}
