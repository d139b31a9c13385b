"""Functions for SageMaker's scikit-learn serving container. In: one order per line. Out: minutes until it arrives."""

from pathlib import Path

import joblib
import numpy as np
from orders import build_features


def model_fn(model_dir):
    return joblib.load(Path(model_dir) / "model.joblib")


def predict_fn(values, model):
    rows = np.atleast_2d(values)  # the container reads a single line as one dimension
    return model["model"].predict(build_features(rows, model["zones"]))
