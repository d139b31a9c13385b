"""Rules about `register.inference.code`."""

from __future__ import annotations

import pytest

from pushtrain.config import load_config
from pushtrain.errors import ConfigError

FINE = "code: [inference.py, features/]"


def list_messages(train: str, inference: str) -> list[str]:
    text = f"model: churn\ntrain: {{{train}}}\nregister:\n  inference: {{{inference}}}\n"
    try:
        load_config(text.encode())
    except ConfigError as error:
        return [f"{problem.key}: {problem.message}" for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("train", "inference", "messages"),
    [
        ("framework: pytorch 2.6", FINE, []),
        ("framework: pytorch 2.6", "code: serving/, environment: {SAGEMAKER_PROGRAM: serve.py}", []),
        (
            "framework: xgboost 1.7-1, script: none",
            FINE,
            [
                "register.inference.code: train has `script: none`: its image trains with a program of its own, and "
                "nothing can add code to the model. Remove `code`"
            ],
        ),
        (
            "framework: pytorch 2.6, distribution: {torch_distributed: true}",
            FINE,
            [
                "register.inference.code: train has `distribution`: a launcher starts the script in each process, and "
                "pushtrain adds no code to the model. Remove `code`, and let train.py copy the files to "
                "SM_MODEL_DIR/code"
            ],
        ),
        (
            "framework: pytorch 2.6",
            "code: [a/inference.py, inference.py]",
            [
                "register.inference.code[1]: 'inference.py' is given twice: entries lie in code/ by their last name. "
                "Rename one"
            ],
        ),
        (
            "framework: pytorch 2.6",
            f"{FINE}, environment: {{SAGEMAKER_SUBMIT_DIRECTORY: /opt/ml/model/src}}",
            [
                "register.inference.environment.SAGEMAKER_SUBMIT_DIRECTORY: `code` puts the files into "
                "/opt/ml/model/code, and '/opt/ml/model/src' is another folder. Remove the variable"
            ],
        ),
        (
            "framework: pytorch 2.6",
            "code: [" + ", ".join(f"{'long' * 20}{number}.py" for number in range(7)) + "]",
            ["register.inference.code: has more than 512 characters. Put the files into one folder, and name that"],
        ),
        (
            "framework: pytorch 2.6",
            "code: [inference.py, ../other]",
            ["register.inference.code[1]: '../other' leaves the model repo. Write a path inside it, without .."],
        ),
        (
            "framework: pytorch 2.6",
            "code: ../other",
            ["register.inference.code: '../other' leaves the model repo. Write a path inside it, without .."],
        ),
    ],
)
def test_the_training_job_can_put_the_code_into_the_model(train: str, inference: str, messages: list[str]) -> None:
    assert list_messages(train, inference) == messages
