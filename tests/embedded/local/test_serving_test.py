"""A whole run whose model must serve before it is registered."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain.local.platform import local_platform
from pushtrain.local.run import LocalRun, run_model_repo
from pushtrain.model_repo.check import check_model_repo
from pushtrain.model_repo.contents import read_model_repo

pytestmark = pytest.mark.slow
MakeRepo = Callable[..., Path]
INFERENCE = """from features import read
def model_fn(folder):
    return float(open(folder + "/mean.txt").read())
def input_fn(body, content_type):
    return read(body)
def predict_fn(row, model):
    return row - model
def output_fn(difference, accept):
    return str(difference), accept
"""
SERVE = """
  inference:
    framework: sklearn 1.2-1
    code: [inference.py, features]
    test: {requests: requests.csv, within: 60s}
"""


@pytest.fixture(autouse=True)
def python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers start with the Python of the tests, which has numpy."""
    monkeypatch.setattr("pushtrain.local.inference.container._find_python", lambda *_, **__: Path(sys.executable))


def run(folder: Path, store: Path, *, requests: str, image: str = "") -> LocalRun:
    """Run the repo `plain` with requests that it must answer."""
    config = (folder / "config.yaml").read_text()
    inference = config[config.index("  inference:") :]
    serve = SERVE.replace("framework: sklearn 1.2-1", f"image: {image}") if image else SERVE
    (folder / "config.yaml").write_text(config.replace(inference, serve.lstrip("\n")))
    (folder / "inference.py").write_text(INFERENCE)
    (folder / "requests.csv").write_text(requests)
    (folder / "features").mkdir()
    (folder / "features" / "__init__.py").write_text("def read(text):\n    return float(text)\n")
    for script in (folder / name for name in ("preprocessing.py", "train.py", "evaluation.py")):
        script.write_text(f"from features import read\n{script.read_text()}")
    config_loaded = check_model_repo(folder).loaded.config
    return run_model_repo(read_model_repo(folder), config_loaded, local_platform("", store), store)


def test_a_model_that_answers_every_request_is_registered(make_repo: MakeRepo, tmp_path: Path) -> None:
    ended = run(make_repo(), tmp_path / "store", requests="1\n2\n").run
    assert (ended.outcome, [job.step for job in ended.jobs][-1], ended.left_models) == (
        "registered",
        "serving-test",
        (),
    )
    assert ended.verdict is not None
    assert ended.verdict.serving is not None
    assert (ended.verdict.serving.outcome, ended.verdict.serving.rows) == ("passed", 2)
    assert ended.verdict.serving.p90 is not None


def test_a_handler_that_raises_on_the_second_row_is_not_registered(make_repo: MakeRepo, tmp_path: Path) -> None:
    ended = run(make_repo(), tmp_path / "store", requests="1\nmany\n").run
    assert (ended.outcome, ended.error) == ("not_registered", None)
    assert ended.reason == (
        "does not serve: requests.csv, line 2: features/__init__.py, line 2: ValueError: could not convert string to "
        "float: 'many' (500)"
    )


def test_with_an_image_of_one_s_own_the_run_says_that_it_tested_nothing(make_repo: MakeRepo, tmp_path: Path) -> None:
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/serve:1"
    ended = run(make_repo(), tmp_path / "store", requests="1\n", image=image).run
    assert ended.outcome == "registered"
    assert ended.verdict is not None
    assert ended.verdict.serving is not None
    assert ended.verdict.serving.describe().startswith(f"not tested: the image {image} is not one of AWS's")


@pytest.mark.parametrize(
    ("subject", "file", "reason"),
    [
        (
            "predictions",
            "-6.5\\n-3.0\\n",
            "answers: 1 of 2 rows differs from evaluation's predictions; first: row 2, evaluation -3.0, model -10.5",
        ),
        (
            "features",
            "distance\\n3.5\\n1.5\\n",
            "features: 1 of 2 rows differs from evaluation's features in distance; first: row 2, column distance, "
            "evaluation 1.5, model -0.5",
        ),
    ],
)
def test_a_model_that_serves_otherwise_than_it_was_evaluated_is_not_registered(
    make_repo: MakeRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subject: str, file: str, reason: str
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "SERVE", SERVE.replace("within: 60s", f"compare: [{subject}]"))
    folder = make_repo()
    with (folder / "evaluation.py").open("a") as script:
        script.write(f'(processing / "evaluation" / "request_{subject}.csv").write_text("{file}")\n')
    ended = run(folder, tmp_path / "store", requests="3.5\n-0.5\n").run
    assert (ended.outcome, ended.reason) == ("not_registered", reason)


PREDICT = """steps:
  predict: {kind: transform, inputs: [train.model, preprocess.test], strategy: single}
evaluate:
  inputs: [test, predict.predictions]
"""
COUNT = """
answers = [file.read_text().split() for file in (processing / "predictions").rglob("*.out")]
assert [len(rows) for rows in answers] == [len(numbers)], answers
"""


def test_a_step_lets_the_model_answer_before_the_evaluation(make_repo: MakeRepo, tmp_path: Path) -> None:
    folder = make_repo()
    config = (folder / "config.yaml").read_text()
    (folder / "config.yaml").write_text(config.replace("evaluate:\n", PREDICT))
    with (folder / "evaluation.py").open("a") as script:
        script.write(COUNT)
    ended = run(folder, tmp_path / "store", requests="1\n").run
    assert (ended.outcome, [job.step for job in ended.jobs], ended.left_models) == (
        "registered",
        ["preprocess", "train", "predict", "evaluate", "serving-test"],
        (),
    )


def test_a_step_whose_model_does_not_answer_fails_the_run_and_leaves_no_model(
    make_repo: MakeRepo, tmp_path: Path
) -> None:
    folder = make_repo()
    config = (folder / "config.yaml").read_text()
    (folder / "config.yaml").write_text(config.replace("evaluate:\n", PREDICT))
    with (folder / "preprocessing.py").open("a") as script:
        script.write('(processing / "test" / "z.csv").write_text("many")\n')
    ended = run(folder, tmp_path / "store", requests="1\n").run
    assert (ended.status, ended.left_models) == ("FAILED", ())
    assert ended.error is not None
    assert ended.error.step == "predict"
    assert ended.error.reason == (
        "z.csv, line 1: features/__init__.py, line 2: ValueError: could not convert string to float: 'many' (500)"
    )
