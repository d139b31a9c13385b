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


LIMITS = {"sklearn": 1, "xgboost": 1000}  # a chance; a price in thousands
ROWS = {"sklearn": "family,10,59.17,1\nbasic,28,20.59,1\n", "xgboost": "117,4,19,16.2,1\n128,5,74,2.8,0\n"}


@pytest.mark.parametrize("starter", STARTERS)
def test_a_starter_is_registered_and_its_report_has_pictures(
    starter: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """tests/docs/test_walks.py runs the starter sklearn twice: the metrics are the same."""
    if starter == "sklearn":
        trained: Trained = request.getfixturevalue("churn")
    else:
        create_model_repo(tmp_path / "begin", starter)
        trained = train(tmp_path / "begin")
    assert (trained.document["outcome"], trained.document["model_version"]) == ("registered", 1)
    (report,) = trained.store.rglob("report.html")
    drawn = re.findall("<h3[^>]*>(.*?)</h3>", report.read_text("utf-8"))
    assert drawn == DRAWN[starter]
    if starter in ROWS:
        answers = score_rows(shutil.copytree(trained.store, tmp_path / "store"), starter, tmp_path)
        assert len(answers) == 2
        assert all(0 < answer < LIMITS[starter] for answer in answers)


@pytest.mark.parametrize("starter", STARTERS)
def test_a_starter_trains_the_same_model_twice(starter: str, tmp_path: Path) -> None:
    """Every file in model.tar.gz has the same bytes; the archive itself has times."""
    models = []
    for name in ("first", "second"):
        create_model_repo(tmp_path / name, starter)
        trained = train(tmp_path / name, tmp_path / f"store of {name}")
        (archive,) = trained.store.rglob("model.tar.gz")
        models.append(hash_members(archive))
    assert models[0]
    assert models[0] == models[1]


def hash_members(archive: Path) -> dict[str, str]:
    with tarfile.open(archive) as tar:
        return {member.name: hash_stream(tar.extractfile(member)) for member in tar if member.isfile()}


def score_rows(store: Path, starter: str, folder: Path) -> list[float]:
    """Let the real model answer two rows in an environment of its inference image's packages."""
    rows, answers = folder / "rows.csv", folder / "answers.csv"
    rows.write_text(ROWS[starter], encoding="utf-8")
    model = next(path.name for path in (store / "s3" / "pushtrain-artifacts").iterdir() if path.is_dir())
    process = run_pushtrain("models", "score", model, rows, "-o", answers, "--local", "--store", store, timeout=LONGEST)
    assert process.returncode == 0, process.stderr
    return [float(line) for line in answers.read_text().splitlines()]
