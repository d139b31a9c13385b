"""Functions for SageMaker's scikit-learn serving container. In: 30 numbers per line. Out: the probability of benign."""

from pathlib import Path

import joblib


def model_fn(model_dir):
    return joblib.load(Path(model_dir) / "model.joblib")


def predict_fn(features, model):
    return model.predict_proba(features)[:, 1]
