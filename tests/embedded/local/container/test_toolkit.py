"""The arguments and SM_* variables that a training script receives."""

from __future__ import annotations

import json
import os

from tests.embedded.local.container.bench import SHOW, Bench, channel, read_printed_document


def test_arguments_and_variables_are_those_of_the_toolkit(bench: Bench) -> None:
    bench.put("x/a", "")
    parameters = {
        "lr": "0.1", "c": "2", "flag": "true", "name": '"plain"', "raw": "plain text", "layers": "[1, 2]",
        "map": '{"b": 1, "a": 2}', "learning-rate": "1e-3", "none": "null", "sagemaker_mpi_enabled": "false",
    }  # fmt: skip
    result = bench.train(SHOW, HyperParameters=parameters, InputDataConfig=[channel("my-data", "x/")])
    assert result.status == "Completed"
    argv = read_printed_document(bench)["argv"]
    assert argv == [
        "-c", "2", "--flag", "True", "--layers", "[1, 2]", "--learning-rate", "0.001", "--lr", "0.1",
        "--map", "a=2,b=1", "--name", "plain", "--none", "", "--raw", "plain text",
    ]  # fmt: skip
    env = read_printed_document(bench)["env"]
    assert env["SM_CHANNEL_MY-DATA"] == "/opt/ml/input/data/my-data"
    assert env["SM_CHANNELS"] == '["my-data"]'
    assert env["SM_HP_LEARNING-RATE"] == "0.001"
    assert env["SM_HP_NAME"] == "plain"
    assert json.loads(env["SM_HPS"])["layers"] == [1, 2]
    assert json.loads(env["SM_USER_ARGS"]) == argv
    assert env["SM_MODULE_NAME"] == "train"
    assert env["SM_USER_ENTRY_POINT"] == "train.py"
    assert env["SM_CURRENT_HOST"] == "algo-1"
    assert env["SM_HOSTS"] == '["algo-1"]'
    assert env["SM_FRAMEWORK_PARAMS"] == '{"sagemaker_mpi_enabled":false}'
    assert json.loads(env["SM_TRAINING_ENV"])["hyperparameters"]["lr"] == 0.1
    assert int(env["SM_NUM_CPUS"]) == os.cpu_count()
    assert env["TRAINING_JOB_NAME"] == "job"
    assert env["TRAINING_JOB_ARN"] == "arn:aws:sagemaker:us-east-1:123456789012:training-job/job"
