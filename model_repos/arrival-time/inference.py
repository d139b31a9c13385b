"""Functions for SageMaker's scikit-learn serving container. In: one order per line. Out: minutes until it arrives."""

from pathlib import Path

import joblib
from orders import build_features


def model_fn(model_dir):
    return joblib.load(Path(model_dir) / "model.joblib")


def predict_fn(values, model):
    return model["model"].predict(build_features(values, model["zones"]))
