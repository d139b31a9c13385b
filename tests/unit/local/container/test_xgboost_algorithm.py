"""Training as the built-in XGBoost algorithm does. The library is a stand-in that records its calls."""

from __future__ import annotations

import json
import pickle
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from pushtrain.local.container import xgboost_algorithm
from pushtrain.local.container.xgboost_algorithm import MODEL, PICKLE, SAVE, select_parameters


class Booster:
    """A model that only says that it was saved."""

    def save_model(self, file: Path) -> None:
        file.write_text("saved")


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Get the arguments of xgboost.train. `tmp_path` is the root of a container with the channel train."""
    recorded: list[dict[str, Any]] = []

    def train(parameters: dict[str, Any], matrix: object, **options: Any) -> Booster:
        recorded.append({"parameters": parameters, "matrix": matrix, **options})
        return Booster()

    def get_dmatrix(path: str, content_type: str | None, csv_weights: int) -> tuple[str, str | None, int]:
        return Path(path).name, content_type, csv_weights

    monkeypatch.setitem(sys.modules, "xgboost", types.SimpleNamespace(train=train))
    data_utils = types.SimpleNamespace(get_dmatrix=get_dmatrix)
    monkeypatch.setitem(sys.modules, "sagemaker_xgboost_container", types.SimpleNamespace(data_utils=data_utils))
    monkeypatch.setitem(sys.modules, "sagemaker_xgboost_container.data_utils", data_utils)
    (tmp_path / "input/config").mkdir(parents=True)
    (tmp_path / "model").mkdir()
    return recorded


def write_job(root: Path, parameters: dict[str, str], channels: dict[str, dict[str, str]]) -> None:
    (root / "input/config/hyperparameters.json").write_text(json.dumps(parameters))
    (root / "input/config/inputdataconfig.json").write_text(json.dumps(channels))


def test_rounds_channels_and_weights_are_read_and_the_rest_goes_to_the_library(
    tmp_path: Path, calls: list[dict[str, Any]]
) -> None:
    parameters = {"num_round": "5", "csv_weights": "1", "eta": "0.2", "early_stopping_rounds": "3"}
    write_job(tmp_path, parameters, {"train": {"ContentType": "text/csv"}, "validation": {}})
    xgboost_algorithm.main(str(tmp_path), SAVE)
    train, validation = ("train", "text/csv", 1), ("validation", None, 1)
    assert calls == [
        {
            "parameters": {"eta": "0.2"},
            "matrix": train,
            "num_boost_round": 5,
            "evals": [(train, "train"), (validation, "validation")],
            "early_stopping_rounds": 3,
        }
    ]
    assert (tmp_path / "model" / MODEL).read_text() == "saved"


@pytest.mark.usefixtures("calls")
def test_old_versions_pickle_the_model(tmp_path: Path) -> None:
    write_job(tmp_path, {"num_round": "1"}, {"train": {}})
    xgboost_algorithm.main(str(tmp_path), PICKLE)
    assert isinstance(pickle.loads((tmp_path / "model" / MODEL).read_bytes()), Booster)  # noqa: S301 - our own


def test_several_metrics_are_one_text() -> None:
    assert select_parameters({"eval_metric": "rmse, mae"})["eval_metric"] == ["rmse", "mae"]
    assert select_parameters({"eval_metric": '["auc", "error"]'})["eval_metric"] == ["auc", "error"]
    assert select_parameters({"save_model_on_termination": "true"}) == {}


@pytest.mark.usefixtures("calls")
def test_a_job_without_rounds_or_data_fails(tmp_path: Path) -> None:
    write_job(tmp_path, {}, {"train": {}})
    with pytest.raises(SystemExit) as error:
        xgboost_algorithm.main(str(tmp_path), SAVE)
    assert error.value.code == "the hyperparameter num_round is missing: XGBoost needs the number of rounds"
    write_job(tmp_path, {"num_round": "1"}, {"validation": {}})
    with pytest.raises(SystemExit) as error:
        xgboost_algorithm.main(str(tmp_path), SAVE)
    assert error.value.code == "there is no data: XGBoost reads the channel train"
