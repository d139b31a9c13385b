"""Every starter trains on this computer, passes its gate, and has a report with its pictures."""

from __future__ import annotations

import re
import shutil
import tarfile
from pathlib import Path

import pytest

from pushtrain.hashes import hash_stream
from pushtrain.starters import STARTERS, create_model_repo
from tests.forks import run_pushtrain
from tests.trained import LONGEST, Trained, train

pytestmark = pytest.mark.slow
DRAWN = {
    "sklearn": ["Confusion matrix", "ROC curve"],
    "xgboost": ["train_rmse", "validation_rmse", "Residuals"],
    "pytorch": ["train_loss", "validation_accuracy", "Confusion matrix"],
    "huggingface": ["train_loss", "validation_accuracy", "Confusion matrix", "ROC curve"],
}
NO_EVALUATION = "from pathlib import Path\n\nPath('/opt/ml/processing/evaluation/evaluation.json').write_text({!r})\n"
LIMITS = {"sklearn": 1, "xgboost": 1000}  # a chance; a price in thousands
ROWS = "117,4,19,16.2,1\n128,5,74,2.8,0\n"  # of xgboost; sklearn has rows of its own, which its serving test sends
FIRST_TRIAL = ("--set", "train.tune.trials=1")


@pytest.fixture(scope="module", params=STARTERS)
def starter(request: pytest.FixtureRequest) -> str:
    """The name of a starter. The tests of each one run one after the other."""
    return str(request.param)


@pytest.fixture(scope="module")
def trained(starter: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Trained:
    """The starter after its first run. Tests only read it."""
    if starter == "sklearn":
        churn: Trained = request.getfixturevalue("churn")
        return churn
    repo = tmp_path_factory.mktemp("trained") / "begin"
    create_model_repo(repo, starter)
    return train(repo)


def test_a_starter_is_registered_and_its_report_has_pictures(starter: str, trained: Trained, tmp_path: Path) -> None:
    """tests/docs/test_walks.py runs the starter sklearn twice: the metrics are the same."""
    assert (trained.document["outcome"], trained.document["model_version"]) == ("registered", 1)
    (report,) = trained.store.rglob("report.html")
    drawn = re.findall("<h3[^>]*>(.*?)</h3>", report.read_text("utf-8"))
    assert drawn == DRAWN[starter]
    if starter in LIMITS:
        answers = read_answers(trained.store) if starter == "sklearn" else score_rows(trained.store, tmp_path)
        assert len(answers) == (3 if starter == "sklearn" else 2)
        assert all(0 < answer < LIMITS[starter] for answer in answers)


def test_a_starter_trains_the_same_model_twice(starter: str, trained: Trained, tmp_path: Path) -> None:
    """Every file in model.tar.gz has the same bytes; the archive has times. The second run is not evaluated again.

    Of a search, the first trial runs again.
    """
    create_model_repo(tmp_path / "second", starter)
    evaluation = next(trained.store.rglob("evaluation.json")).read_text("utf-8")
    (tmp_path / "second" / "evaluation.py").write_text(NO_EVALUATION.format(evaluation), encoding="utf-8")
    options = FIRST_TRIAL if starter == "xgboost" else ()
    second = train(tmp_path / "second", tmp_path / "a store", "--no-register", *options)
    (model,) = hash_models(second.store)
    assert model
    assert model in hash_models(trained.store)


def hash_models(store: Path) -> list[dict[str, str]]:
    """Return the hash of each file in each model of a store. A search has one model for each trial."""
    return [hash_members(archive) for archive in store.rglob("model.tar.gz")]


def hash_members(archive: Path) -> dict[str, str]:
    with tarfile.open(archive) as tar:
        return {member.name: hash_stream(tar.extractfile(member)) for member in tar if member.isfile()}


def read_answers(store: Path) -> list[float]:
    """Return what the model answered in the serving test."""
    (answers,) = store.rglob("answers/*.out")
    return [float(line) for line in answers.read_text("utf-8").split()]


def score_rows(trained_store: Path, folder: Path) -> list[float]:
    """Let the real model answer two rows in an environment of its inference image's packages."""
    store = shutil.copytree(trained_store, folder / "store")
    rows, answers = folder / "rows.csv", folder / "answers.csv"
    rows.write_text(ROWS, encoding="utf-8")
    words = ("models", "score", "begin", rows, "-o", answers, "--local", "--store", store)
    process = run_pushtrain(*words, timeout=LONGEST)
    assert process.returncode == 0, process.stderr
    return [float(line) for line in answers.read_text().splitlines()]
