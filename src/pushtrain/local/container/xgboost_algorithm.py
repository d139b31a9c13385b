"""Train as SageMaker's built-in XGBoost algorithm does, with the open-source library. A job runs this file.

In: the root of the container (/opt/ml) and `pickle` or `save`, how the image stores a model; in the root, the files
hyperparameters.json and inputdataconfig.json, and the channels `train` and, if there is one, `validation`. Out: the
evaluation of each round on stdout, and the file `xgboost-model`. It runs with the Python of the job's environment,
which has xgboost and the stand-in for sagemaker_xgboost_container; pushtrain itself is not there.
Source: "XGBoost algorithm" of the SageMaker developer guide, and aws/sagemaker-xgboost-container, algorithm_mode.
"""

from __future__ import annotations

import json
import pickle
import sys
import warnings
from pathlib import Path
from typing import Any

PICKLE, SAVE = "pickle", "save"
MODEL = "xgboost-model"
# Hyperparameters that this file reads. All others go to the library.
_ROUNDS, _STOPPING, _WEIGHTS, _METRIC = "num_round", "early_stopping_rounds", "csv_weights", "eval_metric"
_OF_THE_IMAGE = ("save_model_on_termination", "use_dask_gpu_training", "dsplit")


def main(root: str, model_format: str) -> None:
    """Train and store the model. Raises SystemExit if there are no rounds or no data."""
    import xgboost  # noqa: PLC0415 - the job's environment has it

    parameters = json.loads((Path(root) / "input/config/hyperparameters.json").read_text("utf-8"))
    if _ROUNDS not in parameters:
        sys.exit(f"the hyperparameter {_ROUNDS} is missing: XGBoost needs the number of rounds")
    weights = int(parameters.get(_WEIGHTS, 0))
    matrices = {name: _read_channel(Path(root), name, weights) for name in ("train", "validation")}
    if matrices["train"] is None:
        sys.exit("there is no data: XGBoost reads the channel train")
    stopping = parameters.get(_STOPPING)
    booster = xgboost.train(
        select_parameters(parameters),
        matrices["train"],
        num_boost_round=int(parameters[_ROUNDS]),
        evals=[(matrix, name) for name, matrix in matrices.items() if matrix is not None],
        early_stopping_rounds=int(stopping) if stopping else None,
    )
    _store(booster, Path(root) / "model" / MODEL, model_format)


def select_parameters(parameters: dict[str, str]) -> dict[str, Any]:
    """Return the hyperparameters of the library. Several metrics are written as `rmse,mae`."""
    own = {_ROUNDS, _STOPPING, _WEIGHTS, *_OF_THE_IMAGE}
    selected: dict[str, Any] = {name: value for name, value in parameters.items() if name not in own}
    if _METRIC in selected:
        selected[_METRIC] = [metric.strip() for metric in selected[_METRIC].strip("[]").replace('"', "").split(",")]
    return selected


def _read_channel(root: Path, name: str, csv_weights: int) -> Any:
    """Return the rows of a channel, None if there is none. Without a content type, they are libsvm."""
    from sagemaker_xgboost_container.data_utils import get_dmatrix  # noqa: PLC0415

    channels = json.loads((root / "input/config/inputdataconfig.json").read_text("utf-8"))
    if name not in channels:
        return None
    return get_dmatrix(str(root / "input/data" / name), channels[name].get("ContentType"), csv_weights=csv_weights)


def _store(booster: Any, file: Path, model_format: str) -> None:
    """Write the model. The name has no ending, which the library warns about."""
    if model_format == PICKLE:
        file.write_bytes(pickle.dumps(booster))
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        booster.save_model(file)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
