"""Functions for SageMaker's scikit-learn serving container. In: 30 numbers per line. Out: the probability of benign."""

from pathlib import Path

import joblib
import numpy as np


def model_fn(model_dir):
    return joblib.load(Path(model_dir) / "model.joblib")


def predict_fn(features, model):
    rows = np.atleast_2d(features)  # the container reads a single line as one dimension
    return model.predict_proba(rows)[:, 1]
