"""The script's own error, out of SageMaker's wrapping and out of logs; and what to try."""

from __future__ import annotations

import pytest

from pushtrain.runs import find_advice
from pushtrain.runs.real_error import find_script_error

TOOLKIT = """AlgorithmError: ExecuteUserScriptError:
ExitCode 1
ErrorMessage "ValueError: no rows
"
Command "/opt/conda/bin/python3.11 train.py --epochs 1", exit code: 1"""
TRACEBACK = """[rank0]: Traceback (most recent call last):
[rank0]:   File "train.py", line 3, in <module>
[rank0]: RuntimeError: CUDA out of memory
Traceback (most recent call last):
  File "/opt/conda/bin/torchrun", line 8, in <module>
torch.distributed.elastic.multiprocessing.errors.ChildFailedError:
""".splitlines()

PIP = [
    "Collecting acme==1.0",
    "ERROR: Could not find a version that satisfies the requirement acme==1.0 (from versions: none)",
    "ERROR: No matching distribution found for acme==1.0",
]
NO_INDEX = "WARNING: Retrying (Retry(total=4)) after connection broken by 'ConnectTimeoutError(...)': /simple/acme/"
URL = 'ClientError: No S3 objects found under S3 URL "s3://artifacts/churn/runs/3f2a/preprocess/job-1'


@pytest.mark.parametrize(
    ("reason", "lines", "error"),
    [
        ("AlgorithmError: ValueError: no rows, exit code: 1", [], "ValueError: no rows"),
        ("AlgorithmError: KeyError, exit code: 1", [], "KeyError"),
        (TOOLKIT, [], "ValueError: no rows"),
        ("AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage \"\"\nCommand x", [], ""),
        ('AlgorithmError: ExecuteUserScriptError:\nErrorMessage "raise X\n OSError: no"\nCommand', [], "OSError: no"),
        ('AlgorithmError: ExecuteUserScriptError:\nCommand "/bin/python -m train"', ["KeyError: 'a'"], "KeyError: 'a'"),
        ("AlgorithmError: Exit Code: 139", ["ValueError: caught and told"], ""),
        ("AlgorithmError: See job logs for more information", TRACEBACK, "RuntimeError: CUDA out of memory"),
        ("AlgorithmError: See job logs for more information, exit code: 1", PIP, PIP[-1]),
        ('AlgorithmError: InstallRequirementsError:\nErrorMessage ""\nCommand "pip", exit code: 1', PIP, PIP[-1]),
        ("", [NO_INDEX, *PIP], f"{PIP[-1]} (pip could not reach its package index)"),
        ("", [*PIP, "Traceback (most recent call last):", "ValueError: no"], "ValueError: no"),
        ("", ["usage: train.py", "train.py: error: no --x"], "train.py: error: no --x"),
        ("", ["botocore.exceptions.ClientError: An error"], "botocore.exceptions.ClientError: An error"),
        ("AlgorithmError: done, exit code: 1", ["all", "well"], ""),
        ("AlgorithmError: Killed, exit code: 137", ["ValueError: caught and told"], ""),
        ("ValueError: " + "x" * 1000, [], "ValueError: " + "x" * 388),
        ("", [], ""),
    ],
)  # fmt: skip
def test_the_line_to_read_first(reason: str, lines: list[str], error: str) -> None:
    assert find_script_error(reason, lines) == error


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("ModuleNotFoundError: No module named 'lightgbm'", "name the package of lightgbm in requirements.txt"),
        ("train.py: error: unrecognized arguments: --x 1", "take --x out of"),
        ("train.py: error: the following arguments are required: --rate", "give --rate under"),
        ("torch.OutOfMemoryError: CUDA out of memory", "a smaller batch"),
        ("AlgorithmError: Killed, exit code: 137", "too little memory"),
        ("TypeError: Object of type float32 is not JSON serializable", "float()"),
        (
            "train.py: error: unrecognized arguments: True",
            "the script declares a flag (store_true or store_false), and config.yaml gives it the value True: "
            "read the text in the script instead, as the guide shows",
        ),
        (
            "ERROR: No matching distribution found for acme==1.0",
            "correct the line of acme==1.0 in requirements.txt: pip finds no such version for the Python of the image",
        ),
        (
            "ERROR: x (pip could not reach its package index)",
            "the job reaches no package index: ask the platform's operator about the network, or set PIP_INDEX_URL "
            "under `environment`",
        ),
        ("ERROR: Invalid requirement: '=='", "correct requirements.txt: this is the message of pip"),
        (
            f'{URL}/train/" given in input',
            "preprocess wrote nothing to the folder of its output `train`: /opt/ml/processing/train, unless `outputs` "
            "names another",
        ),
        (
            f'{URL}/output/model.tar.gz"',
            "preprocess left no model: its script must save one in SM_MODEL_DIR (/opt/ml/model)",
        ),
        (
            'No S3 objects found under S3 URL "s3://lake/raw/"',
            "nothing is stored at this address: compare it with `data` in config.yaml",
        ),
        ("ResourceLimitExceeded: ml.p4d.24xlarge", "Service Quotas"),
    ],
)
def test_what_to_try(reason: str, words: str) -> None:
    assert words in find_advice(reason)


def test_nothing_is_advised_where_nothing_is_known() -> None:
    assert find_advice("ValueError: no rows") == ""
